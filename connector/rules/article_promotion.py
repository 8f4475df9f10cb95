"""An article that helps with many tickets is worth more than a place on the shelf."""

from typing import ClassVar, Literal

from pydantic import Field

from connector.intent import Verdict
from connector.rules.article import AGAIN, AboutArticle, tasks_of
from connector.rules.base import Duration, Moment
from connector.ticket import Held, Ticket

PROMOTION = "article_promotion"
"""Kind of its tasks."""


class ArticlePromotion(AboutArticle):
    """Experience that is worth it is promoted inside the organisation (R-B5): much-used articles, once each.

    An article is used by every ticket it is attached to (`m2m_kb_task`), but for the one it was born from.
    Attached to `tickets` that were opened `within` the last time, a published article becomes a task for
    `assign_to` or `assign_group`: to make it known, by a training, the manual, a page for customers. Whether
    it is closed as done or as dropped, it is not proposed again; neither is its next version.

    At most `at_most` proposals are open at once, the most used first. The shelf is looked through once an
    hour. Views are not counted: the platform keeps their sum, which tells neither when nor whether it helped.

    It is about no ticket, so `when` has no meaning here; it is explained as the ticket CALENDAR.

    ```toml
    [[policy]]
    rule = "article_promotion"
    name = "worth-promoting"
    tickets = 10
    within = "2160h"
    assign_to = "manager.wu"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-B5",)

    rule: Literal["article_promotion"] = "article_promotion"
    tickets: int = Field(default=10, ge=2, description="Tickets that it helped with")
    within: Duration = Field(
        default=2160 * 3600, description="Time before now in which these were opened, day and night"
    )

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Which articles are to be promoted. ``ticket`` is the calendar."""
        tasks = tasks_of(ticket)
        proposed = 0
        waiting: list[tuple[int, str, Held]] = []
        for article, used in self._used(at):
            task = tasks.get(self.key(article, "promote"))
            if task is None and used >= self.tickets:
                waiting.append((-used, article.number, article))
            elif task is not None and task.closed_at is None:
                proposed += 1
        waiting.sort(key=lambda one: one[:2])
        found = tuple(
            self.request(ticket, at, article, PROMOTION, ("promote",), "R-B5", used=-used, within=self.within)
            for used, _, article in waiting[: max(0, self.at_most - proposed)]
        )
        worth = proposed + len(waiting)
        reason = f"{worth} worth promoting" if worth else "none to promote"
        return Verdict(reason, found, at.now + AGAIN)

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The five most used articles, and how far each is."""
        tasks = tasks_of(ticket)
        lines = []
        for article, used in sorted(self._used(at), key=lambda pair: (-pair[1], pair[0].number))[:5]:
            task = tasks.get(self.key(article, "promote"))
            how = f"of {self.tickets}"
            if task is not None:
                how = "proposed" if task.closed_at is None else "promoted" if task.complete else "dropped"
            lines.append(f"{article.number}: used by {used} tickets, {how}")
        return lines

    def _used(self, at: Moment) -> list[tuple[Held, int]]:
        """Each article it is about, and how many tickets of the window it helped with."""
        used = at.library.used(at.now - self.within)
        return [(article, used.get(article.number, 0)) for article in self.articles(at)]

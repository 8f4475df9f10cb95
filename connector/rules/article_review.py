"""An article is looked through before it runs out, and when nobody has touched it for long."""

from collections.abc import Mapping
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from connector.intent import Verdict
from connector.rules.article import AGAIN, AboutArticle, tasks_of
from connector.rules.base import Duration, Moment
from connector.ticket import DeskTask, Held, Instant, Ticket

REVIEW = "article_review"
"""Kind of its tasks."""


class _Review(NamedTuple):
    """The next review of an article."""

    at: Instant
    what: tuple[object, ...]
    """Tells it from the article's other reviews."""
    because: str
    """Of its sentence: `expires` or `unchanged`."""
    since: Instant
    """The end of its validity, or when it was last changed or reviewed."""
    open: bool = False
    """Its task is there, and nobody has closed it."""


class ArticleReview(AboutArticle):
    """The knowledge base is updated regularly (R-F3): a published article that grew stale is reviewed.

    * `expires_within` the end of its validity (`valid_to`), or
    * `unchanged_for` after it was last changed or reviewed

    the article becomes a task for its author, else for `assign_to` or `assign_group`. Closing the task,
    however, is the review: the article is due again `unchanged_for` later, or when its validity, set anew,
    nears its end. Nothing is said in between.

    At most `at_most` reviews are open at once, those longest due first, so that a neglected knowledge base
    does not fall on people on one day. The shelf is looked through once an hour. The article itself is not
    written to. Manuals outside the platform are R-E9: a `[[source]]` of kind manual.

    It is about no ticket, so `when` has no meaning here; it is explained as the ticket CALENDAR.

    ```toml
    [[policy]]
    rule = "article_review"
    name = "articles-kept-up"
    expires_within = "720h"
    unchanged_for = "4380h"
    assign_group = "Service Desk"
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-F3",)

    rule: Literal["article_review"] = "article_review"
    expires_within: Duration | None = Field(
        default=None, description="Time before the end of its validity; not looked at if not given"
    )
    unchanged_for: Duration | None = Field(
        default=None, description="Time after the last change or review; not looked at if not given"
    )
    to_author: bool = Field(
        default=True, description="The article's author gets the task, where it has one who is a person"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.expires_within is None and self.unchanged_for is None:
            raise ValueError("when is an article stale? Set expires_within, unchanged_for or both")
        return self

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Which articles are to be reviewed now. ``ticket`` is the calendar."""
        tasks = tasks_of(ticket)
        again = [at.now + AGAIN]
        waiting: list[tuple[Instant, str, Held, _Review]] = []
        in_review = 0
        for article in self.articles(at):
            review = self._next(article, tasks)
            if review is None:
                continue
            if review.open:
                in_review += 1
            elif at.now < review.at:
                again.append(review.at)
            else:
                waiting.append((review.at, article.number, article, review))
        waiting.sort(key=lambda one: one[:2])
        found = [
            self.request(
                ticket, at, article, REVIEW, review.what, "R-F3",
                person=article.author if self.to_author else "",
                due=review.since if review.because == "expires" else None,
                because=review.because, since=at.wording.when(review.since),
            )
            for _, _, article, review in waiting[: max(0, self.at_most - in_review)]
        ]  # fmt: skip
        stale = in_review + len(waiting)
        reason = f"{stale} stale" if stale else "none stale"
        return Verdict(reason, tuple(found), min(again))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """The five articles that are due first, and how they stand."""
        tasks = tasks_of(ticket)
        reviews = [(one, article) for article in self.articles(at) if (one := self._next(article, tasks))]
        reviews.sort(key=lambda pair: (pair[0].at, pair[1].number))
        return [
            f"{article.number}: {'in review' if review.open else f'due {at.wording.time(review.at)}'}, "
            f"{'expires' if review.because == 'expires' else 'unchanged since'} "
            f"{at.wording.time(review.since)}"
            for review, article in reviews[:5]
        ]

    def _next(self, article: Held, tasks: Mapping[str, DeskTask]) -> _Review | None:
        """The review that is open, else the one that is due first; None where none ever will be."""
        since, found = article.updated_at, []
        if self.expires_within is not None and article.valid_to is not None:
            what = ("expires", article.valid_to)
            task = tasks.get(self.key(article, *what))
            if task is None or task.closed_at is None:
                due = article.valid_to - self.expires_within
                found.append(_Review(due, what, "expires", article.valid_to, task is not None))
            else:
                since = max(since, task.closed_at)
        if self.unchanged_for is not None:
            while task := tasks.get(self.key(article, "unchanged", since)):
                if task.closed_at is None:
                    break
                since = max(since + 1, task.closed_at)
            due = since + self.unchanged_for
            found.append(_Review(due, ("unchanged", since), "unchanged", since, task is not None))
        return min(found, key=lambda one: (not one.open, one.at), default=None)

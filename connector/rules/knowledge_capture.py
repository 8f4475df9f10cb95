"""What was resolved becomes knowledge: an article, a reminder, or the ticket is flagged or set back."""

from functools import cached_property
from html import escape
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from connector.intent import Create, Intent, Keep, Note, Occasions, Set, Verdict, occasion
from connector.rules.base import Duration, Moment, Policy, as_tuple
from connector.ticket import ENDED_STATES, Alike, Article, Instant, Ticket, TicketState, Tier

_TIERS = frozenset(Tier)
_NO_LONGER = frozenset({"retired", "deleted"})
_STATES = {
    "draft": "drafted",
    "review": "in_review",
    "scheduled_publish": "in_review",
    "published": "published",
    "outdated": "published",
    "pending_retirement": "published",
}
_RANK = ("drafted", "in_review", "published")


_Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple, json_schema_input_type=str | list[str])]


class KnowledgeCapture(Policy):
    """Closing brings forth knowledge: a resolved ticket owes an article (R-B5, R-A2, R-F3).

    The debt begins when the ticket is resolved and is paid by an article that was born from the ticket (its
    source is the ticket) or attached to it; a retired article pays nothing.

    1. After `grace` without one, a work note reminds.
    2. After `then_after` more, if given, the column ``knowledge`` says ``missing`` and a note says so.
       With `then = "set_back"` a ticket that is closed by then is also set back to resolved, once for
       each time it was reopened; whoever closes it again has the last word. A ticket that is only resolved
       is not set further back: that would start the customer's clock again.

    Found late, only the later of the two is said. Both count in `service_hours` if given, else day and night.
    Exempt are the categories and close codes listed, and what another tier than `tiers` resolved.

    `draft = "always"` creates an article in state draft from the ticket's problem and solution and attaches
    it, `"on_request"` only when the column `draft_column` is ticked. An article that was born from the ticket
    but never attached is attached as well. To be rid of a draft, retire it: deleted, it is written again.

    With `alike` the published articles are searched before a draft is made: one whose title is so much like
    that of the ticket, in Chinese or English, is attached instead of a second copy, and a note says so. Who
    detaches it has the last word: then a draft is made.

    It keeps the column ``knowledge``: ``owed``, ``drafted``, ``in_review``, ``published``, ``exempt`` or
    ``missing``; empty while the ticket is open, and when it was canceled.

    ```toml
    [[policy]]
    rule = "knowledge_capture"
    name = "knowledge-owed"
    grace = "8h"
    then_after = "16h"
    then = "flag"
    service_hours = "onsite"
    exempt_categories = ["password_reset"]
    exempt_close_codes = ["Duplicate"]
    draft = "on_request"
    draft_column = "u_desk_draft"
    alike = 0.85
    ```
    """

    clauses: ClassVar[tuple[str, ...]] = ("R-B5", "R-A2", "R-F3")

    rule: Literal["knowledge_capture"] = "knowledge_capture"
    grace: Duration = Field(default=8 * 3600, description="Time for the article before a note reminds")
    then_after: Duration | None = Field(
        default=None, description="Time after the reminder until `then`; never if not given"
    )
    then: Literal["flag", "set_back"] = Field(
        default="flag", description="flag: mark as missing; set_back: also set a closed ticket back, once"
    )
    service_hours: str | None = Field(
        default=None, description="Service hours both times count in; day and night if not given"
    )
    tiers: tuple[Tier, ...] = Field(
        default=(Tier.FIRST_LINE, Tier.SECOND_LINE), description="Tiers whose solutions owe an article"
    )
    exempt_categories: _Names = Field(default=(), description="Categories that owe no article")
    exempt_close_codes: _Names = Field(default=(), description="Close codes that owe no article")
    draft: Literal["never", "on_request", "always"] = Field(
        default="never", description="Whether to create a draft article from the ticket"
    )
    draft_column: str | None = Field(
        default=None, description='Column that is ticked to ask for a draft, with draft = "on_request"'
    )
    alike: float | None = Field(
        default=None,
        gt=0.5,
        le=1,
        description="A published article whose title is so much alike (0.85: 85 %) is attached instead of a "
        "draft; not searched if not given",
    )
    knowledge_base: str = Field(
        default="", description="sys_id of the knowledge base for drafts; the instance's default if empty"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.alike is not None and self.draft == "never":
            raise ValueError('alike is for drafts: with draft = "never" nothing is made that could be double')
        if self.draft == "on_request" and self.draft_column is None:
            raise ValueError('draft = "on_request" needs draft_column: where is the request ticked?')
        if self.then == "set_back" and self.then_after is None:
            raise ValueError('then = "set_back" needs then_after: how long after the reminder?')
        return self

    def columns(self) -> frozenset[str]:
        """What a draft is made of, and the request for one."""
        if self.draft == "never":
            return frozenset()
        return frozenset({"short_description", "description", "close_notes"}) | self.flags()

    def flags(self) -> frozenset[str]:
        """The request for a draft."""
        asked = self.draft_column if self.draft == "on_request" else None
        return frozenset({asked}) if asked else frozenset()

    def hours_named(self) -> tuple[str, ...]:
        """The service hours the grace counts in."""
        return (self.service_hours,) if self.service_hours else ()

    def judge(self, ticket: Ticket, at: Moment) -> Verdict:
        """Whether the ticket owes an article, and what follows from that now."""
        if ticket.state not in ENDED_STATES:
            return _NOTHING_OWED
        articles = ticket.articles
        if articles:
            state, best = _knowledge(ticket)
            if best is not None:
                link = () if best.linked or not self._drafts(ticket) else (self._link(ticket, best.sys_id),)
                return Verdict(state, (_KEPT[state], *link))
        if self._exempt(ticket):
            return _EXEMPT
        if not articles and self._drafts(ticket):
            known = self._said_already(ticket, at)
            if known is not None:
                return known
            return Verdict("drafted", (_KEPT["drafted"], *self._draft(ticket, at)))
        since = ticket.ended_at
        if since is None:
            return Verdict("owed, but nobody recorded when it was resolved", (_KEPT["owed"],))
        now, (remind_at, missing_at) = at.now, self._stages(since, at)
        if now < remind_at:
            return Verdict("owed", _OWED, remind_at)
        if missing_at is None or now < missing_at:
            return Verdict("reminded", _OWED + self._remind(ticket, at, missing_at), missing_at)
        return Verdict("missing", (_KEPT["missing"], *self._miss(ticket, at, missing_at)))

    def explain(self, ticket: Ticket, at: Moment) -> list[str]:
        """Since when an article is owed, what follows when, and the articles found."""
        if ticket.state not in ENDED_STATES:
            return []
        lines = [
            f"article {article.number or article.sys_id}: {article.workflow_state}"
            + ("" if article.linked else ", not attached")
            for article in ticket.articles
        ]
        found = self._found(ticket, at) if not lines and self._drafts(ticket) else None
        if found is not None:
            lines.append(f"article {found.article.number} is {found.share:.0%} alike: {found.title}")
            return lines
        since = ticket.ended_at
        if since is not None and not lines and not self._exempt(ticket):
            time, (remind_at, missing_at) = at.wording.time, self._stages(since, at)
            hours = f"in service hours {self.service_hours}" if self.service_hours else "day and night"
            lines.append(f"resolved {time(since)}; reminder {time(remind_at)}, {hours}")
            if missing_at is not None:
                lines.append(f"{self.then} from {time(missing_at)}")
        return lines

    @cached_property
    def _no_debt(self) -> tuple[frozenset[str], frozenset[str], frozenset[Tier]]:
        """Categories, close codes and tiers that owe no article."""
        return frozenset(self.exempt_categories), frozenset(self.exempt_close_codes), _TIERS - set(self.tiers)

    def _exempt(self, ticket: Ticket) -> bool:
        categories, close_codes, tiers = self._no_debt
        return ticket.category in categories or ticket.close_code in close_codes or ticket.tier in tiers

    def _stages(self, since: Instant, at: Moment) -> tuple[Instant, Instant | None]:
        """When a note reminds of an article that is owed since then, and when it is missing, if ever."""
        hours, grace, more = self.service_hours, self.grace, self.then_after
        limits = (grace, grace + (more or 0))
        if hours is None:
            remind_at, missing_at = since + limits[0], since + limits[1]
        else:
            remind_at, missing_at = at.hours[hours].add_each(since, limits)
        return remind_at, None if more is None else missing_at

    @cached_property
    def _reminded(self) -> Occasions:
        return Occasions(self.name, "reminder", self.grace)

    @cached_property
    def _missed(self) -> Occasions:
        return Occasions(self.name, "missing", self.then_after)

    @cached_property
    def _set_back(self) -> Occasions:
        return Occasions(self.name, "set_back")

    def _remind(self, ticket: Ticket, at: Moment, until: Instant | None) -> tuple[Note, ...]:
        sys_id, reopened = ticket.sys_id, ticket.reopen_count
        if self._reminded.marked(ticket.marks, sys_id, reopened):
            return ()
        text = at.wording.tell(
            "knowledge_reminder", until=at.wording.when(until) if until is not None else ""
        )
        return (Note(text, self._reminded.of(sys_id, reopened), "R-B5"),)

    def _miss(self, ticket: Ticket, at: Moment, due: Instant) -> tuple[Intent, ...]:
        """The note that it is missing; for a closed ticket with ``set_back`` also the state."""
        sys_id, reopened = ticket.sys_id, ticket.reopen_count
        if self.then == "set_back" and ticket.state is TicketState.CLOSED:
            if self._set_back.marked(ticket.marks, sys_id, reopened):
                return ()
            back = self._set_back.of(sys_id, reopened)
            text = at.wording.tell("knowledge_set_back", due=at.wording.when(due))
            return (Set("state", TicketState.RESOLVED, back, "R-B5"), Note(text, back, "R-B5"))
        if self._missed.marked(ticket.marks, sys_id, reopened) or self._was_set_back(ticket):
            return ()
        text = at.wording.tell("knowledge_missing", due=at.wording.when(due))
        return (Note(text, self._missed.of(sys_id, reopened), "R-B5"),)

    def _was_set_back(self, ticket: Ticket) -> bool:
        return self.then == "set_back" and self._set_back.marked(
            ticket.marks, ticket.sys_id, ticket.reopen_count
        )

    def _said_already(self, ticket: Ticket, at: Moment) -> Verdict | None:
        """An article that says it already is attached; None if there is none, or somebody detached it."""
        found = self._found(ticket, at)
        if found is None:
            return None
        number = found.article.number or found.article.sys_id
        happened = occasion(self.name, ticket.sys_id, "alike", found.article.sys_id)
        if happened.mark in ticket.marks:
            return None
        told = {"article": number, "title": found.title, "share": round(found.share * 100)}
        note = Note(at.wording.tell("knowledge_known", **told), happened, "R-B5")
        link = self._link(ticket, found.article.sys_id)
        return Verdict(f"said already by {number}", (_KEPT["published"], link, note))

    def _found(self, ticket: Ticket, at: Moment) -> Alike | None:
        title = ticket.extra.get("short_description", "")
        return at.library.alike(title, self.alike) if self.alike is not None and title else None

    def _drafts(self, ticket: Ticket) -> bool:
        draft = self.draft
        if draft != "on_request":
            return draft == "always"
        return ticket.extra.get(self.draft_column or "") == "true"

    def _draft(self, ticket: Ticket, at: Moment) -> tuple[Intent, ...]:
        """A draft article of what the ticket tells, and its attachment."""
        key = occasion(self.name, ticket.sys_id, "draft")
        extra = ticket.extra
        title = extra.get("short_description", "") or ticket.number
        parts = (
            ("problem", "\n".join(filter(None, (title, extra.get("description", ""))))),
            ("solution", extra.get("close_notes", "") or "–"),
        )
        text = "".join(f"<h2>{at.wording.line(heading)}</h2><p>{_html(body)}</p>" for heading, body in parts)
        fields = {
            "short_description": title,
            "text": f"{text}<p>{escape(at.wording.line('origin', number=ticket.number))}</p>",
            "workflow_state": "draft",
        }
        if self.knowledge_base:
            fields["kb_knowledge_base"] = self.knowledge_base
        article = Create("kb_knowledge", fields, key, "R-B5", {"source": ticket.number})
        return (article, self._link(ticket, str(key)))

    def _link(self, ticket: Ticket, article: str) -> Create:
        key = occasion(self.name, ticket.sys_id, "link", article)
        return Create("m2m_kb_task", {}, key, "R-B5", {"kb_knowledge": article, "task": ticket.sys_id})


_KEPT = {
    state: Keep("knowledge", state, "R-B5")
    for state in ("owed", "drafted", "in_review", "published", "exempt", "missing")
}
_NOTHING_OWED = Verdict("not resolved", (Keep("knowledge", None, "R-B5"),))
_OWED: tuple[Intent, ...] = (_KEPT["owed"],)
_EXEMPT = Verdict("exempt", (_KEPT["exempt"],))


def _knowledge(ticket: Ticket) -> tuple[str, Article | None]:
    """The furthest article that is still alive, and how far it is; an unknown state counts as a draft."""
    alive = [article for article in ticket.articles if article.workflow_state not in _NO_LONGER]
    if not alive:
        return "owed", None
    ranked = [(_STATES.get(article.workflow_state, "drafted"), article) for article in alive]
    state = max((state for state, _ in ranked), key=_RANK.index)
    candidates = [article for found, article in ranked if found == state]
    return state, min(candidates, key=lambda article: (not article.linked, article.sys_id))


def _html(text: str) -> str:
    """What people typed, as HTML that shows it: escaped, line ends kept."""
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>")

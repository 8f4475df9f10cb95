"""All that the policies say of one ticket, for people: the very objects that act."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from connector.errors import GatewayError
from connector.instant import instant
from connector.intent import Verdict
from connector.reconcile.comparison import NativeLevels
from connector.reconcile.duty import with_duty
from connector.reconcile.judgement import Judged, read_tickets, with_cohorts
from connector.reconcile.library import MirroredLibrary
from connector.reconcile.load import Loads
from connector.reconcile.precedent import MirroredPrecedents
from connector.reconcile.record import read_records
from connector.reconcile.world import World
from connector.rules.base import Moment, Policy
from connector.rules.sla_timer import SlaTimer
from connector.settings import Settings
from connector.sync.change import Plan, Wish
from connector.sync.plan import make_plan
from connector.sync.store import JournalEntry
from connector.ticket import Instant, Ticket


class Face(Protocol):
    """Tells an instant to people."""

    def __call__(self, instant: Instant | None) -> str:
        """``2026-10-08 09:00``."""
        ...


@dataclass(frozen=True)
class Answer:
    """One policy on one ticket."""

    policy: Policy
    verdict: Verdict
    lines: list[str]
    not_concerned: bool = False


@dataclass(frozen=True)
class Explanation:
    """One ticket in full."""

    ticket: Ticket
    now: Instant
    answers: list[Answer]
    plan: Plan
    """What these verdicts come to for this ticket."""
    journal: list[JournalEntry]
    """What we wrote to it, oldest first, as far as the store remembers."""
    names: dict[str, str]
    """sys_id → name of the people and groups involved."""

    def facts(self, time: Face) -> list[tuple[str, str]]:
        """The ticket in a few lines: name, value."""
        t = self.ticket
        name = self.names.get
        rows = [
            ("now", time(self.now)),
            ("state", t.state + (f" since {time(t.spans[-1].start)}" if t.spans else "")),
            ("class", f"{t.fault_class} (priority {t.priority or 'none'})"),
            (
                "group",
                f"{t.group.name}, {t.tier or 'no tier'}, desk {t.desk or 'none'}" if t.group else "none",
            ),
            ("consultant", name(t.assignee, t.assignee) or "none"),
            ("category", t.category or "none"),
            ("opened", time(t.opened_at)),
            ("responded", time(t.responded_at)),
            ("resolved", time(t.resolved_at)),
            ("closed", time(t.closed_at)),
        ]
        rows += [
            (f"our {role}", time(instant(value)) if role.endswith("_by") else value)
            for role, value in t.owned.items()
            if value and role != "marks"
        ]
        for span in t.spans:
            group = name(span.group, span.group[:8]) or "no group"
            who = f", {name(span.assignee, span.assignee[:8])}" if span.assignee else ""
            hold = f" ({span.hold_reason})" if span.hold_reason else ""
            end = "now" if span.end is None else time(span.end)
            rows.append(("history", f"{time(span.start)} – {end}  {span.state}{hold}, {group}{who}"))
        rows += [
            ("task", f"{task.kind} {'done' if task.complete else 'open'} since {time(task.opened_at)}")
            for task in t.tasks
        ]
        return rows

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        return {
            "number": self.ticket.number,
            "now": self.now,
            "ticket": dict(self.facts(lambda instant: "" if instant is None else str(instant))),
            "policies": [
                {
                    "policy": answer.policy.name,
                    "mode": str(answer.policy.mode),
                    "clauses": list(answer.policy.clauses),
                    "concerned": not answer.not_concerned,
                    "reason": answer.verdict.reason,
                    "look_again_at": answer.verdict.look_again_at,
                    "lines": answer.lines,
                }
                for answer in self.answers
            ],
            "would_write": [{f.column: f.after for f in change.fields} for change in self.plan.changes],
            "observed_only": [{f.column: f.after for f in change.fields} for change in self.plan.observed],
            "written": [
                {"at": entry.at, "answer": entry.answer, "fields": list(entry.fields)}
                for entry in self.journal
            ],
        }


def explain(
    world: World, settings: Settings, number: str, now: Instant, *, only: str = "", compared: bool = False
) -> Explanation | None:
    """Every policy's verdict on one ticket, or the one named ``only``; None if the ticket is not known.

    ``compared``: ask the instance for its own service levels and tell where they say something else.
    """
    sys_id = world.store.find_number(number)
    tickets = list(read_tickets(world, [sys_id], now, Judged())) if sys_id else []
    table, scheme = "incident", world.scheme
    if not tickets and (found := world.store.find_record(number)) is not None:
        register = world.registers[found[0]]
        table, scheme = register.table, register.scheme
        tickets = list(read_records(world, settings, register, [found[1]], now))
    if not tickets:
        return None
    ticket = tickets[0]
    policies = [policy for policy in settings.about(table) if only in ("", policy.name)]
    at = with_cohorts(world, policies, tickets, _moment(world, settings, now), {})
    at = with_duty(world, settings, policies, at)
    answers, wishes = [], []
    timers = compared and any(isinstance(policy, SlaTimer) and policy.applies(ticket) for policy in policies)
    native, refused = _native(world, ticket) if timers else (None, "")
    for policy in policies:
        why_not = policy.why_not(ticket)
        if why_not is not None:
            answers.append(Answer(policy, Verdict(why_not), [], not_concerned=True))
            continue
        verdict = policy.judge(ticket, at)
        lines = policy.explain(ticket, at)
        if native is not None and isinstance(policy, SlaTimer):
            lines += native.compared(policy, ticket, at)
        elif refused and isinstance(policy, SlaTimer):
            lines.append(f"task_sla: not compared: {refused}")
        answers.append(Answer(policy, verdict, lines))
        since = policy.enforced_from(ticket.desk, settings.instance.zone)
        wish = Wish(policy.name, ticket.opened_at < since, ticket, verdict.reason, verdict.intents)
        wishes.append(wish)
    plan = make_plan(wishes, scheme, settings.safety, now=now, adopt_from=settings.instance.adopt_instant)
    involved = {span.assignee for span in ticket.spans} | {ticket.assignee}
    names = world.names(involved - {""}) | {g.sys_id: g.name for g in world.moment.directory.groups.values()}
    journal = list(reversed(world.store.journalled(ticket.sys_id)))
    return Explanation(ticket, now, answers, plan, journal, names)


def _moment(world: World, settings: Settings, now: Instant) -> Moment:
    library = MirroredLibrary(world.store, settings.instance.auth.user)
    precedents = MirroredPrecedents(world)
    return replace(world.moment, now=now, loads=Loads(world.store), library=library, precedents=precedents)


def _native(world: World, ticket: Ticket) -> tuple[NativeLevels | None, str]:
    """The instance's own service levels of a ticket, or why they cannot be had."""
    try:
        return NativeLevels.of(world, ticket), ""
    except GatewayError as error:
        return None, str(error)

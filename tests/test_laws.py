"""The laws: what holds for any mix of policies and any days at the desk. They are the specification."""

from typing import NamedTuple

from hypothesis import strategies as st

from connector.reconcile import PassReport
from connector.sandbox import Fault
from tests.law import law
from tests.mix import CHAINS, SETS_BACK, Table, mixes, settle
from tests.timeline import DEEDS, NUMBERS, Then, happens, lives, opens, rests, timelines
from tests.world import DAY, HOUR, OWNED, TABLES, US, Desk, record_id, said_in, written

LOST = (
    Fault.refused(),
    Fault.reset_before(),
    Fault.reset_after(),
    Fault.timeout_before(),
    Fault.timeout_after(),
    Fault.server_error(),
    Fault.server_error("after"),
    Fault.unavailable(),
    Fault.busy(),
    Fault.rate_limited(retry_after=0),
    Fault.hibernating(),
    Fault.empty(),
    Fault.accepted(),
    Fault.truncated(),
    Fault.cancelled(),
    Fault.cancelled(broken=True),
    None,
)
"""What can become of a request; None: the process dies."""


@law(5, mixes(), timelines(), st.sampled_from(("audit", "observed")))
def test_it_settles(mix: tuple[Table, ...], timeline: list[Then], history: str) -> None:
    """Once a pass has written, the passes after it come to rest, and a full plan is empty."""
    with Desk(settings=settle(mix, history)) as desk:
        lives(desk, timeline)
        resting = desk.settles()[-1]
        full = desk.looks(full=True, apply=False)
        assert full.plan.changes == ()
        assert full.plan.conflicts == resting.plan.conflicts == ()
        assert desk.repeated() == []


@law(3, mixes(), timelines())
def test_amnesia(mix: tuple[Table, ...], timeline: list[Then]) -> None:
    """Without its store the connector finds everything done that it has done."""
    with Desk(settings=settle(mix)) as desk:
        lives(desk, timeline)
        desk.settles()
        desk.forgets()
        again = desk.looks(full=True, apply=False)
        assert again.plan.empty
        assert again.polled["incident"] == desk.instance.count("incident")


class Blow(NamedTuple):
    """What becomes of one request of a pass."""

    request: int
    """Its number, from 1; with ``late`` counted from the first one after the polls."""
    late: bool
    fault: Fault | None
    """None: the process dies …"""
    served_first: bool
    """… after the request took effect."""
    amnesia: bool
    """The store is lost afterwards."""

    def falls(self, desk: Desk) -> None:
        """One pass with it."""
        polls = desk.looks(apply=False).requests if self.late else 0
        desk.survives(polls + self.request, self.fault, served_first=self.served_first)
        if self.amnesia:
            desk.forgets()


blows = st.builds(Blow, st.integers(1, 6), st.booleans(), st.sampled_from(LOST), st.booleans(), st.booleans())


@law(6, mixes(modes=False), timelines(4), st.lists(blows, min_size=1, max_size=3))
def test_crash_anywhere(mix: tuple[Table, ...], timeline: list[Then], struck: list[Blow]) -> None:
    """Struck at any request, before or after it took effect, it reaches the same world; nothing twice."""
    worlds = []
    for several in ([], struck):
        with Desk(settings=settle(mix)) as desk:
            lives(desk, timeline)
            desk.clock.advance(HOUR)
            for blow in several:
                blow.falls(desk)
            desk.settles()
            assert desk.repeated() == []
            worlds.append(desk.everything())
    assert worlds[0] == worlds[1]


@law(4, mixes(modes=False), timelines(4), st.integers(0, 3), st.integers(0, 3), st.sampled_from(tuple(DEEDS)))
def test_a_person_who_writes_meanwhile(
    mix: tuple[Table, ...], timeline: list[Then], request: int, which: int, deed: str
) -> None:
    """Somebody writes while we work: it comes to rest all the same, nothing twice; and what they wrote before
    our last look at the records keeps us from writing to theirs.
    """
    with Desk(settings=settle(mix)) as desk:
        lives(desk, timeline)
        desk.clock.advance(HOUR)
        foretold = desk.looks(apply=False)
        numbers = [change.number for change in foretold.plan.changes] or list(NUMBERS[:1])
        then = Then(0, deed, numbers[which % len(numbers)])
        # The first request after the polls is the last look, at the records that are to be written.
        report = desk.survives(foretold.requests + request, Fault.between(lambda: happens(desk, then)))
        if request <= 1 and report is not None:
            assert not any("at the same time" in written.detail for written in report.outcome.written)
        desk.settles()
        assert desk.looks(full=True, apply=False).plan.changes == ()
        assert desk.repeated() == []


@law(2, mixes(modes=False), timelines(4), st.integers(1, 14))
def test_two_connectors_at_once(mix: tuple[Table, ...], timeline: list[Then], request: int) -> None:
    """A stand-by that wakes up in the middle of a pass: no record is created twice, and all comes to rest.

    A note can be: the platform knows no condition on a write, so between our last look and our write another
    can say the same.
    """
    with Desk(settings=settle(mix)) as desk, Desk(settings=settle(mix), beside=desk) as other:
        lives(desk, timeline)
        desk.clock.advance(HOUR)
        desk.survives(request, Fault.between(lambda: other.looks(full=True)))
        other.looks()
        desk.settles()
        other.settles()
        assert desk.looks(full=True, apply=False).plan.changes == ()
        records = [record[:4] for record in desk.made()]
        assert len(records) == len(set(records))


def _situation(desk: Desk, ticket: str) -> tuple[str, ...]:
    """What makes for a new occasion: another category, another reopening, another tick."""
    row = desk.instance.get("incident", ticket) or {}
    ticks = f"documentkey={ticket}^fieldname=u_desk_escalate^ORDERBYDESCsys_created_on"
    last = desk.instance.rows("sys_audit", ticks, limit=1)
    return (row["category"], row["reopen_count"], last[0]["sys_created_on"] if last else "")


@law(4, mixes(modes=False), timelines(), st.lists(st.integers(1, DAY), min_size=1, max_size=3))
def test_a_person_wins(mix: tuple[Table, ...], timeline: list[Then], gaps: list[int]) -> None:
    """A shared field that a person changes after us is not changed again on the same occasion."""
    done: set[tuple[object, ...]] = set()
    before: dict[tuple[str, str], str] = {}

    def passing(desk: Desk) -> PassReport:
        report = desk.looks()
        for change in report.plan.changes:
            notes = said_in({f.column: f.after for f in change.fields}.get("work_notes", ""))
            setters = {
                note.policy for note in notes if note.text.startswith(("Escalated", "Closed", "After-review"))
            }
            for each in change.fields:
                if each.column in desk.settings.columns.shared and not change.creates:
                    assert setters, "a shared field was set without a word"
                    key = (change.ticket, each.column, *_situation(desk, change.ticket), *sorted(setters))
                    assert key not in done, f"{setters} set {each} once more"
                    done.add(key)
                    before[change.ticket, each.column] = each.before
        return report

    with Desk(settings=settle(mix)) as desk:
        lives(desk, [*timeline, Then(HOUR)], passing)
        for (ticket, column), value in before.items():
            desk.instance.update("incident", ticket, {column: value}, user="wang")
        for gap in gaps:
            desk.clock.advance(gap)
            passing(desk)


@law(3, mixes(), timelines())
def test_only_ours(mix: tuple[Table, ...], timeline: list[Then]) -> None:
    """No column but ours, no ticket from before, nothing of an observed policy is ever in a request."""
    observed = {policy["name"] for policy in mix if policy["mode"] == "observe"}
    worlds = []
    for policies in (mix, tuple(policy for policy in mix if policy["mode"] == "enforce")):
        with Desk(settings=settle(policies)) as desk:
            old = {"opened_at": "2026-05-29 01:00:00", "category": "network"}
            desk.opens("INC0", **old)
            writable = desk.settings.columns.writable | {"work_notes"}
            lives(desk, [*timeline, Then(HOUR), Then(HOUR)])
            for request in desk.rest.requests:
                if request.user != US or request.method == "GET" or not request.table:
                    continue  # a batch has no table: what it holds is logged part by part
                if request.method == "PATCH":
                    assert request.table in TABLES
                    assert request.sys_id != record_id("INC0")
                    assert request.body.keys() <= writable
                    assert not any(f"({name}, " in request.body.get("work_notes", "") for name in observed)
                else:
                    assert request.method == "POST"
                    assert request.table in ("incident_task", "kb_knowledge", "m2m_kb_task", "problem")
                    assert record_id("INC0") not in request.body.values()
            worlds.append(desk.everything())
    assert worlds[0] == worlds[1]


@law(3, mixes(), timelines())
def test_the_plan_is_the_truth(mix: tuple[Table, ...], timeline: list[Then]) -> None:
    """What the sandbox saw is the printed plan, no more and no less; a dry run prints the same."""

    def passing(desk: Desk) -> PassReport:
        foretold = desk.looks(full=True, apply=False).plan
        desk.rest.requests.clear()
        report = desk.looks(full=True)
        assert report.plan == foretold
        seen, told = [(sent.method, sent.table, sent.body) for sent in desk.sent()], written(report)
        if desk.settings.instance.batch:  # what belongs to a ticket goes before all tickets of the batch
            seen, told = sorted(seen, key=repr), sorted(told, key=repr)
        assert seen == told
        return report

    with Desk(settings=settle(mix)) as desk:
        lives(desk, [*timeline, Then(HOUR)], passing)


@law(3, mixes(), timelines(4), st.permutations(NUMBERS), st.randoms(use_true_random=False))
def test_order_does_not_matter(
    mix: tuple[Table, ...], timeline: list[Then], order: list[str], dice: object
) -> None:
    """Policies and tickets in any order give the same plan and, once it is carried out, the same world."""
    shuffled = list(mix)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    plans, worlds = [], []
    for policies, numbers in ((mix, NUMBERS), (shuffled, order)):
        with Desk(settings=settle(policies)) as desk:
            for number in numbers:
                opens(desk, number)
            lives(desk, timeline)
            desk.clock.advance(HOUR)
            plans.append(desk.looks(full=True).plan)
            worlds.append(desk.everything())
    assert plans[0] == plans[1]
    assert worlds[0] == worlds[1]


@law(3, mixes(without=SETS_BACK | CHAINS), timelines(4), st.integers(0, 3 * DAY), st.integers(0, 3 * DAY))
def test_catching_up(mix: tuple[Table, ...], timeline: list[Then], first: int, second: int) -> None:
    """One pass after a long sleep leaves our fields as two passes would have.

    Policies that set a ticket back or hand it on twice are left out: when they acted is part of its history.
    """
    worlds = []
    for asleep in (False, True):
        with Desk(settings=settle(mix)) as desk:
            lives(desk, timeline)
            desk.clock.advance(first)
            if not asleep:
                desk.settles()
            desk.clock.advance(second)
            desk.settles()
            numbers = [row["number"] for row in desk.instance.rows("incident")]
            worlds.append({n: {role: desk.shows(n)[role] for role in OWNED} for n in numbers})
    assert worlds[0] == worlds[1]


@law(6, mixes(), timelines(4), rests)
def test_changed_and_due_are_everything(
    mix: tuple[Table, ...], timeline: list[Then], rest: list[Then]
) -> None:
    """After each pass that judges what changed or is due, the world is the one that a pass over everything
    makes, read anew by a connector that remembers nothing.
    """

    def due(desk: Desk) -> PassReport:
        return desk.looks()

    def all_over(desk: Desk) -> PassReport:
        desk.forgets()
        return desk.looks(full=True)

    lived = []
    for passing in (due, all_over):
        worlds: list[object] = []
        with Desk(settings=settle(mix)) as desk:
            for then in (*timeline, *rest):
                lives(desk, [then], passing)
                worlds.append(desk.everything())
        lived.append(worlds)
    assert lived[0] == lived[1]

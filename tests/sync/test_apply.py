"""Carrying out a plan: what is sent, what is made of each answer, and what is left for the next pass."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import (
    Forbidden,
    NotFound,
    Refused,
    Throttled,
    TimedOut,
    Unauthorised,
    Unavailable,
    WrongInstance,
)
from connector.sync.apply import Answer, Outcome, Written, carry_out
from connector.sync.plan import Change, FieldChange, Plan

Record = dict[str, str]


class Instance:
    """Records in memory, with the trouble a test wants: before or after a write took effect."""

    def __init__(self, **records: Record) -> None:
        self.records: dict[str, Record] = {}
        for name, fields in records.items():
            self.records[name] = {"sys_id": name, "sys_mod_count": "3", **fields}
        self.sent: list[tuple[str, Mapping[str, str]]] = []
        self.before: list[Exception | None] = []
        self.after: list[Exception | None] = []
        self.reading: list[Exception | None] = []
        self.drops: frozenset[str] = frozenset()
        self.renames = False
        self.meanwhile: Callable[[], None] = lambda: None

    def by_ids(self, table: str, sys_ids: Sequence[str], fields: Sequence[str]) -> dict[str, Record]:
        """As the gateway."""
        _next(self.reading)
        return {i: self._shown(i, fields) for i in sys_ids if i in self.records}

    def find(self, table: str, equals: Mapping[str, str], fields: Sequence[str]) -> Record | None:
        """As the gateway."""
        _next(self.reading)
        for sys_id, record in self.records.items():
            if all(record.get(name) == value for name, value in equals.items()):
                return self._shown(sys_id, fields)
        return None

    def patch(self, table: str, sys_id: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Record:
        """As the gateway."""
        self.meanwhile()
        self.sent.append((sys_id, dict(fields)))
        _next(self.before)
        self._write(sys_id, fields)
        _next(self.after)
        return self._shown(sys_id, read)

    def create(self, table: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Record:
        """As the gateway."""
        self.sent.append(("new", dict(fields)))
        _next(self.before)
        sys_id = "minted" if self.renames else fields["sys_id"]
        self.records[sys_id] = {**fields, "sys_id": sys_id, "sys_mod_count": "0"}
        _next(self.after)
        return self._shown(sys_id, read)

    def _write(self, sys_id: str, fields: Mapping[str, str]) -> None:
        record = self.records[sys_id]
        record.update({name: value for name, value in fields.items() if name not in self.drops})
        record["sys_mod_count"] = str(int(record["sys_mod_count"]) + 1)

    def _shown(self, sys_id: str, fields: Sequence[str]) -> Record:
        return {name: self.records[sys_id].get(name, "") for name in fields}


def _next(troubles: list[Exception | None]) -> None:
    error = troubles.pop(0) if troubles else None
    if error is not None:
        raise error


def update(sys_id: str = "a", base: int = 3, **after: str) -> Change:
    """A change of a ticket that has empty fields so far."""
    fields = tuple(FieldChange(name, "", value) for name, value in (after or {"u_clock": "breached"}).items())
    return Change("incident", sys_id, sys_id, sys_id.upper(), base, fields, ())


def creation(sys_id: str = "new1", ticket: str = "a", **fields: str) -> Change:
    """A record beside a ticket, recognised by its correlation_id."""
    told = {"correlation_id": sys_id, "incident": ticket, **fields}
    changed = tuple(FieldChange(name, "", value) for name, value in told.items())
    return Change(
        "incident_task", sys_id, ticket, ticket.upper(), None, changed, (), {"correlation_id": sys_id}
    )


def carried(instance: Instance, *changes: Change, stop: Callable[[], bool] = lambda: False) -> Outcome:
    """What came of this plan."""
    told: list[Written] = []
    outcome = carry_out(Plan(0, changes), instance, told.extend, marks_column="u_marks", stop=stop)
    assert tuple(told) == outcome.written, "every write is told for the journal, in order"
    return outcome


def answers(outcome: Outcome) -> list[Answer]:
    """How each change ended."""
    return [written.answer for written in outcome.written]


def test_a_change_is_one_patch() -> None:
    """All fields of one record go out together, once, and it is known what they led to."""
    instance = Instance(a={})
    outcome = carried(instance, update(u_clock="breached", work_notes="late", u_marks="m"))
    assert answers(outcome) == [Answer.WRITTEN]
    assert outcome.written[0].mod_count == 4
    assert instance.sent == [("a", {"u_clock": "breached", "work_notes": "late", "u_marks": "m"})]


def test_nothing_is_sent_to_a_record_that_has_changed() -> None:
    """Another sys_mod_count, or another value under the same one: it is judged again first."""
    instance = Instance(a={}, b={"u_clock": "met"})
    outcome = carried(instance, update("a", base=2), update("b"))
    assert answers(outcome) == [Answer.CHANGED, Answer.CHANGED]
    assert instance.sent == []
    assert outcome.stopped == ""


def test_nothing_is_created_beside_a_ticket_that_has_changed() -> None:
    """What belongs to a ticket waits with it; other tickets' records do not."""
    instance = Instance(a={}, b={})
    outcome = carried(instance, creation("new1", "a"), update("a", base=2), creation("new2", "b"))
    assert answers(outcome) == [Answer.CHANGED, Answer.WRITTEN]
    assert "new1" not in instance.records
    assert "new2" in instance.records


def test_a_ticket_does_not_claim_what_is_not_there() -> None:
    """If the record beside it cannot be created, the ticket is not told that it was."""
    instance = Instance(a={})
    instance.before = [TimedOut("no answer")]
    outcome = carried(instance, creation("new1", "a"), update("a", u_callback="drawn"))
    assert answers(outcome) == [Answer.FAILED]
    assert "u_callback" not in instance.records["a"]


def test_a_record_that_is_gone_is_passed_over() -> None:
    """Deleted before or while we write: the others go on."""
    instance = Instance(b={}, c={})
    instance.before = [NotFound("404"), None]
    assert answers(carried(instance, update("a"), update("b"), update("c"))) == [
        Answer.GONE,
        Answer.GONE,
        Answer.WRITTEN,
    ]


def test_forbidden_is_one_records_affair() -> None:
    """A data policy that says no to one ticket does not stop the next."""
    instance = Instance(a={}, b={})
    instance.before = [Forbidden("403"), None]
    outcome = carried(instance, update("a"), update("b"))
    assert answers(outcome) == [Answer.FORBIDDEN, Answer.WRITTEN]
    assert outcome.done == 1


@pytest.mark.parametrize("error", [TimedOut("no answer"), Unavailable("cut")])
def test_a_lost_answer_is_looked_up(error: Exception) -> None:
    """The write took effect and its answer was lost: found, not sent again, and the work goes on."""
    instance = Instance(a={}, b={})
    instance.after = [error]
    outcome = carried(instance, update("a"), update("b"))
    assert answers(outcome) == [Answer.FOUND, Answer.WRITTEN]
    assert [sys_id for sys_id, _ in instance.sent] == ["a", "b"]


def test_a_write_that_did_not_happen_ends_the_pass() -> None:
    """No answer and nothing written: the instance is in trouble, the rest waits for the next pass."""
    instance = Instance(a={}, b={})
    instance.before = [TimedOut("no answer")]
    outcome = carried(instance, update("a"), update("b"))
    assert answers(outcome) == [Answer.FAILED]
    assert outcome.stopped == "no answer"


def test_in_doubt_it_stays_in_doubt() -> None:
    """No answer, and the record cannot be read either: nothing is assumed, nothing more is sent."""
    instance = Instance(a={}, b={})
    instance.after, instance.reading = [TimedOut("no answer")], [None, Unavailable("down")]
    assert answers(carried(instance, update("a"), update("b"))) == [Answer.IN_DOUBT]
    assert len(instance.sent) == 1


def test_somebody_else_wrote_instead_of_us() -> None:
    """Our write was lost and the record changed all the same: it was a person, so it is judged again."""
    instance = Instance(a={}, b={})
    instance.before = [TimedOut("no answer")]
    instance.meanwhile = lambda: instance._write("a", {"state": "7"}) if len(instance.sent) == 0 else None
    outcome = carried(instance, update("a"), update("b"))
    assert answers(outcome) == [Answer.CHANGED, Answer.WRITTEN]
    assert instance.records["a"].get("u_clock", "") == ""


@pytest.mark.parametrize("unread", [Forbidden("no"), Unauthorised("no"), WrongInstance("no"), NotFound("no")])
@pytest.mark.parametrize("change", [update(), creation()])
def test_in_doubt_whatever_keeps_us_from_reading(change: Change, unread: Exception) -> None:
    """A write whose answer was lost is told for the journal also where nobody may read the record."""
    instance = Instance(a={})
    instance.after = [TimedOut("silence")]
    instance.reading = [None, unread]
    outcome = carried(instance, change)
    assert answers(outcome) == [Answer.IN_DOUBT]
    assert "silence; then no" in outcome.stopped
    assert len(instance.sent) == 1


def test_throttled_is_not_in_doubt() -> None:
    """429 says that nothing was done; the pass ends, and the record is not read for that."""
    instance = Instance(a={})
    instance.before, instance.reading = [Throttled("slow down", 60)], [None, AssertionError()]
    outcome = carried(instance, update("a"))
    assert answers(outcome) == [Answer.FAILED]
    assert "slow down" in outcome.stopped


def test_reading_before_writing_can_fail() -> None:
    """Without having seen the records nothing is written."""
    instance = Instance(a={})
    instance.reading = [Unavailable("down")]
    outcome = carried(instance, update("a"))
    assert (outcome.written, outcome.stopped, instance.sent) == ((), "down", [])


def test_a_column_that_did_not_stick_is_named() -> None:
    """A 200 is not success: what the instance dropped is known by its column."""
    instance = Instance(a={})
    instance.drops = frozenset({"u_clock"})
    outcome = carried(instance, update("a", u_clock="met", u_class="urgent"))
    assert answers(outcome) == [Answer.DROPPED]
    assert outcome.dropped_columns == {"u_clock"}


def test_marks_that_do_not_stick_are_refused() -> None:
    """Without its marks the connector would repeat itself; it stops after the first such write."""
    instance = Instance(a={}, b={})
    instance.drops = frozenset({"u_marks"})
    with pytest.raises(Refused, match="u_marks"):
        carried(instance, update("a", u_marks="m"), update("b", u_marks="m"))
    assert len(instance.sent) == 1


def test_what_is_there_is_not_created_again() -> None:
    """A record of this occasion exists: found, nothing sent."""
    instance = Instance(a={}, old={"correlation_id": "new1"})
    assert answers(carried(instance, creation("new1"))) == [Answer.FOUND]
    assert instance.sent == []


def test_a_creation_whose_answer_was_lost_is_looked_for() -> None:
    """It is found by its identity; if it is not there the pass ends."""
    there, absent = Instance(a={}), Instance(a={})
    there.after, absent.before = [TimedOut("no answer")], [TimedOut("no answer")]
    assert answers(carried(there, creation("new1"))) == [Answer.FOUND]
    outcome = carried(absent, creation("new1"), creation("new2"))
    assert (answers(outcome), outcome.stopped) == ([Answer.FAILED], "no answer")


def test_what_refers_to_a_record_follows_its_sys_id() -> None:
    """An instance that mints its own sys_id: the link points to the article that was really made."""
    instance = Instance(a={})
    instance.renames = True
    link = Change(
        "m2m_kb_task", "link1", "a", "A", None, (FieldChange("kb", "", "kb1"),), (), {"kb": "kb1"}
    )  # fmt: skip
    article = Change(
        "kb_knowledge", "kb1", "a", "A", None, (FieldChange("source", "", "A"),), (), {"source": "A"}
    )
    carried(instance, article, link)
    assert instance.sent[-1] == ("new", {"kb": "minted", "sys_id": "link1"})


def test_told_to_stop_it_stops_between_records() -> None:
    """The record in hand is finished, no other is begun."""
    instance = Instance(a={}, b={})
    outcome = carried(instance, update("a"), update("b"), stop=lambda: True)
    assert (answers(outcome), outcome.stopped) == ([Answer.WRITTEN], "asked to stop")


def test_fatal_is_raised() -> None:
    """A refused account is nothing that the next pass could mend."""
    instance = Instance(a={})
    instance.before = [Unauthorised("401")]
    with pytest.raises(Unauthorised):
        carried(instance, update("a"))


@given(
    st.integers(1, 120),
    st.dictionaries(
        st.integers(0, 119),
        st.sampled_from(
            (
                (TimedOut("x"), True),
                (TimedOut("x"), False),
                (Forbidden("x"), False),
                (Unavailable("x"), True),
                (Throttled("x"), False),
            )
        ),
        max_size=3,
    ),
)
def test_no_record_is_written_twice(count: int, troubles: dict[int, tuple[Exception, bool]]) -> None:
    """However many records and whatever happens: each is sent at most once, in the order of the plan, and
    what is said to be written is on the record.
    """
    names = [f"{number:03}" for number in range(count)]
    instance = Instance(**{name: {} for name in names})
    for index in range(count):
        error, late = troubles.get(index, (None, False))
        instance.before.append(None if late else error)
        if error is None or late:
            instance.after.append(error)
    outcome = carried(instance, *(update(name) for name in names))
    sent = [sys_id for sys_id, _ in instance.sent]
    assert sent == names[: len(sent)]
    for written in outcome.written:
        on_record = instance.records[written.change.sys_id].get("u_clock") == "breached"
        assert on_record == (written.answer in (Answer.WRITTEN, Answer.FOUND))
    assert bool(outcome.stopped) == (
        len(outcome.written) < count or outcome.written[-1].answer is Answer.FAILED
    )

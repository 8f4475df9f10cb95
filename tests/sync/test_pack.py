"""Packed writes against an instance in memory, which loses, leaves out and refuses as a test wants."""

from collections.abc import Mapping, Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Forbidden, GatewayError, Refused, Throttled, TimedOut, Unauthorised, Unserviced
from connector.sync.apply import Answer, Outcome, Written, carry_out
from connector.sync.change import Change, FieldChange, Plan
from connector.sync.request import Search, Write
from connector.sync.row import Row
from tests.sync.test_apply import Instance, answers, creation, update


class Packing(Instance):
    """Takes several writes at once. ``fates``: what befalls the writes of all batches, one after another."""

    def __init__(self, *, fates: Sequence[str] = (), **records: Row) -> None:
        super().__init__(**records)
        self.packs = True
        self.fates = list(fates)
        self.batches: list[list[str]] = []
        self.writes: dict[str, int] = {}

    def write_all(self, writes: Sequence[Write]) -> list[Row | GatewayError] | None:
        """As the gateway."""
        if not self.packs:
            return None
        self.batches.append([write.sys_id for write in writes])
        told: list[Row | GatewayError] = []
        lost = False
        for write in writes:
            fate = self.fates.pop(0) if self.fates and not lost else "served"
            lost = lost or fate == "lost"
            if lost or fate in ("left out", "forbidden", "throttled", "fatal"):
                told.append(_ERRORS["left out" if lost and fate != "lost" else fate])
                continue
            told.append(self._serve(write))
            if fate in ("answer lost", "done and left out"):
                told[-1] = _ERRORS[fate]
        if lost:  # no answer at all, to whatever was done
            return [_ERRORS["lost"]] * len(writes)
        return told

    def _serve(self, write: Write) -> Row:
        self.writes[write.sys_id] = self.writes.get(write.sys_id, 0) + 1
        if not write.creates:
            self._write(write.sys_id, write.fields)
            return self._shown(write.sys_id, write.read)
        sys_id = f"minted{len(self.records)}" if self.renames else write.sys_id
        self.records[sys_id] = {**write.fields, "sys_id": sys_id, "sys_mod_count": "0"}
        return self._shown(sys_id, write.read)

    def create(self, table: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Row:
        """As the gateway."""
        rest = {column: value for column, value in fields.items() if column != "sys_id"}
        return self._serve(Write(table, fields["sys_id"], rest, tuple(read), creates=True))

    def find_all(self, searches: Sequence[Search]) -> list[Row | GatewayError | None]:
        """As the gateway."""
        return [self.find(*search) for search in searches]


_ERRORS: dict[str, GatewayError] = {
    "lost": TimedOut("silence"),
    "answer lost": TimedOut("cut"),
    "left out": Unserviced("left out"),
    "done and left out": Unserviced("left out"),
    "forbidden": Forbidden("403"),
    "throttled": Throttled("429"),
    "fatal": Unauthorised("401"),
}


def carried(instance: Packing, *changes: Change, marks: str = "u_marks") -> Outcome:
    """What came of this plan."""
    told: list[Written] = []
    outcome = carry_out(Plan(0, changes), instance, told.extend, marks_column=marks, packer=instance)
    assert tuple(told) == outcome.written
    return outcome


def names(many: int) -> list[str]:
    """So many tickets."""
    return [f"{number:03}" for number in range(many)]


def test_the_first_goes_alone_and_the_others_together() -> None:
    """What is wrong with all shows on one."""
    instance = Packing(**{name: {} for name in names(9)})
    outcome = carried(instance, *(update(name) for name in names(9)))
    assert answers(outcome) == [Answer.WRITTEN] * 9
    assert [sys_id for sys_id, _ in instance.sent] == ["000"]
    assert instance.batches == [names(9)[1:]]


def test_marks_that_do_not_stick_cost_one_ticket() -> None:
    """As without batches: the first such write is the last."""
    instance = Packing(**{name: {} for name in names(9)})
    instance.drops = frozenset({"u_marks"})
    with pytest.raises(Refused, match="u_marks"):
        carried(instance, *(update(name, u_marks="m") for name in names(9)))
    assert len(instance.sent) == 1
    assert not instance.batches


def test_what_names_a_new_record_waits_for_it() -> None:
    """An article, the link to it under the sys_id that the instance minted, and only then the ticket."""
    instance = Packing(**{name: {} for name in names(5)})
    instance.renames = True
    changes: list[Change] = []
    for name in names(5):
        article = FieldChange("source", "", name)
        link = FieldChange("kb", "", f"kb{name}")
        changes += [
            Change("kb_knowledge", f"kb{name}", name, name, None, (article,), (), {"source": name}),
            Change("m2m_kb_task", f"link{name}", name, name, None, (link,), (), {"kb": f"kb{name}"}),
            update(name),
        ]
    assert set(answers(carried(instance, *changes))) == {Answer.WRITTEN}
    assert [batch[0][:2] for batch in instance.batches] == ["kb", "li", "00"]
    links = [record["kb"] for record in instance.records.values() if "kb" in record]
    assert len(links) == 5
    assert all(instance.records[kb]["source"] for kb in links)


def test_no_ticket_claims_what_was_not_made() -> None:
    """The creations were lost: nothing of their tickets is told."""
    instance = Packing(**{name: {} for name in names(6)}, fates=["lost"])
    changes = [change for name in names(6) for change in (creation(f"t{name}", name), update(name))]
    outcome = carried(instance, *changes)
    assert outcome.stopped == "silence"
    for name in names(6)[1:]:
        assert "u_clock" not in instance.records[name]


def test_a_fatal_part_is_raised_after_the_others_are_told() -> None:
    """What was written stands in the journal before the end."""
    instance = Packing(**{name: {} for name in names(6)}, fates=["served", "fatal"])
    told: list[Written] = []
    with pytest.raises(Unauthorised):
        carry_out(
            Plan(0, tuple(update(name) for name in names(6))),
            instance,
            told.extend,
            marks_column="",
            packer=instance,
        )
    assert [written.change.sys_id for written in told] == ["000", "001", "003", "004", "005"]


def test_without_batches_they_go_one_by_one() -> None:
    """Refused in the middle of the work: the rest is read again and sent by itself."""
    instance = Packing(**{name: {} for name in names(9)})

    def refuse(_: object) -> None:
        instance.packs = False

    instance.write_all = refuse  # type: ignore[method-assign,assignment]
    outcome = carried(instance, *(update(name) for name in names(9)))
    assert answers(outcome) == [Answer.WRITTEN] * 9
    assert [sys_id for sys_id, _ in instance.sent] == names(9)


FATES = st.sampled_from(
    ("served", "served", "lost", "answer lost", "left out", "done and left out", "forbidden", "throttled")
)


@settings(max_examples=60)
@given(st.integers(1, 120), st.lists(FATES, max_size=60), st.booleans())
def test_whatever_happens_each_is_written_once(many: int, fates: list[str], creates: bool) -> None:
    """What is told to be there is; nothing is written twice; passes later all of it is there."""
    instance = Packing(**{name: {} for name in names(many)}, fates=fates)
    for round_ in count():
        todo: list[Change] = []
        for name in names(many):
            if creates and f"t{name}" not in instance.records:
                todo.append(creation(f"t{name}", name))
            if instance.records[name].get("u_clock") != "breached":
                todo.append(update(name))
        if not todo:
            break
        outcome = carried(instance, *todo)
        for written in outcome.written:
            change = written.change
            record = instance.records.get(change.sys_id)
            there = record is not None and (change.creates or record.get("u_clock") == "breached")
            assert there == (written.answer in (Answer.WRITTEN, Answer.FOUND))
        assert round_ <= len(fates) + 1, "it comes to an end"
    assert all(times == 1 for times in instance.writes.values())
    assert all(instance.records[name]["sys_mod_count"] == "4" for name in names(many))

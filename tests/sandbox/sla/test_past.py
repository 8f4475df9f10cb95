"""What a task was, read back from its audit, is what it was."""

from collections.abc import Mapping, Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector.sandbox import Instance
from connector.sandbox.sla.past import earlier

BEGIN = 1_700_442_000
VALUES = {
    "urgency": ["1", "2", "3"],
    "description": ["", "x", "y"],
    "assignment_group": ["", "a" * 32, "b" * 32],
    "due_date": ["", "2023-12-01 00:00:00"],
    "work_notes": ["", "seen"],
}
CHANGES = st.fixed_dictionaries({}, optional={name: st.sampled_from(told) for name, told in VALUES.items()})


@settings(max_examples=25)
@given(st.lists(CHANGES, min_size=1, max_size=8), st.integers(-1, 9), st.integers(0, 3))
def test_every_state_comes_back(changes: list[dict[str, str]], start: int, later: int) -> None:
    """From the start on, without the write that is asked about and without what was written after it."""
    at = {"now": BEGIN}
    instance = Instance(now=lambda: at["now"])
    try:
        made = instance.insert("incident", {})
        task, states = made["sys_id"], [(BEGIN, made)]
        for change in changes:
            at["now"] += 60
            after = instance.update("incident", task, change)
            if after != states[-1][1]:
                states.append((at["now"], after))
        asked = len(states) - 1 - later
        assume(asked > 0)
        moment, row = states[asked]
        first = min(BEGIN + start * 60, moment - 1)
        found = [told.row for _, told in earlier(instance.store, row, first)]
        known = states[:asked]
        held = [told for when, told in known if when <= first] or [known[0][1]]
        expected = [held[-1], *(told for when, told in known if when > first)]
        assert _distinct(found) == _distinct(expected)
    finally:
        instance.close()


def _distinct(states: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The columns that a change can tell of, one state after the other.

    A note alone is an update of which no column tells: that state looks like the one before.
    """
    told = [{name: row[name] for name in VALUES} for row in states]
    return [row for number, row in enumerate(told) if not number or row != told[number - 1]]

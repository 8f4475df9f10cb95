"""The engine on an instance: what it remembers, and that nothing is attached twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance
from connector.sandbox.error import RecordError
from tests.sandbox.conftest import Hand

DEFINITION = {
    "name": "Resolve",
    "collection": "incident",
    "duration": "1970-01-01 04:00:00",
    "schedule_source": "no_schedule",
    "start_condition": "active=true",
    "stop_condition": "state=6^ORstate=7",
    "pause_condition": "state=3",
    "when_to_resume": "no_match",
    "cancel_condition": "impact=3",
    "reset_condition": "urgency=1",
}


def rows(instance: Instance) -> list[tuple[str, str, str]]:
    """(stage, active, start) of all rows, oldest first."""
    found = instance.rows("task_sla", "ORDERBYsys_created_on")
    return [(row["stage"], row["active"], row["start_time"][11:]) for row in found]


@pytest.fixture
def restart(tmp_path: Path, clock: Hand) -> Iterator[Callable[[], Instance]]:
    """The same instance again, out of its file."""
    path = str(tmp_path / "state.db")
    running: list[Instance] = []

    def stop() -> None:
        while running:
            running.pop().close()

    def again() -> Instance:
        stop()
        running.append(Instance(now=clock, state=path))
        return running[0]

    yield again
    stop()


def test_a_write_within_the_lag_outlives_a_restart(restart: Callable[[], Instance], clock: Hand) -> None:
    """Its row comes after the restart, with the start and the stamp it would have had."""
    instance = restart()
    instance.insert("contract_sla", DEFINITION)
    instance.insert("incident", {"impact": "1"})
    clock.at += 2
    instance = restart()
    assert rows(instance) == []
    clock.at += 60
    (row,) = restart().rows("task_sla")
    assert (row["start_time"], row["sys_created_on"]) == ("2023-11-20 01:00:00", "2023-11-20 01:00:05")


def test_a_reset_happens_once_over_a_restart(restart: Callable[[], Instance], clock: Hand) -> None:
    """A reset condition that held before the restart and still holds resets nothing more."""
    instance = restart()
    instance.insert("contract_sla", DEFINITION)
    task = instance.insert("incident", {"impact": "1", "urgency": "2"})["sys_id"]
    clock.at += 60
    instance.update("incident", task, {"urgency": "1"})
    clock.at += 60
    assert rows(instance) == [("cancelled", "false", "01:00:00"), ("in_progress", "true", "01:01:00")]
    instance = restart()
    instance.update("incident", task, {"short_description": "again"})
    clock.at += 60
    assert len(rows(instance)) == 2
    instance.update("incident", task, {"urgency": "2"})
    clock.at += 60
    instance = restart()
    instance.update("incident", task, {"urgency": "1"})
    clock.at += 60
    assert len(rows(instance)) == 3, "it ceased to hold meanwhile"


def test_a_write_that_is_taken_back_leaves_nothing_to_do(instance: Instance, clock: Hand) -> None:
    """Also what was still to do before it is done all the same."""
    instance.insert("contract_sla", DEFINITION)
    instance.abort_on("incident", "short_description=no", "Never")
    task = instance.insert("incident", {"impact": "1"})["sys_id"]
    with pytest.raises(RecordError):
        instance.update("incident", task, {"short_description": "no", "state": "6"})
    clock.at += 60
    assert rows(instance) == [("in_progress", "true", "01:00:00")]


def test_a_fresh_start_forgets_what_was_to_do(restart: Callable[[], Instance], clock: Hand) -> None:
    """After `reset` nothing comes of a write before it."""
    instance = restart()
    instance.insert("contract_sla", DEFINITION)
    instance.insert("incident", {"impact": "1"})
    instance.reset()
    clock.at += 60
    assert rows(instance) == []
    assert instance.sla.queue.due is None


WRITES = st.tuples(
    st.sampled_from([0, 1, 3, 7, 600, 7200]),
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(["1", "2", "3", "6"]),
            "impact": st.sampled_from(["1", "2", "3"]),
            "urgency": st.sampled_from(["1", "2"]),
            "close_code": st.just("Solution provided"),
            "close_notes": st.just("-"),
        }
    ),
)
"""(seconds later, what is written)."""


@limits(max_examples=40, deadline=None)
@given(st.lists(WRITES, max_size=8), st.booleans())
def test_no_order_of_writes_makes_doubles(writes: list[tuple[int, dict[str, str]]], duplicates: bool) -> None:
    """One row runs at most; a second one only where the switch wants it and writes came within the lag."""
    clock = Hand()
    instance = Instance(now=clock)
    instance.switch("sla_duplicates", duplicates)
    instance.insert("contract_sla", DEFINITION)
    task = instance.insert("incident", {"impact": "1", "urgency": "2"})["sys_id"]
    for later, fields in writes:
        clock.at += later
        instance.update("incident", task, fields)
        running = instance.rows("task_sla", "active=true")
        assert duplicates or len(running) <= 1
    clock.at += 60
    found = instance.rows("task_sla", "ORDERBYsys_created_on")
    for row in found:
        assert (row["active"] == "true") == (row["stage"] in {"in_progress", "paused"})
        assert (row["end_time"] == "") == (row["active"] == "true")
        assert row["end_time"] == "" or row["end_time"] >= row["start_time"]
    if duplicates:
        close = any(later < instance.sla.lag for later, _ in writes)
        assert len([row for row in found if row["active"] == "true"]) <= 1 or close
    instance.close()

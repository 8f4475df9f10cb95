"""Conditions of service levels: cancelled, reset, several at once, about the change (section 4.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.level import define, make, rows


@pytest.mark.parametrize(
    ("fields", "stages"),
    [
        ({"cancel_condition": "impact=1"}, ["cancelled"]),
        ({"when_to_cancel": "no_match", "start_condition": "impact=3"}, ["cancelled"]),
        ({"when_to_cancel": "never", "cancel_condition": "impact=1"}, ["in_progress"]),
        ({"reset_condition": "impact=1"}, ["cancelled", "in_progress"]),
        ({"reset_condition": "impact=1", "reset_action": "complete"}, ["completed", "in_progress"]),
    ],
)
def test_cancel_and_reset(wire: Any, clock: Any, fields: dict[str, str], stages: list[str]) -> None:
    """As the definition says; a reset begins anew and does so once."""
    define(wire, **fields)
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"impact": "1"})
    clock.at += 60
    wire.patch(task, json={"short_description": "again"})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == stages


@pytest.mark.parametrize("duplicates", [False, True])
def test_rapid_updates(wire: Any, clock: Any, duplicates: bool) -> None:
    """KB0541990: a second row for the same task and definition, where the switch wants it."""
    wire.instance.switch("sla_duplicates", duplicates)
    define(wire)
    task = make(wire)
    clock.at += 1
    wire.patch(task, json={"short_description": "x"})
    clock.at += 60
    wire.patch(task, json={"short_description": "y"})
    clock.at += 60
    assert len(rows(wire)) == 1 + duplicates


# Conditions that hold together


@pytest.mark.parametrize(
    ("fields", "stages"),
    [
        ({"stop_condition": "impact=1", "cancel_condition": "impact=1"}, ["completed"]),
        ({"stop_condition": "impact=1", "reset_condition": "impact=1"}, ["completed"]),
        ({"start_condition": "impact=3", "reset_condition": "impact=1"}, ["in_progress"]),
        ({"pause_condition": "impact=1", "cancel_condition": "impact=1"}, ["cancelled"]),
        (
            {
                "pause_condition": "impact=1",
                "resume_condition": "impact=1",
                "when_to_resume": "on_condition",
            },
            ["in_progress"],
        ),
        ({"pause_condition": "impact=1", "duration_type": "a relative one"}, ["in_progress"]),
    ],
)
def test_conditions_that_hold_together(
    wire: Any, clock: Any, fields: dict[str, str], stages: list[str]
) -> None:
    """Stop, then reset of what could start, then cancel, then pause; pause with resume is nothing."""
    define(wire, **fields)
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"impact": "1"})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == stages


# Conditions about the write itself


def test_advanced_conditions_are_about_the_change(wire: Any, clock: Any) -> None:
    """Changed, changed from, changed to: true of the one write that does it."""
    define(
        wire,
        advanced_condition_type="advanced",
        start_condition="stateCHANGESFROM1^stateCHANGESTO2",
        stop_condition="assigned_toVALCHANGES",
    )
    task = make(wire)
    for state in ("2", "3", "2"):
        clock.at += 60
        wire.patch(task, json={"state": state})
        clock.at += 60
        assert len(rows(wire)) == 1
    assert rows(wire)[0]["start_time"] == "2023-11-20 01:01:00"
    wire.patch(task, json={"assigned_to": wire.instance.add_user("li", name="Li")})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == ["completed"]


@pytest.mark.parametrize(
    ("kind", "stages"),
    [
        ("advanced_journal", ["completed"]),
        ("advanced_journal_and_system", ["completed"]),
        ("advanced", ["in_progress"]),
        ("advanced_system", ["in_progress"]),
        ("none", ["in_progress"]),
    ],
)
def test_conditions_on_journals(wire: Any, clock: Any, kind: str, stages: list[str]) -> None:
    """A response is the first comment, where the definition reacts on journals."""
    define(
        wire, target="response", advanced_condition_type=kind, stop_condition="commentsVALCHANGES^active=true"
    )
    task = make(wire)
    clock.at += 60
    wire.patch(task, json={"work_notes": "looked at it"})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == ["in_progress"]
    wire.patch(task, json={"comments": "We are on it."})
    clock.at += 60
    assert [row["stage"] for row in rows(wire)] == stages


def test_a_comment_with_which_a_record_is_made_counts(wire: Any, clock: Any) -> None:
    """Also the columns that the record is made with; a condition may be one of several that are enough."""
    define(
        wire,
        advanced_condition_type="advanced_journal",
        start_condition="commentsVALCHANGES^ORshort_descriptionVALCHANGES",
    )
    make(wire, description="none of it")
    make(wire, comments="hello")
    make(wire, short_description="printer")
    clock.at += 60
    assert len(rows(wire)) == 2

"""A line in, a line out, whatever the line is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.service_hours.batch import Batch

OFFICE = {day: [["08:30", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def ask(**request: Any) -> dict[str, Any]:
    """The answer to a request on office hours in Shanghai, changed by ``request``."""
    asked = {"id": 7, "zone": "Asia/Shanghai", "weekly": OFFICE} | request
    answer = json.loads(Batch().answer(json.dumps(asked)))
    assert answer.pop("id") == 7
    return dict(answer)


def test_due() -> None:
    """Over a holiday and into a make-up day; the answer is in UTC."""
    answer = ask(
        op="due",
        start="2026-09-30 17:00",
        seconds=3 * 3600,
        holidays=["2026-10-01", "2026-10-02"],
        dates={"2026-10-03": [["08:30", "12:00"]], "2026-10-02": [["00:00", "24:00"]]},
    )
    assert answer == {"instant": "2026-10-03T02:30:00Z"}


def test_elapsed_with_pauses() -> None:
    """Local, offset and Z are three ways to write the same."""
    pauses = [
        ["2026-10-12T09:00", "2026-10-12T09:30:00+08:00"],
        ["2026-10-12T01:15:00Z", "2026-10-12T01:45:00Z"],
    ]
    answer = ask(op="elapsed", start="2026-10-12T08:00", end="2026-10-12T10:00:00+08:00", pauses=pauses)
    assert answer == {"seconds": 45 * 60}


def test_next_open() -> None:
    """The opening, or the time itself when open."""
    assert ask(op="next_open", start="2026-10-10T12:00:00Z") == {"instant": "2026-10-12T00:30:00Z"}
    assert ask(op="next_open", start="2026-10-12T02:00:00.9Z") == {"instant": "2026-10-12T02:00:00Z"}


def test_over_midnight_and_to_midnight() -> None:
    """22:00-06:00 runs into the next day, 24:00 ends one."""
    weekly = {"fri": [["22:00", "06:00"]], "sun": [["20:00", "24:00"]]}
    answer = ask(op="elapsed", weekly=weekly, start="2026-10-09", end="2026-10-12")
    assert answer == {"seconds": 12 * 3600}


def test_a_calendar_that_never_opens() -> None:
    """Nothing elapses on it, and nothing is ever due: an error and no hang."""
    span = {"start": "2026-01-01", "end": "2027-01-01", "seconds": 60}
    assert ask(op="elapsed", weekly={}, **span) == {"seconds": 0}
    assert "never open again" in ask(op="due", weekly={"mon": []}, **span)["error"]
    assert (
        "never open again"
        in ask(op="next_open", weekly={}, dates={"2025-01-01": [["08:00", "09:00"]]}, **span)["error"]
    )
    assert ask(op="due", weekly={}, start="2026-01-01", seconds=0) == {"instant": "2025-12-31T16:00:00Z"}


def test_it_opens_once_years_from_now() -> None:
    """A date far away is found."""
    answer = ask(op="next_open", weekly={}, dates={"2044-02-29": [["08:00", "09:00"]]}, start="2026-01-01")
    assert answer == {"instant": "2044-02-29T00:00:00Z"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"op": "sum"}, "op"),
        ({"zone": "Moon"}, "IANA"),
        ({"zone": None}, "zone is missing"),
        ({"weekly": []}, "objects"),
        ({"weekly": {"mon": 5}}, "list of windows"),
        ({"holidays": "2026-10-01"}, "list of dates"),
        ({"holidays": ["soon"]}, "not a date"),
        ({"start": None}, "start is missing"),
        ({"start": "tomorrow"}, "not a time"),
        ({"start": True}, "not a time"),
        ({"seconds": None}, "whole number"),
        ({"seconds": 1.5}, "whole number"),
        ({"seconds": float("nan")}, "whole number"),
        ({"seconds": float("inf")}, "whole number"),
        ({"seconds": -1}, "cannot be used up"),
        ({"seconds": 10**40}, "longer than"),
        ({"start": "0001-01-01"}, "1900"),
        ({"start": 10**40}, "1900"),
        ({"pauses": [["2026-10-12"]]}, "pauses"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(wrong: dict[str, Any], said: str) -> None:
    """In the answer, with the line's id."""
    assert said in ask(**({"op": "due", "start": "2026-10-12", "seconds": 60} | wrong))["error"]


@given(st.one_of(st.binary(max_size=30), st.text(max_size=30)))
@settings(max_examples=100)
def test_rubbish_is_answered(line: str | bytes) -> None:
    """Whatever comes, the answer is one JSON object on one line."""
    answer = Batch().answer(line)
    assert "\n" not in answer
    assert "error" in json.loads(answer)


def test_the_same_calendar_is_compiled_once() -> None:
    """Order of answers and a forgotten calendar change nothing."""
    batch = Batch()
    lines = [
        json.dumps(
            {
                "id": nth,
                "zone": "UTC",
                "weekly": {"mon": [["09:00", f"10:{nth % 60:02d}"]]},
                "op": "due",
                "start": "2026-01-01",
                "seconds": 3600,
            }
        )
        for nth in range(60)
    ]
    first = [batch.answer(line) for line in lines]
    assert [batch.answer(line) for line in reversed(lines)] == first[::-1]
    assert {json.loads(answer)["instant"] for answer in first} == {"2026-01-05T10:00:00Z"}

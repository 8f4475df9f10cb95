"""Section 4.8: problems, changes and approvals."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, missing

COLUMNS = {
    "problem": (
        "state cause_notes fix_notes known_error workaround first_reported_by_task related_incidents"
    ),
    "change_request": ("type state risk approval start_date end_date on_hold chg_model close_code"),
    "sysapproval_approver": ("sysapproval approver state comments source_table document_id"),
}

CHOICES = {
    ("change_request", "state"): {
        "-5": "New",
        "-4": "Assess",
        "-3": "Authorize",
        "-2": "Scheduled",
        "-1": "Implement",
        "0": "Review",
        "3": "Closed",
        "4": "Canceled",
    },
    ("problem", "state"): {
        "101": "New",
        "102": "Assess",
        "103": "Root Cause Analysis",
        "104": "Fix in Progress",
        "106": "Resolved",
        "107": "Closed",
    },
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


@pytest.mark.parametrize(("where", "told"), CHOICES.items())
def test_choices(wire: Wire, where: tuple[str, str], told: dict[str, str]) -> None:
    """Read from `sys_choice`, as clients should."""
    assert choices(wire, *where) == told


CHANGE = "/api/now/table/change_request"
RULE_ID = "b6dae9e15317101034d1ddeeff7b1278"
REFUSED = {
    "message": "Operation Failed",
    "detail": "Operation against file 'change_request' was aborted by Business Rule"
    f" 'Change Model: Check State Transition^{RULE_ID}'."
    " Business Rule Stack:Change Model: Check State Transition",
}


def _change(wire: Wire, **fields: str) -> str:
    made = wire.post(CHANGE, json=fields)
    assert made.status_code == 201, made.text
    return f"{CHANGE}/{made.json()['result']['sys_id']}"


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("normal", "-4 -3 -2 -1 0 3"),
        ("standard", "-2 -1 0 3"),
        ("emergency", "-3 -2 -1 0 3"),
        ("normal", "-4 -5 -4 -3 -5"),
        ("normal", "-4 -3 -2 -1 4"),
    ],
)
def test_a_change_goes_its_way(wire: Wire, kind: str, way: str) -> None:
    """Through the states of its type, back to New while it waits for approval, or out by cancelling."""
    path = _change(wire, type=kind)
    for state in way.split():
        answer = wire.patch(path, json={"state": state, "close_code": "successful"})
        assert (answer.status_code, answer.json()["result"]["state"]) == (200, state)


@pytest.mark.parametrize(
    ("kind", "way", "wrong"),
    [
        ("normal", "", "-3"),
        ("normal", "", "3"),
        ("normal", "-4", "-1"),
        ("normal", "-4 -3 -2", "-3"),
        ("normal", "-4 -3 -2 -1 0", "4"),
        ("normal", "4", "-5"),
        ("standard", "", "-4"),
        ("standard", "-2", "-5"),
        ("emergency", "", "-4"),
    ],
)
def test_an_illegal_move_is_aborted(wire: Wire, kind: str, way: str, wrong: str) -> None:
    """403 in the words of the rule, and nothing of the write is kept."""
    path = _change(wire, type=kind)
    for state in way.split():
        wire.patch(path, json={"state": state})
    before = wire.result(path)
    answer = wire.patch(path, json={"state": wrong, "short_description": "x"})
    assert (answer.status_code, answer.json()["error"]) == (403, REFUSED)
    assert wire.result(path) == before


def test_a_new_change_may_not_be_over(wire: Wire) -> None:
    """It may begin anywhere up to Implement."""
    assert wire.post(CHANGE, json={"state": "-1"}).status_code == 201
    refused = wire.post(CHANGE, json={"state": "3"})
    assert (refused.status_code, refused.json()["error"]) == (403, REFUSED)
    assert wire.instance.count("change_request") == 1


def test_the_rule_is_a_row_that_can_be_switched_off(wire: Wire) -> None:
    """As administrators do who let scripts move changes; on again, it holds again."""
    rule, path = f"/api/now/table/sys_script/{RULE_ID}", _change(wire)
    assert wire.result(rule)["name"] == "Change Model: Check State Transition"
    wire.patch(rule, json={"active": "false"})
    assert wire.patch(path, json={"state": "0"}).status_code == 200
    wire.patch(rule, json={"active": "true"})
    assert wire.patch(path, json={"state": "-5"}).status_code == 403


def test_types_and_risks(wire: Wire) -> None:
    """Three types; risk from 2 to 4."""
    assert set(choices(wire, "change_request", "type")) == {"normal", "standard", "emergency"}
    assert choices(wire, "change_request", "risk") == {"2": "High", "3": "Moderate", "4": "Low"}
    codes = set(choices(wire, "change_request", "close_code"))
    assert codes == {"successful", "successful_issues", "unsuccessful"}


def test_approvals(wire: Wire) -> None:
    """The states that clients write."""
    known = set(choices(wire, "sysapproval_approver", "state"))
    assert {"not requested", "requested", "approved", "rejected", "cancelled"} <= known
    assert {"not_required", "duplicate"} <= known

"""Section 4.9: events, alerts and customer cases."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, missing

COLUMNS = {
    "em_event": (
        "source event_class node resource metric_name type message_key severity "
        "additional_info time_of_event resolution_state description"
    ),
    "em_alert": ("number severity state node cmdb_ci incident acknowledged"),
    "sn_customerservice_case": (
        "state priority contact_type first_response_time escalation major_case_state"
    ),
}

CHOICES = {
    ("sn_customerservice_case", "state"): {
        "1": "New",
        "10": "Open",
        "18": "Awaiting Info",
        "6": "Resolved",
        "3": "Closed",
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


def test_cases(wire: Wire) -> None:
    """Four priorities and the channels of customers."""
    assert set(choices(wire, "sn_customerservice_case", "priority")) == {"1", "2", "3", "4"}
    channels = {"chat", "email", "phone", "social", "web"}
    assert set(choices(wire, "sn_customerservice_case", "contact_type")) == channels


def test_alerts(wire: Wire) -> None:
    """Four states."""
    assert set(choices(wire, "em_alert", "state")) == {"Open", "Reopen", "Flapping", "Closed"}


def test_improvements(wire: Wire) -> None:
    """The register takes rows."""
    made = wire.post("/api/now/table/sn_cim_register", json={"short_description": "x"})
    assert made.status_code == 201

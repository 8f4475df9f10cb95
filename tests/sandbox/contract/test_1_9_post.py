"""1.9: details of creating."""

from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"


def test_a_sys_id_of_ones_own(wire: Any, instance: Instance) -> None:
    """It is kept, once."""
    wished = "0123456789abcdef0123456789abcdef"
    assert wire.post(LIST, json={"sys_id": wished}).json()["result"]["sys_id"] == wished
    again = wire.post(LIST, json={"sys_id": wished})
    assert again.status_code == 403
    assert instance.count("incident") == 1


def test_what_the_server_keeps_to_itself(wire: Any) -> None:
    """Stamps, counts and the number are its own whatever is posted."""
    body = {
        "sys_created_on": "2001-01-01 00:00:00",
        "sys_created_by": "somebody",
        "sys_updated_on": "2001-01-01 00:00:00",
        "sys_updated_by": "somebody",
        "sys_mod_count": "9",
        "number": "INC7777777",
    }
    made = wire.post(LIST, json=body).json()["result"]
    assert made["sys_created_on"] == made["sys_updated_on"] == "2023-11-20 01:00:00"
    assert made["sys_created_by"] == made["sys_updated_by"] == "connector"
    assert (made["sys_mod_count"], made["number"]) == ("0", "INC0010001")


def test_ordinary_dates_are_taken(wire: Any) -> None:
    """`opened_at` may lie in the past."""
    made = wire.post(LIST, json={"opened_at": "2019-01-02 03:04:05"}).json()["result"]
    assert made["opened_at"] == "2019-01-02 03:04:05"


def test_objects_become_java_text(wire: Any) -> None:
    """A reference posted as an object is cut at 32 characters; a list keeps its brackets."""
    body = {
        "caller_id": {"link": "https://instance.service-now.com/x", "value": "1"},
        "short_description": ["a", {"b": 1}, True, None],
    }
    made = wire.post(LIST, json=body).json()["result"]
    assert made["caller_id"]["value"] == "{link=https://instance.service-n"[:32]
    assert made["short_description"].startswith("[a, {b=1}, true")


def test_nothing_is_mandatory(wire: Any) -> None:
    """An empty object makes a record with a number; unknown fields vanish."""
    made = wire.post(LIST, json={"u_nonsense": "1"})
    assert made.status_code == 201
    assert made.json()["result"]["number"] == "INC0010001"
    assert "u_nonsense" not in made.json()["result"]


@pytest.mark.parametrize("mode", ["false", "true", "all"])
def test_the_answer_is_a_read(wire: Any, mode: str) -> None:
    """Parameters of reads count for the answer too."""
    sent = f"sysparm_display_value={mode}&sysparm_fields=state,number,sys_id"
    made = wire.post(f"{LIST}?{sent}", json={}).json()["result"]
    plain = made["sys_id"]["value"] if mode == "all" else made["sys_id"]
    assert made == wire.get(f"{LIST}/{plain}?{sent}").json()["result"]

"""Section 4.1: the columns that the plug-in Major Incident Management brings."""

import pytest

from connector.sandbox import Instance
from connector.sandbox.seed import Document, SeedError, plant
from tests.sandbox.contract.conftest import Wire, choices, missing, rows

INCIDENT = "/api/now/table/incident"
PLUGIN = "com.snc.incident.mim"
COLUMNS = (
    "major_incident_state proposed_by proposed_on promoted_by promoted_on overview timeline findings "
    "probable_cause"
)


@pytest.fixture
def active(wire: Wire) -> Wire:
    """An instance on which the plug-in was activated when an incident was there already."""
    wire.post(INCIDENT, json={"short_description": "before"})
    wire.instance.activate(PLUGIN)
    return wire


def test_without_the_plug_in_an_incident_has_its_recorded_columns(wire: Wire) -> None:
    """92 of them; the plug-in is listed as inactive."""
    made = wire.post(INCIDENT, json={"major_incident_state": "proposed"}).json()["result"]
    assert len(made) == 92
    assert "major_incident_state" not in made
    assert rows(wire, "v_plugin", f"id={PLUGIN}", "name,active") == [
        {"name": "Major Incident Management", "active": "inactive"}
    ]


def test_the_columns(active: Wire) -> None:
    """A record has them after its own 92, and `sys_dictionary` describes each."""
    assert not missing(active, "incident", COLUMNS)
    made = active.post(INCIDENT, json={}).json()["result"]
    assert list(made)[92:] == COLUMNS.split()
    assert rows(active, "v_plugin", f"id={PLUGIN}", "active") == [{"active": "active"}]


def test_the_states(active: Wire) -> None:
    """Four choices with their labels; another value is dropped."""
    assert choices(active, "incident", "major_incident_state") == {
        "proposed": "Proposed",
        "accepted": "Accepted",
        "rejected": "Rejected",
        "canceled": "Canceled",
    }
    made = active.post(INCIDENT, json={"major_incident_state": "huge"}).json()["result"]
    assert made["major_incident_state"] == ""


def test_a_major_incident_is_found(active: Wire) -> None:
    """By its state, also on the incident that was there before."""
    (old,) = rows(active, "incident", "short_description=before", "sys_id,major_incident_state")
    assert old["major_incident_state"] == ""
    body = {"major_incident_state": "accepted", "promoted_on": "2023-11-20 01:00:00", "overview": "<p>x</p>"}
    assert active.patch(f"{INCIDENT}/{old['sys_id']}", json=body).status_code == 200
    shown = active.result(f"{INCIDENT}/{old['sys_id']}", sysparm_display_value="true")
    assert (shown["major_incident_state"], shown["promoted_on"]) == ("Accepted", "2023-11-20 01:00:00")
    assert rows(active, "incident", "major_incident_state=accepted", "sys_id") == [{"sys_id": old["sys_id"]}]


def test_people_activate_it_at_the_switchboard(wire: Wire) -> None:
    """Listed with a label; an unknown one is refused."""
    told = wire.get("/sandbox/").json()["plugins"]
    assert {"plugin": PLUGIN, "label": "Major Incident Management", "active": False} in told
    assert wire.post("/sandbox/plugins", json={"activate": "com.nothing"}).status_code == 400
    told = wire.post("/sandbox/plugins", json={"activate": PLUGIN}).json()["plugins"]
    assert [one["active"] for one in told if one["plugin"] == PLUGIN] == [True]
    assert "findings" in wire.post(INCIDENT, json={}).json()["result"]


def test_a_seed_activates_it(instance: Instance) -> None:
    """Its rows may then fill the columns; a plug-in that is none is an error with its place."""
    with pytest.raises(SeedError, match=r"plugins\[0\]: no plug-in 'x'"):
        plant(instance, [Document({"plugins": ["x"]})])
    row = {"sys_id": "1" * 32, "major_incident_state": "proposed"}
    plant(instance, [Document({"plugins": [PLUGIN], "rows": {"incident": [row]}})])
    assert instance.count("incident", "major_incident_state=proposed") == 1


def test_a_file_keeps_it(tmp_path: object) -> None:
    """The columns, their choices and what stands in them come back after a restart."""
    path = f"{tmp_path}/state"
    made = Instance(now=lambda: 1_700_000_000, state=path)
    made.activate(PLUGIN)
    row = made.insert("incident", {"major_incident_state": "accepted"})
    made.close()
    again = Instance(now=lambda: 1_700_000_100, state=path)
    assert again.count("incident", "major_incident_state=accepted") == 1
    column = again.dictionary["incident"].columns["major_incident_state"]
    assert column.choices["accepted"] == "Accepted"
    again.activate(PLUGIN)
    assert again.get("incident", row["sys_id"])["major_incident_state"] == "accepted"  # type: ignore[index]
    again.close()

"""Import sets: staging rows, transform maps, what they insert, update, ignore and refuse (section 3.4)."""

from typing import Any

import pytest

from connector.sandbox.transform import add_staging, add_transform

PATH = "/api/now/import/u_people"


@pytest.fixture
def people(wire: Any) -> Any:
    """An instance that imports people, found again by their user name."""
    add_staging(wire.instance, "u_people", {"u_login": "Login", "u_name": "Full name", "u_boss": "Boss"})
    fields = {"u_login": "user_name", "u_name": "name", "u_boss": "manager"}
    add_transform(wire.instance, "u_people", "sys_user", fields, coalesce=["user_name"], name="People")
    return wire


def imported(wire: Any, **values: Any) -> dict[str, Any]:
    """The first row of the answer."""
    answer = wire.post(PATH, json=values)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()["result"][0]
    return row


def test_the_shape_as_recorded(people: Any) -> None:
    """Keys in their order, the number of the set, a link to what was made."""
    answer = people.post(PATH, json={"u_login": "wang", "u_name": "Wang Wei"})
    said = answer.json()
    assert answer.status_code == 201
    assert list(said) == ["import_set", "staging_table", "result"]
    assert said["import_set"].startswith("ISET") and said["staging_table"] == "u_people"
    row = said["result"][0]
    made = people.instance.rows("sys_user", "user_name=wang")[0]
    assert row == {
        "transform_map": "People",
        "table": "sys_user",
        "display_name": "name",
        "display_value": "Wang Wei",
        "record_link": f"{people.base}/api/now/table/sys_user/{made['sys_id']}",
        "status": "inserted",
        "sys_id": made["sys_id"],
    }
    assert list(row)[-2:] == ["status", "sys_id"]
    assert people.get(row["record_link"].removeprefix(people.base)).status_code == 200
    staged = answer.headers["Location"].removeprefix(people.base)
    assert people.get(staged).json()["result"] == said["result"]


def test_inserted_updated_ignored(people: Any) -> None:
    """Found again by the coalesce column; equal values change nothing, absent ones are left alone."""
    first = imported(people, u_login="wang", u_name="Wang Wei")
    again = imported(people, u_login="wang", u_name="Wang Wei")
    changed = imported(people, u_login="wang", u_name="Wang Fang", u_boss="connector")
    assert (first["status"], again["status"], changed["status"]) == ("inserted", "ignored", "updated")
    assert first["sys_id"] == again["sys_id"] == changed["sys_id"]
    assert again["status_message"]
    assert imported(people, u_login="wang", u_name="")["status"] == "ignored"
    row = people.instance.get("sys_user", first["sys_id"])
    assert (row["name"], row["sys_mod_count"], row["sys_created_by"]) == ("Wang Fang", "1", "connector")


def test_references_by_name(people: Any) -> None:
    """A display value leads to the record; one that leads nowhere is left out, rejected or made."""
    boss = people.instance.add_user("boss", name="The Boss")
    made = imported(people, u_login="li", u_boss="The Boss")["sys_id"]
    assert people.instance.get("sys_user", made)["manager"] == boss
    assert imported(people, u_login="zhao", u_boss="Nobody")["status"] == "inserted"
    entry = people.instance.rows("sys_transform_entry", "target_field=manager")[0]["sys_id"]
    people.instance.update("sys_transform_entry", entry, {"choice_action": "reject"})
    refused = imported(people, u_login="sun", u_boss="Nobody")
    assert refused["status"] == "error" and "Nobody" in refused["error_message"]
    assert people.instance.count("sys_user", "user_name=sun") == 0
    people.instance.update("sys_transform_entry", entry, {"choice_action": "create"})
    assert imported(people, u_login="sun", u_boss="Somebody")["status"] == "inserted"
    assert people.instance.count("sys_user", "name=Somebody") == 1


def test_errors_inside_a_201(wire: Any) -> None:
    """A rule that refuses, and a table without a map: told in the row, and in the staging row."""
    add_staging(wire.instance, "u_people", {"u_text": "Text"})
    row = imported(wire, u_text="x")
    assert (row["status"], row["error_message"]) == ("error", "No transform entry or scripts are defined")
    add_transform(wire.instance, "u_people", "incident", {"u_text": "short_description", "u_state": "state"})
    wire.instance.add_column("u_people", "u_state")
    row = imported(wire, u_text="x", u_state="6")
    assert row["status"] == "error"
    assert row["error_message"] == row["status_message"]
    assert row["error_message"].startswith("Data Policy Exception")
    assert wire.instance.count("incident") == 0
    staged = wire.result("/api/now/table/u_people", sysparm_query="sys_import_state=error")
    assert len(staged) == 2
    assert imported(wire, u_text="x")["status"] == "inserted"


def test_not_audited(wire: Any) -> None:
    """Rules run, the record changes, `sys_audit` knows nothing; a PATCH afterwards is audited again."""
    add_staging(wire.instance, "u_people", {"u_number": "Number", "u_urgency": "Urgency"})
    fields = {"u_number": "number", "u_urgency": "urgency"}
    add_transform(wire.instance, "u_people", "incident", fields, coalesce=["number"])
    made = wire.instance.insert("incident", {"urgency": "3", "impact": "1"})
    row = imported(wire, u_number=made["number"], u_urgency="1")
    assert (row["status"], row["sys_id"]) == ("updated", made["sys_id"])
    assert wire.instance.get("incident", made["sys_id"])["priority"] == "1"
    assert wire.instance.count("sys_audit") == 0
    wire.patch(f"/api/now/table/incident/{made['sys_id']}", json={"urgency": "2"})
    assert wire.instance.count("sys_audit", "fieldname=urgency") == 1


@pytest.mark.parametrize("at_once", [False, True])
def test_several_by_label(people: Any, at_once: bool) -> None:
    """`insertMultiple` takes column labels and answers with two ids; the rows are transformed later."""
    people.instance.switch("import_at_once", at_once)
    records = [{"Login": "a", "Full name": "A"}, {"Login": "b", "Full name": "B"}, {"Login": "a"}]
    answer = people.post(f"{PATH}/insertMultiple", json={"records": records})
    assert answer.status_code == 201
    said = answer.json()
    assert list(said) == ["import_set_id", "multi_import_set_id"]
    query = f"sys_import_set={said['import_set_id']}^ORDERBYsys_import_row"
    if not at_once:
        rows = people.result("/api/now/table/u_people", sysparm_query=query)
        assert [row["sys_import_state"] for row in rows] == ["pending"] * 3
        assert people.instance.get("sys_import_set", said["import_set_id"])["state"] == "loaded"
        assert not people.instance.count("sys_user", "user_nameINa,b")
        people.clock.at += people.instance.imports.lag
    rows = people.result("/api/now/table/u_people", sysparm_query=query)
    assert [row["sys_import_state"] for row in rows] == ["inserted", "inserted", "ignored"]
    assert people.instance.count("sys_user", "user_nameINa,b") == 2
    assert people.result(f"/api/now/table/sys_multi_import_set/{said['multi_import_set_id']}")
    assert people.post(f"{PATH}/insertMultiple", json={"records": "x"}).status_code == 400


def test_what_is_transformed_later_has_the_stamp_of_that_moment(people: Any) -> None:
    """And the name of whoever loaded it; a set that was not reached is, after a restart."""
    people.instance.add_user("loader", name="L", password="secret", roles=["admin"])
    people.post(f"{PATH}/insertMultiple", json={"records": [{"Login": "a"}]}, auth=("loader", "secret"))
    people.instance.imports.waiting.clear()
    people.instance.imports.restore()
    people.clock.at += 3600
    (made,) = people.instance.rows("sys_user", "user_name=a")
    assert (made["sys_created_on"], made["sys_created_by"]) == ("2023-11-20 02:00:00", "loader")


@pytest.mark.parametrize(("asked", "left"), [("true", "Wang alert(1)"), ("false", "<b>Wang</b> alert(1)")])
def test_html_is_taken_out(people: Any, asked: str, left: str) -> None:
    """Of what comes over this API too, unless `glide.rest.sanitize_request_input` is off."""
    people.instance.properties["glide.rest.sanitize_request_input"] = asked
    imported(people, u_login="wang", u_name="<b>Wang</b> alert(1)")
    assert people.instance.rows("sys_user", "user_name=wang")[0]["name"] == left


def test_values_are_text(people: Any) -> None:
    """An object becomes the text of a Java map, with `=` for `:`."""
    made = imported(people, u_login="wang", u_name={"first": "Wang"})["sys_id"]
    assert people.instance.get("sys_user", made)["name"] == "{first=Wang}"


def test_who_may_import(people: Any) -> None:
    """`import_set_loader` may, `itil` may not; a table that is no staging table is none."""
    people.instance.add_user("loader", name="L", password="secret", roles=["import_set_loader"])
    people.instance.add_user("agent", name="A", password="secret", roles=["itil"])
    assert people.post(PATH, json={"u_login": "x"}, auth=("agent", "secret")).status_code == 403
    assert people.instance.count("u_people") == 0
    assert people.post(PATH, json={"u_login": "x"}, auth=("loader", "secret")).status_code == 201
    for name in ("incident", "sys_import_set_row", "no_such_table"):
        assert people.post(f"/api/now/import/{name}", json={}).status_code == 400


def test_everything_is_made_over_rest(wire: Any) -> None:
    """An admin makes the staging table, its columns and the map by posting rows, and imports."""
    parent = wire.instance.rows("sys_db_object", "name=sys_import_set_row")[0]["sys_id"]
    rows: list[tuple[str, dict[str, str]]] = [
        ("sys_db_object", {"name": "u_stage", "label": "Stage", "super_class": parent}),
        ("sys_dictionary", {"name": "u_stage", "element": "u_text", "internal_type": "string"}),
        ("sys_transform_map", {"name": "M", "source_table": "u_stage", "target_table": "incident"}),
    ]
    for table, row in rows:
        made = wire.post(f"/api/now/table/{table}", json=row)
        assert made.status_code == 201, made.text
    entry = {"map": made.json()["result"]["sys_id"], "source_field": "u_text"}
    entry |= {"target_field": "short_description"}
    assert wire.post("/api/now/table/sys_transform_entry", json=entry).status_code == 201
    said = wire.post("/api/now/import/u_stage", json={"u_text": "from afar"}).json()["result"][0]
    assert (said["status"], said["transform_map"], said["display_name"]) == ("inserted", "M", "number")
    assert wire.instance.get("incident", said["sys_id"])["short_description"] == "from afar"

"""Section 4.10: audit, journals, metrics, choices, the dictionary, mail, reports, configuration items."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, extends, missing, rows

ABOVE = {
    "cmdb_ci": "cmdb",
    "cmdb_ci_computer": "cmdb_ci",
    "cmdb_ci_server": "cmdb_ci_computer",
    "cmdb_ci_service": "cmdb_ci",
}

COLUMNS = {
    "sys_audit": (
        "tablename documentkey fieldname oldvalue newvalue user reason record_checkpoint internal_checkpoint"
    ),
    "sys_journal_field": ("name element_id element value sys_tags"),
    "metric_instance": (
        "table field id value start end duration business_duration calculation_complete definition"
    ),
    "sys_choice": ("name element value label language sequence inactive dependent_value"),
    "sys_dictionary": (
        "name element column_label internal_type reference max_length mandatory read_only "
        "choice default_value active"
    ),
    "sys_audit_delete": ("tablename documentkey display_value payload"),
    "sys_history_set": ("table id"),
    "sys_history_line": ("set field label old new type update user"),
    "sysevent": ("name parm1 parm2 state queue processed"),
    "sys_email": ("type mailbox state recipients subject body instance target_table"),
    "sys_report": (
        "title table field type filter aggregate sumfield group orderby_list field_list source_type"
    ),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


@pytest.mark.parametrize(("table", "above"), ABOVE.items())
def test_configuration_items_begin_at_cmdb(wire: Wire, table: str, above: str) -> None:
    """By `super_class`; a record is found under every table above it, with its class."""
    extends(wire, table, above)
    assert wire.instance.dictionary[table].display == "name"


@pytest.mark.parametrize(
    ("table", "missing"),
    [
        ("sys_journal_field", {"sys_updated_on", "sys_updated_by", "sys_mod_count"}),
        ("sys_audit", {"sys_updated_on", "sys_mod_count"}),
        ("sys_choice", {"sys_scope"}),
    ],
)
def test_columns_that_are_not_there(wire: Wire, table: str, missing: set[str]) -> None:
    """Rows that never change have no update stamps; choices belong to no scope."""
    made = wire.post("/api/now/table/incident", json={"work_notes": "x"}).json()["result"]
    wire.patch(f"/api/now/table/incident/{made['sys_id']}", json={"urgency": "1"})
    (row, *_) = wire.result(f"/api/now/table/{table}", sysparm_limit=1)
    assert not missing & set(row)


def test_inherited_choices_sit_on_the_parent(wire: Wire) -> None:
    """Those of `contact_type` on task; those an incident has of its own on incident."""
    assert choices(wire, "task", "contact_type")
    assert not choices(wire, "incident", "contact_type")


def test_a_table_has_the_columns_of_its_chain(wire: Wire) -> None:
    """The union of `sys_dictionary` along `super_class` is what a record shows."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]
    described = rows(wire, "sys_dictionary", "nameINtask,incident", "element")
    assert {row["element"] for row in described} == set(made)


def test_a_deletion_is_told_under_the_real_class(wire: Wire) -> None:
    """Not under the table it was deleted from."""
    made = wire.post("/api/now/table/incident", json={}).json()["result"]
    wire.delete(f"/api/now/table/task/{made['sys_id']}")
    (row,) = rows(wire, "sys_audit_delete", "", "tablename,documentkey,display_value,payload")
    payload = row.pop("payload")
    assert row == {"tablename": "incident", "documentkey": made["sys_id"], "display_value": made["number"]}
    assert made["sys_id"] in payload


def test_tables_tell_their_scope_and_who_may_come_in(wire: Wire) -> None:
    """`sys_db_object` has name, label, parent and the switches of web services."""
    (row,) = rows(wire, "sys_db_object", "name=incident", "name,label,sys_scope,ws_access,access,read_access")
    told = {"sys_scope": "global", "ws_access": "true", "access": "public", "read_access": "true"}
    assert row == {"name": "incident", "label": "Incident"} | told


@pytest.mark.parametrize("table", ["core_company", "cmn_location", "cmn_department", "cmdb_ci_service"])
def test_what_is_shown_is_the_name(wire: Wire, table: str) -> None:
    """Of companies, places, departments and services."""
    made = wire.post(f"/api/now/table/{table}", json={"name": "Riverside"}).json()["result"]
    assert wire.instance.dictionary[table].display == "name"
    assert made["name"] == "Riverside"


@pytest.mark.parametrize(
    ("element", "table", "name", "label"),
    [
        ("internal_type", "sys_glide_object", "reference", "Reference"),
        ("reference", "sys_db_object", "sys_user", "User"),
    ],
)
def test_types_and_tables_are_referred_to_by_name(
    wire: Wire, element: str, table: str, name: str, label: str
) -> None:
    """An object with a link like any reference, but stored, asked for and linked by name."""
    address = "/api/now/table/sys_dictionary"
    query = "name=incident^element=caller_id"
    link = f"{wire.base}/api/now/table/{table}?name={name}"
    for mode, told in (
        ("false", {"link": link, "value": name}),
        ("true", {"display_value": label, "link": link}),
        ("all", {"display_value": label, "link": link, "value": name}),
    ):
        fields = f"{element},{element}.label"
        (row,) = wire.result(address, sysparm_query=query, sysparm_fields=fields, sysparm_display_value=mode)
        assert row[element] == told
    (found,) = wire.session.get(link, timeout=5).json()["result"]
    assert (found["name"], found["label"]) == (name, label)
    (row,) = rows(wire, "sys_dictionary", f"{query}^{element}={name}^{element}.label={label}", element)
    assert row == {element: name}


def test_a_column_made_by_its_types_name(wire: Wire) -> None:
    """What an admin posts is the name, which no sys_id has to be found for."""
    column = {"name": "incident", "element": "u_lead", "internal_type": "reference", "reference": "sys_user"}
    made = wire.post("/api/now/table/sys_dictionary", json=column).json()["result"]
    assert (made["internal_type"]["value"], made["reference"]["value"]) == ("reference", "sys_user")
    lead = wire.instance.add_user("lead", name="Lea Lead")
    row = wire.post("/api/now/table/incident", json={"u_lead": lead}).json()["result"]
    assert row["u_lead"] == {"link": f"{wire.base}/api/now/table/sys_user/{lead}", "value": lead}


def test_nobody_reads_a_history_that_nobody_opened(wire: Wire) -> None:
    """`sys_history_set` is built for people: after any number of changes an API reader finds none."""
    made = wire.post("/api/now/table/incident", json={"work_notes": "x"}).json()["result"]
    wire.patch(f"/api/now/table/incident/{made['sys_id']}", json={"urgency": "1"})
    assert wire.result("/api/now/table/sys_history_set") == []
    assert wire.result("/api/now/table/sys_history_line") == []


@pytest.mark.parametrize(
    "table", ["sysevent", "syslog", "syslog_transaction", "sys_history_set", "sys_history_line"]
)
def test_logs_are_for_admins(wire: Wire, table: str) -> None:
    """Others get 200 and no rows, though some are counted."""
    wire.instance.insert(table, {})
    wire.instance.add_user("agent", name="A", password="secret", roles=["itil"])
    wire.auth = ("agent", "secret")
    answer = wire.get(f"/api/now/table/{table}")
    assert (answer.status_code, answer.headers["X-Total-Count"], answer.json()["result"]) == (200, "1", [])


def test_log_entries_never_change(wire: Wire) -> None:
    """They have no stamp of an update; they are read by `sys_created_on`."""
    wire.instance.insert("syslog", {"message": "started"})
    (row,) = wire.result("/api/now/table/syslog", sysparm_query="ORDERBYsys_created_on")
    assert "sys_updated_on" not in row
    assert row["message"] == "started"


@pytest.mark.parametrize(("table", "days"), [("sysevent", 7), ("syslog", 56), ("sys_email", 240)])
def test_logs_rotate(wire: Wire, table: str, days: int) -> None:
    """Seven days of events, eight weeks of logs, eight months of mail: the day before them is gone."""
    wire.instance.insert(table, {})
    wire.clock.at += days * 86_400
    wire.instance.insert(table, {})
    assert len(rows(wire, table, "", "sys_id")) == 2
    wire.clock.at += 86_400
    assert len(rows(wire, table, "", "sys_id")) == 1

"""Roles and access rules: what least-privilege users see and are refused (sections 6.4, 0.9, 1.6)."""

from typing import Any

import pytest

SECURITY = "due to security constraints"


def denied(answer: Any, word: str) -> bool:
    """Whether a write was refused in the platform's words."""
    error = {"message": "Operation Failed", "detail": f"ACL Exception {word} Failed {SECURITY}"}
    return answer.status_code == 403 and answer.json() == {"error": error, "status": "failure"}


@pytest.fixture
def agent(wire: Any) -> Any:
    """The wire in the hands of an `itil` user."""
    wire.instance.add_user("agent", name="Agent", password="secret", roles=["itil"])
    wire.auth = ("agent", "secret")
    return wire


@pytest.mark.parametrize("table", ["sys_journal_field", "sys_audit", "sys_audit_delete"])
def test_closed_tables_leak_their_count(agent: Any, table: str) -> None:
    """200, a count above 0 and no rows for `itil`; all of it for an admin."""
    made = agent.instance.insert("incident", {"short_description": "x"})
    agent.instance.update("incident", made["sys_id"], {"work_notes": "a", "urgency": "1"})
    agent.instance.delete("incident", made["sys_id"])
    answer = agent.get(f"/api/now/table/{table}")
    assert (answer.status_code, answer.json()["result"]) == (200, [])
    assert int(answer.headers["X-Total-Count"]) > 0
    agent.auth = ("connector", "secret")
    rows = agent.result(f"/api/now/table/{table}")
    assert len(rows) == int(answer.headers["X-Total-Count"])
    agent.auth = ("agent", "secret")
    lost = agent.get(f"/api/now/table/{table}/{rows[0]['sys_id']}")
    assert lost.json()["error"]["detail"] == "Record doesn't exist or ACL restricts the record retrieval"


def test_journals_stay_readable_as_text(agent: Any) -> None:
    """What `sys_journal_field` keeps back, the rendered journal shows (0.10)."""
    made = agent.instance.insert("incident", {})
    agent.instance.update("incident", made["sys_id"], {"work_notes": "seen"})
    path = f"/api/now/table/incident/{made['sys_id']}"
    assert "seen" in agent.result(path, sysparm_display_value="true")["work_notes"]
    assert agent.result(path)["work_notes"] == ""


def test_a_rule_of_its_own_opens_a_closed_table(agent: Any) -> None:
    """A custom role with a read rule on `sys_audit`, as an admin would make it for an integration."""
    made = agent.instance.insert("incident", {})
    agent.instance.update("incident", made["sys_id"], {"urgency": "1"})
    agent.instance.allow("read", "sys_audit", "u_auditor")
    agent.instance.add_user("robot", name="Robot", password="secret", roles=["itil", "u_auditor"])
    assert agent.result("/api/now/table/sys_audit") == []
    agent.auth = ("robot", "secret")
    assert agent.result("/api/now/table/sys_audit")


@pytest.mark.parametrize(
    ("roles", "reads", "writes"),
    [
        ([], False, False),
        (["sn_incident_read"], True, False),
        (["sn_incident_write"], True, True),
        (["itil"], True, True),
        (["admin"], True, True),
        (["itil", "snc_read_only"], True, False),
        (["admin", "snc_read_only"], True, False),
    ],
)
def test_incidents_by_role(wire: Any, roles: list[str], reads: bool, writes: bool) -> None:
    """`sn_incident_write` contains `sn_incident_read`, `itil` both; `snc_read_only` stops all writes."""
    made = wire.instance.insert("incident", {})
    wire.instance.add_user("one", name="One", password="secret", roles=roles)
    wire.auth = ("one", "secret")
    answer = wire.get("/api/now/table/incident")
    assert (len(answer.json()["result"]), answer.headers["X-Total-Count"]) == (int(reads), "1")
    path = f"/api/now/table/incident/{made['sys_id']}"
    assert wire.get(path).status_code == (200 if reads else 404)
    born = wire.post("/api/now/table/incident", json={})
    changed = wire.patch(path, json={"urgency": "1"})
    if writes:
        assert (born.status_code, changed.status_code) == (201, 200)
    else:
        assert denied(born, "Insert")
        assert denied(changed, "Update") if reads else changed.status_code == 404
        assert wire.instance.count("incident") == 1
        assert wire.instance.get("incident", made["sys_id"])["urgency"] != "1"


def test_a_list_of_tasks_shows_the_classes_that_are_open(wire: Any) -> None:
    """Whoever may read incidents and no problems finds the incidents among all tasks, and both counted."""
    wire.instance.insert("incident", {})
    wire.instance.insert("problem", {})
    wire.instance.add_user("one", name="One", password="secret", roles=["sn_incident_read"])
    wire.auth = ("one", "secret")
    answer = wire.get("/api/now/table/task", params={"sysparm_fields": "sys_class_name"})
    assert answer.json()["result"] == [{"sys_class_name": "incident"}]
    assert answer.headers["X-Total-Count"] == "2"


def test_deletes_need_their_own_right(agent: Any) -> None:
    """An `itil` user may write incidents and not delete them."""
    made = agent.instance.insert("incident", {})
    assert denied(agent.delete(f"/api/now/table/incident/{made['sys_id']}"), "Delete")
    assert agent.instance.count("incident") == 1


def test_roles_through_groups_and_rest(wire: Any) -> None:
    """A role may come from a group, and an admin gives and takes roles over REST."""
    instance = wire.instance
    made = instance.insert("incident", {})
    one = instance.add_user("one", name="One", password="secret")
    group = instance.add_group("Desk", members=["one"])
    role = instance.rows("sys_user_role", "name=itil")[0]["sys_id"]
    instance.insert("sys_group_has_role", {"group": group, "role": role})
    path = f"/api/now/table/incident/{made['sys_id']}"
    assert wire.get(path, auth=("one", "secret")).status_code == 200
    instance.delete("sys_user_grmember", instance.rows("sys_user_grmember")[0]["sys_id"])
    assert wire.get(path, auth=("one", "secret")).status_code == 404
    held = wire.post("/api/now/table/sys_user_has_role", json={"user": one, "role": role}).json()["result"]
    assert wire.get(path, auth=("one", "secret")).status_code == 200
    assert wire.result(f"/api/now/table/sys_user/{one}")["roles"] == "itil"
    assert wire.delete(f"/api/now/table/sys_user_has_role/{held['sys_id']}").status_code == 204
    assert wire.get(path, auth=("one", "secret")).status_code == 404


def test_calculated_roles_are_given_back(wire: Any) -> None:
    """`sys_user.roles` names what the user was given; without roles it is empty."""
    one = wire.instance.add_user("one", name="One", roles=["survey_reader", "itil"])
    assert wire.result(f"/api/now/table/sys_user/{one}")["roles"] == "itil,survey_reader"
    for row in wire.instance.rows("sys_user_has_role", f"user={one}"):
        wire.delete(f"/api/now/table/sys_user_has_role/{row['sys_id']}")
    assert wire.result(f"/api/now/table/sys_user/{one}")["roles"] == ""


def test_what_even_an_admin_may_not(wire: Any) -> None:
    """Access rules need `security_admin`, which no REST session holds; update sets cannot be posted."""
    rule = {"name": "sys_audit", "operation": "read", "type": "record"}
    assert denied(wire.post("/api/now/table/sys_security_acl", json=rule), "Insert")
    assert wire.post("/api/now/table/sys_remote_update_set", json={"name": "x"}).status_code == 400


def test_columns_are_made_by_admins(wire: Any, agent: Any) -> None:
    """POST to `sys_dictionary`: 403 for `itil`, a column for an admin and for `personalize_dictionary`."""
    column = {"name": "incident", "element": "u_new", "internal_type": "string"}
    assert denied(agent.post("/api/now/table/sys_dictionary", json=column), "Insert")
    assert "u_new" not in agent.instance.dictionary["incident"].columns
    agent.instance.add_user("p", name="P", password="secret", roles=["personalize_dictionary"])
    wire.auth = ("p", "secret")
    assert wire.post("/api/now/table/sys_dictionary", json=column).status_code == 201
    assert "u_new" in agent.instance.dictionary["incident"].columns


@pytest.mark.parametrize("table", ["sys_dictionary", "sys_db_object", "sys_choice"])
def test_the_dictionary_is_readable_until_a_rule_says_otherwise(agent: Any, table: str) -> None:
    """Open by default; one rule for another role closes it."""
    assert agent.result(f"/api/now/table/{table}", sysparm_limit="1")
    agent.instance.allow("read", table, "u_schema_reader")
    assert agent.result(f"/api/now/table/{table}", sysparm_limit="1") == []


def test_tables_closed_to_web_services(wire: Any) -> None:
    """`ws_access=false`: 400 Invalid table, for admins too, and open again afterwards."""
    entry = wire.instance.rows("sys_db_object", "name=problem")[0]["sys_id"]
    wire.patch(f"/api/now/table/sys_db_object/{entry}", json={"ws_access": "false"})
    shut = wire.get("/api/now/table/problem")
    assert shut.status_code == 400
    assert shut.json() == {"error": {"message": "Invalid table problem", "detail": None}, "status": "failure"}
    wire.patch(f"/api/now/table/sys_db_object/{entry}", json={"ws_access": "true"})
    assert wire.get("/api/now/table/problem").status_code == 200
    born = {"name": "u_inner", "label": "Inner", "ws_access": "false"}
    assert wire.post("/api/now/table/sys_db_object", json=born).status_code == 201
    assert wire.get("/api/now/table/u_inner").status_code == 400


def test_columns_that_may_not_be_read_are_missing(agent: Any) -> None:
    """By name for one user, by rule for all others; dot-walks are no way around it."""
    instance = agent.instance
    caller = instance.add_user("caller", name="Caller", phone="123")
    made = instance.insert("incident", {"caller_id": caller, "close_notes": "secret"})
    instance.deny_read("incident", "close_notes", "agent")
    instance.allow("read", "sys_user.phone", "u_phone_reader")
    path = f"/api/now/table/incident/{made['sys_id']}"
    assert "close_notes" not in agent.result(path)
    fields = "number,close_notes,caller_id.phone,caller_id.name"
    assert agent.result(path, sysparm_fields=fields) == {"number": made["number"], "caller_id.name": "Caller"}
    assert agent.result("/api/now/table/incident", sysparm_fields="close_notes") == [{}]
    agent.auth = ("connector", "secret")
    assert agent.result(path, sysparm_fields="close_notes,caller_id.phone") == {
        "close_notes": "secret",
        "caller_id.phone": "123",
    }


def test_columns_that_may_not_be_written_are_dropped(agent: Any) -> None:
    """200, and only the open columns change."""
    made = agent.instance.insert("incident", {"short_description": "before"})
    agent.instance.allow("write", "incident.short_description", "u_editor")
    answer = agent.patch(
        f"/api/now/table/incident/{made['sys_id']}",
        json={"short_description": "after", "category": "network"},
    )
    assert (answer.json()["result"]["short_description"], answer.json()["result"]["category"]) == (
        "before",
        "network",
    )


def test_the_gate_before_the_apis(wire: Any) -> None:
    """`snc_platform_rest_api_access` is asked for where the instance says so."""
    wire.instance.access.endpoint_role = "snc_platform_rest_api_access"
    wire.instance.add_user("bare", name="Bare", password="secret", roles=["survey_reader"])
    wire.instance.add_user("agent", name="Agent", password="secret", roles=["itil"])
    refused = wire.get("/api/now/table/incident", auth=("bare", "secret"))
    error = {"message": "User Not Authorized", "detail": "Failed API level ACL Validation"}
    assert (refused.status_code, refused.json()["error"]) == (403, error)
    assert wire.get("/api/now/table/incident", auth=("agent", "secret")).status_code == 200
    assert wire.get("/api/now/table/incident").status_code == 200


def test_articles_follow_the_user_criteria(agent: Any) -> None:
    """A base whose "Can Read" the user does not meet: 200, counted, no rows."""
    instance = agent.instance
    base = instance.insert("kb_knowledge_base", {"title": "Closed"})["sys_id"]
    other = instance.insert("kb_knowledge_base", {"title": "Open"})["sys_id"]
    instance.insert("kb_knowledge", {"kb_knowledge_base": base, "short_description": "closed"})
    instance.insert("kb_knowledge", {"kb_knowledge_base": other, "short_description": "open"})
    group = instance.add_group("Readers")
    criterion = instance.insert("user_criteria", {"name": "Readers", "group": group})["sys_id"]
    instance.insert("kb_uc_can_read_mtom", {"kb_knowledge_base": base, "user_criteria": criterion})
    answer = agent.get("/api/now/table/kb_knowledge", params={"sysparm_fields": "short_description"})
    assert answer.json()["result"] == [{"short_description": "open"}]
    assert answer.headers["X-Total-Count"] == "2"
    agent_id = instance.rows("sys_user", "user_name=agent")[0]["sys_id"]
    instance.insert("sys_user_grmember", {"group": group, "user": agent_id})
    assert len(agent.result("/api/now/table/kb_knowledge")) == 2


def test_no_way_round_a_closed_table(agent: Any) -> None:
    """Neither a dot-walk from an open table nor statistics show what the table itself keeps back."""
    instance = agent.instance
    instance.add_user("bare", name="Bare", password="secret", roles=["survey_reader"])
    made = instance.insert("incident", {"short_description": "hidden"})
    instance.update("incident", made["sys_id"], {"urgency": "1"})
    instance.insert("task", {"parent": made["sys_id"]})
    fields = "incident.short_description,incident,number"
    instance.insert("incident_task", {"incident": made["sys_id"]})
    shown = agent.result("/api/now/table/incident_task", sysparm_fields=fields)[0]
    assert shown["incident.short_description"] == "hidden"
    link = instance.insert("m2m_kb_task", {"task": made["sys_id"]})["sys_id"]
    instance.add_column("m2m_kb_task", "u_incident", type="reference", reference="incident")
    instance.update("m2m_kb_task", link, {"u_incident": made["sys_id"]})
    agent.auth = ("bare", "secret")
    shown = agent.result("/api/now/table/m2m_kb_task", sysparm_fields="u_incident.short_description,sys_id")
    assert shown == [{"sys_id": link}]
    agent.auth = ("agent", "secret")
    stats = agent.get("/api/now/stats/sys_audit?sysparm_count=true&sysparm_group_by=newvalue")
    assert "newvalue" not in stats.text
    assert "groupby_fields" not in stats.text


@pytest.mark.parametrize("who", ["connector", "agent"])
def test_secrets_cannot_be_guessed_letter_by_letter(agent: Any, who: str) -> None:
    """A query, an order or a group by a secret counts as one by a column that does not exist."""
    agent.instance.add_oauth_client("Desk", client_id="desk", client_secret="hush")
    agent.auth = (who, "secret")
    counts = set()
    for part in ("STARTSWITHh", "STARTSWITHx", "=hush", "ISEMPTY"):
        answer = agent.get("/api/now/table/oauth_entity", params={"sysparm_query": f"client_secret{part}"})
        assert answer.status_code == 200
        counts.add(answer.headers["X-Total-Count"])
    assert counts == {"1"}
    stats = agent.get(
        "/api/now/stats/oauth_entity?sysparm_group_by=client_secret&sysparm_max_fields=client_secret"
    )
    assert "hush" not in stats.text


NEEDS = [
    ("problem", "sn_problem_write"),
    ("change_request", "sn_change_write"),
    ("interaction", "interaction_agent"),
    ("contract_sla", "sla_manager"),
    ("cmn_rota", "rota_manager"),
    ("cmn_schedule", "rota_manager"),
    ("em_event", "evt_mgmt_integration"),
    ("kb_knowledge", "knowledge"),
    ("sn_customerservice_case", "sn_customerservice_agent"),
]


@pytest.mark.parametrize(("table", "role"), NEEDS)
def test_what_needs_a_role_of_its_own(wire: Any, table: str, role: str) -> None:
    """Whoever has it makes records, whoever has none of the kind may not."""
    wire.instance.add_user("one", name="One", password="secret", roles=[role])
    wire.instance.add_user("other", name="Other", password="secret", roles=["template_editor"])
    wire.session.cookies.clear()
    refused = wire.post(f"/api/now/table/{table}", json={}, auth=("other", "secret"))
    assert denied(refused, "Insert")
    wire.session.cookies.clear()
    assert wire.post(f"/api/now/table/{table}", json={}, auth=("one", "secret")).status_code == 201


@pytest.mark.parametrize("role", ["sn_problem_read", "sn_change_read", "survey_reader"])
def test_itil_reads_what_belongs_to_service_management(wire: Any, role: str) -> None:
    """The read roles are inside of it, and each opens its own table alone."""
    table = {"sn_problem_read": "problem", "sn_change_read": "change_request"}.get(role, "asmt_metric_result")
    wire.instance.insert(table, {})
    for name, roles in {"a": ["itil"], "b": [role], "c": ["template_editor"]}.items():
        wire.instance.add_user(name, name=name, password="secret", roles=roles)
        wire.session.cookies.clear()
        rows = wire.get(f"/api/now/table/{table}", auth=(name, "secret")).json()["result"]
        assert len(rows) == (name != "c")

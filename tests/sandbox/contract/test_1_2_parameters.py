"""1.2: the parameters of a call."""

from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/incident"


@pytest.fixture
def desk(instance: Instance) -> dict[str, str]:
    """Two incidents, a group, a caller."""
    caller = instance.add_user("abel", name="Abel Tuter", email="abel@example.com")
    group = instance.add_group("First line")
    one = instance.insert("incident", {"caller_id": caller, "assignment_group": group, "urgency": "1"})
    two = instance.insert("incident", {"state": "2"})
    return {"caller": caller, "group": group, "one": one["sys_id"], "two": two["sys_id"]}


@pytest.mark.parametrize(
    "sent",
    [
        "sysparm_nonsense=1",
        "query=number%3DINC0000040",
        "display_value=True",
        "sysparm_view=mobile",
        "sysparm_query_no_domain=true",
        "sysparm_query_category=cat",
        "sysparm_fields=",
        "sysparm_limit=",
        "sysparm_query=",
        "&&=&x",
    ],
)
def test_what_is_unknown_or_empty_is_ignored(wire: Any, desk: dict[str, str], sent: str) -> None:
    """The filter silently vanishes: all rows come."""
    assert wire.get(f"{LIST}?{sent}").json() == wire.get(LIST).json()
    assert len(wire.result(LIST)) == 2


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ({"active": "true"}, ["one", "two"]),
        ({"active": "true", "urgency": "1"}, ["one"]),
        ({"state": "In Progress"}, ["two"]),
        ({"state": "2"}, ["two"]),
        ({"assignment_group": "First line"}, ["one"]),
        ({"caller_id": "Abel Tuter"}, ["one"]),
        ({"caller_id.email": "abel@example.com"}, ["one"]),
        ({"urgency": "1", "nonsense": "x"}, ["one"]),
        ({"sysparm_query": "state=2", "urgency": "1"}, ["two"]),
    ],
)
def test_name_value_pairs(wire: Any, desk: dict[str, str], pairs: dict[str, str], found: list[str]) -> None:
    """Joined by AND; display values count; unknown names do not; a query shuts them out."""
    rows = wire.result(LIST, **pairs)
    assert sorted(row["sys_id"] for row in rows) == sorted(desk[name] for name in found)


def test_fields(wire: Any, desk: dict[str, str]) -> None:
    """In the order asked for; blanks tolerated; unknown ones left out; dot-walks are flat keys."""
    fields = " state ,sys_id, caller_id.email ,nonsense,caller_id.nonsense,number"
    rows = wire.result(LIST, sysparm_fields=fields, sysparm_query="urgency=1")
    assert [list(row) for row in rows] == [["state", "sys_id", "caller_id.email", "number"]]
    assert rows[0]["caller_id.email"] == "abel@example.com"


@pytest.mark.parametrize(
    ("sent", "count"),
    [("sysparm_limit=1", 1), ("sysparm_limit=0", 2), ("sysparm_limit=x", 2), ("sysparm_offset=-1", 2)],
)
def test_limit_and_offset(wire: Any, desk: dict[str, str], sent: str, count: int) -> None:
    """What is no limit counts as the default, a negative offset as none."""
    assert len(wire.get(f"{LIST}?{sent}").json()["result"]) == count


def test_counts_and_links_can_be_spared(wire: Any, desk: dict[str, str]) -> None:
    """`sysparm_no_count` and `sysparm_suppress_pagination_header`, in whatever case."""
    assert "X-Total-Count" not in wire.get(f"{LIST}?sysparm_no_count=true").headers
    wire.rest.manner.total_uncounted = True  # whether the header goes as well is unsure
    spared = wire.get(f"{LIST}?sysparm_no_count=true&sysparm_limit=1").headers
    assert "X-Total-Count" in spared
    assert 'rel="last"' not in spared["Link"]
    sent = f"{LIST}?sysparm_limit=1&sysparm_suppress_pagination_header=True"
    assert "Link" not in wire.get(sent).headers
    assert "Link" in wire.get(f"{LIST}?sysparm_limit=1").headers


def test_display_values_as_input(wire: Any, instance: Instance, desk: dict[str, str]) -> None:
    """References by name, choices by label, dates in the user's zone; without the flag dates are UTC."""
    me = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    instance.update("sys_user", me, {"time_zone": "Asia/Shanghai"})
    body = {"assignment_group": "First line", "state": "On Hold", "opened_at": "2024-01-01 08:00:00"}
    shown = wire.post(f"{LIST}?sysparm_input_display_value=true", json=body).json()["result"]
    row = instance.get("incident", shown["sys_id"])
    assert row is not None
    assert (row["assignment_group"], row["state"]) == (desk["group"], "3")
    assert row["opened_at"] == "2024-01-01 00:00:00"
    plain = wire.post(LIST, json={"opened_at": "2024-01-01 08:00:00"}).json()["result"]
    assert plain["opened_at"] == "2024-01-01 08:00:00"


def test_stamps_can_be_left(wire: Any, instance: Instance, desk: dict[str, str]) -> None:
    """`sysparm_suppress_auto_sys_field`: rules and audit happen, who and when and how often do not."""
    before = instance.get("incident", desk["one"])
    wire.clock.at += 60
    path = f"{LIST}/{desk['one']}?sysparm_suppress_auto_sys_field=true"
    after = wire.patch(path, json={"impact": "1"}).json()["result"]
    assert before is not None
    stamps = ("sys_updated_on", "sys_updated_by", "sys_mod_count")
    assert [after[name] for name in stamps] == [before[name] for name in stamps]
    assert after["priority"] == "1"
    wire.patch(path, json={"work_notes": "hello"})
    assert len(instance.journal(desk["one"])) == 1


def test_a_write_without_a_body_in_the_answer(wire: Any, instance: Instance, desk: dict[str, str]) -> None:
    """`X-no-response-body` on writes; a refusal still speaks."""
    silent = {"X-no-response-body": "true"}
    answer = wire.patch(f"{LIST}/{desk['one']}", json={"urgency": "2"}, headers=silent)
    assert (answer.status_code, answer.content) == (200, b"")
    assert wire.post(LIST, json={}, headers=silent).status_code == 201
    assert wire.patch(f"{LIST}/nope", json={}, headers=silent).json()["status"] == "failure"
    assert wire.get(LIST, headers=silent).content


def test_tiny_urls(wire: Any, desk: dict[str, str]) -> None:
    """A long query gets a short name, which stands for it; what is sent beside it counts too."""
    ids = ",".join([desk["one"], *(f"{n:032x}" for n in range(400))])
    url = f"api/now/table/incident?sysparm_query=sys_idIN{ids}&sysparm_fields=sys_id"
    assert wire.get(f"/{url}").status_code == 414
    answer = wire.post("/api/now/tinyurl", json={"url": url})
    short = answer.json()["result"]
    path, _, name = short.partition("?sysparm_tiny=")
    assert (answer.status_code, path, len(name)) == (200, "api/now/table/incident", 32)
    assert wire.get(f"/{short}").json() == {"result": [{"sys_id": desk["one"]}]}
    assert wire.get(f"/{short}&sysparm_offset=1").json() == {"result": []}
    assert wire.post("/api/now/tinyurl", json={}).status_code == 400
    assert wire.get("/api/now/tinyurl").status_code == 405


@pytest.mark.parametrize(
    ("role", "query", "seen"),
    [("itil", "", 2), ("itil", "true", 2), ("query_no_domain_table_api", "true", 3), ("admin", "true", 3)],
)
def test_domains(wire: Any, instance: Instance, role: str, query: str, seen: int) -> None:
    """Records of other domains are neither shown nor counted, unless the role and the parameter say so."""
    top, other = instance.add_group("Top"), instance.add_group("Other")
    below = instance.add_group("Below", parent=top)
    instance.add_user("li", name="Li", password="secret", roles=["itil", role], sys_domain=top)
    made = {
        name: instance.insert("incident", {"short_description": name, "sys_domain": domain})["sys_id"]
        for name, domain in {"below": below, "global": "global", "other": other}.items()
    }
    wire.auth = ("li", "secret")
    params = {"sysparm_query_no_domain": query, "sysparm_fields": "short_description"}
    answer = wire.get("/api/now/table/incident", params=params)
    assert len(answer.json()["result"]) == int(answer.headers["X-Total-Count"]) == seen
    stats = wire.result("/api/now/stats/incident", sysparm_count="true", sysparm_query_no_domain=query)
    assert stats["stats"]["count"] == str(seen)
    statuses = {
        name: wire.get(f"/api/now/table/incident/{made[name]}", params=params).status_code for name in made
    }
    assert statuses == {"below": 200, "global": 200, "other": 200 if seen == 3 else 404}


def test_a_negative_offset(wire: Any, desk: dict[str, str]) -> None:
    """The beginning, or 400 where the instance takes the documentation at its word."""
    path = "/api/now/table/incident?sysparm_limit=1&sysparm_fields=sys_id&sysparm_offset="
    assert wire.get(path + "-1").json() == wire.get(path + "0").json()
    wire.rest.manner.negative_offset = False
    assert wire.get(path + "-1").status_code == 400
    assert wire.get(path + "0").status_code == 200


def test_columns_and_operators_have_their_case(wire: Any, desk: dict[str, str], instance: Instance) -> None:
    """A column in capitals is one that does not exist; an operator in small letters is none."""
    instance.strict = False
    everything = len(wire.result("/api/now/table/incident"))
    for query in ("STATE=99", "statein99", "state isempty"):
        found = wire.result("/api/now/table/incident", sysparm_query=query)
        assert len(found) == everything, query
    assert wire.result("/api/now/table/incident", sysparm_query="stateIN99") == []


def test_a_person_by_user_name(wire: Any) -> None:
    """`assigned_to=john.smith`: people are found by their user name too, also at the end of a dot-walk."""
    wire.instance.add_user("john.smith", name="John Smith")
    john = wire.instance.rows("sys_user", "user_name=john.smith")[0]["sys_id"]
    wire.instance.update("sys_user", john, {"manager": john})
    made = wire.instance.insert("incident", {"assigned_to": john})["sys_id"]
    wire.instance.insert("incident", {})
    for name in ("assigned_to=john.smith", "assigned_to=John Smith", "assigned_to.manager=john.smith"):
        assert [row["sys_id"] for row in wire.result(f"{LIST}?{name}")] == [made], name
    assert wire.result(f"{LIST}?assigned_to=nobody") == []

"""`sysparm_view` and `sysparm_query_category` (section 1.2)."""

from typing import Any

import pytest

from tests.sandbox.contract.conftest import Wire

INCIDENT = "/api/now/table/incident"


@pytest.fixture
def viewed(wire: Wire) -> Wire:
    """An incident, and a view of incidents that an admin made: number, state, the caller's mail."""

    def post(table: str, **row: Any) -> str:
        answer = wire.post(f"/api/now/table/{table}", json=row)
        assert answer.status_code == 201
        return str(answer.json()["result"]["sys_id"])

    post("sys_ui_view", name="desk_view", title="Desk view")
    for user, elements in (("", ("state", "number", "caller_id.email")), ("someone", ("priority",))):
        layout = post("sys_ui_list", name="incident", view="desk_view", sys_user=user)
        for position, element in enumerate(elements):
            place = {"state": 1, "number": 0}.get(element, position)
            post("sys_ui_list_element", list_id=layout, element=element, position=str(place))
    caller = wire.instance.add_user("li", name="Li", email="li@example.com")
    post("incident", caller_id=caller)
    return wire


@pytest.mark.parametrize("view", ["desk_view", "Desk view"])
def test_a_view_chooses_the_columns(viewed: Wire, view: str) -> None:
    """Those of its list, in their order, by the view's name or title; of lists, records and writes."""
    (row,) = viewed.result(INCIDENT, sysparm_view=view)
    assert row == {"number": row["number"], "state": "1", "caller_id.email": "li@example.com"}
    assert list(row) == ["number", "state", "caller_id.email"]
    params = {"sysparm_view": view}
    made = viewed.post(INCIDENT, json={}, params=params).json()["result"]
    assert list(made) == ["number", "state", "caller_id.email"]
    sys_id = viewed.instance.rows("incident", f"number={made['number']}")[0]["sys_id"]
    assert viewed.result(f"{INCIDENT}/{sys_id}", **params) == made
    patched = viewed.patch(f"{INCIDENT}/{sys_id}", json={"state": "2"}, params=params)
    assert patched.json()["result"] == made | {"state": "2"}


def test_fields_win(viewed: Wire) -> None:
    """Over the view."""
    (row,) = viewed.result(INCIDENT, sysparm_view="desk_view", sysparm_fields="urgency")
    assert row == {"urgency": "3"}


@pytest.mark.parametrize("view", ["desktop", "mobile", "both", "nowhere", ""])
def test_a_view_without_a_layout_shows_everything(viewed: Wire, view: str) -> None:
    """The three kinds of client, and views that the table has not."""
    (row,) = viewed.result(INCIDENT, sysparm_view=view)
    assert len(row) == 92
    (user,) = viewed.result("/api/now/table/sys_user", sysparm_view="desk_view", sysparm_query="user_name=li")
    assert user["name"] == "Li"


def test_a_changed_view_counts_at_once(viewed: Wire) -> None:
    """Also for a page that was asked for before."""
    viewed.result(INCIDENT, sysparm_view="desk_view")
    (element,) = viewed.instance.rows("sys_ui_list_element", "element=state")
    viewed.delete(f"/api/now/table/sys_ui_list_element/{element['sys_id']}")
    (row,) = viewed.result(INCIDENT, sysparm_view="desk_view")
    assert list(row) == ["number", "caller_id.email"]


def test_a_query_category_changes_no_answer(viewed: Wire) -> None:
    """It chooses where the instance reads: rows, total and the links are the same but for the echo."""
    viewed.post(INCIDENT, json={})
    plain = viewed.get(INCIDENT, params={"sysparm_limit": 1})
    read = viewed.get(INCIDENT, params={"sysparm_query_category": "list", "sysparm_limit": 1})
    assert read.status_code == 200
    assert read.json() == plain.json()
    assert read.headers["X-Total-Count"] == plain.headers["X-Total-Count"] == "2"
    assert "sysparm_query_category=list" in read.headers["Link"]
    assert read.headers["Link"].replace("sysparm_query_category=list&", "") == plain.headers["Link"]

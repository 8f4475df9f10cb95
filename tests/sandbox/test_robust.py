"""Whatever is sent, the answer is an answer."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance, Request, Rest
from connector.sandbox.query import OPERATORS
from connector.sandbox.stock.task import INCIDENT_ORDER

LOGIN = {"Authorization": "Basic Y29ubmVjdG9yOnNlY3JldA==", "Content-Type": "application/json"}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
TERM = st.builds(
    "{}{}{}".format,
    st.sampled_from([*INCIDENT_ORDER, "caller_id.manager.name", "parent.number", "nonsense"]),
    st.sampled_from(OPERATORS),
    st.one_of(
        ANY_TEXT,
        st.sampled_from(
            [
                "1",
                "a,b",
                "1@2",
                "state",
                "state@day",
                "javascript:gs.daysAgo(999999)",
                "@hour@ago@99999",
                "@year@ago@99999",
                "x@y@z",
            ]
        ),
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def rest() -> Iterator[Rest]:
    """An instance with a few incidents."""
    made = Instance(now=lambda: 1_700_000_000)
    made.add_user("connector", name="C", password="secret", roles=["admin"])
    for at in range(3):
        made.insert("incident", {"short_description": f"n{at}", "urgency": str(at + 1)})
    yield Rest(made)
    made.close()


@limits(max_examples=150, deadline=None)
@given(
    st.one_of(ANY_TEXT, st.lists(TERM, max_size=4).map("^".join)), st.sampled_from(["false", "true", "all"])
)
def test_any_query(rest: Rest, query: str, mode: str) -> None:
    """A list, or a refusal with a reason; strict or not, JSON either way."""
    text = quote(query.encode("utf-8", "surrogatepass"))
    for strict in (True, False):
        rest.instance.strict = strict
        target = f"/api/now/table/incident?sysparm_query={text}&sysparm_display_value={mode}"
        answer = rest.handle(Request("GET", target, LOGIN))
        assert answer.status in ({200, 400} if strict else {200})
        json.loads(answer.body)


@example({"group_list": '"'})
@example({"group_list": "\x1f,\\"})
@limits(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*INCIDENT_ORDER, "nonsense"]), JSON, max_size=6))
def test_any_body(rest: Rest, fields: dict[str, object]) -> None:
    """A record or a refusal; what was made can be read back in every mode."""
    rest.instance.strict = True
    answer = rest.handle(Request("POST", "/api/now/table/incident", LOGIN, json.dumps(fields).encode()))
    assert answer.status in {201, 403}
    if answer.status == 201:
        sys_id = json.loads(answer.body)["result"]["sys_id"]
        for mode in ("true", "all"):
            target = f"/api/now/table/incident/{sys_id}?sysparm_display_value={mode}"
            read = rest.handle(Request("GET", target, LOGIN))
            assert read.status == 200
            json.loads(read.body)


@limits(max_examples=60, deadline=None)
@given(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"]), ANY_TEXT, st.binary(max_size=40))
def test_any_request(rest: Rest, method: str, rest_of_path: str, body: bytes) -> None:
    """Paths and bodies of any kind are answered with a status of the API."""
    path = quote(rest_of_path.encode("utf-8", "surrogatepass"), safe="/?&=%")
    answer = rest.handle(Request(method, f"/api/now/table/problem/{path}", LOGIN, body))
    assert answer.status in {200, 201, 204, 400, 403, 404, 405}

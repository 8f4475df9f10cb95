"""Whatever is sent to the APIs beside the Table API, the answer is an answer."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance, Request, Rest
from connector.sandbox.attachment import attach
from connector.sandbox.transform import add_staging, add_transform

LOGIN = {"Authorization": "Basic Y29ubmVjdG9yOnNlY3JldA=="}
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
BASE64 = st.binary(max_size=30).map(lambda content: base64.b64encode(content).decode())
HEADER = st.fixed_dictionaries({}, optional={"name": st.just("Content-Type") | JSON, "value": JSON})
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "method": st.sampled_from(["GET", "POST", "PATCH", "DELETE", "BREW"]) | JSON,
        "url": st.sampled_from(
            ["/api/now/table/incident", "api/now/attachment", "http://[", "/oauth_token.do", "/", "?"]
        )
        | JSON,
        "headers": st.lists(HEADER, max_size=2) | JSON,
        "body": BASE64 | JSON,
        "exclude_response_headers": JSON,
    },
)


@pytest.fixture(scope="module")
def rest() -> Iterator[Rest]:
    """An instance with a record, a file, a client and a staging table."""
    made = Instance(now=lambda: 1_700_000_000)
    made.add_user("connector", name="C", password="secret", roles=["admin"])
    attach(made, "incident", made.insert("incident", {"sys_id": "a" * 32})["sys_id"], "x", b"x")
    made.add_oauth_client("Desk", client_id="desk", client_secret="hush")
    add_staging(made, "u_stage", {"u_text": "Text", "u_state": "State"})
    made.imports.lag = 0
    fields = {"u_text": "short_description", "u_state": "state"}
    add_transform(made, "u_stage", "incident", fields, coalesce=["short_description"])
    yield Rest(made)
    made.close()


def sent(rest: Rest, method: str, target: str, body: bytes, kind: str = "application/json") -> int:
    """The status, of a body that is JSON wherever it says so."""
    answer = rest.handle(Request(method, target, LOGIN | {"Content-Type": kind}, body))
    if answer.body and ("Content-Type", "application/json;charset=UTF-8") in answer.headers:
        json.loads(answer.body)
    return answer.status


@limits(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({}, optional={"rest_requests": st.lists(ITEM, max_size=3) | JSON}) | JSON)
def test_any_batch(rest: Rest, body: object) -> None:
    """Served or refused as a whole; every item is named once."""
    text = json.dumps(body).encode()
    answer = rest.handle(Request("POST", "/api/now/batch", LOGIN, text))
    assert answer.status in {200, 400}
    if answer.status == 200:
        said = json.loads(answer.body)
        items = body["rest_requests"] if isinstance(body, dict) else body[0]["rest_requests"]  # type: ignore[index]
        assert len(said["serviced_requests"]) + len(said["unserviced_requests"]) == len(items)
        assert all(100 <= one["status_code"] < 500 for one in said["serviced_requests"])


@limits(max_examples=60, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PATCH", "DELETE", "BREW"]),
    st.sampled_from(["", "/file", "/upload", f"/{'a' * 32}", f"/{'a' * 32}/file"]),
    st.dictionaries(st.sampled_from(["table_name", "table_sys_id", "file_name", "sysparm_query"]), TEXT),
    st.binary(max_size=60),
    st.sampled_from(["application/json", "text/plain", "multipart/form-data; boundary=b", "multipart/é"]),
)
def test_any_file(
    rest: Rest, method: str, path: str, parameters: dict[str, str], body: bytes, kind: str
) -> None:
    """Paths, names and forms of any kind."""
    rest.instance.strict = False
    query = "&".join(
        f"{name}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in parameters.items()
    )
    status = sent(rest, method, f"/api/now/attachment{path}?{query}", body, kind)
    assert status in {200, 201, 204, 400, 403, 404, 405, 415}


@limits(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["u_text", "u_state", "sys_id", "records", "Text"]), JSON),
    st.sampled_from(["", "/insertMultiple"]),
    st.lists(st.dictionaries(st.sampled_from(["Text", "State", "u_text", ""]), JSON), max_size=3),
)
def test_any_import(rest: Rest, body: dict[str, object], path: str, records: list[object]) -> None:
    """Rows of any kind end in one of the documented states."""
    if path and "records" not in body:
        body = body | {"records": records}
    status = sent(rest, "POST", f"/api/now/import/u_stage{path}", json.dumps(body).encode())
    assert status in {201, 400}
    states = {row["sys_import_state"] for row in rest.instance.rows("u_stage")}
    assert states <= {"inserted", "updated", "ignored", "error"}


@limits(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["client_id", "client_secret", "username", "password", "assertion", "refresh_token"]),
        st.sampled_from(["desk", "hush", "connector"]) | st.text(max_size=20),
    ),
    st.sampled_from(["password", "refresh_token", "client_credentials", "x"])
    | st.just("urn:ietf:params:oauth:grant-type:jwt-bearer"),
    st.binary(max_size=20),
)
def test_any_form(rest: Rest, form: dict[str, str], grant: str, junk: bytes) -> None:
    """A token for who has the secret and the password, 401 for all others."""
    body = urlencode(form | {"grant_type": grant}, errors="replace").encode()
    kind = "application/x-www-form-urlencoded"
    known = (form.get("client_id"), form.get("client_secret")) == ("desk", "hush")
    good = known and grant == "password" and form.get("username") == "connector"
    status = sent(rest, "POST", "/oauth_token.do", body, kind)
    assert status in ({200, 401} if good and form.get("password") == "secret" else {401})
    assert sent(rest, "POST", "/oauth_token.do", junk, kind) == 401

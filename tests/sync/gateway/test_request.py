"""The session prepares what `requests` would prepare."""

from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.auth import HTTPBasicAuth

from connector.sync.gateway.request import Preparing

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PARAMETERS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=4)
PLACES = [
    "https://Desk.example.com/api/now/table/incident",
    "http://127.0.0.1:8080/api/now/table/incident_task/0123456789abcdef0123456789abcdef",
    "https://bücher.example/over a proxy/api/now/table/incident",
    "https://desk.example.com/ü%7E/",
    "https://desk.example.com",
    "https://desk.example.com/table/incident?sysparm_limit=1",
]


def both(**more: Any) -> tuple[requests.PreparedRequest, requests.PreparedRequest]:
    """The same request as our session and as that of `requests` sends it."""
    made = []
    for session in (Preparing(), requests.Session()):
        session.auth = HTTPBasicAuth(b"connector", "gehéim".encode())
        session.headers["accept"] = "application/json"
        session.hooks["response"].append(print)
        session.cookies.update(more.get("kept", {}))
        asked = {name: value for name, value in more.items() if name != "kept"}
        made.append(session.prepare_request(requests.Request(**asked)))
    return made[0], made[1]


@given(
    method=st.sampled_from(["GET", "patch", "POST", "DELETE"]),
    url=st.sampled_from(PLACES),
    params=PARAMETERS,
    json=st.none() | st.dictionaries(TEXT, TEXT, max_size=3),
    kept=st.dictionaries(st.sampled_from(["JSESSIONID", "glide_user_route"]), st.just("x")),
)
def test_the_same_bytes_go_out(**more: Any) -> None:
    """Whatever is asked: method, URL, headers, body and hooks are those that `requests` would send."""
    ours, theirs = both(**more)
    assert (ours.method, ours.url, ours.body, ours.hooks) == (
        theirs.method,
        theirs.url,
        theirs.body,
        theirs.hooks,
    )
    assert dict(ours.headers) == dict(theirs.headers)


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Accept": "text/plain"}},
        {"data": {"a": "b"}},
        {"params": {"a": ["b", "c"], "d": None}},
        {"params": "a=b&c=%20"},
        {"auth": ("another", "one")},
        {"cookies": {"a": "b"}},
    ],
)
def test_calls_of_another_kind_are_prepared_as_always(more: dict[str, Any]) -> None:
    """What the gateway never asks is not got wrong either."""
    ours, theirs = both(method="POST", url=PLACES[0], **more)
    assert (ours.url, ours.body, dict(ours.headers)) == (theirs.url, theirs.body, dict(theirs.headers))


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize(
    "own", [{}, {"proxies": {"https": "http://proxy:1"}}, {"verify": False}, {"cert": "client.pem"}]
)
def test_settings_of_the_way_are_those_of_the_session(
    own: dict[str, Any], trust: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies, certificates and streaming: the call's own, else the session's, else the environment's."""
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere:2")
    found = []
    for session in (Preparing(), requests.Session()):
        session.trust_env = trust
        session.verify = "authorities.pem"
        asked: dict[str, Any] = {"proxies": {}, "stream": None, "verify": None, "cert": None} | own
        found.append(dict(session.merge_environment_settings(PLACES[0], **asked)))
    assert found[0] == found[1]

"""1.3: the headers of answers, and sessions in cookies."""

import re
import socket
from typing import Any

import pytest
import requests

from connector.sandbox import Instance, Rest, Server, in_process

LIST = "/api/now/table/incident"
ORDER = [
    "Server-Timing",
    "Content-Encoding",
    "X-Is-Logged-In",
    "X-Transaction-ID",
    "Link",
    "X-Total-Count",
    "X-Content-Type-Options",
    "Pragma",
    "Cache-Control",
    "Expires",
    "Content-Type",
    "Transfer-Encoding",
    "Date",
    "Keep-Alive",
    "Connection",
    "Server",
    "Set-Cookie",
    "Strict-Transport-Security",
]


def raw(url: str, head: str = "", body: bytes = b"") -> tuple[list[tuple[str, str]], bytes]:
    """The head lines of an answer as they came over the wire, and what followed."""
    host, _, port = url.removeprefix("http://").partition(":")
    login = "Authorization: Basic Y29ubmVjdG9yOnNlY3JldA==\r\nConnection: close\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(
            f"GET {LIST}?sysparm_limit=1 HTTP/1.1\r\nHost: here\r\n{login}{head}\r\n".encode() + body
        )
        got = b""
        while part := wire.recv(65536):
            got += part
    lines, _, rest = got.partition(b"\r\n\r\n")
    fields = [line.partition(": ") for line in lines.decode().split("\r\n")[1:]]
    return [(name, value) for name, _, value in fields], rest


def test_a_list_as_recorded(wire: Any, instance: Instance) -> None:
    """Every header with its value, over either mount."""
    for _ in range(2):
        instance.insert("incident", {})
    headers = wire.get(f"{LIST}?sysparm_limit=1").headers
    assert headers["Server-Timing"] == "sem_wait;dur=0, sesh_wait;dur=0"
    assert headers["X-Is-Logged-In"] == "true"
    assert re.fullmatch("[0-9a-f]{12}", headers["X-Transaction-ID"])
    assert headers["X-Total-Count"] == "2"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Pragma"] == "no-store,no-cache"
    assert headers["Cache-Control"] == "no-cache,no-store,must-revalidate,max-age=-1"
    assert headers["Expires"] == "0"
    assert headers["Content-Type"] == "application/json;charset=UTF-8"
    assert headers["Keep-Alive"] == "timeout=20"
    assert headers["Connection"] == "keep-alive"
    assert headers["Server"] == "ServiceNow"
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_the_order_on_the_wire(instance: Instance) -> None:
    """As recorded, compressed and in chunks where asked; `Connection: close` is answered in kind."""
    for _ in range(2):
        instance.insert("incident", {})
    with Server(Rest(instance)) as server:
        fields, _ = raw(server.url, "Accept-Encoding: gzip, deflate\r\n")
        names = list(dict.fromkeys(name for name, _ in fields))
        assert names == [name for name in ORDER if name != "Keep-Alive"]
        assert dict(fields)["Content-Encoding"] == "gzip"
        plain, body = raw(server.url)
        assert "Content-Encoding" not in dict(plain)
        assert dict(plain)["Transfer-Encoding"] == "chunked"
        assert body.endswith(b"\r\n0\r\n\r\n")


def test_compressed_or_not_it_is_the_same(wire: Any, instance: Instance) -> None:
    """A client that asks for gzip reads what another reads."""
    instance.insert("incident", {"short_description": "打印机" * 40})
    plain = wire.get(LIST, headers={"Accept-Encoding": "identity"})
    packed = wire.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert plain.json() == packed.json()
    assert "Content-Encoding" not in plain.headers


def test_a_session_begins_and_lasts(wire: Any) -> None:
    """The first answer sets the cookies; whoever sends them back needs no password and gets no new ones."""
    first = wire.get(LIST)
    names = [cookie.partition("=")[0] for cookie in first.raw.headers.getlist("Set-Cookie")]
    assert names == [
        "JSESSIONID",
        "glide_user",
        "glide_user_session",
        "glide_user_route",
        "glide_node_id_for_js",
        "glide_session_store",
    ]
    wire.auth = None
    again = wire.get(LIST)
    assert (again.status_code, again.headers["X-Is-Logged-In"]) == (200, "true")
    assert "Set-Cookie" not in again.headers
    assert wire.rest.requests[-1].user == "connector"
    wire.session.cookies.clear()
    assert wire.get(LIST).status_code == 401


def test_an_instance_without_sessions(wire: Any) -> None:
    """The switch for those who want no cookies: each call logs in anew."""
    wire.rest.manner.sessions = False
    assert "Set-Cookie" not in wire.get(LIST).headers
    wire.auth = None
    assert wire.get(LIST).status_code == 401


def test_cookies_as_recorded(wire: Any) -> None:
    """Two are cleared, two last, all are for the whole site."""
    cookies = dict(cookie.partition("=")[::2] for cookie in wire.get(LIST).raw.headers.getlist("Set-Cookie"))
    gone = "; Max-Age=0; Expires=Thu, 01-Jan-1970 00:00:10 GMT; Path=/; HttpOnly; SameSite=None"
    assert cookies["glide_user"] == cookies["glide_user_session"] == gone
    assert re.match("[0-9A-F]{32}; Path=/", cookies["JSESSIONID"])
    assert re.match(r"glide\.[0-9a-f]{32}; Max-Age=2147483647; Expires=", cookies["glide_user_route"])
    assert re.match("[0-9A-F]{32}; Max-Age=1800; Expires=", cookies["glide_session_store"])


def test_cookies_over_tls_are_secure(instance: Instance) -> None:
    """Where the address is https, they come back over TLS only."""
    with in_process(Rest(instance), "https://desk.example.com") as base:
        answer = requests.get(f"{base}{LIST}", auth=("connector", "secret"), timeout=5)
    assert all(one.endswith("; Secure") for one in answer.raw.headers.getlist("Set-Cookie"))


def test_a_session_ends(wire: Any, instance: Instance) -> None:
    """After half an hour of silence, and when the account is closed."""
    wire.get(LIST)
    wire.auth = None
    wire.clock.at += 1700
    assert wire.get(LIST).status_code == 200
    wire.clock.at += 1801
    assert wire.get(LIST).status_code == 401
    wire.auth = ("connector", "secret")
    wire.get(LIST)
    wire.auth = None
    user = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    instance.update("sys_user", user, {"active": "false"})
    assert wire.get(LIST).status_code == 401


@pytest.mark.parametrize("cookie", ["JSESSIONID=" + "0" * 32, "JSESSIONID=x", "glide_user=admin", ";;="])
def test_cookies_that_are_none(wire: Any, cookie: str) -> None:
    """A made-up cookie opens nothing."""
    wire.auth = None
    assert wire.get(LIST, headers={"Cookie": cookie}).status_code == 401


def test_not_logged_in(wire: Any) -> None:
    """401 says how to log in, says nothing of a login, and closes the connection."""
    wire.auth = None
    answer = wire.get(LIST)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'BASIC realm="Service-now"'
    assert answer.headers["Connection"] == "close"
    assert not {"X-Is-Logged-In", "Set-Cookie", "Keep-Alive"} & set(answer.headers)


def test_a_base_url_of_ones_own(instance: Instance) -> None:
    """It stands in links, pages and `Location` exactly as given, whatever address the client used."""
    given = "https://desk.example.com:8443/proxy"
    group = instance.add_group("First line")
    for _ in range(2):
        instance.insert("incident", {"assignment_group": group})
    with Server(Rest(instance, base_url=given)) as server, requests.Session() as session:
        session.auth = ("connector", "secret")
        answer = session.get(f"{server.url}/api/now/v2/table/incident?sysparm_limit=1", timeout=5)
        link = answer.json()["result"][0]["assignment_group"]["link"]
        assert link == f"{given}/api/now/v2/table/sys_user_group/{group}"
        assert answer.headers["Link"].startswith(f"<{given}/api/now/v2/table/incident?")
        made = session.post(f"{server.url}{LIST}", json={}, timeout=5)
        assert made.headers["Location"].startswith(f"{given}{LIST}/")


def test_a_session_may_need_its_token(wire: Any) -> None:
    """Where `X-UserToken` is asked for, a wrong one is answered with the right one; credentials need none."""
    path = "/api/now/table/incident"
    assert wire.get(path).status_code == 200
    wire.rest.manner.user_token = True
    assert wire.get(path).status_code == 200
    wire.auth = None
    refused = wire.get(path, headers={"X-UserToken": "old"})
    assert (refused.status_code, refused.json()["error"]["message"]) == (401, "User Not Authenticated")
    token = refused.headers["X-UserToken-Response"]
    assert len(token) == 72
    assert wire.get(path).status_code == 401
    assert wire.get(path, headers={"X-UserToken": token}).status_code == 200

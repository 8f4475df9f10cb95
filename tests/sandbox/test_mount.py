"""The two mounts, and third-party clients over them."""

import socket
import threading
import weakref
from pathlib import Path
from typing import Any

import pysnow
import pytest
import requests
import trustme
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from connector.sandbox import Fault, Instance, Rest, Server, in_process
from connector.sandbox.cookie import Cookies


def test_links_lead_back(client: Any, instance: Instance) -> None:
    """A client may follow what it is given: references and pages point at the mount it came by."""
    group = instance.add_group("First line")
    for _ in range(3):
        instance.insert("incident", {"assignment_group": group})
    answer = client("GET", "table/incident", params={"sysparm_limit": 2})
    link = answer.json()["result"][0]["assignment_group"]["link"]
    assert client.session.get(link, timeout=5).json()["result"]["name"] == "First line"
    following = client.session.get(answer.links["next"]["url"], timeout=5)
    assert len(following.json()["result"]) == 1


def test_pysnow_reads_and_writes(client: Any, instance: Instance) -> None:
    """Pysnow as it is: queries, streams, creates, updates, deletes, and patches exactly once."""
    session = requests.Session()
    session.auth = ("connector", "secret")
    scheme, _, host = client.base.partition("://")
    snow = pysnow.Client(host=host, use_ssl=scheme == "https", session=session)
    resource = snow.resource(api_path="/table/incident")
    made = resource.create(payload={"short_description": "打印机"}).one()
    assert made["number"] == "INC0010001"
    assert resource.get(query={"number": "INC0010001"}).one()["sys_id"] == made["sys_id"]
    assert resource.get(query={}, stream=True).first()["sys_id"] == made["sys_id"]
    assert resource.update(query={"number": "INC0010001"}, payload={"urgency": "1"}).one()["priority"] == "3"
    client.rest.requests.clear()
    resource.request("PATCH", path_append=f"/{made['sys_id']}", json={"state": "2"})
    assert [one.method for one in client.rest.requests] == ["PATCH"]
    assert instance.rows("incident")[0]["state"] == "2"
    resource.delete(query={"number": "INC0010001"})
    assert instance.count("incident") == 0
    session.close()


def test_in_process_serves_its_address_only(rest: Rest) -> None:
    """Any other host is refused, and afterwards the network is as it was."""
    with in_process(rest, "https://desk.example.com") as base:
        assert requests.get(f"{base}/api/now/table/incident", timeout=5).status_code == 401
        for other in ("https://desk.example.com.evil.net/api", "http://127.0.0.1:9/"):
            with pytest.raises(requests.ConnectionError):
                requests.get(other, timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/", timeout=0.2)


@pytest.mark.parametrize("retries", [0, 3])
def test_in_process_keeps_no_calls(rest: Rest, retries: int) -> None:
    """A long run does not collect every request it ever made, on the short way or the usual one."""
    sent: weakref.WeakSet[requests.PreparedRequest] = weakref.WeakSet()
    with in_process(rest) as base, requests.Session() as session:
        session.mount(base, HTTPAdapter(max_retries=retries))
        session.auth = ("connector", "secret")
        for _ in range(50):
            sent.add(session.get(f"{base}/api/now/table/incident", timeout=5).request)
        assert len(sent) <= 2  # but for what is in hand


@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "DELETE"])
def test_the_short_way_is_the_usual_way(rest: Rest, method: str) -> None:
    """A client that wants retries is answered past the short way, and cannot tell the difference."""
    answers = []
    sys_id = rest.instance.insert("incident", {"short_description": "打印机"})["sys_id"]
    for retries in (0, 3):
        rest.cookies = Cookies(0)
        rest.served = 0
        with in_process(rest) as base, requests.Session() as session:
            session.mount(base, HTTPAdapter(max_retries=retries))
            answer = session.request(
                method,
                f"{base}/api/now/table/incident/{sys_id if method == 'PATCH' else ''}",
                json={"urgency": "1"} if method == "PATCH" else None,
                auth=("connector", "secret"),
                timeout=5,
            )
            said = (answer.status_code, answer.reason, answer.encoding, list(answer.headers.items()))
            answers.append((*said, answer.content, answer.cookies.get_dict(), session.cookies.get_dict()))
    assert answers[0] == answers[1]
    assert answers[0][5]["JSESSIONID"]


def test_clients_that_want_retries_get_them(rest: Rest) -> None:
    """The adapter's own retries work inside the process as over sockets."""
    rest.faults.add(Fault.unavailable(), times=2)
    with in_process(rest) as base, requests.Session() as session:
        again = Retry(total=3, status_forcelist=[503], backoff_factor=0)
        session.mount(base, HTTPAdapter(max_retries=again))
        session.auth = ("connector", "secret")
        assert session.get(f"{base}/api/now/table/incident", timeout=5).status_code == 200
    assert [one.status for one in rest.requests] == [503, 503, 200]


def test_an_answer_can_be_read_as_a_stream(near: Any) -> None:
    """Piece by piece, and from the raw answer too."""
    whole = near("GET", "table/incident").content
    url = f"{near.base}/api/now/table/incident"
    more: dict[str, Any] = {"auth": ("connector", "secret"), "timeout": 5, "stream": True}
    assert b"".join(requests.get(url, **more).iter_content(3)) == whole
    assert requests.get(url, **more).raw.read() == whole


def test_a_connection_serves_many_requests(rest: Rest) -> None:
    """HTTP/1.1 keep-alive: one socket, several answers."""
    with Server(rest) as server:
        auth = b"Authorization: Basic Y29ubmVjdG9yOnNlY3JldA==\r\n"
        sent = b"GET /api/now/table/incident HTTP/1.1\r\nHost: here\r\n" + auth + b"\r\n"
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            for _ in range(3):
                wire.sendall(sent)
                assert wire.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_threads_at_once(client: Any, instance: Instance) -> None:
    """Several clients write at the same time; each write is served once."""
    sys_id = instance.insert("incident", {})["sys_id"]

    def write() -> None:
        with requests.Session() as session:
            session.auth = ("connector", "secret")
            for _ in range(10):
                session.patch(
                    f"{client.base}/api/now/table/incident/{sys_id}", json={"work_notes": "x"}, timeout=5
                )

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(instance.journal(sys_id)) == 40


def test_a_server_stops(rest: Rest) -> None:
    """After stopping nothing listens, and another one may start."""
    server = Server(rest)
    server.start()
    url = server.url
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=0.5)
    with Server(rest) as again:
        assert requests.get(f"{again.url}/api/now/table/task", timeout=5).status_code == 401


@pytest.mark.parametrize("path", ["/", "/sandbox/", "/api/now/table/incident", "/nowhere"])
def test_every_body_is_framed_and_named(rest: Rest, path: str) -> None:
    """What is compressed says so, whoever answers: pages and the switchboard have few headers."""
    with Server(rest) as server:
        plain = requests.get(server.url + path, headers={"Accept-Encoding": "identity"}, timeout=5)
        packed = requests.get(server.url + path, headers={"Accept-Encoding": "gzip"}, timeout=5)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.text[:15] == plain.text[:15]
    assert plain.text[0] in "<{"


def test_a_certificate_makes_it_speak_tls(rest: Rest, tmp_path: Path) -> None:
    """Clients that insist on https verify it; links and cookies say https; plain HTTP gets nothing."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    chain, known = tmp_path / "server.pem", tmp_path / "known.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(chain)
    authority.cert_pem.write_to_path(known)
    rest.instance.insert("incident", {"opened_by": rest.instance.rows("sys_user")[0]["sys_id"]})
    with Server(rest, certificate=str(chain)) as server, requests.Session() as session:
        assert server.url.startswith("https://127.0.0.1:")
        session.auth = ("connector", "secret")
        for _ in range(3):
            answer = session.get(f"{server.url}/api/now/table/incident", verify=str(known), timeout=5)
            assert answer.json()["result"][0]["opened_by"]["link"].startswith(f"{server.url}/api/now/table/")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.url, timeout=5)
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url.replace("https", "http"), timeout=5)


def test_a_silent_client_does_not_keep_others_from_their_handshake(rest: Rest, tmp_path: Path) -> None:
    """Somebody connects and says nothing; the next one is served all the same."""
    authority = trustme.CA()
    chain, known = tmp_path / "server.pem", tmp_path / "known.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(chain)
    authority.cert_pem.write_to_path(known)
    with Server(rest, certificate=str(chain)) as server:
        port = int(server.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            assert requests.get(f"{server.url}/", verify=str(known), timeout=5).status_code == 200

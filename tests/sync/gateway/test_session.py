"""The connection: certificates, proxies, this machine, and answers that grow or trickle."""

import gzip
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
import trustme

from connector.clock import SimulatedClock, SystemClock
from connector.errors import SettingsError, TimedOut, Unauthorised, Unavailable
from connector.sandbox import Instance, Rest, Server
from connector.sync.gateway import Credentials, Gateway, Terms
from connector.sync.gateway.credential import MutualTls
from connector.sync.gateway.failure import Exhausted, Unsent
from connector.sync.gateway.session import Session
from tests.sync.conftest import NOON, Bench

ACCOUNT = Credentials("connector", "geheim")
OK = b"HTTP/1.1 200 OK\r\nDate: Mon, 01 Jun 2026 04:00:00 GMT\r\nContent-Type: application/json\r\n"


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server on loopback that does with each connection what the test says; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    try:
                        serve(client)
                    except OSError:
                        continue

        threading.Thread(target=run, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def asked(url: str, **terms: object) -> Gateway:
    """A gateway on these terms that has been asked."""
    gateway = Gateway(url, ACCOUNT, writable={}, terms=Terms(connect=2, **terms))  # type: ignore[arg-type]
    gateway.probe()
    return gateway


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Certificates as PEM files: authority, server, a client's, a stranger's."""
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    mine = authority.issue_cert("robot@example.com")
    for name, made in {
        "server": authority.issue_cert("127.0.0.1", "localhost"),
        "elsewhere": authority.issue_cert("desk.example"),
        "mine": mine,
        "stranger": stranger.issue_cert("127.0.0.1"),
    }.items():
        made.private_key_and_cert_chain_pem.write_to_path(tmp_path / f"{name}.pem")
    mine.private_key_pem.write_to_path(tmp_path / "key.pem")
    mine.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    return {path.stem: str(path) for path in tmp_path.glob("*.pem")}


def test_an_own_authority_and_no_other(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With its file the instance is believed, whatever the environment says; without it, or with a
    certificate for another name, nothing is sent.
    """
    with closing(Bench()) as bench:
        with Server(bench.rest, certificate=files["server"]) as server:
            with pytest.raises(Unavailable, match="no secure connection"):
                asked(server.url)
            assert not bench.rest.requests
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", files["stranger"])
            asked(server.url, ca_file=files["authority"]).close()
        for name in ("elsewhere", "stranger"):
            with (
                Server(bench.rest, certificate=files[name]) as server,
                pytest.raises(Unavailable, match="no secure connection"),
            ):
                asked(server.url, ca_file=files["authority"])
        assert len(bench.rest.requests) == 1


def test_a_client_certificate_signs_in(files: dict[str, str]) -> None:
    """In one file with its key or in two; without it the instance says 401, once."""
    pem = Path(files["cert"]).read_text(encoding="utf-8")
    terms = Terms(ca_file=files["authority"])
    with (
        closing(Bench()) as bench,
        Server(bench.rest, certificate=files["server"], clients=files["authority"]) as server,
    ):
        user = bench.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
        bench.instance.insert("sys_user_certificate", {"name": "r", "user": user, "pem_certificate": pem})
        for certificate in ((files["mine"], ""), (files["cert"], files["key"])):
            gateway = Gateway(server.url, MutualTls("connector", certificate), writable={}, terms=terms)
            gateway.probe()
            assert bench.rest.requests[-1].user == "connector"
            gateway.close()
        other = Gateway(server.url, MutualTls("connector", (files["server"], "")), writable={}, terms=terms)
        with pytest.raises(Unauthorised):
            other.probe()
        other.close()


def test_files_that_cannot_be_used_are_told_by_name(files: dict[str, str], tmp_path: Path) -> None:
    """At once, with the setting, the file and the way out."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    for path in (str(empty), str(tmp_path / "gone.pem")):
        with pytest.raises(SettingsError, match=f"ca_file: {path}: .*PEM certificates"):
            Gateway("https://desk.example", ACCOUNT, writable={}, terms=Terms(ca_file=path))
        with pytest.raises(SettingsError, match=f"certificate: {path}: .*not encrypted"):
            Gateway("https://desk.example", MutualTls("u", (path, "")), writable={})
    for key in (files["server"], files["cert"]):  # of another certificate; none at all
        with pytest.raises(SettingsError, match="certificate: "):
            Gateway("https://desk.example", MutualTls("u", (files["cert"], key)), writable={})


def test_verification_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting does it, nor does the environment."""
    assert not {name for name in Terms.__dataclass_fields__ if "verif" in name or "insecure" in name}
    for value in ("", "0", "false"):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", value)
        monkeypatch.setenv("CURL_CA_BUNDLE", value)
        session = Session(Terms(), SystemClock(), near=False)
        sent = session.merge_environment_settings("https://desk.example", {}, True, None, None)
        assert sent["verify"] not in (False, None, "")


def test_a_proxy_of_the_configuration_wins_and_never_leads_to_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ours, else the environment's; none on loopback."""
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:1")
    monkeypatch.setenv("HTTP_PROXY", "http://environment:1")

    def through(terms: Terms, *, near: bool) -> object:
        session = Session(terms, SystemClock(), near=near)
        sent = session.merge_environment_settings("https://desk.example", {}, True, None, None)
        return sent["proxies"].get("https")

    assert through(Terms(proxy="http://ours:2"), near=False) == "http://ours:2"
    assert through(Terms(), near=False) == "http://environment:1"
    assert through(Terms(proxy="http://ours:2"), near=True) is None


def test_through_a_proxy_that_is_not_there_nothing_is_sent() -> None:
    """It is told as such."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gateway = Gateway(
        "https://desk.example", ACCOUNT, writable={}, terms=Terms(proxy=f"http://127.0.0.1:{port}")
    )
    with pytest.raises(Unsent, match="ProxyError"):
        gateway.probe()


def test_plain_http_reaches_no_other_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of this machine that resolves to another one: hung up before a byte is sent."""
    heard: list[bytes] = []

    class Elsewhere(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("192.0.2.7", 80)

    def connect(address: object, *_: object, **__: object) -> socket.socket:
        near = socket.create_connection(target)
        return Elsewhere(near.family, near.type, near.proto, near.detach())

    with socket.create_server(("127.0.0.1", 0)) as server:
        target = server.getsockname()
        monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
        gateway = Gateway("http://desk.localhost:80", ACCOUNT, writable={})
        with pytest.raises(Unsent, match=r"192\.0\.2\.7, not this machine"):
            gateway.probe()
        client, _ = server.accept()
        heard.append(client.recv(1024))
        client.close()
    assert heard == [b""]


@pytest.mark.parametrize(
    "url", ["http://printer.local", "http://desk.test", "http://desk.invalid", "http://10.0.0.1"]
)
def test_plain_http_is_for_loopback(url: str) -> None:
    """``.local`` is whoever answers first on the network."""
    with pytest.raises(SettingsError, match="in the clear"):
        Gateway(url, ACCOUNT, writable={})


def test_an_answer_too_large_is_given_up() -> None:
    """By its length at once; without one as soon as it has grown; and a packed one by what it unpacks to."""
    sent: list[int] = []

    def long(client: socket.socket) -> None:
        client.sendall(OK + b"Content-Length: 200000000\r\n\r\n")
        sent.append(0)

    def endless(client: socket.socket) -> None:
        client.sendall(OK + b"Connection: close\r\n\r\n")
        while len(sent) < 4000:
            sent.append(client.send(b"x" * 65536))

    def bomb(client: socket.socket) -> None:
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb") as file:
            for _ in range(50):
                file.write(b" " * 1_000_000)
        body = packed.getvalue()
        client.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    for serve in (long, endless, bomb):
        sent.clear()
        with listening(serve) as url, pytest.raises(Exhausted, match="1,000,000"):
            asked(url, largest=1_000_000)
        assert sum(sent) < 20_000_000, "it was not read to its end"


def test_an_answer_that_trickles_is_given_up() -> None:
    """Each byte in time, the whole too late: by the clock, not by the socket."""
    clock = SimulatedClock(NOON)

    def trickle(client: socket.socket) -> None:
        client.sendall(OK + b"Connection: close\r\n\r\n")
        for _ in range(10_000):
            client.sendall(b"x" * 20_000)
            clock.advance(40)

    with listening(trickle) as url:
        gateway = Gateway(url, ACCOUNT, writable={}, terms=Terms(connect=2), clock=clock)
        with pytest.raises(TimedOut, match="not ended after 300 s"):
            gateway.probe()


def test_silence_and_a_cut_answer_have_their_time(files: dict[str, str]) -> None:
    """No byte within the read time-out; a body that breaks off."""

    def silent(client: socket.socket) -> None:
        client.recv(1)

    def cut(client: socket.socket) -> None:
        client.sendall(OK + b'Content-Length: 100\r\n\r\n{"result":[')

    with listening(silent) as url, pytest.raises(TimedOut):
        asked(url, answer=0.05)
    with listening(cut) as url, pytest.raises(TimedOut):
        asked(url)


def test_netrc_is_not_looked_into(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in by certificate sends no password that lies about in the home folder."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine desk.example login admin password theirs\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[requests.PreparedRequest] = []
    gateway = Gateway("https://desk.example", MutualTls("u", (files["mine"], "")), writable={})

    def send(_: object, request: requests.PreparedRequest, **__: object) -> requests.Response:
        seen.append(request)
        raise requests.ConnectionError("far away")

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    with pytest.raises(TimedOut):
        gateway.probe()
    assert "Authorization" not in seen[0].headers


def test_the_rest_face_over_a_socket() -> None:
    """A whole table in one page, packed, through the bounded reader."""
    instance = Instance(now=lambda: NOON)
    instance.add_user("connector", name="Connector", password="geheim", roles=["itil", "admin"])
    for _ in range(200):
        instance.insert("incident", {"short_description": "x" * 200}, user="admin")
    with Server(Rest(instance)) as server:
        gateway = Gateway(server.url, ACCOUNT, writable={})
        page = gateway.page("incident", "ORDERBYsys_id", ["sys_id", "short_description"])
        assert len(page.rows) == 200
        gateway.close()
    instance.close()

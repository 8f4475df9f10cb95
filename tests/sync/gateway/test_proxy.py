"""Through a proxy: the instance is reached and verified behind it, and the proxy learns no secret."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from connector.errors import Unavailable
from connector.sandbox import Server
from connector.sync.gateway import Credentials, Gateway, Terms
from tests.sync.conftest import Bench


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def proxying(target: str) -> Iterator[tuple[str, list[str]]]:
    """A proxy on loopback that leads every CONNECT to ``target``; its URL, and what it was asked."""
    place = urlsplit(target)
    heads: list[str] = []

    def tunnel(client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            heads.append(head.decode())
            with socket.create_connection((place.hostname, place.port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join(5)

    def run(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=tunnel, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=run, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("name", "believed"), [("desk.example", True), ("other.example", False)])
def test_the_instance_is_verified_behind_a_proxy(tmp_path: Path, name: str, believed: bool) -> None:
    """The proxy hears a host and its own password; a certificate for another name ends it before a word."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    with (
        closing(Bench()) as bench,
        Server(bench.rest, certificate=str(tmp_path / "server.pem")) as server,
        proxying(server.url) as (proxy, heads),
    ):
        through = proxy.replace("://", "://clerk:knock@")
        terms = Terms(connect=2, proxy=through, ca_file=str(tmp_path / "authority.pem"))
        gateway = Gateway(
            "https://desk.example", Credentials("connector", "geheim"), writable={}, terms=terms
        )
        if believed:
            gateway.probe()
        else:
            with pytest.raises(Unavailable, match="no secure connection") as caught:
                gateway.probe()
            assert "knock" not in str(caught.value)
        gateway.close()
    assert [request.user for request in bench.rest.requests] == ["connector"] * believed
    assert {head.partition(" HTTP")[0] for head in heads} == {"CONNECT desk.example:443"}
    assert all("Proxy-Authorization: Basic Y2xlcms6a25vY2s=" in head for head in heads)
    assert not any("\r\nAuthorization" in head or "geheim" in head for head in heads)

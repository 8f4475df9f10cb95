"""HTTP as it comes over a socket, well-formed or not."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from connector.sandbox import Instance, Rest, Server

LOGIN = "Host: here\r\nAuthorization: Basic Y29ubmVjdG9yOnNlY3JldA==\r\n"
JSON = "Content-Type: application/json\r\n"
POST = f"POST /api/now/table/incident?sysparm_fields=urgency HTTP/1.1\r\n{LOGIN}{JSON}"


@pytest.fixture
def server(rest: Rest) -> Iterator[Server]:
    """A server over the fresh instance."""
    with Server(rest) as made:
        yield made


def exchange(server: Server, sent: bytes) -> bytes:
    """All that comes back until the other side hangs up; nothing more is sent."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        got = b""
        while part := wire.recv(65536):
            got += part
        return got


def test_two_requests_in_one_packet(server: Server, instance: Instance) -> None:
    """Both are answered, in order, over the kept connection."""
    one = f'{POST}Content-Length: 15\r\n\r\n{{"urgency":"1"}}'.encode()
    two = f'{POST}Content-Length: 15\r\n\r\n{{"urgency":"2"}}'.encode()
    got = exchange(server, one + two)
    assert got.count(b"HTTP/1.1 201 Created\r\n") == 2
    assert got.index(b'{"urgency":"1"}') < got.index(b'{"urgency":"2"}')
    assert instance.count("incident") == 2


def test_a_body_in_chunks(server: Server, instance: Instance) -> None:
    """Read to its end, extensions and trailers included."""
    body = '7;x=y\r\n{"urgen\r\n8\r\ncy":"1"}\r\n0\r\nTrailer: x\r\n\r\n'
    got = exchange(server, f"{POST}Transfer-Encoding: chunked\r\n\r\n{body}".encode())
    assert got.startswith(b"HTTP/1.1 201 ")
    assert [row["urgency"] for row in instance.rows("incident")] == ["1"]


def test_asking_first(server: Server) -> None:
    """`Expect: 100-continue` is told to go on."""
    sent = f"{POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    assert exchange(server, sent).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")


def test_an_old_client(server: Server) -> None:
    """HTTP/1.0 gets a length, no chunks, and the connection closed."""
    got = exchange(server, f"GET /api/now/table/incident HTTP/1.0\r\n{LOGIN}\r\n".encode())
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"Content-Length: 13" in head
    assert b"Connection: close" in head
    assert (b"chunked" in head, body) == (False, b'{"result":[]}')


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip, deflate", True), ("br;q=1, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False)],
)
def test_compressed_for_who_wants_it(server: Server, accepted: str, packed: bool) -> None:
    """A weight of nothing is a refusal."""
    wanted = f"Accept-Encoding: {accepted}\r\nConnection: close\r\n"
    head = f"GET /api/now/table/incident HTTP/1.1\r\n{LOGIN}{wanted}\r\n"
    assert (b"Content-Encoding: gzip" in exchange(server, head.encode())) == packed


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"GET /" + b"x" * 1_100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http(server: Server, sent: bytes) -> None:
    """400 and the end of the connection."""
    assert exchange(server, sent).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_a_body_nobody_would_read(server: Server, instance: Instance) -> None:
    """A length beyond all limits is refused unread, and the connection closed."""
    got = exchange(server, f"{POST}Content-Length: 99999999999\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b"content-length = 99999999999 bytes" in got
    assert instance.count("incident") == 0


@pytest.mark.parametrize(
    "sent",
    [
        POST,
        f"{POST}Content-Length: 30\r\n\r\n{{}}",
        f"{POST}Transfer-Encoding: chunked\r\n\r\n9\r\n{{}}",
        f"{POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n",
    ],
)
def test_half_a_request_does_nothing(server: Server, instance: Instance, sent: str) -> None:
    """A client that went away in the middle gets no record made."""
    exchange(server, sent.encode())
    assert instance.count("incident") == 0


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes(server: Server, sent: bytes) -> None:
    """Whatever is sent, the next client is served."""
    exchange(server, sent)
    got = exchange(server, f"GET /api/now/table/incident HTTP/1.0\r\n{LOGIN}\r\n".encode())
    assert got.startswith(b"HTTP/1.1 200 ")

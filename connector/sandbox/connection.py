"""One HTTP/1.1 connection of a client: requests read off the socket, answers written to it.

Python's own handler reads headers with its mail parser and adds headers of its own; this one is ten times
cheaper and writes exactly what the front says, chunked and compressed as the platform does.
"""

import gzip
import re
import socketserver
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

from connector.sandbox.fault import NoAnswer
from connector.sandbox.message import Request, Response

LINE = 65_536
"""Bytes in a line, and lines in a head times 655: more than a client has reason to send."""

LONGEST = 1_048_576
"""Bytes of a request line that are read, so that an address far too long gets its 414."""

LARGE = 32 * 1024 * 1024
"""Bytes of a body that are not even read."""

REASONS = {int(one): one.phrase for one in HTTPStatus}
"""What stands beside a status in the first line."""

_PACKED = 16
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|\Z))", re.IGNORECASE)
_BARE = frozenset({204, 304})


class Host(Protocol):
    """What a connection needs of the server."""

    secure: bool

    def serve(self, request: Request) -> Response:
        """The answer.  Raises `NoAnswer`."""
        ...

    def keep_silent(self, seconds: float) -> None:
        """Wait, or until the server stops."""
        ...


class Fields(dict[str, str]):
    """Header fields by name, whatever its case."""

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The value, `default` if absent; repeated fields are joined."""
        return super().get(name.lower(), default)


class _Broken(Exception):
    """What came in is not HTTP."""


class Connection(socketserver.StreamRequestHandler):
    """Requests of one client, one after the other, until it leaves or an answer closes the connection."""

    rbufsize = LINE
    disable_nagle_algorithm = True
    timeout = 20
    server: socketserver.BaseServer

    def handle(self) -> None:
        """Serve until the end."""
        try:
            while self._one():
                pass
        except _Broken:
            self._bad_request()
        except (ConnectionError, TimeoutError, OSError):
            return

    def _one(self) -> bool:
        """One request; whether another may follow."""
        line = self._line(LONGEST)
        while line == b"\r\n":
            line = self._line(LONGEST)
        if not line:
            return False
        words = line.split()
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            raise _Broken
        method, target = words[0].decode("latin-1"), words[1].decode("latin-1")
        fields = self._fields()
        body, whole = self._body(fields)
        if target.startswith(("http://", "https://")):
            target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
        host: Host = self.server  # type: ignore[assignment]
        name = fields.get("Host")
        base = f"{'https' if host.secure else 'http'}://{name}" if name else ""
        try:
            peer = str(self.client_address[0])
            answer = host.serve(Request(method, target, fields, body, base, peer, self._certificate()))
        except NoAnswer as lost:
            if lost.kind == "timeout":
                host.keep_silent(lost.seconds)
            return False
        old = words[2] == b"HTTP/1.0"
        last = old or not whole or (fields.get("Connection") or "").lower() == "close"
        return self._answer(answer, method, fields, old=old, last=last)

    def _certificate(self) -> bytes:
        """What the client proved to hold when it shook hands."""
        host: Host = self.server  # type: ignore[assignment]
        wire: Any = self.connection  # an `ssl.SSLSocket`, if the server speaks TLS
        return (wire.getpeercert(binary_form=True) or b"") if host.secure else b""

    def _line(self, most: int = LINE) -> bytes:
        line = self.rfile.readline(most + 1)
        if len(line) > most:
            raise _Broken
        return line

    def _fields(self) -> Fields:
        fields = Fields()
        for _ in range(100):
            line = self._line()
            if line in (b"\r\n", b"\n"):
                return fields
            if not line:
                raise ConnectionError("cut off in the head")
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not name.strip():
                raise _Broken
            key, text = name.strip().lower(), value.strip()
            joint = "; " if key == "cookie" else ", "
            fields[key] = f"{fields[key]}{joint}{text}" if key in fields else text
        raise _Broken

    def _body(self, fields: Fields) -> tuple[bytes, bool]:
        """The body and whether it was read to its end."""
        if (fields.get("Expect") or "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if (fields.get("Transfer-Encoding") or "").lower() == "chunked":
            return self._chunks(), True
        length = fields.get("Content-Length") or "0"
        if not length.isdecimal():
            raise _Broken
        if int(length) > LARGE:
            return b"", False
        return self._read(int(length)), True

    def _read(self, length: int) -> bytes:
        """So many bytes; a client that went away half way wants nothing done."""
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("cut off in the body")
        return body

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            try:
                length = int(self._line().partition(b";")[0], 16)
            except ValueError:
                raise _Broken from None
            size += length
            if length < 0 or size > LARGE:
                raise _Broken
            if not length:
                while self._line().strip():
                    pass
                return b"".join(parts)
            parts.append(self._read(length))
            self._line()

    def _answer(self, answer: Response, method: str, fields: Fields, *, old: bool, last: bool) -> bool:
        body = answer.body
        packed = bool(body) and _GZIP.search(fields.get("Accept-Encoding") or "") is not None
        if packed:
            body = _packed(body)
        chunked = bool(body) and not old
        lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
        for name, value in answer.headers:
            if name == "Connection":
                last = last or value == "close"
                value = "close" if last else value
            elif name == "Keep-Alive" and last:
                continue
            lines.append(f"{name}: {value}")
            if name == "Server-Timing" and packed:
                lines.append("Content-Encoding: gzip")
            elif name == "Content-Type" and chunked:
                lines.append("Transfer-Encoding: chunked")
        for needed, line in ((packed, "Content-Encoding: gzip"), (chunked, "Transfer-Encoding: chunked")):
            if needed and line not in lines:  # not one of the instance's own answers
                lines.append(line)
        if not chunked and answer.status not in _BARE:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace")
        if method == "HEAD":
            self.wfile.write(head)
        elif chunked:
            self.wfile.write(b"%b%x\r\n%b\r\n0\r\n\r\n" % (head, len(body), body))
        else:
            self.wfile.write(head + body)
        return not last

    def _bad_request(self) -> None:
        body = b"<html><head><title>Error</title></head><body>Bad Request</body></html>"
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: {len(body)}"
        self.wfile.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)


@lru_cache(maxsize=_PACKED)
def _packed(body: bytes) -> bytes:
    """Compressed; a page that is read again and again is compressed once."""
    return gzip.compress(body, 1, mtime=0)

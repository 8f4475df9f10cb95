"""Two ways to reach the REST face: inside the process, and over HTTP on loopback."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from connector.sandbox.fault import NoAnswer
from connector.sandbox.message import Request, Response
from connector.sandbox.rest import Rest


@contextmanager
def in_process(rest: Rest, base_url: str | None = None) -> Iterator[str]:
    """Within this block `requests` sends everything under the base URL to `rest`, without sockets.

    Yields the base URL.  Any other address raises `requests.ConnectionError`.
    """
    import requests  # here, because only this mount needs them
    import responses

    address = base_url or rest.instance.base_url

    def serve(sent: Any) -> tuple[int, dict[str, str], bytes]:
        body = sent.body or b""
        asked = Request(
            sent.method,
            sent.path_url,
            sent.headers,
            body.encode() if isinstance(body, str) else body,
            address,
        )
        mock.calls.reset()
        for one in every:
            one.calls.reset()
        try:
            answer = rest.handle(asked)
        except NoAnswer as lost:
            if lost.kind == "timeout":
                raise requests.ReadTimeout("the sandbox keeps silent", request=sent) from None
            raise requests.ConnectionError(f"the sandbox: connection {lost.kind}", request=sent) from None
        return answer.status, dict(answer.headers), answer.body

    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    under = re.compile(re.escape(address.rstrip("/")) + r"(?:/|\Z)")
    every = []
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        every.append(responses.CallbackResponse(method, under, serve, content_type=None))
        mock.add(every[-1])
    with mock:
        yield address


class Server:
    """The REST face as an HTTP/1.1 server in a thread, on loopback.

    `port` 0 takes a free one.  A context manager; `start` and `stop` may be called by hand.
    """

    def __init__(self, rest: Rest, host: str = "127.0.0.1", port: int = 0) -> None:
        self._http = _Http((host, port), rest)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://host:port`."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        serve = self._http.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close the socket; requests that keep silent are let go."""
        self._http.over.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    """Threads end with the connections; `over` wakes those that keep silent."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], rest: Rest) -> None:
        super().__init__(address, _Handler)
        self.rest = rest
        self.over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    """One connection.  Buffered writes and no Nagle: without these two each answer waits 40 ms."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: socketserver.BaseServer
    headers: Message

    def _serve(self) -> None:
        http = cast(_Http, self.server)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        host = self.headers.get("Host")
        asked = Request(self.command, self.path, self.headers, body, f"http://{host}" if host else "")
        try:
            answer = http.rest.handle(asked)
        except NoAnswer as lost:
            if lost.kind == "timeout":
                http.over.wait(lost.seconds)
            self.close_connection = True
            return
        self._answer(answer)

    def _answer(self, answer: Response) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  the base class's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's word
        """Say nothing: `Rest.requests` is the log."""

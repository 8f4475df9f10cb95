"""Two ways to reach the REST face: inside the process, and over HTTP on loopback."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from connector.sandbox.connection import Connection
from connector.sandbox.fault import NoAnswer
from connector.sandbox.message import Request, Response
from connector.sandbox.rest import Rest

if TYPE_CHECKING:
    import ssl


@contextmanager
def in_process(rest: Rest, base_url: str | None = None) -> Iterator[str]:
    """Within this block `requests` sends everything under the base URL to `rest`, without sockets.

    Yields the base URL.  Any other address raises `requests.ConnectionError`.
    """
    import requests  # here, because only this mount needs them
    from urllib3.exceptions import NewConnectionError

    from connector.sandbox.transport import Transport

    address = base_url or rest.instance.base_url

    def serve(sent: requests.PreparedRequest) -> Response:
        body = sent.body or b""
        asked = Request(
            sent.method or "",
            sent.path_url,
            sent.headers,
            body.encode() if isinstance(body, str) else body,
            address,
        )
        try:
            return rest.handle(asked)
        except NoAnswer as lost:
            if lost.kind == "timeout":
                raise requests.ReadTimeout("the sandbox keeps silent", request=sent) from None
            told = f"the sandbox: connection {lost.kind}"
            if lost.kind == "refused":  # as over a socket: clients tell by it that nothing was sent
                raise requests.ConnectionError(NewConnectionError(None, told), request=sent) from None  # type: ignore[arg-type]
            raise requests.ConnectionError(told, request=sent) from None

    with Transport(address, serve):
        yield address


class Server:
    """The REST face as an HTTP/1.1 server in a thread, on loopback.

    `port` 0 takes a free one.  `certificate` is a PEM file with a chain and its key, unless that is in the
    file `key`: the server then speaks TLS, which many clients insist on.  `clients` is a PEM file of the
    authorities whose client certificates are believed: whoever shows one that a row of `sys_user_certificate`
    holds is logged in by it.  A context manager; `start` and `stop` may be called by hand.  Raises `OSError`
    for a port that is taken and a file that holds no certificate.
    """

    def __init__(
        self,
        rest: Rest,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        certificate: str | None = None,
        key: str | None = None,
        clients: str | None = None,
    ) -> None:
        tls = None
        if certificate is not None:
            import ssl  # here, because few servers speak TLS and all of them start

            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate, key)
            if clients is not None:
                tls.verify_mode = ssl.CERT_OPTIONAL
                tls.load_verify_locations(clients)
        self._http = _Http((host, port), rest, tls)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://host:port`, or `https://` with a certificate."""
        host, port = self._http.server_address[:2]
        return f"{'https' if self._http.secure else 'http'}://{host!s}:{port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        serve = self._http.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close all sockets; requests that keep silent are let go."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.hang_up()
        self._http.server_close()

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Http(socketserver.ThreadingTCPServer):
    """One thread per connection; all of them end with the server."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], rest: Rest, tls: "ssl.SSLContext | None") -> None:
        super().__init__(address, Connection)
        self.serve = rest.handle
        self.secure = tls is not None
        if tls is not None:  # each client shakes hands in its own thread, with its first bytes
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._over = threading.Event()
        self._open: set[socket.socket] = set()

    def keep_silent(self, seconds: float) -> None:
        """Wait, or until the server stops."""
        self._over.wait(seconds)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A new client."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """A client is served."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Let go of everybody who is still there."""
        self._over.set()
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

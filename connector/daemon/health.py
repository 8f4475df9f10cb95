"""``/healthz``, ``/readyz`` and ``/metrics``: read only, on loopback unless the settings say otherwise.

healthz   200 while the loop turns or a pass makes headway; 503 when it hangs: start it again
readyz    200 while passes go through, or are not wanted (`pause`); 503 when the last good one is old: look
          why, a new start mends nothing
metrics   for Prometheus

No page holds the text of a ticket, a secret or the name of a person.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from socketserver import TCPServer

from connector import __version__
from connector.clock import Clock
from connector.daemon.notify import LONGEST_SILENCE
from connector.daemon.vital import Vital
from connector.errors import SettingsError

PATIENCE = 10
"""Seconds that somebody may take to ask."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 16

    def server_bind(self) -> None:
        """Without the library's question to the name server who this address is."""
        TCPServer.server_bind(self)


class _Server6(_Server):
    address_family = AF_INET6


@contextmanager
def served(
    address: tuple[str, int], vital: Vital, clock: Clock, silent_for: Callable[[], float]
) -> Iterator[int]:
    """Answer on this address until the end; the port. Raises `SettingsError` where it cannot listen."""

    class Handler(BaseHTTPRequestHandler):
        """One question."""

        server_version = "desk-connector"
        sys_version = ""
        timeout = PATIENCE

        def do_GET(self) -> None:
            """Answer it."""
            path = self.path.partition("?")[0]
            if path == "/metrics":
                from connector.daemon.measure import page

                self._say(200, "text/plain; version=0.0.4; charset=utf-8", page(vital, clock.now()))
            elif path == "/healthz":
                silent = round(silent_for())
                well = silent <= LONGEST_SILENCE
                self._tell(well, {"alive": well, "silent_for": silent, "version": __version__})
            elif path == "/readyz":
                now = clock.now()
                ready = vital.ready(now)
                self._tell(
                    ready,
                    {
                        "ready": ready,
                        "halt": vital.halt,
                        "lag": vital.lag(now),
                        "last_good_pass": vital.last_good,
                        "settings_in_force": not vital.reload_failed,
                    },
                )
            else:
                self._say(404, "text/plain", b"there are /healthz, /readyz and /metrics\n")

        do_HEAD = do_GET  # noqa: N815 (the library's spelling)

        def _tell(self, well: bool, told: dict[str, object]) -> None:
            self._say(200 if well else 503, "application/json", json.dumps(told).encode() + b"\n")

        def _say(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Questions are not logged: there is one every few seconds."""

    try:
        server = (_Server6 if ":" in address[0] else _Server)(address, Handler)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"[health] listen: {address[0]}:{address[1]}: {error}; name another port, or leave it out"
        ) from None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="health")
    thread.daemon = True
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""What can be heard of a run: on the wire, in the log, in every error."""

import json
import logging
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from connector.sandbox import Request, Response
from tests.world import US, Wire

LOUD = ("connector", "requests", "responses", "schedule")
"""Loggers that are listened to at debug; urllib3 and pysnow at warning, as in the daemon."""
TICKET_TEXTS = ("does not work", "Looked at it.")
"""What people wrote on tickets."""


class Ear(logging.Handler):
    """Hears all that is logged or raised, and keeps what should not have been said. A context manager."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.slips: set[str] = set()
        """Lines that hold a secret, or a ticket's text above debug; with the secret taken out."""
        self._secrets: set[str] = set()
        self._levels: dict[str, int] = {}

    def __enter__(self) -> Self:
        for name in LOUD:
            logger = logging.getLogger(name)
            self._levels[name] = logger.level
            logger.setLevel(logging.DEBUG)
            logger.addHandler(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, level in self._levels.items():
            logging.getLogger(name).removeHandler(self)
            logging.getLogger(name).setLevel(level)

    def secret(self, *words: str) -> None:
        """These must never be heard, nor what Basic makes of a password."""
        self._secrets.update(words)
        self._secrets.update(b64encode(f"{US}:{word}".encode()).decode() for word in words)

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the log, with the traceback if there is one."""
        text = self.format(record)
        self.hears(text)
        if record.levelno > logging.DEBUG and any(words in text for words in TICKET_TEXTS):
            self.slips.add(f"a ticket's text in the log: {text}")

    def hears(self, text: str) -> None:
        """Something that a person may read."""
        for secret in self._secrets:
            if secret in text:
                self.slips.add("a secret was told: " + text.replace(secret, "(the secret)"))

    def holds(self, data: bytes) -> bool:
        """Whether a file tells a secret."""
        return any(secret.encode() in data for secret in self._secrets)


class Overheard(Wire):
    """The wire, with an ear on it: what the connector was last told of a record before it wrote to it."""

    def __init__(self, *args: Any, ear: Ear, **more: Any) -> None:
        super().__init__(*args, **more)
        self.bases: dict[str, str] = {}
        """sys_id → the `sys_mod_count` that was delivered last before the latest PATCH."""
        self.insisted: list[str] = []
        """Records to which the same was written again and again, one process and no other write between."""
        self.idle_tokens = 0
        """Tokens that were fetched right after another, which had not been used."""
        self._ear = ear
        self._delivered: dict[str, str] = {}
        self._heard = 0
        """Requests that were listened to."""
        self._told = 0
        """Requests of which `wrote` has told."""
        self._last: dict[str, object] = {}
        self._fresh_token = False

    def starts(self) -> None:
        """A new process speaks from now on."""
        self._last.clear()
        self._fresh_token = False

    def handle(self, request: Request) -> Response:
        """Serve, and listen."""
        response = super().handle(request)
        before, self._heard = (
            self._heard,
            len(self.requests),
        )  # an answer that was lost is heard with the next
        if request.target.startswith("/oauth_token.do"):
            self._token(response)
            return response
        self._fresh_token = False
        for asked in self.requests[before:]:  # several for a batch
            if asked.user == US and asked.committed and asked.status != 200:
                self._last.pop(asked.sys_id, None)  # a write between, though its answer was lost
            if asked.user == US and asked.table == "incident" and asked.status == 200:
                if asked.method == "PATCH":
                    self.bases[asked.sys_id] = self._delivered.get(asked.sys_id, "")
                    if self._last.get(asked.sys_id) == asked.body:
                        self.insisted.append(f"{asked.sys_id}: {sorted(asked.body)}")
                    self._last[asked.sys_id] = asked.body
                else:
                    with suppress(ValueError, KeyError, TypeError):
                        self._tells(json.loads(response.body)["result"])
        return response

    def _tells(self, rows: Iterable[dict[str, str]]) -> None:
        for row in rows:
            self._delivered[row["sys_id"]] = row["sys_mod_count"]

    def _token(self, response: Response) -> None:
        with suppress(ValueError, KeyError, TypeError):
            given = json.loads(response.body)
            self._ear.secret(given["access_token"], given.get("refresh_token") or given["access_token"])
            self.idle_tokens += self._fresh_token
            self._fresh_token = True

    def wrote(self) -> bool:
        """Whether the connector has written anything since this was last asked."""
        fresh, self._told = self.requests[self._told :], len(self.requests)
        return any(each.user == US and each.committed for each in fresh)

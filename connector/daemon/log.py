"""The log: lines for people or JSON for programs, each with the pass it belongs to, none with a secret.

A pass is named by its instant, as in the journal: ``20260302T000000Z``. What a line says is cleaned when the
whole of it stands, traceback included, so that no way of logging goes around it.
"""

import json
import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

from connector.ticket import Instant

Clean = Callable[[str], str]
"""Takes secrets out of a text."""

CHATTY = ("urllib3", "schedule", "pysnow")
"""Libraries whose lines would tell of every request."""

_PASS: ContextVar[str] = ContextVar("pass", default="")
_HEADER = re.compile(
    r"(?i)(\b(?:proxy-)?authorization|\bx-sn-apikey|\bx-usertoken|\b(?:set-)?cookie)(['\"]?\s*[:=]\s*)"
    r"(?:b?'[^']*'|b?\"[^\"]*\"|[^\r\n]+)"
)


class in_pass(AbstractContextManager[None]):  # noqa: N801 (reads as a word at its use)
    """Lines within belong to the pass of this instant."""

    def __init__(self, at: Instant) -> None:
        self._name = pass_name(at)
        self._token: Token[str] | None = None

    def __enter__(self) -> None:
        self._token = _PASS.set(self._name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _PASS.reset(self._token)


def pass_name(at: Instant) -> str:
    """``20260302T000000Z``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"


def without_headers(text: str) -> str:
    """The text without what stands in headers that sign a request."""
    return _HEADER.sub(r"\1\2***", text)


class TextFormatter(logging.Formatter):
    """``2026-03-02T00:00:00Z INFO [20260302T000000Z] 2 tickets judged``."""

    def __init__(self, clean: Clean) -> None:
        super().__init__("%(asctime)s %(levelname)s %(pass_)s%(message)s")
        self._clean = clean

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """UTC, whatever the zone of the machine."""
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def format(self, record: logging.LogRecord) -> str:
        """The line; a line end within a message cannot look like a line of its own."""
        name = _PASS.get()
        record.pass_ = f"[{name}] " if name else ""
        return without_headers(self._clean(super().format(record))).replace("\r", " ").replace("\n", "\n    ")


class JsonFormatter(logging.Formatter):
    """One object a line: ``time, level, pass, message`` and, of an error, ``trace``."""

    def __init__(self, clean: Clean) -> None:
        super().__init__()
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "pass": _PASS.get() or None,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        cleaned = {
            name: without_headers(self._clean(value)) if value else value for name, value in told.items()
        }
        return json.dumps(cleaned, ensure_ascii=False)


def begin_log(kind: Literal["text", "json"], level: str, clean: Clean) -> logging.Handler:
    """Log to standard error from now on, instead of what was set up before."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(clean) if kind == "json" else TextFormatter(clean))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler

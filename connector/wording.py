"""Every sentence that a person reads on a record, in Chinese and English.

Sentences are jinja2 templates, rendered in the sandboxed environment with undefined names as errors. What
people typed never becomes markup: `neutral` takes the brackets off ``[code]``, which the platform would
render as HTML in a journal (`glide.ui.security.allow_codetag`).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

Language = Literal["en", "zh", "both"]

SENTENCES: dict[str, tuple[str, str]] = {
    # name: (English, Chinese)
}
"""Name of a sentence → its English and its Chinese template."""

_CODE_TAG = re.compile(r"\[(/?)code\]", re.IGNORECASE)


def neutral(text: str) -> str:
    """Text that people typed, safe inside a journal: no ``[code]`` mark-up survives."""
    return _CODE_TAG.sub(r"(\1code)", text)


def span_of_time(seconds: int) -> str:
    """``5400`` → ``"1 h 30 min"``; for people, rounded down to minutes (seconds below one minute)."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["span"] = span_of_time
    environment.filters["neutral"] = neutral
    return environment


@cache
def _template(text: str) -> Template:
    return _environment().from_string(text)


@dataclass(frozen=True, slots=True)
class Wording:
    """How to speak on the records: the language, and the zone in which clock times are told."""

    language: Language = "both"
    zone: str = "UTC"

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence of that name, filled in; with ``both``, Chinese and English on lines of their own."""
        english, chinese = SENTENCES[sentence]
        texts = {"en": (english,), "zh": (chinese,), "both": (chinese, english)}[self.language]
        return "\n".join(_template(text).render(values) for text in texts)

    def time(self, instant: int | None) -> str:
        """An instant as people of the desk read it: ``2026-10-08 09:00``, in the desk's zone."""
        if instant is None:
            return "–"
        return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

"""What a look at an instance says: a level and a sentence an admin can act on."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How much an answer matters."""

    OK = "ok"
    DOUBT = "warning"
    WRONG = "error"


class Answer(NamedTuple):
    """One thing that was looked at, in a sentence an admin can act on."""

    level: Level
    text: str


def good(text: str) -> Answer:
    """As it should be, or worth knowing."""
    return Answer(Level.OK, text)


def doubt(text: str) -> Answer:
    """It may harm: the sentence says what to do."""
    return Answer(Level.DOUBT, text)


def wrong(text: str) -> Answer:
    """It will not work: the sentence says what to do."""
    return Answer(Level.WRONG, text)

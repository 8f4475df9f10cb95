"""What became of a plan, change by change."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from connector.sync.change import Change


class Answer(StrEnum):
    """What became of a change."""

    WRITTEN = "written"
    FOUND = "found"
    """It was there already: an earlier answer was lost."""
    CHANGED = "changed"
    """Somebody wrote the record after we read it; it is judged again."""
    FORBIDDEN = "forbidden"
    GONE = "gone"
    DROPPED = "dropped"
    """Written with a 200, but the instance kept an old value in some field."""
    IN_DOUBT = "in doubt"
    """No answer, and the record could not be read either; the next pass will see."""
    FAILED = "failed"
    """It did not happen: the instance is in trouble, and the pass ends here."""


class Written(NamedTuple):
    """One change and what became of it."""

    change: Change
    answer: Answer
    detail: str = ""
    mod_count: int | None = None
    """`sys_mod_count` after the write, where it is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What carrying out a plan came to."""

    written: tuple[Written, ...] = ()
    dropped_columns: frozenset[str] = frozenset()
    """Columns the instance silently refused to keep."""
    stopped: str = ""
    """Why the rest of the plan was left for the next pass, or empty."""

    def count(self, answer: Answer) -> int:
        """How many changes ended so."""
        return sum(1 for written in self.written if written.answer is answer)

    @property
    def done(self) -> int:
        """Changes that are on the records now."""
        return self.count(Answer.WRITTEN) + self.count(Answer.FOUND)

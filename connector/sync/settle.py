"""What an answer, or its lack, says about a write: compared with the record, not with hopes.

The platform has no ETag. Before a write the record's `sys_mod_count` must be the one that was judged; after
it the count must be one more and the values must have stuck, for business rules, ACLs and data policies drop
fields with a 200. Nothing here sends.
"""

from collections.abc import Mapping
from dataclasses import replace

from connector.errors import GatewayError, NotFound, Retriable, Skippable, Throttled
from connector.sync.change import Change, FieldChange
from connector.sync.outcome import Answer, Written
from connector.sync.request import Search, Write
from connector.sync.row import Row

JOURNALS = frozenset({"work_notes", "comments"})
"""Write-only through the raw Table API: what was written cannot be read back there."""


def columns_of(change: Change) -> tuple[str, ...]:
    """What is read of a record before and after its update."""
    return ("sys_id", "sys_mod_count", *(f.column for f in change.fields if f.column not in JOURNALS))


def write_of(change: Change) -> Write:
    """The one PATCH of an update."""
    fields = {f.column: f.after for f in change.fields}
    return Write(change.table, change.sys_id, fields, columns_of(change))


class Renamed:
    """An instance may mint its own sys_id; what refers to the one we chose must follow."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._lost: set[str] = set()

    def lost(self, change: Change) -> None:
        """The record could not be created: nothing may refer to it."""
        self._lost.add(change.sys_id)

    def followed(self, change: Change) -> Change | Written:
        """An update with the names under which records of ours really are; what became of it where it refers
        to one that could not be created.
        """
        values = {f.after for f in change.fields}
        if not values.isdisjoint(self._lost):
            return Written(change, Answer.FORBIDDEN, "what it refers to could not be created")
        if values.isdisjoint(self._names):
            return change
        fields = tuple(f._replace(after=self._names.get(f.after, f.after)) for f in change.fields)
        return replace(change, fields=fields)

    def write_of(self, change: Change) -> Write:
        """The one POST of a creation."""
        fields = {f.column: self._names.get(f.after, f.after) for f in change.fields}
        return Write(change.table, change.sys_id, fields, ("sys_id", "sys_mod_count"), creates=True)

    def search_of(self, change: Change) -> Search:
        """How the record of a creation is recognised."""
        equals = {column: self._names.get(value, value) for column, value in change.identity.items()}
        return Search(change.table, equals, ("sys_id",))

    def made(self, change: Change, row: Row | Mapping[str, str]) -> None:
        """Under which sys_id it really is."""
        if row.get("sys_id") and row["sys_id"] != change.sys_id:
            self._names[change.sys_id] = row["sys_id"]


def stale(change: Change, current: Mapping[str, str] | None) -> Written | None:
    """What keeps the change from being written to the record as it is now, if anything does."""
    if current is None:
        return Written(change, Answer.GONE, "the record cannot be read any more")
    if current.get("sys_mod_count") != str(change.base):
        return Written(
            change,
            Answer.CHANGED,
            f"sys_mod_count is {current.get('sys_mod_count')}, was {change.base} when it was judged",
        )
    differing = [
        f.column for f in change.fields if f.column not in JOURNALS and not same(f, current, before=True)
    ]
    if differing:
        return Written(change, Answer.CHANGED, "changed without a new sys_mod_count: " + ", ".join(differing))
    return None


def no_write(change: Change, error: GatewayError) -> Written | None:
    """The error says what became of it; None: it is in doubt, and the record must be read.

    Raises the error itself where it is fatal.
    """
    match error:
        case NotFound():
            return Written(change, Answer.GONE, str(error))
        case Skippable():
            return Written(change, Answer.FORBIDDEN, str(error))
        case Throttled():
            return Written(change, Answer.FAILED, str(error))
        case Retriable():
            return None
    raise error


def settled(change: Change, after: Mapping[str, str] | None, error: GatewayError) -> Written:
    """An update without a usable answer, and the record as it was read then; None: it is not there."""
    if after is not None and after.get("sys_mod_count") != str(change.base):
        judged = judged_answer(change, after, Answer.FOUND)
        if judged.answer is Answer.FOUND:
            return judged
        return Written(change, Answer.CHANGED, f"{error}; the record was written by somebody else meanwhile")
    return Written(change, Answer.FAILED, str(error))


def settled_creation(
    change: Change, row: Mapping[str, str] | GatewayError | None, error: GatewayError, renamed: Renamed
) -> Written:
    """A creation without a usable answer, and what a search for the record brought: it, None or no answer."""
    if isinstance(row, GatewayError):
        return Written(change, Answer.IN_DOUBT, f"{error}; then {row}")
    if row is None:
        return Written(change, Answer.FAILED, str(error))
    renamed.made(change, row)
    return Written(change, Answer.FOUND, f"the answer was lost ({error})")


def judged_answer(change: Change, after: Mapping[str, str], good: Answer) -> Written:
    """The record as it is after the write: did the values stick, and was ours the only write."""
    count = int(after.get("sys_mod_count") or -1)
    lost = [f.column for f in change.fields if f.column not in JOURNALS and not same(f, after)]
    if lost:
        return Written(change, Answer.DROPPED, ", ".join(lost), count)
    detail = ""
    if change.base is not None and count != change.base + 1:
        detail = f"sys_mod_count went from {change.base} to {count}: somebody wrote at the same time"
    return Written(change, good, detail, count)


def same(wanted: FieldChange, record: Mapping[str, str], *, before: bool = False) -> bool:
    """The column has the value it shall have, or had when it was judged."""
    actual = record.get(wanted.column, "")
    expected = wanted.before if before else wanted.after
    return actual == expected

"""Carries out a plan, in order: re-read, write once, look at what came of it, and write the journal.

The platform has no ETag. Before a write the record's `sys_mod_count` must be the one that was judged; after
it the count must be one more and the values must have stuck, for business rules, ACLs and data policies
drop fields with a 200. A write whose answer was lost is *in doubt*: the record is read, and only then
decided. Nothing is sent twice below the next pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple, Protocol

from connector.errors import GatewayError, NotFound, Refused, Retriable, Skippable, Throttled
from connector.sync.change import Change, FieldChange, Plan

CHUNK = 50
"""Records re-read in one request before they are written, one by one."""

JOURNALS = frozenset({"work_notes", "comments"})
"""Write-only through the raw Table API: what was written cannot be read back there."""


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


class Writer(Protocol):
    """The part of the gateway that applying needs."""

    def by_ids(self, table: str, sys_ids: Sequence[str], fields: Sequence[str]) -> dict[str, dict[str, str]]:
        """Records of these ids, as far as they can be read."""
        ...

    def find(self, table: str, equals: Mapping[str, str], fields: Sequence[str]) -> dict[str, str] | None:
        """The record with these values, or None."""
        ...

    def patch(
        self, table: str, sys_id: str, fields: Mapping[str, str], *, read: Sequence[str]
    ) -> dict[str, str]:
        """Exactly one PATCH; the fields to read as they are afterwards."""
        ...

    def create(self, table: str, fields: Mapping[str, str], *, read: Sequence[str]) -> dict[str, str]:
        """Exactly one POST; the fields to read of the new record."""
        ...


def carry_out(
    plan: Plan,
    writer: Writer,
    record: Callable[[Written], None],
    *,
    marks_column: str,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Write what the plan says and nothing else; ``record`` is called after each write, for the journal.

    A `Retriable` error ends the work, a `Skippable` one only its record. ``stop`` is asked between records.
    Raises `Refused` when the instance drops the marks column: without it every note would be said again.
    """
    written: list[Written] = []
    stopped = ""
    renamed: dict[str, str] = {}
    try:
        for step in _steps(plan.changes, writer, renamed):
            written.append(step)
            record(step)
            _insist_on_marks(step, marks_column)
            if step.answer in (Answer.IN_DOUBT, Answer.FAILED):
                stopped = step.detail
                break
            if stop():
                stopped = "asked to stop"
                break
    except Retriable as error:
        stopped = str(error)
    columns = frozenset(
        column for step in written if step.answer is Answer.DROPPED for column in step.detail.split(", ")
    )
    return Outcome(tuple(written), columns, stopped)


def _steps(changes: Sequence[Change], writer: Writer, renamed: dict[str, str]) -> Iterable[Written]:
    """In the order of the plan; the records to be updated are re-read together, a chunk at a time.

    What belongs to a ticket comes before the ticket's own update. It is not created if the ticket has changed
    since: the ticket is judged again first.
    """
    for chunk in _chunks(changes):
        updates = [change for change in chunk if not change.creates]
        fresh: dict[str, dict[str, str]] = {}
        for table, group in groupby(sorted(updates, key=lambda c: c.table), key=lambda c: c.table):
            same = list(group)
            columns = sorted({f.column for c in same for f in c.fields} - JOURNALS)
            fresh |= writer.by_ids(table, [c.sys_id for c in same], ["sys_id", "sys_mod_count", *columns])
        stale = {
            update.sys_id: found for update in updates if (found := _stale(update, fresh.get(update.sys_id)))
        }
        for change in chunk:
            if not change.creates:
                yield stale.get(change.sys_id) or _update(change, writer)
            elif change.ticket not in stale:
                yield _create(change, writer, renamed)


def _chunks(changes: Sequence[Change]) -> Iterable[list[Change]]:
    """Slices of about `CHUNK` changes that keep the changes of one ticket together."""
    chunk: list[Change] = []
    for _, group in groupby(changes, key=lambda change: change.ticket):
        chunk.extend(group)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _stale(change: Change, current: Mapping[str, str] | None) -> Written | None:
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
        f.column for f in change.fields if f.column not in JOURNALS and not _same(f, current, before=True)
    ]
    if differing:
        return Written(change, Answer.CHANGED, "changed without a new sys_mod_count: " + ", ".join(differing))
    return None


def _update(change: Change, writer: Writer) -> Written:
    columns = [f.column for f in change.fields if f.column not in JOURNALS]
    read = ["sys_id", "sys_mod_count", *columns]
    try:
        after = writer.patch(
            change.table, change.sys_id, {f.column: f.after for f in change.fields}, read=read
        )
    except NotFound as error:
        return Written(change, Answer.GONE, str(error))
    except Skippable as error:
        return Written(change, Answer.FORBIDDEN, str(error))
    except Throttled as error:
        return Written(change, Answer.FAILED, str(error))
    except Retriable as error:
        return _settle_doubt(change, read, writer, error)
    return _judge_answer(change, after, Answer.WRITTEN)


def _settle_doubt(change: Change, read: Sequence[str], writer: Writer, error: Retriable) -> Written:
    """No usable answer: read the record, and only then say what happened."""
    try:
        after = writer.by_ids(change.table, [change.sys_id], read).get(change.sys_id)
    except GatewayError as unread:  # whatever it is, what was sent belongs into the journal
        return Written(change, Answer.IN_DOUBT, f"{error}; then {unread}")
    if after is not None and after.get("sys_mod_count") != str(change.base):
        judged = _judge_answer(change, after, Answer.FOUND)
        if judged.answer is Answer.FOUND:
            return judged
        return Written(change, Answer.CHANGED, f"{error}; the record was written by somebody else meanwhile")
    return Written(change, Answer.FAILED, str(error))


def _judge_answer(change: Change, after: Mapping[str, str], good: Answer) -> Written:
    count = int(after.get("sys_mod_count") or -1)
    lost = [f.column for f in change.fields if f.column not in JOURNALS and not _same(f, after)]
    if lost:
        return Written(change, Answer.DROPPED, ", ".join(lost), count)
    detail = ""
    if change.base is not None and count != change.base + 1:
        detail = f"sys_mod_count went from {change.base} to {count}: somebody wrote at the same time"
    return Written(change, good, detail, count)


def _same(wanted: FieldChange, record: Mapping[str, str], *, before: bool = False) -> bool:
    actual = record.get(wanted.column, "")
    expected = wanted.before if before else wanted.after
    return actual == expected


def _create(change: Change, writer: Writer, renamed: dict[str, str]) -> Written:
    fields = {f.column: renamed.get(f.after, f.after) for f in change.fields}
    identity = {column: renamed.get(value, value) for column, value in change.identity.items()}
    try:
        there = writer.find(change.table, identity, ["sys_id"])
        if there is not None:
            _remember(change, there, renamed)
            return Written(change, Answer.FOUND, "it was there already")
        fields["sys_id"] = change.sys_id
        try:
            made = writer.create(change.table, fields, read=["sys_id", "sys_mod_count"])
        except Throttled as error:
            return Written(change, Answer.FAILED, str(error))
        except Retriable as error:
            return _settle_creation(change, identity, writer, renamed, error)
    except NotFound as error:
        return Written(change, Answer.GONE, str(error))
    except Skippable as error:
        return Written(change, Answer.FORBIDDEN, str(error))
    _remember(change, made, renamed)
    return Written(change, Answer.WRITTEN, "", int(made.get("sys_mod_count") or 0))


def _settle_creation(
    change: Change, identity: Mapping[str, str], writer: Writer, renamed: dict[str, str], error: Retriable
) -> Written:
    """No usable answer to a POST: look for the record by its identity."""
    try:
        made = writer.find(change.table, identity, ["sys_id"])
    except GatewayError as unread:
        return Written(change, Answer.IN_DOUBT, f"{error}; then {unread}")
    if made is None:
        return Written(change, Answer.FAILED, str(error))
    _remember(change, made, renamed)
    return Written(change, Answer.FOUND, f"the answer was lost ({error})")


def _remember(change: Change, made: Mapping[str, str], renamed: dict[str, str]) -> None:
    """An instance may mint its own sys_id; what refers to the one we chose must follow."""
    if made.get("sys_id") and made["sys_id"] != change.sys_id:
        renamed[change.sys_id] = made["sys_id"]


def _insist_on_marks(step: Written, marks_column: str) -> None:
    if step.answer is Answer.DROPPED and marks_column in step.detail.split(", "):
        raise Refused(
            f"the instance accepted a write to {step.change.number} but did not keep {marks_column}; "
            "without the marks every note would be said again. Give the connector's account write access "
            f"to {step.change.table}.{marks_column} (and room for 4,000 characters), then start again."
        )

"""Carries out a plan, in order: re-read, write once, look at what came of it, and write the journal.

A write whose answer was lost is *in doubt*: the record is read, and only then decided (`settle`). Nothing is
sent twice below the next pass. Where the instance takes batches, the updates and creations of a chunk go in
few requests (`pack`), all but those of the first ticket: what is wrong with all of them shows on one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from connector.errors import GatewayError, Refused, Retriable
from connector.sync.change import Change, Plan
from connector.sync.outcome import Answer, Outcome, Written
from connector.sync.pack import Packer, packed
from connector.sync.row import Row
from connector.sync.settle import (
    JOURNALS,
    Renamed,
    columns_of,
    judged_answer,
    no_write,
    settled,
    settled_creation,
    stale,
    write_of,
)

__all__ = ["JOURNALS", "Answer", "Outcome", "Writer", "Written", "carry_out"]

CHUNK = 50
"""Records re-read in one request before they are written."""

ENOUGH = 3
"""Changes of a chunk from which on packing them spares requests."""


class Writer(Protocol):
    """The part of the gateway that applying needs."""

    def by_ids(self, table: str, sys_ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
        """Records of these ids, as far as they can be read."""
        ...

    def find(self, table: str, equals: Mapping[str, str], fields: Sequence[str]) -> Row | None:
        """The record with these values, or None."""
        ...

    def patch(self, table: str, sys_id: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Row:
        """Exactly one PATCH; the fields to read as they are afterwards."""
        ...

    def create(self, table: str, fields: Mapping[str, str], *, read: Sequence[str]) -> Row:
        """Exactly one POST; the fields to read of the new record."""
        ...


def carry_out(
    plan: Plan,
    writer: Writer,
    record: Callable[[Sequence[Written]], None],
    *,
    marks_column: str,
    marks_of: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
    packer: Packer | None = None,
) -> Outcome:
    """Write what the plan says and nothing else; ``record`` is called after each request, for the journal,
    with what came of it: of one write, or of all that went in one batch.

    A `Retriable` error ends the work, a `Skippable` one only its record. ``stop`` is asked between records,
    or between batches; within one call the packer asks by itself. ``packer``: takes several writes at once,
    as long as it says that it packs; else they go one by one. Raises `Refused` when the instance drops the
    marks column: without it every note would be said again.
    """
    written: list[Written] = []
    stopped = ""
    try:
        for steps in _steps(plan.changes, writer, packer):
            written += steps
            if steps:
                record(steps)  # all of them have been sent, so all of them belong into the journal
            for step in steps:
                _insist_on_marks(step, (marks_of or {}).get(step.change.table, marks_column))
            ended = [step for step in steps if step.answer in (Answer.IN_DOUBT, Answer.FAILED)]
            if ended:
                stopped = ended[0].detail
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


def _steps(changes: Sequence[Change], writer: Writer, packer: Packer | None) -> Iterator[list[Written]]:
    """What came of each change, in the order of the plan where they go one by one.

    The records to be updated are re-read together, a chunk at a time. What belongs to a ticket comes before
    the ticket's own update. It is not created if the ticket has changed since: the ticket is judged again
    first.
    """
    renamed = Renamed()
    first = True
    for chunk in _chunks(changes):
        aside = _changed_since(chunk, writer)
        yield from ([found] for found in aside.values())
        rest = [change for change in chunk if change.ticket not in aside]
        if packer is None or not packer.packs or len(rest) < ENOUGH:
            yield from _one_by_one(rest, writer, renamed)
            continue
        if first:
            first = False
            alone = [change for change in rest if change.ticket == rest[0].ticket]
            yield from _one_by_one(alone, writer, renamed)
            rest = rest[len(alone) :]
        left = yield from packed(rest, packer, renamed)
        if left:  # the instance takes no batches, or no longer
            aside = _changed_since(left, writer)
            yield from ([found] for found in aside.values())
            left = [change for change in left if change.ticket not in aside]
            yield from _one_by_one(left, writer, renamed)


def _one_by_one(changes: Iterable[Change], writer: Writer, renamed: Renamed) -> Iterator[list[Written]]:
    for change in changes:
        yield [_create(change, writer, renamed) if change.creates else _update(change, writer, renamed)]


def _changed_since(chunk: Sequence[Change], writer: Writer) -> dict[str, Written]:
    """Ticket → why nothing is written to it now: it is not as it was judged."""
    updates = [change for change in chunk if not change.creates]
    fresh: dict[str, Row] = {}
    for table, group in groupby(sorted(updates, key=lambda c: c.table), key=lambda c: c.table):
        same = list(group)
        columns = sorted({column for change in same for column in columns_of(change)} - {"sys_id"})
        fresh |= writer.by_ids(table, [c.sys_id for c in same], ["sys_id", *columns])
    return {update.ticket: found for update in updates if (found := stale(update, fresh.get(update.sys_id)))}


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


def _update(change: Change, writer: Writer, renamed: Renamed) -> Written:
    followed = renamed.followed(change)
    if isinstance(followed, Written):
        return followed
    change, write = followed, write_of(followed)
    try:
        after = writer.patch(write.table, write.sys_id, write.fields, read=write.read)
    except GatewayError as error:
        known = no_write(change, error)
        return known or _settle_doubt(change, writer, error)
    return judged_answer(change, after, Answer.WRITTEN)


def _settle_doubt(change: Change, writer: Writer, error: GatewayError) -> Written:
    """No usable answer: read the record, and only then say what happened."""
    try:
        after = writer.by_ids(change.table, [change.sys_id], columns_of(change)).get(change.sys_id)
    except GatewayError as unread:  # whatever it is, what was sent belongs into the journal
        return Written(change, Answer.IN_DOUBT, f"{error}; then {unread}")
    return settled(change, after, error)


def _create(change: Change, writer: Writer, renamed: Renamed) -> Written:
    write, search = renamed.write_of(change), renamed.search_of(change)
    try:
        there = writer.find(*search)
    except GatewayError as error:
        known = no_write(change, error)
        if known is None or known.answer is Answer.FAILED:
            raise
        renamed.lost(change)
        return known
    if there is not None:
        renamed.made(change, there)
        return Written(change, Answer.FOUND, "it was there already")
    try:
        made = writer.create(write.table, {**write.fields, "sys_id": change.sys_id}, read=write.read)
    except GatewayError as error:
        known = no_write(change, error)
        if known is not None:
            renamed.lost(change)
        return known or _settle_creation(change, writer, renamed, error)
    renamed.made(change, made)
    return Written(change, Answer.WRITTEN, "", int(made.get("sys_mod_count") or 0))


def _settle_creation(change: Change, writer: Writer, renamed: Renamed, error: GatewayError) -> Written:
    """No usable answer to a POST: look for the record by its identity."""
    row: Row | GatewayError | None
    try:
        row = writer.find(*renamed.search_of(change))
    except GatewayError as unread:
        row = unread
    return settled_creation(change, row, error, renamed)


def _insist_on_marks(step: Written, marks_column: str) -> None:
    if step.answer is Answer.DROPPED and marks_column in step.detail.split(", "):
        raise Refused(
            f"the instance accepted a write to {step.change.number} but did not keep {marks_column}; "
            "without the marks every note would be said again. Give the connector's account write access "
            f"to {step.change.table}.{marks_column} (and room for 4,000 characters), then start again."
        )

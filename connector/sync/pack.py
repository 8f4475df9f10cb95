"""Several writes in one request, each looked at on its own.

What depends on another write waits for it: a record that names a new record goes in a later batch, and the
updates of the tickets come after everything that belongs to them. A part without a usable answer is in doubt
and settled by reading, all of them together; one that was left out of its batch and did not happen is sent
again.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from connector.errors import Fatal, GatewayError, Unserviced
from connector.sync.change import Change
from connector.sync.outcome import Answer, Written
from connector.sync.request import Search, Write
from connector.sync.row import Row
from connector.sync.settle import (
    Renamed,
    columns_of,
    judged_answer,
    no_write,
    settled,
    settled_creation,
    write_of,
)

Steps = Generator[list[Written], None, list[Change]]
"""What came of the changes, a batch at a time; in the end those that were not sent and may be one by one."""


class Packer(Protocol):
    """The part of the gateway that takes several at once."""

    @property
    def packs(self) -> bool:
        """Whether it does, as far as is known."""
        ...

    def write_all(self, writes: Sequence[Write]) -> list[Row | GatewayError] | None:
        """Each written once, or what kept it from that; None: nothing was done, for it takes no batches."""
        ...

    def find_all(self, searches: Sequence[Search]) -> list[Row | GatewayError | None]:
        """What each search found."""
        ...

    def by_ids(self, table: str, sys_ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
        """Records of these ids, as far as they can be read."""
        ...


def packed(changes: Sequence[Change], packer: Packer, renamed: Renamed) -> Steps:
    """Creations first, then updates; none of a ticket that has changed since may be among them."""
    creations = [change for change in changes if change.creates]
    updates = [change for change in changes if not change.creates]
    while creations:
        wave = _independent(creations)
        left = yield from _create_all(wave, packer, renamed)
        rest = [change for change in creations if change not in wave]
        if left:
            return [*left, *rest, *updates]
        creations = rest
    followed = [renamed.followed(change) for change in updates]
    yield [each for each in followed if isinstance(each, Written)]
    return (yield from _update_all([each for each in followed if isinstance(each, Change)], packer))


def _independent(creations: Sequence[Change]) -> list[Change]:
    """Those that name none of the others."""
    ours = {change.sys_id for change in creations}
    free = [
        change
        for change in creations
        if not (ours - {change.sys_id}) & {f.after for f in change.fields}.union(change.identity.values())
    ]
    return free or list(creations[:1])


def _update_all(updates: Sequence[Change], packer: Packer) -> Steps:
    while updates:
        answers = packer.write_all([write_of(change) for change in updates])
        if answers is None:
            return list(updates)
        told: dict[str, Written] = {}
        doubts: list[tuple[Change, GatewayError]] = []
        fatal: GatewayError | None = None
        for change, answer in zip(updates, answers, strict=True):
            if not isinstance(answer, GatewayError):
                told[change.sys_id] = judged_answer(change, answer, Answer.WRITTEN)
            elif isinstance(answer, Fatal):
                fatal = answer
            elif (known := no_write(change, answer)) is not None:
                told[change.sys_id] = known
            else:
                doubts.append((change, answer))
        again = []
        for found, left_out in _read(doubts, packer):
            if left_out:
                again.append(found.change)
            else:
                told[found.change.sys_id] = found
        yield [told[change.sys_id] for change in updates if change.sys_id in told]
        if fatal is not None:
            raise fatal
        if len(again) == len(updates):  # the batch gets nowhere; alone each has all the time there is
            return again
        updates = again
    return []


def _read(doubts: Sequence[tuple[Change, GatewayError]], packer: Packer) -> Iterator[tuple[Written, bool]]:
    """Each write in doubt and what its record says, in one read for each table; True: it was left out of its
    batch and did not happen.
    """
    for table, group in groupby(sorted(doubts, key=lambda d: d[0].table), key=lambda d: d[0].table):
        same = list(group)
        columns = dict.fromkeys(column for change, _ in same for column in columns_of(change))
        rows: Mapping[str, Row] = {}
        unread: GatewayError | None = None
        try:
            rows = packer.by_ids(table, [change.sys_id for change, _ in same], list(columns))
        except GatewayError as why:  # whatever it is, what was sent belongs into the journal
            unread = why
        for change, lost in same:
            if unread is not None:
                yield Written(change, Answer.IN_DOUBT, f"{lost}; then {unread}"), False
            else:
                found = settled(change, rows.get(change.sys_id), lost)
                yield found, found.answer is Answer.FAILED and isinstance(lost, Unserviced)


def _create_all(creations: Sequence[Change], packer: Packer, renamed: Renamed) -> Steps:
    missing: list[Change] = []
    told: list[Written] = []
    there = packer.find_all([renamed.search_of(change) for change in creations])
    for change, row in zip(creations, there, strict=True):
        if row is None:
            missing.append(change)
        elif isinstance(row, GatewayError):
            known = no_write(change, row)
            if known is None or known.answer is Answer.FAILED:
                raise row
            renamed.lost(change)
            told.append(known)
        else:
            renamed.made(change, row)
            told.append(Written(change, Answer.FOUND, "it was there already"))
    yield told
    while missing:
        answers = packer.write_all([renamed.write_of(change) for change in missing])
        if answers is None:
            return missing
        told, doubts = [], []
        fatal: GatewayError | None = None
        for change, answer in zip(missing, answers, strict=True):
            if not isinstance(answer, GatewayError):
                renamed.made(change, answer)
                told.append(Written(change, Answer.WRITTEN, "", int(answer.get("sys_mod_count") or 0)))
            elif isinstance(answer, Fatal):
                fatal = answer
            elif (known := no_write(change, answer)) is not None:
                renamed.lost(change)
                told.append(known)
            else:
                doubts.append((change, answer))
        settled_ones, again = _look_for(doubts, packer, renamed)
        yield [*told, *settled_ones]
        if fatal is not None:
            raise fatal
        if len(again) == len(missing):
            return again
        missing = again
    return []


def _look_for(
    doubts: Sequence[tuple[Change, GatewayError]], packer: Packer, renamed: Renamed
) -> tuple[list[Written], list[Change]]:
    """What became of creations in doubt, and which were left out and are not there."""
    if not doubts:
        return [], []
    told: list[Written] = []
    again: list[Change] = []
    rows: Sequence[Row | GatewayError | None]
    try:
        rows = packer.find_all([renamed.search_of(change) for change, _ in doubts])
    except GatewayError as unread:
        rows = [unread] * len(doubts)
    for (change, error), row in zip(doubts, rows, strict=True):
        if row is None and isinstance(error, Unserviced):
            again.append(change)
        else:
            told.append(settled_creation(change, row, error, renamed))
    return told, again

"""Reads what changed since last time, and loses nothing of it.

The set moves while one reads it. So pages follow a key (the stamp, then sys_id), never a count; a stamp has
the grain of a second and a second can hold more rows than a page; a row can become visible after a row with
a later stamp, so the cursor stays a lag behind the instance's own clock and the window begins an overlap
before the cursor; the instance's clock is set back, so it is held against ours and the window begins earlier
by as much; ACLs take rows out of a page after the limit, so a short or empty page is not the end.
What comes twice is recognised by the store. Rows and cursor are saved in one transaction, page by page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import lt
from typing import NamedTuple, Protocol

from connector.errors import TimedOut, Unavailable
from connector.instant import instant, platform_time
from connector.sync.row import Row, values_of
from connector.sync.store import Look
from connector.ticket import Instant

LAG = 5
"""Seconds by which the cursor stays behind the instance's clock at the start of the query."""
WIDEST = 10_000
"""Rows asked for at once to get past a stretch of rows that may not be read."""
SMALLEST = 50
"""A page is not halved below this many rows when the instance cannot deliver it."""


class Read(Protocol):
    """What a page is, as far as polling is concerned."""

    @property
    def rows(self) -> Sequence[Row]: ...  # noqa: D102
    @property
    def server_time(self) -> Instant: ...  # noqa: D102
    @property
    def more(self) -> bool: ...  # noqa: D102


class Reader(Protocol):
    """The part of the gateway that reading needs."""

    def page(
        self, table: str, query: str, fields: Sequence[str], *, limit: int = 1000, offset: int = 0
    ) -> Read:
        """One page of raw rows."""
        ...

    def by_ids(self, table: str, sys_ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
        """sys_id → row, as far as readable."""
        ...


class Mirror(Protocol):
    """The part of the store that polling needs."""

    def cursor(self, source: str, fingerprint: str | None = None) -> Instant | None:
        """Up to where the source has been seen."""
        ...

    def save(
        self,
        table: str,
        rows: Sequence[Row],
        cursor: Instant | None = None,
        *,
        fingerprint: str = "",
        observe: Sequence[str] = (),
        look: Look | None = None,
    ) -> int:
        """Keep rows and move the cursor; how many were news."""
        ...

    def ahead(self, source: str) -> int | None:
        """Seconds by which the instance's clock was ahead of ours when the source was read."""
        ...

    def set_ahead(self, source: str, seconds: int) -> None:
        """Remember that."""
        ...

    def page(self, source: str) -> int | None:
        """Rows a request, where a full page was too much."""
        ...

    def set_page(self, source: str, page: int | None) -> None:
        """Remember that."""
        ...

    def not_closed(self) -> list[str]:
        """Tickets without an instant of closing."""
        ...

    def forget(self, sys_ids: Sequence[str]) -> None:
        """Drop tickets that are gone."""
        ...

    def known(self, table: str) -> list[str]:
        """Rows of a table beside the tickets."""
        ...

    def drop(self, table: str, sys_ids: Sequence[str]) -> None:
        """Drop those that are gone."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A platform table to poll, and how."""

    table: str
    fields: tuple[str, ...]
    query: str = ""
    """Encoded query that narrows the table; without ORDERBY and ^NQ."""
    stamp: str = "sys_updated_on"
    since: Instant | None = None
    """Where to begin without a cursor; None: at the first row."""
    overlap: int = 120
    """Seconds before the cursor at which the window begins; longer than any row stays invisible."""
    page: int = 1000
    observe: tuple[str, ...] = ()
    """Columns of an incident whose changes are recorded by comparison, where sys_audit may not be read."""

    def __post_init__(self) -> None:
        if "^NQ" in self.query or "ORDERBY" in self.query:
            raise ValueError(f"{self.table}: a polled query cannot hold ^NQ or ORDERBY")

    @property
    def name(self) -> str:
        """What the source is called in the store and in reports: its table."""
        return self.table

    @property
    def fingerprint(self) -> str:
        """Changes with what is asked for, so that a new column or condition begins at the beginning."""
        text = "\n".join((self.table, self.query, self.stamp, str(self.since), *self.fields))
        return blake2b(text.encode(), digest_size=8).hexdigest()


class Polled(NamedTuple):
    """What one poll of one source came to."""

    source: str
    read: int
    """Rows the instance sent, those known already included."""
    saved: int
    """Rows that were news."""
    pages: int
    cursor: Instant | None
    server_time: Instant
    """The instance's clock when the first page was asked for."""


def poll(
    reader: Reader,
    source: Source,
    store: Mirror,
    *,
    lag: int = LAG,
    look: Look | None = None,
    now: Instant | None = None,
) -> Polled:
    """Read everything stamped since the cursor and save it; one request when nothing is new.

    ``look`` is shown the tickets of each page before they are saved, and says when to look at them again.
    ``now`` is our own time, by which it shows that the instance's clock was set back, and past which the
    cursor does not go; None: not looked at.

    Raises what the gateway raises, and `Unavailable` for rows out of order or without their key; pages saved
    before that stay saved, and the cursor is where the last of them ended.
    """
    fingerprint = source.fingerprint
    cursor = store.cursor(source.table, fingerprint)
    begin = source.since if cursor is None else cursor - source.overlap
    small = store.page(source.table)
    walk = _Walk(reader, _keys_from(source, begin), source.fields, source.page)
    walk.size = min(source.page, small or source.page)
    read = saved = pages = back = 0
    started: Instant | None = None
    try:
        for page in walk:
            pages += 1
            if started is None:
                started = page.server_time
                back = _set_back(store, source, None if now is None else started - now)
                if back > lag and cursor is not None:
                    # What was written since has older stamps than what had been read before.
                    walk.begin_again(_keys_from(source, cursor - source.overlap - back))
                    continue
            # Ours besides: theirs may tell a later time than the one that their rows are stamped by.
            signpost = (started if now is None else min(started, now)) - lag
            reached = cursor
            if page.rows:
                last = instant(page.rows[-1][source.stamp])
                reached = last if cursor is None or last is None else max(cursor, last)
            # The signpost also takes back a cursor that a wrong clock of the instance once led too far.
            reached = None if reached is None else min(reached, signpost)
            if page.rows or reached != cursor:
                saved += store.save(
                    source.table,
                    page.rows,
                    reached,
                    fingerprint=fingerprint,
                    observe=source.observe,
                    look=look,
                )
            cursor = reached
            read += len(page.rows)
            del page  # the walk asks for the next one
    except (Unavailable, TimedOut):
        store.set_page(source.table, max(min(SMALLEST, source.page), walk.limit // 2))
        raise
    if small is not None:
        store.set_page(source.table, None)
    if back > lag and started is not None and now is not None:
        store.set_ahead(source.table, started - now)
    return Polled(source.table, read, saved, pages, cursor, started or 0)


def _keys_from(source: Source, begin: Instant | None) -> "_Keys":
    return _Keys(source.table, source.query, source.stamp, "" if begin is None else platform_time(begin))


def _set_back(store: Mirror, source: Source, ahead: int | None) -> int:
    """Seconds by which the instance's clock has gone back against ours since the source was last read.

    A clock that is further ahead is remembered before the cursor moves, one that is less so only when all
    has been read: a poll that breaks off leaves the wider window to the next.
    """
    if ahead is None:
        return 0
    known = store.ahead(source.name)
    if known is None or ahead > known:
        store.set_ahead(source.name, ahead)
        return 0
    return known - ahead


class Swept(NamedTuple):
    """What the daily comparison found."""

    read: int
    changed: int
    """Rows that had changed without a poll seeing it."""
    gone: tuple[str, ...]
    """sys_ids of rows that were dropped: deleted, or hidden from us."""
    missing: int
    """Rows that could not be read but were kept, because too many vanished at once to believe it."""


def sweep(
    reader: Reader,
    store: Mirror,
    source: Source,
    *,
    closed_since: Instant | None = None,
    believe: float = 0.1,
) -> Swept:
    """Compare a table with the mirror: finds deletions and changes without a new stamp.

    All rows of it; of the incidents those that are active and those closed since ``closed_since``, for an
    access rule may have hidden one for a while. For tickets and the tables beside them, so not for sys_audit
    and interaction.

    If more than ``believe`` of the rows (and more than 20) cannot be read any more, an access rule has
    changed rather than the desk: none is dropped. The cursor does not move.
    """
    tickets = source.table == "incident"
    known = set(store.not_closed() if tickets else store.known(source.table))
    conditions = [source.query] if source.query else []
    if tickets:
        late = "" if closed_since is None else f"^ORclosed_at>={platform_time(closed_since)}"
        conditions.append(f"active=true{late}")
    elif source.since is not None:
        conditions.append(f"{source.stamp}>={platform_time(source.since)}")
    keys = _Keys(source.table, "^".join(conditions), "", "")
    read = changed = 0
    seen: set[str] = set()
    for page in _Walk(reader, keys, source.fields, source.page):
        read += len(page.rows)
        seen.update(row["sys_id"] for row in page.rows)
        changed += store.save(source.table, page.rows, None, observe=source.observe)
    unseen = sorted(known - seen)
    found = reader.by_ids(source.table, unseen, source.fields) if unseen else {}
    changed += store.save(source.table, list(found.values()), None, observe=source.observe)
    gone = [sys_id for sys_id in unseen if sys_id not in found]
    if len(gone) > max(20, believe * len(known)):
        return Swept(read, changed, (), len(gone))
    if tickets:
        store.forget(gone)
    else:
        store.drop(source.table, gone)
    return Swept(read, changed, tuple(gone), 0)


class _Keys:
    """The order of a walk, (stamp, sys_id) or sys_id alone, and the query for what lies beyond a key."""

    def __init__(self, table: str, base: str, stamp: str, floor: str) -> None:
        self.table = table
        self._base = f"{base}^" if base else ""
        self._stamp = stamp
        self._order = f"ORDERBY{stamp}^ORDERBYsys_id" if stamp else "ORDERBYsys_id"
        self._floor = (floor, "")

    def query(self, after: tuple[str, str] | None) -> str:
        """What is to come after a key; None: everything from the floor on."""
        if after is None:
            start = f"{self._stamp}>={self._floor[0]}^" if self._floor[0] else ""
            return f"{self._base}{start}{self._order}"
        stamp, sys_id = after
        if not self._stamp:
            return f"{self._base}sys_id>{sys_id}^{self._order}"
        same = f"{self._base}{self._stamp}={stamp}^sys_id>{sys_id}"
        return f"{same}^NQ{self._base}{self._stamp}>{stamp}^{self._order}"

    def last(self, rows: Sequence[Row], after: tuple[str, str] | None) -> tuple[str, str]:
        """The key of the last row. Raises `Unavailable` if a row lacks its key or they are out of order."""
        stamp = self._stamp
        try:
            if stamp:
                keys: list[tuple[str, str]] = values_of(rows, (stamp, "sys_id"))
            else:
                keys = [("", sys_id) for sys_id in values_of(rows, ("sys_id",))]
        except KeyError as error:
            raise Unavailable(
                f"{self.table}: a row came without {error.args[0]}; nothing is skipped"
            ) from None
        if "^" in keys[-1][1] or not keys[-1][1].isprintable():
            raise Unavailable(f"{self.table}: a row came with a sys_id that is none; the cursor stays")
        previous = self._floor if after is None else after
        if not previous < keys[0] or not all(map(lt, keys, keys[1:])) or (stamp and not keys[0][0]):
            raise Unavailable(f"{self.table}: rows came out of order; the cursor stays")
        try:
            instant(keys[-1][0])
        except ValueError as error:
            raise Unavailable(f"{self.table}: {error}; the cursor stays") from None
        return keys[-1]


class _Walk:
    """Pages in the order of their keys until the instance says there is no more.

    Rows that may not be read are taken out of a page after its limit. A stretch of them longer than a page
    is passed by asking for more rows from the same key, not by an offset: behind an offset a row that moves
    away would pull the next one out of sight. Only beyond `WIDEST` hidden rows an offset is used, in steps
    of half a page, so that rows which move away meanwhile do not matter unless they are very many.
    """

    def __init__(self, reader: Reader, keys: _Keys, fields: Sequence[str], most: int) -> None:
        self._reader = reader
        self._keys = keys
        self._fields = fields
        self._most = most
        self.size = most
        """Rows a page; after trouble it begins small and doubles with every page that arrives."""
        self.limit = most
        """What the last request asked for."""
        self._anew = False

    def begin_again(self, keys: _Keys) -> None:
        """The page at hand was not meant: the next is the first from these keys on."""
        self._keys, self._anew = keys, True

    def __iter__(self) -> Iterator[Read]:
        after: tuple[str, str] | None = None
        self.limit, offset = self.size, 0
        more = True
        while more:
            query = self._keys.query(after)
            page = self._reader.page(self._keys.table, query, self._fields, limit=self.limit, offset=offset)
            if page.rows:
                after = self._keys.last(page.rows, after)
                self.size = min(self._most, self.size * 2)
                self.limit, offset = self.size, 0
            elif self.limit < WIDEST:
                self.limit = min(WIDEST, self.limit * 4)
            else:
                offset += self.limit // 2
            more = page.more
            yield page
            del page  # before the next one comes: a pass holds one page at a time
            if self._anew:
                after, self._anew, more = None, False, True
                self.limit, offset = self.size, 0

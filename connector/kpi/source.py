"""Declared sources: files of a desk's own, read into entries and calls, each with its freshness and problems.

A kind says which columns a file must have; ``columns`` of the declaration maps our word to the heading in the
file, where that is another. Rows that cannot be read are named with their line; the rest counts.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.declared import says_yes
from connector.kpi.dimension import share_of
from connector.kpi.indicator import Entry, Words
from connector.kpi.period import Period
from connector.kpi.predicate import number
from connector.kpi.sheet import Unusable, located, opened
from connector.kpi.stamp import Stamps
from connector.ticket import Call, Instant

Kind = Literal["calls", "survey", "roster", "manual", "summary", "contacts", "records"]


class Columns(NamedTuple):
    """Our words for the columns of a kind: what dates a row, what else must be there, what may be."""

    at: str
    needed: tuple[str, ...] = ()
    times: frozenset[str] = frozenset()
    """Of all of them, those that hold times or are empty."""


KINDS: Mapping[Kind, Columns] = {
    "calls": Columns("rung", ("answered",)),
    "survey": Columns("at", ("score",)),
    "roster": Columns("starts", ("arrived",), frozenset({"arrived"})),
    "manual": Columns("due", ("reviewed",), frozenset({"reviewed"})),
    "summary": Columns("due", ("delivered", "accepted"), frozenset({"delivered"})),
    "contacts": Columns("at", ("number",)),
    "records": Columns("at"),
}
"""Kind → its columns; ``id``, ``group`` and ``consultant`` may stand in all of them."""

OWN = ("tickets", "call_backs", "calls")
"""Names of the sources that are not files; a file may not be called so."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A source as the configuration declares it."""

    name: str
    kind: Kind
    path: str
    zone: ZoneInfo
    columns: Mapping[str, str]
    """Our word → heading in the file."""
    encoding: str = ""
    full_mark: float = 5.0
    """Of a survey."""
    fresh_within: int | None = None
    """Seconds after which the newest row is too old; None: only a row within the period is asked for."""
    optional: bool = False
    """The file may be absent without anything being incomplete."""
    table: str = ""
    """The platform's table it is read from, and not from a file."""
    surveys: tuple[str, ...] = ()
    """Of a table: names or sys_ids of the surveys that count; empty: all."""
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a survey: dimension (R-D4) → headings of the file or questions of the instance that tell it."""


class Gathered(NamedTuple):
    """What a source held."""

    declared: Declared
    entries: tuple[Entry, ...] = ()
    calls: tuple[Call, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, with file and line."""
    missing: Words | None = None
    """Why nothing could be read at all."""
    last: Instant | None = None
    """When the last thing in it happened, where only a stretch of it was read and that was empty."""

    @property
    def newest(self) -> Instant | None:
        """When the last thing in it happened."""
        moments = [entry.at for entry in self.entries] or [call.opened_at for call in self.calls]
        return max(moments, default=self.last)


class State(NamedTuple):
    """What stands beside a figure about where it comes from."""

    name: str
    kind: str
    place: str
    """A table of the instance, or a file."""
    rows: int | None
    newest: Instant | None
    """When the last thing in it happened; None: nothing is there or nobody looked."""
    read_at: Instant | None
    optional: bool = False
    """It may be missing."""
    stale: bool = False
    """The newest row is older than the period, or than the source's own ``fresh_within``."""
    missing: Words | None = None


def state_of(gathered: Gathered, period: Period, now: Instant) -> State:
    """How fresh a declared source is for figures of this period, looked at from ``now``."""
    one, newest = gathered.declared, gathered.newest
    old = newest is not None and (
        newest < period.start
        or (one.fresh_within is not None and min(now, period.end) - newest > one.fresh_within)
    )
    rows = len(gathered.entries) + len(gathered.calls)
    return State(
        one.name, one.kind, one.table or one.path, rows, newest, now, one.optional, old, gathered.missing
    )


def gather(raw: bytes, declared: Declared, groups: Mapping[str, str] | None = None) -> Gathered:
    """Read a file's bytes; what is wrong in it is in the answer. ``groups``: name → sys_id."""
    try:
        lines, problems = _lines(raw, declared)
    except Unusable as error:
        return Gathered(declared, problems=(str(error),), missing=_UNREADABLE)
    if lines is None:
        return Gathered(declared, problems=tuple(problems), missing=_UNREADABLE)
    columns = KINDS[declared.kind]
    stamps = Stamps((text for _, row in lines for text in row.values()), declared.zone)
    if stamps.contradicts:
        problems.append(
            f"{declared.path}: some times have the day first and others the month; write years first"
        )
    entries: list[Entry] = []
    calls: list[Call] = []
    for line, row in lines:
        try:
            made = _made(line, row, declared, columns, stamps, groups or {})
        except ValueError as error:
            problems.append(f"{declared.path}:{line}: {error}")
            continue
        if isinstance(made, Call):
            calls.append(made)
        else:
            entries.append(made)
    return Gathered(declared, tuple(entries), tuple(calls), tuple(problems))


_UNREADABLE = Words("the file cannot be read", "文件无法读取")


def absent(declared: Declared, why: str) -> Gathered:
    """A source whose file is not there; ``why`` names it and its place."""
    problems = () if declared.optional else (why,)
    return Gathered(declared, problems=problems, missing=Words("the file is missing", "文件不存在"))


def pooled(gathered: Iterable[Gathered]) -> dict[str, list[Entry]]:
    """The entries by source and by kind, so that several rosters make one attendance; only what was read."""
    found: dict[str, list[Entry]] = {}
    for one in gathered:
        if one.missing is None:
            for name in {one.declared.name, one.declared.kind}:
                found.setdefault(name, []).extend(one.entries)
    return found


Lines = Sequence[tuple[int, dict[str, str]]]


def _lines(raw: bytes, declared: Declared) -> tuple[Lines | None, list[str]]:
    """(line, our word or heading → text) of each row; None where a needed column is missing."""
    if declared.path.endswith(".toml"):
        return _of_toml(raw, declared)
    sheet = opened(raw, declared.path, declared.encoding)
    columns = KINDS[declared.kind]
    words = (columns.at, *columns.needed, *columns.times, "id", "group", "consultant", *declared.columns)
    wanted = {word: (declared.columns.get(word, word),) for word in dict.fromkeys(words)}
    may_lack = frozenset({"id", "group", "consultant"} - declared.columns.keys())
    places, problems = located(sheet, wanted, may_lack)
    for dimension, headings in declared.dimensions.items():
        if not set(headings) & set(sheet.header):
            problems.append(f"{declared.path}:1: no column for {dimension}: {', '.join(headings)}")
    if problems:
        return None, problems
    names = dict(enumerate(sheet.header))
    names |= {place: word for word, place in places.items()}
    lines = []
    for line, row in sheet.rows():
        if len(row) != len(sheet.header):
            problems.append(f"{declared.path}:{line}: {len(row)} cells under {len(sheet.header)} headings")
            continue
        lines.append((line, {names[place]: text.strip() for place, text in enumerate(row)}))
    return lines, problems


def _of_toml(raw: bytes, declared: Declared) -> tuple[Lines | None, list[str]]:
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return None, [f"{declared.path}: not TOML: {error}"]
    rows = document.get("row")
    if not isinstance(rows, list):
        return None, [f"{declared.path}:1: no [[row]]; each row is a table of its own"]
    text = raw.decode("utf-8-sig").splitlines()
    begins = [number for number, line in enumerate(text, 1) if line.strip().replace(" ", "") == "[[row]]"]
    heads = {heading: word for word, heading in declared.columns.items()}
    lines = []
    for line, row in zip(begins, rows, strict=False):
        lines.append((line, {heads.get(key, key): _plain(value) for key, value in row.items()}))
    return lines, []


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _made(
    line: int,
    row: Mapping[str, str],
    declared: Declared,
    columns: Columns,
    stamps: Stamps,
    groups: Mapping[str, str],
) -> Entry | Call:
    """One row. Raises `ValueError` saying what is wrong with it."""
    for word in (columns.at, *columns.needed):
        if word not in row:
            raise ValueError(f"{declared.columns.get(word, word)} is missing")
    at = _instant(row[columns.at], columns.at, stamps)
    times = {word: _instant(row[word], word, stamps) for word in columns.times if row.get(word)}
    id_ = row.get("id") or f"{declared.path}:{line}"
    group = groups.get(row.get("group", ""), row.get("group", ""))
    consultant = row.get("consultant", "")
    values = dict(row)
    match declared.kind:
        case "calls":
            answered = row["answered"]
            told = stamps.get(answered) is not None or says_yes(answered)
            ended = stamps.get(row.get("ended", ""))
            return Call(id_, at, told, at if ended is None else ended, group, consultant)
        case "survey":
            score = number(row["score"])
            if score is None and row["score"]:
                raise ValueError(f'score "{row["score"]}" is no number')
            if score is not None and 0 <= score <= declared.full_mark:
                values["share"] = repr(score / declared.full_mark)
            for dimension, headings in declared.dimensions.items():
                rating = number(next((row[one] for one in headings if row.get(one)), ""))
                if rating is not None and 0 <= rating <= declared.full_mark:
                    values[share_of(dimension)] = repr(rating / declared.full_mark)
        case "records":
            times |= {word: found for word, text in row.items() if (found := stamps.get(text)) is not None}
        case _:
            pass
    return Entry(id_, declared.name, at, group, consultant, values, times)


def _instant(text: str, word: str, stamps: Stamps) -> Instant:
    found = stamps.get(text)
    if found is None:
        raise ValueError(
            f'{word} "{text}" is no time such as "2026-03-01 08:30"' if text else f"{word} is empty"
        )
    return found

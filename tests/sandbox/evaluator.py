"""A second reading of the encoded query language, row by row and in plain Python.

It shares no code with the sandbox's own and knows nothing of SQL: what both find must be the same.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Row = dict[str, str]

_OPERATOR = re.compile(
    r"([a-z_.0-9]+?)(IN_HIERARCHY|GT_OR_EQUALS_FIELD|LT_OR_EQUALS_FIELD|GT_FIELD|LT_FIELD|MORETHAN|LESSTHAN"
    r"|NSAMEAS|SAMEAS|STARTSWITH|ENDSWITH|DOES NOT CONTAIN|CONTAINS|NOT LIKE|LIKE|ISNOTEMPTY|ISEMPTY"
    r"|NOTEMPTY|EMPTYSTRING|EMPTY|ANYTHING|BETWEEN|RELATIVE[GLE][TE]|DATEPART|DYNAMIC|INSTANCEOF|NOTON|ON"
    r"|NOT IN|IN|!=|<=|>=|!\*|=|<|>|\*|%)(.*)",
    re.DOTALL,
)
_ALIAS = {"*": "LIKE", "CONTAINS": "LIKE", "!*": "NOT LIKE", "DOES NOT CONTAIN": "NOT LIKE", "%": "ENDSWITH"}
_ALIAS |= {"EMPTY": "ISEMPTY", "EMPTYSTRING": "ISEMPTY", "NOTEMPTY": "ISNOTEMPTY"}
_WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
_MONTH = {name.lower(): at for at, name in enumerate(calendar.month_abbr)}
_UNITS = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"]


def compared(sign: str, left: object, right: object) -> bool:
    """Two values of one kind."""
    less, same = left < right, left == right  # type: ignore[operator]
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less, "=": same}[sign]


def moved(at: datetime, unit: str, count: int) -> datetime:
    """A wall clock moved by units of the calendar, or by time that passes."""
    if unit in {"second", "minute", "hour"}:
        seconds = {"second": 1, "minute": 60, "hour": 3600}[unit] * count
        return datetime.fromtimestamp(at.timestamp() + seconds, at.tzinfo)
    if unit in {"day", "week"}:
        return at + timedelta(days=count * (7 if unit == "week" else 1))
    count *= {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = at.year + (at.month - 1 + count) // 12, (at.month - 1 + count) % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def unit_of(at: datetime, unit: str) -> tuple[int, ...]:
    """Which minute, day, quarter … this is."""
    if unit == "week":
        monday = at.date() - timedelta(days=at.weekday())
        return (monday.toordinal(),)
    if unit == "quarter":
        return (at.year, (at.month - 1) // 3)
    fields = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    return fields[: ["year", "month", "day", "hour", "minute", "second"].index(unit) + 1]


@dataclass
class World:
    """All rows there are and what their columns mean.

    `kinds` says text, number, date, boolean or the name of the table a reference points at, by table and
    column (text if absent); `names` the display column of a table; `below` the classes of a table.
    """

    rows: dict[str, list[Row]]
    kinds: dict[str, dict[str, str]]
    names: dict[str, str]
    below: dict[str, list[str]]
    now: int = 0
    zone: str = "UTC"
    me: str = ""
    ignores_case: bool = True
    unequal_finds_empty: bool = True

    def find(self, table: str, query: str) -> list[Row]:
        """The rows of a query, in its order."""
        parts = [part for part in query.split("^") if part and part != "EQ"]
        kept, order, every = list(self._sets(parts))
        joins = [
            c.partition("!")[0] + "!" for groups in kept for g in groups for c in g if c.startswith("JOIN")
        ]
        found = [
            row
            for row in self.rows[table]
            if all(self._related(table, row, text) for text in every)
            and all(self._true(table, row, join) for join in joins)
            and (
                not kept
                or any(all(any(self._true(table, row, c) for c in g) for g in groups) for groups in kept)
            )
        ]
        for path, descending in reversed(order):
            found.sort(key=lambda row: self.key(table, row, path), reverse=descending)
        return found

    def _sets(self, parts: list[str]) -> Iterator[list]:  # type: ignore[type-arg]
        sets: list[list[list[str]]] = [[]]
        order: list[tuple[str, bool]] = []
        every: list[str] = []
        at = 0
        while at < len(parts):
            part = parts[at]
            at += 1
            if part.startswith("RLQUERY"):
                end = parts.index("ENDRLQUERY", at)
                every.append("^".join([part[7:], *parts[at:end]]))
                at = end + 1
            elif part.startswith("ORDERBYDESC"):
                order.append((part[11:], True))
            elif part.startswith(("ORDERBY", "GROUPBY")):
                order.append((part[7:], False))
            elif part.startswith("NQ"):
                sets.append([[part[2:]]])
            elif part.startswith("OR"):
                sets[-1][-1].append(part[2:])
            else:
                sets[-1].append([part])
        yield [groups for groups in sets if groups]
        yield order
        yield every

    def _related(self, table: str, row: Row, text: str) -> bool:
        head, _, inner = text.partition("^")
        column, count = head.split(",")[:2]
        other, _, field = column.partition(".")
        found = sum(1 for one in self.find(other, inner) if one[field] == row["sys_id"])
        sign, number = re.match(r"([<>=]+)(\d+)", count).groups()  # type: ignore[union-attr]
        return compared(sign, found, int(number))

    def reach(self, table: str, row: Row, path: str) -> tuple[str, str]:
        """The kind and the value at the end of a dot-walk; nothing where the walk breaks off."""
        *steps, last = path.split(".")
        for step in steps:
            table, wanted = self.kinds[table][step], row.get(step, "")
            row = next((one for one in self.rows[table] if one["sys_id"] == wanted), {})
        return self.kinds[table].get(last, "text"), row.get(last, "")

    def shown(self, kind: str, value: str) -> str:
        """What a reference shows."""
        return next((one[self.names[kind]] for one in self.rows[kind] if one["sys_id"] == value), "")

    def fold(self, text: str) -> str:
        """Text as it is compared: A to Z are a to z, where case is ignored."""
        if not self.ignores_case:
            return text
        return "".join(chr(ord(sign) + 32) if "A" <= sign <= "Z" else sign for sign in text)

    def key(self, table: str, row: Row, path: str) -> object:
        """What a row is sorted by."""
        kind, value = self.reach(table, row, path)
        if kind == "number":
            return float(value or 0)
        if kind in self.rows:
            return self.fold(self.shown(kind, value))
        return self.fold(value) if kind == "text" else value

    def _local(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))

    def _literal(self, kind: str, text: str) -> str:
        """A value of the query as a record would hold it."""
        if call := re.match(r"javascript:gs.(days|hours|months)Ago(Start|End|)\((-?\d+)\)", text):
            unit = call[1][:-1]
            at = moved(datetime.fromtimestamp(self.now, ZoneInfo(self.zone)), unit, -int(call[3]))
            if call[2]:
                at = at.replace(minute=0, second=0)
                at = at if unit == "hour" else at.replace(hour=0, day=1 if unit == "month" else at.day)
            if call[2] == "End":
                at = moved(at, unit, 1) - timedelta(seconds=1)
            return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        if text == "javascript:gs.getUserID()":
            return self.me
        if kind == "boolean":
            return {"1": "true", "0": "false"}.get(text, text)
        if kind == "date" and len(text) == 10:
            return f"{text} 00:00:00"
        return text

    def _true(self, table: str, row: Row, text: str) -> bool:
        """One condition for one row."""
        if text.startswith("JOIN"):
            left, right, inner = re.match(r"JOIN\w+\.(\w+)=([\w.]+)!(.*)", text).groups()  # type: ignore[union-attr]
            other, _, field = right.partition(".")
            return row[left] != "" and any(one[field] == row[left] for one in self.find(other, inner))
        path, operator, value = _OPERATOR.fullmatch(text).groups()  # type: ignore[union-attr]
        operator = _ALIAS.get(operator, operator)
        kind, mine = self.reach(table, row, path)
        if operator in {"ANYTHING", "ISEMPTY", "ISNOTEMPTY"}:
            return operator == "ANYTHING" or (mine == "") == (operator == "ISEMPTY")
        negative = operator in {"!=", "NOT IN", "NOT LIKE", "NOTON"}
        if negative and not self.unequal_finds_empty and kind != "boolean" and not mine:
            return False
        simple: dict[str, Callable[[], bool]] = {
            "!=": lambda: not self._equals(kind, mine, value),
            "=": lambda: self._equals(kind, mine, value),
            "IN": lambda: any(self._equals(kind, mine, one) for one in value.split(",")),
            "NOT IN": lambda: not any(self._equals(kind, mine, one) for one in value.split(",")),
            "INSTANCEOF": lambda: mine in self.below[value],
            "DYNAMIC": lambda: mine == self.me,
            "IN_HIERARCHY": lambda: self._under(kind, mine, value.partition("@")[2]),
            "BETWEEN": lambda: self._within(kind, mine, *value.split("@")),
            "ON": lambda: self._within(kind, mine, *value.split("@")[1:]),
            "NOTON": lambda: not self._within(kind, mine, *value.split("@")[1:]),
            "DATEPART": lambda: bool(mine) and self._part(mine, value),
        }
        if operator in simple:
            return simple[operator]()
        if operator in {"<", "<=", ">", ">="}:
            return self._ranks(kind, operator, mine, self._literal(kind, value))
        if operator.startswith("RELATIVE"):
            return bool(mine) and self._relative(operator, mine, value)
        if operator in {"LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH"}:
            whole, part = self.fold(self.shown(kind, mine) if kind in self.rows else mine), self.fold(value)
            if operator == "STARTSWITH":
                return whole.startswith(part)
            return whole.endswith(part) if operator == "ENDSWITH" else (part in whole) == (operator == "LIKE")
        other, _, detail = value.partition("@")
        return self._columns(operator, kind, mine, self.reach(table, row, other)[1], detail)

    def _equals(self, kind: str, mine: str, text: str) -> bool:
        value = self._literal(kind, text)
        return self.fold(mine) == self.fold(value) if kind == "text" else mine == value

    def _ranks(self, kind: str, sign: str, mine: str, value: str) -> bool:
        if not mine:
            return False
        if kind == "number":
            return compared(sign, float(mine), float(value))
        return compared(sign, *((self.fold(mine), self.fold(value)) if kind == "text" else (mine, value)))

    def _within(self, kind: str, mine: str, low: str, high: str) -> bool:
        ends = self._literal(kind, low), self._literal(kind, high)
        return self._ranks(kind, ">=", mine, ends[0]) and self._ranks(kind, "<=", mine, ends[1])

    def _under(self, kind: str, mine: str, top: str) -> bool:
        seen: set[str] = set()
        while mine and mine not in seen:
            seen.add(mine)
            row = next((one for one in self.rows[kind] if one["sys_id"] == mine), None)
            if row is None:
                return False
            if mine == top:
                return True
            mine = row["manager" if kind == "sys_user" else "parent"]
        return False

    def _part(self, mine: str, value: str) -> bool:
        part, text, kind = re.findall(r"'(\w+)'", value)
        at = self._local(mine)
        taken, wanted = {
            "dayofweek": lambda: (at.isoweekday() % 7, _WEEK.index(text)),
            "month": lambda: (at.month, _MONTH[text]),
            "quarter": lambda: ((at.month + 2) // 3, int(text)),
            "year": lambda: (at.year, int(text)),
            "hour": lambda: (at.hour, int(text)),
        }[part]()
        return compared({"EE": "=", "GE": ">=", "LE": "<=", "GT": ">", "LT": "<"}[kind], taken, wanted)

    def _relative(self, operator: str, mine: str, value: str) -> bool:
        _, unit, side, count = value.split("@")
        unit = "day" if unit == "dayofweek" else unit
        here = datetime.fromtimestamp(self.now, ZoneInfo(self.zone))
        at = moved(here, unit, int(count) * (-1 if side == "ago" else 1))
        if operator.endswith("EE"):
            return unit_of(self._local(mine), unit) == unit_of(at, unit)
        signs = {"RELATIVEGT": ">", "RELATIVEGE": ">=", "RELATIVELT": "<", "RELATIVELE": "<="}
        return compared(signs[operator], self._local(mine).timestamp(), at.timestamp())

    def _columns(self, operator: str, kind: str, mine: str, other: str, detail: str) -> bool:
        if operator in {"SAMEAS", "NSAMEAS"}:
            if detail:
                left, right = (unit_of(self._local(one), detail) if one else None for one in (mine, other))
                return (left == right) == (operator == "SAMEAS")
            fold = self.fold if kind == "text" else str
            return (fold(mine) == fold(other)) == (operator == "SAMEAS")
        if not mine or not other:
            return False
        if operator in {"MORETHAN", "LESSTHAN"}:
            unit, side, count = detail.split("@")
            pairs = {"before": [(mine, other)], "after": [(other, mine)]}.get(
                side, [(mine, other), (other, mine)]
            )
            return any(self._apart(operator, early, late, unit, int(count)) for early, late in pairs)
        sign = {"GT_F": ">", "LT_F": "<", "GT_O": ">=", "LT_O": "<="}[operator[:4]]
        return self._ranks(kind, sign, mine, other)

    def _apart(self, operator: str, early: str, late: str, unit: str, count: int) -> bool:
        first, second = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (early, late))
        edge = moved(second, unit, -count)
        return first < edge if operator == "MORETHAN" else edge < first <= second

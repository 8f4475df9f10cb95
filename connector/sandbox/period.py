"""Conditions on dates: relative to now, by part of the calendar, one column against another.

Parts of the calendar are those of the asking user's time zone.
"""

import re
from datetime import UTC, datetime

from connector.sandbox.moment import MONTHS, UNITS, WEEK, beginning, here, relative, shift, stamp
from connector.sandbox.operand import Asker, Fragment, Operand, unread
from connector.sandbox.query import Term

_PART = re.compile(r"gs\.datePart\(\s*'(\w+)'\s*,\s*'(\w+)'\s*,\s*'(\w\w)'\s*\)\Z")
_SIGN = {"EE": "=", "NE": "<>", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_FORM = {"dayofweek": "%w", "month": "%m", "week": "%W", "year": "%Y", "hour": "%H"}
_SIZE = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def local_sql(sql: str, asker: Asker) -> tuple[str, list[str | float]]:
    """SQL of a date-time as the asker sees it; nothing to do for GMT."""
    return (sql, []) if asker.zone in {"", "GMT", "UTC"} else (f"local({sql}, ?)", [asker.zone])


def relative_to(term: Term, operand: Operand, asker: Asker) -> Fragment:
    """RELATIVEGT and its kin: `@hour@ago@3`.  EE means the whole unit: any time of the day three days ago."""
    moment = relative(term.value, asker.at, asker.zone)
    if moment is None or not operand.column.is_instant:
        raise unread(term, "needs a date column and @unit@ago|ahead@n")
    sql, kind = operand.sql, term.operator.removeprefix("RELATIVE")
    if kind != "EE":
        return f"({sql} <> '' AND {sql} {_SIGN[kind]} ?)", [moment]
    unit = term.value.strip("@").partition("@")[0].replace("dayofweek", "day")
    try:
        start = beginning(here(_epoch(moment), asker.zone), unit)
        ends = [stamp(int(at.timestamp())) for at in (start, shift(start, unit, 1))]
    except (ValueError, OverflowError):
        raise unread(term, "too far away") from None
    return f"({sql} >= ? AND {sql} < ?)", [*ends]


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def date_part(term: Term, operand: Operand, asker: Asker) -> Fragment:
    """DATEPART: `Monday@javascript:gs.datePart('dayofweek','monday','EE')`.

    The week begins on Sunday for days of the week (section 2.2); weeks of the year are counted from the first
    Monday.
    """
    call = _PART.match(term.value.partition("@")[2].removeprefix("javascript:").strip().removesuffix(";"))
    if call is None:
        raise unread(term, "needs @javascript:gs.datePart(part, value, comparison)")
    part, text, kind = call[1].lower(), call[2].lower(), call[3].upper()
    number = _ordinal(part, text)
    if number is None or kind not in _SIGN or not (operand.column.is_instant or _is_date(operand)):
        raise unread(term, "no such part of a date")
    sql, values = local_sql(operand.sql, asker) if operand.column.is_instant else (operand.sql, [])
    if part == "quarter":
        taken = f"(CAST(strftime('%m', {sql}) AS INTEGER) + 2) / 3"
    else:
        taken = f"CAST(strftime('{_FORM[part]}', {sql}) AS INTEGER)"
    return f"({operand.sql} <> '' AND {taken} {_SIGN[kind]} ?)", [*values, number]


def _is_date(operand: Operand) -> bool:
    return operand.column.type == "glide_date"


def _ordinal(part: str, text: str) -> int | None:
    """The value of a part as a number: Sunday is 0, January 1; None if there is no such part or value."""
    if part == "dayofweek":
        return WEEK.index(text) if text in WEEK else None
    if part == "month":
        return next((at for at, name in enumerate(MONTHS, 1) if text[:3] == name[:3]), None)
    known = part in _FORM or part == "quarter"
    return int(text) if known and text.isascii() and text.isdigit() else None


def same_period(term: Term, part: str, left: Operand, right: Operand, asker: Asker) -> Fragment:
    """SAMEAS and NSAMEAS with `@day` and the like: two dates in one unit of the calendar, or in two."""
    if part not in {*_SIZE, "week", "quarter"}:
        raise unread(term, "unknown part of a date")
    (mine, values), (theirs, more) = (_cut(one.sql, part, asker) for one in (left, right))
    return f"{mine} {'=' if term.operator == 'SAMEAS' else '<>'} {theirs}", values + more


def _cut(sql: str, part: str, asker: Asker) -> Fragment:
    """A date-time cut to a unit: the same text exactly where two lie in the same one."""
    local, values = local_sql(sql, asker)
    if part == "week":
        return f"COALESCE(date({local}, 'weekday 0', '-6 days'),'')", values
    if part == "quarter":
        return f"(substr({local},1,4)||((CAST(substr({local},6,2) AS INTEGER) + 2) / 3))", values * 2
    return f"substr({local},1,{_SIZE[part]})", values


def apart(term: Term, left: Operand, right: Operand) -> Fragment:
    """MORETHAN and LESSTHAN: `activity_due@day@before@1`, more than a day before the other date.

    LESSTHAN keeps to its side: less than three days before is not after.
    """
    parts = term.value.split("@")
    if len(parts) != 4 or not parts[3].isdigit() or parts[1] not in UNITS:
        raise unread(term, "needs column@unit@before|after@n")
    unit, side, count = parts[1], parts[2].replace(" ", ""), int(parts[3])
    if side not in {"before", "after", "beforeorafter"}:
        raise unread(term, "needs before or after")
    ends = {"before": ((left.sql, right.sql),), "after": ((right.sql, left.sql),)}.get(
        side, ((left.sql, right.sql), (right.sql, left.sql))
    )
    filled = f"{left.sql} <> '' AND {right.sql} <> ''"
    found = [_distance(early, late, unit, count, more=term.operator == "MORETHAN") for early, late in ends]
    values = [value for _, values in found for value in values]
    return f"({filled} AND ({' OR '.join(sql for sql, _ in found)}))", values


def _distance(early: str, late: str, unit: str, count: int, *, more: bool) -> Fragment:
    if unit in _SECONDS:
        gap = f"(CAST(strftime('%s',{late}) AS INTEGER) - CAST(strftime('%s',{early}) AS INTEGER))"
        sql = f"{gap} > ?" if more else f"{gap} BETWEEN 0 AND ? - 1"
        return sql, [count * _SECONDS[unit]]
    months = -count * {"month": 1, "quarter": 3, "year": 12}[unit]
    moved = f"moved({late}, ?)"
    return (f"{early} < {moved}" if more else f"({early} <= {late} AND {early} > {moved})"), [months]

"""What a condition is made of: who asks, which column, how values are read.

Values with `javascript:` are matched against a fixed list (`called`, `moment.scripted`); none is
evaluated.
"""

from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox.column import Column
from connector.sandbox.error import QueryError
from connector.sandbox.moment import instant, local, scripted, stamp
from connector.sandbox.query import Term

Fragment = tuple[str, list[str | float]]
"""SQL text and the values of its question marks."""

ALWAYS: Fragment = ("1", [])
NEVER: Fragment = ("0", [])

_USER_ID = frozenset({"gs.getUserID()", "gs.getUser().getID()"})
_USER_NAME = frozenset({"gs.getUserName()", "gs.getUser().getName()"})
_GROUPS = frozenset({"getMyGroups()", "gs.getUser().getMyGroups()"})


def _no_option(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the platform's releases and databases differ in (platform facts, 9.11).

    `unequal_finds_empty`: `!=`, `NOT IN`, `NOT LIKE` and `NOTON` also match records without a value; booleans
    aside, for which `!=true` always does.  `ignores_case`: text is compared without
    regard to the case of A to Z.
    """

    unequal_finds_empty: bool = True
    ignores_case: bool = True


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and when: what relative dates and `gs.getUserID()` depend on.

    `at` is the instance's clock in epoch seconds, `zone` the user's IANA zone, `option` gives the script of a
    dynamic filter option by its sys_id ("" if there is none), `worth` an amount of money in the reference
    currency (None if it is none).
    """

    at: int
    zone: str
    user_id: str
    user_name: str
    option: Callable[[str], str] = _no_option
    worth: Callable[[str], str | None] = str


@dataclass(frozen=True, slots=True)
class Operand:
    """A column inside a statement: its SQL, its dictionary entry, the SQL of what a reference shows.

    `family` lists the classes below a table name, for INSTANCEOF.
    """

    sql: str
    column: Column
    shown: str
    family: Callable[[str], list[str]]
    dialect: Dialect = Dialect()

    def besides_empty(self, fragment: Fragment) -> Fragment:
        """A negative condition, which on some instances never matches a record without a value."""
        if self.dialect.unequal_finds_empty or self.column.type == "boolean":
            return fragment
        return f"({self.sql} <> '' AND {fragment[0]})", fragment[1]


def marks(values: list[str]) -> str:
    """So many question marks."""
    return ",".join("?" * len(values))


def unread(term: Term, why: str) -> QueryError:
    """The refusal of a term that the sandbox cannot read."""
    return QueryError(f"{term.path}{term.operator}{term.value}", why)


def script(text: str) -> str | None:
    """The bare call of a `javascript:` value, None for any other text."""
    if not text.startswith("javascript:"):
        return None
    call = text.removeprefix("javascript:").strip().removesuffix(";").removeprefix("return ").strip()
    return call.strip()


def called(text: str, term: Term, asker: Asker) -> str:
    """The value of a whitelisted `javascript:` call; other text as it is.  Raises `QueryError`."""
    call = script(text)
    if call is None:
        return text
    if call in _USER_ID:
        return asker.user_id
    if call in _USER_NAME:
        return asker.user_name
    value = scripted(call, asker.at, asker.zone)
    if value is None:
        raise unread(term, "this call is not on the sandbox's list")
    return value


def members(call: str | None, asker: Asker) -> Fragment | None:
    """The records a call stands for, as a list for IN: the user or their groups; None for other calls."""
    if call in _USER_ID:
        return "(?)", [asker.user_id]
    if call in _GROUPS:
        return '(SELECT "group" FROM sys_user_grmember WHERE "user" = ?)', [asker.user_id]
    return None


def stored(column: Column, text: str, term: Term, asker: Asker) -> str:
    """A literal in the form in which the column stores it.  Raises `QueryError`."""
    given, text = text, called(text, term, asker)
    if not text:
        return text
    if column.type == "boolean":
        return {"1": "true", "0": "false"}.get(text, text.lower())
    if column.type == "integer":
        try:
            return str(int(text)) if text.isascii() else text
        except ValueError:
            return text
    if column.is_money:
        number = asker.worth(text)
        if number is None:
            raise unread(term, "no amount, or a currency without a rate in fx_rate")
        return number
    if column.is_instant:
        at = instant(text)
        if at is None:
            raise unread(term, "no date-time YYYY-MM-DD HH:MM:SS")
        return stamp(at)
    if column.type == "glide_date" and len(text) == 19:
        return (text if text is given else local(text, asker.zone))[:10]
    return text

"""The named switches: how this instance behaves where instances differ or the sources disagree.

All in one frozen value, so that it can be compared, printed and set from outside; system properties, which
an admin of a real instance sets as well, stay in `instance.properties`.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints

InvalidField = Literal["ignore", "no_rows", "forbid"]
ReferenceByName = Literal["drop", "resolve", "verbatim"]
CurrencySign = Literal["leading", "local"]
UnknownSysId = Literal["keep", "drop"]
ReadOnly = Literal["ignore", "write", "refuse"]


@dataclass(frozen=True, slots=True)
class Switches:
    """Where a switch names a section, it is one of the platform facts."""

    invalid_query: InvalidField = "ignore"
    """An unknown column in a query: the condition is left out, no row is found, or 403 (9.7)."""

    unequal_finds_empty: bool = True
    """Whether `!=`, `NOT IN`, `NOT LIKE` and `NOTON` also match records without a value (9.11)."""

    ignores_case: bool = True
    """Whether text in a query is compared without regard to the case of A to Z (9.11)."""

    reference_by_name: ReferenceByName = "drop"
    """A reference written by its name without `sysparm_input_display_value` (9.3)."""

    unknown_sys_id: UnknownSysId = "keep"
    """A reference to a sys_id that no record has: stored as it is, or left out (5.3)."""

    journal_on_closed: bool = True
    """Whether a note on a closed incident is kept; otherwise it is lost without a word (9.4)."""

    unchanged_bumps: bool = False
    """Whether an update that changes nothing is stamped and counted all the same (9.5)."""

    data_policy_message: str = "Operation Failed"
    """The `message` of the 403 of a data policy (9.6)."""

    read_only: ReadOnly = "ignore"
    """A read-only column written over REST: left out, written as before Australia, or 403 (9.8)."""

    iso_dates: bool = False
    """Whether `2024-05-01T10:00:00Z` is read as a date-time; otherwise it is dropped (5.3)."""

    caller_reopens: bool = False
    """Whether the caller's own comment reopens a resolved incident (5.2)."""

    import_at_once: bool = False
    """Whether `insertMultiple` transforms before it answers; otherwise a job does, a little later (3.4)."""

    reopen_clears: bool = True
    """Whether reopening empties `resolved_at`, `resolved_by` and what is measured at the end (5.2)."""

    closed_is_final: bool = False
    """Whether only admins write the state of a closed incident over REST; for others it is dropped (5.2)."""

    sla_duplicates: bool = False
    """Whether updates faster than the SLA engine attach a second `task_sla` (KB0541990)."""

    currency_sign: CurrencySign = "leading"
    """Where the sign of an amount stands: before the number, as in the documented examples of the scripting
    interface (€1.563,72), or where the reader's locale has it (1.563,72 €), as the page on locales says."""

    def set(self, name: str, value: Any) -> "Switches":
        """The same with one switch turned.  ValueError for a name or a value that is none."""
        allowed = ALLOWED.get(name)
        if allowed is None:
            raise ValueError(f"no such switch: {name}; there are {', '.join(ALLOWED)}")
        if not (type(value) is allowed if isinstance(allowed, type) else value in allowed):
            raise ValueError(f"{name} cannot be {value!r}; it takes {_told(allowed)}")
        return replace(self, **{name: value})


def _told(allowed: type | tuple[str, ...]) -> str:
    return (
        "a text" if allowed is str else "true or false" if isinstance(allowed, type) else ", ".join(allowed)
    )


_HINTS = get_type_hints(Switches)

ALLOWED: dict[str, type | tuple[str, ...]] = {
    one.name: get_args(_HINTS[one.name]) or _HINTS[one.name] for one in fields(Switches)
}
"""Name → its values, or the type of any value."""

"""What is wanted against what is there, as steps: installing, verifying, undoing. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from connector.install.blueprint import INSTANT, NUMBER, TEXT, TICK, Kind, Piece

Row = Mapping[str, str]

FITTING: Mapping[str, frozenset[str]] = {
    TEXT: frozenset({"string", "string_full_utf8", "choice"}),
    INSTANT: frozenset({"glide_date_time", "due_date"}),
    TICK: frozenset({"boolean"}),
    NUMBER: frozenset({"integer", "decimal", "float"}),
}
"""Type that is wanted → types that do as well."""


@dataclass(frozen=True)
class Found:
    """What a look at the instance found."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    """`Piece.sys_id` → the record that stands for the piece, whoever made it."""
    unseen: frozenset[str] = frozenset()
    """Columns of `incident` that the dictionary has and records do not show."""
    loaded: str = ""
    """State of an update set of ours that lies on the instance: "loaded", "previewed", "committed"; or ""."""
    children: int | None = None
    """Updates that it holds there, None where that may not be counted."""


class Action(StrEnum):
    """What is to be done about one piece."""

    MAKE = "make"
    MEND = "mend"
    KEEP = "as it is"
    DRIFT = "differs"
    REFUSE = "refused"
    REMOVE = "remove"
    LEAVE = "left"


class Step(NamedTuple):
    """One piece, what is to be done about it, and why."""

    action: Action
    piece: Piece
    detail: str
    sys_id: str
    """Of the record there, or of the one to be made."""
    fields: Mapping[str, str]
    """What to write; empty where nothing is written."""

    @property
    def writes(self) -> bool:
        """Something is to be done."""
        return self.action in (Action.MAKE, Action.MEND, Action.REMOVE)


def to_install(pieces: Iterable[Piece], found: Found) -> tuple[Step, ...]:
    """A step for each piece. What works is left as people made it; what cannot work is mended or refused."""
    steps = tuple(_install(piece, found) for piece in pieces)
    closed = {
        (step.piece.key["name"], step.piece.key["element"])
        for step in steps
        if step.action is Action.REFUSE and step.piece.kind is Kind.COLUMN
    }
    return tuple(
        step._replace(action=Action.LEAVE, detail="its column is refused", fields={})
        if step.piece.kind is Kind.CHOICE and (step.piece.key["name"], step.piece.key["element"]) in closed
        else step
        for step in steps
    )


def _install(piece: Piece, found: Found) -> Step:
    row = found.rows.get(piece.sys_id)
    if row is None:
        return Step(Action.MAKE, piece, piece.why, piece.sys_id, piece.fields)
    sys_id = row.get("sys_id", piece.sys_id)
    if piece.kind is Kind.COLUMN:
        return _column(piece, row, sys_id, found)
    if piece.kind is Kind.CHOICE and row.get("inactive") == "true":
        return Step(
            Action.MEND,
            piece,
            "it is not active: the platform would drop the value",
            sys_id,
            {"inactive": "false"},
        )
    return _same(piece, row, sys_id)


def _column(piece: Piece, row: Row, sys_id: str, found: Found) -> Step:
    wanted, there = piece.rest["internal_type"], row.get("internal_type", "")
    if there not in FITTING[wanted]:
        return Step(
            Action.REFUSE,
            piece,
            f"it is there as {there or 'a type that may not be read'}, and {piece.why} is wanted; nothing "
            "is changed about it. Name another column in the configuration, or let its owner remove it",
            sys_id,
            {},
        )
    mended: dict[str, str] = {}
    reasons = []
    if row.get("active") == "false":
        mended["active"] = "true"
        reasons.append("it is not active")
    length = row.get("max_length", "")
    needed = piece.rest.get("max_length", "")
    if needed and length.isdigit() and int(length) < int(needed):
        mended["max_length"] = needed
        reasons.append(f"it holds {length} characters, {needed} are needed")
    if mended:
        return Step(Action.MEND, piece, "; ".join(reasons), sys_id, mended)
    if piece.key["name"] == "incident" and piece.key["element"] in found.unseen:
        return Step(
            Action.DRIFT,
            piece,
            "the dictionary has it and records do not show it: wait a minute, then look whether the "
            "account may read it",
            sys_id,
            {},
        )
    return _same(piece, row, sys_id)


_INDIFFERENT = frozenset({"max_length", "internal_type", "active", "sequence", "choice", "default_value"})
"""Columns in which a difference changes nothing that matters, or was judged before."""


def _same(piece: Piece, row: Row, sys_id: str) -> Step:
    differing = [
        f'{name} is "{row[name]}", not "{value}"'
        for name, value in piece.rest.items()
        if name not in _INDIFFERENT and name in row and row[name] != value
    ]
    foreign = sys_id != piece.sys_id
    if foreign and piece.kind in (Kind.COLUMN, Kind.CHOICE):
        return Step(Action.KEEP, piece, f"{piece.why}; made by somebody else", sys_id, {})
    whose = "; made by somebody else" if foreign else ""
    if differing:
        return Step(Action.DRIFT, piece, "; ".join(differing) + "; a person's word stands", sys_id, {})
    return Step(Action.KEEP, piece, piece.why + whose, sys_id, {})


def to_remove(
    pieces: Iterable[Piece], found: Found, filled: Mapping[str, int], drop: Collection[str]
) -> tuple[Step, ...]:
    """Undo: reports first, columns last. Only what carries our sys_id goes.

    ``filled``: ``table.column`` → records that hold something there. Such a column, and its choices, stay
    unless ``drop`` names it.
    """
    steps = []
    for piece in reversed(tuple(pieces)):
        row = found.rows.get(piece.sys_id)
        if row is None:
            continue
        sys_id = row.get("sys_id", "")
        if sys_id != piece.sys_id:
            steps.append(Step(Action.LEAVE, piece, "it was not made by install", sys_id, {}))
            continue
        held = ""
        if piece.kind in (Kind.COLUMN, Kind.CHOICE):
            column = f"{piece.key['name']}.{piece.key['element']}"
            number = filled.get(column, 0)
            if number and not {column, piece.key["element"]} & set(drop):
                records = "record holds" if number == 1 else "records hold"
                held = (
                    f"{number:,} {records} something in {column}; to remove it all the same: --drop {column}"
                )
        if held:
            steps.append(Step(Action.LEAVE, piece, held, sys_id, {}))
        else:
            steps.append(Step(Action.REMOVE, piece, piece.why, sys_id, {}))
    return tuple(steps)

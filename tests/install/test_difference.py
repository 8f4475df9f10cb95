"""What is wanted against what is there: whatever is there already, the steps lead to all of it, and back."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from connector.install import Action, Found, Kind, Piece, Step, blueprint, to_install, to_remove
from connector.settings import load

PIECES = blueprint(load(Path(__file__).parents[2] / "config.example.toml"))
COLUMNS = [piece for piece in PIECES if piece.kind is Kind.COLUMN]


def after(found: Found, steps: tuple[Step, ...]) -> Found:
    """What is there once the steps were carried out."""
    rows = dict(found.rows)
    for step in steps:
        if step.action is Action.REMOVE:
            del rows[step.piece.sys_id]
        elif step.writes:
            there = rows.get(step.piece.sys_id, {})
            rows[step.piece.sys_id] = {**there, **step.fields, "sys_id": step.sys_id}
    return Found(rows)


def row(piece: Piece, ours: bool, **other: str) -> dict[str, str]:
    """The record of a piece, made by us or by somebody else."""
    return {**piece.fields, "sys_id": piece.sys_id if ours else "f" * 32, **other}


@st.composite
def places(draw: st.DrawFn) -> Found:
    """Some pieces are there, ours or not, some of them too short or switched off."""
    rows = {}
    for piece in draw(st.lists(st.sampled_from(PIECES), unique_by=lambda piece: piece.sys_id)):
        other = {}
        if piece.kind is Kind.COLUMN and "max_length" in piece.rest:
            other["max_length"] = draw(st.sampled_from(["10", "40", "8000"]))
        if piece.kind is Kind.COLUMN:
            other["active"] = draw(st.sampled_from(["true", "false"]))
        if piece.kind is Kind.CHOICE:
            other["inactive"] = draw(st.sampled_from(["true", "false"]))
        rows[piece.sys_id] = row(piece, draw(st.booleans()), **other)
    return Found(rows)


@given(places())
def test_it_settles(found: Found) -> None:
    """One round writes all that is missing or cannot work; a second one has nothing to do."""
    steps = to_install(PIECES, found)
    assert {step.piece.sys_id for step in steps} == {piece.sys_id for piece in PIECES}
    assert not any(step.writes for step in to_install(PIECES, after(found, steps)))


@given(places())
def test_only_what_is_ours_is_taken_back(found: Found) -> None:
    """After removing, exactly the records of others are left."""
    there = after(found, to_install(PIECES, found))
    left = after(there, to_remove(PIECES, there, {}, ()))
    assert all(row["sys_id"] != name for name, row in left.rows.items())
    foreign = {name for name, row in found.rows.items() if row["sys_id"] != name}
    assert set(left.rows) == foreign


@given(st.sampled_from(COLUMNS), st.integers(1, 9))
def test_a_column_that_holds_something_stays_with_its_choices(column: Piece, number: int) -> None:
    """Unless it is named, with its table or without."""
    there = Found({piece.sys_id: row(piece, True) for piece in PIECES})
    element = column.key["element"]
    for drop, stays in (
        ((), True),
        ((column.name,), False),
        ((element,), False),
        (("incident.u_other",), True),
    ):
        steps = to_remove(PIECES, there, {column.name: number}, drop)
        of = [
            step
            for step in steps
            if step.piece.kind in (Kind.COLUMN, Kind.CHOICE)
            and (step.piece.key["name"], step.piece.key["element"]) == (column.key["name"], element)
        ]
        assert {step.action for step in of} == {Action.LEAVE if stays else Action.REMOVE}


@given(st.sampled_from(COLUMNS), st.sampled_from(["reference", "glide_list", "journal_input", ""]))
def test_another_type_is_refused_and_its_choices_left(column: Piece, kind: str) -> None:
    """Nothing is written to it."""
    found = Found({column.sys_id: row(column, False, internal_type=kind)})
    steps = {step.piece.sys_id: step for step in to_install(PIECES, found)}
    assert steps[column.sys_id].action is Action.REFUSE
    assert not steps[column.sys_id].fields
    for piece in PIECES:
        if piece.kind is Kind.CHOICE and (piece.key["name"], piece.key["element"]) == (
            column.key["name"],
            column.key["element"],
        ):
            assert steps[piece.sys_id].action is Action.LEAVE

"""What a configuration wants: the values of the choices are those that the rules write."""

from dataclasses import replace
from pathlib import Path

from connector.install import VALUES, Kind, blueprint
from connector.rules import callback_sampling, knowledge_capture, sla_timer
from connector.settings import load, loads
from connector.ticket import FaultClass, Tier

EXAMPLE = load(Path(__file__).parents[2] / "config.example.toml")


def test_every_value_that_a_rule_writes_is_a_choice() -> None:
    """A value too few would be dropped by the platform without an error."""
    assert set(VALUES["class"]) == {kind.value for kind in FaultClass}
    assert set(VALUES["tier"]) == {tier.value for tier in Tier}
    assert set(VALUES["clock"]) == {state for state in sla_timer._KEPT_CLOCK if state}
    assert set(VALUES["knowledge"]) == set(knowledge_capture._KEPT)
    assert set(VALUES["callback"]) == set(callback_sampling._KEPT)


def test_each_piece_has_an_id_of_its_own_and_keeps_it() -> None:
    """The label may change with the language, the id does not."""
    pieces = blueprint(EXAMPLE)
    assert len({piece.sys_id for piece in pieces}) == len(pieces)
    assert all(replace(piece, rest={}).sys_id == piece.sys_id for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert kinds == sorted(kinds, key=list(Kind).index)


def test_columns_of_the_platform_are_never_wanted() -> None:
    """Only `u_` columns are an admin's to add."""
    for piece in blueprint(EXAMPLE):
        if piece.kind is Kind.COLUMN:
            assert piece.key["element"].startswith("u_")


def test_further_tables_have_columns_of_their_own() -> None:
    """Marks on each table that a policy is about, and what its policies read; no more on incidents."""
    settings = loads(
        '[instance]\nurl = "https://desk.example.service-now.com"\n'
        'auth = { user = "connector", password = { env = "DESK_PASSWORD" } }\n'
        '[columns]\nmarks = "u_marks"\n[[table]]\nname = "problem"\nmarks = "u_said"\n'
        '[[policy]]\nrule = "improvement"\nname = "i"\nverified = "u_verified"\nverified_within = "4h"\n'
        '[[policy]]\nrule = "change_control"\nname = "c"\nrecord = "u_verified"\n'
    )
    names = {piece.name for piece in blueprint(settings) if piece.kind is Kind.COLUMN}
    assert names == {
        "incident.u_marks",
        "problem.u_said",
        "problem.u_verified",
        "change_request.u_marks",
        "change_request.u_verified",
    }

"""Conditions about the write itself, answered before the record is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.sla.change import Change, made, settled

NAMES = ("state", "urgency", "comments", "sys_domain")
WORDS = st.sampled_from(["", "1", "2", "x"])
ROWS = st.fixed_dictionaries(dict.fromkeys(NAMES, WORDS))
TRUE, FALSE = "sys_idISNOTEMPTY", "sys_idISEMPTY"


@given(st.text("abc=^NQOR123_ ", max_size=30), ROWS)
def test_what_asks_nothing_about_the_write_stays(query: str, row: dict[str, str]) -> None:
    """Whatever it is."""
    assert settled(query, made(row), "advanced") == query


@given(ROWS, ROWS, st.sampled_from(NAMES[:2]), WORDS, st.sampled_from(["", "OR", "NQ"]))
def test_changed_from_and_to(
    old: dict[str, str], new: dict[str, str], name: str, value: str, lead: str
) -> None:
    """Three questions with three answers; what joins them to the rest is kept."""
    before = {one: told for one, told in old.items() if told != new[one]}
    change = Change(new, before)
    moved = old[name] != new[name]
    for operator, holds in (
        ("VALCHANGES", moved),
        (f"CHANGESFROM{value}", moved and old[name] == value),
        (f"CHANGESTO{value}", moved and new[name] == value),
    ):
        query = f"active=true^{lead}{name}{operator}^priority=1"
        told = TRUE if holds else FALSE
        assert settled(query, change, "advanced") == f"active=true^{lead}{told}^priority=1"
        assert settled(query, change, "none") == f"active=true^{lead}{FALSE}^priority=1"


@pytest.mark.parametrize(
    ("kind", "journal", "system"),
    [
        ("advanced", FALSE, FALSE),
        ("advanced_journal", TRUE, FALSE),
        ("advanced_system", FALSE, TRUE),
        ("advanced_journal_and_system", TRUE, TRUE),
        ("", FALSE, FALSE),
    ],
)
def test_what_a_kind_allows(kind: str, journal: str, system: str) -> None:
    """Journals and sys_ columns each by themselves."""
    change = Change({"sys_domain": "x"}, {"sys_domain": "y"}, {"comments": "hello"})
    assert settled("commentsVALCHANGES", change, kind) == journal
    assert settled("sys_domainCHANGESTOx", change, kind) == system


def test_a_caret_in_a_value_is_no_end() -> None:
    """A doubled one belongs to the text."""
    change = Change({"description": "a^b"}, {"description": ""})
    assert (
        settled("descriptionLIKEa^^b^stateVALCHANGES", change, "advanced") == f"descriptionLIKEa^^b^{FALSE}"
    )

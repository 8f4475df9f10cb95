"""Rows as texts."""

from connector.sync.row import flat, storable


def test_every_value_becomes_a_text() -> None:
    """A reference with its link, null, numbers and booleans are the texts they stand for."""
    row = {
        "group": {"link": "https://x/1", "value": "g1"},
        "wiki": None,
        "count": 3,
        "active": True,
        "a": "b",
    }
    assert flat(row) == {"group": "g1", "wiki": "", "count": "3", "active": "true", "a": "b"}


def test_half_a_character_can_be_stored() -> None:
    """A text cut within an emoji loses the half, not the rest."""
    assert storable("坏了\ud83d") == "坏了?"
    assert storable("plain") == "plain"
    assert storable(None) == ""

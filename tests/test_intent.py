"""The key of what happened: the same for the same situation, different for any other."""

from hypothesis import given
from hypothesis import strategies as st

from connector.intent import MARK_LENGTH, Create, Occasions, occasion
from connector.ticket import Tier

KNOWN = "bb7918b8b257f9b5ad5b0401dd5c20db"
PARTS = st.lists(st.none() | st.text() | st.integers() | st.floats() | st.sampled_from(Tier), max_size=3)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=12)


@given(WORDS, WORDS, st.lists(WORDS, max_size=3), WORDS, WORDS, st.lists(WORDS, max_size=3))
def test_two_situations_have_two_keys(
    policy: str, sys_id: str, more: list[str], policy_2: str, sys_id_2: str, more_2: list[str]
) -> None:
    """Equal keys mean equal policy, ticket and discriminator, part by part."""
    same = (policy, sys_id, more) == (policy_2, sys_id_2, more_2)
    assert (occasion(policy, sys_id, *more) == occasion(policy_2, sys_id_2, *more_2)) is same


@given(WORDS, WORDS, st.integers())
def test_a_key_serves_as_sys_id_and_its_beginning_as_mark(policy: str, sys_id: str, slot: int) -> None:
    """32 hex digits, of which the first eight stand on the ticket."""
    key = occasion(policy, sys_id, "broadcast", slot)
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")
    assert key.mark == key[:MARK_LENGTH]
    assert len(key.mark) == 8


@given(st.text(), st.text(), PARTS, PARTS)
def test_what_is_put_together_once_makes_the_same_key(
    policy: str, sys_id: str, same: list[object], more: list[object]
) -> None:
    """However its parts are divided, and each time it is asked."""
    occasions, key = Occasions(policy, *same), occasion(policy, sys_id, *same, *more)
    for _ in range(2):
        assert occasions.of(sys_id, *more) == key
        assert occasions.mark(sys_id, *more) == key.mark
        assert occasions.marked(frozenset({"0a1b2c3d", key.mark}), sys_id, *more)
        assert not occasions.marked(frozenset(), sys_id, *more)
        assert occasions.marked(frozenset({"0a1b2c3d"}), sys_id, *more) == (key.mark == "0a1b2c3d")


def test_the_key_is_the_same_for_ever() -> None:
    """Marks written last year must be known today: this value may never change."""
    assert occasion("urgent-limits", "a" * 32, "response", "breached", 900) == KNOWN


def test_a_record_is_known_by_its_key_or_else_by_its_correlation() -> None:
    """What tells whether it exists already."""
    key = occasion("p", "t")
    assert Create("incident_task", {}, key, "R-D1").identity == {"correlation_id": str(key)}
    assert Create("kb_knowledge", {}, key, "R-B5", {"source": "INC1"}).identity == {"source": "INC1"}

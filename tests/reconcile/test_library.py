"""An article that says it already is found by its title, in Chinese and English."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reconcile.library import MirroredLibrary, numbers, words
from connector.sync.store import Store
from connector.ticket import Alike


def alike(title: str, share: float, *titles: str, state: str = "published") -> Alike | None:
    """The article like ``title`` among some with these titles, numbered from 1."""
    rows = [
        {"sys_id": f"{n:032x}", "number": f"KB{n:07}", "workflow_state": state, "short_description": title}
        for n, title in enumerate(titles, 1)
    ]
    with closing(Store()) as store:
        store.save("kb_knowledge", rows)
        return MirroredLibrary(store).alike(title, share)


@pytest.mark.parametrize(
    ("title", "article"),
    [
        ("VPN 无法连接", "无法连接VPN"),
        ("Outlook cannot send mail", "cannot send mail in Outlook"),
        ("SAP ERP 登录失败", "SAP ERP登录失败！"),
        ("Printer on floor 2 does not print", "printer on FLOOR 2 does not print."),
    ],
)
def test_the_same_in_other_words_is_found(title: str, article: str) -> None:
    """Whatever the order of the words, the case and the punctuation."""
    found = alike(title, 0.85, "打印机无法打印", article, "Reset password")
    assert found is not None
    assert (found.article.number, found.title) == ("KB0000002", article)
    assert 0.85 <= found.share <= 1


@pytest.mark.parametrize(
    ("title", "article"),
    [
        ("打印机无法打印", "邮箱无法登录"),
        ("Reset password", "Password reset for SAP HR"),
        ("Printer on floor 2 does not print", "Printer on floor 3 does not print"),
        ("VPN does not connect", "Printer does not print"),
        ("", "VPN does not connect"),
        ("!!!", "???"),
    ],
)
def test_something_else_is_not(title: str, article: str) -> None:
    """Another number, a part of a longer title, or no words at all."""
    assert alike(title, 0.85, article) is None


def test_only_what_is_published_counts_and_the_first_of_equals() -> None:
    """A draft is no answer; of the same title the article with the lower number."""
    assert alike("VPN", 0.85, "VPN", state="draft") is None
    assert alike("VPN", 0.85) is None
    found = alike("VPN down", 1, "VPN down", "VPN down")
    assert found is not None
    assert (found.article.number, found.share) == ("KB0000001", 1)


@given(st.text(max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_words_says_nothing(title: str, chance: object) -> None:
    """What is compared is the same for the words in any order; numbers are kept apart, and all of them."""
    shuffled = words(title).split()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert words(" ".join(shuffled)) == words(title)
    assert numbers(title) == tuple(sorted(numbers(title)))

"""Finding what somebody meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, quote: bool = False) -> str:
    """``"; did you mean resolve_within?"``, or empty text where nothing is near enough."""
    by_fold = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    if not found:
        return ""
    meant = by_fold[found[0]]
    return f'; did you mean "{meant}"?' if quote else f"; did you mean {meant}?"


def listed(words: Iterable[str], *, quote: bool = False) -> str:
    """``"urgent", "important" or "general"``."""
    items = [f'"{word}"' if quote else word for word in words]
    return " or ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)

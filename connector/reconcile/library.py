"""Published articles that say what a ticket is about already: titles compared by `rapidfuzz`, imported late.

Words are compared whatever their order; of Chinese, which has no spaces, each character is a word. What has
a number that the other has not (another floor, another release) is something else, however alike the rest.
See docs/decisions/0025-alike.md.
"""

import re
from collections import defaultdict

from connector.sync.store import Store
from connector.ticket import Alike, Article, Library

_PUBLISHED = "published"
_HAN = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


def words(title: str) -> str:
    """A title as it is compared: words in small letters, of Chinese each character, sorted."""
    return " ".join(sorted(_WORD.findall(_HAN.sub(r" \1 ", title.casefold()))))


def numbers(title: str) -> tuple[str, ...]:
    """The numbers in a title, sorted."""
    return tuple(sorted(_NUMBER.findall(title)))


class MirroredLibrary(Library):
    """The published articles of the mirror. They are read when somebody first asks, once in a pass."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, ...], list[tuple[str, str, Article]]] | None = None

    def alike(self, title: str, at_least: float) -> Alike | None:
        """The best of the articles; of equals the one that was numbered first."""
        from rapidfuzz import fuzz, process

        wanted = words(title)
        shelf = self._shelves.get(numbers(title), [])
        if not wanted or not shelf:
            return None
        found = process.extractOne(
            wanted, [text for text, _, _ in shelf], scorer=fuzz.ratio, score_cutoff=at_least * 100
        )
        if found is None:
            return None
        _, score, place = found
        _, shown, article = shelf[place]
        return Alike(article, shown, score / 100)

    @property
    def _shelves(self) -> dict[tuple[str, ...], list[tuple[str, str, Article]]]:
        """The numbers in a title → (words, title, article), by the article's number."""
        if self._known is None:
            self._known = defaultdict(list)
            for row in sorted(self._store.articles(), key=lambda row: (row.get("number", ""), row["sys_id"])):
                title = row.get("short_description", "")
                if row.get("workflow_state") == _PUBLISHED and title:
                    article = Article(row["sys_id"], row.get("number", ""), _PUBLISHED, linked=False)
                    self._known[numbers(title)].append((words(title), title, article))
        return self._known

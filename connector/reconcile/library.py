"""Published articles that say what a ticket is about already: titles compared by `rapidfuzz`, imported late.

Words are compared whatever their order; of Chinese, which has no spaces, each character is a word. What has
a number that the other has not (another floor, another release) is something else, however alike the rest.
See docs/decisions/0025-alike.md.
"""

import re
from collections import defaultdict
from functools import cached_property

from connector.instant import known_instant
from connector.rules.article import end_of_day
from connector.sync.store import Store
from connector.ticket import Alike, Article, Held, Instant, Library

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

    def __init__(self, store: Store, own_user: str = "") -> None:
        self._store = store
        self._own_user = own_user
        self._known: dict[tuple[str, ...], list[tuple[str, str, Article]]] | None = None

    @cached_property
    def _held(self) -> tuple[Held, ...]:
        found: dict[str, Held] = {}
        for row in self._store.articles():
            updated_at = known_instant(row.get("sys_updated_on", ""))
            if row.get("workflow_state") != _PUBLISHED or updated_at is None:
                continue
            number = row.get("number") or row["sys_id"]
            ours = row.get("sys_created_by", "") == self._own_user
            article = Held(
                number,
                row.get("short_description", ""),
                updated_at,
                end_of_day(row.get("valid_to", "")),
                "" if ours else row.get("author", ""),
                row,
            )
            before = found.get(number)
            if before is None or before.updated_at < updated_at:
                found[number] = article
        return tuple(found[number] for number in sorted(found))

    def published(self) -> tuple[Held, ...]:
        """As they were last read; of several published versions the one that changed last."""
        return self._held

    def used(self, since: Instant) -> dict[str, int]:
        """Counted in the store, by number, whatever the version."""
        number = {row["sys_id"]: row.get("number") or row["sys_id"] for row in self._store.articles()}
        found: dict[str, int] = defaultdict(int)
        for article, tickets in self._store.used_articles(since):
            found[number.get(article, article)] += tickets
        return dict(found)

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

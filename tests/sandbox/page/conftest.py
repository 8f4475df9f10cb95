"""A page as a browser's parser sees it."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
import requests

from connector.sandbox import Instance, Rest, in_process

MONDAY = 1_700_442_000  # 2023-11-20 01:00:00 UTC

_VOID = frozenset({"meta", "input", "link", "br", "img"})


class Page(HTMLParser):
    """Tags with their attributes, links, and the text under each class; fails on tags that do not nest."""

    def __init__(self, status: int, html: str, headers: dict[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.status = status
        self.html = html
        self.headers = headers
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.links: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.texts: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        told = {name: value or "" for name, value in attrs}
        self.tags.append((tag, told))
        if tag not in _VOID:
            self._open.append((tag, told, []))

    def handle_endtag(self, tag: str) -> None:
        """A tag closes, the innermost one."""
        name, attrs, texts = self._open.pop()
        assert name == tag, f"{name} closed by {tag}"
        text = "".join(texts)
        self.texts.append((tag, attrs.get("class", ""), text))
        if tag == "a":
            self.links[text.strip()] = attrs["href"]

    def handle_data(self, data: str) -> None:
        """Text belongs to every open tag."""
        for _, _, texts in self._open:
            texts.append(data)

    def all(self, tag: str, kind: str | None = None) -> list[str]:
        """The texts of all tags of a name (and a class), without the white space around them."""
        return [
            text.strip()
            for name, classes, text in self.texts
            if name == tag and (kind is None or kind in classes.split())
        ]


class Hand:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> float:
        """Epoch seconds UTC."""
        return self.at


@pytest.fixture
def clock() -> Hand:
    """Monday morning, until a test moves it."""
    return Hand()


@pytest.fixture
def instance(clock: Hand) -> Iterator[Instance]:
    """A fresh instance."""
    made = Instance(now=clock)
    yield made
    made.close()


@pytest.fixture
def look(instance: Instance) -> Iterator[Callable[..., Page]]:
    """Open an address without logging in."""
    with in_process(Rest(instance)) as base, requests.Session() as session:

        def looked(path: str, auth: tuple[str, str] | None = None) -> Page:
            answer = session.get(base + path, auth=auth, timeout=5)
            return Page(answer.status_code, answer.text, dict(answer.headers))

        yield looked

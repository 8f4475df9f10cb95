"""Whole pages, kept as long as nothing changed that could make them differ.

Pollers and tests ask the same list again and again; most of the time nothing was written in between.  A page
depends on its rows, on rows its columns lead to, on the asking user's zone and rules, on the dictionary and
on switches: too much to follow, so any change to the instance at all ends every page.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from connector.sandbox.instance import Instance
from connector.sandbox.parameter import Parameters
from connector.sandbox.rest.turn import Answer

SIZE = 64 * 1024 * 1024
"""Bytes of bodies that are kept at most; the ones not asked for the longest go first."""

_TIMED = ("@", "javascript:", "RELATIVE", "DYNAMIC")


class Cache:
    """Answers to lists by what was asked.  The caller holds the instance's lock."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pages: OrderedDict[Hashable, Answer] = OrderedDict()
        self._state: Hashable = None
        self._size = 0

    def page(self, key: Hashable, asked: Parameters, read: Callable[[], Answer]) -> Answer:
        """The page of this key, read if it is not known; `key` says all about who asks what and how.

        What a query with relative dates finds depends on the second as well.
        """
        state = self._instance.state()
        if state != self._state:
            self._pages.clear()
            self._size, self._state = 0, state
        if self._timed(asked):
            key = (key, int(self._instance.now()))
        known = self._pages.get(key)
        if known is None:
            known = read()
            self._keep(key, known)
        else:
            self._pages.move_to_end(key)
        return Answer(known.status, known.body, list(known.headers), known.kind)

    def _timed(self, asked: Parameters) -> bool:
        texts = (asked.query, *(value for _, value in asked.pairs))
        return self._instance.timed or any(mark in text for text in texts for mark in _TIMED)

    def _keep(self, key: Hashable, answer: Answer) -> None:
        self._pages[key] = answer
        self._size += len(answer.body)
        while self._size > SIZE:
            _, old = self._pages.popitem(last=False)
            self._size -= len(old.body)

"""Query strings by their short names."""

import hashlib
from collections import OrderedDict

_KEPT = 10_000


class Tiny:
    """The newest 10,000 query strings that somebody had shortened; the same one has the same name."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def shorten(self, query: str) -> str:
        """32 hex digits for a query string."""
        name = hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:32]
        self._known[name] = query
        self._known.move_to_end(name)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return name

    def long(self, name: str) -> str:
        """The query string of this name, "" if there is none."""
        return self._known.get(name, "")

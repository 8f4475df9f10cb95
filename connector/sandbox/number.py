"""Record numbers: rows of `sys_number` say how they look, rows of `sys_number_counter` how far they are.

Platform facts, section 5.1.  Gaps are normal, and nothing keeps numbers from being given twice.
"""

from typing import NamedTuple

from connector.sandbox.dictionary import Dictionary
from connector.sandbox.store import Store

COUNTERS = "sys_number_counter"
WATCHED = frozenset({"sys_number", COUNTERS})
"""Tables whose rows decide about numbers."""

_ROWS = "SELECT category, prefix, number, maximum_digits FROM sys_number WHERE category <> ''"


class Series(NamedTuple):
    """The numbers of one table: those after `start`, with at least `digits` digits behind the prefix."""

    prefix: str
    start: int
    digits: int


class Numbers:
    """Gives them out.  The caller holds the instance's lock.

    Tables with the same prefix share one run of numbers, so that two kinds of task do not get the same.
    """

    def __init__(self, store: Store, dictionary: Dictionary) -> None:
        self._store = store
        self._dictionary = dictionary
        self._series: dict[str, Series] = {}
        self._last: dict[str, int] = {}
        self._behind: set[str] = set()
        self.read()

    def __contains__(self, table: str) -> bool:
        """Whether records of this class are numbered."""
        return table in self._series

    def read(self) -> None:
        """The rows of `sys_number` have changed."""
        self._series = {
            category: Series(prefix, _whole(start), _whole(digits) or 7)
            for category, prefix, start, digits in self._store.db.execute(_ROWS)
            if prefix
        }

    def counted(self, table: str, number: str) -> None:
        """Somebody wrote into `sys_number_counter` which number was the last."""
        series = self._series.get(table)
        if series is not None:
            self._last[series.prefix] = _whole(number)

    def restore(self) -> None:
        """Go on where the counters stand, but after the highest number that any record has."""
        self.read()
        last = dict(self._store.db.execute('SELECT "table", number FROM sys_number_counter'))
        for table, series in self._series.items():
            shape = self._dictionary.get(table)
            if shape is None or "number" not in shape.columns:
                continue
            highest = self._store.highest(shape.root, series.prefix)
            known = self._last.get(series.prefix, 0)
            self._last[series.prefix] = max(known, highest, _whole(last.get(table, "")))

    def next(self, table: str) -> str:
        """The number of a new record; "" where its class has none."""
        series = self._series.get(table)
        if series is None:
            return ""
        prefix, start, digits = series
        last = self._last[prefix] = max(self._last.get(prefix, 0), start) + 1
        self._behind.add(table)
        return f"{prefix}{last:0{digits}d}"

    def taken(self, table: str, number: str) -> None:
        """A record brought its number along: later ones come after it."""
        series = self._series.get(table)
        digits = number.removeprefix(series.prefix) if series else ""
        if series and digits.isascii() and digits.isdigit():
            self._last[series.prefix] = max(self._last.get(series.prefix, 0), int(digits))
            self._behind.add(table)

    def write_down(self) -> None:
        """Bring the rows of `sys_number_counter` up to date: whoever is about to look at them calls this.

        A write for every record would make each insert dearer, and hardly anybody looks.
        """
        for table in self._behind:
            prefix, start, _ = self._series.get(table) or Series("", 0, 0)
            last = str(self._last.get(prefix, start))
            self._store.db.execute(f'UPDATE {COUNTERS} SET number = ? WHERE "table" = ?', (last, table))
        self._behind.clear()


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0

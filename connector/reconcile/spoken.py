"""The tickets for which something was wished in a pass."""

from array import array
from collections.abc import Collection, Iterable

LEAST = 1024
"""Slots of an empty one."""


class Spoken:
    """A set of sys_ids by their hashes of 64 bits, in 12 to 24 bytes each; asked about many at once.

    There may be as many as there are tickets, and as texts they take 120 bytes each: a tenth of all that a
    first pass holds. That a ticket is taken for another happens once in a thousand million passes over
    100,000 tickets; it stays due then, and is judged in the next pass.
    """

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * LEAST))
        """Each hash in the first slot that was free from its own on; 0: free. A third of them always are."""
        self._filled = 0

    def __bool__(self) -> bool:
        """There is any."""
        return self._filled > 0

    def add(self, sys_ids: Collection[str]) -> None:
        """Put in what is not there yet."""
        self._filled += len(sys_ids)
        size = len(self._slots)
        if self._filled * 3 > size * 2:
            while self._filled * 3 > size * 2:
                size *= 2
            before, self._slots = self._slots, array("q", bytes(8 * size))
            self._put(key for key in before if key)
        self._put([hash(sys_id) or 1 for sys_id in sys_ids])

    def _put(self, keys: Iterable[int]) -> None:
        slots, mask = self._slots, len(self._slots) - 1
        for key in keys:
            slot = key & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = key

    def among(self, sys_ids: Iterable[str]) -> set[str]:
        """Those of them that are here."""
        found: set[str] = set()
        if not self._filled:
            return found
        slots, mask = self._slots, len(self._slots) - 1
        for sys_id in sys_ids:
            key = hash(sys_id) or 1
            slot = key & mask
            while held := slots[slot]:
                if held == key:
                    found.add(sys_id)
                    break
                slot = (slot + 1) & mask
        return found

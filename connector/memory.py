"""Python's collector of cyclic garbage, held back where there is none to find."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed(every: int = 0) -> Iterator[None]:
    """Meanwhile the collector looks only after so many new objects (its own habit is 700); 0: not at all.

    Rows and tickets hold no cycles. To go through them again and again is a tenth of a pass, whose tickets
    are gone page by page, and a quarter of a score, whose tickets come to stay. With 0, what was made
    meanwhile counts as old at the end: the collector does not go through all of it at once because it is new.
    """
    before = gc.get_threshold()
    gc.set_threshold(every, *before[1:])
    gc.freeze()  # what was there before, the program above all, is a twentieth of a second to go through
    try:
        yield
    finally:
        if not every:
            gc.freeze()
        gc.unfreeze()  # to where the oldest are
        gc.set_threshold(*before)

"""What a bench module's ``run() -> list[Figure]`` hands back, and how a speed is measured."""

import gc
from collections.abc import Callable
from time import process_time
from typing import NamedTuple


class Figure(NamedTuple):
    """One row of the table."""

    name: str
    value: float
    unit: str
    target: str
    """What the issue asks for, in the same unit; ``""`` for a floor or a figure for orientation."""
    ratio: str
    """How far from the floor, such as ``3.1 × one bisect``; ``""`` for the floor itself."""


def seconds_per_call(loop: Callable[[int], object], calls: int, rounds: int = 5) -> float:
    """The best of some rounds of ``loop(calls)``, in CPU seconds per call: what disturbs only slows down."""
    loop(max(calls // 20, 1))
    best = float("inf")
    enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            before = process_time()
            loop(calls)
            best = min(best, process_time() - before)
    finally:
        if enabled:
            gc.enable()
    return best / calls

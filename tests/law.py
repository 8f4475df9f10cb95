"""A law is a test that holds for whatever hypothesis thinks of, in many short runs."""

import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as limits
from hypothesis import strategies as st

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
ROUND = 10
"""Examples of one run of hypothesis. After ten it begins to vary those it has, and days at a desk are so much
alike then that little is learnt from them; so there are many short runs, each with a seed of its own.
"""

Law = Callable[..., None]


def examples(count: int) -> limits:
    """So many examples in one run, and twenty times as many for a thorough look."""
    most = count * 20 if THOROUGH else count
    return limits(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck))


def law(rounds: int, *strategies: st.SearchStrategy[Any]) -> Callable[[Law], Law]:
    """A test in so many rounds of `ROUND` examples; a thorough look has twenty times as many, all new."""
    seeds = [secrets.randbits(32) for _ in range(rounds * 20)] if THOROUGH else range(rounds)
    bounds = limits(max_examples=ROUND, deadline=None, suppress_health_check=list(HealthCheck))

    def wrap(test: Law) -> Law:
        @pytest.mark.parametrize("seeded", seeds)
        def one_round(seeded: int) -> None:
            seed(seeded)(bounds(given(*strategies)(test)))()

        one_round.__name__, one_round.__doc__ = test.__name__, test.__doc__
        return one_round

    return wrap

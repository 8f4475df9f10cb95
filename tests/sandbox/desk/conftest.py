"""A believable desk to look at: its instance and their clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.sandbox.desk.world import DAY, HOUR, World


@pytest.fixture(scope="module")
def week() -> Iterator[World]:
    """Five working days, played."""
    with closing(World()) as world:
        world.play(5 * DAY)
        yield world


@pytest.fixture
def world() -> Iterator[World]:
    """A small desk, Monday until eleven."""
    with closing(World(days=2, tickets=40)) as world:
        world.play(11 * HOUR)
        yield world


@pytest.fixture
def worlds() -> Iterator[Callable[..., World]]:
    """Makes further ones."""
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(closing(World(**more)))

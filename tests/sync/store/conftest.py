"""A store, closed again."""

from collections.abc import Iterator

import pytest

from connector.sync.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty one, in memory."""
    made = Store()
    yield made
    made.close()

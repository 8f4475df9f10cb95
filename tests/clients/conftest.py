"""What every drive gets: where the sandbox listens, and who may log in (`seed.json`)."""

import os

import pytest


@pytest.fixture(scope="session")
def url() -> str:
    """`https://127.0.0.1:port` of the sandbox that `run.py` started for this client."""
    return os.environ["SANDBOX_URL"]


@pytest.fixture(scope="session")
def address(url: str) -> str:
    """`127.0.0.1:port`, for clients that write the scheme themselves."""
    return url.partition("://")[2]


@pytest.fixture(scope="session")
def agent() -> tuple[str, str]:
    """An account with the role itil, which may not delete."""
    return "agent", "agent-secret"


@pytest.fixture(scope="session")
def boss() -> tuple[str, str]:
    """An account with the role admin."""
    return "boss", "boss-secret"


@pytest.fixture(scope="session")
def oauth() -> tuple[str, str]:
    """The client of OAuth; its application user is the agent."""
    return "desk-client", "desk-client-secret"

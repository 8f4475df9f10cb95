"""How far hypothesis looks: the same examples in every run; HYPOTHESIS_PROFILE=thorough: many new ones."""

import os

import pytest
from hypothesis import settings

from connector.settings import secret

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("thorough", derandomize=False, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _secrets_of_their_own() -> None:
    """What one test read as a secret ("direct", "the key") is an ordinary word in the texts of the next."""
    secret._KNOWN.clear()

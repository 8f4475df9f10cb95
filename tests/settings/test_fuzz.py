"""Whatever stands in the file, the answer is settings or lines, never a traceback."""

import copy
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.settings import Settings
from connector.settings.finding import line
from connector.settings.load import problems

ROOT = Path(__file__).parents[2]
EXAMPLE = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))

Way = tuple[str | int, ...]


def ways(value: object, so_far: Way = ()) -> list[Way]:
    """The way to every setting of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(way for key, each in inner for way in ways(each, (*so_far, key)))]


WORDS = st.sampled_from(
    ["", "1", "4h", "urgent", "sla_timer", "mon", "UTC", "[", "^", "日", "a b", "a\nb", "true"]
)
PLAIN = st.one_of(
    WORDS,
    st.text(max_size=3),
    st.integers(-2, 100_000),
    st.booleans(),
    st.floats(),
    st.just(dt.date(2026, 10, 8)),
    st.just(dt.datetime(2026, 10, 8, 9, tzinfo=dt.UTC)),
    st.just(dt.time(9)),
)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=4
)
CHANGE = st.tuples(st.sampled_from(ways(EXAMPLE)[1:]), st.sampled_from(["put", "drop", "add"]), ANYTHING)


def changed(document: dict[str, Any], way: Way, how: str, value: object) -> None:
    """Put another value there, take the setting away, or put one beside it that nobody knows."""
    here: Any = document
    for key in way[:-1]:
        if isinstance(here, dict):
            here = here.get(key)
        elif isinstance(here, list) and isinstance(key, int) and key < len(here):
            here = here[key]
        else:  # an earlier change has put something else on the way
            return
    last = way[-1]
    if isinstance(here, dict):
        if how == "drop":
            here.pop(last, None)
        else:
            here[last if how == "put" else f"{last}x"] = value
    elif isinstance(here, list) and isinstance(last, int) and last < len(here):
        here[last] = value


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=3))
def test_no_document_is_too_strange(changes: list[tuple[Way, str, object]]) -> None:
    """Each finding is one line with a place; what has none is settings."""
    document = copy.deepcopy(EXAMPLE)
    for change in changes:
        changed(document, *copy.deepcopy(change))
    found = problems(document)
    for finding in found:
        told = line(finding, document, "config.toml", {})
        assert told.startswith("config.toml:1: ")
        assert finding.text
        assert "\n" not in told
    if not found:
        assert isinstance(Settings.model_validate(document), Settings)

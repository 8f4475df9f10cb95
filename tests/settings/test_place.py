"""Where a setting stands in a TOML text."""

import tomllib
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.settings.place import Place, line_of, places

TEXT = (
    '''\
# a comment with [brackets]
[instance]
url = "x # y"
"quoted key" = """
[not.a.table]
"""
[[policy]]
when = { class = [
  "urgent", # ]
  'general',
], sub.key = 2026-01-01 10:00:00 }
[policy.inner]
nested = [[1, 2],
  [3]]
[[policy]]
last = 'it'''
    "'\n"
)


def test_each_setting_is_found_on_its_line() -> None:
    """Tables, arrays of tables, inline tables, lists over lines and strings that look like tables."""
    lines = places(TEXT)
    expected: dict[Place, int] = {
        ("instance",): 2,
        ("instance", "url"): 3,
        ("instance", "quoted key"): 4,
        ("policy", 0): 7,
        ("policy", 0, "when", "class"): 8,
        ("policy", 0, "when", "class", 0): 9,
        ("policy", 0, "when", "class", 1): 10,
        ("policy", 0, "when", "sub", "key"): 11,
        ("policy", 0, "inner", "nested", 1, 0): 14,
        ("policy", 1): 15,
        ("policy", 1, "last"): 16,
    }
    assert {place: lines.get(place) for place in expected} == expected
    assert ("not",) not in lines


def test_what_is_not_there_is_told_at_the_table_around_it() -> None:
    """A setting that is missing is reported where it should have been."""
    assert line_of(("policy", 1, "name"), places(TEXT)) == 15
    assert line_of(("kpi",), places(TEXT)) == 1


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {_written(each)}' for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(_written(each) for each in value) + " # ] }\n]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower()


def _all(place: Place, value: object) -> Iterator[Place]:
    yield place
    each = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in each:
        yield from _all((*place, key), inner)


KEYS = st.text("ab.#[]= ", min_size=1, max_size=4)
LEAVES = st.one_of(st.integers(), st.booleans(), st.text("ab#[]{}=,'\" ", max_size=6))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_setting_of_any_document_has_a_line(document: dict[str, object]) -> None:
    """Whatever TOML allows, each place is found, and top-level settings exactly where they begin."""
    text, begins, line = "", {}, 1
    for key, value in document.items():
        begins[key] = line
        written = f'"{key}" = {_written(value)}\n'
        text, line = text + written, line + written.count("\n")
    # Inline tables cannot hold line ends before TOML 1.1, lists inside them can.
    assert tomllib.loads(text) == document
    lines = places(text)
    for key, value in document.items():
        assert lines[(key,)] == begins[key]
        assert all(place in lines for place in _all((key,), value))

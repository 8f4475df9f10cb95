"""The Chinese README says what the English one says. Named `test_readme_…`: a change of one needs both."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def links(text: str) -> set[str]:
    """Where the page leads, but to the other language."""
    return set(re.findall(r"\]\(([^)]+)\)", text)) - {"README.md", "README.zh-CN.md"}


def test_readme_in_chinese_has_the_same_parts() -> None:
    """As many headings of each depth, tables and blocks, in the same order."""
    parts = re.compile(r"^(#+ |```\w*$|\|(?= ---))", re.MULTILINE)
    assert parts.findall(CHINESE) == parts.findall(ENGLISH)


def test_readme_in_chinese_leads_to_the_same_pages() -> None:
    """And shows the same pictures."""
    assert links(CHINESE) - {"docs/README.md"} == links(ENGLISH) - {"docs/README.md"}


def test_readme_in_chinese_names_the_same_commands() -> None:
    """In tables, text and blocks."""
    verbs = re.compile(r"desk-connector (?:sandbox )?[a-z]+")
    assert set(verbs.findall(CHINESE)) == set(verbs.findall(ENGLISH))


def test_readme_in_chinese_shows_the_same_blocks() -> None:
    """Settings and what the program prints; comments behind commands are translated."""
    block = re.compile(r"^```(?:toml|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)
    english, chinese = block.findall(ENGLISH), block.findall(CHINESE)
    assert [one for one in chinese if not one.startswith("connector/")] == [
        one for one in english if not one.startswith("connector/")
    ]


def test_readme_in_chinese_tells_the_same_figures() -> None:
    """Every number with a decimal point or at least three digits, as often."""
    number = re.compile(r"(?<![\w.-])\d[\d,]*\.\d+|(?<![\w.-])\d[\d,]{2,}\d|\b\d{3}\b")
    assert Counter(number.findall(CHINESE)) == Counter(number.findall(ENGLISH))

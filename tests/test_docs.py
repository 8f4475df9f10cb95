"""What the documents say is so: their TOML loads, their clauses exist, their verbs are there.

Tests named `test_readme_…` need the README.
"""

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.cli import VERBS
from connector.cli.sandbox import PARTS
from connector.rules.base import Policy
from connector.rules.catalogue import RULES
from connector.rules.clause import CLAUSES
from connector.settings import Settings
from connector.settings.load import problems
from connector.settings.manual import reference_page

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLE = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))
BLOCK = re.compile(r"^( *)```toml\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
CLAUSE = re.compile(r"\bR-[A-H][0-9]+\b")


def blocks() -> Iterator[tuple[str, str]]:
    """(where, TOML) of every block in a page or the manual of a rule."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        for found in BLOCK.finditer(text):
            yield f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}", inspect.cleandoc(found[2])
    for rule in RULES:
        for number, found in enumerate(BLOCK.finditer(inspect.getdoc(rule) or "")):
            yield f"{rule.__name__}:{number}", found[2]


def completed(block: dict[str, Any]) -> dict[str, Any]:
    """A block and, of the example, the tables it leaves out; of tables with names, those it does not name.

    Its policies stand alone: the example's would clash with them.
    """
    base = {key: value for key, value in EXAMPLE.items() if key != "policy"}
    named = {"service_hours": base["service_hours"] | block.get("service_hours", {})}
    if isinstance(block.get("instance"), dict):
        named["instance"] = base["instance"] | block["instance"]
    return base | block | named


@pytest.mark.parametrize(("where", "text"), list(blocks()), ids=lambda value: value[:40].partition("\n")[0])
def test_a_block_of_toml_loads(where: str, text: str) -> None:
    """What somebody copies out of a page works."""
    document = completed(tomllib.loads(text))
    assert problems(document) == [], where
    assert isinstance(Settings.model_validate(document), Settings)


def test_the_reference_is_what_the_models_say() -> None:
    """After a change: desk-connector schema --markdown > docs/reference.md"""
    assert (ROOT / "docs/reference.md").read_text(encoding="utf-8") == reference_page()


def test_every_clause_that_is_named_exists() -> None:
    """In the sources, the tests, the pages and the example; an auditor finds the sentence behind each."""
    sources = [
        *(ROOT / "connector").rglob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        ROOT / "config.example.toml",
    ]
    for path in [*sources, *(page for page in PAGES if page.exists())]:
        if path.parent.name != "testdata":
            named = set(CLAUSE.findall(path.read_text(encoding="utf-8")))
            assert named <= CLAUSES.keys() | UNKNOWN, (
                f"{path.relative_to(ROOT)}: {sorted(named - CLAUSES.keys())}"
            )


UNKNOWN = {"R-E66", "R-E99"}
"""Clauses that tests name because they do not exist."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_has_a_manual_an_example_a_test_and_its_clauses(rule: type[Policy]) -> None:
    """One file and one line, and from then on everything follows."""
    name = rule.model_fields["rule"].default
    assert (ROOT / f"connector/rules/{name}.py").exists()
    assert (ROOT / f"tests/rules/test_{name}.py").exists()
    examples = [tomllib.loads(found[2]) for found in BLOCK.finditer(inspect.getdoc(rule) or "")]
    assert name in {policy["rule"] for example in examples for policy in example["policy"]}
    assert rule.clauses
    assert set(rule.clauses) <= CLAUSES.keys()
    assert set(rule.clauses) & set(CLAUSE.findall(inspect.getdoc(rule) or ""))
    assert all(field.description for key, field in rule.model_fields.items() if key not in ("rule", "when"))


def test_every_rule_file_is_listed() -> None:
    """A rule that is not in the catalogue does not exist; a file that is none should not lie there."""
    listed = {rule.model_fields["rule"].default for rule in RULES}
    files = {path.stem for path in (ROOT / "connector/rules").glob("*.py")}
    assert (
        files
        - {
            "__init__",
            "article",
            "base",
            "caller_zone",
            "catalogue",
            "clause",
            "condition",
            "hand_over",
            "notice",
            "obligation",
            "peer",
            "target_clock",
            "trait",
        }
        == listed
    )


def test_the_example_shows_every_table_and_every_rule() -> None:
    """It is the tutorial: what it leaves out nobody finds."""
    tables = {field.alias or name for name, field in Settings.model_fields.items()}
    assert tables == EXAMPLE.keys()
    assert {policy["rule"] for policy in EXAMPLE["policy"]} == {r.model_fields["rule"].default for r in RULES}


@pytest.mark.parametrize("verb", [*VERBS, *(f"sandbox {part}" for part in PARTS)])
def test_readme_names_the_verb(verb: str) -> None:
    """Whoever reads the README knows every verb there is."""
    assert f"desk-connector {verb}" in README.read_text(encoding="utf-8")


def test_readme_says_what_it_does_not_do() -> None:
    """Refusals have a heading of their own."""
    assert "## What it does not do" in README.read_text(encoding="utf-8")


def test_readme_names_only_verbs_that_exist() -> None:
    """A command that is shown can be run."""
    told = set(re.findall(r"desk-connector ([a-z][a-z-]*)", README.read_text(encoding="utf-8")))
    assert told <= VERBS.keys() | {"help"}


def test_every_test_that_a_page_names_exists() -> None:
    """Whoever reads a promise can look up what shows it."""
    there = {
        found
        for path in (ROOT / "tests").rglob("test_*.py")
        for found in re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {
        (page.name, found)
        for page in (ROOT / "docs").rglob("*.md")
        for found in re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    assert [each for each in sorted(named) if each[1] not in there] == []

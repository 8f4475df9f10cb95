"""Every clause of the regulation is carried out by something, or it is said why not."""

import re
from collections import Counter
from pathlib import Path

from connector.rules.catalogue import RULES
from connector.rules.clause import CLAUSES
from connector.settings import Settings
from connector.settings.coverage import (
    FIGURES,
    LEFT,
    PEOPLE,
    carried_out,
    clauses,
    coverage,
    coverage_page,
    known_indicators,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/coverage.md"


def test_every_clause_has_its_place() -> None:
    """Carried out or left to people with a reason; never both, never neither."""
    done = set(carried_out())
    assert done | PEOPLE.keys() == CLAUSES.keys()
    assert not done & PEOPLE.keys()


def test_the_table_has_a_row_for_each() -> None:
    """In the order of the regulation."""
    assert [clause for clause, _, _ in coverage()] == list(CLAUSES)
    assert [each.clause for each in clauses()] == list(CLAUSES)


def test_every_clause_says_where_its_figure_comes_from() -> None:
    """Of an indicator by its formula, of any other in words; nothing is said twice."""
    counted = {one.about.clause for one in known_indicators()}
    assert counted | FIGURES.keys() == CLAUSES.keys()
    assert not counted & FIGURES.keys()
    assert all(each.figure for each in clauses())


def test_what_is_left_is_left_of_something() -> None:
    """A rest is told of clauses that are carried out in part, a reason of those that are not at all."""
    assert carried_out().keys() >= LEFT.keys()
    for each in clauses():
        assert each.by or each.left
        assert (each.standing in ("in part", "not built yet")) == ("not built yet" in each.left)


def test_every_rule_and_every_indicator_is_in_the_table() -> None:
    """And every rule, table and indicator that a sentence names exists."""
    page = coverage_page()
    for rule in RULES:
        assert f"rule `{rule.model_fields['rule'].default}`" in page
    assert set(re.findall(r"rule `(\w+)`", page)) == {rule.model_fields["rule"].default for rule in RULES}
    tables = {field.alias or name for name, field in Settings.model_fields.items()}
    assert set(re.findall(r"`\[+(\w+)\]+`", page)) <= tables
    assert set(re.findall(r"R-[A-H]\d+", page)) == CLAUSES.keys()


def test_the_page_is_what_the_code_says() -> None:
    """After a change: desk-connector schema --coverage > docs/coverage.md"""
    assert PAGE.read_text(encoding="utf-8") == coverage_page()


def test_the_readme_counts_them_as_they_are() -> None:
    """In both languages."""
    standings = Counter(each.standing for each in clauses())
    assert set(standings) == {"carried out", "left to people"}, "then the READMEs have more to say"
    done, left = standings["carried out"], standings["left to people"]
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    assert f"of {len(CLAUSES)}, {done} are carried out, {left} is left to people." in english
    assert f"{len(CLAUSES)} 条中 {done} 条已执行，{left} 条由人完成。" in chinese


def test_every_clause_that_is_carried_out_has_a_scenario() -> None:
    """A test whose name begins with it."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    shown = {found.upper() for text in texts for found in re.findall(r"^def test_r_([a-h]\d+)_", text, re.M)}
    assert {f"R-{clause}" for clause in shown} == carried_out().keys()

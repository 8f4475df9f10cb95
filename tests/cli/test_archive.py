"""``archive``: the results of tickets as a list of months and specialities, and as files."""

import csv
import io
import json
import zipfile

import pytest

from tests.cli.conftest import HOUR

DRAFTS = """[[policy]]
rule = "knowledge_capture"
name = "owed"
grace = "8h"
[[policy]]
rule = "sla_timer"
"""


@pytest.fixture
def resolved(site):
    """INC1 is solved and analysed in a problem record, INC2 solved in another month, INC3 is open."""
    site.change('[[policy]]\nrule = "sla_timer"\n', DRAFTS)
    rows = {row["number"]: row["sys_id"] for row in site.instance.rows("incident")}
    problem = site.instance.insert("problem", {"number": "PRB1", "cause_notes": "A worn cable"})["sys_id"]
    told = {"state": "6", "close_code": "Solution provided", "close_notes": "=Changed the cable"}
    site.instance.update("incident", rows["INC1"], {**told, "problem_id": problem, "category": "hardware"})
    article = site.instance.insert("kb_knowledge", {"number": "KB1", "workflow_state": "published"})["sys_id"]
    site.instance.insert("m2m_kb_task", {"kb_knowledge": article, "task": rows["INC1"]})
    site.opens("INC3")
    site.clock.advance(40 * 24 * HOUR)
    site.instance.update("incident", rows["INC2"], told)
    site.clock.advance(HOUR)
    return site


def test_r_f3_it_lists_months_and_specialities(resolved, capsys):
    """How many results each has, and how many with a solution, an analysis, an article."""
    before = resolved.writes()
    assert resolved.run("archive", "--period", "2026") == 0
    said = capsys.readouterr().out
    lines = [line.replace("│", " ").split() for line in said.splitlines() if "2026-0" in line]
    assert lines == [
        ["2026-03", "hardware", "1", "1", "1", "1"],
        ["2026-04", "network", "1", "1", "0", "0"],
    ]
    assert "--csv FILE" in said
    assert resolved.writes() == before


def test_r_f3_a_result_has_problem_solution_and_analysis(resolved, capsys):
    """In a table that a spreadsheet reads; what looks like a formula is text."""
    target = resolved.path.parent / "march.csv"
    assert resolved.run("archive", "--period", "2026-03", "--csv", str(target)) == 0
    assert str(target) in capsys.readouterr().out
    text = target.read_text(encoding="utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text, newline="")))
    found = dict(zip((name.split()[0] for name in head), row, strict=True))
    assert found["ticket"] == "INC1"
    assert found["solution"] == "'=Changed the cable"
    assert found["subject"] == "INC1"
    assert found["resolution"] == "Solution provided"
    assert found["fault"] == "A worn cable"
    assert (row[9], found["articles"]) == ("PRB1", "KB1")
    assert "/incident.do?sys_id=" in found["address"]


def test_r_f3_by_group_for_programs_and_as_a_workbook(resolved, capsys):
    """A speciality may be a group; nothing stands in a month without results."""
    target = resolved.path.parent / "year.xlsx"
    assert resolved.run("archive", "--period", "2026", "--by", "group", "--xlsx", str(target), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["month"], one["speciality"]) for one in told["shelves"]] == [
        ("2026-03", "Service Desk"),
        ("2026-04", "Service Desk"),
    ]
    assert told["shelves"][0]["results"][0]["analysis"] == "A worn cable"
    with zipfile.ZipFile(target) as book:
        assert "A worn cable" in book.read("xl/sharedStrings.xml").decode()
    assert resolved.run("archive", "--period", "2026-02") == 0
    assert "0 results" in capsys.readouterr().out


def test_what_cannot_be_done_is_said(site, capsys):
    """The period, the place, the instance."""
    assert site.run("archive", "--period", "lately") == 2
    assert '"lately" is no period; write 2026-03' in capsys.readouterr().err
    assert site.run("archive", "--csv", str(site.path.parent / "no" / "a.csv")) == 2
    assert "make it first" in capsys.readouterr().err


def test_what_may_not_be_read_is_empty(resolved):
    """Problems are hidden from the account: the ticket is archived all the same, without their text."""
    for row in resolved.instance.rows("sys_security_acl", "nameSTARTSWITHproblem"):
        resolved.instance.delete("sys_security_acl", row["sys_id"])
    resolved.instance.allow("read", "problem", "nobody_has_it")
    target = resolved.path.parent / "march.csv"
    assert resolved.run("archive", "--period", "2026-03", "--csv", str(target)) == 0
    _, row = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))
    assert row[8] == "'=Changed the cable"
    assert "PRB1" not in row
    assert row[10] == ""

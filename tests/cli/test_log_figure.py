"""``kpi --log``: an export of one's own, scored without an instance and without a configuration."""

import gc
import json

import pytest

from connector.cli import main
from tests.kpi.test_log import HEAD, STORY, TAIL, row

SECOND = {"number": "INC2", "opened": "1/4/2016 09:00", "ended": "?", "closed": "?"}
OTHER = [
    row("New", "1/4/2016 09:00", "Group 9", **SECOND),
    row("Active", "1/4/2016 09:05", "Group 9", "Resolver 9", **SECOND),
]


@pytest.fixture
def scored(tmp_path, capsys):
    """A function: the document and exit code for a log of these rows."""

    def score(*words, rows=(*STORY, *OTHER), text=None, encoding="utf-8"):
        log = tmp_path / "log.csv"
        log.write_bytes((text or "\n".join([HEAD + TAIL, *rows, ""])).encode(encoding))
        code = main(["kpi", *words, "--log", str(log), "--json"])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out else out.err

    return score


def figures(said, period, key=""):
    """Those of one period and scope."""
    (found,) = [one for one in said["figures"] if (one["period"], one["scope"]["key"]) == (period, key)]
    return found


def test_the_document_has_every_key_and_says_its_units(scored):
    """A program of somebody else's can rely on it; docs/figures.md names the same keys."""
    code, said = scored()
    assert code == 0
    assert set(said) == {
        "format", "version", "complete", "problems", "problems_left_off", "log", "as_of", "units", "formulas",
        "periods", "figures", "indicators", "scores",
    }  # fmt: skip
    assert (said["format"], said["version"], said["complete"]) == ("desk-connector.log-figures", 1, True)
    assert [period["label"] for period in said["periods"]] == ["2016-03", "2016-04"]
    assert set(said["formulas"]) <= set(said["figures"][0])
    assert said["units"]["handling"] == "hours"
    march = figures(said, "2016-03")
    assert (march["opened"], march["resolved"], march["closed"]) == (1, 1, 1)
    assert march["handling_calendar"] == {"tickets": 1, "median": 4.0, "mean": 4.0, "p90": 4.0}
    assert march["handling_service"]["median"] == 4.0, "a Tuesday from 08:00 to 12:00"
    assert march["reassignments"] == {"mean": 1.0, "distribution": {"1": 1}}


def test_null_is_not_measured_and_never_zero(scored):
    """April resolved nothing: no reopen rate, no times; no calls are in a log."""
    _, said = scored()
    april = figures(said, "2016-04")
    assert april["resolution_rate"] == {"value": 0.0, "numerator": 0, "denominator": 1}
    assert april["reopen_rate"] == {"value": None, "numerator": 0, "denominator": 0}
    assert april["handling_calendar"] == {"tickets": 0, "median": None, "mean": None, "p90": None}
    calls = next(one for one in said["indicators"] if one["id"] == "R-E2")
    assert (calls["measured"], calls["why_not"]["en"]) == (False, "the log does not hold it")
    assert {score["value"] for score in said["scores"] if score["indicator"] == "R-E2"} == {None}


def test_a_group_has_what_came_to_it_and_what_it_resolved(scored):
    """Group 70 accepted it, Group 24 resolved it."""
    _, said = scored()
    first, last = figures(said, "2016-03", "Group 70"), figures(said, "2016-03", "Group 24")
    assert (first["opened"], first["resolved"]) == (1, 0)
    assert (last["opened"], last["resolved"]) == (0, 1)


def test_scopes_periods_and_lists_work_as_with_an_instance(scored):
    """Consultants by quarter, with the numbers behind a figure."""
    _, said = scored("--scope", "whole,consultant", "--period", "quarter", "--list", "R-E12-handled")
    assert [period["label"] for period in said["periods"]] == ["2016-Q1", "2016-Q2"]
    (score,) = [
        one for one in said["scores"]
        if one["indicator"] == "R-E12-handled" and one["scope"] == {"kind": "consultant", "key": "Resolver 2"}
    ]  # fmt: skip
    assert score["lists"]["numerator"] == ["INC1"]


def test_as_of_a_date_the_future_is_not_known(scored):
    """On the evening of 1 March it is resolved and not closed, and the ticket of April is not there."""
    _, said = scored("--as-of", "2016-03-01")
    march = figures(said, "2016-03")
    assert (march["opened"], march["resolved"], march["closed"]) == (1, 1, 0)
    assert said["log"]["tickets"] == 2
    assert [period["label"] for period in said["periods"]] == ["2016-03"]


def test_a_configuration_brings_limits_and_tiers(scored, tmp_path):
    """With the desk's own policies R-E3 and R-E6 are measured, and escalations are seen."""
    config = tmp_path / "config.toml"
    config.write_text(
        """
        [instance]
        url = "https://desk.example.service-now.com"
        auth = { kind = "basic", user = "x", password = { env = "X" } }
        [[desk]]
        name = "main"
        first_line = ["Group 70"]
        second_line = ["*"]
        [service_hours.remote]
        zone = "UTC"
        always = true
        [[policy]]
        rule = "sla_timer"
        name = "limits"
        service_hours = "remote"
        respond_within = "30m"
        resolve_within = "2h"
        """,
        encoding="utf-8",
    )
    _, said = scored(str(config), "--scope", "whole,desk")
    march = {
        score["indicator"]: score["value"]
        for score in said["scores"]
        if score["period"] == "2016-03" and score["scope"]["kind"] == "whole"
    }
    assert (march["R-E3"], march["R-E6"], march["R-E12-escalated"]) == (100.0, 0.0, 1.0)
    assert figures(said, "2016-03", "main")["opened"] == 1


def test_an_incomplete_log_is_scored_marked_and_exit_1(scored):
    """One bad line of seven: named with its line, the rest counts."""
    code, said = scored(rows=(STORY[0], "INC1,what", *STORY[1:]))
    assert (code, said["complete"], said["problems_left_off"]) == (1, False, 0)
    assert said["problems"][0].endswith("log.csv:3: 2 cells under 11 headings; the row is left out")
    assert figures(said, "2016-03")["resolved"] == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", 'column "number" is missing'),
        (HEAD + "\n", "no incident in it can be used"),
    ],
)
def test_a_file_that_is_no_log_is_exit_2(scored, text, told):
    """Nothing is scored, and all that is missing is named."""
    code, said = scored(text=text)
    assert code == 2
    assert any(told in problem for problem in said["problems"])


def test_one_group_by_its_name(scored):
    """Only what was asked for is told."""
    _, said = scored("--scope", "group=Group 24")
    assert {one["scope"]["key"] for one in (*said["figures"], *said["scores"])} == {"Group 24"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--as-of", "nonsense"], '--as-of: "nonsense" is not a day'),
        (["--as-of", "2015-01-01"], "nothing had been opened by then; the log begins 2016-03-01 08:00"),
        (["--scope", "group=Group 1"], 'no group "Group 1" in the log; there are: Group 24, Group 70'),
        (["--scope", "team"], '"team" is not a scope'),
        (["--period", "fortnight"], '"fortnight" is no period'),
        (["--period", "shift"], "a log knows no shifts"),
        (["--zone", "Mars"], "is not an IANA time zone"),
        (["--date", "soon"], '"soon" is not a day'),
    ],
)
def test_a_wrong_question_is_exit_2(scored, words, told):
    """It is answered with the right ones, not with an empty table."""
    code, said = scored(*words)
    assert code == 2
    assert told in said["error"]


def test_a_period_has_at_least_a_day(capsys):
    """No defect of ours is reported for a number that is too small."""
    assert main(["kpi", "--log", "any.csv", "--period", "rolling", "--days", "0"]) == 2
    assert "write 1 or more" in capsys.readouterr().err


def test_looking_for_garbage_goes_on_afterwards(scored):
    """What the verb switches off it switches on again."""
    scored()
    assert gc.isenabled()


def test_a_file_that_is_not_there_is_exit_2(capsys):
    """Named as the user wrote it."""
    assert main(["kpi", "--log", "nowhere.csv"]) == 2
    assert "--log nowhere.csv: cannot be read: No such file" in capsys.readouterr().err


def test_people_read_tables(tmp_path, capsys):
    """Figures per month, the scorecard, and what is wrong, in the terminal."""
    log = tmp_path / "log.csv"
    log.write_text("\n".join([HEAD + TAIL, *STORY, "INC9,what", ""]), encoding="utf-8")
    assert main(["kpi", "--log", str(log)]) == 1
    text = " ".join(capsys.readouterr().out.split())  # where lines break hangs on the path
    for part in (
        "1 tickets, 7 rows",
        "2016-03",
        "Incident resolution rate",
        "INCOMPLETE",
        "log.csv:8: 2 cells",
    ):
        assert part in text


def test_a_log_becomes_a_page(tmp_path, capsys):
    """What an organisation does on its first day: no instance, no configuration, one file to look at."""
    log, page = tmp_path / "log.csv", tmp_path / "page.html"
    log.write_text("\n".join([HEAD + TAIL, *STORY, ""]), encoding="utf-8")
    assert main(["kpi", "--log", str(log), "--html", str(page), "--csv", str(tmp_path / "s.csv")]) == 0
    assert str(page) in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert "<!DOCTYPE html>" in text
    assert "log.csv" in text
    assert "未接入通话记录" in text
    assert "R-E5" in (tmp_path / "s.csv").read_text(encoding="utf-8-sig")


def test_places_are_looked_at_before_a_log_is_read(tmp_path, capsys):
    """A wrong one is told, the log is not even opened."""
    assert main(["kpi", "--log", "nowhere.csv", "--html", str(tmp_path)]) == 2
    assert f"--html: {tmp_path} is a folder" in capsys.readouterr().err

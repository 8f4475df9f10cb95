"""``kpi`` as a verb on a desk: what it polls, scores, lists and leaves out."""

import contextlib
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from connector.cli import main
from connector.clock import SimulatedClock
from connector.kpi.catalogue import indicators
from connector.sandbox.instance import Instance
from connector.sandbox.mount import in_process
from connector.sandbox.rest import Rest

CONFIG = """
[instance]
url = "http://sandbox.localhost"
zone = "Asia/Shanghai"
[instance.auth]
kind = "basic"
user = "connector"
password = { env = "DESK_PASSWORD" }
[[desk]]
name = "main"
first_line = ["Service Desk"]
[service_hours.remote]
zone = "Asia/Shanghai"
always = true
[kpi]
targets = { R-E5 = 0.5, R-E7 = 0.9 }
[[policy]]
rule = "sla_timer"
name = "limits"
service_hours = "remote"
respond_within = "15m"
"""
MONDAY = 1_772_409_600  # 2026-03-02 08:00 in Shanghai


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A configuration on a sandbox in process: an answered and a lost call, a resolved and a new ticket."""
    clock = SimulatedClock(MONDAY)
    instance = Instance(now=clock.now, base_url="http://sandbox.localhost")
    instance.add_user("connector", name="Connector", password="secret", roles=["admin"])
    group = instance.add_group("Service Desk")
    wang = instance.add_user("wang", name="王芳", roles=["itil"])
    ticket = {"short_description": "mail", "assignment_group": group, "caller_id": wang}
    first = instance.insert("incident", {**ticket, "number": "INC1"})
    instance.insert("incident", {**ticket, "number": "INC2"})
    call = {
        "type": "phone",
        "direction": "inbound",
        "assignment_group": group,
        "opened_at": "2026-03-02 00:00:00",
    }
    instance.insert("interaction", {**call, "state": "closed_complete", "assigned_to": wang})
    instance.insert("interaction", {**call, "state": "closed_abandoned"})
    clock.advance(600)
    instance.update("incident", first["sys_id"], {"state": "2", "assigned_to": wang})
    clock.advance(600)
    done = {"state": "6", "close_code": "Solution provided", "close_notes": "done"}
    instance.update("incident", first["sys_id"], done)
    clock.advance(3600)
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("DESK_PASSWORD", "secret")
    monkeypatch.setattr("connector.reconcile.world.SystemClock", lambda: clock)
    with contextlib.closing(instance), in_process(Rest(instance)):
        yield SimpleNamespace(path=str(path), clock=clock, instance=instance)


def asked(desk, *words):
    """The JSON answer of the verb and its exit code."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["kpi", desk.path, "--period", "week", "--json", *words])
    return code, json.loads(out.getvalue()) if out.getvalue() else {}


def test_the_verb_polls_and_scores_the_week(desk):
    """Half the calls, half the tickets, one late response; what nothing measures says so."""
    code, said = asked(desk)
    figures = {score["indicator"]: score for score in said["scores"]}
    assert code == 0
    assert said["as_of"] == "2026-03-02T01:20:00Z"
    assert {name: figures[name]["value"] for name in ("R-E2", "R-E3", "R-E5")} == {
        "R-E2": 50.0,
        "R-E3": 50.0,
        "R-E5": 50.0,
    }
    assert figures["R-E5"]["met"] is True
    assert figures["R-E12-accepted"]["value"] == 2
    assert [figures[name]["measured"] for name in ("R-E1", "R-E6")] == [False, False]
    assert not any(figures[name]["period"]["ended"] for name in figures)


def test_the_verb_lists_the_tickets_of_one_group(desk):
    """--list and --scope open the figure of a group, called by its name, into numbers."""
    code, said = asked(desk, "--list", "r-e5", "--scope", "group=service desk")
    (score,) = said["scores"]
    numbers = score["numbers"]
    assert code == 0
    assert score["scope"]["name"] == "Service Desk"
    assert [numbers[sys_id] for sys_id in score["numerator"]] == ["INC1"]
    assert sorted(numbers.values()) == ["INC1", "INC2"]


def test_the_verb_names_consultants(desk):
    """Who resolved is named as the instance names them."""
    _, said = asked(desk, "--scope", "consultant", "--list", "R-E12-handled")
    assert {(score["scope"]["name"], score["value"]) for score in said["scores"]} == {
        ("王芳", 1.0),
        ("", 0.0),
    }


def test_an_empty_store_without_polling_is_not_an_empty_desk(desk, capsys):
    """Offline before any pass, the verb says that nothing was read, and no figure is 0."""
    assert main(["kpi", desk.path, "--offline"]) == 0
    text = capsys.readouterr().out
    assert "Nothing has been read from the instance yet" in text
    assert "R-E7: a target is set, but nothing measures it yet" in text
    _, said = asked(desk, "--offline")
    assert [(score["measured"], score["value"]) for score in said["scores"]] == [(False, None)] * len(
        indicators()
    )


def test_what_was_seen_by_a_look_is_known_offline(desk):
    """Not only a pass reads: as of the look, without a request."""
    _, looked = asked(desk)
    desk.clock.advance(3600)
    code, known = asked(desk, "--offline")
    assert code == 0
    assert known["as_of"] == looked["as_of"]
    assert known["scores"] == looked["scores"]


def test_a_roster_may_call_people_as_it_likes(desk):
    """R-E7 per consultant: who is no record of the instance is shown by the name of the file."""
    path = Path(desk.path)
    source = '[[source]]\nname = "duty"\nkind = "roster"\npath = "duty.csv"\n'
    path.write_text(CONFIG + source, encoding="utf-8")
    rows = "starts,arrived,consultant\n2026-03-02 08:00,2026-03-02 07:55,李四\n"
    path.with_name("duty.csv").write_text(rows, encoding="gb18030")
    code, said = asked(desk, "--scope", "consultant")
    shifts = {one["scope"]["name"]: one["value"] for one in said["scores"] if one["indicator"] == "R-E7"}
    assert code == 0
    assert shifts["李四"] == 100.0
    assert "王芳" in shifts, "and people of the instance are looked up beside it"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--scope", "desk=north"], 'no desk "north" in the period; there are: main'),
        (["--list", "R-E99"], 'no indicator "R-E99"'),
        (["--date", "1.3.2026"], '"1.3.2026" is not a day'),
    ],
)
def test_a_wrong_question_is_exit_2_and_names_the_right_ones(desk, capsys, words, complaint):
    """What does not exist is not answered with an empty table."""
    assert main(["kpi", desk.path, *words]) == 2
    assert complaint in capsys.readouterr().err


MORE = """
[[source]]
name = "duty"
kind = "roster"
path = "duty.csv"
[[period]]
name = "contract"
first = 2026-03-01
last = 2026-03-31
[[score]]
name = "groups"
of = "group"
weights = { R-E5 = 100 }
minimum = 1
"""


@pytest.fixture
def richer(desk, tmp_path):
    """The same desk with a roster, shifts, a grade and a period of its own."""
    config = tmp_path / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[kpi]", '[kpi]\nshifts = "office"\noutcomes = true')
    text += '[service_hours.office]\nzone = "Asia/Shanghai"\nmon-fri = ["08:00-12:00", "13:00-17:00"]\n'
    config.write_text(text + MORE, encoding="utf-8")
    rows = "starts,arrived\n2026-03-02 08:00,2026-03-02 07:55\n"
    (tmp_path / "duty.csv").write_text(rows, encoding="utf-8")
    return desk


def said_of(desk, *words):
    """The JSON answer and exit code, whatever the period."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["kpi", desk.path, "--json", *words])
    return code, json.loads(out.getvalue())


def test_the_document_has_trends_sources_grades_and_what_is_watched(richer):
    """Each figure with where it comes from and where it is going."""
    code, said = said_of(richer, "--scope", "group", "--period", "day")
    assert (code, said["complete"], said["zone"]) == (0, True, "Asia/Shanghai")
    assert [source["name"] for source in said["sources"]] == ["tickets", "history", "calls", "duty"]
    (rate,) = [one for one in said["scores"] if one["indicator"] == "R-E5" and one["value"] is not None]
    assert rate["trend"]["values"][-1] == 50.0
    assert rate["trend"]["periods"][-1] == "2026-03-02"
    assert [(grade["total"], grade["scope"]["name"]) for grade in said["grades"]] == [(100.0, "Service Desk")]
    assert {one["pattern"] for one in said["watch"]} == {
        "closed_and_reopened", "class_lowered", "silent_pause", "satisfied_called", "late_escalation",
    }  # fmt: skip
    duty = next(one for one in said_of(richer, "--period", "day")[1]["scores"] if one["indicator"] == "R-E7")
    assert (duty["value"], duty["sources"]) == (100.0, ["roster"])


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (["--period", "shift"], "2026-03-02 08:00-12:00"),
        (["--period", "shift", "--date", "2026-02-27"], "2026-02-27 13:00-17:00"),
        (["--period", "contract"], "contract"),
        (["--period", "rolling", "--days", "7", "--date", "2026-03-02"], "7 d to 2026-03-03 00:00"),
    ],
)
def test_shifts_rolling_days_and_periods_of_the_desks_own(richer, words, label):
    """Each is cut in the desk's zone."""
    _, said = said_of(richer, *words)
    assert {score["period"]["label"] for score in said["scores"]} == {label}


def test_figures_as_of_a_past_day(richer):
    """At the end of Sunday nothing had been opened."""
    _, said = said_of(richer, "--as-of", "2026-03-01", "--period", "week", "--date", "2026-03-02")
    figures = {score["indicator"]: score for score in said["scores"]}
    assert said["as_of"] == "2026-03-01T15:59:59Z"
    assert (figures["R-E12-accepted"]["value"], figures["R-E5"]["value"]) == (0.0, None)


def test_counts_are_the_same_figures_without_lists(richer):
    """From the rows that are kept; asked for lists they are refused."""
    _, listed = said_of(richer, "--period", "week")
    _, counted = said_of(richer, "--period", "week", "--counts")
    values = {score["indicator"]: score["value"] for score in listed["scores"]}
    assert all(values[score["indicator"]] == score["value"] for score in counted["scores"])
    assert len(counted["scores"]) == 8
    assert main(["kpi", richer.path, "--counts", "--list", "R-E5"]) == 2


def test_the_terminal_shows_sparklines_sources_and_links(richer, capsys):
    """What a manager sees, and where the tickets are."""
    assert main(["kpi", richer.path, "--period", "day"]) == 0
    text = capsys.readouterr().out
    assert "·····▅" in text
    assert "source duty (roster, duty.csv): 1 row," in text
    assert main(["kpi", richer.path, "--period", "day", "--list", "R-E5"]) == 0
    assert ".localhost/incident.do?sys_id=" in "".join(capsys.readouterr().out.split())


def test_a_faulty_indicator_is_named_and_the_rest_is_scored(richer, tmp_path):
    """Unknown predicate, weights that do not add up: file and line, incomplete, exit code 1."""
    config = tmp_path / "config.toml"
    text = config.read_text(encoding="utf-8").replace("R-E5 = 100", "R-E5 = 90")
    text += '[[indicator]]\nname = "own"\nclause = "R-E6"\nnumerator = { resolvd = true }\n'
    config.write_text(text, encoding="utf-8")
    code, said = said_of(richer, "--period", "day")
    first, second = said["problems"]
    lines = text.split("\n")
    assert (
        first
        == f'{config}:{lines.index("[[score]]") + 1}: score "groups": weights: they add up to 90, not to 100'
    )
    assert second.startswith(
        f'{config}:{len(lines) - 1}: indicator "own": numerator: resolvd: no such setting'
    )
    assert (code, said["complete"], said["grades"]) == (1, False, [])
    figures = {score["indicator"]: score["value"] for score in said["scores"]}
    assert (figures["R-E5"], figures["R-E7"]) == (50.0, 100.0)
    config.write_text(text.replace('kind = "basic"', 'kind = "base"'), encoding="utf-8")
    assert main(["kpi", richer.path]) == 2, "what is not a figure must be right"


def test_a_report_that_is_incomplete_says_so(richer, tmp_path, capsys):
    """The roster is gone: named with the line that declares it, exit code 1, the rest scored."""
    (tmp_path / "duty.csv").unlink()
    assert main(["kpi", richer.path]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "INCOMPLETE" in text
    assert 'source "duty": duty.csv: No such file or directory' in text
    assert said_of(richer)[1]["complete"] is False
    assert main(["kpi", richer.path, "--period", "fortnight"]) == 2

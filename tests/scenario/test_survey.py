"""R-D4, R-E1: the instance's own survey, and what callers say on the telephone, on four dimensions."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.kpi.figure import Figures
from connector.kpi.period import period_of
from connector.kpi.score import Score
from connector.reconcile import figures_of
from connector.settings import loads
from tests.world import CONFIG, DAY, HOUR, MON, Desk, record_id

MONDAY = period_of(MON, "day", ZoneInfo("Asia/Shanghai"))
QUESTIONS = {"skill": "专业技术能力", "attitude": "服务态度", "words": "还有什么要说的"}
SOURCE = """
[[source]]
name = "surveys"
kind = "survey"
table = "asmt_metric_result"
survey = "IT satisfaction"
fresh_within = "24h"
{optional}
[source.dimensions]
skill = ["专业技术能力", "Professional skill"]
attitude = "服务态度"
"""

Asked = Callable[..., str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two tickets of two groups, closed on Monday; surveys are declared."""
    text = CONFIG.format(history="audit", more=SOURCE.format(optional=""))
    made = Desk(settings=loads(text, tmp_path / "config.toml"))
    for number in ("INC1", "INC2"):
        made.opens(number)
        made.takes(number)
    made.clock.advance(HOUR)
    for number in ("INC1", "INC2"):
        made.closes(number)
    return made


@pytest.fixture
def asks(desk: Desk) -> Asked:
    """Send a survey about a ticket and have it answered: question → answer."""
    instance = desk.instance
    kinds = {
        name: instance.insert("asmt_metric_type", {"name": name})["sys_id"]
        for name in ("IT satisfaction", "Canteen")
    }
    metrics = {
        key: instance.insert("asmt_metric", {"name": name, "question": name})["sys_id"]
        for key, name in QUESTIONS.items()
    }

    def asked(number: str, survey: str = "IT satisfaction", **answers: str) -> str:
        about = record_id(number) if number else ""
        fields = {"metric_type": kinds[survey], "task_id": about, "state": "complete"}
        made = instance.insert("asmt_assessment_instance", fields)["sys_id"]
        for key, answer in answers.items():
            value = {"string_value": answer} if key == "words" else {"actual_value": answer}
            instance.insert("asmt_metric_result", {"instance": made, "metric": metrics[key], **value})
        return str(made)

    return asked


def told(desk: Desk) -> tuple[Figures, dict[str, Score]]:
    """Monday's figures, and those of the whole by indicator."""
    desk.looks(apply=False)
    figures = figures_of(desk.world, desk.settings, MONDAY, desk.clock.now())
    return figures, {score.indicator: score for score in figures.scores if score.scope.kind == "whole"}


def test_r_d4_answers_are_scored_on_their_dimensions(desk: Desk, asks: Asked) -> None:
    """A questionnaire counts once on each; words are no score; another survey is none of ours."""
    with desk:
        first = asks("INC1", skill="5", attitude="3", words="danke")
        second = asks("INC2", skill="4")
        asks("INC1", "Canteen", skill="1", attitude="1")
        figures, whole = told(desk)
        assert (whole["R-D4-skill"].value, whole["R-D4-attitude"].value) == (90.0, 60.0)
        assert set(whole["R-D4-skill"].denominator) == {first, second}
        assert (whole["R-D4-attitude"].denominator, whole["R-D4-attitude"].left_out) == ((first,), (second,))
        assert whole["R-D4-communication"].value is None
        assert figures.problems == ()


def test_r_e1_the_survey_stands_beside_the_telephone(desk: Desk, asks: Asked) -> None:
    """The mean of each questionnaire, against the target of R-E1; credited to whoever resolved the ticket."""
    with desk:
        asks("INC1", skill="5", attitude="3")
        asks("INC2", skill="4")
        asks("", skill="2")
        of_desk = next(row["sys_id"] for row in desk.instance.rows("sys_user_group", "name=Service Desk"))
        figures, whole = told(desk)
        assert (whole["R-E1-survey"].points, whole["R-E1-survey"].out_of) == (pytest.approx(2.0), 3.0)
        assert (whole["R-E1-survey"].target, whole["R-E1-survey"].met) == (90.0, False)
        of_groups = {
            score.scope.key: score.out_of
            for score in figures.scores
            if score.indicator == "R-E1-survey" and score.scope.kind == "group"
        }
        assert {key: count for key, count in of_groups.items() if count} == {"": 1.0, of_desk: 2.0}


def test_r_d4_its_freshness_stands_beside_the_figures(desk: Desk, asks: Asked) -> None:
    """Rows and newest answer; where the newest is too old the report is incomplete, with the line."""
    with desk:
        asks("INC1", skill="5")
        figures, _ = told(desk)
        (state,) = [one for one in figures.sources if one.name == "surveys"]
        assert (state.place, state.rows, state.stale) == ("asmt_metric_result", 1, False)
        assert state.newest == desk.clock.now()
        desk.clock.advance(3 * DAY)
        desk.looks(apply=False)
        thursday = period_of(desk.clock.now(), "day", ZoneInfo("Asia/Shanghai"))
        late = figures_of(desk.world, desk.settings, thursday, desk.clock.now())
        assert not late.complete
        (problem,) = late.problems
        assert "config.toml" in problem and 'source "surveys": its newest row' in problem


def test_r_d4_a_survey_that_fell_asleep_is_stale(desk: Desk, asks: Asked) -> None:
    """Also where its last answer is older than all that the trend looks at."""
    with desk:
        asks("INC1", skill="5")
        desk.looks(apply=False)
        desk.clock.advance(30 * DAY)
        desk.looks(apply=False)
        later = period_of(desk.clock.now(), "day", ZoneInfo("Asia/Shanghai"))
        figures = figures_of(desk.world, desk.settings, later, desk.clock.now())
        (state,) = [one for one in figures.sources if one.name == "surveys"]
        assert (state.rows, state.stale, figures.complete) == (0, True, False)


def test_r_d4_a_question_of_no_dimension_and_an_answer_off_the_scale_are_named(
    desk: Desk, asks: Asked
) -> None:
    """The rest is scored, the report is marked incomplete."""
    with desk:
        metric = desk.instance.insert("asmt_metric", {"name": "Speed"})["sys_id"]
        made = asks("INC1", skill="5", attitude="11")
        desk.instance.insert("asmt_metric_result", {"instance": made, "metric": metric, "actual_value": "5"})
        figures, whole = told(desk)
        assert whole["R-D4-skill"].value == 100.0
        assert whole["R-D4-attitude"].value is None
        assert not figures.complete
        unnamed, off = figures.problems
        assert 'source "surveys": the question "Speed" belongs to none of its dimensions' in unnamed
        assert "1 answer is off the scale of 0 to 5; is full_mark right?" in off


def test_r_d4_nobody_answered_is_not_nought(desk: Desk, asks: Asked) -> None:
    """No answer, no figure."""
    with desk:
        _, whole = told(desk)
        assert {whole[f"R-D4-{one}"].value for one in ("skill", "resolution", "attitude")} == {None}


def test_r_d4_callers_rate_on_the_telephone_too(tmp_path: Path) -> None:
    """In the columns of the call-back task that `[reads] dimensions` names."""
    score = 'score = "u_desk_score"\n'
    more = score + 'full_mark = 10\ndimensions = { skill = "u_desk_skill" }\n'
    text = CONFIG.format(history="audit", more=CALLS).replace(score, more)
    with Desk(settings=loads(text, tmp_path / "config.toml")) as desk:
        desk.instance.add_column("incident_task", "u_desk_skill", type="integer")
        desk.instance.add_column("incident_task", "u_desk_score", type="integer")
        desk.opens("INC1")
        desk.takes("INC1")
        desk.closes("INC1")
        desk.clock.advance(8 * DAY)
        desk.settles()
        (task,) = desk.instance.rows("incident_task", "correlation_display=desk-policy:callback")
        done = {"state": "3", "u_desk_score": "9", "u_desk_skill": "7"}
        desk.instance.update("incident_task", task["sys_id"], done)
        desk.looks(apply=False)
        today = period_of(desk.clock.now(), "day", ZoneInfo("Asia/Shanghai"))
        figures = figures_of(desk.world, desk.settings, today, desk.clock.now())
        whole = {score.indicator: score for score in figures.scores if score.scope.kind == "whole"}
        assert (whole["R-E1"].value, whole["R-D4-skill"].value) == (90.0, 70.0)
        assert whole["R-D4-skill"].denominator == (task["sys_id"],)


CALLS = """
[[policy]]
rule = "callback_sampling"
name = "call-backs"
mode = "enforce"
key = "k"
rate = 1.0
per = "week"
"""

"""All figures of a period as one value: trends, grades, sources, what is frozen, and what was so then."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.kpi.period import period_of
from connector.reconcile import figures_of, freeze_due
from connector.settings import Settings, loads
from tests.world import CONFIG, DAY, HOUR, MINUTE, MON, Desk, record_id

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = period_of(MON, "day", ZONE)
GRACE = 7 * DAY
LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
"""
FIGURES = """
[[source]]
name = "duty"
kind = "roster"
path = "duty.csv"

[[indicator]]
name = "urgent-again"
clause = "R-C3"
dated = "resolved"
denominator = { class = "urgent" }
numerator = { reopened = true }
target = 0.5
direction = "down"

[[score]]
name = "groups"
of = "group"
weights = { R-E5 = 60, R-E6 = 40 }
minimum = 1
"""


def settings_of(folder: Path, mode: str = "enforce") -> Settings:
    """The desk's settings with figures of its own, as if they lay in that folder."""
    text = CONFIG.format(history="audit", more=FIGURES) + LIMITS.replace(
        '"sla_timer"', f'"sla_timer"\nmode = "{mode}"'
    )
    return loads(text, folder / "config.toml")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three urgent tickets of Monday: one resolved in time, one late, one open; a roster of two shifts."""
    (tmp_path / "duty.csv").write_text(
        "starts,arrived\n2026-06-01 08:30,2026-06-01 08:30\n2026-06-01 13:30,2026-06-01 13:40\n",
        encoding="utf-8",
    )
    made = Desk(settings=settings_of(tmp_path))
    for number in ("INC1", "INC2", "INC3"):
        made.opens(number)
    made.clock.advance(10 * MINUTE)
    for number in ("INC1", "INC2", "INC3"):
        made.takes(number)
    made.clock.advance(HOUR)
    made.closes("INC1")
    made.clock.advance(5 * HOUR)
    made.closes("INC2")
    return made


def told(desk: Desk, period=MONDAY, **more):
    """The figures as of now, and the whole's scores among them by indicator."""
    desk.looks(apply=False)
    figures = figures_of(desk.world, desk.settings, period, desk.clock.now(), **more)
    return figures, {score.indicator: score for score in figures.scores if score.scope.kind == "whole"}


def test_one_value_holds_all_of_it(desk: Desk) -> None:
    """Scores with trends, the desk's own indicator, the roster, a grade in parts, and five patterns."""
    with desk:
        figures, whole = told(desk)
        assert (figures.complete, figures.problems) == (True, ())
        assert (whole["R-E5"].points, whole["R-E5"].out_of) == (2.0, 3.0)
        assert (whole["R-E6"].value, whole["R-E7"].value, whole["urgent-again"].met) == (50.0, 50.0, True)
        assert [period.label for period in figures.periods][-2:] == ["2026-05-31", "2026-06-01"]
        assert len(figures.trends) == len(figures.scores)
        (grade,) = [one for one in figures.grades if one.scope.key == record_id("Service Desk")]
        assert grade.total == pytest.approx(0.6 * 200 / 3 + 0.4 * 50)
        assert {finding.pattern for finding in figures.watch if finding.unmeasured} == {"silent_pause"}
        assert [state.name for state in figures.sources] == ["tickets", "history", "duty"]
        assert figures.labels[record_id("INC1")] == "INC1"
        assert figures.links[record_id("INC1")].endswith(f"/incident.do?sys_id={record_id('INC1')}")


def test_nothing_is_graded_from_a_policy_that_observes(desk: Desk, tmp_path: Path) -> None:
    """R-E6 is measured and shown, and takes no part in the grade."""
    with desk:
        desk.settings = settings_of(tmp_path, "observe")
        figures, whole = told(desk)
        assert whole["R-E6"].value == 50.0
        (grade,) = [one for one in figures.grades if one.scope.key == record_id("Service Desk")]
        assert (grade.covered, grade.parts[1].points) == (60.0, None)
        assert "urgent-limits" in grade.parts[1].why.en


def test_a_missing_source_is_named_with_its_line(desk: Desk, tmp_path: Path) -> None:
    """The rest is scored, the report is incomplete, the figure not measured; nothing is frozen from it."""
    (tmp_path / "duty.csv").unlink()
    with desk:
        figures, whole = told(desk)
        (problem,) = figures.problems
        line = desk.settings.text[: desk.settings.text.index('path = "duty.csv"')].count("\n") + 1
        assert problem == f'{tmp_path}/config.toml:{line}: source "duty": duty.csv: No such file or directory'
        assert (figures.complete, whole["R-E7"].measured, whole["R-E6"].value) == (False, False, 50.0)
        assert freeze_due(desk.world, desk.settings, figures, MONDAY.end + GRACE) == 0


def test_a_source_older_than_the_period_is_named(desk: Desk, tmp_path: Path) -> None:
    """Its newest row is of May: for June it says nothing."""
    (tmp_path / "duty.csv").write_text(
        "starts,arrived\n2026-05-01 08:30,2026-05-01 08:30\n", encoding="utf-8"
    )
    with desk:
        figures, whole = told(desk)
        assert figures.problems[0].endswith(
            'source "duty": its newest row is of 2026-05-01 08:30, too old for 2026-06-01'
        )
        assert (figures.complete, whole["R-E7"].value) == (False, None)


def test_late_corrections_count_until_the_grace_is_over(desk: Desk) -> None:
    """A week later the figures freeze; what is done to the records after that changes no figure."""
    with desk:
        figures, _ = told(desk)
        assert freeze_due(desk.world, desk.settings, figures, desk.clock.now()) == 0
        desk.closes("INC3")
        desk.clock.advance(DAY + GRACE)
        figures, whole = told(desk)
        assert whole["R-E5"].value == 100.0, "resolved within the grace"
        assert freeze_due(desk.world, desk.settings, figures, desk.clock.now()) == len(figures.scores)
        frozen, again = told(desk)
        assert again["R-E5"].frozen_at == desk.clock.now()
        assert [replace(one, frozen_at=None, digest="", kept=None) for one in frozen.scores] == [
            replace(one, numerator=(), denominator=(), left_out=()) for one in figures.scores
        ]
        assert freeze_due(desk.world, desk.settings, frozen, desk.clock.now()) == 0
        desk.clock.advance(HOUR)
        desk.instance.update("incident", record_id("INC1"), {"state": "2"})
        assert told(desk)[1]["R-E5"].value == 100.0


def test_a_frozen_figure_opens_into_its_list_again(desk: Desk) -> None:
    """Lists are not kept; history tells them as of the freezing, and says where it was changed since."""
    with desk:
        desk.clock.advance(DAY + GRACE)
        figures, before = told(desk)
        freeze_due(desk.world, desk.settings, figures, desk.clock.now())
        desk.clock.advance(HOUR)
        desk.closes("INC3")
        figures, whole = told(desk, lists=True)
        assert whole["R-E5"].numerator == before["R-E5"].numerator
        assert whole["R-E5"].denominator == before["R-E5"].denominator
        assert figures.problems == ()


def test_a_pause_with_a_word_to_the_caller_is_not_silent(desk: Desk) -> None:
    """Two tickets wait for their callers; one of these was told so."""
    desk.settings = desk.settings.model_copy(
        update={"kpi": desk.settings.kpi.model_copy(update={"comments": True})}
    )
    with desk:
        for number in ("INC4", "INC5"):
            desk.opens(number)
            desk.takes(number)
        desk.clock.advance(HOUR)
        desk.holds("INC4")
        desk.holds("INC5")
        desk.clock.advance(5 * MINUTE)
        desk.sets("INC4", comments="We wait for your answer.")
        desk.clock.advance(MINUTE)
        figures, _ = told(desk)
        (silent,) = [finding for finding in figures.watch if finding.pattern == "silent_pause"]
        assert (silent.ids, silent.of, silent.unmeasured) == ((record_id("INC5"),), 2, None)


def test_figures_of_a_past_moment_do_not_know_the_future(desk: Desk) -> None:
    """As of Monday 10:30 one ticket is resolved, and no limit was missed yet."""
    with desk:
        desk.clock.advance(30 * DAY)
        desk.looks(apply=False)
        moment = MON + 90 * MINUTE
        figures = figures_of(desk.world, desk.settings, MONDAY, moment, past=True)
        whole = {score.indicator: score for score in figures.scores if score.scope.kind == "whole"}
        assert (whole["R-E5"].points, whole["R-E5"].out_of) == (1.0, 3.0)
        assert (whole["R-E6"].points, whole["R-E6"].out_of) == (1.0, 1.0)
        assert all(score.provisional for score in figures.scores)

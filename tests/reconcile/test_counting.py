"""Figures counted from kept rows are those counted from tickets, and keeping costs what changed."""

import pytest

from connector.kpi.outcome import COUNTS
from connector.kpi.period import Period, PeriodKind
from connector.reconcile import complete_outcomes, counted_scores, run_pass, scores
from connector.settings import Settings
from tests.world import DAY, HOUR, MINUTE, MON, Desk, read

LIMITS = """
[[policy]]
rule = "sla_timer"
name = "urgent-limits"
when = { class = "urgent" }
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
"""
SCOPES = ("whole", "desk", "group")
MONDAY = Period(PeriodKind.DAY, MON - 9 * HOUR, MON + 15 * HOUR, "2026-06-01")
TUESDAY = Period(PeriodKind.DAY, MONDAY.end, MONDAY.end + DAY, "2026-06-02")


def keeping() -> Settings:
    """The desk's settings, with outcomes kept."""
    settings = read(LIMITS)
    return settings.model_copy(update={"kpi": settings.kpi.model_copy(update={"outcomes": True})})


@pytest.fixture
def desk() -> Desk:
    """Urgent and other tickets, some taken, one closed at once and one later."""
    made = Desk(settings=keeping())
    for number, rank in (("INC1", "1"), ("INC2", "1"), ("INC3", "3"), ("INC4", "3"), ("INC5", "2")):
        made.opens(number, impact=rank, urgency=rank)
    made.clock.advance(10 * MINUTE)
    made.takes("INC1")
    made.takes("INC4")
    made.clock.advance(5 * MINUTE)
    made.closes("INC4")
    made.clock.advance(HOUR)
    made.closes("INC1")
    return made


def same(desk: Desk) -> None:
    """Counted and listed scores agree in all that both know."""
    now = desk.clock.now()
    periods = [MONDAY, TUESDAY]
    counted = counted_scores(desk.world.store, desk.settings, desk.world.moment.directory, periods, now)
    listed = {
        (one.indicator, one.scope, one.period): one
        for one in scores(desk.world, desk.settings, periods, now, scopes=SCOPES)
        if one.indicator in COUNTS
    }
    assert {one.indicator for one in counted} == set(COUNTS)
    for one in counted:
        other = listed.pop((one.indicator, one.scope, one.period))
        assert (one.sizes, one.value, one.met, one.small, one.interval, one.provisional) == (
            other.sizes, other.value, other.met, other.small, other.interval, other.provisional,
        )  # fmt: skip
        assert (one.points, one.out_of, one.unmeasured) == (other.points, other.out_of, other.unmeasured)
    assert not any(sum(one.sizes) for one in listed.values()), "nothing is left uncounted"


def test_counted_from_rows_or_from_tickets_is_the_same(desk: Desk) -> None:
    """After each pass, as tickets are opened, answered, resolved and grow late."""
    with desk:
        desk.looks()
        same(desk)
        desk.takes("INC2")
        desk.opens("INC6")
        desk.clock.advance(5 * HOUR)
        desk.looks()
        same(desk)
        desk.closes("INC2")
        desk.closes("INC6")
        desk.clock.advance(DAY)
        desk.looks()
        same(desk)


def test_only_what_changed_is_worked_out_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass in which one ticket changed keeps one row."""
    with desk:
        desk.looks()
        desk.clock.advance(MINUTE)
        desk.looks()
        kept: list[int] = []
        save = desk.world.store.save_outcomes
        monkeypatch.setattr(
            desk.world.store, "save_outcomes", lambda rows: kept.append(len(rows)) or save(rows)
        )
        desk.closes("INC5")
        desk.clock.advance(MINUTE)
        desk.looks()
        assert sum(kept) == 1


def test_all_of_it_can_be_made_again(desk: Desk) -> None:
    """From the mirror, when the rows are lost or the limits are others."""
    with desk:
        desk.looks()
        desk.world.store.drop_outcomes()
        assert complete_outcomes(desk.world, desk.settings, desk.clock.now()) == 5
        same(desk)


def test_without_the_setting_nothing_is_kept() -> None:
    """Small desks pay nothing for it."""
    with Desk(LIMITS) as desk:
        desk.opens("INC1")
        run_pass(desk.world, desk.settings, desk.clock.now(), apply=False)
        assert desk.world.store.count_outcomes() == 0


def test_consultants_are_not_counted(desk: Desk) -> None:
    """A row names groups only."""
    with desk, pytest.raises(ValueError, match="cannot be counted by consultant"):
        counted_scores(
            desk.world.store, desk.settings, desk.world.moment.directory, [MONDAY], MON, ("consultant",)
        )

"""Limits by the caller's own clock, where a policy asks for it and the zone is known."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.rules.caller_zone import TIME_ZONE
from connector.rules.hierarchical_escalation import HierarchicalEscalation
from connector.rules.sla_timer import SlaTimer
from connector.ticket import Ticket
from tests.builder import DAY, HOUR, HOURS, MON, kept, moment, ticket, tickets

BERLIN, UNKNOWN = "Europe/Berlin", "Mars/Olympus"


def rule(**more: object) -> SlaTimer:
    """Two hours of service on site."""
    base: dict[str, object] = {"name": "limits", "service_hours": "onsite", "resolve_within": "2h"}
    return SlaTimer.model_validate(base | more)


def of(zone: str) -> Ticket:
    """Opened on Monday at 09:00 in Shanghai, which is 03:00 in Berlin."""
    return ticket(extra={TIME_ZONE: zone})


def test_the_hours_are_the_callers() -> None:
    """From 08:30 in Berlin on two hours of service: 10:30 there, and not 11:00 in Shanghai."""
    at = moment(MON)
    assert kept(rule(), of(BERLIN), at)["resolve_by"] == MON + 2 * HOUR
    assert kept(rule(caller_zone=True), of(BERLIN), at)["resolve_by"] == MON + 7 * HOUR + HOUR // 2
    assert kept(rule(caller_zone=True), of("Asia/Shanghai"), at) == kept(rule(), of(BERLIN), at)


def test_an_unknown_zone_is_the_desks_and_said() -> None:
    """So is none; and a folder of the zones, or a path, is no zone."""
    for zone in ("", UNKNOWN, "Europe", "../etc"):
        assert kept(rule(caller_zone=True), of(zone), moment(MON))["resolve_by"] == MON + 2 * HOUR
    lines = rule(caller_zone=True).explain(of(UNKNOWN), moment(MON))
    assert (
        f'the caller\'s time zone "{UNKNOWN}" is none that is known: that of the desk counts, Asia/Shanghai'
        in lines
    )
    lines = rule(caller_zone=True).explain(of(""), moment(MON))
    assert "the caller's time zone is not known: that of the desk counts, Asia/Shanghai" in lines
    assert "counted in the caller's time zone, Europe/Berlin" in rule(caller_zone=True).explain(
        of(BERLIN), moment(MON)
    )


def test_only_who_asks_reads_the_zone() -> None:
    """One column more is read for a policy that needs it, and none for the others."""
    assert rule().columns() == frozenset()
    assert rule(caller_zone=True).columns() == {TIME_ZONE}


def test_the_ladder_climbs_by_the_same_clock() -> None:
    """The project manager is told when the caller's two hours are over."""
    ladder = HierarchicalEscalation.model_validate(
        {
            "name": "ladder",
            "service_hours": "onsite",
            "resolve_within": "2h",
            "caller_zone": True,
            "steps": [{"at": 1.0, "role": "project_manager"}],
        }
    )
    assert ladder.columns() == {TIME_ZONE}
    assert ladder.judge(of(BERLIN), moment(MON + 7 * HOUR)).intents == ()
    assert ladder.judge(of(BERLIN), moment(MON + 8 * HOUR)).intents


def test_the_same_hours_are_made_once() -> None:
    """A zone is compiled when its first caller comes; the desk's own is the desk's."""
    onsite = HOURS["onsite"]
    assert onsite.within(BERLIN) is onsite.within(BERLIN)
    assert onsite.within("Asia/Shanghai") is onsite
    assert onsite.within(BERLIN).calendar == replace(onsite.calendar, zone=BERLIN)


@given(tickets(), st.sampled_from((BERLIN, "America/New_York", UNKNOWN, "")), st.integers(0, 6 * DAY))
def test_a_desk_day_and_night_has_no_zone(of: Ticket, zone: str, after: int) -> None:
    """In 7×24 hours the caller's clock changes nothing of a verdict."""
    here = replace(of, extra={**of.extra, TIME_ZONE: zone})
    at = moment(of.opened_at + after)
    asks, not_ = rule(service_hours="remote", caller_zone=True), rule(service_hours="remote")
    assert asks.judge(here, at) == not_.judge(here, at)

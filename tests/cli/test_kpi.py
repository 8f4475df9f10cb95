"""``kpi`` prints what the scores say, and tells a wrong question from an empty answer."""

import argparse
import io
from types import SimpleNamespace
from typing import get_args

import pytest
from rich.console import Console

from connector.cli import kpi, scorecard
from connector.errors import SettingsError, Unavailable
from connector.kpi.catalogue import indicators
from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import Scope, ScopeKind, measure
from connector.ticket import DeskTask, Directory, Group, Person, Ticket, TicketState, Tier

DIRECTORY = Directory(
    {"g1": Group("g1", "[red]Desk[/red]", "main", Tier.FIRST_LINE)},
    {"wang": Person("p1", "wang", "Wang Fang")},
)
PERIOD = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")


def facts():
    """Two tickets of the desk, the second with a call-back."""
    task = DeskTask("k1", "callback", "", 20, 30, True, score=4.0)
    return [
        TicketFact(Ticket("a", "INC1", 10, 10, 1, TicketState.NEW, group=DIRECTORY.groups["g1"]), False),
        TicketFact(
            Ticket("b", "INC2", 10, 10, 1, TicketState.CLOSED, closed_at=20, tasks=(task,)), True, True
        ),
    ]


def scores(scopes=("whole", "desk", "group", "consultant")):
    """Their scores, without a source of calls."""
    return measure(indicators(directory=DIRECTORY), facts(), None, [PERIOD], DIRECTORY, scopes=scopes)


def printed(show, *args, width=200):
    """What a terminal of that width would show."""
    out = io.StringIO()
    show(Console(file=out, width=width), *args)
    return out.getvalue()


def test_the_scorecard_names_every_indicator_in_both_languages():
    """A manager finds each figure, its target, its verdict and what is not measured."""
    text = printed(scorecard.print_scorecard, scores(scopes=("whole",)))
    for one in indicators():
        assert one.about.name.en in text
        assert one.about.name.zh in text
    assert "not measured 未测" in text
    assert "80.0 % ~" in text
    assert "▼ missed 未达标" in text
    assert "≥ 90 %" in text


def test_names_are_text_and_not_markup():
    """A group may be called what it likes; brackets are shown."""
    assert "[red]Desk[/red]" in printed(
        scorecard.print_scorecard, scores(scopes=("group",)), {"g1": "[red]Desk[/red]"}
    )


def test_a_listing_shows_numbers_of_tickets_and_call_backs():
    """R-E1 opens into the call-back by its ticket's number, R-E3 into tickets."""
    some = [score for score in scores(scopes=("whole",)) if score.indicator in ("R-E1", "R-E3")]
    text = printed(scorecard.print_listing, some, kpi.labels_of(facts()))
    assert "INC2 callback" in text
    assert text.index("INC2 ") < text.index("INC1")


def test_a_narrow_terminal_loses_no_table():
    """On 80 columns everything is still there, only folded."""
    text = printed(scorecard.print_scorecard, scores(), width=80)
    assert text.count("1970-01-01") == 7


def test_the_scopes_of_the_command_are_those_of_the_scores():
    """The words of --scope and the kinds of scope are the same."""
    assert get_args(ScopeKind) == kpi._SCOPES
    assert kpi._scope("desk=main") == ("desk", "main")
    assert kpi._scope("group") == ("group", None)
    with pytest.raises(SettingsError, match='"team" is not a scope; there are whole, desk'):
        kpi._scope("team=a")


def test_a_scope_is_found_by_name_or_sys_id_and_a_wrong_one_names_the_right_ones():
    """Two groups of one name must be told apart by sys_id."""
    names = {"g1": "Service Desk", "g2": "Field", "g3": "field"}
    assert kpi._key("group", "service desk", {"g1", "g2"}, names) == "g1"
    assert kpi._key("group", "g1", {"g1", "g2"}, names) == "g1"
    with pytest.raises(SettingsError, match='no group "Sales" in the period; there are: Field, Service Desk'):
        kpi._key("group", "Sales", {"g1", "g2"}, names)
    with pytest.raises(SettingsError, match='several groups are called "field"'):
        kpi._key("group", "field", {"g2", "g3"}, names)


def test_a_day_that_is_none_is_refused():
    """--date wants a calendar day, in the desk's zone."""
    settings = SimpleNamespace(instance=SimpleNamespace(zone="Asia/Shanghai"))
    assert kpi._period("week", "2026-03-01", settings, 0).label == "2026-W09"
    assert kpi._period("day", None, settings, 1_772_294_400).label == "2026-03-01"
    with pytest.raises(SettingsError, match='"yesterday" is not a day'):
        kpi._period("day", "yesterday", settings, 0)


def test_consultants_are_named_by_the_instance_and_by_sys_id_when_it_is_down():
    """A figure without a name is better than no figure."""
    scopes = {
        Scope("consultant", "p1"),
        Scope("consultant", "p2"),
        Scope("consultant"),
        Scope("desk", "main"),
    }

    def known(sys_ids):
        return {sys_id: {"p2": "Li Na"}[sys_id] for sys_id in sys_ids}

    def down(sys_ids):
        raise Unavailable("502")

    assert kpi.names_for(SimpleNamespace(names=known), DIRECTORY, scopes)["p2"] == "Li Na"
    assert kpi.names_for(SimpleNamespace(names=down), DIRECTORY, scopes)["p1"] == "Wang Fang"


def test_the_arguments_have_sensible_defaults():
    """A month of the whole, as a table."""
    parser = argparse.ArgumentParser()
    kpi.add_arguments(parser)
    args = parser.parse_args(["config.toml"])
    assert (args.period, args.date, args.scope, args.listed, args.json) == (
        "month",
        None,
        "whole",
        None,
        False,
    )

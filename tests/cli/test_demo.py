"""The demo, over its week: what stands on the records afterwards, and what somebody new reads."""

import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from connector.cli import demo
from connector.cli.example import example_path
from connector.cli.rehearsal import Rehearsal, connected, enforced, rostered
from connector.cli.view import Clockface
from connector.clock import SimulatedClock
from connector.sandbox import Server
from connector.sandbox.desk import Desk
from connector.sandbox.instance import Instance
from connector.sandbox.rest import Rest
from connector.settings import load
from tests.browser import find_browser

MONDAY = 1_772_380_800  # 2026-03-02 00:00 in Shanghai
DAY = 86_400
LARGEST = 400 * 1024
"""Bytes of a picture in the documentation."""


class Shown:
    """A rehearsal that has been played, and all that was printed."""

    def __init__(self, rehearsal: Rehearsal, empty: bool, text: str) -> None:
        self.rehearsal = rehearsal
        self.instance = rehearsal.instance
        self.empty = empty
        self.text = text


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The demo's week, with every policy of the example enforced; played once for all tests."""
    clock = SimulatedClock(MONDAY)
    instance = Instance(now=clock.now)
    rest = Rest(instance)
    desk = Desk(instance, seed=7, start=MONDAY, days=demo.DAYS, set_time=clock.set)
    settings = enforced(load(example_path()), url=instance.base_url, adopt_from=MONDAY)
    folder = str(tmp_path_factory.mktemp("roster"))
    settings = rostered(settings, desk, MONDAY, demo.DAYS, folder)
    out = io.StringIO()
    console, time = Console(file=out, width=120), Clockface("Asia/Shanghai")
    with connected(settings, instance, rest, desk, clock) as rehearsal:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "TOLD", 10_000)  # all that was told, and not only the last
            demo._play(console, rehearsal, MONDAY, time)
        empty = demo._close(console, rehearsal, MONDAY, time)
        yield Shown(rehearsal, empty, out.getvalue())
    instance.close()


def test_the_week_ends_with_nothing_left_to_do(shown: Shown) -> None:
    """Every pass went through, and the last plan is empty."""
    assert shown.empty
    assert "The next plan: nothing is left to do." in shown.text
    assert not shown.rehearsal.tally.troubles
    assert set(shown.rehearsal.tally.answers) <= {"written", "found", "changed"}
    assert shown.instance.count("incident") > 250


def test_each_policy_is_told_with_what_it_wrote(shown: Shown) -> None:
    """Also those that had nothing to do, which is worth knowing."""
    part = shown.text.partition("Written in the week, by policy")[2].partition("The week against")[0]
    told = {
        name: int(count.replace(",", "")) for name, count in re.findall(r"^ +(\S+) +([\d,]+) *$", part, re.M)
    }
    changes = shown.rehearsal.tally.changes
    assert told == {policy.name: changes[policy.name] for policy in shown.rehearsal.settings.policies}
    assert sum(told.values()) > 1000


def test_each_policy_is_at_work_at_least_once(shown: Shown) -> None:
    """A policy that the demo shows has had something to write in its week; none stands there for nothing."""
    changes = shown.rehearsal.tally.changes
    policies = [policy.name for policy in shown.rehearsal.settings.policies]
    assert [name for name in policies if not changes[name]] == []
    assert f"All {len(policies)} policies were at work." in shown.text


def test_a_policy_that_was_silent_is_named() -> None:
    """With a way to find out why."""
    assert demo._silent({"limits": 3, "ping-pong": 0, "hand-over": 0}) == (
        "[yellow]Silent all week[/]: ping-pong, hand-over. `explain` tells of each ticket why."
    )


def test_what_happens_is_told_in_a_line_with_its_subject() -> None:
    """The English of a note, also where it has an arrow in it; never its mark."""
    note = "本工单已转派：甲 → 乙\nHanded over: A → B.\n(ping-pong, R-A1, 0123abcd)"
    assert demo._english(note) == "Handed over: A → B."
    assert demo._english("只有中文") == "只有中文"


def test_each_happening_names_what_it_is_about(shown: Shown) -> None:
    """Records of every table by their subject, things of the calendar by their task's; none by a mark."""
    part = shown.text.partition("What happened last")[2].partition("Written in the week")[0]
    said = re.findall(r"^\d\d-\d\d \d\d:\d\d ([A-Z]+\d*  ?.*)", part, re.M)
    assert {line[:3] for line in said} >= {"INC", "CHG", "PRB", "CAL"}
    assert [line for line in said if re.match(r"\S+ {2,}", line)] == []
    assert not [line for line in said if "noted: (" in line]


def test_the_figures_are_those_of_a_desk_that_mostly_does_well(shown: Shown) -> None:
    """Of the targets some are met and some missed; the roster's attendance is among the figures."""
    card = shown.text.partition("The week against")[2].partition("rates 比率")[0]
    assert re.search(r"R-E7 +Duty attendance +\d+\.\d % ", card)
    assert card.count("met 达标") > card.count("missed 未达标") > 0


def test_no_note_is_said_twice_and_each_says_why(shown: Shown) -> None:
    """Each of our notes ends in policy, clause and mark, once per ticket."""
    ours = [
        (row["sys_id"], note["value"])
        for row in shown.instance.rows("incident")
        for note in shown.instance.journal(row["sys_id"])
        if note["sys_created_by"] == "connector"
    ]
    marks = [
        (ticket, mark)
        for ticket, text in ours
        for mark in re.findall(r"\([\w-]+, R-[A-H]\d+, ([0-9a-f]{8})\)", text)
    ]
    assert len(marks) >= len(ours) > 10
    assert max(Counter(marks).values()) == 1


def test_who_was_escalated_is_with_the_next_tier(shown: Shown) -> None:
    """The note and the group tell the same story, unless a person took the ticket elsewhere since."""
    groups = shown.rehearsal.world.moment.directory.groups
    moved = shown.rehearsal.tally.escalated
    assert moved
    rows = [row for row in shown.instance.rows("incident") if row["number"] in moved]
    beyond = [row for row in rows if groups[row["assignment_group"]].tier != "first_line"]
    assert len(beyond) >= 0.8 * len(rows)
    for row in rows:
        notes = " ".join(note["value"] for note in shown.instance.journal(row["sys_id"]))
        assert "Escalated from" in notes


def test_call_backs_were_drawn_once_each(shown: Shown) -> None:
    """One task per drawn ticket, named by its occasion."""
    tasks = [
        row for row in shown.instance.rows("incident_task") if row["correlation_display"].endswith("callback")
    ]
    assert tasks
    assert len({row["incident"] for row in tasks}) == len(tasks)
    assert all(len(row["correlation_id"]) == 32 for row in tasks)


def test_somebody_new_reads_figures_a_ticket_and_where_to_go_on(shown: Shown) -> None:
    """Scorecard, one ticket with its clock and its notes, and the next commands."""
    for words in (
        "2026-W10",
        "Customer satisfaction",
        "Timely handling rate",
        "explained: desk-connector explain INC",
        "service hours onsite",
        "as a manager reads them on the record",
        "sandbox serve --desk",
    ):
        assert words in shown.text
    assert not re.search(r"\b[0-9a-f]{32}\b", shown.text), "people read names, not ids"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_prints_what_the_demo_prints(shown: Shown, page: str) -> None:
    """Its scorecard line by line; its notes, which are folded anew there, word by word."""
    text = (Path(demo.__file__).parents[2] / page).read_text(encoding="utf-8")
    card, notes = re.findall(r"^```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[:2]
    printed = [line.rstrip() for line in shown.text.splitlines()]
    begin = printed.index(card.splitlines()[0])
    assert printed[begin : begin + len(card.splitlines())] == card.splitlines()
    said = " ".join(shown.text.replace("│", " ").split())
    for note in notes.strip().split("\n\n"):
        assert " ".join(note.split()) in said


PICTURES = {"ticket": (1280, 1480), "list": (2060, 660)}
"""What a manager sees on the record and in a list: name → width and height in pixels."""


def test_a_manager_sees_it_on_the_record_and_in_the_list(
    shown: Shown, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A browser shows the columns, the note of the escalation and whose; with DESK_PICTURES, a picture."""
    browser = find_browser(tmp_path_factory.mktemp("browser"))
    number = demo._telling(shown.rehearsal)
    row = next(row for row in shown.instance.rows("incident") if row["number"] == number)
    with Server(Rest(shown.instance)) as server:
        beyond = f"u_desk_tierINsecond_line,vendor^number%3E%3D{number}^ORDERBYnumber"
        pages = {
            "ticket": f"{server.url}/incident.do?sys_id={row['sys_id']}",
            "list": f"{server.url}/incident_list.do?sysparm_query={beyond}",
        }
        seen = {name: browser.run("--dump-dom", page) for name, page in pages.items()}
        if where := os.environ.get("DESK_PICTURES"):
            for name, (width, height) in PICTURES.items():
                target = Path(where).resolve() / f"{name}.png"
                browser.run(f"--screenshot={target}", f"--window-size={width},{height}", pages[name])
                assert target.stat().st_size <= LARGEST, name
    ticket = seen["ticket"].partition("<body>")[2]
    for words in (
        number,
        "Desk policies",
        "Desk tier",
        "Desk resolve by",
        "Escalated from",
        "一线升级至二线",
    ):
        assert words in ticket
    for words in (number, "Desk class", "Desk tier", "Desk clock"):
        assert words in seen["list"]

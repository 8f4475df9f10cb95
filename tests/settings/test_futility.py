"""`check` tells of policies that can never fire, speak in every pass, or speak twice; with the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rules.base import When
from connector.settings import Settings, loads, warnings
from connector.settings.clash import some_place, some_urgency
from connector.settings.futility import NEVER
from connector.ticket import FaultClass, Group, Tier
from tests.builder import ticket

NOW = 1_790_000_000  # 2026-09-21
BASE = """[instance]
url = "https://desk.example.service-now.com"
auth = { user = "connector", password = { env = "DESK_PASSWORD" } }
[columns]
class = "u_c"
respond_by = "u_r"
resolve_by = "u_s"
clock = "u_k"
tier = "u_t"
knowledge = "u_n"
shared = ["state", "assignment_group", "assigned_to"]
[service_hours.r]
zone = "UTC"
always = true
[fault_class]
urgent = ["1"]
important = ["2", "3"]
general = ["4"]
[[desk]]
name = "main"
first_line = ["Desk"]
second_line = ["Network"]
[[desk]]
name = "south"
first_line = ["South"]
"""
MAJOR = '[[policy]]\nrule = "major_incident"\nname = "{name}"\nreport_to = "x"\n'
TIERS = (
    '[[policy]]\nrule = "tier_escalation"\nname = "up"\nmarked_by = "u_e"\nfrom = "{start}"\nto = "{to}"\n'
)


def doubts(text: str, base: str = BASE) -> list[str]:
    """What is warned of, without the name of the file."""
    return [warning.removeprefix("config.toml:") for warning in warnings(loads(base + text), NOW)]


def major(name: str = "m", more: str = "") -> str:
    """A policy that keeps no columns."""
    return MAJOR.format(name=name) + more + "\n"


def tiers(start: str, to: str, more: str = "") -> str:
    """An escalation by the consultant's tick."""
    return TIERS.format(start=start, to=to) + more + "\n"


VENDOR = '[[desk]]\nname = "vendors"\nfirst_line = ["V1"]\nvendor = ["V"]\n'
LINE = BASE.count("\n") + 1
M = f'{LINE + 4}: policy "m" (major_incident)'


def up(after: int) -> str:
    """How a line about the escalation begins, so many lines after the tables."""
    return f'{LINE + after}: policy "up" (tier_escalation)'


LEAVE = "; leave one of them out"
PLACE = "; leave one of them out, or name the group there"
WIDEN = "; name one under [[desk]], or widen `when`"
EVERY = "not longer than [poll] every (1 min): people get a note in every pass; write a longer time"

FUTILE = {
    "a priority of no class": (
        major(more='when = { priority = "5" }'),
        (
            f'{M}: when: priority: {NEVER}priority "5" belongs to no fault '
            "class, and tickets with it are set aside; name it under [fault_class]"
        ),
    ),
    "one of several priorities": (
        major(more='when = { priority = ["1", "5"] }'),
        (
            f'{M}: when: priority: priority "5" belongs to no fault class, '
            "and tickets with it are set aside; name it under [fault_class]"
        ),
    ),
    "a class without the priority": (
        major(more='when = { class = "urgent", priority = ["2", "4"] }'),
        (f"{M}: when: {NEVER}by [fault_class] no ticket has class urgent and priority 2 or 4{LEAVE}"),
    ),
    "a group of another desk": (
        major(more='when = { desk = "south", group = "Network" }'),
        (f"{M}: when: {NEVER}by [[desk]] no group has desk south and group Network{PLACE}"),
    ),
    "a tier that the desk does not have": (
        major(more='when = { desk = "south", tier = ["second_line", "vendor"] }'),
        (f"{M}: when: {NEVER}by [[desk]] no group has desk south and tier second_line or vendor{PLACE}"),
    ),
    "an escalation from where the desk has nobody": (
        tiers("second_line", "vendor", 'when = { desk = "south" }\n' + VENDOR),
        (f"{up(4)}: from: {NEVER}no group that `when` allows is of tier second_line{WIDEN}"),
    ),
    "an escalation to a group of another tier": (
        tiers("first_line", "second_line", 'to_group = "South"'),
        (
            f'{up(6)}: to_group: group "South" is of tier first_line, not of tier second_line; '
            "name one that is"
        ),
    ),
    "an escalation to nobody": (
        tiers("second_line", "vendor"),
        (
            f"{up(5)}: to: no desk has a group of tier vendor: nothing is "
            "moved, a note says that nobody can be found; name one under [[desk]]"
        ),
    ),
    "categories that never come": (
        tiers("first_line", "second_line", 'out_of_capability = "erp"\nwhen = { category = "network" }'),
        (f"{up(6)}: out_of_capability: `when` allows none of these categories; name one of network"),
    ),
    "only for categories that never come": (
        tiers(
            "first_line", "second_line", 'out_of_capability = "erp"\nwhen = { category = "network" }'
        ).replace('marked_by = "u_e"\n', ""),
        f"{up(5)}: out_of_capability: {NEVER}`when` allows none of these categories; name one of network",
    ),
    "knowledge of categories that owe none": (
        (
            '[[policy]]\nrule = "knowledge_capture"\nname = "k"\n'
            'when = { category = "inquiry" }\nexempt_categories = ["inquiry", "password_reset"]\n'
        ),
        (
            f'{LINE + 4}: policy "k" (knowledge_capture): exempt_categories: {NEVER}every category of `when` '
            "is exempt; take one out here"
        ),
    ),
    "broadcasts that end before the first": (
        major(more='broadcast_for = "10m"'),
        (
            f"{M}: broadcast_for: shorter than broadcast_every: nothing is ever broadcast; make it longer, "
            "or say so with broadcast = false"
        ),
    ),
    "records of another table": (
        major(more='when = { kind = "problem" }'),
        (
            f"{M}: when: kind: {NEVER}the policy is about records of incident, and none is a problem; leave "
            "kind out"
        ),
    ),
    "a hand-over to a tier of another desk": (
        (
            '[[policy]]\nrule = "hand_over_limit"\nname = "h"\nwithin = "1h"\nservice_hours = "r"\n'
            'when = { desk = "south", tier = "second_line" }\n'
        ),
        (
            f'{LINE + 5}: policy "h" (hand_over_limit): when: {NEVER}by [[desk]] no group has desk south and '
            f"tier second_line{PLACE}"
        ),
    ),
    "knowledge of a tier that is not there": (
        '[[policy]]\nrule = "knowledge_capture"\nname = "k"\ntiers = ["vendor"]\n',
        (
            f'{LINE + 3}: policy "k" (knowledge_capture): tiers: {NEVER}no desk has a group of tier '
            "vendor for it; name one under [[desk]]"
        ),
    ),
    "a broadcast in every pass": (
        major(more='broadcast_every = "1m"'),
        (f"{M}: broadcast_every: {EVERY}"),
    ),
    "a reminder in every pass": (
        '[[policy]]\nrule = "update_limit"\nname = "u"\nservice_hours = "r"\nevery = "1m"\n',
        (f'{LINE + 4}: policy "u" (update_limit): every: {EVERY}'),
    ),
    "two that speak of the same tickets": (
        major("one", 'when = { class = "urgent" }') + major("two", 'when = { priority = "1" }'),
        (
            f'{LINE + 5}: policy "two" (major_incident): overlaps policy "one": both speak of the '
            "same tickets, "
            "and people are told twice; narrow `when` of one of them if that is not meant"
        ),
    ),
}


@pytest.mark.parametrize("case", FUTILE)
def test_it_is_warned_of_with_the_line(case: str) -> None:
    """One sentence, and nothing else is found."""
    text, told = FUTILE[case]
    assert doubts(text) == [told]


@pytest.mark.parametrize(
    "text",
    [
        major(more='when = { class = "urgent", priority = ["1", "4"] }'),
        major(more='when = { desk = "main", group = "Network", tier = "second_line" }'),
        tiers("first_line", "second_line", 'when = { desk = "south" }'),
        tiers("second_line", "vendor") + VENDOR,
        major(more='broadcast = false\nbroadcast_every = "1m"'),
        major(more='broadcast_every = "2m"'),
        major("one", 'when = { class = "urgent" }') + major("two", 'when = { class = "general" }'),
        major("one", 'when = { desk = "main" }') + major("two", 'when = { group = "South" }'),
        major("one", 'where = { cmdb_ci = "1" }') + major("two", 'where = { cmdb_ci = ["2", "3"] }'),
        major(more='when = { kind = ["problem", "u_incident"] }'),
        tiers("first_line", "second_line") + tiers("second_line", "vendor").replace('"up"', '"on"') + VENDOR,
        (
            '[[policy]]\nrule = "monitoring_alert"\nname = "a"\nvalues = "event"\n'
            '[[policy]]\nrule = "monitoring_alert"\nname = "b"\nvalues = "probe"\n'
        ),
    ],
)
def test_what_can_fire_is_let_be(text: str) -> None:
    """No false alarm: an admin who has learnt to skip warnings reads none."""
    assert doubts(text) == []


ALERTS = '[[policy]]\nrule = "monitoring_alert"\nname = "a"\ntable = "em_alert"\n'


@pytest.mark.parametrize(
    ("more", "line", "told"),
    [
        ('when = { category = "network" }', 4, f"{NEVER}an alert of em_alert has no category"),
        ('where = { severity = ["0", "5"] }', 4, "severity 0 (clear) and 5 (OK) are no warnings"),
    ],
)
def test_what_no_alert_is(more: str, line: int, told: str) -> None:
    """Alerts are no tasks, and not all of them warn."""
    (only,) = doubts(f"{ALERTS}{more}\n")
    assert told in only
    assert int(only.partition(":")[0]) == BASE.count("\n") + line + 1
    assert doubts(f'{ALERTS}when = {{ priority = "1" }}\nwhere = {{ severity = ["5", "1"] }}\n') == []


def test_one_may_be_rehearsed_beside_the_other() -> None:
    """An observed policy tells nobody anything."""
    base = BASE.replace('class = "u_c"', 'class = "u_c"\nmarks = "u_m"').replace(
        "[columns]", "adopt_from = 2026-01-01\n[columns]"
    )
    assert doubts(major("one") + major("two", 'mode = "enforce"'), base) == []
    assert len(doubts(major("one") + major("two"), base)) == 1


def test_groups_that_no_desk_names() -> None:
    """With `*` a group of any name can be there, at that desk and in that tier."""
    base = BASE.replace('second_line = ["Network"]', 'second_line = ["Network", "*"]')
    assert doubts(major(more='when = { group = "Printers", desk = "main" }'), base) == []
    (told,) = doubts(major(more='when = { group = "Printers", desk = "south" }'), base)
    assert NEVER in told
    both = major("one", 'when = { group = "Printers" }') + major("two", 'when = { tier = "second_line" }')
    assert len(doubts(both, base)) == 1


SETTINGS: Settings = loads(BASE)
whens = st.builds(
    When,
    fault_class=st.lists(st.sampled_from(FaultClass), max_size=2).map(tuple),
    priority=st.lists(st.sampled_from(("1", "2", "3", "4")), max_size=2).map(tuple),
    desk=st.lists(st.sampled_from(("main", "south")), max_size=1).map(tuple),
    tier=st.lists(st.sampled_from(Tier), max_size=2).map(tuple),
    group=st.lists(st.sampled_from(("Desk", "Network", "South")), max_size=2).map(tuple),
)


@given(whens)
def test_never_means_that_no_ticket_matches(when: When) -> None:
    """Held against every ticket there can be: each priority with its class, each group with its desk."""
    groups = [None, *(Group(n, n, desk, tier) for n, (desk, tier, _) in SETTINGS.groups.items())]
    ranks = [("", FaultClass.GENERAL), *SETTINGS.priorities.items()]
    some = any(
        when.matches(ticket(group=group, fault_class=rank, priority=priority))
        for group in groups
        for priority, rank in ranks
    )
    assert some == (some_urgency([when], SETTINGS.priorities) and some_place([when], SETTINGS.groups))


def obligation(rule: str, more: str, name: str = "o") -> str:
    """A policy about other things than limits."""
    return f'[[policy]]\nrule = "{rule}"\nname = "{name}"\n{more}\n'


CALLS = obligation("callback_sampling", 'rate = 1\nkey = "k"\nlow_score = 3', "calls")
AUDIT = 'item = "audit"\ntitle = "A"\nassign_to = "x"\ndates = [2026-09-01, 2026-03-01]'
FIRST = BASE.count("\n") + 1
"""The line on which what is added begins."""


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (
            obligation("complaint", "low_score = 2"),
            3,
            f"low_score: {NEVER}no policy of rule callback_sampling",
        ),
        (obligation("complaint", "low_score = 2") + CALLS, 3, f"low_score: {NEVER}[reads] score is not set"),
        (
            obligation("improvement", 'table = "incident"\ndone_within = "4h"'),
            0,
            f"kinds: {NEVER}no policy creates tasks of the kind improvement or nonconformity",
        ),
        (obligation("improvement", 'check_every = "1m"'), 3, "check_every: not longer than [poll] every"),
        (obligation("dated_item", AUDIT), 6, f"dates: {NEVER}all of its dates are past"),
        ('[[table]]\nname = "problem"\n', 0, "no policy is about it, so it is not read"),
        (
            obligation("after_review", "create = true"),
            0,
            "shared lacks problem_id: the policy cannot be enforced",
        ),
        (obligation("change_control", "") + obligation("change_control", "", "p"), 4, 'overlaps policy "o"'),
    ],
)
def test_obligations_that_cannot_come_or_come_twice(text: str, line: int, told: str) -> None:
    """Each with its line and the reason."""
    found = [each for each in doubts(text) if told in each]
    assert [each.partition(":")[0] for each in found] == [str(FIRST + line)]


def test_obligations_about_different_records_do_not_overlap() -> None:
    """By their table, their `where`, or because one is about scores."""
    several = [
        obligation("change_control", 'where = { type = "a" }'),
        obligation("change_control", 'where = { type = ["b", "c"] }', "p"),
        obligation("change_control", 'table = "u_change"', "q"),
        obligation("complaint", "low_score = 2", "r"),
        obligation("complaint", 'where = { category = "complaint" }', "s"),
    ]
    assert not [each for each in doubts("".join(several)) if "overlaps" in each]

"""What `check` says of each rule's commonest mistakes: file, line, the user's own name, and the way out.

A policy that can never fire, overlaps another, names a missing group, uses hours without a zone, or sends a
person a note every pass: each for every rule to which it applies.
"""

import re
from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.rules.catalogue import RULES
from connector.settings import loads, warnings

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
callback = "u_b"
shared = ["state", "assignment_group", "assigned_to"]
[reads]
score = "u_score"
[kpi]
calls = true
[service_hours.r]
zone = "UTC"
always = true
[service_hours.night]
zone = "UTC"
mon-fri = ["20:00-23:00"]
[fault_class]
urgent = ["1"]
important = ["2"]
[[source]]
name = "duty"
kind = "roster"
path = "duty.csv"
optional = true
[[source]]
name = "other"
kind = "roster"
path = "other.csv"
optional = true
[[desk]]
name = "main"
first_line = ["Desk"]
second_line = ["Network"]
[[desk]]
name = "south"
first_line = ["South"]
"""
FIRST = BASE.count("\n") + 1
"""The line on which what is added begins."""

LEAST = {
    "sla_timer": 'service_hours = "r"\nrespond_within = "1h"',
    "update_limit": 'service_hours = "r"\nevery = "1h"',
    "tier_escalation": 'from = "first_line"\nto = "second_line"\nmarked_by = "u_e"',
    "hand_over_limit": 'service_hours = "r"\nwithin = "1h"',
    "hierarchical_escalation": (
        'service_hours = "r"\nresolve_within = "4h"\nsteps = [{ at = 0.5, role = "consultant" }]'
    ),
    "reassignment": "returns = 1",
    "major_incident": 'report_to = "x"',
    "monitoring_alert": 'values = "event"',
    "knowledge_capture": 'grace = "4h"\nservice_hours = "r"',
    "article_review": 'unchanged_for = "4380h"\nassign_to = "x"',
    "article_promotion": 'assign_to = "x"',
    "customer_confirmation": 'confirmed = "u_ok"',
    "callback_sampling": 'rate = 0.1\nkey = "k"',
    "change_control": 'remind_before = "24h"',
    "release_plan": 'remind_before = "24h"',
    "after_review": 'within = "4h"\nservice_hours = "r"',
    "improvement": 'done_within = "4h"\nservice_hours = "r"',
    "complaint": 'service_hours = "r"\nwhere = { category = "complaint" }',
    "dated_item": 'item = "audit"\ntitle = "A"\nassign_to = "x"\nevery = "year"\nfirst = 2027-01-01',
    "hotline": 'service_hours = "r"\nreport_to = "x"',
    "duty_roster": 'roster = "duty"\nzone = "UTC"\nreport_to = "x"',
}
"""Rule → the least that its policies need."""

CALENDAR = ("dated_item", "hotline", "duty_roster", "article_review", "article_promotion")
OF_TICKETS = [rule for rule in LEAST if rule not in CALENDAR]
IN_HOURS = [rule for rule, text in LEAST.items() if "service_hours" in text]


def policy(rule: str, more: str = "", name: str = "mine", least: str | None = None) -> str:
    """A policy with the least it needs, and more."""
    return (
        f'[[policy]]\nrule = "{rule}"\nname = "{name}"\n{LEAST[rule] if least is None else least}\n{more}\n'
    )


def line(rule: str, after: int = 0) -> int:
    """The line after the least that the first policy needs."""
    return FIRST + 3 + LEAST[rule].count("\n") + 1 + after


def told(text: str, base: str = BASE) -> list[str]:
    """All that `check` says, whether it is refused or warned of."""
    try:
        return warnings(loads(base + text), NOW)
    except SettingsError as error:
        return list(error.problems)


def test_every_rule_is_walked_through() -> None:
    """And what it needs is enough, and found in order."""
    assert {rule.model_fields["rule"].default for rule in RULES} == LEAST.keys()
    for rule in LEAST:
        assert told(policy(rule)) == [], rule


@pytest.mark.parametrize("rule", OF_TICKETS)
def test_a_policy_that_can_never_fire(rule: str) -> None:
    """The desk has no such tier: said once, and nothing besides."""
    assert told(policy(rule, 'when = { desk = "south", tier = "second_line" }')) == [
        (
            f'config.toml:{line(rule)}: policy "mine" ({rule}): when: can never fire: by [[desk]] no group '
            "has desk south and tier second_line; leave one of them out, or name the group there"
        )
    ]


@pytest.mark.parametrize("rule", CALENDAR)
def test_a_condition_on_tickets_where_there_are_none(rule: str) -> None:
    """It is about the calendar."""
    found = told(policy(rule, 'when = { class = "urgent" }'))
    assert found == [
        f'config.toml:{FIRST}: policy "mine" ({rule}): it is about no ticket: when has no meaning here'
        + ("; where narrows the articles" if rule.startswith("article") else "")
    ]


@pytest.mark.parametrize("rule", LEAST)
def test_a_policy_that_overlaps_another(rule: str) -> None:
    """The same twice: the second is named with its line, and so is the first; apart it is not."""
    (found,) = told(policy(rule) + policy(rule, name="too"))
    second = FIRST + policy(rule).count("\n")
    about = "shifts, calls, dates or articles" if rule in CALENDAR else "tickets"
    assert found.startswith(f'config.toml:{second}: policy "too" ({rule}): overlaps policy "mine": both ')
    assert f"the same {about}, and people are told twice; " in found
    if rule in OF_TICKETS:
        one, other = (f'when = {{ class = "{rank}" }}' for rank in ("urgent", "important"))
        assert told(policy(rule, one) + policy(rule, other, "too")) == []


@pytest.mark.parametrize(
    ("rule", "one", "other"),
    [
        ("hand_over_limit", 'tiers = "second_line"', 'tiers = "first_line"'),
        ("major_incident", 'where = { category = "a" }', 'where = { category = "b" }'),
        ("monitoring_alert", 'column = "u_from"', 'column = "u_from"\nimpact = "u_reach"'),
    ],
)
def test_more_than_when_keeps_two_apart(rule: str, one: str, other: str) -> None:
    """Tiers, columns: who is told by one is told by the other only where they meet."""
    apart = told(policy(rule, one) + policy(rule, other, "too"))
    assert bool(apart) == (rule == "monitoring_alert")


def test_rosters_hotlines_and_dates_are_kept_apart() -> None:
    """By their file, their hours, their days."""
    for rule, theirs, others in (
        ("duty_roster", '"duty"', '"other"'),
        ("hotline", '"r"', '"night"'),
        ("dated_item", "2027-01-01", "2027-02-01"),
    ):
        other = policy(rule, name="too", least=LEAST[rule].replace(theirs, others))
        assert told(policy(rule) + other) == [], rule


NAMED = {
    "to_group": ("tier_escalation", 'to_group = "Netwrk"'),
    "to_groups: group": ("tier_escalation", 'to_groups = [{ group = "Netwrk", where = { cmdb_ci = "1" } }]'),
    "on_call: group": ("tier_escalation", 'on_call = [{ group = "Netwrk" }]'),
    "contracts: Netwrk": ("tier_escalation", 'contracts = { "Netwrk" = "C-1" }'),
    "assign_group": ("complaint", 'assign_group = "Netwrk"'),
}


@pytest.mark.parametrize("setting", NAMED)
def test_a_group_that_no_desk_has_by_setting(setting: str) -> None:
    """Wherever a policy names one."""
    rule, more = NAMED[setting]
    assert told(policy(rule, more)) == [
        (
            f'config.toml:{line(rule)}: policy "mine" ({rule}): {setting}: no desk has a group "Netwrk"; '
            'did you mean "Network"?'
        )
    ]


@pytest.mark.parametrize("rule", ["after_review", "callback_sampling", "dated_item"])
def test_a_group_that_is_to_do_something(rule: str) -> None:
    """The other rules that give work to a group."""
    (found,) = told(policy(rule, 'assign_group = "Netwrk"'))
    assert f'config.toml:{line(rule)}: policy "mine" ({rule}): assign_group: no desk has' in found


@pytest.mark.parametrize("rule", OF_TICKETS)
def test_a_condition_on_a_group_that_no_desk_has(rule: str) -> None:
    """With the name that may have been meant."""
    assert told(policy(rule, 'when = { group = "Netwrk" }')) == [
        (
            f'config.toml:{line(rule)}: policy "mine" ({rule}): when: group: no desk has a group "Netwrk"; '
            'did you mean "Network"?'
        )
    ]


@pytest.mark.parametrize("rule", IN_HOURS)
def test_hours_without_a_zone(rule: str) -> None:
    """It is said of the hours, where it is put right."""
    at = BASE[: BASE.index("[service_hours.r]")].count("\n") + 1
    assert told(policy(rule), BASE.replace('zone = "UTC"\nalways', "always")) == [
        f'config.toml:{at}: service hours "r": zone: missing (IANA time zone, such as Asia/Shanghai)'
    ]


@pytest.mark.parametrize("rule", ["callback_sampling", "dated_item"])
def test_days_without_a_zone(rule: str) -> None:
    """They end in UTC; where people are told times in another zone, that is hardly meant."""
    base = BASE.replace("[columns]", 'zone = "Asia/Shanghai"\n[columns]')
    assert told(policy(rule), base) == [
        (
            f'config.toml:{FIRST + 1}: policy "mine" ({rule}): zone is not set: its days end in UTC, and '
            'people are told times in Asia/Shanghai; write zone = "Asia/Shanghai"'
        )
    ]
    assert told(policy(rule, 'zone = "UTC"'), base) == []


def test_a_roster_without_a_zone() -> None:
    """It has no default."""
    (found,) = told(policy("duty_roster", least='roster = "duty"\nreport_to = "x"'))
    assert found.startswith(f'config.toml:{FIRST}: policy "mine" (duty_roster): zone: missing')


@pytest.mark.parametrize(
    ("rule", "setting"),
    [
        ("update_limit", "every"),
        ("major_incident", "broadcast_every"),
        *((rule, "check_every") for rule in ("after_review", "improvement", "complaint")),
    ],
)
def test_a_note_every_pass(rule: str, setting: str) -> None:
    """A rhythm no longer than that of the passes."""
    least = LEAST[rule].replace('\nevery = "1h"', "")
    at = FIRST + 3 + least.count("\n") + 1
    base = BASE.replace("[columns]", '[poll]\nevery = "10m"\n[columns]')
    assert told(policy(rule, f'{setting} = "10m"', least=least), base) == [
        (
            f'config.toml:{at + 2}: policy "mine" ({rule}): {setting}: not longer than [poll] every '
            "(10 min): people get a note in every pass; write a longer time"
        )
    ]
    assert told(policy(rule, f'{setting} = "11m"', least=least), base) == []


def test_all_rhythms_are_among_them() -> None:
    """A setting of another rule that is called after a rhythm belongs into the list above."""
    rhythms = {
        (rule.model_fields["rule"].default, name)
        for rule in RULES
        for name, field in rule.model_fields.items()
        if re.search(r"(^|_)every$", name) and "int" in str(field.annotation)
    }
    assert rhythms == {
        ("update_limit", "every"),
        ("major_incident", "broadcast_every"),
        ("after_review", "check_every"),
        ("improvement", "check_every"),
        ("complaint", "check_every"),
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "rate = 0",
            "rate: can never fire: of no ticket is anybody drawn; write a share above 0, or a minimum",
        ),
        (
            "rate = 1\nlow_score = 0",
            "low_score: nothing ever follows a call-back: no score is below 0; write one above 0",
        ),
    ],
)
def test_call_backs_that_come_to_nothing(more: str, said: str) -> None:
    """Nobody is called, or whatever they say is enough."""
    at = FIRST + 3 + more.count("\n") + 1
    text = policy("callback_sampling", least='key = "k"\n' + more)
    assert told(text) == [f'config.toml:{at}: policy "mine" (callback_sampling): {said}']
    assert told(policy("callback_sampling", "minimum = 1", least='key = "k"\nrate = 0')) == []


def test_a_score_that_nobody_reads() -> None:
    """The column is named under [reads]."""
    base = BASE.replace('score = "u_score"\n', "")
    (found,) = told(policy("callback_sampling", "low_score = 3"), base)
    assert "[reads] score is not set: no answer is read; name the column there" in found


def test_a_release_of_which_nothing_is_asked() -> None:
    """It would be planned from the first."""
    (found,) = told(policy("release_plan", "time = []\nscope = []\ncontent = []"))
    assert found == (
        f'config.toml:{FIRST}: policy "mine" (release_plan): set time, scope or content; otherwise nothing '
        "is asked of a plan"
    )


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """Nothing is judged without it; one that may be missing is let be, and so is one that is there."""
    base = BASE.replace("optional = true\n", "")

    def found() -> list[str]:
        return warnings(loads(base + policy("duty_roster"), tmp_path / "config.toml"), NOW)

    (missing,) = found()
    assert f'can never fire: {tmp_path / "duty.csv"} of [[source]] "duty" is not there; put the' in missing
    (tmp_path / "duty.csv").write_text("starts,arrived\n", encoding="utf-8")
    assert found() == []

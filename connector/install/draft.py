"""A first configuration as commented TOML text, from a few answers and what the instance has. Pure.

Every policy begins in mode ``observe``. What had to be guessed is marked as a guess.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.install.census import DAYS, Census, Schedule
from connector.install.further import further
from connector.settings.table import STATES

HOLIDAYS = {"Asia/Shanghai": "CN", "Asia/Urumqi": "CN", "Asia/Hong_Kong": "HK", "Asia/Taipei": "TW"}
"""Zone → country whose statutory days are off, where the zone leaves no doubt."""


@dataclass(frozen=True)
class Team:
    """One desk and its groups by tier."""

    name: str
    first_line: tuple[str, ...]
    second_line: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What only a person knows."""

    url: str
    user: str
    zone: str
    adopt_from: str
    """A day, ``2026-03-01``."""
    desks: tuple[Team, ...]
    key: str
    """Of the call-back draw; random."""
    kind: str = "basic"
    client_id: str = ""
    secret: str = "DESK_PASSWORD"
    """Environment variable in which the password or the client's secret stands."""
    language: str = "both"
    hours: str = ""
    """Name of the schedule that is the desk's service hours; "" for the first that is not day and night."""


def draft(answers: Answers, census: Census) -> str:
    """The text of ``config.toml``."""
    parts = (_head, _instance, _choices, _columns, _desks, _hours, _policies, _further)
    return "\n".join(_aligned(line) for part in parts for line in part(answers, census)) + "\n"


_COMMENT = re.compile(r"(?P<said>[^#\s].*?)\s{2,}(?P<remark># .*)")
COLUMN = 40
"""Where the comments beside settings begin."""


def _aligned(line: str) -> str:
    """The line with its comment where the others have theirs; two blanks before ``#`` make it one of ours."""
    found = _COMMENT.fullmatch(line)
    if found is None or line.startswith("#"):
        return line
    return f"{found['said']:<{COLUMN}} {found['remark']}"


def quoted(text: str) -> str:
    """As a TOML string."""
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def _remark(text: str) -> str:
    """Foreign text in a comment: one line, no control characters."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def _head(answers: Answers, census: Census) -> Iterator[str]:
    yield "# The desk policy connector, first configuration. Every policy only observes: nothing is written."
    yield "# Look it through, above all what is marked GUESS, then:"
    yield "#   desk-connector check config.toml --instance    does it fit the instance? only reads"
    yield "#   desk-connector rights config.toml              what the account must be allowed"
    yield "#   desk-connector install config.toml             the columns it needs; shows first"
    yield "#   desk-connector run config.toml                 observe for a week"
    yield "#   desk-connector review config.toml              what would have been written"
    yield "#   desk-connector enforce config.toml NAME        let one policy write"
    for gap in census.gaps:
        yield f"# NOT READ: {_remark(gap)}"
    yield ""


def _instance(answers: Answers, census: Census) -> Iterator[str]:
    yield "[instance]"
    yield f"url = {quoted(answers.url)}"
    yield f"adopt_from = {answers.adopt_from}             # tickets opened before are counted, never touched"
    yield f"language = {quoted(answers.language)}                        # of the notes: zh, en or both"
    yield f"zone = {quoted(answers.zone)}               # in which people are told times"
    why = {
        "audit": "sys_audit shows the past of every ticket",
        "metric": "sys_audit shows nothing to this account, metric_instance does",
        "observed": "neither sys_audit nor metrics could be read: the past begins with the first poll",
    }[census.history]
    yield f"history = {quoted(census.history)}                     # {why}"
    yield ""
    yield "[instance.auth]                         # secrets never stand here, only where they are found"
    yield f"kind = {quoted(answers.kind)}"
    yield f"user = {quoted(answers.user)}"
    if answers.kind == "oauth-client-credentials":
        yield f"client_id = {quoted(answers.client_id)}"
        yield f"client_secret = {{ env = {quoted(answers.secret)} }}"
    else:
        yield f"password = {{ env = {quoted(answers.secret)} }}"
        yield "# Instances close basic authentication by and by: oauth-client-credentials stays."
    yield ""


_MEANINGS = (
    (r"cancel|取消|作废", "canceled"),
    (r"resol|解决|solved", "resolved"),
    (r"clos|关闭|complete", "closed"),
    (r"hold|await|wait|pend|suspend|挂起|等待|暂停", "on_hold"),
    (r"new|open|新建|待分派", "new"),
)


def _choices(answers: Answers, census: Census) -> Iterator[str]:
    strange = {value: label for value, label in census.states.items() if value not in STATES}
    if strange:
        yield "# States of the instance beyond the platform's own, by their labels. GUESS: look at each."
        yield "[instance.choices.state]"
        for value, label in strange.items():
            meaning = next(
                (meaning for pattern, meaning in _MEANINGS if re.search(pattern, label, re.IGNORECASE)),
                "in_progress",
            )
            yield f'{quoted(value)} = "{meaning}"                     # {_remark(label)}'
        yield ""
    yield "# R-C1: fault class by the priority that the instance computes. GUESS: is it yours?"
    yield "[fault_class]"
    known = [value for value in census.priorities if value] or ["1", "2", "3", "4", "5"]
    urgent, important = known[:1], known[1:3]
    told = ", ".join(f"{value} is {_remark(label)}" for value, label in census.priorities.items())
    yield f"urgent = {_list(urgent)}" + (f"                          # {told}" if told else "")
    yield f"important = {_list(important)}"
    yield f"general = {_list(known[3:])}"
    yield ""


def _columns(answers: Answers, census: Census) -> Iterator[str]:
    yield "# What the connector may write on a ticket; `desk-connector install` makes what is missing."
    yield "[columns]"
    for role in ("class", "tier", "respond_by", "resolve_by", "clock", "knowledge", "callback", "marks"):
        yield f'{role} = "u_desk_{role}"'
    yield 'shared = ["assignment_group", "assigned_to", "state"]   # people write them too: once, then theirs'
    yield ""
    yield "[reads]"
    yield 'confirmed = "u_desk_confirmed"           # R-B4: ticked when the customer has confirmed'
    yield 'escalate = "u_desk_escalate"             # R-B2: ticked by a consultant: "beyond me"'
    yield 'score = "u_desk_score"                   # R-E1: on the call-back task, 0 to full_mark'
    yield ""


def _desks(answers: Answers, census: Census) -> Iterator[str]:
    named = {group for desk in answers.desks for group in (*desk.first_line, *desk.second_line, *desk.vendor)}
    rest = [group for group in census.groups if group not in named]
    if rest:
        shown = ", ".join(_remark(group) for group in rest[:40])
        more = f" and {len(rest) - 40} more" if len(rest) > 40 else ""
        yield f"# Groups of the instance that no desk names: {shown}{more}."
    if census.categories:
        told = ", ".join(f"{value} ({_remark(label)})" for value, label in census.categories.items())
        yield f'# Categories, for {{ group = …, categories = ["…"] }}: {told}.'
    for desk in answers.desks:
        yield "[[desk]]"
        yield f"name = {quoted(desk.name)}"
        yield f"first_line = {_list(desk.first_line)}"
        if desk.second_line:
            yield f"second_line = {_list(desk.second_line)}"
        if desk.vendor:
            yield f"vendor = {_list(desk.vendor)}"
        yield ""


def chosen_schedule(name: str, census: Census) -> Schedule | None:
    """The schedule of that name, or the first that closes at times."""
    if name:
        return next((schedule for schedule in census.schedules if schedule.name == name), None)
    return next((schedule for schedule in census.schedules if not schedule.always), None)


def _hours(answers: Answers, census: Census) -> Iterator[str]:
    schedule = chosen_schedule(answers.hours, census)
    if schedule is None:
        yield "# GUESS: no schedule of the instance could be read as a week; these are office hours."
        zone = answers.zone
        week: Mapping[str, tuple[str, ...]] = dict.fromkeys(DAYS[:5], ("09:00-17:00",))
    else:
        yield f'# R-F1: as the schedule "{_remark(schedule.name)}" there; its holidays are not taken over.'
        zone, week = schedule.zone or answers.zone, schedule.week
    others = [_remark(each.name) for each in census.schedules if each is not schedule]
    if others:
        yield f"# Other schedules there: {', '.join(others)}."
    yield "[service_hours.onsite]"
    yield f"zone = {quoted(zone)}"
    if schedule is not None and schedule.always:
        yield "always = true"
    else:
        country = HOLIDAYS.get(zone)
        if country:
            yield f'holidays = "{country}"'
        else:
            yield '# holidays = "CN"                       # statutory days off of a country'
        yield from _week(week)
    yield ""
    yield "[service_hours.remote]                   # day and night"
    yield f"zone = {quoted(answers.zone)}"
    yield "always = true"
    yield ""


def _week(week: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Neighbouring days with the same windows as one range."""
    run: list[str] = []
    for day in (*DAYS, ""):
        if run and (not day or week.get(day) != week[run[0]]):
            key = run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
            yield f"{key} = {_list(week[run[0]])}"
            run = []
        if day and day in week:
            run.append(day)


_LIMITS: Sequence[tuple[str, str, str, str]] = (
    ("urgent", "remote", "15m", "4h"),
    ("important", "onsite", "30m", "8h"),
    ("general", "onsite", "2h", "24h"),
)
"""Class, service hours, response and resolution limit (R-C3)."""


def _policies(answers: Answers, census: Census) -> Iterator[str]:
    yield "# ── Policies. A limit is hours and minutes of service. All rules: docs/reference.md. ──"
    for kind, hours, respond, resolve in _LIMITS:
        yield "[[policy]]                               # R-C1, R-C3"
        yield 'rule = "sla_timer"'
        yield f'name = "{kind}-limits"'
        yield 'mode = "observe"'
        yield f'when = {{ class = "{kind}" }}'
        yield f'service_hours = "{hours}"'
        yield f'respond_within = "{respond}"'
        yield f'resolve_within = "{resolve}"'
        yield "warn_at = 0.8"
        yield ""
    if any(desk.second_line for desk in answers.desks):
        yield from _escalation("to-second-line", "first_line", "second_line", "4h")
    if any(desk.vendor for desk in answers.desks):
        origin = "second_line" if any(desk.second_line for desk in answers.desks) else "first_line"
        yield from _escalation("to-vendor", origin, "vendor", "16h")
    yield "[[policy]]                               # R-B5"
    yield 'rule = "knowledge_capture"'
    yield 'name = "knowledge-owed"'
    yield 'mode = "observe"'
    yield 'grace = "8h"'
    yield 'service_hours = "onsite"'
    codes = [code for code in census.close_codes if re.search(r"duplicate|by caller", code, re.IGNORECASE)]
    if census.close_codes:
        yield f"# Close codes of the instance: {', '.join(_remark(code) for code in census.close_codes)}."
    yield f"exempt_close_codes = {_list(codes)}"
    if census.categories:
        yield "exempt_categories = []                   # values of the category column"
    yield ""
    yield "[[policy]]                               # R-B4"
    yield 'rule = "customer_confirmation"'
    yield 'name = "confirmed-before-closing"'
    yield 'mode = "observe"'
    yield 'confirmed = "u_desk_confirmed"'
    yield 'silence_counts_after = "72h"'
    yield ""
    yield "[[policy]]                               # R-B6, R-D1, R-D2"
    yield 'rule = "callback_sampling"'
    yield 'name = "call-backs"'
    yield 'mode = "observe"'
    yield "rate = 0.10"
    yield f"key = {quoted(answers.key)}   # drawn for you; whoever knows it can foretell the draw; keep it"
    yield 'per = "week"'
    yield f"zone = {quoted(answers.zone)}"


def _further(answers: Answers, census: Census) -> Iterator[str]:
    yield ""
    yield from further(quoted(answers.zone))


def _escalation(name: str, origin: str, to: str, after: str) -> Iterator[str]:
    yield "[[policy]]                               # R-A2, R-A3, R-B2"
    yield 'rule = "tier_escalation"'
    yield f'name = "{name}"'
    yield 'mode = "observe"'
    yield f'from = "{origin}"'
    yield f'to = "{to}"'
    yield 'marked_by = "u_desk_escalate"'
    yield f'after = "{after}"'
    yield 'service_hours = "onsite"'
    yield ""

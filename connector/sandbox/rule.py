"""What the platform does by itself when a task is written: defaults, stamps, counters, the data policy.

A rule gets the record as it will be (`new`), as it was (`old`, empty on insert) and the names that this very
write gives; a value given in the write stands.  Facts: section 5.2.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from connector.sandbox import change_state
from connector.sandbox.error import DataPolicyViolated
from connector.sandbox.moment import instant, stamp
from connector.sandbox.switch import Switches

Row = dict[str, str]

PRIORITY = {
    ("1", "1"): "1",
    ("1", "2"): "2",
    ("1", "3"): "3",
    ("2", "1"): "2",
    ("2", "2"): "3",
    ("2", "3"): "4",
    ("3", "1"): "3",
    ("3", "2"): "4",
    ("3", "3"): "5",
}
"""(impact, urgency) → priority on a stock instance."""

ON_HOLD, RESOLVED, CLOSED, CANCELED = "3", "6", "7", "8"
_DONE = {
    "task": {"3", "4", "7"},
    "incident_task": {"3", "4", "7"},
    "problem": {"107"},
    "problem_task": {"3", "4", "7"},
    "change_request": {"3", "4"},
    "change_task": {"3", "4", "7"},
    "sc_request": {"3", "4", "7"},
    "sc_req_item": {"3", "4", "7"},
    "sc_task": {"3", "4", "7"},
    "sn_customerservice_case": {"3"},
    "interaction": {"closed_complete", "closed_abandoned"},
}
"""States in which the other kinds of work are over."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, when, and the instance's own priority look-up."""

    now: str
    user_id: str
    given: Set[str]
    priority: Mapping[tuple[str, str], str]
    switches: Switches
    caller_comments: bool = False
    off: Set[str] = frozenset()
    """The sys_ids of stock business rules that somebody deactivated or deleted."""


def prepare(table: str, new: Row, old: Row, writing: Writing) -> None:
    """Let the rules of the record's class change `new` in place.

    Raises `DataPolicyViolated` and `Aborted`.
    """
    rule = _RULES.get(table)
    if rule:
        rule(table, new, old, writing)


def _incident(_: str, new: Row, old: Row, writing: Writing) -> None:
    _mirror_state(new, old, writing)
    if writing.caller_comments:
        waiting = old["state"] == ON_HOLD and new["hold_reason"] == "1"
        if waiting or (old["state"] == RESOLVED and writing.switches.caller_reopens):
            _move(new, "2")
    if not old or (new["impact"], new["urgency"]) != (old["impact"], old["urgency"]):
        new["priority"] = writing.priority.get((new["impact"], new["urgency"]), new["priority"])
    if old:
        _count_reassignment(new, old, writing)
    else:
        _open(new, writing)
    state, before = new["state"], old.get("state", "1")
    if state == before:
        return
    if before == ON_HOLD and "hold_reason" not in writing.given:
        new["hold_reason"] = ""
    if state in {RESOLVED, CLOSED}:
        _need_close_information(new, writing)
        if before not in {RESOLVED, CLOSED}:
            _stamp(new, "resolved", writing)
            _measure(new)
    if state in {CLOSED, CANCELED}:
        _stamp(new, "closed", writing)
        _fill(new, "active", "false", writing)
    elif before in {RESOLVED, CLOSED, CANCELED} and state != RESOLVED:
        _reopen(new, old, writing)


def _mirror_state(new: Row, old: Row, writing: Writing) -> None:
    """`state` and `incident_state` are the same thing twice; `state` wins when both are written."""
    moved = new["state"] != old.get("state", "1")
    if not moved and "incident_state" in writing.given and new["incident_state"]:
        new["state"] = new["incident_state"]
    else:
        new["incident_state"] = new["state"]


def _move(new: Row, state: str) -> None:
    new["state"] = new["incident_state"] = state


def _open(new: Row, writing: Writing) -> None:
    new["opened_at"] = new["opened_at"] or writing.now
    new["opened_by"] = new["opened_by"] or writing.user_id
    new["task_effective_number"] = new["number"]


def _count_reassignment(new: Row, old: Row, writing: Writing) -> None:
    was, now = old["assignment_group"], new["assignment_group"]
    if was and now != was and "reassignment_count" not in writing.given:
        new["reassignment_count"] = str(int(old["reassignment_count"] or 0) + 1)


def _need_close_information(new: Row, writing: Writing) -> None:
    """The stock data policy "Make close info mandatory when resolved or closed"."""
    needed = {"close_code": "Resolution code", "close_notes": "Resolution notes"}
    missing = [label for name, label in needed.items() if not new[name].strip()]
    if missing:
        raise DataPolicyViolated(missing, writing.switches.data_policy_message)


def _stamp(new: Row, what: str, writing: Writing) -> None:
    _fill(new, f"{what}_at", writing.now, writing)
    _fill(new, f"{what}_by", writing.user_id, writing)


def _fill(new: Row, name: str, value: str, writing: Writing) -> None:
    if name not in writing.given:
        new[name] = value


def _measure(new: Row) -> None:
    """The resolve time in seconds and as a duration; no schedule is attached, so both kinds are equal."""
    start, end = instant(new["opened_at"]), instant(new["resolved_at"])
    if start is None or end is None:
        return
    seconds = max(0, end - start)
    new["calendar_stc"] = new["business_stc"] = str(seconds)
    new["calendar_duration"] = new["business_duration"] = stamp(seconds)


def _reopen(new: Row, old: Row, writing: Writing) -> None:
    _fill(new, "active", "true", writing)
    _fill(new, "reopen_count", str(int(old.get("reopen_count") or 0) + 1), writing)
    _fill(new, "reopened_time", writing.now, writing)
    _fill(new, "reopened_by", writing.user_id, writing)
    if not writing.switches.reopen_clears:
        return
    for name in ("resolved_at", "resolved_by", "closed_at", "closed_by"):
        _fill(new, name, "", writing)
    for name in ("calendar_stc", "business_stc", "calendar_duration", "business_duration"):
        _fill(new, name, "", writing)


def _work(table: str, new: Row, old: Row, writing: Writing) -> None:
    """Tasks, problems and interactions: opened, counted, closed."""
    if old:
        _count_reassignment(new, old, writing)
    else:
        _open(new, writing)
    done = _DONE[table]
    if new["state"] in done and old.get("state") not in done:
        _stamp(new, "closed", writing)
        _fill(new, "active", "false", writing)
    elif old and new["state"] not in done and old["state"] in done:
        _fill(new, "active", "true", writing)
        _fill(new, "closed_at", "", writing)
        _fill(new, "closed_by", "", writing)


def _change(table: str, new: Row, old: Row, writing: Writing) -> None:
    if change_state.RULE_ID not in writing.off:
        change_state.check(new["type"], old.get("state", ""), new["state"])
    _work(table, new, old, writing)


def _incident_task(table: str, new: Row, old: Row, writing: Writing) -> None:
    """`incident` and `parent` name the same record."""
    if "incident" in writing.given and "parent" not in writing.given:
        new["parent"] = new["incident"]
    elif "parent" in writing.given and "incident" not in writing.given:
        new["incident"] = new["parent"]
    _work(table, new, old, writing)


def _article(_: str, new: Row, old: Row, writing: Writing) -> None:
    if not old:
        _fill(new, "author", writing.user_id, writing)
    if (
        new["workflow_state"] == "published"
        and old.get("workflow_state") != "published"
        and not new["published"]
    ):
        new["published"] = writing.now[:10]


def _person(_: str, new: Row, old: Row, writing: Writing) -> None:
    """The name is first and last name unless it was given; machines open no pages."""
    if "name" not in writing.given and {"first_name", "last_name"} & writing.given:
        new["name"] = f"{new['first_name']} {new['last_name']}".strip()
    elif not old and not new["name"]:
        new["name"] = new["user_name"]
    if new["identity_type"].lower() == "machine" != old.get("identity_type", "").lower():
        new["web_service_access_only"] = "true"


_RULES: dict[str, Callable[[str, Row, Row, Writing], None]] = {
    "incident": _incident,
    "incident_task": _incident_task,
    "task": _work,
    "problem": _work,
    "problem_task": _work,
    "interaction": _work,
    "change_request": _change,
    "change_task": _work,
    "sc_request": _work,
    "sc_req_item": _work,
    "sc_task": _work,
    "sn_customerservice_case": _work,
    "kb_knowledge": _article,
    "sys_user": _person,
}

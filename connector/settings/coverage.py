"""Which clause of the regulation is carried out by what, what of it is left, and where its figure comes from.

Rules and indicators name their clauses themselves; only what they cannot know stands here in words. A clause
that nothing carries out has its reason in `PEOPLE`; of one that is carried out in part `LEFT` says the rest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from connector.kpi.catalogue import indicators
from connector.kpi.declared import surveyed
from connector.kpi.dimension import dimensions
from connector.kpi.indicator import Indicator
from connector.rules.catalogue import RULES
from connector.rules.clause import CLAUSES

TABLES: Mapping[str, str] = {
    "R-A2": "`[[desk]]` first_line",
    "R-A3": "`[[desk]]` second_line",
    "R-A4": "`[[desk]]` vendor",
    "R-A5": "`[[desk]]`, the scopes of `kpi`",
    "R-C1": "`[fault_class]`",
    "R-F1": "`[service_hours]`",
    "R-F3": "verb `archive`",
    "R-H2": "verb `report`, part complaints",
    "R-H4": "verb `report`",
    "R-H5": "verb `report`, part conformity",
}
"""Clause → the part of the configuration that speaks of it."""

NOT_BUILT = "not built yet: "
"""How a text begins that speaks of what software could do and this one does not."""

PEOPLE: Mapping[str, str] = {
    "R-B1": "the instance opens the ticket; whether each call became one is not compared",
}
"""Clause → why no rule and no indicator carries it out."""

LEFT: Mapping[str, str] = {
    "R-A1": "a post and its duties; what asks for the project manager reaches them",
    "R-A6": "posts and their duties; `kpi` is for them, and the last steps of the ladder",
    "R-A2": "people inform the customer; `watch` keeps them on the ticket while others work",
    "R-A3": "guiding the first line is people's work",
    "R-B3": "the instance shows the state, people tell the customer",
    "R-B5": "the rule proposes what to promote; promoting is people's work",
    "R-C2": "the phases are the states and notes of the ticket; the rule sees to the feedback",
    "R-C3": "the instance's own `task_sla` is compared by `explain` and never written",
    "R-F3": "people bring articles up to date; the analysis of a fault is written in its problem record",
    "R-C6": "people investigate, name measures and carry them out; the rules see that it is done",
    "R-D3": "publishing the contact and the procedure, and acting, are people's work",
    "R-F4": "the set phrases stand in the task; manners themselves are on no record",
    "R-G1": "people assess, approve and carry out; the rule compares what the change says with what is asked",
    "R-G2": "people plan; whether the plan is a good one is on no record",
    "R-G3": "measuring thresholds is another program's; the services of an item are told from columns that "
    "name them",
    "R-H1": "people draw up the plan, audit, and judge what they find",
    "R-H2": "people draw the conclusions",
    "R-H3": "whether a measure works is for whoever verifies it",
    "R-H4": "people read, complete and review them",
    "R-H5": "what follows from a breach is for people",
}
"""Clause → what of it is left although something carries it out."""

_TICKETS = "the tickets' own columns and history"
_NOTES = "the notes and the journal, by policy: `plan`, `explain`, `status`"
_OWN = "none of its own; an export can be counted as `[[source]]` and `[[indicator]]`"

FIGURES: Mapping[str, str] = {
    "R-A1": "R-E12 per group and consultant; `[[score]]` for the rating",
    "R-A2": "R-E4 and R-E8 of the first line's groups",
    "R-A3": "R-E5 and R-E11 of the second line's groups",
    "R-A4": "R-E12 of the vendor's groups",
    "R-A5": "every indicator, for the whole, a desk, a group, a consultant",
    "R-A6": "every indicator; the reports of `kpi`",
    "R-B1": "R-E12: tickets accepted; R-E2: calls",
    "R-B2": "R-E8 and R-E11; escalations: " + _NOTES,
    "R-B3": "R-E3; the columns class, tier, clock and both limits on the ticket",
    "R-B4": _NOTES,
    "R-B5": "the column knowledge on the tickets; tasks of the kind article_promotion",
    "R-B6": "R-E1: how many call-backs were answered; the column callback on the tickets",
    "R-C1": "every indicator of a policy whose `when` names a class; `[[indicator]]` by class",
    "R-C2": "R-E3 for intake, R-E6 for handling; the phases between are not counted",
    "R-C3": "R-E3 and R-E6; the columns clock, respond_by, resolve_by",
    "R-C4": "tasks of the kind major_report, with their due date; " + _NOTES,
    "R-C5": "tasks of the kind hotline_unanswered; R-E2: a call nobody took for 15 minutes is a missed one",
    "R-C6": "incidents without a problem by then: " + _NOTES,
    "R-D1": "R-E1; the column callback, with the draw of those not chosen",
    "R-D2": "tasks of the kinds callback, improvement, callback_2",
    "R-D3": "tasks of the kinds complaint and complaint_call; " + _NOTES,
    "R-F1": "each limit and each indicator names its service hours",
    "R-F2": "tasks of the kinds roster_lacking, changeover_late; R-E7: a `[[source]]` of kind roster",
    "R-F3": "the column knowledge on the tickets; tasks of the kind article_review; R-E9 for manuals",
    "R-F4": "R-E1",
    "R-G1": "tasks of the kind nonconformity; " + _NOTES,
    "R-G2": "tasks of the kind nonconformity; " + _NOTES,
    "R-G3": _NOTES,
    "R-H1": "tasks of the kinds plan, audit, audit_overdue and nonconformity, with their due dates",
    "R-H2": "R-E1; `report`, part complaints: by category, group, how they were handled",
    "R-H3": "tasks of the kinds improvement, verification and callback_2; " + _NOTES,
    "R-H4": "tasks of the kinds report, report_overdue, report_review; R-E10: a `[[source]]` of kind summary",
    "R-H5": "`report`, part conformity: finished tickets with a breach, by group and consultant; `[[score]]`",
}
"""Clause → where a figure about it comes from; those of the indicators say so themselves."""

_SOURCES: Mapping[str, str] = {"tickets": _TICKETS, "call_backs": "call-back tasks", "calls": "`interaction`"}


class Carried(NamedTuple):
    """One clause, as `docs/coverage.md` tells it."""

    clause: str
    title: str
    by: tuple[str, ...]
    """What carries it out; empty for nothing."""
    left: str
    """What does not, and why; empty where nothing is left."""
    figure: str

    @property
    def standing(self) -> str:
        """``carried out``, ``in part``, ``not built yet`` or ``left to people``."""
        if self.by:
            return "in part" if NOT_BUILT in self.left else "carried out"
        return "not built yet" if NOT_BUILT in self.left else "left to people"


def carried_out() -> dict[str, list[str]]:
    """Clause → what carries it out, in words; only clauses that something carries out."""
    found: dict[str, list[str]] = {}
    for rule in RULES:
        for clause in rule.clauses:
            found.setdefault(clause, []).append(f"rule `{rule.model_fields['rule'].default}`")
    for indicator in known_indicators():
        found.setdefault(indicator.about.clause, []).append("verb `kpi`")
    for clause, part in TABLES.items():
        found.setdefault(clause, []).insert(0, part)
    return {clause: list(dict.fromkeys(parts)) for clause, parts in found.items()}


def coverage() -> Iterator[tuple[str, str, str]]:
    """(clause, title, what carries it out or why nothing does), in the order of the regulation."""
    for each in clauses():
        left = each.left if each.standing == "not built yet" else f"not by software: {each.left}"
        yield each.clause, each.title, ", ".join(each.by) or left


def clauses() -> Iterator[Carried]:
    """Every clause in the order of the regulation."""
    done, counted = carried_out(), _counted()
    for clause, title in CLAUSES.items():
        left = LEFT.get(clause, "") if clause in done else PEOPLE.get(clause, "")
        figure = counted.get(clause) or FIGURES.get(clause, "")
        yield Carried(clause, title, tuple(done.get(clause, ())), left, figure)


def coverage_page() -> str:
    """``docs/coverage.md``: the clauses, what carries them out, what is left, where the figure comes from."""
    rows = list(clauses())
    sums = Counter(each.standing for each in rows)
    told = ", ".join(
        f"{sums[standing]} {standing}"
        for standing in ("carried out", "in part", "not built yet", "left to people")
    )
    table = [
        "| " + " | ".join((each.clause, each.title, each.standing, ", ".join(each.by) or "–",
                           each.left or "–", each.figure)) + " |"
        for each in rows
    ]  # fmt: skip
    return "\n".join([_HEAD, f"Of {len(rows)} clauses: {told}.", "", *_COLUMNS, *table]) + "\n"


_HEAD = """# Coverage: the clauses of the regulation

Made by `desk-connector schema --coverage` from the rules, the indicators and what is written beside them; a
test keeps the two equal. “In part” and “not built yet” name what software could do and this one does not.
"""
_COLUMNS = (
    "| clause | says | standing | carried out by | what is left, and why | where the figure comes from |",
    "| --- | --- | --- | --- | --- | --- |",
)


def known_indicators() -> tuple[Indicator[Any], ...]:
    """All indicators of the regulation, those of surveys too."""
    return (*indicators(), surveyed(None), *dimensions())


def _counted() -> dict[str, str]:
    """Clause → formula and sources of its indicators."""
    found: dict[str, list[str]] = {}
    for indicator in known_indicators():
        about = indicator.about
        origin = " or ".join(
            _SOURCES.get(source, f"`[[source]]` of kind {source}") for source in about.sources
        )
        found.setdefault(about.clause, []).append(f"{about.formula.en}; from {origin}")
    return {clause: "<br>".join(dict.fromkeys(lines)) for clause, lines in found.items()}

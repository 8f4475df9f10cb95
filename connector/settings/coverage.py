"""Which clause of the regulation is carried out by what, and which are left to people and why."""

from collections.abc import Iterator, Mapping

from connector.kpi.catalogue import indicators
from connector.rules.catalogue import RULES
from connector.rules.clause import CLAUSES

TABLES: Mapping[str, str] = {
    "R-A2": "`[[desk]]` first_line",
    "R-A3": "`[[desk]]` second_line",
    "R-A4": "`[[desk]]` vendor, rule `tier_escalation`",
    "R-A5": "`[[desk]]`, the scopes of `kpi`",
    "R-C1": "`[fault_class]`",
    "R-F1": "`[service_hours]`",
}
"""Clause → the part of the configuration that speaks of it."""

PEOPLE: Mapping[str, str] = {
    "R-A1": "a post and its duties",
    "R-A6": "posts and their duties; `kpi` is for them",
    "R-B1": "the instance opens the ticket",
    "R-B3": "the instance shows the state; our columns and notes are on the record",
    "R-C2": "the phases are the states and notes of the ticket",
    "R-C5": "no rule yet; unanswered calls lower R-E2",
    "R-C6": "people investigate",
    "R-D3": "no rule yet",
    "R-D4": "no rule yet; the instance's own surveys",
    "R-F2": "no rule yet; statutory days are in `[service_hours]`",
    "R-F4": "manners are not on the record",
    "R-G1": "the instance's change management",
    "R-G2": "the instance's release management",
    "R-G3": "monitoring is another program's",
    "R-H1": "people plan and audit",
    "R-H2": "people analyse; R-E1 is one source",
    "R-H3": "people verify",
    "R-H4": "people review; `kpi` prints the figures",
    "R-H5": "people check; the journal and the notes are the evidence",
}
"""Clause → why no rule and no indicator carries it out."""


def carried_out() -> dict[str, list[str]]:
    """Clause → what carries it out, in words; only clauses that something carries out."""
    found: dict[str, list[str]] = {}
    for rule in RULES:
        for clause in rule.clauses:
            found.setdefault(clause, []).append(f"rule `{rule.model_fields['rule'].default}`")
    for indicator in indicators():
        found.setdefault(indicator.about.clause, []).append("verb `kpi`")
    for clause, part in TABLES.items():
        found.setdefault(clause, []).insert(0, part)
    return {clause: list(dict.fromkeys(parts)) for clause, parts in found.items()}


def coverage() -> Iterator[tuple[str, str, str]]:
    """(clause, title, what carries it out or why nothing does), in the order of the regulation."""
    done = carried_out()
    for clause, title in CLAUSES.items():
        why = PEOPLE.get(clause, "")
        left = why if why.startswith("no ") else f"not by software: {why}"
        yield clause, title, ", ".join(done[clause]) if clause in done else left

"""Which tables of the platform are polled for a configuration, and which columns: no more than needed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connector.settings.clash import rule_of
from connector.sync.normalise import BASE_COLUMNS, KIND_PREFIX, NOTES
from connector.sync.poll import Source

if TYPE_CHECKING:
    from connector.settings.document import Settings

HISTORY = ("state", "hold_reason", "assignment_group", "assigned_to", "priority")
"""Columns of a ticket whose past counts: they make the spans."""

KNOWLEDGE = frozenset({"knowledge_capture"})
"""Rules that ask whether a ticket has an article."""

TASKS = frozenset({"major_incident", "callback_sampling"})
"""Rules that create tasks beside a ticket and ask what became of them."""

_TASK = (
    "sys_id", "incident", "correlation_id", "correlation_display", "state", "opened_at", "closed_at",
    "assigned_to", "assignment_group",
)  # fmt: skip
_KEPT = ("sys_updated_on", "sys_mod_count")


def sources(settings: "Settings") -> tuple[Source, ...]:
    """In the order in which they are polled: tickets first, then what belongs to them."""
    return tuple(_sources(settings))


def _sources(settings: "Settings") -> Iterator[Source]:
    rules = {rule_of(policy) for policy in settings.policies}
    overlap, page = settings.poll.overlap, settings.poll.page
    past = tuple(dict.fromkeys((*HISTORY, *_ticked(settings))))
    audited = settings.instance.history == "audit"
    yield Source(
        "incident",
        tuple(
            dict.fromkeys(
                (
                    *BASE_COLUMNS,
                    *settings.columns.roles.values(),
                    *sorted(settings.extra_columns - {NOTES}),
                )
            )
        ),
        overlap=overlap,
        page=page,
        observe=() if audited else past,
    )
    if audited:
        notes = (NOTES,) if NOTES in settings.extra_columns else ()
        yield Source(
            "sys_audit",
            ("sys_id", "documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on"),
            f"tablename=incident^fieldnameIN{','.join((*past, *notes))}",
            stamp="sys_created_on",
            overlap=overlap,
            page=page,
        )
    if rules & TASKS:
        score = (settings.reads.score,) if settings.reads.score else ()
        yield Source(
            "incident_task",
            (*_TASK, *score, *_KEPT),
            f"correlation_displaySTARTSWITH{KIND_PREFIX}",
            overlap=overlap,
            page=page,
        )
    if rules & KNOWLEDGE:
        yield Source(
            "kb_knowledge",
            ("sys_id", "number", "source", "workflow_state", *_KEPT),
            "sourceISNOTEMPTY",
            overlap=overlap,
            page=page,
        )
        yield Source("m2m_kb_task", ("sys_id", "kb_knowledge", "task", *_KEPT), overlap=overlap, page=page)
    if settings.counts_calls:
        yield Source(
            "interaction",
            (
                "sys_id",
                "number",
                "opened_at",
                "closed_at",
                "state",
                "assigned_to",
                "assignment_group",
                *_KEPT,
            ),
            "type=phone^direction=inbound",
            overlap=overlap,
            page=page,
        )


def _ticked(settings: "Settings") -> tuple[str, ...]:
    """Columns that a person ticks and of which it matters when."""
    marked = (getattr(policy, "marked_by", None) for policy in settings.policies)
    return tuple(dict.fromkeys(column for column in marked if column))

"""A form: the record's columns, what the policies keep on it, its stream, what belongs to it."""

from typing import Any

from connector.sandbox.dictionary import Table
from connector.sandbox.page.listing import rows
from connector.sandbox.page.record import Record, Shelf, list_address
from connector.sandbox.page.stream import stream

_FIRST = tuple(
    """
number caller_id opened_for category subcategory business_service cmdb_ci contact_type state hold_reason
impact urgency priority assignment_group assigned_to opened_at opened_by short_description description
""".split()  # noqa: SIM905  one word a line would be 20 lines
)
"""The columns that people look for, in the order of the platform's own form; the others follow."""

FEW = 10
"""Rows of a related list; its heading leads to all of them."""

_BELONGS = (
    ("incident_task", "incident"),
    ("incident_task", "parent"),
    ("incident", "parent_incident"),
    ("incident", "problem_id"),
    ("problem_task", "problem"),
    ("change_task", "change_request"),
    ("sc_req_item", "request"),
    ("sc_task", "request_item"),
    ("task_sla", "task"),
    ("m2m_kb_task", "task"),
    ("m2m_kb_task", "kb_knowledge"),
    ("asmt_assessment_instance", "task_id"),
    ("sysapproval_approver", "sysapproval"),
    ("sys_attachment", "table_sys_id"),
    ("metric_instance", "id"),
    ("sys_user_grmember", "group"),
    ("sys_user_grmember", "user"),
    ("sys_user_has_role", "user"),
)
"""(table, column): rows whose column holds the record's sys_id are shown below it."""


def form(shelf: Shelf, record: Record) -> dict[str, Any]:
    """What the form's template needs."""
    if record.table in shelf.dictionary.tables:
        found, _ = shelf.records(shelf.dictionary[record.table], f"sys_id={record.sys_id}", limit=1)
        record = found[0] if found else record
    kept = [cell for cell in record.cells if cell.element.startswith("u_")]
    system = [cell for cell in record.cells if cell.element.startswith("sys_")]
    others = sorted(
        (cell for cell in record.cells if cell not in kept and cell not in system),
        key=lambda cell: _FIRST.index(cell.element) if cell.element in _FIRST else len(_FIRST),
    )
    return {
        "record": record,
        "head": [cell for cell in others if cell.element in {"priority", "state"} and not cell.is_empty],
        "headline": next(
            (cell.shown for cell in others if cell.element in {"short_description", "name"}), ""
        ),
        "filled": [cell for cell in others if not cell.is_empty],
        "empty": [cell for cell in others if cell.is_empty and not cell.type.startswith("journal")],
        "kept": kept,
        "system": [cell for cell in system if not cell.is_empty],
        "stream": stream(shelf, record),
        "related": _related(shelf, record),
    }


def _related(shelf: Shelf, record: Record) -> list[dict[str, Any]]:
    wanted = [(name, f"{column}={record.sys_id}", column) for name, column in _BELONGS]
    number = next((cell.value for cell in record.cells if cell.element == "number"), "")
    if number and "^" not in number:
        wanted.append(("kb_knowledge", f"source={number}^ORsource={record.sys_id}", "source"))
    shown: list[dict[str, Any]] = []
    seen: set[str] = set()
    for name, query, column in wanted:
        table = shelf.dictionary.get(name)
        if table is not None and column in table.columns and _leads(shelf, table, column, record):
            found = _list(shelf, table, query, column)
            there = {record.sys_id for record in found["records"]}
            if not there <= seen:  # a task often hangs by two columns
                shown.append(found)
            seen |= there
    return shown


def _leads(shelf: Shelf, table: Table, column: str, record: Record) -> bool:
    """Whether this column can hold such a record at all, so that no table is searched in vain."""
    target = shelf.dictionary.get(table.columns[column].reference)
    return target is None or record.table in shelf.dictionary.family(target.name)


def _list(shelf: Shelf, table: Table, query: str, column: str) -> dict[str, Any]:
    elements, records, total = rows(shelf, table, query, limit=FEW, without=column)
    return {
        "table": table,
        "through": table.columns[column].label,
        "heads": [table.columns[element].label for element in elements],
        "records": records,
        "total": total,
        "address": list_address(table.name, query),
    }

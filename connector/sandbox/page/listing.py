"""A list: the columns that people look at, pages, an order by clicking, a box for an encoded query."""

from typing import Any

from connector.sandbox.dictionary import Table
from connector.sandbox.page.record import Record, Shelf, list_address

ROWS = 20
COLUMNS = 9
KEPT = 8
"""Columns that policies keep, in a list."""

_ASIDE = ("opened_at", "caller_id", "assignment_group")
"""What a list below a form has no room for."""

_LOOKED_AT = {
    "incident": "number opened_at short_description caller_id priority state assignment_group assigned_to "
    "sys_updated_on",
    "task": "number sys_class_name opened_at short_description priority state assignment_group assigned_to "
    "sys_updated_on",
    "kb_knowledge": "number short_description workflow_state author kb_knowledge_base source published "
    "sys_updated_on",
    "sys_user": "user_name name email title department active sys_updated_on",
    "sys_attachment": "file_name content_type size_bytes table_name sys_created_by sys_created_on",
    "sys_audit": "sys_created_on user tablename documentkey fieldname oldvalue newvalue",
    "sys_journal_field": "sys_created_on sys_created_by name element value",
    "task_sla": "task sla stage has_breached start_time planned_end_time end_time business_percentage",
}
"""Table → what its list shows; tables that extend another show what that one does."""


def listing(shelf: Shelf, table: Table, asked: dict[str, str]) -> dict[str, Any]:
    """What the list's template needs.  Raises `RecordError` for a query that cannot be read."""
    query = asked.get("sysparm_query", "")
    first = asked.get("sysparm_first_row", "1")
    start = max(int(first), 1) if first.isdecimal() and len(first) < 10 else 1
    elements, records, total = rows(shelf, table, query, limit=ROWS, offset=start - 1)
    conditions, orders = _parted(query)
    heads = []
    for element in elements:
        turn = "ORDERBYDESC" if orders[:1] == [f"ORDERBY{element}"] else "ORDERBY"
        arrow = {f"ORDERBY{element}": "▲", f"ORDERBYDESC{element}": "▼"}.get("".join(orders[:1]), "")
        ordered = "^".join([*conditions, turn + element])
        heads.append((table.columns[element].label, arrow, list_address(table.name, ordered)))
    end = start - 1 + len(records)
    return {
        "query": query,
        "heads": heads,
        "records": records,
        "total": total,
        "start": start,
        "end": end,
        "back": list_address(table.name, query, max(start - ROWS, 1)) if start > 1 else "",
        "on": list_address(table.name, query, end + 1) if end < total and records else "",
    }


def rows(
    shelf: Shelf, table: Table, query: str, *, limit: int, offset: int = 0, without: str = ""
) -> tuple[list[str], list[Record], int]:
    """The columns worth showing, the records in them, and how many there are.

    `without` is the column by which they hang below a form.  What policies keep (`u_…`) has a column where
    one of these records has it; a box that none of them has ticked is none.
    """
    aside = {without, *_ASIDE} if without else set()
    looked_at = [name for name in _columns(shelf, table) if name not in aside]
    kept = [name for name in table.columns if name.startswith("u_") and name not in looked_at]
    records, total = shelf.records(table, query, fields=looked_at + kept, limit=limit, offset=offset)
    filled = {
        cell.element
        for record in records
        for cell in record.cells
        if not cell.is_empty and (cell.type, cell.value) != ("boolean", "false")
    }
    elements = looked_at + [name for name in kept if name in filled][:KEPT]
    return elements, [record.only(elements) for record in records], total


def _columns(shelf: Shelf, table: Table) -> list[str]:
    above: Table | None = table
    while above is not None and above.name not in _LOOKED_AT:
        above = shelf.dictionary.get(above.parent)
    if above is not None:
        return [name for name in _LOOKED_AT[above.name].split() if name in table.columns]
    plain = [name for name in table.columns if not name.startswith("sys_") and name != table.display]
    stamp = "sys_updated_on" if "sys_updated_on" in table.columns else "sys_created_on"
    return [*([table.display] if table.display else []), *plain[: COLUMNS - 2], stamp]


def _parted(query: str) -> tuple[list[str], list[str]]:
    parts = [part for part in query.split("^") if part]
    orders = [part for part in parts if part.startswith("ORDERBY")]
    return [part for part in parts if part not in orders], orders

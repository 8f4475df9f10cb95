"""The rows that a change leaves behind: `sys_audit`, `sys_journal_field`, `sys_audit_delete`."""

import json

from connector.sandbox.dictionary import Table

Row = dict[str, str]


def change(table: Table, row: Row, name: str, old: str, new: str, sys_id: str, now: str, user: str) -> Row:
    """One changed column of one update.  Values are raw; `record_checkpoint` is the update's count."""
    return {
        "tablename": table.name,
        "documentkey": row["sys_id"],
        "fieldname": name,
        "oldvalue": old,
        "newvalue": new,
        "user": user,
        "record_checkpoint": row.get("sys_mod_count", "0"),
        "sys_id": sys_id,
        "sys_created_on": now,
        "sys_created_by": user,
    }


def journal_entry(table: Table, owner: str, element: str, text: str, sys_id: str, now: str, user: str) -> Row:
    """One entry of one journal."""
    return {
        "name": table.name,
        "element_id": owner,
        "element": element,
        "value": text,
        "sys_id": sys_id,
        "sys_created_on": now,
        "sys_created_by": user,
    }


def deletion(table: Table, row: Row, sys_id: str, now: str, user: str) -> Row:
    """A deleted record: its real class, what it showed, and what it held as JSON."""
    return {
        "tablename": table.name,
        "documentkey": row["sys_id"],
        "display_value": row.get(table.display, ""),
        "payload": json.dumps({name: value for name, value in row.items() if value}, ensure_ascii=False),
        "sys_id": sys_id,
        "sys_created_on": now,
        "sys_created_by": user,
    }

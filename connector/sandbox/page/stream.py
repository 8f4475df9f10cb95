"""The activity stream: what people wrote and what changed, newest first."""

from dataclasses import dataclass, field

from connector.sandbox.dictionary import Table
from connector.sandbox.moment import local, span
from connector.sandbox.page.record import HIDDEN, Record, Shelf

SHOWN = 200
"""So many rows of each kind at most; the lists of `sys_audit` and `sys_journal_field` have the rest."""

_KIND = {"comments": "Additional comments", "work_notes": "Work notes"}


@dataclass(slots=True)
class Entry:
    """What one person did at one moment.  `kind` is "Field changes" or the name of a journal."""

    at: str
    who: str
    kind: str
    text: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def style(self) -> str:
        """Comments reach the caller and look different from notes."""
        return {"Additional comments": "comment", "Work notes": "note"}.get(self.kind, "change")


def stream(shelf: Shelf, record: Record) -> list[Entry]:
    """The entries of a record, newest first; at one moment words stand before changes."""
    table = shelf.dictionary[record.table]
    entries = [*_words(shelf, record), *_changes(shelf, table, record)]
    ordered = sorted(entries, key=lambda entry: entry.at, reverse=True)
    for entry in ordered:
        entry.at = local(entry.at, shelf.zone)
        entry.who = _name(shelf, entry.who)
    return ordered


def _words(shelf: Shelf, record: Record) -> list[Entry]:
    query = f"element_id={record.sys_id}^elementINcomments,work_notes^ORDERBYDESCsys_created_on"
    rows = shelf.instance.rows("sys_journal_field", query, limit=SHOWN)
    return [
        Entry(row["sys_created_on"], row["sys_created_by"], _KIND[row["element"]], row["value"])
        for row in rows
    ]


def _changes(shelf: Shelf, table: Table, record: Record) -> list[Entry]:
    query = f"documentkey={record.sys_id}^ORDERBYDESCsys_created_on"
    entries: dict[tuple[str, str, str], Entry] = {}
    for row in shelf.instance.rows("sys_audit", query, limit=SHOWN):
        column = table.columns.get(row["fieldname"])
        if column is not None and column.is_journal:
            continue
        moment = (row["sys_created_on"], row["user"], row.get("record_checkpoint", ""))
        entry = entries.setdefault(moment, Entry(row["sys_created_on"], row["user"], "Field changes"))
        label = column.label if column else row["fieldname"]
        old, new = (_shown(shelf, table, row["fieldname"], row[which]) for which in ("oldvalue", "newvalue"))
        entry.changes.append((label, old, new))
    return list(entries.values())


def _shown(shelf: Shelf, table: Table, element: str, value: str) -> str:
    """A raw value of the audit as people know it: a label, a name, a local time."""
    column = table.columns.get(element)
    if column is None or not value:
        return value
    if column.type == "password2":
        return HIDDEN
    if column.choices:
        return column.choices.get(value, value)
    if column.is_instant:
        return local(value, shelf.zone)
    if column.type == "glide_duration":
        return span(value)
    if column.type == "reference":
        target = shelf.dictionary.get(column.reference)
        row = shelf.instance.get(target.name, value) if target and target.display else None
        return row[target.display] if row and target else value
    return value


def _name(shelf: Shelf, user_name: str) -> str:
    account = shelf.instance.sessions.account(user_name)
    row = shelf.instance.get("sys_user", account.sys_id) if account else None
    return (row["name"] if row else "") or user_name

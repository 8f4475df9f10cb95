"""Imports: rows of a staging table become records by way of transform maps (platform facts, 3.4).

A staging table extends `sys_import_set_row`.  What a transform changes runs through the business rules and
is not audited.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.sandbox.column import Column, accepted
from connector.sandbox.dictionary import Table
from connector.sandbox.error import InvalidTable, RecordError

if TYPE_CHECKING:
    from connector.sandbox.instance import Instance

ROW = "sys_import_set_row"
NO_MAP = "No transform entry or scripts are defined"
NO_CHANGE = "No field values changed"
_SYS_ID = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one map made of one row.  `status` is inserted, updated, ignored, skipped or error."""

    status: str
    map_name: str = ""
    table: str = ""
    sys_id: str = ""
    message: str = ""


def add_staging(instance: "Instance", name: str, columns: Mapping[str, str]) -> None:
    """A staging table with text columns, given as column → label."""
    with instance.lock:
        instance.add_table(name, extends=ROW)
        for element, label in columns.items():
            instance.add_column(name, element, label=label, max_length=4000)


def add_transform(
    instance: "Instance",
    staging: str,
    target: str,
    fields: Mapping[str, str],
    *,
    coalesce: Sequence[str] = (),
    **more: str,
) -> str:
    """A transform map from staging columns to columns of `target`; returns the sys_id of the map.

    `fields` is staging column → target column; records are found again by the target columns in `coalesce`.
    """
    head = {"name": f"{staging} to {target}", "source_table": staging, "target_table": target} | more
    made = instance.insert("sys_transform_map", head)["sys_id"]
    for source, column in fields.items():
        entry = {"map": made, "source_table": staging, "source_field": source, "target_table": target}
        found = "true" if column in coalesce else "false"
        instance.insert("sys_transform_entry", entry | {"target_field": column, "coalesce": found})
    return made


def staging_table(instance: "Instance", name: str) -> Table:
    """The staging table of this name.  Raises `InvalidTable` for any other table."""
    table = instance.open_table(name)
    if name not in instance.dictionary.family(ROW)[1:]:
        raise InvalidTable(name)
    return table


def begin(instance: "Instance", table: Table, user: str, **fields: str) -> dict[str, str]:
    """A new import set for a staging table."""
    return instance.insert("sys_import_set", {"table_name": table.name, **fields}, user=user)


def load(
    instance: "Instance", table: Table, values: Mapping[str, str], import_set: str, position: int, user: str
) -> dict[str, str]:
    """A staging row, waiting to be transformed."""
    head = {"sys_import_set": import_set, "sys_import_row": str(position)}
    return instance.insert(table.name, dict(values) | head, user=user)


def transform(instance: "Instance", table: Table, row: Mapping[str, str], user: str) -> list[Outcome]:
    """Run every active map of the staging table over a row; the row keeps what became of it."""
    maps = instance.rows("sys_transform_map", f"source_table={table.name}^active!=false^ORDERBYorder")
    outcomes = [_mapped(instance, one, row, user) for one in maps] or [Outcome("error", message=NO_MAP)]
    last = outcomes[-1]
    noted = {
        "sys_import_state": last.status,
        "sys_import_state_comment": last.message,
        "sys_target_table": last.table,
        "sys_target_sys_id": last.sys_id,
        "sys_transform_map": maps[-1]["sys_id"] if maps else "",
    }
    instance.update(table.name, row["sys_id"], noted, user=user)
    return outcomes


def _mapped(instance: "Instance", one: Mapping[str, str], row: Mapping[str, str], user: str) -> Outcome:
    name, target = one["name"], one["target_table"]
    try:
        shape = instance.dictionary[target]
        fields, coalesce = _fields(instance, one, shape, row, user)
        found = _found(instance, shape, {column: fields.get(column, "") for column in coalesce})
        with _unaudited(instance, shape):
            if found is None:
                made = instance.insert(target, fields, user=user)
                return Outcome("inserted", name, target, made["sys_id"])
            before = instance.get(target, found)
            after = instance.update(target, found, fields, user=user)
    except RecordError as refused:
        return Outcome("error", name, target, message=refused.detail or refused.message)
    if before == after:
        return Outcome("ignored", name, target, found, NO_CHANGE)
    return Outcome("updated", name, target, found)


def _fields(
    instance: "Instance", one: Mapping[str, str], shape: Table, row: Mapping[str, str], user: str
) -> tuple[dict[str, str], list[str]]:
    """The target columns with their values, and those by which records are found again.

    A value that the column does not take, or a reference that leads nowhere, is left out, or refuses the row
    where the entry says `reject`.
    """
    fields: dict[str, str] = {}
    coalesce: list[str] = []
    for entry in instance.rows("sys_transform_entry", f"map={one['sys_id']}"):
        name, text = entry["target_field"], row.get(entry["source_field"], "")
        column = shape.columns.get(name)
        if column is None:
            continue
        if entry["coalesce"] == "true":
            coalesce.append(name)
        if not text:
            if one["copy_empty_fields"] == "true":
                fields[name] = ""
            continue
        create = entry["choice_action"] == "create"
        if column.type == "reference" and column.key == "sys_id":
            stored = _reference(instance, column, text, entry["reference_value_field"], create=create)
        elif column.is_money:
            stored = instance.exchange.typed(text, user)
        else:
            stored = accepted(column, text, any_choice=create)
        if stored is not None:
            fields[name] = stored
        elif entry["choice_action"] == "reject":
            raise RecordError(403, "Operation Failed", f"Row rejected: {text!r} is no value of {name}")
    return fields, coalesce


def _reference(instance: "Instance", column: Column, text: str, by: str, *, create: bool) -> str | None:
    """The record that `text` means: its sys_id, or the value of its `by` (else its display column)."""
    target = instance.dictionary.get(column.reference)
    if target is None or _SYS_ID.match(text):
        return text[:32]
    name = by if by in target.columns else target.display
    if not name:
        return None
    found = _found(instance, target, {name: text})
    if found is None and create:
        return instance.insert(target.name, {name: text})["sys_id"]
    return found


def _found(instance: "Instance", shape: Table, wanted: Mapping[str, str]) -> str | None:
    """The first record with these values; None where there is none, or nothing to look for."""
    if not any(wanted.values()):
        return None
    where = " AND ".join(f't."{name}" = ?' for name in wanted)
    tail = f"WHERE {where} ORDER BY t.rowid"
    for row in instance.store.select(shape, tail, list(wanted.values())):
        if instance.get(shape.name, row["sys_id"]) is not None:
            return row["sys_id"]
    return None


@contextmanager
def _unaudited(instance: "Instance", shape: Table) -> Iterator[None]:
    """Within this block nothing that happens to these records is audited; the caller holds the lock."""
    family = [instance.dictionary[name] for name in instance.dictionary.family(shape.name)]
    before = [table.audited for table in family]
    for table in family:
        table.audited = False
    try:
        yield
    finally:
        for table, audited in zip(family, before, strict=True):
            table.audited = audited

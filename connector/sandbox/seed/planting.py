"""Puts checked documents into an instance, past its business rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from connector.sandbox import audit
from connector.sandbox.dictionary import Table
from connector.sandbox.instance import Instance
from connector.sandbox.moment import stamp
from connector.sandbox.seed.document import Document, SeedError
from connector.sandbox.seed.shape import Check, Order
from connector.sandbox.statement import literal

MONTH = 30 * 86_400
"""Seconds over which generated records are spread, up to now."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """What a seed came to."""

    tables: int
    columns: int
    users: int
    rows: int
    """Given and generated."""


def plant(instance: Instance, documents: Sequence[Document]) -> Planted:
    """All documents, one after the other, or nothing: raises `SeedError` with everything that is wrong.

    Rows keep the sys_ids, numbers, stamps and values given; what is not given has the dictionary's default.
    No business rule runs, nothing is audited; text given for a journal becomes its first entry.  Rows of
    `sys_dictionary`, `sys_choice`, `sys_db_object` and `sys_properties` mean what they mean when a client
    writes them.
    """
    with instance.lock:
        known = instance.dictionary
        check = Check(
            known.copy(), lambda root, sys_id: root in known.tables and instance.store.holds(root, sys_id)
        )
        for document in documents:
            check.read(document)
        if check.problems:
            raise SeedError(*dict.fromkeys(check.problems))
        order = check.order
        for plugin in order.plugins:
            instance.activate(plugin)
        for name, label, extends in order.tables:
            instance.add_table(name, label, extends=extends)
        for table, column in order.columns:
            instance.define(table, column)
        with instance.loading():
            _people(instance, order)
            rows = _rows(instance, order) + _generated(instance, order)
    return Planted(len(order.tables), len(order.columns), len(order.users), rows)


def _people(instance: Instance, order: Order) -> None:
    """New accounts; one that is there already gets what the seed says, and its roles besides those it has."""
    for row, password, roles in order.users:
        fields = {key: value for key, value in row.items() if key != "roles"}
        name = fields.pop("user_name")
        known = instance.sessions.account(name)
        if known is None:
            first_last = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
            shown = fields.pop("name", "") or first_last or name
            instance.add_user(name, name=shown, password=password, roles=roles, **fields)
            continue
        fields.pop("sys_id", None)
        instance.update("sys_user", known.sys_id, fields)
        instance.grant(known.sys_id, roles)
        if password:
            instance.set_password(name, password)


def _rows(instance: Instance, order: Order) -> int:
    for name, given in order.rows:
        table = instance.dictionary[name]
        row = _whole(instance, table, given)
        instance.store.insert(table.root, row)
        for element, column in table.columns.items():
            if column.is_journal and column.type != "journal_list" and given.get(element):
                by, when = row.get("sys_updated_by") or "admin", row.get("sys_updated_on") or ""
                entry = audit.journal_entry(
                    table, row["sys_id"], element, given[element], instance.records.mint(), when, by
                )
                instance.store.insert("sys_journal_field", entry)
        instance.records.inserted(name, row)
    return len(order.rows)


def _whole(instance: Instance, table: Table, given: Row) -> Row:
    """The record with defaults, stamps, number and class; no journals."""
    records = instance.records
    made = records.made("admin")
    row = {
        name: given[name] if name in given else made.get(name, column.default)
        for name, column in table.columns.items()
        if not column.is_journal
    }
    created = given.get("sys_created_on") or given.get("sys_updated_on")
    row["sys_created_on"] = created or row["sys_created_on"]
    if "sys_updated_on" in row:
        row["sys_updated_on"] = given.get("sys_updated_on") or created or row["sys_updated_on"]
    row["sys_id"] = given.get("sys_id") or records.mint()
    if table.classes:
        row["sys_class_name"] = table.name
    if given.get("number"):
        records.numbers.taken(table.name, given["number"])
    elif table.name in records.numbers:
        row["number"] = records.numbers.next(table.name)
    return row


def _generated(instance: Instance, order: Order) -> int:
    for name, count, values in order.generate:
        _generate(instance, instance.dictionary[name], count, values)
    return sum(count for _, count, _ in order.generate)


def _generate(instance: Instance, table: Table, count: int, values: dict[str, list[str]]) -> None:
    """Records that differ in sys_id, number, stamps, and in values that are a list or hold ``{n}``."""
    records = instance.records
    model = _whole(instance, table, {name: several[0] for name, several in values.items()})
    columns: dict[str, Iterator[str]] = {"sys_id": (records.mint() for _ in range(count))}
    if table.name in records.numbers and "number" not in values:
        columns["number"] = (records.numbers.next(table.name) for _ in range(count))
    for element, several in values.items():
        if len(several) > 1 or "{n}" in several[0]:
            columns[element] = _running(several, count)
    now = int(instance.now())
    for element in ("sys_created_on", "sys_updated_on", "opened_at"):
        if element in table.columns and element not in values:
            columns[element] = (stamp(now - (count - n) * MONTH // count) for n in range(count))
    fixed = {name: value for name, value in model.items() if value and name not in columns}
    names = ",".join(f'"{name}"' for name in (*columns, *fixed))
    places = ",".join(["?"] * len(columns) + [literal(value) for value in fixed.values()])
    sql = f'INSERT INTO "{table.root}" ({names}) VALUES ({places})'
    with instance.store.loading(table.root, count):
        instance.store.db.executemany(sql, zip(*columns.values(), strict=True))


def _running(several: list[str], count: int) -> Iterator[str]:
    for n, value in enumerate(islice(cycle(several), count), 1):
        yield value.replace("{n}", str(n))

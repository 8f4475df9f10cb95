"""The life of a record: inserted, changed, deleted, with all that the platform does besides.

The caller holds the instance's lock and a transaction.
"""

import random
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox import audit
from connector.sandbox.column import STAMPS, Column, storable
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.error import Duplicate, NotFound
from connector.sandbox.exchange import Entered, Exchange
from connector.sandbox.moment import stamp
from connector.sandbox.number import COUNTERS, Numbers
from connector.sandbox.rule import PRIORITY, Writing, prepare
from connector.sandbox.session import Sessions
from connector.sandbox.store import Store
from connector.sandbox.switch import Switches

Row = dict[str, str]

_NONE: Mapping[str, Entered | None] = {}


class Records:
    """Writes through the rules.

    `inserted`, `guard` (told "insert", "update" or "delete") and `updated` are told of each row inside the
    transaction and may stop the write by raising; `overwrite` passes `guard` by.  `measured`, where somebody
    measures, is told of each incident that was made or changed, and of what it held before; `assessed`, where
    there are service levels, of each task and when.  `off` names the stock rules that do not run.
    """

    def __init__(
        self, store: Store, dictionary: Dictionary, sessions: Sessions, exchange: Exchange, seed: int
    ) -> None:
        self.store = store
        self.dictionary = dictionary
        self.sessions = sessions
        self.exchange = exchange
        self.priority = dict(PRIORITY)
        self.switches = Switches()
        self.audit_inserts = False
        self.off: frozenset[str] = frozenset()
        self.inserted: Callable[[str, Row], None] = lambda _table, _row: None
        self.guard: Callable[[str, Table, str], None] = lambda _operation, _table, _sys_id: None
        self.updated: Callable[[Table, Row], None] = lambda _table, _row: None
        self.measured: Callable[[str, Row, Row], None] | None = None
        self.assessed: Callable[[Table, Row, int, Row | None, Row], None] | None = None
        self._dice = random.Random(f"{seed} {sessions.asker('').at}" if store.restored else seed)
        self.numbers = Numbers(store, dictionary)

    def mint(self) -> str:
        """The next sys_id."""
        return f"{self._dice.getrandbits(128):032x}"

    def made(self, user: str) -> Row:
        """The stamps of a new record."""
        now = stamp(self.sessions.asker(user).at)
        return {
            "sys_created_on": now,
            "sys_created_by": user,
            "sys_updated_on": now,
            "sys_updated_by": user,
            "sys_mod_count": "0",
        }

    def current(self, table: Table, sys_id: str) -> tuple[Table, Row]:
        """A record of `table` or of a table below it: its real class and the whole row.

        Raises `NotFound`.
        """
        if table.name == COUNTERS:
            self.numbers.write_down()
        if table.children:
            found = self.store.class_of(table, sys_id)
            if found is None or found not in self.dictionary.family(table.name):
                raise NotFound
            table = self.dictionary[found]
        row = self.store.row(table, sys_id)
        if row is None or (table.parent and row["sys_class_name"] != table.name):
            raise NotFound
        return table, row

    def insert(self, table: Table, fields: Mapping[str, Any], user: str) -> Row:
        """Through defaults, numbers and rules.  Raises `Duplicate` and what the rules raise."""
        given, entries = self._split(table, fields)
        money = self._exchanged(table, given, user)
        row = {name: given.get(name) or column.default for name, column in table.columns.items()}
        made = self.made(user)
        row.update((name, made[name]) for name in made if name in row)
        row["sys_id"] = str(fields.get("sys_id") or "")[:32] or self.mint()
        if table.classes:
            row["sys_class_name"] = table.name
        if "number" in row and not row["number"] and table.name in self.numbers:
            row["number"] = self.numbers.next(table.name)
        prepare(table.name, row, {}, self._writing(user, given))
        try:
            self.store.insert(table.root, row)
        except sqlite3.IntegrityError:
            raise Duplicate(row["sys_id"]) from None
        self.guard("insert", table, row["sys_id"])
        if row.get("parent_incident"):
            self._count_children("", row["parent_incident"])
        self._leave(table, row, None, entries, user)
        if table.audited and self.audit_inserts:
            self._audit(table, row, {name: "" for name in given if row[name]}, entries, user, money)
        if money:
            self._keep(table, row, money, user)
        self.inserted(table.name, row)
        return row

    def update(
        self, table: Table, old: Row, fields: Mapping[str, Any], user: str, *, stamps: bool = True
    ) -> Row:
        """Through the rules; the same row back where nothing changes.  `stamps`: who, when and how often."""
        moved: Row = {}
        if "sys_class_name" in fields:
            table, old, moved = self._moved(table, old, str(fields["sys_class_name"]))
        given, entries = self._split(table, fields)
        money = self._exchanged(table, given, user)
        if (
            entries
            and table.name == "incident"
            and old["state"] == "7"
            and not self.switches.journal_on_closed
        ):
            entries = {}
        new = old | given
        prepare(table.name, new, old, self._writing(user, given, entries, old))
        before = {name: old[name] for name, value in new.items() if value != old[name]} | moved
        if not before and not entries and not (self.switches.unchanged_bumps and fields):
            return old
        written = {name: new[name] for name in before}
        if table.updated and stamps:
            made = {
                "sys_updated_on": stamp(self.sessions.asker(user).at),
                "sys_updated_by": user,
                "sys_mod_count": str(int(old["sys_mod_count"] or 0) + 1),
            }
            new |= made
            written |= made
        if written:
            self.store.update(table.root, new["sys_id"], written)
        self.guard("update", table, new["sys_id"])
        if "parent_incident" in before:
            self._count_children(before["parent_incident"], new["parent_incident"])
        self._leave(table, new, before, entries, user, money)
        if money:
            self._keep(table, new, money, user)
        self.updated(table, new)
        return new

    def _moved(self, table: Table, old: Row, wanted: str) -> tuple[Table, Row, Row]:
        """A record becomes one of another class of its hierarchy: the class, the row, what was before.

        The sys_id stays, columns that the new class has not are emptied, new ones have their defaults.  A
        class that does not exist or is kept elsewhere changes nothing.
        """
        target = self.dictionary.get(wanted)
        if target is None or target is table or target.root != table.root or not table.classes:
            return table, old, {}
        row = {name: old.get(name, column.default) for name, column in target.columns.items()}
        row["sys_class_name"] = target.name
        lost = {name: "" for name in table.columns if name not in target.columns}
        fresh = {name: row[name] for name in row if name not in table.columns}
        self.store.update(table.root, old["sys_id"], lost | fresh | {"sys_class_name": target.name})
        return target, row, {"sys_class_name": table.name}

    def _count_children(self, before: str, after: str) -> None:
        """Tell parent incidents how many children they have; no other trace is left in them."""
        for parent, step in ((before, -1), (after, 1)):
            if parent:
                self.store.add(parent, "child_incidents", step)

    def overwrite(self, table: Table, old: Row, fields: Mapping[str, Any]) -> Row:
        """Past all rules, audit, journals and stamps, as `autoSysFields(false)` with `setWorkflow(false)`."""
        columns = table.columns
        plain = {
            name: storable(columns[name], value)
            for name, value in fields.items()
            if name in columns and name != "sys_id" and not columns[name].is_journal
        }
        money = self._exchanged(table, plain, "")
        if plain:
            self.store.update(table.root, old["sys_id"], plain)
            if money:
                self._keep(table, old, money, "system")
            self.updated(table, old | plain)
        return old | plain

    def delete(self, table: Table, row: Row, user: str) -> None:
        """Audited tables leave a row in `sys_audit_delete` under the real class."""
        self.guard("delete", table, row["sys_id"])
        self.store.delete(table.root, row["sys_id"])
        if row.get("parent_incident"):
            self._count_children(row["parent_incident"], "")
        if table.audited and table.audits_deletion:
            now = stamp(self.sessions.asker(user).at)
            self.store.insert("sys_audit_delete", audit.deletion(table, row, self.mint(), now, user))

    def _split(self, table: Table, fields: Mapping[str, Any]) -> tuple[Row, Row]:
        """Known values as they are stored, and journal entries.  The server's own stamps are left out."""
        given: Row = {}
        entries: Row = {}
        for name, value in fields.items():
            column = table.columns.get(name)
            if column is None or name in STAMPS or name == "sys_class_name":
                continue
            if not column.is_journal:
                given[name] = storable(column, value)
            elif column.type != "journal_list" and (text := storable(column, value)).strip():
                entries[name] = text
        return given, entries

    def _exchanged(self, table: Table, given: Row, user: str) -> dict[str, Entered | None]:
        """What is entered into columns of money; in `given` the reference amounts take its place.

        What is no amount, or in a currency without a rate, is taken out of `given`.
        """
        entered: dict[str, Entered | None] = {}
        for name in [name for name in given if table.columns[name].is_money]:
            entered[name] = found = self.exchange.taken(given[name], user) if given[name] else None
            if found:
                given[name] = found.reference
            elif given[name]:
                del given[name], entered[name]
        return entered

    def _keep(self, table: Table, row: Row, money: Mapping[str, Entered | None], user: str) -> None:
        for name, given in money.items():
            self.exchange.keep(table, row["sys_id"], name, given, self.made(user) | {"sys_id": self.mint()})

    def _writing(self, user: str, given: Row, entries: Row | None = None, old: Row | None = None) -> Writing:
        asker = self.sessions.asker(user)
        by_caller = bool(entries and old and "comments" in entries and old.get("caller_id") == asker.user_id)
        now, switches = stamp(asker.at), self.switches
        return Writing(now, asker.user_id, given.keys(), self.priority, switches, by_caller, self.off)

    def _leave(
        self,
        table: Table,
        row: Row,
        before: Row | None,
        entries: Row,
        user: str,
        money: Mapping[str, Entered | None] = _NONE,
    ) -> None:
        """Journal entries, and for an update the audit rows; `before` is None for a new record."""
        if entries:
            now = stamp(self.sessions.asker(user).at)
            for element, text in entries.items():
                entry = audit.journal_entry(table, row["sys_id"], element, text, self.mint(), now, user)
                self.store.insert("sys_journal_field", entry)
        if table.audited and row["sys_mod_count"] != "0":
            self._audit(table, row, before or {}, entries, user, money)
        if self.measured is not None and table.name == "incident":
            self.measured(table.name, row, before or {})
        if self.assessed is not None and table.root == "task":
            self.assessed(table, row, self.sessions.asker(user).at, before, entries)

    def _audit(
        self,
        table: Table,
        row: Row,
        before: Row,
        entries: Row,
        user: str,
        money: Mapping[str, Entered | None],
    ) -> None:
        now = stamp(self.sessions.asker(user).at)
        changes = [(name, old, row[name]) for name, old in before.items() if table.columns[name].is_audited]
        changes += [(element, "", text) for element, text in entries.items()]
        if money:
            told = self.exchange.audited
            changes = [
                (name, *told(table, row, name, money[name], user, old)) if name in money else (name, old, new)
                for name, old, new in changes
            ]
        for name, old, new in changes:
            self.store.insert("sys_audit", audit.change(table, row, name, old, new, self.mint(), now, user))


def declared(row: Row) -> Column:
    """The column that a row of `sys_dictionary` describes; a default that is a script is never run."""
    kind = row["internal_type"] or "string"
    return Column(
        row["element"],
        kind,
        row["column_label"] or row["element"],
        32 if kind == "reference" else int(row["max_length"] or 40),
        default="" if row["default_value"].startswith("javascript:") else row["default_value"],
        read_only=row["read_only"] == "true",
        reference=row["reference"],
        unaudited=attribute(row["attributes"], "no_audit"),
    )


def attribute(text: str, name: str) -> bool:
    """Whether the attributes of a dictionary row name this one: `no_audit`, or `no_audit=true`."""
    told = dict(one.strip().partition("=")[::2] for one in text.split(",") if one.strip())
    return told.get(name, "false" if name not in told else "true") in {"", "true"}

"""An instance: tables, people, rules and a clock, in memory.  The REST face is `rest`.

Everything that a server-side script on the platform could do can be done here from Python; what only REST
restricts (choices, read-only columns, column ACLs) is restricted in the REST face.
"""

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from connector.sandbox import audit
from connector.sandbox.column import STAMPS, Column, storable
from connector.sandbox.condition import Asker
from connector.sandbox.dictionary import Table
from connector.sandbox.error import Aborted, Duplicate, NotFound
from connector.sandbox.moment import stamp
from connector.sandbox.property import Properties
from connector.sandbox.query import Query, Term, parse
from connector.sandbox.rule import PRIORITY, Writing, prepare
from connector.sandbox.statement import InvalidQuery, Statement, statement
from connector.sandbox.stock import described_choice, described_columns, key, stock
from connector.sandbox.store import Store

Row = dict[str, str]
FIRST_NUMBER = 10001


@dataclass(frozen=True, slots=True)
class Account:
    """What a login needs to know; `may_log_in` is false for inactive, locked and to-be-reset accounts."""

    user_name: str
    sys_id: str
    may_log_in: bool


class Instance:
    """One embedded ServiceNow.

    `now` gives epoch seconds UTC and is the only clock; `base_url` begins the links in answers; `time_zone` is
    the zone of users that have none of their own; `strict` makes a query that cannot be read an error
    instead of dropping the part; `seed` makes the sys_ids, which are the same in every run.

    Switches: `invalid_query` (unknown columns in a query), `priority_lookup` ((impact, urgency) → priority),
    `journal_on_closed` (whether a note on a closed incident is kept; instances differ, section 9).
    All methods raise `RecordError`; all may be called from several threads.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        base_url: str = "http://sandbox.local",
        time_zone: str = "GMT",
        strict: bool = True,
        seed: int = 0,
    ) -> None:
        self.now = now
        self.base_url = base_url
        self.time_zone = time_zone
        self.strict = strict
        self.seed = seed
        self.lock = threading.RLock()
        self.invalid_query: InvalidQuery = "ignore"
        self.journal_on_closed = True
        self._store: Store | None = None
        self.reset()

    def reset(self) -> None:
        """Back to a fresh instance: stock tables, the user admin, no records, no rules of the test's own."""
        with self.lock:
            if self._store is not None:
                self._store.close()
            self._store = Store()
            self.dictionary = stock().copy()
            self.generation = 0
            self.priority_lookup = dict(PRIORITY)
            self.passwords: dict[str, str] = {}
            self.hidden: dict[tuple[str, str], list[str]] = {}
            self.denied: set[tuple[str, str, str]] = set()
            self._aborts: list[tuple[str, str, str]] = []
            self._dice = random.Random(self.seed)
            self._numbers: dict[str, int] = {}
            self._askers: dict[str, tuple[str, str]] = {}
            self._accounts: dict[str, Account] = {}
            self.properties = Properties(self._write_property)
            self.add_user("admin", name="System Administrator", roles=["admin"])

    def close(self) -> None:
        """Give the memory back; the instance is not used afterwards."""
        self.store.close()

    @property
    def store(self) -> Store:
        """The rows; whoever uses it holds `lock`."""
        if self._store is None:
            raise RuntimeError("the instance is not set up")
        return self._store

    # People

    def add_user(
        self, user_name: str, *, name: str, password: str = "", roles: Sequence[str] = (), **fields: str
    ) -> str:
        """A user; returns the sys_id.  Without a password the account cannot log in."""
        row = {"user_name": user_name, "name": name, "roles": ",".join(roles), **fields}
        sys_id = self.insert("sys_user", row)["sys_id"]
        if password:
            self.passwords[user_name] = password
        return sys_id

    def add_group(self, name: str, *, members: Sequence[str] = (), **fields: str) -> str:
        """A group; `members` are user names or sys_ids of users.  Returns the sys_id."""
        sys_id = self.insert("sys_user_group", {"name": name, **fields})["sys_id"]
        for member in members:
            found = self.rows("sys_user", f"user_name={member}^NQsys_id={member}", limit=1)
            if not found:
                raise NotFound
            self.insert("sys_user_grmember", {"user": found[0]["sys_id"], "group": sys_id})
        return sys_id

    # The dictionary

    def add_column(
        self,
        table: str,
        element: str,
        *,
        type: str = "string",  # noqa: A002  the dictionary's own word
        label: str = "",
        max_length: int = 255,
        choices: Mapping[str, str] | None = None,
        default: str = "",
        read_only: bool = False,
        reference: str = "",
    ) -> None:
        """A column of a table and of all that extend it, as a POST to `sys_dictionary` makes it.

        Existing records have it empty.  `choices` are value → label.  ValueError for a name that is none.
        """
        length = 32 if type == "reference" else max_length
        shown = label or element.removeprefix("u_").replace("_", " ").capitalize()
        column = Column(element, type, shown, length, dict(choices or {}), default, read_only, reference)
        with self.lock:
            self._place(table, column)
            for where, row in described_columns(table, [column]):
                self.store.db.execute(f'DELETE FROM "{where}" WHERE sys_id = ?', (row["sys_id"],))
                self.store.insert(where, row | self._made("admin"))

    def add_choice(self, table: str, element: str, value: str, label: str) -> None:
        """One more choice of a column."""
        with self.lock:
            self.dictionary.add_choice(table, element, value, label)
            self.generation += 1
            sequence = len(self.dictionary[table].columns[element].choices)
            row = described_choice(table, element, value, label, sequence) | self._made("admin")
            self.store.delete("sys_choice", row["sys_id"])
            self.store.insert("sys_choice", row)

    def _place(self, table: str, column: Column) -> None:
        self.dictionary.add_column(table, column)
        self.store.add_column(self.dictionary[table], column)
        self.generation += 1

    # Records

    def insert(self, table: str, fields: Mapping[str, str], *, user: str = "admin") -> Row:
        """A record, through defaults and business rules; returns the raw row.

        Unknown fields are ignored, a `sys_id` and a `number` of the caller's own choice are kept.
        """
        with self._write():
            return self._insert(self.dictionary[table], fields, user)

    def _insert(self, table: Table, fields: Mapping[str, str], user: str) -> Row:
        given, entries = self._split(table, fields)
        row = {name: given.get(name) or column.default for name, column in table.columns.items()}
        row |= self._made(user)
        if not table.updated:
            for name in ("sys_updated_on", "sys_updated_by", "sys_mod_count"):
                del row[name]
        row["sys_id"] = str(fields.get("sys_id") or "")[:32] or self.mint()
        if table.classes:
            row["sys_class_name"] = table.name
        if table.prefix and not row["number"]:
            row["number"] = self._number(table.prefix)
        prepare(table.name, row, {}, self._writing(user, given))
        try:
            self.store.insert(table.root, row)
        except sqlite3.IntegrityError:
            raise Duplicate(row["sys_id"]) from None
        self._note(table, row, entries, user)
        if table.audited and self.properties.get("glide.sys.audit_inserts") == "true":
            changed = {name: "" for name in given if row[name]}
            self._audit(table, row, changed, entries, user)
        self._system_insert(table.name, row)
        return row

    def update(
        self,
        table: str,
        sys_id: str,
        fields: Mapping[str, str],
        *,
        user: str = "admin",
        suppress: bool = False,
    ) -> Row:
        """Change a record; returns the raw row.  Equal values change nothing, not even the stamps.

        `suppress` writes past everything: no rules, no audit, no journal, no stamps (`autoSysFields(false)`
        and `setWorkflow(false)`), so that a poll by `sys_updated_on` does not see it.
        """
        with self._write():
            real = self.real(table, sys_id)
            old = self.store.row(real, sys_id)
            if old is None:
                raise NotFound
            if suppress:
                plain = {n: storable(real.columns[n], v) for n, v in fields.items() if n in real.columns}
                if plain:
                    self.store.update(real.root, sys_id, plain)
                new = old | plain
            else:
                new = self._update(real, old, fields, user)
            shown = self.dictionary[table]
            return new if shown is real else {name: new[name] for name in shown.columns}

    def _update(self, table: Table, old: Row, fields: Mapping[str, str], user: str) -> Row:
        given, entries = self._split(table, fields)
        if entries and table.name == "incident" and old["state"] == "7" and not self.journal_on_closed:
            entries = {}
        new = old | given
        prepare(
            table.name, new, old, self._writing(user, given, "comments" in entries, old.get("caller_id", ""))
        )
        changed = {name: value for name, value in new.items() if value != old[name]}
        if not changed and not entries:
            return old
        if table.updated:
            now = stamp(int(self.now()))
            new["sys_updated_on"], new["sys_updated_by"] = now, user
            new["sys_mod_count"] = str(int(old["sys_mod_count"] or 0) + 1)
            written = {
                name: new[name] for name in ("sys_updated_on", "sys_updated_by", "sys_mod_count")
            } | changed
        else:
            written = changed
        self.store.update(table.root, new["sys_id"], written)
        if self._aborts:
            self._check_aborts(table, new["sys_id"])
        self._note(table, new, entries, user)
        if table.audited:
            self._audit(table, new, {name: old[name] for name in changed}, entries, user)
        self._system_update(table.name, new)
        return new

    def delete(self, table: str, sys_id: str, *, user: str = "admin") -> None:
        """Remove a record; audited tables leave a row in `sys_audit_delete` under the real class."""
        with self._write():
            real = self.real(table, sys_id)
            row = self.store.row(real, sys_id)
            if row is None:
                raise NotFound
            self.store.delete(real.root, sys_id)
            if real.audited:
                left = audit.deletion(real, row, self.mint(), stamp(int(self.now())), user)
                self.store.insert("sys_audit_delete", left)
            self._askers.clear()
            self._accounts.clear()

    def get(self, table: str, sys_id: str) -> Row | None:
        """The raw row with the columns of `table`, None if there is no such record."""
        with self.lock:
            shown = self.dictionary[table]
            found = self.store.class_of(shown, sys_id)
            if found is None or found not in self.dictionary.family(table):
                return None
            return self.store.row(shown, sys_id)

    def rows(
        self, table: str, query: str = "", *, user: str = "admin", limit: int | None = None
    ) -> list[Row]:
        """Raw rows that an encoded query finds, without those that row ACLs hide from `user`."""
        with self.lock:
            shown = self.dictionary[table]
            found = self.compiled(shown, parse(query, strict=self.strict), user)
            tail = f"{found.index} {found.joins} WHERE {found.where} {found.order} LIMIT ?"
            rows = list(self.store.select(shown, tail, [*found.values, -1 if limit is None else limit]))
            unseen = self.unseen(shown, [row["sys_id"] for row in rows], user)
            return [row for row in rows if row["sys_id"] not in unseen]

    def count(self, table: str, query: str = "") -> int:
        """How many records an encoded query finds."""
        with self.lock:
            shown = self.dictionary[table]
            return self.counted(shown, self.compiled(shown, parse(query, strict=self.strict), "admin"))

    def journal(self, sys_id: str, element: str = "work_notes") -> list[Row]:
        """The entries of one journal of one record, oldest first, as `sys_journal_field` rows."""
        with self.lock:
            table = self.dictionary["sys_journal_field"]
            tail = "WHERE t.element_id = ? AND t.element = ? ORDER BY t.rowid"
            return list(self.store.select(table, tail, [sys_id, element]))

    # Rules of the test's own

    def hide(self, table: str, query: str, user: str) -> None:
        """A row ACL: `user` does not get rows of `table` that match; taken away after limit and count."""
        self.dictionary[table]
        self.hidden.setdefault((user, table), []).append(query)

    def deny_write(self, table: str, column: str, user: str) -> None:
        """A column ACL: what `user` writes there over REST is dropped without a word."""
        self.dictionary[table]
        self.denied.add((user, table, column))

    def abort_on(self, table: str, query: str, name: str) -> None:
        """A before-update rule: an update after which the record matches is refused with 403."""
        self._aborts.append((table, query, name))

    # For the REST face

    def mint(self) -> str:
        """The next sys_id."""
        return f"{self._dice.getrandbits(128):032x}"

    def real(self, table: str, sys_id: str) -> Table:
        """The class of a record of `table` or of a table below it.  Raises `NotFound`."""
        found = self.store.class_of(self.dictionary[table], sys_id)
        if found is None or (found != table and found not in self.dictionary.family(table)):
            raise NotFound
        return self.dictionary[found]

    def account(self, user_name: str) -> Account | None:
        """The account with this user name, None if there is none."""
        known = self._accounts.get(user_name)
        if known is None:
            sql = "SELECT user_name, sys_id, active, locked_out, password_needs_reset FROM sys_user WHERE user_name = ?"
            row = self.store.db.execute(sql, (user_name,)).fetchone()
            if row is None:
                return None
            known = Account(row[0], row[1], row[2] == "true" and row[3] != "true" and row[4] != "true")
            self._accounts[user_name] = known
        return known

    def asker(self, user: str) -> Asker:
        """The session of a user at this moment."""
        known = self._askers.get(user)
        if known is None:
            people = self.store.db.execute(
                "SELECT sys_id, time_zone FROM sys_user WHERE user_name = ?", (user,)
            )
            sys_id, zone = people.fetchone() or ("", "")
            known = self._askers[user] = (sys_id, zone or self.time_zone)
        return Asker(int(self.now()), known[1], known[0], user)

    def compiled(self, table: Table, query: Query, user: str, pairs: tuple[Term, ...] = ()) -> Statement:
        """The query as SQL, in the session of `user`."""
        no_rows = self.properties.get("glide.invalid_query.returns_no_rows") == "true"
        invalid: InvalidQuery = "no_rows" if no_rows else self.invalid_query
        asker = self.asker(user)
        return statement(
            self.dictionary, table, query, asker, pairs=pairs, invalid=invalid, strict=self.strict
        )

    def counted(self, table: Table, found: Statement) -> int:
        """The number of rows of a compiled query."""
        sql = f'SELECT count(*) FROM "{table.root}" t {found.joins} WHERE {found.where}'
        return int(self.store.db.execute(sql, found.values).fetchone()[0])

    def unseen(self, table: Table, sys_ids: Sequence[str], user: str) -> set[str]:
        """Which of these records the row ACLs hide from `user`."""
        unseen: set[str] = set()
        for query in self.hidden.get((user, table.name), ()) if sys_ids else ():
            found = self.compiled(table, parse(query, strict=self.strict), user)
            marks = ",".join("?" * len(sys_ids))
            sql = (
                f'SELECT t.sys_id FROM "{table.root}" t {found.joins}'
                f" WHERE ({found.where}) AND t.sys_id IN ({marks})"
            )
            unseen.update(row[0] for row in self.store.db.execute(sql, [*found.values, *sys_ids]))
        return unseen

    # Inside a write

    @contextmanager
    def _write(self) -> Iterator[None]:
        """All of a write or nothing of it; a write inside a write belongs to the outer one."""
        with self.lock:
            db = self.store.db
            if db.in_transaction:
                yield
                return
            db.execute("BEGIN")
            try:
                yield
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _split(self, table: Table, fields: Mapping[str, str]) -> tuple[Row, Row]:
        """Known values as they are stored, and journal entries.  The server's own stamps are left out."""
        given: Row = {}
        entries: Row = {}
        columns = table.columns
        for name, value in fields.items():
            column = columns.get(name)
            if column is None or name in STAMPS or name == "sys_class_name":
                continue
            if not column.is_journal:
                given[name] = storable(column, value)
            elif column.type != "journal_list" and (text := storable(column, value)).strip():
                entries[name] = text
        return given, entries

    def _writing(self, user: str, given: Row, comments: bool = False, caller: str = "") -> Writing:
        asker = self.asker(user)
        by_caller = comments and caller == asker.user_id
        return Writing(stamp(asker.at), asker.user_id, given.keys(), self.priority_lookup, by_caller)

    def _made(self, user: str) -> Row:
        now = stamp(int(self.now()))
        return {
            "sys_created_on": now,
            "sys_created_by": user,
            "sys_updated_on": now,
            "sys_updated_by": user,
            "sys_mod_count": "0",
        }

    def _number(self, prefix: str) -> str:
        number = self._numbers[prefix] = self._numbers.get(prefix, FIRST_NUMBER - 1) + 1
        return f"{prefix}{number:07d}"

    def _note(self, table: Table, row: Row, entries: Row, user: str) -> None:
        for element, text in entries.items():
            entry = audit.journal_entry(
                table, row["sys_id"], element, text, self.mint(), stamp(int(self.now())), user
            )
            self.store.insert("sys_journal_field", entry)

    def _audit(self, table: Table, row: Row, before: Row, entries: Row, user: str) -> None:
        now = stamp(int(self.now()))
        changes = [(n, old, row[n]) for n, old in before.items() if table.columns[n].is_audited]
        changes += [(element, "", text) for element, text in entries.items()]
        for name, old, new in changes:
            self.store.insert("sys_audit", audit.change(table, row, name, old, new, self.mint(), now, user))

    def _check_aborts(self, table: Table, sys_id: str) -> None:
        for name, query, rule in self._aborts:
            if table.name in self.dictionary.family(name):
                found = self.compiled(table, parse(query, strict=self.strict), "admin")
                sql = f'SELECT 1 FROM "{table.root}" t {found.joins} WHERE ({found.where}) AND t.sys_id = ?'
                if self.store.db.execute(sql, [*found.values, sys_id]).fetchone():
                    raise Aborted(table.name, rule, key("sys_script", rule))

    # Tables that mean something to the instance itself

    def _system_insert(self, table: str, row: Row) -> None:
        if table == "sys_dictionary" and row["element"] and row["name"] in self.dictionary.tables:
            label = row["column_label"] or row["element"]
            length = int(row["max_length"] or 40)
            column = Column(
                row["element"],
                row["internal_type"] or "string",
                label,
                length,
                default=row["default_value"],
                read_only=row["read_only"] == "true",
                reference=row["reference"],
            )
            self._place(row["name"], column)
        elif table == "sys_choice":
            known = self.dictionary.get(row["name"])
            if known and row["element"] in known.columns:
                self.dictionary.add_choice(row["name"], row["element"], row["value"], row["label"])
                self.generation += 1
        self._system_update(table, row)

    def _system_update(self, table: str, row: Row) -> None:
        if table == "sys_user":
            self._askers.clear()
            self._accounts.clear()
        elif table == "sys_properties":
            self.properties.read(row["name"], row["value"])

    def _write_property(self, name: str, value: str) -> None:
        found = self.rows("sys_properties", f"name={name}", limit=1)
        if found:
            self.update("sys_properties", found[0]["sys_id"], {"value": value})
        else:
            self.insert("sys_properties", {"name": name, "value": value})

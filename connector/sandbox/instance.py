"""An instance: tables, people, rules and a clock, in memory.  The REST face is `rest`.

Everything that a server-side script on the platform could do can be done here from Python; what only REST
restricts (choices, read-only columns, column ACLs) is restricted in the REST face.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping

from connector.sandbox.access.acl import WATCHED, Access
from connector.sandbox.access.domain import Domains
from connector.sandbox.access.people import People
from connector.sandbox.access.policy import WATCHED as ADMITTING
from connector.sandbox.access.policy import Policies
from connector.sandbox.access.role import TELLING
from connector.sandbox.article import draft
from connector.sandbox.attachment import forget
from connector.sandbox.auto_close import AutoClose
from connector.sandbox.background import Background
from connector.sandbox.business_rule import BusinessRules
from connector.sandbox.dictionary import Table
from connector.sandbox.error import InvalidTable, NotFound
from connector.sandbox.exchange import WATCHED as CHANGING
from connector.sandbox.exchange import Exchange
from connector.sandbox.import_set import ImportSets
from connector.sandbox.metric import Metrics
from connector.sandbox.number import COUNTERS
from connector.sandbox.number import WATCHED as NUMBERING
from connector.sandbox.property import Properties
from connector.sandbox.query_acl import QueryAcls
from connector.sandbox.record import Records
from connector.sandbox.schema import Schema
from connector.sandbox.search import Search
from connector.sandbox.session import Sessions
from connector.sandbox.sla.engine import Engine
from connector.sandbox.stock import stock
from connector.sandbox.store import Store
from connector.sandbox.switch import Switches
from connector.sandbox.total import Totals

Row = dict[str, str]


class Instance(People, Schema, Search, Background):
    """One embedded ServiceNow.

    `now` gives epoch seconds UTC and is the only clock; `base_url` begins the links in answers; `time_zone`
    is the zone of users that have none of their own; `strict` makes a query that cannot be read an error
    instead of dropping the part; `seed` makes the sys_ids, which are the same in every run; `state` is a file
    that keeps the records over a restart (switches and single restrictions are not kept).

    What differs between instances: `switches` (see `Switches`), `priority_lookup` ((impact, urgency) →
    priority), `measure` (metrics; a fresh instance keeps none).  All methods raise `RecordError`; all may be
    called from several threads.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        base_url: str = "http://sandbox.localhost",
        time_zone: str = "GMT",
        strict: bool = True,
        seed: int = 0,
        state: str | None = None,
    ) -> None:
        self.now = now
        self.base_url = base_url
        self.time_zone = time_zone
        self.strict = strict
        self.seed = seed
        self.lock = threading.RLock()
        self.generation = 0
        self._skew = 0.0
        self.rotated = 0
        self._state = state
        self._begin()

    def _begin(self, *, anew: bool = False) -> None:
        self.store = Store(self._state, anew=anew)
        try:
            self._set_up()
        except BaseException:
            self.store.close()
            raise

    def _set_up(self) -> None:
        self.dictionary = stock().copy()
        self.generation += 1
        self.sessions = Sessions(self.store, lambda: self.now() + self._skew, self.time_zone)
        self.properties = Properties(self._write_property)
        self.exchange = Exchange(self.store, self.properties, self.sessions.locale, self._sign_leads)
        self.sessions.worth = self.exchange.filtered
        self.records = Records(self.store, self.dictionary, self.sessions, self.exchange, self.seed)
        self.records.inserted = self._inserted
        self.rules = BusinessRules(self.store, self.dictionary, self._holds)
        self.records.guard = self.rules.check
        self.sla = Engine(self.store, self.dictionary, self._holds, self.records.mint, self.time_zone)
        self.auto_close = AutoClose(self.store)
        self.records.updated = self._updated
        self.passwords: dict[str, str] = self.store.passwords()
        self.access = Access(self.store, self.dictionary, self.sessions)
        self.policies = Policies(self.store)
        self.domains = Domains(self.store, self.sessions, self.access)
        self.denied: set[tuple[str, str, str]] = set()
        self.query_acls = QueryAcls()
        self.metrics: Metrics | None = None
        self.imports = ImportSets(self)
        self.totals = Totals()
        if self.store.restored:
            self._restore()
            self._reread()
            self.imports.restore()
            if self.store.upgraded:
                self._inherit("sys_user_role_contains", {}, changed=True)
        else:
            self.add_user("admin", name="System Administrator", roles=["admin"])

    def reset(self) -> None:
        """Back to a fresh instance: stock tables, the user admin, no records, no rules, stock switches."""
        with self.lock:
            self.store.close()
            self._begin(anew=True)

    def close(self) -> None:
        """Give the memory back; the instance is not used afterwards."""
        try:
            self.records.numbers.write_down()
        finally:
            self.store.close()

    @property
    def priority_lookup(self) -> dict[tuple[str, str], str]:
        """(impact, urgency) → priority; change it in place."""
        return self.records.priority

    @property
    def switches(self) -> Switches:
        """How this instance behaves where instances differ."""
        return self.records.switches

    @switches.setter
    def switches(self, chosen: Switches) -> None:
        self.records.switches = chosen

    def switch(self, name: str, value: object) -> None:
        """Turn one switch by its name.  ValueError for a name or a value that is none."""
        with self.lock:
            self.switches = self.switches.set(name, value)

    # The dictionary

    def open_table(self, name: str) -> Table:
        """The table, or `InvalidTable` where web services may not see it (`ws_access`)."""
        table = self.dictionary[name]
        if name == COUNTERS:
            self.records.numbers.write_down()
        if not table.web:
            raise InvalidTable(name)
        return table

    # Records

    def insert(self, table: str, fields: Mapping[str, str], *, user: str = "admin") -> Row:
        """A record, through defaults and business rules; returns the raw row.

        Unknown fields are ignored, a `sys_id` and a `number` of the caller's own choice are kept.
        """
        with self.lock:
            self.catch_up()
        with self._write():
            return self.records.insert(self.dictionary[table], fields, user)

    def update(
        self,
        table: str,
        sys_id: str,
        fields: Mapping[str, str],
        *,
        user: str = "admin",
        suppress: bool = False,
        stamps: bool = True,
    ) -> Row:
        """Change a record; returns the raw row.  Equal values change nothing, not even the stamps.

        `suppress` writes past everything: no rules, no audit, no journal, no stamps (`autoSysFields(false)`
        and `setWorkflow(false)`), so that a poll by `sys_updated_on` does not see it.  Without `stamps` only
        the stamps stay as they were, rules and audit happen.
        """
        with self.lock:
            self.catch_up()
        with self._write():
            shown = self.dictionary[table]
            real, old = self.records.current(shown, sys_id)
            if suppress:
                new = self.records.overwrite(real, old, fields)
            else:
                new = self.records.update(real, old, fields, user, stamps=stamps)
            return new if shown is real else {name: new[name] for name in shown.columns}

    def delete(self, table: str, sys_id: str, *, user: str = "admin") -> None:
        """Remove a record; audited tables leave a row in `sys_audit_delete` under the real class."""
        with self.lock:
            self.catch_up()
        with self._write():
            real, row = self.records.current(self.dictionary[table], sys_id)
            self.records.delete(real, row, user)
            if real.name == "sys_choice":
                self._change_choice(row, gone=True)
            elif real.name == "sys_dictionary":
                self._drop_column(row)
            forget(self.store, sys_id)
            self.exchange.forget(sys_id)
            self.sessions.forget()
            if real.name == "sys_user_has_role":
                self._name_roles(row["user"])
            self._heeded(real.name)
            if real.name in TELLING:
                self._inherit(real.name, row)

    def get(self, table: str, sys_id: str) -> Row | None:
        """The raw row with the columns of `table`, None if there is no such record."""
        with self.lock:
            shown = self.dictionary[table]
            try:
                real, row = self.records.current(shown, sys_id)
            except NotFound:
                return None
            return row if real is shown else {name: row[name] for name in shown.columns}

    def journal(self, sys_id: str, element: str = "work_notes") -> list[Row]:
        """The entries of one journal of one record, oldest first, as `sys_journal_field` rows."""
        with self.lock:
            tail = "WHERE t.element_id = ? AND t.element = ? ORDER BY t.rowid"
            return list(self.store.select(self.dictionary["sys_journal_field"], tail, [sys_id, element]))

    # Rules of the test's own

    def abort_on(self, table: str, query: str, name: str) -> None:
        """A before-update rule: an update after which the record matches is refused with 403."""
        self.dictionary[table]
        with self.lock:
            self.rules.add(name, table, query)

    # What is seen, and when

    def state(self) -> tuple[object, ...]:
        """Equal as long as nothing changed that a read could see, but for time; lets happen what is due.

        Every row that is written counts, also one whose write was taken back.
        """
        self.catch_up()
        return (
            self.generation,
            self.store.db.total_changes,
            self.access.changes,
            self.strict,
            self.switches,
        )

    @property
    def timed(self) -> bool:
        """Whether what anybody sees depends on the second, beyond what their queries say."""
        return bool(self.access.hidden)

    @contextlib.contextmanager
    def on_node(self, skew: float) -> Iterator[None]:
        """Within this block the clock is that of a node `skew` seconds ahead; the caller holds the lock."""
        before, self._skew = self._skew, skew
        try:
            yield
        finally:
            self._skew = before

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """All that is loaded within this block, or nothing; for seeds, which write past the rules."""
        with self._write():
            yield
            self._reread()

    # Inside a write

    @contextlib.contextmanager
    def _write(self) -> Iterator[None]:
        """All of a write or nothing of it; a write inside a write belongs to the outer one."""
        with self.lock:
            db = self.store.db
            if db.in_transaction:
                yield
                return
            db.execute("BEGIN")
            told = len(self.metrics.pending) if self.metrics else 0
            try:
                yield
            except BaseException:
                db.execute("ROLLBACK")
                while self.metrics and len(self.metrics.pending) > told:
                    self.metrics.pending.pop()
                self._reread()
                raise
            db.execute("COMMIT")

    def _reread(self) -> None:
        """Rows came or went past the rules: what was read from them is read again."""
        for table in ("sys_script", "contract_sla", "sys_number", "sys_api_access_policy", "fx_rate"):
            self._heeded(table)

    def _inserted(self, table: str, row: Row) -> None:
        """A new row that means something to the instance itself."""
        if table == "sys_db_object" and row["name"]:
            self._take_table(row)
        elif table == "sys_dictionary" and row["element"]:
            self._take_column(row)
        elif table == "sys_dictionary":
            self._take_collection(row)
        elif table == "sys_number" and not self.count("sys_number_counter", f"table={row['category']}"):
            self.insert("sys_number_counter", {"table": row["category"], "number": row["number"]})
        self._written(table, row)
        if table in TELLING:
            self._inherit(table, row)

    def _updated(self, table: Table, row: Row) -> None:
        if table.name == "sys_dictionary" and row["element"]:
            self._change_column(row)
        elif table.name == "sys_dictionary":
            self._take_collection(row)
        elif table.name == "sys_db_object" and row["name"] in self.dictionary.tables:
            self.dictionary[row["name"]].web = row["ws_access"] != "false"
        self._written(table.name, row)
        if table.name in TELLING:
            self._inherit(table.name, row, changed=True)

    def _written(self, table: str, row: Row) -> None:
        """A row that means the same whether it is new or changed."""
        if table == "incident":
            draft(self, row)
        elif table == "sys_choice":
            self._change_choice(row)
        elif table == "sys_user":
            self.sessions.forget()
        elif table == "sys_properties":
            self._take_property(row)
        elif table == "sys_user_has_role":
            self._name_roles(row["user"])
        elif table == "sys_number_counter":
            self.records.numbers.counted(row["table"], row["number"])
        self._heeded(table)

    def _heeded(self, table: str) -> None:
        """Rows of a table that steers the instance changed."""
        if table in WATCHED:
            self.access.forget(table)
        elif table == "sys_script":
            self.rules.read()
            self.records.off = self.rules.off
        elif table in ADMITTING:
            self.policies.forget()
        elif table in NUMBERING:
            self.records.numbers.read()
        elif table in CHANGING:
            self.exchange.forget_rates()
        elif table in {"contract_sla", "cmn_schedule", "cmn_schedule_span"}:
            self.records.assessed = self.sla.note if self.sla.read() else None

    def _sign_leads(self) -> bool:
        return self.switches.currency_sign == "leading"

    def _take_property(self, row: Row) -> None:
        self.properties.read(row["name"], row["value"])
        self.records.audit_inserts = self.properties.get("glide.sys.audit_inserts") == "true"

    def _write_property(self, name: str, value: str) -> None:
        found = self.rows("sys_properties", f"name={name}", limit=1)
        if found:
            self.update("sys_properties", found[0]["sys_id"], {"value": value})
        else:
            self.insert("sys_properties", {"name": name, "value": value})

"""The part of an instance that is about its tables: made, given columns and choices, known again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connector.sandbox.column import Column
from connector.sandbox.dictionary import NAME, Table, labelled
from connector.sandbox.error import RecordError
from connector.sandbox.part import Part, Row
from connector.sandbox.record import attribute, declared
from connector.sandbox.stock import (
    NEVER_AUDITED,
    PLUGINS,
    class_column,
    described_choice,
    described_columns,
    described_numbers,
    described_table,
    found_table,
    key,
    plugin_columns,
    plugin_tables,
)

ADDED = ("u_", "x_")
"""How the names of columns begin that an admin adds."""


class Schema(Part):
    """What `Instance` offers for its dictionary."""

    def add_table(self, name: str, label: str = "", *, extends: str = "") -> None:
        """A table with the sys_ fields, or one that has all columns of the table it extends.

        ValueError for a name that is none or taken, `InvalidTable` where there is nothing to extend.
        """
        with self.lock:
            made = self._found_table(name, label, extends)
            where, row = described_table(made)
            self.store.insert(where, row | self.records.made("admin"))
            own = () if extends else tuple(made.columns.values())
            for there, column in described_columns(name, own):
                self.store.insert(there, column | self.records.made("admin"))

    def _found_table(self, name: str, label: str, extends: str) -> Table:
        """Dictionary and storage of a new table; its rows in `sys_db_object` are the caller's."""
        if extends and not self.dictionary[extends].classes:
            self._place(extends, class_column())
            root = self.dictionary[extends].root
            self.store.db.execute(f'UPDATE "{root}" SET sys_class_name = ?', (extends,))
        made = found_table(self.dictionary, name, label, extends)
        self.store.add_table(made)
        self.generation += 1
        self.access.forget()
        return made

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
        shown = label or labelled(element)
        column = Column(element, type, shown, length, dict(choices or {}), default, read_only, reference)
        self.define(table, column)

    def define(self, table: str, column: Column) -> None:
        """The same for a column as the dictionary knows it, instead of one that was there."""
        with self.lock:
            self._place(table, column)
            for where, row in described_columns(table, [column]):
                self.store.delete(where, row["sys_id"])
                self.store.insert(where, row | self.records.made("admin"))

    def activate(self, plugin: str) -> None:
        """Activate a plug-in: its tables come, and its columns to their tables, empty in what is there.

        A second time changes nothing.  ValueError for a plug-in that the sandbox does not have.
        """
        if plugin not in PLUGINS:
            raise ValueError(f"no such plug-in: {plugin}; there are {', '.join(PLUGINS)}")
        with self.lock:
            for brought, columns in plugin_tables(plugin):
                if brought.name not in self.dictionary.tables:
                    self._bring(brought, columns)
            for table, column in plugin_columns(plugin):
                if column.element not in self.dictionary[table].columns:
                    self.define(table, column)
            self.store.update("v_plugin", key("v_plugin", plugin), {"active": "active"})

    def _bring(self, table: Table, columns: Sequence[Column]) -> None:
        """A table of a plug-in comes, as if it had been there from the first: numbered, described."""
        self.dictionary.add_table(table, columns)
        self.store.add_table(table)
        self.generation += 1
        self.access.forget()
        rows = (described_table(table), *described_columns(table.name, columns, numbered=bool(table.prefix)))
        for where, row in (*rows, *described_numbers(table)):
            self.store.insert(where, row | self.records.made("admin"))
        self.records.numbers.read()

    def add_choice(self, table: str, element: str, value: str, label: str) -> None:
        """One more choice of a column."""
        with self.lock:
            self.dictionary.add_choice(table, element, value, label)
            self.generation += 1
            sequence = len(self.dictionary[table].columns[element].choices)
            row = described_choice(table, element, value, label, sequence) | self.records.made("admin")
            self.store.delete("sys_choice", row["sys_id"])
            self.store.insert("sys_choice", row)

    def _place(self, table: str, column: Column) -> None:
        self.dictionary.add_column(table, column)
        self.store.add_column(self.dictionary[table], column)
        self.generation += 1

    def _take_table(self, row: Row) -> None:
        """A table comes of a row of `sys_db_object`, as an admin makes one; its columns are described."""
        wanted = row["super_class"]
        above = self.get("sys_db_object", wanted) if wanted else None
        extends = above["name"] if above else wanted
        if extends and extends not in self.dictionary.tables:
            raise RecordError(400, "Operation Failed", f"{wanted} is no table to extend")
        try:
            made = self._found_table(row["name"], row["label"], extends)
        except ValueError as wrong:
            raise RecordError(400, "Operation Failed", str(wrong)) from None
        made.web = row["ws_access"] != "false"
        for where, column in described_columns(made.name, () if extends else made.columns.values()):
            self.store.insert(where, column | self.records.made("admin"))

    def _take_collection(self, row: Row) -> None:
        """A row of `sys_dictionary` without an element is about the table: whether it is audited."""
        table = self.dictionary.get(row["name"])
        if table is not None and row["internal_type"] == "collection":
            table.audited = row["audit"] == "true" and table.name not in NEVER_AUDITED
            table.audits_deletion = not attribute(row["attributes"], "no_audit_delete")

    def _take_column(self, row: Row) -> None:
        """A column comes of a row of `sys_dictionary`."""
        if not NAME.match(row["element"]):
            raise RecordError(400, "Operation Failed", f"{row['element']} is no column name")
        if row["active"] != "false":
            self._place(row["name"], declared(row))

    def _change_column(self, row: Row) -> None:
        """A row of `sys_dictionary` was changed: label, length, default and whether REST may write it.

        A column that an admin had added goes out of sight with `active`, and comes back with its values.
        """
        known = self.dictionary.get(row["name"])
        column = known.columns.get(row["element"]) if known else None
        if row["active"] == "false" and row["element"].startswith(ADDED):
            if column is not None:
                self.dictionary.drop_column(row["name"], row["element"])
                self.generation += 1
        elif column is None and known is not None and row["element"].startswith(ADDED):
            self._place(row["name"], declared(row))
            for choice in self.rows(
                "sys_choice", f"name={row['name']}^element={row['element']}^ORDERBYsequence"
            ):
                self._change_choice(choice)
        elif column is not None:
            told = declared(row)
            self.dictionary.add_column(
                row["name"], replace(told, choices=column.choices, type=column.type, key=column.key)
            )
            self.generation += 1

    def _drop_column(self, row: Row) -> None:
        """A row of `sys_dictionary` is gone, and with it a column that an admin had added, its values too."""
        name, element = row["name"], row["element"]
        known = self.dictionary.get(name)
        if known is None or element not in known.columns or not element.startswith(ADDED):
            return
        above = self.dictionary.get(known.parent)
        if above is not None and element in above.columns:
            return  # the row only changed what is inherited
        lost = self.dictionary.drop_column(name, element)
        if any(element in self.dictionary[one].columns for one in self.dictionary.family(known.root)):
            for one in lost:
                self.store.empty_column(self.dictionary[one], element)
        else:
            self.store.drop_column(known, element)
        for choice in self.rows("sys_choice", f"name={name}^element={element}"):
            self.store.delete("sys_choice", choice["sys_id"])
        self.generation += 1

    def _change_choice(self, row: Row, *, gone: bool = False) -> None:
        """A row of `sys_choice` was changed or is gone; an inactive choice may not be written any more."""
        known = self.dictionary.get(row["name"])
        column = known.columns.get(row["element"]) if known else None
        if column is None:
            return
        if gone or row["inactive"] == "true":
            self.dictionary.drop_choice(row["name"], row["element"], row["value"])
        else:
            self.dictionary.add_choice(row["name"], row["element"], row["value"], row["label"])
        self.generation += 1

    def _restore(self) -> None:
        """Know again what the rows of an earlier run say: tables, columns, choices, properties, numbers."""
        names = dict(self.store.db.execute("SELECT sys_id, name FROM sys_db_object"))
        for row in self.rows("sys_db_object", "ORDERBYsys_created_on"):
            if row["name"] not in self.dictionary.tables:
                extends = names.get(row["super_class"], row["super_class"])
                found_table(self.dictionary, row["name"], row["label"], extends)
            self.dictionary[row["name"]].web = row["ws_access"] != "false"
        for row in self.rows("sys_dictionary", "elementISNOTEMPTY^active!=false"):
            known = self.dictionary.get(row["name"])
            if known and row["element"] not in known.columns:
                self.dictionary.add_column(row["name"], declared(row))
            elif known and attribute(row["attributes"], "no_audit"):
                kept = replace(known.columns[row["element"]], unaudited=True)
                self.dictionary.add_column(row["name"], kept)
        for row in self.rows("sys_dictionary", "elementISEMPTY^internal_type=collection"):
            self._take_collection(row)
        for row in self.rows("sys_choice", "inactive!=true^ORDERBYsequence"):
            known = self.dictionary.get(row["name"])
            column = known.columns.get(row["element"]) if known else None
            if column and row["value"] not in column.choices:
                self.dictionary.add_choice(row["name"], row["element"], row["value"], row["label"])
        for row in self.rows("sys_properties"):
            self._take_property(row)
        self.records.numbers.restore()
        self.generation += 1

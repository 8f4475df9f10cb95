"""The dictionary: which tables there are, what they inherit, which columns and choices they have.

A table that extends another shares its storage: `incident` and `problem` rows lie in the table `task`, told
apart by `sys_class_name`, as the platform flattens its own task table.  So a query of `task` sees every
extension and a reference to `task` finds a record of any class.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from connector.sandbox.column import Column
from connector.sandbox.error import InvalidTable

NAME = re.compile(r"[a-z][a-z0-9_]{0,79}\Z")


def labelled(name: str) -> str:
    """The label of a table or column that was given none: `u_call_back` is "Call back"."""
    return name.removeprefix("u_").replace("_", " ").capitalize()


@dataclass(slots=True)
class Table:
    """One table.  `columns` holds the inherited ones too, in the order in which records print them.

    `web` is false where `sys_db_object.ws_access` closes it to all web services, `view` true for a database
    view, which is only read.  `audited` says whether changes leave rows in `sys_audit` and deletions (unless
    `audits_deletion` is false) in `sys_audit_delete`; tables above and below do not ask each other.
    """

    name: str
    label: str
    root: str
    parent: str = ""
    display: str = ""
    prefix: str = ""
    audited: bool = False
    audits_deletion: bool = True
    updated: bool = True
    web: bool = True
    view: bool = False
    columns: dict[str, Column] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)

    @property
    def classes(self) -> bool:
        """Whether records carry `sys_class_name`."""
        return "sys_class_name" in self.columns


class Dictionary:
    """All tables of an instance, by name."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        """The table, or `InvalidTable` as REST says it."""
        try:
            return self.tables[name]
        except KeyError:
            raise InvalidTable(name) from None

    def get(self, name: str) -> Table | None:
        """The table, or None: a reference may point at a table that the sandbox does not have."""
        return self.tables.get(name)

    def add_table(self, table: Table, columns: Iterable[Column]) -> None:
        """Put a table into the dictionary; `columns` are its own, those of the parent come along."""
        if table.parent:
            above = self.tables[table.parent]
            above.children.append(table.name)
            table.columns = dict(above.columns)
            table.display = table.display or above.display
        self.tables[table.name] = table
        for column in columns:
            table.columns[column.element] = column

    def found_table(self, name: str, label: str, extends: str, columns: Iterable[Column]) -> Table:
        """A new table, as an admin makes one.  ValueError for a name that is none or taken."""
        if not NAME.match(name):
            raise ValueError(f"{name!r} is no table name: lower case, digits and _ only")
        if name in self.tables:
            raise ValueError(f"there is a table {name} already")
        above = self[extends] if extends else None
        table = Table(name, label or labelled(name), root=above.root if above else name, parent=extends)
        table.updated = above is None or above.updated
        self.add_table(table, columns)
        return table

    def add_column(self, name: str, column: Column) -> None:
        """Add or replace a column in a table and all that extend it."""
        if not NAME.match(column.element):
            raise ValueError(f"{column.element!r} is no column name: lower case, digits and _ only")
        for below in self.family(name):
            self.tables[below].columns[column.element] = column

    def add_choice(self, name: str, element: str, value: str, label: str) -> None:
        """Add or rename one choice of a column; a table below with choices of its own keeps them."""
        old = self[name].columns[element]
        new = replace(old, choices={**old.choices, value: label})
        for below in self.family(name):
            if self.tables[below].columns[element] is old:
                self.tables[below].columns[element] = new

    def drop_column(self, name: str, element: str) -> list[str]:
        """Take a column from a table and from those below that have it of that table; says from which."""
        gone = self[name].columns.get(element)
        lost = [below for below in self.family(name) if self.tables[below].columns.get(element) is gone]
        for below in lost:
            self.tables[below].columns.pop(element, None)
        return lost

    def drop_choice(self, name: str, element: str, value: str) -> None:
        """Take one choice of a column away."""
        old = self[name].columns[element]
        new = replace(old, choices={kept: label for kept, label in old.choices.items() if kept != value})
        for below in self.family(name):
            if self.tables[below].columns[element] is old:
                self.tables[below].columns[element] = new

    def family(self, name: str) -> list[str]:
        """The table and every table below it."""
        found = [name]
        for child in self[name].children:
            found += self.family(child)
        return found

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def copy(self) -> "Dictionary":
        """A dictionary that may be changed without touching this one."""
        twin = Dictionary()
        for name, table in self.tables.items():
            twin.tables[name] = replace(table, columns=dict(table.columns), children=list(table.children))
        return twin

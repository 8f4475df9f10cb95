"""The stock tables as a dictionary, read from what the files beside this one write down."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from connector.sandbox.column import Column
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.stock import (
    access,
    alert,
    configuration,
    currency,
    duty,
    import_set,
    log,
    major,
    meta,
    platform,
    policy,
    process,
    service,
    system,
    task,
)

_TYPE = re.compile(r"(\w+)(?:\((\d+)\))?(?::(\w+)(?:\?(\w+))?)?\Z")
_LENGTH = {"reference": 32, "GUID": 32, "domain_id": 32, "glide_list": 4000, "integer": 40, "boolean": 40}

_SYS = """
sys_id          GUID(32)         Sys ID
sys_created_on  glide_date_time  Created
sys_created_by  string(40)       Created by
"""
_SYS_UPDATED = """
sys_updated_on  glide_date_time  Updated
sys_updated_by  string(40)       Updated by
sys_mod_count   integer          Updates
"""


@cache
def stock() -> Dictionary:
    """The dictionary of a fresh instance.  Shared: copy it before changing it."""
    dictionary = Dictionary()
    columns = {name: text for part in _LISTED for name, text in part.COLUMNS.items()}
    lines = "".join(part.TABLES for part in _LISTED)
    for line in lines.strip().splitlines():
        if not line:
            continue
        name, display, prefix, label = line.split(None, 3)
        table = Table(name, label, root=name, display=display.strip("-"), prefix=prefix.strip("-"))
        table.updated = name not in _CREATED_ONLY
        table.view = name in _VIEWS
        text = columns[name] + _SYS + (_SYS_UPDATED if table.updated else "")
        dictionary.add_table(table, _own(name, text, {}))
    for table, text in _extending():
        above = dictionary.get(table.parent)
        dictionary.add_table(table, _own(table.name, text, above.columns if above else {}))
    for name in (*dictionary.family("task"), "kb_knowledge"):
        dictionary[name].audited = True
    incident = dictionary["incident"]
    incident.columns = {name: incident.columns[name] for name in task.INCIDENT_ORDER}
    return dictionary


def own_columns() -> Iterator[Column]:
    """What every table has, without being asked."""
    for line in (_SYS + _SYS_UPDATED).splitlines():
        if line:
            yield _column(*line.split(None, 2))


def plugin_columns(plugin: str) -> Iterator[tuple[str, Column]]:
    """What a plug-in adds: table, column."""
    for table, text in major.PLUGIN_COLUMNS.get(plugin, {}).items():
        for line in text.strip().splitlines():
            column = _column(*line.split(None, 2))
            yield table, replace(column, choices=major.PLUGIN_CHOICES.get((table, column.element), {}))


def plugin_tables(plugin: str) -> Iterator[tuple[Table, Sequence[Column]]]:
    """The tables that a plug-in brings, each still empty and with the columns that it is to have."""
    for line in _BROUGHT.get(plugin, "").strip().splitlines():
        name, display, prefix, label = line.split(None, 3)
        table = Table(name, label, root=name, display=display.strip("-"), prefix=prefix.strip("-"))
        yield table, tuple(_own(name, alert.COLUMNS[name] + _SYS + _SYS_UPDATED, {}))


def plugin_of(table: str) -> str:
    """The id of the plug-in that brings a table; "" for any other table."""
    return next((plugin for plugin in _BROUGHT if table in alert.COLUMNS), "")


def found_table(dictionary: Dictionary, name: str, label: str, extends: str) -> Table:
    """A new table in the dictionary, with the columns that it has without being asked.

    ValueError for a name that is none or taken, `InvalidTable` where there is nothing to extend.
    """
    if extends and not dictionary[extends].classes:
        dictionary.add_column(extends, class_column())
    return dictionary.found_table(name, label, extends, () if extends else own_columns())


def class_column() -> Column:
    """What tells the records of a table from those of the tables below it."""
    return Column("sys_class_name", "string", "Class", 80)


def _extending() -> Iterator[tuple[Table, str]]:
    yield Table("task", "Task", "task", display="number", prefix="TASK"), task.TASK
    yield Table("incident", "Incident", "task", "task", prefix="INC"), task.INCIDENT
    yield Table("incident_task", "Incident Task", "task", "task", prefix="TASK"), task.INCIDENT_TASK
    yield Table("problem", "Problem", "task", "task", prefix="PRB"), task.PROBLEM
    yield Table("problem_task", "Problem Task", "task", "task", prefix="PTASK"), task.PROBLEM_TASK
    yield Table("interaction", "Interaction", "task", "task", prefix="IMS"), task.INTERACTION
    for part in (configuration, process, duty):
        for line in part.EXTENDING.strip().splitlines():
            name, parent, prefix, label = line.split(None, 3)
            root = "cmdb" if part is configuration else parent
            yield Table(name, label, root, parent, prefix=prefix.strip("-")), part.COLUMNS[name]


_LISTED = (
    system,
    meta,
    service,
    platform,
    access,
    import_set,
    configuration,
    currency,
    duty,
    log,
    major,
    policy,
)
"""The files whose tables stand by themselves."""

_BROUGHT = {alert.EVENT_MANAGEMENT: alert.TABLES}
"""Plug-in → its tables."""

_PARTS = (*_LISTED, alert, task, process)
_CREATED_ONLY = system.CREATED_ONLY | log.CREATED_ONLY
_VIEWS = duty.VIEWS | major.VIEWS
_CHOICES = {where: told for part in _PARTS for where, told in part.CHOICES.items()}
_DEFAULTS = {where: told for part in _PARTS for where, told in part.DEFAULTS.items()}


def _own(table: str, text: str, inherited: Mapping[str, Column]) -> Iterator[Column]:
    """The columns written in `text`, and those inherited whose choices or default this table changes."""
    told: dict[str, Column] = {}
    for line in text.splitlines():
        if line:
            element, kind, label = line.split(None, 2)
            told[element] = _column(element, kind, label)
    for name, element in (*_CHOICES, *_DEFAULTS):
        if name == table:
            column = told.get(element) or inherited[element]
            choices = _CHOICES.get((table, element), column.choices)
            default = _DEFAULTS.get((table, element), column.default)
            told[element] = replace(column, choices=choices, default=default)
    for element, column in told.items():
        yield replace(column, read_only=True) if (table, element) in access.READ_ONLY else column


def _column(element: str, kind: str, label: str) -> Column:
    found = _TYPE.match(kind)
    if found is None:
        raise ValueError(f"{element}: cannot read the type {kind!r}")
    name, length, reference, key = found.groups()
    size = int(length) if length else _LENGTH.get(name, 40)
    return Column(element, name, label, size, reference=reference or "", key=key or "sys_id")

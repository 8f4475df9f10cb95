"""Read the stock tables into a dictionary, and the dictionary into rows that can be queried."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from connector.sandbox import (
    stock_access,
    stock_import,
    stock_process,
    stock_service,
    stock_system,
    stock_task,
)
from connector.sandbox.column import Column
from connector.sandbox.dictionary import Dictionary, Table

STOCK_STAMP = "2020-01-01 00:00:00"
"""When the rows that come with the instance were made."""

_TYPE = re.compile(r"(\w+)(?:\((\d+)\))?(?::(\w+))?\Z")
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


def key(*parts: str) -> str:
    """A sys_id that depends on nothing but the name of the thing, for rows that come with the instance."""
    return hashlib.md5(".".join(parts).encode(), usedforsecurity=False).hexdigest()


@cache
def stock() -> Dictionary:
    """The dictionary of a fresh instance.  Shared: copy it before changing it."""
    dictionary = Dictionary()
    parts = (stock_system, stock_service, stock_access, stock_import)
    columns = {name: text for part in parts for name, text in part.COLUMNS.items()}
    lines = "".join(part.TABLES for part in parts)
    for line in lines.strip().splitlines():
        if not line:
            continue
        name, display, prefix, label = line.split(None, 3)
        table = Table(name, label, root=name, display=display.strip("-"), prefix=prefix.strip("-"))
        table.updated = name not in stock_system.CREATED_ONLY
        text = columns[name] + _SYS + (_SYS_UPDATED if table.updated else "")
        dictionary.add_table(table, _own(name, text, {}))
    for table, text in _extending():
        above = dictionary.get(table.parent)
        dictionary.add_table(table, _own(table.name, text, above.columns if above else {}))
    for name in (*dictionary.family("task"), "kb_knowledge"):
        dictionary[name].audited = True
    incident = dictionary["incident"]
    incident.columns = {name: incident.columns[name] for name in stock_task.INCIDENT_ORDER}
    return dictionary


def own_columns() -> Iterator[Column]:
    """What every table has, without being asked."""
    for line in (_SYS + _SYS_UPDATED).splitlines():
        if line:
            yield _column(*line.split(None, 2))


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
    yield Table("task", "Task", "task", display="number", prefix="TASK"), stock_task.TASK
    yield Table("incident", "Incident", "task", "task", prefix="INC"), stock_task.INCIDENT
    yield Table("incident_task", "Incident Task", "task", "task", prefix="TASK"), stock_task.INCIDENT_TASK
    yield Table("problem", "Problem", "task", "task", prefix="PRB"), stock_task.PROBLEM
    yield Table("problem_task", "Problem Task", "task", "task", prefix="PTASK"), stock_task.PROBLEM_TASK
    yield Table("interaction", "Interaction", "task", "task", prefix="IMS"), stock_task.INTERACTION
    yield Table("cmdb_ci_service", "Service", "cmdb_ci", "cmdb_ci"), stock_system.COLUMNS["cmdb_ci_service"]
    for line in stock_process.EXTENDING.strip().splitlines():
        name, parent, prefix, label = line.split(None, 3)
        root = "task" if parent == "task" else "cmdb_ci"
        yield Table(name, label, root, parent, prefix=prefix.strip("-")), stock_process.COLUMNS[name]


_PARTS = (stock_system, stock_service, stock_access, stock_import, stock_task, stock_process)
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
    yield from told.values()


def _column(element: str, kind: str, label: str) -> Column:
    found = _TYPE.match(kind)
    if found is None:
        raise ValueError(f"{element}: cannot read the type {kind!r}")
    name, length, reference = found.groups()
    size = int(length) if length else _LENGTH.get(name, 40)
    return Column(element, name, label, size, reference=reference or "")


def described(dictionary: Dictionary) -> Iterator[tuple[str, dict[str, str]]]:
    """The dictionary as rows of `sys_db_object`, `sys_dictionary` and `sys_choice`, then what filters need.

    Each is (table, row).
    """
    for table in dictionary:
        yield described_table(table)
        above = dictionary.get(table.parent)
        inherited = above.columns if above else {}
        own = [column for element, column in table.columns.items() if inherited.get(element) is not column]
        yield from described_columns(table.name, own)
    for sys_id, (label, script, kind, about) in stock_system.DYNAMIC_OPTIONS.items():
        told = {"label": label, "script": script, "field_type": kind, "table": about}
        row = _row(sys_id, active="true", available_for_filter="true", **told)
        yield "sys_filter_option_dynamic", row


def described_table(table: Table) -> tuple[str, dict[str, str]]:
    """One table as a row of `sys_db_object`."""
    above = key("sys_db_object", table.parent) if table.parent else ""
    shown = {"name": table.name, "label": table.label, "super_class": above, "ws_access": "true"}
    return "sys_db_object", _row(key("sys_db_object", table.name), **shown)


def described_columns(table: str, columns: Iterable[Column]) -> Iterator[tuple[str, dict[str, str]]]:
    """The same for some columns of one table."""
    for column in columns:
        yield (
            "sys_dictionary",
            _row(
                key("sys_dictionary", table, column.element),
                name=table,
                element=column.element,
                column_label=column.label,
                internal_type=column.type,
                reference=column.reference,
                max_length=str(column.max_length),
                mandatory="false",
                read_only="true" if column.read_only else "false",
                choice="1" if column.choices else "",
                default_value=column.default,
                active="true",
                audit="true" if column.is_audited else "false",
            ),
        )
        for sequence, (value, label) in enumerate(column.choices.items(), 1):
            yield "sys_choice", described_choice(table, column.element, value, label, sequence)


def described_choice(table: str, element: str, value: str, label: str, sequence: int) -> dict[str, str]:
    """One choice as a row of `sys_choice`."""
    return _row(
        key("sys_choice", table, element, value),
        name=table,
        element=element,
        value=value,
        label=label,
        language="en",
        sequence=str(sequence * 10),
        inactive="false",
        dependent_value="",
    )


def _row(sys_id: str, **fields: str) -> dict[str, str]:
    return fields | {
        "sys_id": sys_id,
        "sys_created_on": STOCK_STAMP,
        "sys_created_by": "system",
        "sys_updated_on": STOCK_STAMP,
        "sys_updated_by": "system",
        "sys_mod_count": "0",
    }


def granted() -> Iterator[tuple[str, dict[str, str]]]:
    """The stock roles, what they contain, and the access rules, as rows: (table, row)."""
    roles = stock_access.roles()
    for role, contained in roles.items():
        raised = "true" if role == "security_admin" else "false"
        yield (
            "sys_user_role",
            _row(key("sys_user_role", role), name=role, elevated_privilege=raised, grantable="true"),
        )
        for inner in contained:
            yield (
                "sys_user_role_contains",
                _row(
                    key("sys_user_role_contains", role, inner),
                    role=key("sys_user_role", role),
                    contains=key("sys_user_role", inner),
                ),
            )
    for operation, table, needed in stock_access.rules():
        yield from rule(operation, table, needed, overrides="security_admin" not in needed)


def rule(
    operation: str, name: str, roles: Iterable[str], *, overrides: bool = True
) -> Iterator[tuple[str, dict[str, str]]]:
    """One access rule as rows of `sys_security_acl` and `sys_security_acl_role`; roles by name."""
    needed = sorted(roles)
    sys_id = key("sys_security_acl", operation, name, *needed)
    yield (
        "sys_security_acl",
        _row(
            sys_id,
            name=name,
            operation=operation,
            type="record",
            active="true",
            admin_overrides="true" if overrides else "false",
        ),
    )
    for role in needed:
        yield (
            "sys_security_acl_role",
            _row(
                key("sys_security_acl_role", sys_id, role),
                sys_security_acl=sys_id,
                sys_user_role=key("sys_user_role", role),
            ),
        )

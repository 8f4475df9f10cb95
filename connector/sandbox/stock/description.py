"""The dictionary as rows that can be queried, and the rows that come with a fresh instance."""

import hashlib
from collections.abc import Iterable, Iterator

from connector.sandbox.column import Column
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.stock import access, duty, major, meta, platform, policy, system

STOCK_STAMP = "2020-01-01 00:00:00"
"""When the rows that come with the instance were made."""


FIRST = "10000"
"""The first number of a fresh instance comes after it."""


DEPENDENT = {"subcategory": "category"}
"""Columns whose choices depend on another column."""

NUMBERED = "javascript:getNextObjNumberPadded();"
"""The default of a column that is numbered."""


def key(*parts: str) -> str:
    """A sys_id that depends on nothing but the name of the thing, for rows that come with the instance."""
    return hashlib.md5(".".join(parts).encode(), usedforsecurity=False).hexdigest()


def described(dictionary: Dictionary) -> Iterator[tuple[str, dict[str, str]]]:
    """The dictionary as rows of `sys_db_object`, `sys_dictionary` and `sys_choice`, then what filters need.

    Each is (table, row).
    """
    for table in dictionary:
        yield described_table(table)
        above = dictionary.get(table.parent)
        inherited = above.columns if above else {}
        own = [column for element, column in table.columns.items() if inherited.get(element) is not column]
        yield from described_columns(table.name, own, numbered=bool(table.prefix))
        if table.prefix:
            yield from described_numbers(table)
    for sys_id, (name, condition, seconds) in platform.QUOTA_RULES.items():
        told = {"name": name, "condition": condition, "max_value": str(seconds), "type": "rest"}
        yield "sysrule_quota", _row(sys_id, active="true", **told)
    for name, label in meta.TYPES.items():
        yield "sys_glide_object", _row(key("sys_glide_object", name), name=name, label=label)
    for name, script in duty.RELATIVE.items():
        yield "cmn_relative_duration", _row(key("cmn_relative_duration", name), name=name, script=script)
    yield from _policy()
    for name, label in major.PLUGINS.items():
        yield "v_plugin", _row(key("v_plugin", name), id=name, name=label, active="inactive", version="1.0.0")
    yield "sys_scope", _row("global", name="Global", scope="global")
    for sys_id, (name, collection, moment) in platform.STOCK_RULES.items():
        when = {"when": moment, "order": "100", "action_insert": "true", "action_update": "true"}
        yield "sys_script", _row(sys_id, name=name, collection=collection, active="true", **when)
    for sys_id, (label, script, kind, about) in system.DYNAMIC_OPTIONS.items():
        told = {"label": label, "script": script, "field_type": kind, "table": about}
        row = _row(sys_id, active="true", available_for_filter="true", **told)
        yield "sys_filter_option_dynamic", row


def _policy() -> Iterator[tuple[str, dict[str, str]]]:
    """The stock access policy, whose profiles were mapped one after the other."""
    wide = dict.fromkeys(("apply_global", "apply_all", "apply_all_tables", "active"), "true")
    name = policy.POLICY
    whole = key("sys_api_access_policy", name)
    yield "sys_api_access_policy", _row(whole, name=name, **wide)
    for number, (kind, label) in enumerate(policy.KINDS.items()):
        profile = key("inbound_auth_profile", kind)
        yield "inbound_auth_profile", _row(profile, name=label, type=kind, active="true")
        mapped = _row(
            key("sys_auth_profile_mapping", name, kind), api_access_policy=whole, inbound_auth_profile=profile
        )
        yield "sys_auth_profile_mapping", mapped | {"sys_created_on": f"2020-01-01 00:00:0{number}"}


def described_table(table: Table) -> tuple[str, dict[str, str]]:
    """One table as a row of `sys_db_object`."""
    above = key("sys_db_object", table.parent) if table.parent else ""
    shown = {"name": table.name, "label": table.label, "super_class": above, "ws_access": "true"}
    shown |= {"access": "public", "read_access": "true", "sys_scope": "global"}
    return "sys_db_object", _row(key("sys_db_object", table.name), **shown)


def described_numbers(table: Table) -> Iterator[tuple[str, dict[str, str]]]:
    """How the records of one table are numbered, and that none was yet."""
    look = {"category": table.name, "prefix": table.prefix, "number": FIRST, "maximum_digits": "7"}
    yield "sys_number", _row(key("sys_number", table.name), **look)
    told = {"table": table.name, "number": FIRST}
    yield "sys_number_counter", _row(key("sys_number_counter", table.name), **told)


def described_columns(
    table: str, columns: Iterable[Column], *, numbered: bool = False
) -> Iterator[tuple[str, dict[str, str]]]:
    """The same for some columns of one table; `numbered`: records get their number from the server (5.1)."""
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
                default_value=NUMBERED if numbered and column.element == "number" else column.default,
                active="true",
                dependent_on_field=DEPENDENT.get(column.element, ""),
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
    roles = access.roles()
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
    for operation, table, needed in access.rules():
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

"""A body of a REST write as fields: what the platform accepts from outside, and what it drops silently."""

import re
from collections.abc import Mapping
from typing import Any

from connector.sandbox.access.role import ADMIN
from connector.sandbox.column import Column, accepted, java_text
from connector.sandbox.dictionary import Table
from connector.sandbox.error import Denied
from connector.sandbox.instance import Instance
from connector.sandbox.moment import universal
from connector.sandbox.rule import CLOSED
from connector.sandbox.sanitise import cleaned

_SYS_ID = re.compile(r"[0-9a-f]{32}\Z")


def incoming(
    instance: Instance,
    table: Table,
    body: Mapping[str, Any],
    user: str,
    zone: str | None,
    form: str = "",
    sys_id: str = "",
) -> dict[str, str]:
    """The fields of `body` that take effect.  `zone` is given where values are display values
    (`sysparm_input_display_value=true`): references by name, choices by label, dates in that zone and `form`.

    Dropped without an error (section 5.3): unknown columns, undefined choices, columns that `deny_write` or
    an access rule names, numbers and dates that are none, read-only columns and references by name unless
    the switches say otherwise, and a subcategory that does not fit the category it will have (that of the
    record `sys_id`, if the body has none).  HTML is taken out of text.  Raises `Denied` for a read-only
    column where those are refused.
    """
    fields = {}
    switches = instance.switches
    any_choice = instance.properties.get("glide.rest.choice.allow_non_existing_value") == "true"
    for name, value in body.items():
        column = table.columns.get(name)
        if column is None or (user, table.name, name) in instance.denied:
            continue
        if not instance.access.may_write_column(user, table, name):
            continue
        if column.read_only and switches.read_only != "write":
            if switches.read_only == "refuse":
                raise Denied("write")
            continue
        if column.type == "reference":
            stored = _reference(instance, column, value, by_name=zone is not None)
        elif column.is_money and zone is not None and value != "":
            stored = instance.exchange.typed(java_text(value), user)
        else:
            if zone is not None:
                value = _typed(column, java_text(value), zone, form)
            if type(value) is str and "<" in value:
                value = cleaned(column, value, instance.properties)
            stored = accepted(column, value, any_choice=any_choice, iso_dates=switches.iso_dates)
        if stored is not None:
            fields[name] = stored
    if switches.closed_is_final and {"state", "incident_state"} & fields.keys() and sys_id:
        old = instance.get(table.name, sys_id) or {}
        if (
            table.name == "incident"
            and old.get("state") == CLOSED
            and ADMIN not in instance.access.held(user)
        ):
            fields = {
                name: value for name, value in fields.items() if name not in {"state", "incident_state"}
            }
    if fields.get("subcategory") and not _fits(instance, table, fields, sys_id):
        del fields["subcategory"]
    return fields


def _fits(instance: Instance, table: Table, fields: Mapping[str, str], sys_id: str) -> bool:
    """Whether the subcategory is one of its category, where `sys_choice` says which belong to which."""
    query = f"name={table.name}^element=subcategory^dependent_valueISNOTEMPTY^inactive!=true"
    depending = instance.rows("sys_choice", query)
    if not depending:
        return True
    category = fields.get("category")
    if category is None:
        old = instance.get(table.name, sys_id) if sys_id else None
        category = old["category"] if old else table.columns["category"].default
    pair = (fields["subcategory"], category)
    return any((row["value"], row["dependent_value"]) == pair for row in depending)


def _typed(column: Column, text: str, zone: str, form: str) -> str:
    """What a user would have typed, as it is stored."""
    for value, label in column.choices.items():
        if text == label:
            return value
    return universal(text, zone, form) if column.is_instant and text else text


def _reference(instance: Instance, column: Column, value: Any, *, by_name: bool) -> str | None:
    """A reference as stored: sys_ids as they are, also of records that do not exist; objects as Java text.

    What a name without `sysparm_input_display_value` becomes differs between instances (section 9.3): unless
    the switch says otherwise it is dropped, as the strict ones do, which are the safest to be tested against.
    """
    text = java_text(value)
    if column.key != "sys_id":
        return text[: column.max_length]
    target = instance.dictionary.get(column.reference)
    if not text or not isinstance(value, str) or target is None:
        return text[:32]
    keeps = instance.switches.unknown_sys_id == "keep"
    if (keeps and _SYS_ID.match(text)) or instance.store.class_of(target, text):
        return text[:32]
    if _SYS_ID.match(text):
        return None
    if not by_name and instance.switches.reference_by_name == "verbatim":
        return text[:32]
    resolves = instance.switches.reference_by_name == "resolve"
    names = [target.display] if target.display and (by_name or resolves) else []
    if resolves and target.name == "sys_user":
        names.append("user_name")
    for name in names:
        sql = f'SELECT sys_id FROM "{target.root}" WHERE "{name}" = ? LIMIT 1'
        found = instance.store.db.execute(sql, (text,)).fetchone()
        if found:
            return str(found[0])
    return None

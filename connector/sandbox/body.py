"""A body of a REST write as fields: what the platform accepts from outside, and what it drops silently."""

import re
from collections.abc import Mapping
from typing import Any

from connector.sandbox.column import Column, accepted, java_text
from connector.sandbox.dictionary import Table
from connector.sandbox.instance import Instance
from connector.sandbox.moment import universal

_SYS_ID = re.compile(r"[0-9a-f]{32}\Z")


def incoming(
    instance: Instance, table: Table, body: Mapping[str, Any], user: str, zone: str | None
) -> dict[str, str]:
    """The fields of `body` that take effect.  `zone` is given where values are display values
    (`sysparm_input_display_value=true`): references by name, choices by label, dates in that zone.

    Dropped without an error (section 5.3): unknown columns, undefined choices, read-only columns, columns
    that `deny_write` or an access rule names, numbers and dates that are none, references by name.
    """
    fields = {}
    any_choice = instance.properties.get("glide.rest.choice.allow_non_existing_value") == "true"
    for name, value in body.items():
        column = table.columns.get(name)
        if column is None or column.read_only or (user, table.name, name) in instance.denied:
            continue
        if not instance.access.may_write_column(user, table, name):
            continue
        if column.type == "reference":
            stored = _reference(instance, column, value, by_name=zone is not None)
        else:
            if zone is not None:
                value = _typed(column, java_text(value), zone)
            stored = accepted(column, value, any_choice=any_choice)
        if stored is not None:
            fields[name] = stored
    return fields


def _typed(column: Column, text: str, zone: str) -> str:
    """What a user would have typed, as it is stored."""
    for value, label in column.choices.items():
        if text == label:
            return value
    return universal(text, zone) if column.is_instant and text else text


def _reference(instance: Instance, column: Column, value: Any, *, by_name: bool) -> str | None:
    """A reference as stored: sys_ids as they are, also of records that do not exist; objects as Java text.

    A name without `sysparm_input_display_value` is dropped: instances differ here (section 9.3), and the
    strict one is the safest to be tested against.
    """
    text = java_text(value)
    if not text or not isinstance(value, str) or _SYS_ID.match(text):
        return text[:32]
    target = instance.dictionary.get(column.reference)
    if target is None:
        return text[:32]
    if instance.store.class_of(target, text):
        return text
    if by_name and target.display:
        sql = f'SELECT sys_id FROM "{target.root}" WHERE "{target.display}" = ? LIMIT 1'
        found = instance.store.db.execute(sql, (text,)).fetchone()
        return str(found[0]) if found else None
    return None

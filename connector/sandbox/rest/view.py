"""`sysparm_view`: which columns a record shows where the call names none (platform facts, 1.2).

A view of a table is its list layout: a row of `sys_ui_list` for the table and the view, by the view's name,
title or sys_id, and its elements in `sys_ui_list_element`.  Layouts of single users and of related lists are
not meant.  A view without a layout, `desktop`, `mobile` and `both` among them, shows all columns.
"""

from dataclasses import replace

from connector.sandbox.instance import Instance
from connector.sandbox.parameter import Parameters

_ELEMENTS = """
SELECT e.element FROM sys_ui_list l JOIN sys_ui_list_element e ON e.list_id = l.sys_id
WHERE l.name = :name AND l.sys_user = '' AND l.parent = '' AND e.element <> '' AND (
 l.view = :view OR l.view IN (SELECT v.sys_id FROM sys_ui_view v WHERE v.name = :view OR v.title = :view)
 OR l.view IN (SELECT v.name FROM sys_ui_view v WHERE v.title = :view OR v.sys_id = :view))
ORDER BY CAST(e.position AS INTEGER), e.rowid
"""


def seen(instance: Instance, table: str, asked: Parameters) -> Parameters:
    """The same call with the columns of its view; `sysparm_fields` wins."""
    if not asked.view or asked.fields:
        return asked
    found = instance.store.db.execute(_ELEMENTS, {"name": table, "view": asked.view})
    return replace(asked, fields=tuple(dict.fromkeys(str(row[0]) for row in found)))

"""Gives a sandbox what a configuration expects of its instance: columns, groups, people, our account."""

from connector.reconcile.register import columns_of
from connector.reconcile.world import EVERY_OTHER_GROUP
from connector.sandbox import Instance
from connector.sandbox.stock import plugin_of
from connector.settings import Settings

TEXT, MARKS = 40, 4000
"""Characters of an owned column, and of the marks."""

ROLE = "u_desk_policy_connector"
"""The role of our account: what an admin would make for it, and no more."""

CLOSED = ("sys_audit", "sys_audit_delete", "sys_journal_field")
"""Tables that only admins may read unless a rule opens them to the role."""

_INSTANTS = frozenset({"respond_by", "resolve_by"})


def furnish(instance: Instance, settings: Settings, password: str, *, plugins: bool = True) -> None:
    """Add what is missing; what is there already stays.

    ``plugins``: activate those whose tables policies are about; without them such a table may be missing.
    """
    there = {(row["name"], row["element"]) for row in instance.rows("sys_dictionary", "elementSTARTSWITHu_")}

    def add(table: str, column: str, kind: str, length: int = 255) -> None:
        if column.startswith("u_") and (table, column) not in there:
            instance.add_column(table, column, type=kind, max_length=length)
            there.add((table, column))

    for role, column in settings.columns.roles.items():
        if role in _INSTANTS:
            add("incident", column, "glide_date_time")
        else:
            add("incident", column, "string", MARKS if role == "marks" else TEXT)
    for score in settings.reads.scores:
        add("incident_task", score, "integer")
    for ticked in sorted(
        {settings.reads.confirmed or "", settings.reads.escalate or "", *settings.extra_columns}
    ):
        add("incident", ticked, "boolean")
    for table in settings.further_tables:
        if plugins and table not in instance.dictionary.tables and (plugin := plugin_of(table)):
            instance.activate(plugin)
        if table not in instance.dictionary.tables:
            continue
        add(table, settings.marks_of(table), "string", MARKS)
        for column in sorted(columns_of(settings, table)):
            add(table, column, "string", TEXT)
    if settings.instance.history == "metric" and instance.metrics is None:
        instance.measure()
    groups = {row["name"] for row in instance.rows("sys_user_group")}
    for name in settings.groups:
        if name not in groups and name != EVERY_OTHER_GROUP:
            instance.add_group(name)
    users = {row["user_name"] for row in instance.rows("sys_user")}
    for person in settings.people:
        if person not in users:
            instance.add_user(person, name=person.replace(".", " ").title(), roles=["itil"])
    if settings.instance.auth.user not in users:
        more = ["evt_mgmt_operator"] if "em_alert" in settings.further_tables else []
        instance.add_role(ROLE, contains=["itil", "knowledge", "interaction_agent", *more])
        for table in CLOSED:
            instance.allow("read", table, ROLE)
        instance.add_user(
            settings.instance.auth.user, name="Desk Policy Connector", password=password, roles=[ROLE]
        )

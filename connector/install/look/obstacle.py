"""What else on the instance writes, refuses or drops: choices, data policies, business rules. Only reads."""

import re
from collections.abc import Iterator

from connector.errors import Skippable, WrongInstance
from connector.install.blueprint import VALUES
from connector.install.look.finding import Answer, doubt, good, wrong
from connector.settings import Settings
from connector.settings.spelling import nearest
from connector.sync.gateway import Gateway, term

STOCK = frozenset({"close_code", "close_notes"})
"""What a stock instance makes mandatory when a ticket is resolved or closed (§5.2); people fill it then."""


def choices(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Every value that the configuration names or the rules write, among the choices of its column (§0.5)."""
    named = _named(settings)
    roles = {column: role for role, column in settings.columns.roles.items() if role in VALUES}
    columns = sorted({*named, *roles})
    query = "^".join((term("name", "IN", gateway.lineage("incident")), term("element", "IN", columns)))
    rows = gateway.page("sys_choice", f"{query}^inactive=false", ["name", "element", "value", "label"]).rows
    known: dict[str, set[str]] = {}
    for row in rows:
        if row.get("element") and row.get("value"):
            known.setdefault(row["element"], set()).add(row["value"])
    for column, values in named.items():
        for value, who in values.items():
            if column in known and value not in known[column]:
                yield doubt(
                    f'{who}: {column} has no choice "{value}"{nearest(value, known[column])}; no ticket '
                    "will ever have it"
                )
    for column, role in roles.items():
        lacking = [value for value in VALUES[role] if column in known and value not in known[column]]
        if lacking:
            yield wrong(
                f"{column} has choices, and not {', '.join(lacking)}: the platform drops such a value "
                "without an error; desk-connector install makes them"
            )


def _named(settings: Settings) -> dict[str, dict[str, str]]:
    """Column → value → who names it."""
    found: dict[str, dict[str, str]] = {"category": {}, "close_code": {}, "priority": {}, "hold_reason": {}}
    for index, desk in enumerate(settings.desks):
        for _, team in desk.teams:
            who = f'{settings.spot("desk", index)}: desk "{desk.name}", group "{team.group}"'
            for category in team.categories:
                found["category"].setdefault(category, who)
    for index, policy in enumerate(settings.policies):
        if policy.about() != "incident":
            continue
        who = f'policy "{policy.name}"'
        for category in policy.when.category:
            spot = settings.spot("policy", index, "when", "category")
            found["category"].setdefault(category, f"{spot}: {who}: when")
        for setting, column in (
            ("out_of_capability", "category"),
            ("exempt_categories", "category"),
            ("exempt_close_codes", "close_code"),
            ("pause_on", "hold_reason"),
        ):
            told = getattr(policy, setting, ())
            if isinstance(told, (tuple, list, frozenset)):
                for value in told:
                    spot = settings.spot("policy", index, setting)
                    found[column].setdefault(str(value), f"{spot}: {who}: {setting}")
    for priority in settings.priorities:
        found["priority"].setdefault(priority, f"{settings.spot('fault_class')}: [fault_class]")
    return {column: values for column, values in found.items() if values}


def data_policies(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Rules that make a column of an incident mandatory or read-only, over REST too (§5.3)."""
    tables = gateway.lineage("incident")
    try:
        policies = gateway.page(
            "sys_data_policy2",
            f"{term('model_table', 'IN', tables)}^active=true",
            ["sys_id", "short_description", "model_table", "active"],
        ).rows
        rules = gateway.page(
            "sys_data_policy_rule",
            term("table", "IN", tables),
            ["sys_data_policy", "field", "table", "mandatory", "disabled"],
        ).rows
    except (Skippable, WrongInstance):
        yield good(
            "data policies may not be read: a write that one refuses comes back as 403, and status names "
            "the ticket"
        )
        return
    names = {
        row["sys_id"]: row.get("short_description", "")
        for row in policies
        if row.get("active") == "true" and row.get("model_table") in tables
    }
    writes = settings.columns.writable
    for rule in rules:
        column, name = rule.get("field", ""), names.get(rule.get("sys_data_policy", ""))
        if name is None:
            continue
        if rule.get("disabled") == "true" and column in writes:
            yield wrong(
                f'data policy "{name}" makes {column} read-only: writes of the connector to it are '
                "refused; except its account from the policy, or take the column from [columns]"
            )
        elif rule.get("mandatory") == "true" and column not in STOCK:
            yield doubt(
                f'data policy "{name}" makes {column} mandatory: a write to a ticket without it is refused '
                "(403) until somebody fills it; narrow the policy, or expect such tickets to wait"
            )


def automations(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Active business rules whose script writes a column that the connector writes."""
    tables = gateway.lineage("incident")
    columns = sorted(settings.columns.writable)
    try:
        rows = gateway.page(
            "sys_script",
            f"{term('collection', 'IN', tables)}^active=true",
            ["name", "collection", "script", "active"],
            limit=1000,
        ).rows
    except (Skippable, WrongInstance):
        rows = []
    if not rows:
        yield good(
            "business rules may not be read: ask an admin whether any rule or flow writes "
            + ", ".join(columns)
        )
        return
    own = set(settings.columns.roles.values())
    for row in rows:
        if row.get("active") != "true" or row.get("collection") not in tables:
            continue
        for column in columns:
            if not writes(row.get("script", ""), column):
                continue
            name = row.get("name", "")
            if column in own:
                yield wrong(
                    f'business rule "{name}" writes {column}, which is the connector\'s own: both would '
                    "write for ever; switch the rule off, or name another column under [columns]"
                )
            else:
                yield doubt(
                    f'business rule "{name}" writes {column}, too: whoever writes last stands, and the '
                    "connector does not set a column again that was changed after it; is the rule still "
                    "needed?"
                )


def writes(script: str, column: str) -> bool:
    """Whether a server script assigns the column: ``current.x = …``, ``setValue('x', …)``."""
    name = re.escape(column)
    return bool(re.search(rf"""current\.{name}\s*=(?!=)|setValue\(\s*['"]{name}['"]""", script))


def publishing(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """What `[publish]` writes to, where the configuration speaks of it."""
    publish = settings.publish
    if "publish" not in settings.model_fields_set:
        return
    try:
        there = gateway.columns(publish.table)
        page = gateway.page(publish.table, "ORDERBYsys_id", ["sys_id", *publish.writable], limit=1)
    except (Skippable, WrongInstance) as error:
        yield wrong(f"[publish] table: {publish.table} cannot be read: {error}; give the account read access")
        return
    missing = [column for column in sorted(publish.writable) if column not in there]
    for column in missing:
        yield wrong(f"[publish]: {publish.table} has no column {column}{nearest(column, there)}")
    hidden = [c for row in page.rows for c in sorted(publish.writable) if c not in row and c not in missing]
    for column in hidden:
        yield wrong(
            f"[publish]: {publish.table}.{column} may not be read: give the account read access to it"
        )
    if publish.knowledge_base and not publish.own_table:
        row = gateway.by_ids("kb_knowledge_base", [publish.knowledge_base], ["title", "active"]).get(
            publish.knowledge_base
        )
        if row is None:
            yield wrong(
                f"[publish] knowledge_base: there is none with the sys_id {publish.knowledge_base}, or its "
                "user criteria (Can Contribute, Can Read) do not let the account in"
            )
        elif row.get("active") == "false":
            yield doubt(f'[publish] knowledge_base: "{row.get("title", "")}" is not active')

"""What the connector's own account must be allowed, from the actual configuration; nothing more. Pure.

Operations are those of access rules (§6.4 of the contract): read, write, create, and the query rules
`query_match` and `query_range`, without which newer releases refuse a filter or an order (§2.3).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from connector.reconcile.archive import ANALYSIS, TEXTS
from connector.reconcile.register import writable_of
from connector.reconcile.world import CREATED, sources
from connector.settings import Settings
from connector.settings.publish import ARTICLE

ROLE = "u_desk_policy_connector"
"""Name of the role that an admin makes for the account."""

GIVEN: Mapping[tuple[str, str], str] = {
    ("incident", "read"): "sn_incident_read",
    ("incident", "write"): "sn_incident_write",
    ("incident_task", "read"): "sn_incident_read",
    ("incident_task", "write"): "sn_incident_write",
    ("incident_task", "create"): "sn_incident_write",
    ("kb_knowledge", "create"): "knowledge",
    ("kb_knowledge", "write"): "knowledge",
    ("m2m_kb_task", "create"): "knowledge",
    ("interaction", "read"): "interaction_agent",
    ("asmt_metric_result", "read"): "survey_reader",
    ("change_request", "read"): "sn_change_read",
    ("change_request", "write"): "sn_change_write",
    ("problem", "read"): "sn_problem_read",
    ("problem", "write"): "sn_problem_write",
    ("problem", "create"): "sn_problem_write",
    ("em_alert", "read"): "evt_mgmt_user",
    ("em_alert", "write"): "evt_mgmt_operator",
}
"""Table and operation → the narrowest stock role that gives it (§6.4); it also gives more than is used."""

ADMINS_ONLY = frozenset({"sys_audit", "sys_audit_delete", "sys_journal_field"})
"""Tables that only admins read unless a rule of their own opens them (§4.10)."""

_OPERATOR = re.compile(
    r"(?P<field>[a-z][a-z0-9_.]*?)"
    r"(?P<operator>ISNOTEMPTY|ISEMPTY|NOT IN|IN|STARTSWITH|NOT LIKE|LIKE|!=|<=|>=|=|<|>)"
)
_MATCHING = frozenset({"=", "!=", "IN", "NOT IN", "ISEMPTY", "ISNOTEMPTY"})


class Right(NamedTuple):
    """One operation on some columns of one table."""

    table: str
    operation: str
    columns: tuple[str, ...]
    """Sorted; empty: the record as a whole."""
    why: str
    optional: bool = False
    """Only `check`, `install`, `archive` and their like ask it: passes go on without."""

    @property
    def given_by(self) -> str:
        """A stock role that gives it; "" where an access rule is needed, or where everybody may."""
        return GIVEN.get((self.table, self.operation), "")


def rights(settings: Settings) -> tuple[Right, ...]:
    """Every right that passes, `publish` and `check` of this configuration use, sorted by table."""
    found: dict[tuple[str, str], Right] = {}
    asked = (_polled, _named, _written, _looked_up)
    for right in (*(one for ask in asked for one in ask(settings)), *_archived()):
        key = right.table, right.operation
        there = found.get(key)
        if there is not None:
            columns = tuple(sorted({*there.columns, *right.columns}))
            why = there.why if right.why in there.why.split(", ") else f"{there.why}, {right.why}"
            right = Right(*key, columns, why, there.optional and right.optional)
        found[key] = right
    order = ("read", "query_match", "query_range", "write", "create")
    return tuple(sorted(found.values(), key=lambda right: (right.table, order.index(right.operation))))


def roles(wanted: Iterable[Right]) -> tuple[str, ...]:
    """Stock roles that our role contains; one that another contains is left out."""
    given = {right.given_by for right in wanted if right.given_by and not right.optional}
    for writing in [name for name in given if name.endswith("_write")]:
        given.discard(f"{writing.removesuffix('_write')}_read")
    return tuple(sorted({*given, "snc_platform_rest_api_access"}))


def _sorted(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(columns)))


def _polled(settings: Settings) -> Iterator[Right]:
    for source in sources(settings):
        yield Right(source.table, "read", _sorted(source.fields), "polled")
        matched, ranged = queried(source.query)
        yield Right(source.table, "query_match", _sorted({"sys_id", *matched}), "polled")
        yield Right(source.table, "query_range", _sorted({"sys_id", source.stamp, *ranged}), "polled")


def queried(query: str) -> tuple[set[str], set[str]]:
    """Columns of an encoded query that need `query_match`, and those that need `query_range`."""
    matched: set[str] = set()
    ranged: set[str] = set()
    for part in query.split("^"):
        found = _OPERATOR.match(part.removeprefix("OR"))
        if found:
            (matched if found["operator"] in _MATCHING else ranged).add(found["field"])
    return matched, ranged


def _archived() -> Iterator[Right]:
    """What the verb `archive` quotes of tickets and of their problems."""
    of_problem = [column.removeprefix("problem_id.") for column in ANALYSIS]
    yield Right("incident", "read", _sorted(TEXTS), "archive", optional=True)
    yield Right("problem", "read", _sorted(of_problem), "archive", optional=True)


def _named(settings: Settings) -> Iterator[Right]:
    """Groups and people that the configuration names, and who wrote what."""
    yield Right("sys_user_group", "read", ("active", "name", "sys_id"), "groups of the desks")
    yield Right("sys_user_group", "query_match", ("name", "sys_id"), "groups of the desks")
    yield Right("sys_user_group", "query_range", ("sys_id",), "groups of the desks")
    yield Right("sys_user", "read", ("active", "name", "sys_id", "user_name"), "people in notes")
    yield Right("sys_user", "query_match", ("sys_id", "user_name"), "people in notes")
    yield Right("sys_user", "query_range", ("sys_id",), "people in notes")
    if settings.safety.switch:
        yield Right("sys_properties", "read", ("name", "value"), "[safety] switch")
        yield Right("sys_properties", "query_match", ("name",), "[safety] switch")


def _written(settings: Settings) -> Iterator[Right]:
    yield Right("incident", "write", _sorted({*settings.columns.writable, "work_notes"}), "[columns]")
    for table, columns in writable_of(settings).items():
        yield Right(table, "write", _sorted(columns), f"policies about {table}")
    yield Right("incident", "query_match", _sorted(settings.columns.roles.values()), "retire", optional=True)
    policies = settings.policies
    if any(policy.needs_tasks() for policy in policies):
        yield _created("incident_task", "tasks that policies open")
        yield Right("incident_task", "query_match", ("correlation_id",), "no task twice")
    if any(getattr(policy, "creates_problem", False) for policy in policies):
        yield _created("problem", "problems that policies open")
        yield Right("problem", "query_match", ("correlation_id",), "no problem twice")
    if any(getattr(policy, "draft", "never") != "never" for policy in policies):
        yield _created("kb_knowledge", "drafts of articles")
        yield _created("m2m_kb_task", "their links to tickets")
    publish = settings.publish
    if publish.mode == "enforce":
        table = publish.table
        filled = _sorted(CREATED[ARTICLE] if table == ARTICLE else publish.writable)
        state = {"workflow_state"} if table == ARTICLE else set()
        read = _sorted({*publish.writable, "sys_id", "sys_mod_count", *state})
        yield Right(table, "read", read, "[publish]")
        yield Right(table, "query_match", (publish.key,), "[publish]")
        yield Right(table, "create", filled, "[publish]")
        yield Right(table, "write", filled, "[publish]")
        yield Right("sys_attachment", "read", (), "[publish]")
        yield Right("sys_attachment", "create", (), "[publish]")


def _created(table: str, why: str) -> Right:
    return Right(table, "create", _sorted(CREATED[table]), why)


def _looked_up(settings: Settings) -> Iterator[Right]:
    """What `check --instance` and `install --verify` look into."""
    why = "check, install"
    for table, columns in (
        (
            "sys_dictionary",
            ("active", "column_label", "element", "internal_type", "max_length", "name", "read_only"),
        ),
        ("sys_db_object", ("name", "super_class", "sys_id")),
        ("sys_choice", ("element", "inactive", "label", "name", "value")),
        ("sys_properties", ("name", "value")),
        ("sys_filter", ("filter", "sys_id", "title")),
        ("sys_report", ("field", "filter", "sys_id", "title", "type")),
    ):
        yield Right(table, "read", columns, why, optional=True)
    if settings.instance.history == "metric":
        yield Right("metric_definition", "read", ("active", "field", "table", "type"), why, optional=True)


def script(settings: Settings) -> str:
    """A background script for an admin with the role security_admin: our role, its roles, its access rules.

    May be run again. A first rule on a table or column would close it to everybody else, so that only those
    operations get one of ours that have one already.
    """
    wanted = [right for right in rights(settings) if not right.given_by]
    lines = []
    for right in wanted:
        if right.operation in ("query_match", "query_range"):
            names = [f"{right.table}.{column}" for column in right.columns]
        else:
            names = [right.table]
        lines += [f"  ['{name}', '{right.operation}']," for name in names]
    contained = "\n".join(f"  '{name}'," for name in roles(rights(settings)))
    return _SCRIPT.format(
        role=ROLE,
        user=settings.instance.auth.user.replace("\\", "\\\\").replace("'", "\\'"),
        contained=contained,
        rules="\n".join(lines),
    )


_SCRIPT = """\
// System Definition > Scripts - Background, after "Elevate role: security_admin". May be run again.
// Makes the role {role}, gives it to {user}, and adds access rules.
var ROLE = '{role}', USER = '{user}';
var CONTAINS = [
{contained}
];
var RULES = [
{rules}
];
function one(table, wanted) {{
  var row = new GlideRecord(table);
  for (var name in wanted) row.addQuery(name, wanted[name]);
  row.query();
  return row.next() ? row.getUniqueValue() : '';
}}
function make(table, wanted) {{
  var there = one(table, wanted);
  if (there) return there;
  var row = new GlideRecord(table);
  row.initialize();
  for (var name in wanted) row.setValue(name, wanted[name]);
  gs.print('made: ' + table + ' ' + JSON.stringify(wanted));
  return row.insert();
}}
var role = make('sys_user_role', {{name: ROLE}});
CONTAINS.forEach(function (name) {{
  var contained = one('sys_user_role', {{name: name}});
  if (contained) make('sys_user_role_contains', {{role: role, contains: contained}});
  else gs.print('no role ' + name + ' here: the access it would give is missing');
}});
var user = one('sys_user', {{user_name: USER}});
if (user) make('sys_user_has_role', {{user: user, role: role}});
else gs.print('no user ' + USER + ' yet: make it, web service access only, and run this again');
RULES.forEach(function (rule) {{
  var name = rule[0], operation = rule[1];
  if (!one('sys_security_acl', {{name: name, operation: operation, active: true}})) {{
    gs.print('left: ' + operation + ' ' + name + ' has no rule; a first one would close it to others');
    return;
  }}
  var told = 'desk policy connector: ' + operation + ' ' + name;
  var acl = make('sys_security_acl', {{
    name: name, operation: operation, type: 'record', active: true, admin_overrides: true, description: told
  }});
  make('sys_security_acl_role', {{sys_security_acl: acl, sys_user_role: role}});
}});
"""

"""``check --instance``: what the configuration names, held against the instance. Only reads, one sign-in."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

from connector.clock import SystemClock
from connector.errors import (
    Forbidden,
    GatewayError,
    NoTable,
    Retriable,
    SettingsError,
    Skippable,
    Unauthorised,
    WrongInstance,
)
from connector.install.look import LOOKS, Answer, Level, Look, probe
from connector.reconcile.register import resting
from connector.reconcile.world import open_gateway, sources
from connector.settings import Settings
from connector.settings.clash import EVERY_OTHER_GROUP
from connector.settings.reference import where_named
from connector.settings.spelling import listed, nearest
from connector.sync.gateway import Gateway, Probe, term
from connector.sync.history import FIELDS
from connector.sync.metric import DURATION, MEASURED

CLOCK = 5
"""Seconds by which the clocks may differ before it is worth a word."""

MARKS = 4000
"""Characters that the marks column should hold."""


def examine(settings: Settings, ticket: str = "") -> Iterator[Answer]:
    """Look at the instance. One refused sign-in ends it: six lock an account.

    ``ticket``: number of one on which a write of equal values may be tried; "" for none.
    """
    with ExitStack() as stack:
        yield from _examined(stack, settings, ticket)


def _examined(stack: ExitStack, settings: Settings, ticket: str) -> Iterator[Answer]:
    auth = settings.instance.auth
    try:  # what is wrong is told, not waited out
        gateway = stack.enter_context(closing(open_gateway(settings, patient=False)))
        first = gateway.probe()
    except SettingsError as error:
        yield from (Answer(Level.WRONG, problem) for problem in error.problems)
        return
    except Unauthorised as error:
        yield Answer(
            Level.WRONG,
            f'the instance refused user "{auth.user}" ({auth.kind}); one attempt was made. Is the account '
            "active, unlocked, allowed to use web services (basic authentication may be closed to it), and "
            f"the secret the current one? {error}",
        )
        return
    except Forbidden as error:
        scope = (
            ". In the Application Registry let the client be Broadly scoped, or attach the scope useraccount"
            if "unscoped" in str(error)
            else ": give the account snc_platform_rest_api_access and a role that reads incidents"
        )
        yield Answer(Level.WRONG, f"the account is let in and may not read over REST: {error}{scope}")
        return
    except GatewayError as error:
        yield Answer(Level.WRONG, f"{settings.instance.url} does not answer as an instance does: {error}")
        return
    yield from _look(settings, gateway, first, ticket)


def _look(settings: Settings, gateway: Gateway, first: Probe, ticket: str) -> Iterator[Answer]:
    yield Answer(Level.OK, f'{settings.instance.url} answers and lets "{settings.instance.auth.user}" in')
    yield from _first_look(first)
    yield from _account(settings, gateway)
    looks: tuple[tuple[str, Look], ...] = (
        ("tables", _tables),
        ("marks", _marks),
        ("groups", _groups),
        ("people", _people),
        ("states", _states),
        ("history", _history),
        *LOOKS,
    )
    for what, look in looks:
        try:
            yield from look(settings, gateway)
        except Retriable as error:
            yield Answer(Level.WRONG, f"{what}: the instance stopped answering: {error}; try again")
            return
        except (Skippable, WrongInstance) as error:
            yield Answer(
                Level.WRONG, f"{what}: could not be looked at: {error}; give the account read access"
            )
    if ticket:
        yield from probe(settings, gateway, ticket)


def _account(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Whether a token, key or certificate stands for the account that the configuration names."""
    auth = settings.instance.auth
    if auth.kind in ("basic", "oauth-password"):
        return
    with suppress(GatewayError):  # who may not read sys_user is told so where people are looked for
        actual = gateway.whoami()
        if actual and actual != auth.user:
            yield Answer(
                Level.WRONG,
                f'the {auth.kind} credentials stand for "{actual}", and [instance.auth] says user = '
                f'"{auth.user}": the connector would not know its own writes; write user = "{actual}"',
            )


def _first_look(probe: Probe) -> Iterator[Answer]:
    apart = probe.server_time - SystemClock().now()
    if abs(apart) > CLOCK:
        where = "ahead of" if apart > 0 else "behind"
        yield Answer(
            Level.DOUBT,
            f"the instance's clock is {abs(apart)} s {where} this host's: limits would be judged too early "
            "or too late; keep this host's time by NTP",
        )
    if not probe.visible:
        yield Answer(
            Level.WRONG,
            "the account sees no incident: give it a role that reads them, such as itil or sn_incident_read",
        )


def _tables(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    """Every table that is polled: is it there, may it be read, has it the columns."""
    reasons = _reasons(settings)
    for source in sorted(sources(settings), key=lambda source: source.table != "incident"):
        wanted = (*source.fields, *settings.columns.shared) if source.table == "incident" else source.fields
        try:
            gateway.page(source.table, "ORDERBYsys_id", ["sys_id"], limit=1)
            there = gateway.columns(source.table)
        except NoTable as error:
            if source.table in settings.registers:
                yield Answer(Level.DOUBT, resting(settings, source.table))
            else:
                yield Answer(Level.WRONG, f"{source.table} cannot be read: {error}")
            continue
        except (Skippable, WrongInstance) as error:
            told = (
                f"; without it: no policy about {source.table}" if source.table in settings.registers else ""
            )
            way_out = _WITHOUT.get(source.table, told)
            yield Answer(Level.WRONG, f"{source.table} cannot be read: {error}{way_out}")
            continue
        missing = [column for column in dict.fromkeys(wanted) if column.partition(".")[0] not in there]
        for column in missing:
            why = reasons.get(column, "it is polled") if source.table == "incident" else "it is polled"
            if source.table == "incident_task" and column in settings.reads.scores:
                why = "[reads] score" if column == settings.reads.score else "[reads] dimensions"
            yield Answer(
                Level.WRONG, f"{source.table} has no column {column} ({why}){nearest(column, there)}"
            )
        if not missing:
            yield Answer(Level.OK, f"{source.table} can be read and has all {len(set(wanted))} columns")


_WITHOUT = {
    "sys_audit": '; without it: history = "metric", or else history = "observed", under [instance]',
    "metric_instance": '; without it: history = "observed" under [instance]',
    "asmt_metric_result": "; without it: no [[source]] with this table; survey_reader may read it",
    "interaction": "; without it: calls = false under [kpi]",
    "kb_knowledge": "; without it: no policy of rule knowledge_capture, article_review or article_promotion",
    "m2m_kb_task": "; without it: no policy of rule knowledge_capture, article_review or article_promotion",
}
"""Table → the way to do without it."""


def _reasons(settings: Settings) -> dict[str, str]:
    """Column of an incident → who needs it."""
    of_policies = {
        column: f'policy "{policy.name}"'
        for policy in settings.about("incident")
        for column in policy.columns()
    }
    ours = {column: f"[columns] {role}" for role, column in settings.columns.roles.items()}
    return of_policies | dict.fromkeys(settings.columns.shared, "[columns] shared") | ours


def _marks(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    marks = settings.columns.marks
    if marks is None:
        return
    query = "^".join((term("name", "IN", ["incident", "task"]), term("element", "=", marks)))
    for row in gateway.page("sys_dictionary", query, ["element", "max_length"], limit=2).rows:
        length = row.get("max_length", "")
        if length.isdigit() and int(length) < MARKS:
            yield Answer(
                Level.DOUBT,
                f"{marks} holds {length} characters; make it {MARKS}: a ticket whose marks do not fit is not "
                "written to",
            )


def _groups(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    names = [name for name in settings.groups if name != EVERY_OTHER_GROUP]
    yield from _named(settings, gateway, "sys_user_group", "name", names, "group")


def _people(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    people = [settings.instance.auth.user, *settings.people]
    yield from _named(settings, gateway, "sys_user", "user_name", list(dict.fromkeys(people)), "user")


def _named(
    settings: Settings, gateway: Gateway, table: str, column: str, names: list[str], kind: str
) -> Iterator[Answer]:
    found: dict[str, str] = {}
    for begin in range(0, len(names), 50):
        query = term(column, "IN", names[begin : begin + 50])
        for row in gateway.page(table, query, [column, "active"]).rows:
            found[row.get(column, "")] = row.get("active", "")
    for name in names:
        where = where_named(settings.gathered, name)
        where += ": " if where else ""
        if name not in found:
            query = "^".join((term(column, "STARTSWITH", name[:3]), "active=true"))
            alike = [row.get(column, "") for row in gateway.page(table, query, [column]).rows]
            meant = nearest(name, alike, quote=True) or "; make it there, or name another"
            yield Answer(
                Level.WRONG,
                f'{where}the instance has no {kind} "{name}", or the account may not see it{meant}',
            )
        elif found[name] == "false":
            yield Answer(
                Level.DOUBT, f'{where}{kind} "{name}" is not active; name another, or make it active'
            )
    if names and all(found.get(name) == "true" for name in names):
        yield Answer(Level.OK, f"all {len(names)} {kind}s are there and active")


def _states(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    query = "^".join((term("name", "IN", ["incident", "task"]), "element=state", "inactive=false"))
    rows = gateway.page("sys_choice", query, ["name", "value", "label"]).rows
    own = [row for row in rows if row.get("name") == "incident"] or rows
    known = settings.instance.choices.states
    others = listed(sorted({str(state) for state in known.values()} - {"in_progress"}))
    strange = {
        row["value"]: row.get("label", "") for row in own if row.get("value") and row["value"] not in known
    }
    for value, label in sorted(strange.items()):
        yield Answer(
            Level.WRONG,
            f'state {value} ("{label}") has no meaning yet; say it under [instance.choices]: '
            f'state = {{ "{value}" = "in_progress" }} (or {others})',
        )
    if not own:
        yield Answer(
            Level.DOUBT, "the account cannot read sys_choice: unknown states show only when a ticket has one"
        )
    elif not strange:
        yield Answer(Level.OK, "every state of the instance has a meaning")


def _history(settings: Settings, gateway: Gateway) -> Iterator[Answer]:
    if settings.instance.history == "audit":
        yield from _audit(gateway)
    elif settings.instance.history == "metric":
        yield from _metrics(gateway)


def _audit(gateway: Gateway) -> Iterator[Answer]:
    query = "^".join((term("tablename", "=", "incident"), "ORDERBYsys_created_on"))
    if gateway.page("sys_audit", query, ["sys_id"], limit=1).rows:
        yield Answer(Level.OK, "sys_audit can be read: the past of every ticket is known")
    else:
        yield Answer(
            Level.DOUBT,
            "sys_audit shows nothing: is auditing on for incident, may the account read it? If not, "
            'write history = "metric" or history = "observed" under [instance]: with "observed" pauses are '
            "known from the first poll on only",
        )


def _metrics(gateway: Gateway) -> Iterator[Answer]:
    """Which columns are measured, and whether the rows hold raw values."""
    query = "^".join((term("table", "=", "incident"), term("type", "=", DURATION), "active=true"))
    rows = gateway.page("metric_definition", query, ["field"]).rows
    measured = {MEASURED[row["field"]] for row in rows if row.get("field") in MEASURED}
    if "state" not in measured:
        yield Answer(
            Level.WRONG,
            "no active metric definition (Field value duration) measures the state of incidents, or "
            "the account may not read metric_definition; activate Incident State Duration, or write "
            'history = "observed" under [instance]',
        )
    rest = [field for field in FIELDS if field not in measured and field != "state"]
    if rest:
        yield Answer(
            Level.DOUBT,
            f"no active metric definition measures {', '.join(rest)} of incidents: their past is known "
            "from the first poll on only; define a metric of the type Field value duration for each",
        )
    query = "^".join((term("table", "=", "incident"), "field=assignment_group", "field_valueISNOTEMPTY"))
    for row in gateway.page("metric_instance", query, ["field_value"], limit=1).rows:
        if not _SYS_ID.fullmatch(row.get("field_value", "")):
            yield Answer(
                Level.WRONG,
                f'metric_instance.field_value holds "{row.get("field_value", "")}" where a group\'s sys_id '
                'should stand: these metrics cannot be used; write history = "observed" under [instance]',
            )
    if measured:
        yield Answer(Level.OK, f"metrics measure {', '.join(sorted(measured))} of incidents")


_SYS_ID = re.compile(r"[0-9a-f]{32}")

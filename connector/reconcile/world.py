"""What a pass works with, put together from the settings: gateway, store, names, and what to poll."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace

from connector.clock import Clock, SystemClock
from connector.errors import SettingsError
from connector.kpi.questionnaire import COLUMNS, TABLE
from connector.kpi.source import Gathered
from connector.reconcile.account import account
from connector.reconcile.register import Register, fields_of, registers, writable_of
from connector.rules.article import FACTS, AboutArticle
from connector.rules.base import Moment
from connector.rules.knowledge_capture import KnowledgeCapture
from connector.settings import Settings
from connector.sync.change import Scheme
from connector.sync.dialect import Dialect
from connector.sync.gateway import AnyCredentials, Gateway, Terms, is_sys_id, term
from connector.sync.metric import DURATION, MEASURED
from connector.sync.normalise import BASE_COLUMNS, KIND_PREFIX, NOTES, Normaliser
from connector.sync.poll import Source
from connector.sync.row import CALENDAR
from connector.sync.store import Store
from connector.ticket import Directory, Group, Person, TicketState
from connector.wording import Wording

EVERY_OTHER_GROUP = "*"
"""In a desk's tier: all groups of the instance that no desk names."""

COMMENTS = "comments"
"""The journal that callers read."""

AUDITED = ("state", "hold_reason", "assignment_group", "assigned_to", "priority")
"""Columns of a ticket whose past the clocks and tiers need."""

CREATED = {
    "incident_task": frozenset(
        {
            "incident", "parent", "short_description", "description", "assignment_group", "assigned_to",
            "due_date", "correlation_id", "correlation_display",
        }
    ),
    "kb_knowledge": frozenset(
        {"short_description", "text", "source", "workflow_state", "kb_knowledge_base", "meta"}
    ),
    "m2m_kb_task": frozenset({"kb_knowledge", "task"}),
    "problem": frozenset(
        {
            "short_description", "description", "first_reported_by_task", "assignment_group", "assigned_to",
            "due_date", "correlation_id", "correlation_display",
        }
    ),
}  # fmt: skip
"""Tables in which the connector creates records, and the columns it fills."""

RAW_STATES = {
    TicketState.NEW: "1",
    TicketState.IN_PROGRESS: "2",
    TicketState.ON_HOLD: "3",
    TicketState.RESOLVED: "6",
    TicketState.CLOSED: "7",
    TicketState.CANCELED: "8",
}
"""The platform's own value for each state, written where the configuration names no other."""


@dataclass
class World:
    """What a pass works with."""

    gateway: Gateway
    store: Store
    clock: Clock
    normaliser: Normaliser
    scheme: Scheme
    moment: Moment
    """Service hours, directory and wording; `now` is replaced in each pass."""
    sources: tuple[Source, ...]
    registers: dict[str, Register] = field(default_factory=dict)
    """Further tables that policies are about."""
    strange: set[str] = field(default_factory=set)
    """sys_ids of tickets in quarantine."""
    missing: set[tuple[str, str]] = field(default_factory=set)
    """(table, sys_id) of records that could not be read when something was last to be written to them."""
    sheets: dict[str, tuple[tuple[int, int], Gathered]] = field(default_factory=dict)
    """Declared source → its file's stamps when it was read, and what it held."""
    absent: set[str] = field(default_factory=set)
    """Further tables that were not on the instance when last asked for: policies about them rest."""
    _names: dict[str, str] = field(default_factory=dict)

    def meet_strangers(self, settings: Settings) -> None:
        """Read the groups again if tickets have come to some that did not exist when they were read."""
        met = any(register.normaliser.strangers for register in self.registers.values())
        if self.normaliser.strangers or met:
            directory = find_directory(settings, self.gateway)
            self.normaliser = Normaliser(dialect(settings), directory)
            self.moment = replace(self.moment, directory=directory)
            self.registers = registers(settings, directory)

    def names(self, sys_ids: Iterable[str]) -> dict[str, str]:
        """sys_id → name of these people; each is asked for once. What is no sys_id is a name already: a file
        calls people as it likes.
        """
        wanted = set(sys_ids)
        self._names |= {name: name for name in wanted if not is_sys_id(name)}
        unknown = wanted - self._names.keys()
        if unknown:
            rows = self.gateway.by_ids("sys_user", sorted(unknown), ["name"])
            self._names |= {sys_id: rows.get(sys_id, {}).get("name", sys_id) for sys_id in unknown}
        return {sys_id: self._names[sys_id] for sys_id in wanted}


@contextmanager
def open_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    store: Store | None = None,
    credentials: AnyCredentials | None = None,
) -> Iterator[World]:
    """Everything a pass needs, closed again at the end; a ``store`` that is given stays open.

    Raises `SettingsError` naming every group and person the instance lacks, and what `Gateway` raises.
    """
    with ExitStack() as stack:
        gateway = stack.enter_context(closing(open_gateway(settings, credentials, clock=clock)))
        kept = stack.enter_context(closing(Store(settings.store_url))) if store is None else store
        yield build_world(settings, gateway, kept, clock or SystemClock())


def open_gateway(
    settings: Settings,
    credentials: AnyCredentials | None = None,
    *,
    clock: Clock | None = None,
    stopping: Callable[[], bool] = lambda: False,
    patient: bool = True,
) -> Gateway:
    """The gateway of these settings, which lets nothing out that ``[columns]`` does not list.

    It waits on ``clock``, and not at all once ``stopping`` says so or if it is not ``patient``: then nothing
    is repeated. Raises `SettingsError`.
    """
    signed = credentials or account(settings)
    own = settings.columns.writable | {"work_notes"}
    writable = {"incident": own, **CREATED}
    for table, columns in writable_of(settings).items():
        writable[table] = writable.get(table, frozenset()) | columns
    if settings.publish.own_table:
        writable[settings.publish.table] = settings.publish.writable
    spoken = terms(settings)
    try:
        return Gateway(
            settings.instance.url,
            signed,
            writable=writable,
            terms=spoken if patient else replace(spoken, patience=0),
            clock=clock,
            stopping=stopping,
        )
    except SettingsError as error:
        raise settings.located(error) from None


def terms(settings: Settings) -> Terms:
    """On which terms the instance is spoken to."""
    instance = settings.instance
    return Terms(
        connect=instance.connect_timeout,
        answer=instance.read_timeout,
        patience=instance.patience,
        per_minute=instance.requests_per_minute,
        batch=instance.batch,
        proxy=instance.proxy,
        ca_file=str(settings.path.parent / instance.ca_file) if instance.ca_file else "",
    )


def build_world(settings: Settings, gateway: Gateway, store: Store, clock: Clock) -> World:
    """The world of these settings on this gateway; reads groups and people once. Raises as `open_world`."""
    directory = find_directory(settings, gateway)
    scheme = Scheme(
        settings.columns.roles,
        raw_states(settings.instance.choices.states),
        frozenset(settings.columns.shared),
    )
    wording = Wording(settings.instance.language, settings.instance.zone)
    moment = Moment(0, settings.service_hours, directory, wording)
    store.open_registers(settings.registers)
    if CALENDAR in settings.registers:
        store.save(CALENDAR, [{"sys_id": CALENDAR, "number": CALENDAR.upper()}])
        store.look_at_records_again({CALENDAR: 0})  # its policies may be others than before
    normaliser, further = Normaliser(dialect(settings), directory), registers(settings, directory)
    world = World(gateway, store, clock, normaliser, scheme, moment, sources(settings), further)
    for aside in store.quarantined():
        if aside.source == "incident":
            world.strange.add(aside.sys_id)
        elif aside.source in further:
            further[aside.source].strange.add(aside.sys_id)
    return world


def dialect(settings: Settings) -> Dialect:
    """How this instance says things, as far as the configuration tells."""
    return Dialect(
        states=settings.instance.choices.states,
        classes=settings.priorities,
        ranks=tuple((rank.fault_class, tuple(rank.where.items())) for rank in settings.fault_class.ranks),
        roles=settings.columns.roles,
        extra=tuple(sorted(settings.extra_columns)),
        own_user=settings.instance.auth.user,
        score=settings.reads.score or "",
        ratings={str(dimension): column for dimension, column in settings.reads.dimensions.items()},
        notes_known=settings.instance.history == "audit",
        journals=tuple(sorted(settings.journals)) if settings.instance.history == "audit" else (),
        measured=settings.instance.history == "metric",
    )


def raw_states(known: Mapping[str, TicketState]) -> dict[TicketState, str]:
    """What to write for each state: the platform's own value, or where that means something else, another."""
    return {
        state: raw if known.get(raw) is state else next((r for r, s in known.items() if s is state), raw)
        for state, raw in RAW_STATES.items()
    }


def find_directory(settings: Settings, gateway: Gateway) -> Directory:
    """Groups and people that the configuration names. Raises `SettingsError` with all that are missing."""
    found: dict[str, list[str]] = {}
    everyone: list[tuple[str, str]] = []
    offset, more = 0, True
    while more:
        page = gateway.page("sys_user_group", "ORDERBYsys_id", ["sys_id", "name"], offset=offset)
        everyone += [(row["sys_id"], row.get("name", "")) for row in page.rows if "sys_id" in row]
        offset, more = offset + 1000, page.more
    for sys_id, name in everyone:
        found.setdefault(name, []).append(sys_id)
    problems: list[str] = []
    groups: dict[str, Group] = {}
    rest: Group | None = None
    for name, (desk, tier, categories) in settings.groups.items():
        if name == EVERY_OTHER_GROUP:
            rest = Group("", "", desk, tier, categories)
        elif name not in found:
            problems.append(
                f'desk "{desk}": the instance has no group "{name}", or the account may not read it'
            )
        else:
            for sys_id in found[name]:
                groups[sys_id] = Group(sys_id, name, desk, tier, categories)
    for sys_id, name in everyone:
        if sys_id not in groups:
            groups[sys_id] = rest._replace(sys_id=sys_id, name=name) if rest else Group(sys_id, name)
    people: dict[str, Person] = {}
    for user_name in settings.people:
        row = gateway.find("sys_user", {"user_name": user_name}, ["sys_id", "name"])
        if row is None:
            problems.append(f'the instance has no user "{user_name}", or the account may not read it')
        else:
            people[user_name] = Person(row["sys_id"], user_name, row.get("name", user_name))
    if problems:
        raise SettingsError(*(f"{settings.path}: {problem}" for problem in problems))
    return Directory(groups, people, rest)


def sources(settings: Settings) -> tuple[Source, ...]:
    """What to poll: history and what belongs to tickets first, so that tickets are judged with it."""
    history, extra = settings.instance.history, settings.extra_columns
    past = (*AUDITED, *sorted(settings.flag_columns - set(AUDITED)))
    created = ("sys_created_on",) if history == "metric" else ()
    wanted = [*BASE_COLUMNS, *created, *settings.columns.roles.values(), *sorted(extra - {NOTES})]
    rules = {type(policy) for policy in settings.policies}
    further = settings.further_tables
    since, overlap, page = settings.instance.adopt_from, settings.poll.overlap, settings.poll.page

    def source(table: str, fields: Iterable[str], query: str = "", **more: object) -> Source:
        columns = tuple(dict.fromkeys(fields))
        return Source(table, columns, query, since=since, overlap=overlap, page=page, **more)  # type: ignore[arg-type]

    polled = []
    if history == "audit":
        journals = settings.journals | (extra & {NOTES}) | ({COMMENTS} if settings.kpi.comments else set())
        fields = [*past, *sorted(journals)]
        polled.append(
            source(
                "sys_audit",
                ("sys_id", "documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on"),
                f"{_audited(further)}^{term('fieldname', 'IN', fields)}",
                stamp="sys_created_on",
            )
        )
    stamps = ("sys_id", "sys_updated_on", "sys_mod_count")
    if history == "metric":
        spans = term("definition.type", "=", DURATION), term("field", "IN", sorted(MEASURED))
        polled.append(
            source(
                "metric_instance",
                (*stamps, "id", "field", "field_value", "start", "end"),
                "^".join((term("table", "=", "incident"), *spans)),
            )
        )
    if any(policy.needs_tasks() for policy in settings.policies):
        more = ["parent"] if settings.registers else []
        score = [*more, *settings.reads.scores]
        polled.append(
            source(
                "incident_task",
                (*stamps, "incident", "correlation_id", "correlation_display", "state", "opened_at",
                 "closed_at", "assigned_to", "assignment_group", *score),
                term("correlation_display", "STARTSWITH", KIND_PREFIX),
            )
        )  # fmt: skip
    shelf = [policy for policy in settings.policies if isinstance(policy, AboutArticle)]
    if KnowledgeCapture in rules or shelf:
        searched = any(isinstance(one, KnowledgeCapture) and one.alike for one in settings.policies)
        article = ["number", "source", "workflow_state", *(("short_description",) if searched else ())]
        if shelf:
            article += [*FACTS, *sorted({column for policy in shelf for column in policy.where})]
        polled += [
            # All of it, and from the first: any article can be attached to a ticket, however old it is.
            replace(source("kb_knowledge", (*stamps, *article)), since=None),
            source("m2m_kb_task", (*stamps, "kb_knowledge", "task")),
        ]
    if settings.counts_calls:
        polled.append(
            source(
                "interaction",
                (*stamps, "number", "opened_at", "closed_at", "state", "assigned_to", "assignment_group"),
                f"{term('type', '=', 'phone')}^{term('direction', '=', 'inbound')}",
            )
        )
    if any(one.table == TABLE for one in settings.sources):
        polled.append(source(TABLE, (*stamps, *COLUMNS)))
    seen = () if history == "audit" else past
    polled += [source(table, fields_of(settings, table), observe=seen) for table in further]
    polled.append(source("incident", wanted, observe=seen))
    return tuple(polled)


def _audited(further: Sequence[str]) -> str:
    """The condition on whose audit is read."""
    return term("tablename", "IN", ["incident", *further]) if further else term("tablename", "=", "incident")

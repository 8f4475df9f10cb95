"""All of the configuration as one frozen value, and what the rest of the program asks of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, Field, PrivateAttr

from connector.errors import SettingsError
from connector.kpi.shelf import TICKET_TRAITS
from connector.rules.base import Policy
from connector.rules.catalogue import AnyPolicy
from connector.rules.condition import further
from connector.service_hours import Calendar, ServiceHours
from connector.settings.fault_class import FaultClasses
from connector.settings.gathering import Gathered, gather
from connector.settings.hours import Hours
from connector.settings.indicator import DeclaredSource, OwnIndicator, OwnPeriod, WeightedScore
from connector.settings.operation import Health, Log, Storage
from connector.settings.other_table import OtherTable
from connector.settings.publish import Publish
from connector.settings.table import (
    Columns,
    Desk,
    Instance,
    Kpi,
    Poll,
    Reads,
    Table,
)
from connector.sync.change import Safety
from connector.ticket import FaultClass, Tier


class Settings(Table):
    """What an admin wants, read from one TOML file by `connector.settings.load`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, title="desk-connector")

    include: tuple[str, ...] = Field(
        default=(),
        description="Files whose settings hold where this file does not say them itself; relative to it. So "
        "several instances share service hours and policies",
    )
    instance: Instance
    fault_class: FaultClasses = FaultClasses()
    columns: Columns = Columns()
    reads: Reads = Reads()
    desks: tuple[Desk, ...] = Field(default=(), alias="desk")
    calendars: dict[str, Hours] = Field(default_factory=dict, alias="service_hours")
    safety: Safety = Safety()
    poll: Poll = Poll()
    store: Storage = Storage()
    log: Log = Log()
    health: Health = Health()
    kpi: Kpi = Kpi()
    publish: Publish = Publish()
    sources: tuple[DeclaredSource, ...] = Field(default=(), alias="source")
    indicators: tuple[OwnIndicator, ...] = Field(default=(), alias="indicator")
    grading: tuple[WeightedScore, ...] = Field(default=(), alias="score")
    periods: tuple[OwnPeriod, ...] = Field(default=(), alias="period")
    tables: tuple[OtherTable, ...] = Field(default=(), alias="table")
    policies: tuple[AnyPolicy, ...] = Field(default=(), alias="policy")

    _gathered: Gathered = PrivateAttr(default_factory=lambda: gather("", Path("config.toml")))
    _left_out: tuple[str, ...] = PrivateAttr(default=())

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return next(iter(self._gathered.texts))

    @property
    def text(self) -> str:
        """What stands in the file itself, as far as it was read from one."""
        return self._gathered.texts[self.path]

    @property
    def gathered(self) -> Gathered:
        """The document behind these settings, of one or several files, and where each setting stands."""
        return self._gathered

    def spot(self, *place: str | int) -> str:
        """``config.toml:12``: file and line of a setting, or of the nearest table around it."""
        return str(self._gathered.spot(place))

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was wrong with figures that are not among these settings; only of a lenient `load`."""
        return self._left_out

    @cached_property
    def service_hours(self) -> Mapping[str, ServiceHours]:
        """Compiled service hours by name. Raises `SettingsError`; not after `load`, which has tried."""
        return {name: ServiceHours.compile(self.calendar(name)) for name in self.calendars}

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name, as written."""
        return self.calendars[name].calendar(name)

    @property
    def priorities(self) -> Mapping[str, FaultClass]:
        """R-C1: value of the priority column → fault class."""
        return self.fault_class.by_priority

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, Tier | None, tuple[str, ...]]]:
        """Group name → (desk, tier, categories), in the order of the configuration (R-A2 to R-A5)."""
        return {
            team.group: (desk.name, tier, team.categories) for desk in self.desks for tier, team in desk.teams
        }

    @cached_property
    def people(self) -> tuple[str, ...]:
        """User names that policies name, sorted."""
        return tuple(sorted({person for policy in self.policies for person in policy.people_named()}))

    @cached_property
    def extra_columns(self) -> frozenset[str]:
        """Columns of the ticket that policies and figures read beyond the usual ones."""
        told = ({self.kpi.customer, self.kpi.service} - TICKET_TRAITS) | further(self.fault_class.columns)
        others = (policy.columns_of_incidents() for policy in self.policies)
        return frozenset(told).union(*others, *(policy.columns() for policy in self.about("incident")))

    def about(self, table: str) -> tuple[Policy, ...]:
        """The policies about records of this table."""
        return tuple(policy for policy in self.policies if policy.about() == table)

    @cached_property
    def registers(self) -> tuple[str, ...]:
        """Tables other than `incident` that policies are about, sorted; `calendar` may be among them."""
        return tuple(sorted({policy.about() for policy in self.policies} - {"incident"}))

    @property
    def further_tables(self) -> tuple[str, ...]:
        """The registers that are tables of the instance."""
        return tuple(table for table in self.registers if table != "calendar")

    def marks_of(self, table: str) -> str:
        """The column of a further table in which marks are kept, or ""."""
        return self.described(table).marks or self.columns.marks or ""

    def described(self, table: str) -> OtherTable:
        """What is known of a table other than `incident`: as configured, else as the platform ships it."""
        return next((one for one in self.tables if one.name == table), OtherTable(name=table))

    @cached_property
    def flag_columns(self) -> frozenset[str]:
        """Those of the extra columns that people tick, when counts as much as whether."""
        read = {column for column in (self.reads.confirmed, self.reads.escalate) if column}
        return (self.extra_columns & read).union(*(policy.flags() for policy in self.about("incident")))

    @property
    def journals(self) -> frozenset[str]:
        """Journal columns of which policies ask when a person last wrote in them."""
        return frozenset[str]().union(*(policy.journals() for policy in self.about("incident")))

    @property
    def store_path(self) -> Path:
        """The file of the local store: as configured, else the configuration's name with ``.sqlite``."""
        if self.store.path:
            return self.path.parent / self.store.path
        return self.path.with_suffix(".sqlite")

    @property
    def store_url(self) -> str:
        """The local store as SQLAlchemy names it."""
        return f"sqlite:///{self.store_path}"

    @property
    def counts_calls(self) -> bool:
        """Whether inbound calls are on the instance (R-E2)."""
        return self.kpi.calls

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other tables; what was worked out from the old ones is worked out anew."""
        copy = super().model_copy(update=update, deep=deep)
        stale = {"groups", "people", "extra_columns", "flag_columns", "registers", "digest"}
        if update and "calendars" in update:
            stale.add("service_hours")
        for name in stale:
            copy.__dict__.pop(name, None)
        return copy

    def secret(self, name: str) -> str:
        """A secret of ``[instance.auth]``, read now; relative files lie beside the configuration.

        Raises `SettingsError` with file and line.
        """
        with self._at("instance", "auth", name):
            return self.instance.auth.secret(self.path.parent, name=name)

    def certificate(self) -> tuple[str, str] | None:
        """Files of the client certificate and its key. Raises `SettingsError` with file and line."""
        auth, beside = self.instance.auth, self.path.parent
        if not auth.certificate:
            return None
        with self._at("instance", "auth", "certificate"):
            found = auth.file("certificate", beside)
        with self._at("instance", "auth", "certificate_key"):
            return found, auth.file("certificate_key", beside)

    def located(self, error: SettingsError) -> SettingsError:
        """The same, each problem with file and line: ``instance: ca_file: …`` begins with its own place."""
        told = []
        for problem in error.problems:
            words = problem.split(": ")
            place = next(
                (tuple(words[:n]) for n in (3, 2, 1) if tuple(words[:n]) in self._gathered.spots), ()
            )
            told.append(f"{self.spot(*place)}: {problem}")
        return SettingsError(*told)

    @contextmanager
    def _at(self, *place: str) -> Iterator[None]:
        """Errors within get the file and the line of this place."""
        try:
            yield
        except SettingsError as error:
            at = self.spot(*place)
            raise SettingsError(*(f"{at}: {problem}" for problem in error.problems)) from None

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that change when anything but a comment changes; they stand in the journal."""
        return blake2b(self.model_dump_json(by_alias=True).encode(), digest_size=6).hexdigest()

"""What the parts of an instance know of each other; `Instance` has all of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import RLock
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connector.sandbox.access.acl import Access
    from connector.sandbox.access.domain import Domains
    from connector.sandbox.access.policy import Policies
    from connector.sandbox.auto_close import AutoClose
    from connector.sandbox.dictionary import Dictionary
    from connector.sandbox.import_set import ImportSets
    from connector.sandbox.metric import Metrics
    from connector.sandbox.property import Properties
    from connector.sandbox.query_acl import QueryAcls
    from connector.sandbox.record import Records
    from connector.sandbox.session import Sessions
    from connector.sandbox.sla.engine import Engine
    from connector.sandbox.store import Store
    from connector.sandbox.switch import Switches
    from connector.sandbox.total import Totals

Row = dict[str, str]


class Part(Protocol):
    """One subject of an instance (people, schema, background), told apart from the rest.

    A part works on what is declared here and nothing else, so that it can be read alone.
    """

    access: "Access"
    auto_close: "AutoClose"
    denied: set[tuple[str, str, str]]
    dictionary: "Dictionary"
    domains: "Domains"
    generation: int
    imports: "ImportSets"
    lock: RLock
    metrics: "Metrics | None"
    now: Callable[[], float]
    passwords: dict[str, str]
    policies: "Policies"
    properties: "Properties"
    query_acls: "QueryAcls"
    records: "Records"
    rotated: int
    sessions: "Sessions"
    sla: "Engine"
    store: "Store"
    strict: bool
    totals: "Totals"

    @property
    def switches(self) -> "Switches":
        """How this instance behaves where instances differ."""

    def insert(self, table: str, fields: Mapping[str, str], *, user: str = "admin") -> Row:
        """A record, through defaults and business rules; the raw row."""

    def get(self, table: str, sys_id: str) -> Row | None:
        """The raw row, None if there is no such record."""

    def rows(
        self, table: str, query: str = "", *, user: str = "admin", limit: int | None = None
    ) -> list[Row]:
        """Raw rows that an encoded query finds."""

    def count(self, table: str, query: str = "") -> int:
        """How many records an encoded query finds."""

    def on_node(self, skew: float) -> AbstractContextManager[None]:
        """Within this block the clock is that of a node `skew` seconds ahead."""

    def catch_up(self) -> None:
        """Let happen what is due by now."""

    def _write(self) -> AbstractContextManager[None]:
        """All of a write or nothing of it."""

    def _take_property(self, row: Row) -> None:
        """A row of `sys_properties` counts from now on."""

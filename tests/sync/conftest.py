"""The sandbox's instance, our gateway to it and an empty store, on a clock in the hand."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from connector.sandbox import Faults, Instance, Rest, in_process
from connector.sync.gateway import Credentials, Gateway
from connector.sync.poll import Polled, Source, poll
from connector.sync.store import Store

NOON = 1_780_286_400
"""2026-06-01 04:00:00 UTC."""
FIELDS = ("sys_id", "number", "opened_at", "sys_updated_on", "sys_mod_count", "state", "short_description")


class Bench:
    """Everything between an instance and a store, within reach of a test."""

    def __init__(self) -> None:
        self.now = NOON
        self.ahead = 0
        """By how many seconds the instance's clock is ahead of ours."""
        self.instance = Instance(now=lambda: self.now + self.ahead)
        self.instance.add_user("connector", name="Connector", password="geheim", roles=["itil", "admin"])
        self.faults = Faults(sleep=lambda _: None)
        self.rest = Rest(self.instance, faults=self.faults)
        self.url = ""
        self.store = Store()
        self.writable: dict[str, frozenset[str]] = {}
        self._gateway: Gateway | None = None

    @property
    def gateway(self) -> Gateway:
        """One gateway of the connector's own account."""
        if self._gateway is None:
            account = Credentials("connector", "geheim")
            self._gateway = Gateway(self.url, account, writable=self.writable)
        return self._gateway

    def close(self) -> None:
        """Everything."""
        if self._gateway is not None:
            self._gateway.close()
        self.store.close()
        self.instance.close()

    def opens(self, count: int = 1) -> list[str]:
        """New incidents now; their sys_ids."""
        return [
            self.instance.insert("incident", {"short_description": "x"}, user="admin")["sys_id"]
            for _ in range(count)
        ]

    def touches(self, sys_id: str) -> None:
        """A person changes an incident now."""
        count = self.instance.get("incident", sys_id)["sys_mod_count"]  # type: ignore[index]
        self.instance.update("incident", sys_id, {"short_description": f"after {count}"}, user="admin")

    def poll(self, page: int = 1000, **more: object) -> Polled:
        """One poll of the incidents."""
        source = Source("incident", FIELDS, page=page, **more)  # type: ignore[arg-type]
        return poll(self.gateway, source, self.store, now=self.now)

    def mirrored(self) -> dict[str, str]:
        """sys_id → sys_mod_count of what the store holds."""
        ids = [sys_id for chunk in self.store.everything() for sys_id in chunk]
        return {m.row["sys_id"]: m.row["sys_mod_count"] for m in self.store.load(ids)}

    def real(self) -> dict[str, str]:
        """sys_id → sys_mod_count of what the instance holds."""
        return {row["sys_id"]: row["sys_mod_count"] for row in self.instance.rows("incident")}


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A fresh bench in process."""
    with closing(Bench()) as made, in_process(made.rest) as made.url:
        yield made

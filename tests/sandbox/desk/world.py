"""A desk, its instance and their clock, as the tests of the desk play it."""

from datetime import UTC, datetime

from connector.sandbox.desk import Desk
from connector.sandbox.instance import Instance

DAY, HOUR, MINUTE = 86_400, 3600, 60
MONDAY = int(datetime(2026, 3, 1, 16, tzinfo=UTC).timestamp())  # midnight in China
OPEN = {"1", "2", "3"}


def seconds(text: str) -> int:
    """A platform date-time as an instant."""
    return int(datetime.fromisoformat(text + "+00:00").timestamp())


class World:
    """A desk, its instance and their clock."""

    def __init__(self, *, days: int = 5, seed: int = 7, tickets: int = 60) -> None:
        self.time = MONDAY
        self.instance = Instance(now=lambda: self.time)
        self.desk = Desk(
            self.instance, seed=seed, start=MONDAY, days=days, tickets_per_day=tickets, set_time=self.set
        )

    def set(self, at: int) -> None:
        """Move the clock."""
        self.time = at

    def close(self) -> None:
        """It is over."""
        self.instance.close()

    def play(self, until: int) -> int:
        """Play up to so many seconds after the first midnight."""
        return self.desk.play(MONDAY + until)

    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Everything that happened, table by table."""
        names = ("incident", "interaction", "sys_journal_field", "kb_knowledge", "m2m_kb_task", "sys_audit")
        return {name: self.instance.rows(name, "ORDERBYsys_id") for name in names}

    def some(self, query: str) -> dict[str, str]:
        """A ticket that the query finds."""
        return self.instance.rows("incident", query, limit=1)[0]

    def group(self, sys_id: str) -> str:
        """The name of a group."""
        found = self.instance.get("sys_user_group", sys_id)
        return found["name"] if found else ""

"""Plays an incident audit log into an instance, event by event on simulated time.

Each event of the log is one insert or one update by the person of the log, with only what differs from the
row before. Groups, people, categories and places are made when they first occur. The instance works out
by itself what follows by its rules; where the log differs from them, the log is right.
"""

from collections.abc import Callable
from pathlib import Path

from connector.sandbox.error import RecordError
from connector.sandbox.instance import Instance
from connector.sandbox.log import Ending, Event, read
from connector.sandbox.moment import stamp

STATES = {
    "New": ("1", ""),
    "Active": ("2", ""),
    "Awaiting User Info": ("3", "1"),
    "Awaiting Evidence": ("3", "2"),
    "Awaiting Problem": ("3", "3"),
    "Awaiting Vendor": ("3", "4"),
    "Resolved": ("6", ""),
    "Closed": ("7", ""),
}
"""State in the log → (state, hold reason).  Any other, `-100` say, is written as it stands."""
PRIORITY = {("2", "2"): "3", ("2", "3"): "4", ("3", "2"): "4", ("3", "3"): "4"}
"""Where that desk's matrix may differ from the stock one: (impact, urgency) → priority."""
UNEXPLAINED = "u_log_event"
"""Column for events that show no other change: the log does not hold notes and some columns."""

_DONE = ("6", "7")
_NOTIFY = {"Do Not Notify": "1", "Send Email": "2", "Telephone": "3"}
_NO_CODE = "No resolution provided"
_PEOPLE = frozenset(("caller_id", "opened_by", "assigned_to"))
_NAMED = {"location": "cmn_location", "cmdb_ci": "cmdb_ci"}
_PLAIN = {"u_symptom": "u_symptom", "vendor": "u_vendor", "rfc": "rfc", "caused_by": "caused_by"}


class Replay:
    """The log on its way into the instance.

    ``zone`` is the zone of the log's naive times; ``set_time`` is called with an event's time (seconds, UTC)
    before the event. ``incidents`` and ``events`` count what the log holds, ``refused`` what the instance did
    not take (a record that somebody deleted, a rule of the test's own). Raises `UnreadableLog` and OSError.
    """

    def __init__(
        self,
        instance: Instance,
        log: Path,
        *,
        zone: str = "UTC",
        set_time: Callable[[int], None] | None = None,
    ) -> None:
        self._log = read(log, zone)
        self._instance = instance
        self._set_time = set_time or (lambda at: None)
        self._next = 0
        self._lives: dict[str, _Life] = {}
        self._ids: dict[tuple[str, str], str] = {}
        self._users: dict[str, str] = {}
        self._choices: set[tuple[str, str]] = set()
        self.events = len(self._log)
        self.incidents = sum(event.first for event in self._log)
        self.refused = 0
        _prepare(instance)

    def next_at(self) -> int | None:
        """When the next event happens, or None at the end of the log."""
        return self._log[self._next].at if self._next < self.events else None

    def play(self, until: int) -> int:
        """Play everything up to ``until`` (seconds, UTC), leave the time there; the number of events."""
        begun, time = self._next, None
        while self._next < self.events:
            event = self._log[self._next]
            if event.at > until:
                break
            if event.at != time:
                time = event.at
                self._set_time(time)
            self._next += 1
            try:
                self._perform(event)
            except RecordError:
                self.refused += 1
        self._set_time(until)
        return self._next - begun

    def _perform(self, event: Event) -> None:
        fields: dict[str, str] = {}
        for name, value in event.changes.items():
            if name != "incident_state":
                self._translate(name, value, fields)
        user = self._user(event.user)
        if event.first:
            self._insert(event, fields, user)
            return
        life = self._lives[event.number]
        life.seen += 1
        state = event.changes.get("incident_state")
        if state is not None:
            self._move(life, state, fields)
        self._end(event, life, fields)
        if not fields:
            fields[UNEXPLAINED] = str(life.seen)
        self._instance.update("incident", life.sys_id, fields, user=user)

    def _insert(self, event: Event, fields: dict[str, str], user: str) -> None:
        life = self._lives[event.number] = _Life()
        fields["number"] = event.number
        fields["opened_at"] = stamp(event.opened_at)
        fields["short_description"] = ", ".join(
            event.changes[name] for name in ("category", "subcategory", "u_symptom") if name in event.changes
        )
        self._move(life, event.changes.get("incident_state", ""), fields)
        self._end(event, life, fields)
        life.sys_id = self._instance.insert("incident", fields, user=user)["sys_id"]

    def _move(self, life: "_Life", state: str, fields: dict[str, str]) -> None:
        was = life.state
        life.state, hold_reason = STATES.get(state, (state, ""))
        fields["state"] = life.state
        if hold_reason or was == "3":
            fields["hold_reason"] = hold_reason
        life.entered = life.state in _DONE and was not in _DONE
        if life.state not in _DONE:
            life.told_resolved = life.told_closed = False

    def _end(self, event: Event, life: "_Life", fields: dict[str, str]) -> None:
        """Tell of the ending what is true by now: never before the Resolved or Closed event."""
        if life.state not in _DONE:
            return
        ending, at = event.ending, event.at
        if life.entered:
            life.entered = False
            self._sum_up(ending, fields)
            if ending.resolved_at is None:
                fields["resolved_at"] = ""  # missing in the log: missing on the record
        if not life.told_resolved and ending.resolved_at is not None and ending.resolved_at <= at:
            life.told_resolved = True
            fields["resolved_at"] = stamp(ending.resolved_at)
        if (
            life.state == "7"
            and not life.told_closed
            and ending.closed_at is not None
            and ending.closed_at <= at
        ):
            life.told_closed = True
            fields["closed_at"] = stamp(ending.closed_at)

    def _sum_up(self, ending: Ending, fields: dict[str, str]) -> None:
        code = ending.closed_code
        if code:
            self._choice("close_code", code)
        fields["close_code"] = code or _NO_CODE
        fields["close_notes"] = f"Closed with {code or 'no code'}; the log holds no text."
        if ending.resolved_by:
            fields["resolved_by"] = self._person(ending.resolved_by)

    # -- words of the log, in the words of the instance ------------------------------------------------------

    def _translate(self, name: str, value: str, fields: dict[str, str]) -> None:
        if name in _PEOPLE:
            fields[name] = self._person(value)
        elif name == "assignment_group":
            fields[name] = self._group(value)
        elif name in _NAMED:
            fields[name] = self._named(_NAMED[name], "name", value)
        elif name == "problem_id":
            fields[name] = self._named("problem", "short_description", value)
        elif name in ("impact", "urgency"):
            fields[name] = value[:1]
        elif name in ("category", "subcategory"):
            if value:
                self._choice(name, value)
            fields[name] = value
        elif name == "contact_type":
            fields[name] = value.lower()
        elif name == "notify":
            fields[name] = _NOTIFY.get(value, value)
        elif name != "made_sla":
            fields[_PLAIN.get(name, name)] = value

    def _user(self, name: str) -> str:
        """The user name of a person of the log."""
        self._person(name)
        return self._users.get(name, "admin")

    def _person(self, name: str) -> str:
        if not name or name == "?":
            return ""
        found = self._ids.get(("sys_user", name))
        if found is None:
            shown = " ".join(name.split())
            user_name = self._users[name] = shown.lower().replace(" ", ".")
            known = self._instance.rows("sys_user", f"user_name={user_name}", limit=1)
            found = known[0]["sys_id"] if known else self._instance.add_user(user_name, name=shown)
            self._ids["sys_user", name] = found
        return found

    def _group(self, name: str) -> str:
        if not name:
            return ""
        found = self._ids.get(("sys_user_group", name))
        if found is None:
            known = self._instance.rows("sys_user_group", f"name={name}", limit=1)
            found = known[0]["sys_id"] if known else self._instance.add_group(name)
            self._ids["sys_user_group", name] = found
        return found

    def _named(self, table: str, column: str, name: str) -> str:
        if not name:
            return ""
        found = self._ids.get((table, name))
        if found is None:
            found = self._instance.insert(table, {column: " ".join(name.split())})["sys_id"]
            self._ids[table, name] = found
        return found

    def _choice(self, column: str, value: str) -> None:
        if (column, value) not in self._choices:
            self._choices.add((column, value))
            self._instance.add_choice("incident", column, value, value)


class _Life:
    """One incident as far as it has been played."""

    __slots__ = ("entered", "seen", "state", "sys_id", "told_closed", "told_resolved")

    def __init__(self) -> None:
        self.sys_id = ""
        self.state = ""
        self.seen = 1
        self.entered = False
        self.told_resolved = False
        self.told_closed = False


def _prepare(instance: Instance) -> None:
    """What that desk has and a stock instance lacks: three columns, a hold reason, a matrix of its own."""
    instance.add_column("incident", "u_symptom", label="Symptom")
    instance.add_column("incident", "u_vendor", label="Vendor")
    instance.add_column(
        "incident", "u_priority_confirmation", type="boolean", label="Priority confirmed", default="false"
    )
    instance.add_column("incident", UNEXPLAINED, type="integer", label="Last event without a visible change")
    instance.add_choice("incident", "hold_reason", "2", "Awaiting Evidence")
    instance.priority_lookup.update(PRIORITY)

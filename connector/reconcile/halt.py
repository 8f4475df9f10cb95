"""What keeps the connector from writing or from asking, until somebody lifts it.

brake      it reads, judges and plans, and writes nothing
pause      it leaves the instance alone; of a property that says so it asks, and of nothing else
retired    it has left (`desk-connector retire`); it does not start

Each is a file beside the store, made by the verb of its name or by ``touch``; brake and pause are also values
of the system property that ``[safety] switch`` names, so that somebody without a login on our machine can
stop us.
"""

import getpass
import json
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from connector.errors import Skippable, StoreFailed, WrongInstance
from connector.reconcile.world import World
from connector.settings import Settings
from connector.ticket import Instant

Kind = Literal["retired", "pause", "brake"]
"""The stronger ones first."""

PROPERTIES = "sys_properties"


class Halt(NamedTuple):
    """Why nothing is written, or asked."""

    kind: Kind
    since: Instant | None
    by: str
    reason: str
    where: str
    """The file, or the property."""

    def told(self, settings: Settings) -> str:
        """In a sentence, with the way out."""
        since = ""
        if self.since is not None:
            at = datetime.fromtimestamp(self.since, UTC).astimezone(ZoneInfo(settings.instance.zone))
            since = f" since {at:%Y-%m-%d %H:%M}"
        by = f" by {self.by}" if self.by else ""
        why = f" ({self.reason})" if self.reason else ""
        if self.where.startswith(PROPERTIES):
            out = f"it goes on when the value of {self.where} is run"
        else:
            out = f"to go on: {_WAY_OUT[self.kind].format(config=settings.path)}"
        what, means = _WHAT[self.kind]
        return f"{what}{since}{by}{why}: {means}; {out}"


_WHAT = {
    "brake": ("the brake is on", "nothing is written"),
    "pause": ("paused", "the instance is left alone"),
    "retired": ("retired", "the connector has left this instance"),
}

_WAY_OUT = {
    "brake": "desk-connector brake {config} --release",
    "pause": "desk-connector resume {config}",
    "retired": "desk-connector retire {config} --return",
}


def file_of(settings: Settings, kind: Kind) -> Path:
    """The file that says so, beside the store."""
    return settings.store_path.with_suffix(f".{kind}")


def halted(settings: Settings) -> Halt | None:
    """What the files say, the strongest of it. An empty file, or one that cannot be read, says it as well."""
    for kind in get_args(Kind):
        path = file_of(settings, kind)
        if path.exists():
            return _read(kind, path)
    return None


def halted_there(world: World, settings: Settings) -> Halt | None:
    """What the property on the instance says; None too where none is configured.

    A property that is not there, cannot be read or says something else is a brake: whoever relies on it must
    not find out in an emergency that it was never heard. Raises `Retriable` and `Fatal`.
    """
    name = settings.safety.switch
    if not name:
        return None
    where = f"{PROPERTIES} {name}"
    try:
        row = world.gateway.find(PROPERTIES, {"name": name}, ["name", "value"])
    except (Skippable, WrongInstance):
        row = None
    if row is None:
        return Halt("brake", None, "", "it is not there, or our account may not read it", where)
    value = row["value"].strip().lower()
    if value in ("brake", "pause"):
        return Halt("brake" if value == "brake" else "pause", None, "", "", where)
    if value == "run":
        return None
    return Halt("brake", None, "", f'its value "{row["value"]}" is none of run, brake, pause', where)


def halt(settings: Settings, kind: Kind, reason: str, now: Instant) -> Halt:
    """Put the file there, unless it is there already. Raises `StoreFailed`."""
    path = file_of(settings, kind)
    by = socket.gethostname()
    with suppress(OSError, KeyError):
        by = f"{getpass.getuser()}@{by}"
    told = json.dumps({"since": now, "by": by, "reason": reason}, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
            file.write(told)
    except OSError as error:
        raise StoreFailed(f"{path}: {error.strerror}; nothing was halted") from None
    return _read(kind, path)


def lift(settings: Settings, kind: Kind) -> Halt | None:
    """Take the file away; what it said, or None if there was none. Raises `StoreFailed`."""
    path = file_of(settings, kind)
    if not path.exists():
        return None
    said = _read(kind, path)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreFailed(f"{path}: {error.strerror}; it holds on") from None
    return said


def _read(kind: Kind, path: Path) -> Halt:
    told: dict[str, object] = {}
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        told = found if isinstance(found, dict) else {}
    since = told.get("since")
    if not isinstance(since, int):
        since = None
        with suppress(OSError):
            since = int(path.stat().st_mtime)
    return Halt(kind, since, str(told.get("by", "")), str(told.get("reason", "")), str(path))

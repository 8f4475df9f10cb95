"""Calls and duty roster for policies about the calendar: from the mirror, and from files that changed."""

from collections.abc import Iterable
from dataclasses import replace

from connector.errors import ConnectorError
from connector.kpi.source import Gathered, gather
from connector.reconcile.world import World
from connector.rules.base import Moment, Policy
from connector.settings import Settings
from connector.sync.normalise import Unreadable
from connector.ticket import Call, Duty, Instant, Shift

LOOK_BACK = 72 * 3600
"""Seconds of calls that are looked at."""


def with_duty(world: World, settings: Settings, policies: Iterable[Policy], at: Moment) -> Moment:
    """The moment with what these policies ask for; nothing is read for others."""
    asked = {each for policy in policies for each in policy.sources_named()}
    if not asked:
        return at
    kinds = {kind for kind, _ in asked}
    since = at.now - LOOK_BACK
    calls: list[Call] = []
    known_until = at.now if settings.counts_calls else 0
    if "calls" in kinds and settings.counts_calls:
        calls += _calls(world, since, at.now)
    shifts: list[Shift] = []
    roster_read = False
    for number, source in enumerate(settings.sources):
        if (source.kind, "") not in asked and (source.kind, source.name) not in asked:
            continue
        found = _read(world, settings, number)
        if found is None or found.missing is not None:
            continue
        if source.kind == "calls":
            calls += (call for call in found.calls if since <= call.opened_at <= at.now)
            if not settings.counts_calls:
                known_until = max(known_until, min(found.newest or 0, at.now))
        else:
            roster_read = True
            shifts += (Shift(one.at, one.times.get("arrived"), one.consultant) for one in found.entries)
    return replace(
        at,
        duty=Duty(
            tuple(sorted(calls, key=_age)), known_until, tuple(sorted(shifts, key=_start)), roster_read
        ),
    )


def _age(call: Call) -> tuple[Instant, str]:
    return (call.opened_at, call.sys_id)


def _start(shift: Shift) -> tuple[Instant, str]:
    return (shift.starts, shift.consultant)


def _calls(world: World, start: Instant, end: Instant) -> list[Call]:
    found = []
    for row in world.store.calls_between(start, end + 1):
        try:
            found.append(world.normaliser.call(row))
        except Unreadable:  # `kpi` names it; one call less is known
            continue
    return found


def _read(world: World, settings: Settings, number: int) -> Gathered | None:
    """A declared source, read anew when its file has changed; None without a file."""
    source = settings.sources[number]
    path = settings.path.parent / source.path
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        kept = world.sheets.get(source.name)
        if kept is None or kept[0] != stamp:
            kept = stamp, gather(path.read_bytes(), source.declared(settings.instance.zone))
            world.sheets[source.name] = kept
        return kept[1]
    except (OSError, ConnectorError):
        return None

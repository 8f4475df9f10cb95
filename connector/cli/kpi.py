"""``kpi``: the indicators R-E1 to R-E6 and R-E12 against their targets, and the records behind each."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connector.cli.option import add_config, add_json

if TYPE_CHECKING:
    from rich.console import Console

    from connector.kpi.indicator import TicketFact
    from connector.kpi.period import Period
    from connector.kpi.score import Scope, ScopeKind, Score
    from connector.reconcile import Watch, World
    from connector.settings import Settings
    from connector.ticket import Directory, Instant

SUMMARY = "the indicators against their targets, and the records behind each"

_KINDS = ("day", "week", "month", "quarter", "year")
_SCOPES: "tuple[ScopeKind, ...]" = ("whole", "desk", "group", "consultant", "customer", "service")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, the period, the scope, and what to print."""
    add_config(parser)
    parser.add_argument("--period", choices=_KINDS, default="month", help="length of the period (month)")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="a day of the period; by default today")
    parser.add_argument(
        "--scope",
        metavar="SCOPE",
        help=f'{", ".join(_SCOPES)}, or one of them: "desk=main", "group=Service Desk" (whole)',
        default="whole",
    )
    parser.add_argument(
        "--list",
        metavar="R-E6",
        dest="listed",
        help="the tickets behind an indicator: numerator, denominator",
    )
    parser.add_argument("--offline", action="store_true", help="do not poll; what the store knows")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the instance could not be read and the figures are older than now."""
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.cli.scorecard import print_listing, print_scorecard
    from connector.cli.terminal import console as make_console
    from connector.kpi.score import Scope
    from connector.reconcile import facts, scores_of
    from connector.settings import load

    settings = load(args.config)
    kind, name = _scope(args.scope)
    listed = _listed(args.listed, settings)
    with shown("signing in") as watch, opened(settings) as world:
        now = world.clock.now()
        period = _period(args.period, args.date, settings, now)
        seen, trouble = _seen(world, settings, now, watch, offline=args.offline)
        # Figures speak of what was last seen: a stopped connector must not turn silence into breaches.
        as_of = now if seen is None else seen
        found, calls = facts(world, settings, period.start, period.end, as_of)
        directory = world.moment.directory
        unread = seen is None
        scores = scores_of(
            settings, directory, found, calls, [period], now=as_of, scopes=(kind,), unread=unread
        )
        names = _names(world, directory, {score.scope for score in scores})
    if name is not None:
        keys = {score.scope.key for score in scores}
        scope = Scope(kind, _key(kind, name, keys, names))
        scores = [score for score in scores if score.scope == scope]
    if listed is not None:
        scores = [score for score in scores if score.indicator in listed]
    labels = labels_of(found)
    if args.json:
        _print_json(scores, names, labels if listed is not None else None, seen, trouble)
        return int(bool(trouble))
    console = make_console()
    if listed is not None:
        print_listing(console, scores, labels, names)
    else:
        print_scorecard(console, scores, names)
        _print_targets_without_source(console, settings)
    _print_as_of(console, seen, trouble, settings)
    return int(bool(trouble))


def labels_of(facts: "Sequence[TicketFact]") -> dict[str, str]:
    """sys_id of a ticket or call-back → the number people know it by. Calls go by their sys_id."""
    labels = {}
    for fact in facts:
        labels[fact.ticket.sys_id] = fact.ticket.number
        for task in fact.ticket.tasks:
            labels[task.sys_id] = f"{fact.ticket.number} {task.kind}"
    return labels


def _print_json(
    scores: "Sequence[Score]",
    names: Mapping[str, str],
    labels: Mapping[str, str] | None,
    seen: "Instant | None",
    trouble: str,
) -> None:
    from connector.cli.terminal import print_json
    from connector.kpi.scorecard import as_json, iso

    said = {
        "as_of": None if seen is None else iso(seen),
        "trouble": trouble,
        "scores": [as_json(score, names, labels) for score in scores],
    }
    print_json(said)


def _seen(
    world: "World", settings: "Settings", now: "Instant", watch: "Watch", *, offline: bool
) -> "tuple[Instant | None, str]":
    """Poll; when the mirror was last whole, and why it is not from now. None: never."""
    from connector.errors import Retriable
    from connector.reconcile import refresh

    trouble = ""
    if not offline:
        try:
            refresh(world, settings, watch)
        except Retriable as error:
            trouble = str(error) or type(error).__name__
        else:
            return now, ""
    last = world.store.last_good_pass()
    return (None if last is None else min(now, last)), trouble


def _print_as_of(console: "Console", seen: "Instant | None", trouble: str, settings: "Settings") -> None:
    from zoneinfo import ZoneInfo

    from rich.text import Text

    from connector.kpi.scorecard import plain, time_text

    if trouble:
        console.print(Text(f"The instance could not be read now: {plain(trouble)}", style="bold red"))
    if seen is None:
        text = f"Nothing has been read from the instance yet; first: desk-connector plan {settings.path}"
        console.print(Text(text, style="bold red"))
        return
    when = time_text(seen, ZoneInfo(settings.instance.zone))
    console.print(Text(f"as of {when} {settings.instance.zone}", style="dim"))


def _print_targets_without_source(console: "Console", settings: "Settings") -> None:
    from rich.text import Text

    from connector.kpi.catalogue import indicators
    from connector.kpi.indicator import Entry
    from connector.reconcile import terms_of

    declared = {source.kind for source in settings.sources}
    known = indicators(terms_of(settings))
    without = {one.id for one in known if one.fact is Entry and one.source not in declared}
    for name in sorted(without & settings.kpi.targets.keys()):
        text = f"{name}: a target is set, but nothing measures it yet: not measured 未测"
        console.print(Text(text, style="yellow"))


def _scope(text: str) -> "tuple[ScopeKind, str | None]":
    from connector.errors import SettingsError

    kind, _, name = text.partition("=")
    for known in _SCOPES:
        if kind == known:
            return known, name if "=" in text else None
    raise SettingsError(f'--scope: "{kind}" is not a scope; there are {", ".join(_SCOPES)}')


def _key(kind: str, name: str, keys: set[str], names: Mapping[str, str]) -> str:
    """The key of the scope somebody calls ``name``: its name as shown, or its sys_id."""
    from connector.errors import SettingsError

    fitting = [key for key in keys if name.casefold() in (key.casefold(), names.get(key, key).casefold())]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(sorted(names.get(key, key) for key in keys if key)) or "none"
    if fitting:
        raise SettingsError(
            f'--scope: several {kind}s are called "{name}"; use the sys_id: {", ".join(fitting)}'
        )
    raise SettingsError(f'--scope: no {kind} "{name}" in the period; there are: {known}')


def _period(kind: str, day: str | None, settings: "Settings", now: "Instant") -> "Period":
    from datetime import date
    from zoneinfo import ZoneInfo

    from connector.errors import SettingsError
    from connector.kpi.period import period_of, period_on

    zone = ZoneInfo(settings.instance.zone)
    if day is None:
        return period_of(now, kind, zone)
    try:
        return period_on(date.fromisoformat(day), kind, zone)
    except (ValueError, OverflowError):
        raise SettingsError(f'--date: "{day}" is not a day; write it as 2026-03-01') from None


def _listed(wanted: str | None, settings: "Settings") -> frozenset[str] | None:
    from connector.errors import SettingsError
    from connector.kpi.catalogue import find, indicators
    from connector.reconcile import terms_of

    if wanted is None:
        return None
    known = indicators(terms_of(settings))
    found = frozenset(one.id for one in find(wanted, known))
    if not found:
        raise SettingsError(
            f'--list: no indicator "{wanted}"; there are {", ".join(one.id for one in known)}'
        )
    return found


def _names(world: "World", directory: "Directory", scopes: "set[Scope]") -> dict[str, str]:
    """Names to show; those of consultants are asked of the instance; without an answer, their sys_ids."""
    from connector.errors import GatewayError
    from connector.kpi.scorecard import names_of

    names = names_of(directory)
    missing = {s.key for s in scopes if s.kind == "consultant" and s.key} - names.keys()
    if missing:
        try:
            names |= world.names(missing)
        except GatewayError:
            return names
    return names

"""``kpi``: the indicators R-E1 to R-E12 against their targets, and the records behind each."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connector.cli import picture
from connector.cli.option import DEFAULT, add_json, natural, whole

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from connector.kpi.figure import Figures
    from connector.kpi.indicator import Indicator, TicketFact
    from connector.kpi.period import Period
    from connector.kpi.score import Scope, ScopeKind
    from connector.reconcile import Watch, World
    from connector.settings import Settings
    from connector.ticket import Directory, Instant

SUMMARY = "the indicators against their targets, and the records behind each"

_KINDS = ("day", "week", "month", "quarter", "year", "shift", "rolling")
_SCOPES: "tuple[ScopeKind, ...]" = ("whole", "desk", "group", "consultant", "customer", "service")
_SEEN = "seen"
"""Topic under which it is kept when a look without a pass went through."""


class Unsaid(str):
    """A default that can be told from the same word on the command line."""

    __slots__ = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG, the period, the scope, and what to print."""
    parser.add_argument("config", nargs="?", help=f"configuration file (default {DEFAULT}; none with --log)")
    parser.add_argument(
        "--period",
        metavar="KIND",
        default="month",
        help=f"{', '.join(_KINDS)}, or the name of a [[period]] (month)",
    )
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="a day of the period; by default today")
    parser.add_argument("--days", type=natural, default=30, metavar="N", help="days of --period rolling (30)")
    parser.add_argument(
        "--as-of", metavar="YYYY-MM-DD", help="count from history what was so at the end of that day"
    )
    parser.add_argument(
        "--scope",
        metavar="SCOPE",
        help=f'{", ".join(_SCOPES)}, or one of them: "desk=main", "group=Service Desk" (whole; with --log '
        "whole and group)",
        default=Unsaid("whole"),
    )
    parser.add_argument(
        "--list",
        metavar="R-E6",
        dest="listed",
        help="the tickets behind an indicator: numerator, denominator",
    )
    parser.add_argument(
        "--trend", type=whole, default=6, metavar="N", help="periods that the trend shows (6)"
    )
    parser.add_argument(
        "--counts",
        action="store_true",
        help="without lists, from the rows that [kpi] outcomes keeps: for hundreds of thousands of tickets",
    )
    parser.add_argument("--offline", action="store_true", help="do not poll; what the store knows")
    log = parser.add_argument_group("without an instance")
    log.add_argument("--log", metavar="FILE", help="score an incident audit log: CSV or CSV.gz")
    log.add_argument("--zone", help="zone of the log's times (the configuration's, else UTC)")
    log.add_argument(
        "--dates", choices=("day", "month"), help="which comes first in its dates; found out if not said"
    )
    log.add_argument("--encoding", choices=("utf-8", "gb18030", "utf-16"), help="of the log; found out")
    log.add_argument("--markdown", action="store_true", help="as tables for a page")
    picture.add_arguments(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if the instance or a source could not be read and the report is incomplete."""
    if args.log:
        from connector.cli.log_figure import run as score_log

        return score_log(args)
    from connector.cli.counts import counted
    from connector.cli.opening import opened
    from connector.cli.progress import shown
    from connector.errors import SettingsError
    from connector.kpi.freeze import is_over
    from connector.kpi.score import SCOPE_KINDS, Scope
    from connector.reconcile import figures_of, freeze_due
    from connector.settings import load

    if args.markdown:
        raise SettingsError("--markdown is for --log")
    settings = load(args.config or DEFAULT, lenient=True)
    kind, name = _scope(args.scope)
    listed = _listed(args.listed, settings)
    pictured = picture.wanted(args)
    with shown("signing in") as watch, opened(settings) as world:
        now = world.clock.now()
        moment = min(now, end_of(args.as_of, _zone(settings), "--as-of") - 1) if args.as_of else now
        period = _period(args.period, args.date, settings, moment, args.days)
        seen, trouble = seen_at(world, settings, now, watch, offline=args.offline)
        # Figures speak of what was last seen: a stopped connector must not turn silence into breaches.
        told = None if seen is None else min(seen, moment)
        # A period freezes whole: the figures of its groups with those of its desks.
        freezing = not args.as_of and is_over(period, settings.kpi.grace, now)
        scopes = (*SCOPE_KINDS, *({kind} - {*SCOPE_KINDS})) if pictured or freezing else (kind,)
        if args.counts:
            figures = counted(world, settings, period, told, kind, args)
        else:
            figures = figures_of(
                world,
                settings,
                period,
                told,
                scopes=scopes,
                trend=max(1, args.trend),
                past=bool(args.as_of),
                lists=listed is not None,
            )
        if freezing and not args.counts and not trouble:
            freeze_due(world, settings, figures, now)
        directory = world.moment.directory
        scores: Sequence[Any] = figures.scores
        names = names_for(world, directory, {score.scope for score in scores})
    written = picture.write(args, figures, names) if pictured else []
    scores = [score for score in scores if score.scope.kind == kind]
    if name is not None:
        scope = Scope(kind, _key(kind, name, {score.scope.key for score in scores}, names))
        scores = [score for score in scores if score.scope == scope]
    if listed is not None:
        scores = [score for score in scores if score.indicator in listed]
    if written and not args.json:
        _print_written(written, figures, trouble, settings)
    elif args.json:
        _print_json(figures, scores, names, trouble, listed=listed is not None)
    else:
        _print(figures, scores, names, settings, trouble, listed=listed is not None)
    return int(bool(trouble) or bool(figures.problems))


def labels_of(facts: "Sequence[TicketFact]") -> dict[str, str]:
    """sys_id of a ticket or call-back → the number people know it by. Calls go by their sys_id."""
    from connector.reconcile import labels

    return labels(facts)


def _print_json(
    figures: "Figures", scores: Sequence[Any], names: Mapping[str, str], trouble: str, *, listed: bool
) -> None:
    from connector.cli.terminal import print_json
    from connector.kpi.document import figures_json

    print_json(figures_json(figures, scores, names, trouble, listed=listed))


def _print(
    figures: "Figures",
    scores: Sequence[Any],
    names: Mapping[str, str],
    settings: "Settings",
    trouble: str,
    *,
    listed: bool,
) -> None:

    from connector.cli.scorecard import print_listing, print_rest, print_scorecard
    from connector.cli.terminal import console as make_console

    console = make_console()
    if listed:
        print_listing(console, scores, figures.labels, names, figures.links)
    else:
        print_scorecard(console, scores, names, trends=figures.trends)
        print_rest(console, figures, names)
        _print_targets_without_source(console, settings)
    _print_problems(console, figures)
    _print_as_of(console, figures.as_of, trouble, settings)


def _print_written(written: Sequence[str], figures: "Figures", trouble: str, settings: "Settings") -> None:
    from rich.text import Text

    from connector.cli.terminal import console as make_console

    console = make_console()
    for line in written:
        console.print(Text(line), soft_wrap=True)
    _print_problems(console, figures)
    _print_as_of(console, figures.as_of, trouble, settings)


def _print_problems(console: "Console", figures: "Figures") -> None:
    from rich.text import Text

    if figures.problems:
        console.print(Text("INCOMPLETE 不完整: not everything could be read", style="bold red"))
        for problem in figures.problems[:50]:
            console.print(Text(problem, style="yellow"))


def seen_at(
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
            world.store.tell(_SEEN, now, {})
            return now, ""
    told = world.store.told(_SEEN)
    last = max(filter(None, (world.store.last_good_pass(), told and told[0])), default=None)
    return (None if last is None else min(now, last)), trouble


def _print_as_of(console: "Console", seen: "Instant | None", trouble: str, settings: "Settings") -> None:
    from rich.text import Text

    from connector.kpi.scorecard import plain, time_text

    if trouble:
        console.print(Text(f"The instance could not be read now: {plain(trouble)}", style="bold red"))
    if seen is None:
        text = f"Nothing has been read from the instance yet; first: desk-connector plan {settings.path}"
        console.print(Text(text, style="bold red"))
        return
    when = time_text(seen, _zone(settings))
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


def scopes_asked(text: str) -> "dict[ScopeKind, str | None]":
    """``whole,group=Service Desk``: kinds of scope, and of each which one is wanted or None for all."""
    return dict(_scope(one) for one in text.split(","))


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


def _zone(settings: "Settings") -> "ZoneInfo":
    from zoneinfo import ZoneInfo

    return ZoneInfo(settings.instance.zone)


def end_of(day: str, zone: "ZoneInfo", option: str = "--date") -> "Instant":
    """The instant at which a calendar day ends."""
    from datetime import date

    from connector.errors import SettingsError
    from connector.kpi.period import period_on

    try:
        return period_on(date.fromisoformat(day), "day", zone).end
    except (ValueError, OverflowError):
        raise SettingsError(f'{option}: "{day}" is not a day; write it as 2026-03-01') from None


def _period(kind: str, day: str | None, settings: "Settings", now: "Instant", days: int = 30) -> "Period":
    from datetime import date

    from connector.errors import SettingsError
    from connector.kpi.period import period_of, period_on, rolling

    zone = _zone(settings)
    check_kind(kind, [own.name for own in getattr(settings, "periods", ())])
    if kind not in _KINDS:
        return next(own for own in settings.periods if own.name == kind).period(zone)
    if kind == "shift":
        return _shift(settings, now if day is None else end_of(day, zone) - 1)
    if kind == "rolling":
        if days < 1:
            raise SettingsError("--days: a rolling period has at least one")
        return rolling(now + 1 if day is None else end_of(day, zone), days, zone)
    if day is None:
        return period_of(now, kind, zone)
    try:
        return period_on(date.fromisoformat(day), kind, zone)
    except (ValueError, OverflowError):
        raise SettingsError(f'--date: "{day}" is not a day; write it as 2026-03-01') from None


def check_kind(kind: str, own: Sequence[str] = ()) -> None:
    """Raises `SettingsError` for what is neither a kind of period nor one of the desk's own."""
    from connector.errors import SettingsError

    if kind not in (*_KINDS, *own):
        raise SettingsError(f'--period: "{kind}" is no period; there are {", ".join((*_KINDS, *own))}')


def _shift(settings: "Settings", moment: "Instant") -> "Period":
    """The last shift that has begun by then."""
    from connector.errors import SettingsError
    from connector.kpi.period import shifts_between

    name = settings.kpi.shifts
    if not name:
        raise SettingsError(
            '--period shift: no shifts are configured; write shifts = "onsite" under [kpi], the name of the '
            "service hours whose openings they are"
        )
    hours = settings.service_hours[name]
    begun = list(shifts_between(moment - 31 * 86400, moment + 1, hours))
    if not begun:
        raise SettingsError(f'--period shift: service hours "{name}" have no opening that begins in a month')
    return begun[-1]


def _listed(wanted: str | None, settings: "Settings") -> frozenset[str] | None:
    from connector.reconcile import indicators_of
    from connector.ticket import Directory

    return None if wanted is None else listed_among(wanted, indicators_of(settings, Directory()))


def listed_among(wanted: str, known: "Sequence[Indicator[Any]]") -> frozenset[str]:
    """The ids of the indicators that somebody calls so. Raises `SettingsError` for none."""
    from connector.errors import SettingsError
    from connector.kpi.catalogue import find

    found = frozenset(one.id for one in find(wanted, known))
    if not found:
        raise SettingsError(
            f'--list: no indicator "{wanted}"; there are {", ".join(one.id for one in known)}'
        )
    return found


def names_for(world: "World", directory: "Directory", scopes: "set[Scope]") -> dict[str, str]:
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

"""``kpi --log``: an incident audit log scored straight from its file, without an instance."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from connector.kpi.indicator import TicketFact
    from connector.kpi.log import Log
    from connector.kpi.log_report import LogReport
    from connector.kpi.period import Period
    from connector.kpi.shelf import ScopeKind
    from connector.settings import Settings
    from connector.ticket import Directory, Group, Instant, Ticket


def run(args: argparse.Namespace) -> int:
    """Exit code 0; 1 if some of the log could not be used, which is then named; 2 for a file that is none."""
    from connector.memory import undisturbed

    with undisturbed():  # everything read lives until the end
        return _scored(args)


def _scored(args: argparse.Namespace) -> int:
    from dataclasses import replace
    from pathlib import Path

    from connector.cli import picture
    from connector.cli.terminal import print_json
    from connector.errors import SettingsError
    from connector.kpi.log import read_log
    from connector.kpi.log_report import as_json
    from connector.kpi.sheet import Unusable
    from connector.settings import load

    pictured = picture.wanted(args)
    settings = load(args.config, lenient=True) if args.config else None
    zone = _zone(args.zone or (settings.instance.zone if settings else "UTC"))
    try:
        log = read_log(
            Path(args.log).read_bytes(),
            args.log,
            zone,
            classes=_classes(settings),
            groups=_groups(settings),
            others=_others(settings),
            order=f"{args.dates} first" if args.dates else None,  # type: ignore[arg-type]
            encoding=args.encoding or "",
        )
    except OSError as error:
        raise SettingsError(f"--log {args.log}: cannot be read: {error.strerror or error}") from None
    except Unusable as error:
        raise SettingsError(*str(error).split("\n")) from None
    if not log.tickets:
        raise SettingsError(f"--log {args.log}: no incident in it can be used", *log.problems[:20])
    if settings is not None:
        log = replace(log, problems=(*settings.left_out, *log.problems))
    report = scored(log, zone, args, settings)
    if pictured:
        from connector.cli.log_picture import write

        print("\n".join(write(args, report)))
        for problem in log.problems[:50]:
            print(problem, file=sys.stderr)
    elif args.json:
        print_json(as_json(report))
    elif args.markdown:
        from connector.kpi.log_report import as_markdown

        for line in as_markdown(report):
            print(line)
    else:
        _print(report)
    return 0 if report.complete else 1


def scored(
    log: "Log", zone: "ZoneInfo", args: argparse.Namespace, settings: "Settings | None"
) -> "LogReport":
    """The log's figures for the periods and scopes that were asked for."""
    from connector.cli.kpi import Unsaid, listed_among, scopes_asked
    from connector.errors import SettingsError
    from connector.kpi.handling import closed_tickets, handlings
    from connector.kpi.log import Groups
    from connector.kpi.log_report import LogReport
    from connector.kpi.past import as_of
    from connector.kpi.score import measure
    from connector.kpi.scorecard import time_text
    from connector.ticket import Directory

    tickets = log.tickets
    until = log.until
    moment = _moment(args.as_of, zone)
    if moment is not None:
        # "As of" a day is at its end, like the figures somebody read the next morning.
        until = min(until, moment)
        tickets = tuple(then for one in tickets if (then := as_of(one, moment)) is not None)
        if not tickets:
            first = time_text(min(one.opened_at for one in log.tickets), zone)
            raise SettingsError(
                f"--as-of {args.as_of}: nothing had been opened by then; the log begins {first}"
            )
    others = _others(settings)
    directory = Directory(Groups(_groups(settings), others).of(tickets), others=others)
    known = _known(settings, directory)
    asked = scopes_asked("whole,group" if isinstance(args.scope, Unsaid) else args.scope)
    scopes: tuple[ScopeKind, ...] = tuple(asked)
    listed = listed_among(args.listed, known) if args.listed else frozenset()
    facts = _facts(tickets, settings, directory, until)
    scores = measure(
        (*known, closed_tickets()),
        facts,
        None,
        _periods(tickets, args, zone),
        directory,
        now=until + 1,
        scopes=scopes,
        unmeasured=_unmeasured(settings, log.columns),
    )
    for kind, name in asked.items():
        keys = {score.scope.key for score in scores if score.scope.kind == kind}
        if name is not None and name not in keys:
            there = ", ".join(sorted(key for key in keys if key)) or "none"
            raise SettingsError(f'--scope: no {kind} "{name}" in the log; there are: {there}')
    scores = [score for score in scores if asked[score.scope.kind] in (None, score.scope.key)]
    found = handlings(tickets, scores, _weekdays(zone), log.columns)
    return LogReport(log, zone.key, until, scores, found, listed, facts, directory)


def _known(settings: "Settings | None", directory: "Directory") -> "tuple[Any, ...]":
    from connector.kpi.catalogue import indicators
    from connector.reconcile import indicators_of

    return indicators_of(settings, directory) if settings else indicators(directory=directory)


def _facts(
    tickets: "tuple[Ticket, ...]", settings: "Settings | None", directory: "Directory", now: "Instant"
) -> "list[TicketFact]":
    from connector.kpi.indicator import TicketFact

    if settings is None:
        return [TicketFact(ticket) for ticket in tickets]
    from connector.reconcile import limits_of

    return limits_of(settings, directory, tickets, now)


def _unmeasured(settings: "Settings | None", columns: "Mapping[str, str]") -> "dict[str, Any]":
    """Indicator → why a log cannot tell it."""
    from connector.kpi.indicator import Words
    from connector.reconcile import unmeasured_by

    nothing = Words("the log does not hold it", "日志中没有")
    why = {"R-E1": nothing, "R-E2": nothing, "R-E12-called-back": nothing}
    if settings is not None:
        why = unmeasured_by(settings) | why
    else:
        limits = Words("no limits are given; name a configuration", "未给出时限；请指定配置文件")
        tiers = Words("no tiers are given; name a configuration", "未给出层级；请指定配置文件")
        why |= {"R-E3": limits, "R-E6": limits, "R-E8": tiers}
        why |= {"R-E12-escalated": tiers, "R-E12-to-vendor": tiers}
    if "reassignment_count" not in columns and "group" not in columns:
        why["R-E4"] = nothing
    return why


def _classes(settings: "Settings | None") -> "Mapping[str, Any]":
    from connector.settings.fault_class import FaultClasses

    return settings.priorities if settings else FaultClasses().by_priority


def _groups(settings: "Settings | None") -> "dict[str, Group]":
    from connector.ticket import Group

    if settings is None:
        return {}
    return {name: Group(name, name, *place) for name, place in settings.groups.items() if name != "*"}


def _others(settings: "Settings | None") -> "Group | None":
    from connector.ticket import Group

    place = settings.groups.get("*") if settings else None
    return None if place is None else Group("", "", *place)


def _periods(tickets: "tuple[Ticket, ...]", args: argparse.Namespace, zone: "ZoneInfo") -> "list[Period]":
    """The periods asked for: that of a date, or all in which anything was opened, resolved or closed."""
    from datetime import date

    from connector.cli.kpi import check_kind
    from connector.errors import SettingsError
    from connector.kpi.period import period_of, period_on, rolling

    check_kind(args.period)
    if args.period == "shift":
        raise SettingsError(
            "--period shift: a log knows no shifts; there are day, week, month, quarter, year"
        )
    if args.period == "rolling":
        moment = _moment(args.date, zone)
        last = max(ticket.updated_at for ticket in tickets) + 1 if moment is None else moment
        return [rolling(last, args.days, zone)]
    if args.date:
        try:
            return [period_on(date.fromisoformat(args.date), args.period, zone)]
        except (ValueError, OverflowError):
            raise SettingsError(f'--date: "{args.date}" is not a day; write it as 2026-03-01') from None
    found: set[Period] = set()
    moments = {
        at
        for ticket in tickets
        for at in (ticket.opened_at, ticket.ended_at, ticket.closed_at)
        if at is not None
    }
    reached = -1
    for moment in sorted(moments):
        if moment >= reached:
            period = period_of(moment, args.period, zone)
            found.add(period)
            reached = period.end
    return sorted(found)


def _moment(day: str | None, zone: "ZoneInfo") -> "Instant | None":
    from connector.cli.kpi import end_of

    return None if day is None else end_of(day, zone, "--as-of")


def _weekdays(zone: "ZoneInfo") -> Any:
    from connector.service_hours import Calendar, ServiceHours

    calendar = Calendar.parse("weekdays", zone.key, {"mon-fri": ["08:00-18:00"]})
    return ServiceHours.compile(calendar, (1990, 2100))


def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from connector.errors import SettingsError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f'--zone "{name}" is not an IANA time zone; write one such as "Europe/Lisbon"'
        ) from None


def _print(report: "LogReport") -> None:
    from rich.text import Text

    from connector.cli.scorecard import print_handlings, print_scorecard
    from connector.cli.terminal import console as make_console

    console = make_console()
    console.print(
        Text(
            f"{report.log.sheet.name}: {len(report.log.tickets):,} tickets, {report.log.rows:,} rows; "
            f"times in {report.zone}, {report.log.order}"
        )
    )
    print_handlings(console, report.handlings)
    known = [one.period for one in report.handlings if one.opened] or [one.period for one in report.handlings]
    last = max(known, key=lambda period: period.start)
    print_scorecard(
        console, [score for score in report.scores if score.period == last and score.scope.kind == "whole"]
    )
    if not report.complete:
        style = "bold red"
        console.print(Text(f"INCOMPLETE 不完整: {len(report.log.problems):,} problems", style=style))
        for problem in report.log.problems[:20]:
            console.print(Text(problem, style="yellow"))

"""``hours``: what a calendar of the config answers, before anybody trusts it; or a batch of JSON lines."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from connector.cli.option import DEFAULT

if TYPE_CHECKING:
    from connector.service_hours import Instant, Segment, ServiceHours

SUMMARY = "due times, elapsed time and next openings of a calendar"

_SHOWN = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CALENDAR and OP with their times, or --batch."""
    parser.add_argument("calendar", nargs="?", metavar="CALENDAR", help="name of service hours in the config")
    parser.add_argument(
        "op",
        nargs="?",
        type=lambda word: word.replace("_", "-"),
        choices=("due", "elapsed", "next-open"),
        help="what to answer",
    )
    parser.add_argument(
        "--config", metavar="FILE", default=DEFAULT, help=f"configuration file (default {DEFAULT})"
    )
    parser.add_argument(
        "--start", metavar="TIME", help='"2026-10-08 09:00"; no offset: in the calendar\'s zone'
    )
    parser.add_argument("--end", metavar="TIME", help="for elapsed")
    parser.add_argument("--for", dest="budget", metavar="LIMIT", help='for due: "4h", "30m", "1h30m"')
    parser.add_argument(
        "--pause", action="append", default=[], metavar="FROM/TO", help="does not count; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--batch", metavar="FILE", help='JSON lines that bring their own calendar; "-" reads standard input'
    )


def run(args: argparse.Namespace) -> int:
    """0 when answered. Raises `SettingsError` for what is not understood."""
    from connector.errors import SettingsError

    if args.batch:
        return _batch(args.batch)
    try:
        return _one(args)
    except SettingsError:
        raise
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _batch(source: str) -> int:
    """An answer a line, each flushed: the caller may wait for it before writing the next line."""
    from connector.service_hours.batch import Batch

    batch = Batch()
    for line in _lines(source):
        print(batch.answer(line), flush=True)
    return 0


def _lines(source: str) -> Iterator[bytes]:
    """As bytes: a line that is not UTF-8 is that line's error, not the end of the run."""
    from connector.errors import SettingsError

    if source == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as lines:
            yield from lines
    except OSError as error:
        raise SettingsError(f"--batch {source}: {error.strerror}") from None


def _one(args: argparse.Namespace) -> int:
    needed = {"CALENDAR": args.calendar, "due, elapsed or next-open": args.op}
    needed |= {"--start": args.start}
    needed |= {"due": {"--for": args.budget}, "elapsed": {"--end": args.end}}.get(args.op, {})
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise ValueError(f"hours: missing {', '.join(missing)} (or --batch FILE); see --help")
    from connector.rules.base import parse_duration
    from connector.service_hours.batch import instant
    from connector.settings import load

    known = load(args.config).service_hours
    if args.calendar not in known:
        raise ValueError(f'no service hours "{args.calendar}" in {args.config}; there are {", ".join(known)}')
    hours = known[args.calendar]
    start = instant(args.start, hours, "--start")
    if args.op == "next-open":
        _print(args, hours, {"instant": hours.next_open(start)}, start)
        return 0
    pauses = [_pause(text, hours) for text in args.pause]
    if args.op == "due":
        budget = parse_duration(args.budget)
        assert isinstance(budget, int)
        end = hours.add(start, budget, pauses)
        answer = {"instant": end}
    else:
        end = instant(args.end, hours, "--end")
        answer = {"seconds": hours.elapsed(start, end, pauses)}
        args.backwards = end < start
    _print(args, hours, answer, start, hours.segments(start, end, pauses))
    return 0


def _pause(text: str, hours: "ServiceHours") -> "tuple[Instant, Instant]":
    from connector.service_hours.batch import instant

    begin, slash, end = text.partition("/")
    if not slash:
        raise ValueError(f'--pause "{text}": write FROM/TO, such as "2026-10-08 10:00/2026-10-08 11:00"')
    return instant(begin, hours, "--pause"), instant(end, hours, "--pause")


def _print(
    args: argparse.Namespace,
    hours: "ServiceHours",
    answer: "dict[str, int]",
    start: "Instant",
    segments: "list[Segment] | None" = None,
) -> None:
    from connector.service_hours.table import year_of

    last = max([start, answer.get("instant", start), *(segment.end for segment in segments or ())])
    warnings = hours.warnings(range(year_of(start), year_of(last) + 1))
    if args.op == "elapsed" and args.backwards:
        warnings.append("--end is before --start: no time at all")
    if args.json:
        _print_json(hours, answer, segments, warnings)
        return
    if "instant" in answer:
        print(f"{_local(answer['instant'], hours)}  {hours.calendar.zone}")
        print(_utc(answer["instant"]))
    else:
        print(f"{answer['seconds']} s  {_spoken(answer['seconds'])}")
    if segments:
        print(f"counted in {len(segments)} stretches of {hours.name}:")
        shown = segments if len(segments) <= _SHOWN else segments[: _SHOWN // 2] + segments[-_SHOWN // 2 :]
        for nth, segment in enumerate(shown):
            if nth == _SHOWN // 2 and len(shown) < len(segments):
                print(f"  … {len(segments) - len(shown)} more")
            print(
                f"  {_local(segment.start, hours)} – {_local(segment.end, hours)}  {_spoken(segment.seconds)}"
            )
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)


def _print_json(
    hours: "ServiceHours", answer: "dict[str, int]", segments: "list[Segment] | None", warnings: list[str]
) -> None:
    from connector.cli.terminal import print_json

    said: dict[str, object] = {"calendar": hours.name, "zone": hours.calendar.zone}
    if "instant" in answer:
        said |= {"instant": _utc(answer["instant"]), "local": _local(answer["instant"], hours)}
    else:
        said |= answer
    if segments is not None:
        said["segments"] = [[_utc(segment.start), _utc(segment.end)] for segment in segments]
    print_json(said | {"warnings": warnings})


def _local(at: "Instant", hours: "ServiceHours") -> str:
    from datetime import datetime

    return datetime.fromtimestamp(at, hours.zone).isoformat(sep=" ")


def _utc(at: "Instant") -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _spoken(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"

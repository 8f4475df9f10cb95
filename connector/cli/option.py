"""What several verbs take and tell alike."""

import argparse
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

DEFAULT = "config.toml"


def add_config(parser: argparse.ArgumentParser) -> None:
    """CONFIG, by default config.toml."""
    parser.add_argument("config", nargs="?", default=DEFAULT, help=f"configuration file (default {DEFAULT})")


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="for programs")


def add_limit(parser: argparse.ArgumentParser) -> None:
    """--limit, for plans."""
    parser.add_argument(
        "--limit", type=whole, default=50, metavar="N", help="tickets shown; 0 for all (default 50)"
    )


def whole(text: str) -> int:
    """A number of things: 0 or more."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("write 0 or more")
    return number


def natural(text: str) -> int:
    """A number of things of which there must be one: 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("write 1 or more")
    return number


def count(number: int, one: str, many: str = "") -> str:
    """``1 policy``, ``2 policies``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def clock_time(instant: int | None, zone: str) -> str:
    """``2026-10-08 09:00`` in the zone, or a dash."""
    if instant is None:
        return "–"
    return f"{datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def day_begins(option: str, day: str, zone: ZoneInfo) -> int:
    """The instant at which a day begins, ``2026-03-01``. Raises `SettingsError` naming the option."""
    from connector.errors import SettingsError

    try:
        return int(datetime.combine(date.fromisoformat(day), time(), zone).timestamp())
    except (ValueError, OverflowError):
        raise SettingsError(f'{option}: "{day}" is not a day; write it as 2026-03-01') from None


def age(seconds: int) -> str:
    """``40 s``, ``3 min``, ``5 h``, ``2 days``: how long ago something was, roughly."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{max(0, seconds)} s"

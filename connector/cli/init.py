"""``init``: a first configuration, from a few answers and what the instance has; only reads there."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from connector.cli.exit import DONE, REFUSED
from connector.cli.option import DEFAULT, day_begins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.install import Answers, Census, Team

SUMMARY = "a first configuration: asks, or takes options, and reads groups, choices and schedules"

KINDS = ("basic", "oauth-client-credentials")
FIRST = ("service desk", "help desk", "helpdesk", "it service desk", "服务台")
"""Names of a group that is likely the first line."""

EXAMPLE_DESK = '"main: Service Desk > Network, Database > Vendor"'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUTPUT; an option for each question; --yes, --offline, --force."""
    parser.add_argument("output", nargs="?", default=DEFAULT, help=f"file to write (default {DEFAULT})")
    parser.add_argument("--url", help="address of the instance: https://<instance>.service-now.com")
    parser.add_argument("--auth", choices=KINDS, help="how to sign in (default basic)")
    parser.add_argument("--user", help="user name of the connector's own account (default desk.connector)")
    parser.add_argument("--client-id", metavar="ID", help="of the OAuth client")
    parser.add_argument(
        "--secret-env",
        metavar="NAME",
        help="environment variable with the password or the client's secret (default DESK_PASSWORD, "
        "DESK_CLIENT_SECRET)",
    )
    parser.add_argument("--zone", help="IANA time zone of the people (default the instance's)")
    parser.add_argument("--language", choices=("zh", "en", "both"), help="of the notes (default both)")
    parser.add_argument("--hours", metavar="SCHEDULE", help="schedule there that is the service hours")
    parser.add_argument("--adopt-from", metavar="DAY", help="touch no ticket opened before (default today)")
    parser.add_argument(
        "--desk",
        action="append",
        default=[],
        metavar="DESK",
        help=f"a desk and its groups by tier, as {EXAMPLE_DESK}; as often as needed",
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing: options and defaults hold")
    parser.add_argument("--offline", action="store_true", help="read nothing from the instance")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")


def run(args: argparse.Namespace) -> int:
    """0 written; 3 the file is there already; 2 an option or answer is wrong; 1 the instance refused."""
    from connector.cli.summary import summary
    from connector.clock import SystemClock
    from connector.install import draft
    from connector.settings import loads, warnings

    path = Path(args.output)
    if path.exists() and not args.force:
        print(f"refused: {path} is there already; name another file, or --force replaces it", file=sys.stderr)
        return REFUSED
    answers, found = _ask(args)
    text = draft(answers, found)
    settings = loads(text, path)  # what check would refuse is never written
    with path.open("w" if args.force else "x", encoding="utf-8") as file:
        file.write(text)
    for gap in found.gaps:
        print(f"not read: {gap}")
    for warning in warnings(settings, SystemClock().now()):
        print(f"warning: {warning}")
    print(f"{path}: written; every policy only observes")
    for name, told in summary(settings):
        print(f"  {name:<14} {told}")
    if not os.environ.get(answers.secret):
        print(f"Put the secret into ${answers.secret}, or into a file that ${answers.secret}_FILE names.")
    print(f"Look through it, then: desk-connector check {path} --instance")
    return DONE


def _ask(args: argparse.Namespace) -> "tuple[Answers, Census]":
    """Options first, then questions; --yes asks nothing. Raises `SettingsError`."""
    import secrets
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from connector.clock import SystemClock
    from connector.errors import SettingsError
    from connector.install import Answers, Census, chosen_schedule

    def ask(given: str | None, question: str, default: str = "") -> str:
        if given is not None:
            return given
        if args.yes:
            return default
        shown = f" [{default}]" if default else ""
        try:
            return input(f"{question}{shown}: ").strip() or default
        except EOFError:
            raise SettingsError(f"nobody answers “{question}”: give options, and --yes") from None

    url = ask(args.url, "Address of the instance (https://<instance>.service-now.com)")
    if not url:
        raise SettingsError("--url: the address of the instance is needed")
    kind = ask(args.auth, f"Sign in by {' or '.join(KINDS)}", "basic")
    if kind not in KINDS:
        raise SettingsError(f'"{kind}": write {" or ".join(KINDS)}; other kinds are for the file itself')
    user = ask(args.user, "User name of the connector's own account", "desk.connector")
    oauth = kind == "oauth-client-credentials"
    client_id = ask(args.client_id, "Id of the OAuth client") if oauth else ""
    if oauth and not client_id:
        raise SettingsError("--client-id: an OAuth client has an id; it is in the Application Registry")
    usual = "DESK_CLIENT_SECRET" if oauth else "DESK_PASSWORD"
    secret = args.secret_env or usual
    found = Census() if args.offline else _read(args, url, kind, user, client_id, secret)
    zone = ask(args.zone, "Time zone of the people (IANA name)", _zone(found.zone))
    language = ask(args.language, "Language of the notes: zh, en or both", "both")
    if language not in ("zh", "en", "both"):
        raise SettingsError(f'"{language}": write zh, en or both')
    _checked_zone(zone)
    if args.adopt_from:
        day_begins("--adopt-from", args.adopt_from, ZoneInfo(zone))
    desks = tuple(desk_of(text, found.groups) for text in args.desk) or _desks(args, ask, found.groups)
    hours = args.hours or ""
    if args.hours is None and len(found.schedules) > 1 and not args.yes:
        first = chosen_schedule("", found) or found.schedules[0]
        print("Schedules there: " + ", ".join(schedule.name for schedule in found.schedules))
        hours = ask(None, "Which of them are the service hours", first.name)
    if hours and chosen_schedule(hours, found) is None:
        names = ", ".join(schedule.name for schedule in found.schedules) or "none that can be told as a week"
        raise SettingsError(f'--hours: no schedule "{hours}"; there are: {names}')
    today = datetime.fromtimestamp(SystemClock().now(), UTC).astimezone(ZoneInfo(zone)).date().isoformat()
    return (
        Answers(
            url=url,
            user=user,
            zone=zone,
            adopt_from=args.adopt_from or today,
            desks=desks,
            key=secrets.token_urlsafe(18),
            kind=kind,
            client_id=client_id,
            secret=secret,
            language=language,
            hours=hours,
        ),
        found,
    )


def _zone(told: str) -> str:
    from zoneinfo import available_timezones

    return told if told in available_timezones() else "UTC"


def _checked_zone(zone: str) -> None:
    from zoneinfo import available_timezones

    from connector.errors import SettingsError
    from connector.settings.spelling import nearest

    if zone not in available_timezones():
        raise SettingsError(
            f'--zone: no time zone "{zone}"{nearest(zone, available_timezones(), quote=True)}'
        )


def _read(args: argparse.Namespace, url: str, kind: str, user: str, client_id: str, secret: str) -> "Census":
    """What the instance has. The secret is asked for where the environment has none, and not kept."""
    from getpass import getpass

    from connector.errors import SettingsError
    from connector.install import census
    from connector.install.draft import quoted
    from connector.reconcile.world import open_gateway
    from connector.settings import loads

    where = f"env = {quoted(secret)}"
    more = (
        f"client_id = {quoted(client_id)}\nclient_secret = {{ {where} }}"
        if kind == "oauth-client-credentials"
        else f"password = {{ {where} }}"
    )
    auth = f"kind = {quoted(kind)}\nuser = {quoted(user)}\n{more}\n"
    text = f"[instance]\nurl = {quoted(url)}\n[instance.auth]\n{auth}"
    try:
        settings = loads(text, Path(args.output))
    except SettingsError as error:
        raise SettingsError(*(problem.partition(": ")[2] for problem in error.problems)) from None
    if (
        not args.yes
        and sys.stdin.isatty()
        and not any(os.environ.get(name) for name in (secret, f"{secret}_FILE", "CREDENTIALS_DIRECTORY"))
    ):
        os.environ[secret] = getpass(f"secret of {user}, for this once: ", stream=sys.stderr)
    gateway = open_gateway(settings, patient=False)
    try:
        return census(gateway)
    finally:
        gateway.close()


def desk_of(text: str, known: "Sequence[str]") -> "Team":
    """``main: Service Desk > Network, Database > Vendor``. Raises `SettingsError` naming what is wrong."""
    from connector.errors import SettingsError
    from connector.install import Team
    from connector.settings.spelling import nearest

    name, colon, rest = text.partition(":")
    tiers = [[group.strip() for group in part.split(",") if group.strip()] for part in rest.split(">")]
    if not colon or not name.strip() or not tiers[0] or len(tiers) > 3:
        raise SettingsError(f'--desk: "{text}": write the desk and its groups by tier, as {EXAMPLE_DESK}')
    for group in (group for tier in tiers for group in tier):
        if known and group not in known:
            raise SettingsError(f'--desk: the instance has no group "{group}"{nearest(group, known)}')
    first, second, vendor = (tuple(tier) for tier in (*tiers, [], [])[:3])
    return Team(name.strip(), first, second, vendor)


def _desks(args: argparse.Namespace, ask: "_Ask", groups: "Sequence[str]") -> "tuple[Team, ...]":
    """Asked one by one; with --yes a group whose name tells it is the first line."""
    from connector.errors import SettingsError
    from connector.install import Team

    likely = next((group for group in groups if group.lower() in FIRST), "")
    if args.yes:
        if not likely:
            raise SettingsError(f"--desk: which groups are the desk? As {EXAMPLE_DESK}")
        return (Team("main", (likely,)),)
    for number, group in enumerate(groups, 1):
        print(f"  {number:>3}  {group}")
    desks: list[Team] = []
    while True:
        name = ask(None, "Name of a desk" if not desks else "Name of another desk, empty for none more",
                   "main" if not desks else "")  # fmt: skip
        if not name:
            return tuple(desks)
        tiers = [
            named(ask(None, f"Groups of {tier} of {name}, by name or number, with commas", default), groups)
            for tier, default in (
                ("the first line", "" if desks else likely),
                ("the second line", ""),
                ("the vendor", ""),
            )
        ]
        desks.append(desk_of(f"{name}: {' > '.join(', '.join(tier) for tier in tiers)}".rstrip(" >"), groups))


def named(text: str, groups: "Sequence[str]") -> list[str]:
    """Numbers of the list as the names of their groups; names as they are."""
    told = [part.strip() for part in text.split(",") if part.strip()]
    return [
        groups[int(part) - 1] if part.isdigit() and 0 < int(part) <= len(groups) else part for part in told
    ]


if TYPE_CHECKING:
    from typing import Protocol

    class _Ask(Protocol):
        def __call__(self, given: str | None, question: str, default: str = "") -> str: ...

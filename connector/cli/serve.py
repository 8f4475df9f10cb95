"""``sandbox serve``: a stand-in of the instance on this machine, over HTTP."""

import argparse
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox import Instance, Rest, Server
    from connector.settings import Settings

SUMMARY = "serve a stand-in of the instance on this machine, until ^C"
PASSWORD = "sandbox"
DAY = 86_400
STEP = 0.5
"""Real seconds between two looks at what the people of the desk do next."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the instance holds, who may in, where it listens, and how lively it is."""
    holds = parser.add_argument_group("what it holds")
    holds.add_argument(
        "--profile",
        choices=("empty", "config", "desk"),
        help="empty: stock tables and one account; config: the groups, people and columns of the "
        "configuration (default); desk: these, and people who open and work tickets as time goes by",
    )
    holds.add_argument(
        "--desk", action="store_const", const="desk", dest="profile", help="the same as --profile desk"
    )
    holds.add_argument(
        "--seed",
        action="append",
        default=[],
        metavar="FILE",
        help="tables, columns, users and rows to begin with, JSON or TOML; may be given several times",
    )
    holds.add_argument(
        "--config", metavar="FILE", help="whose columns, groups and account (default: the example)"
    )
    holds.add_argument(
        "--days", type=int, default=5, help="days the desk has worked before you come (default 5)"
    )
    holds.add_argument(
        "--dice", type=int, default=7, metavar="N", help="another number, other people (default 7)"
    )
    holds.add_argument(
        "--state", metavar="FILE", help="keep the records in this file, over restarts (default: in memory)"
    )
    access = parser.add_argument_group("who may in, and where")
    access.add_argument("--user", help="an account with the role admin (with --profile empty: admin)")
    access.add_argument(
        "--password", help=f"its password (default: the environment's SANDBOX_PASSWORD, or {PASSWORD!r})"
    )
    access.add_argument("--port", type=int, default=8765, help="0 for any free one (default 8765)")
    access.add_argument(
        "--base-url", default="", metavar="URL", help="begins the links in answers, exactly as given"
    )
    access.add_argument("--tls-cert", metavar="FILE", help="speak TLS with this certificate (PEM)")
    access.add_argument("--tls-key", metavar="FILE", help="its key, if it is in a file of its own")
    access.add_argument(
        "--lenient",
        action="store_true",
        help="drop conditions of a query that it cannot read, as an instance does; without it they are 400",
    )
    time = parser.add_argument_group("how its clock runs")
    pace = time.add_mutually_exclusive_group()
    pace.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="X seconds pass in one (default 1)"
    )
    pace.add_argument("--real", action="store_const", const=1.0, dest="speed", help="the same as --speed 1")


class Pace:
    """The sandbox's clock: stands where it is put, and once let go runs ``speed`` times as fast as ours."""

    def __init__(self, start: float, speed: float, monotonic: "Callable[[], float]") -> None:
        self._at = start
        self._speed = speed
        self._monotonic = monotonic
        self._since: float | None = None

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._at if self._since is None else self._at + (self._monotonic() - self._since) * self._speed

    def put(self, at: float) -> None:
        """Stand at this instant; a running clock runs on."""
        if self._since is None:
            self._at = at

    def let_go(self) -> None:
        """Run."""
        self._since = self._monotonic()


def run(args: argparse.Namespace) -> int:
    """Serve until ^C; 0 then."""
    from connector.clock import SystemClock
    from connector.errors import SettingsError
    from connector.sandbox import Instance

    _check(args)
    clock = SystemClock()
    now = clock.now()
    before = args.days * DAY if args.profile == "desk" else 0
    pace = Pace(now - before, args.speed, clock.monotonic)
    try:
        instance = Instance(now=pace.now, seed=args.dice, state=args.state, strict=not args.lenient)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(f"--state {args.state}: {error}") from None
    with closing(instance):
        _serve(instance, args, pace, now)
    return 0


def _serve(instance: "Instance", args: argparse.Namespace, pace: Pace, now: int) -> None:
    """Fill the instance and serve it."""
    from threading import Event

    from connector.sandbox import Rest

    settings = None if args.profile == "empty" else _furnished(instance, args)
    if instance.metrics is None:
        instance.measure()
    account = _account(instance, args, settings)
    _plant(instance, args)
    play = _desk(instance, settings, args, pace, now) if args.profile == "desk" and settings else None
    pace.let_go()
    never = Event()
    # Also where SIGINT came in as ignored, as in what a shell puts into the background. To set an event in a
    # handler could lock up, for the main thread waits for it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with _server(Rest(instance, base_url=args.base_url), args) as server:
        try:  # who starts it may end it as soon as it is ready, before it has said everything
            print(f"ready {server.url}", flush=True)
            _greet(server.url, settings, args, instance, account)
            while not never.wait(STEP):
                if play is not None:
                    with instance.lock:
                        play(int(pace.now()))
        except KeyboardInterrupt:
            print(f"\nstopped; the records {f'stay in {args.state}' if args.state else 'are gone with it'}")


def _check(args: argparse.Namespace) -> None:
    """Raises `SettingsError` for flags that make no sense."""
    from connector.errors import SettingsError

    if args.speed <= 0:
        raise SettingsError("--speed: time goes forward; write a number above 0")
    if args.days < 0:
        raise SettingsError("--days: write 0 or more")
    if args.tls_key and not args.tls_cert:
        raise SettingsError("--tls-key: the key of which certificate? add --tls-cert")
    if args.base_url and not args.base_url.startswith(("http://", "https://")):
        raise SettingsError("--base-url: begins with http:// or https://")
    if args.state and args.profile == "desk":
        raise SettingsError("--state keeps records, not people: leave --desk out")


def _furnished(instance: "Instance", args: argparse.Namespace) -> "Settings":
    """The instance has what the configuration expects of it."""
    from connector.cli.example import example_path
    from connector.cli.furnish import furnish
    from connector.settings import load

    settings = load(args.config or example_path())
    furnish(instance, settings, PASSWORD)
    return settings


def _account(instance: "Instance", args: argparse.Namespace, settings: "Settings | None") -> tuple[str, str]:
    """User name and password of the account to be told; the admin's are made as the flags say."""
    user = args.user or ("" if settings else "admin")
    password = args.password or os.environ.get("SANDBOX_PASSWORD") or PASSWORD
    known = instance.sessions.account(user) if user else None
    if known is not None:
        instance.grant(known.sys_id, ["admin"])
        instance.set_password(user, password)
    elif user:
        instance.add_user(user, name=user, password=password, roles=["admin"])
    return (user, password) if user or settings is None else (settings.instance.auth.user, PASSWORD)


def _plant(instance: "Instance", args: argparse.Namespace) -> None:
    """The seed files, all of them or a `SettingsError` with everything that is wrong."""
    if not args.seed:
        return
    from connector.errors import SettingsError
    from connector.sandbox.seed import SeedError, plant, read

    try:
        plant(instance, [read(Path(file)) for file in args.seed])
    except SeedError as wrong:
        raise SettingsError(*wrong.problems) from None


def _server(rest: "Rest", args: argparse.Namespace) -> "Server":
    """Raises `SettingsError` for a port that cannot be had and a certificate that is none."""
    from connector.errors import SettingsError
    from connector.sandbox import Server

    try:
        return Server(rest, port=args.port, certificate=args.tls_cert, key=args.tls_key)
    except FileNotFoundError:
        missing = args.tls_key if Path(args.tls_cert).exists() else args.tls_cert
        raise SettingsError(f"--tls-cert, --tls-key: {missing}: no such file") from None
    except (OSError, OverflowError) as error:
        import ssl  # here, because only a mistake needs it

        if isinstance(error, ssl.SSLError):
            raise SettingsError(f"--tls-cert {args.tls_cert}: {error.reason or error}") from None
        why = error.strerror if isinstance(error, OSError) else "ports go from 0 to 65535"
        raise SettingsError(f"--port {args.port}: cannot be had: {why}; --port 0 takes a free one") from None


def _desk(
    instance: "Instance", settings: "Settings", args: argparse.Namespace, pace: Pace, now: int
) -> "Callable[[int], int]":
    """People on the floor, who have worked until ``now``."""
    from connector.sandbox.desk import Desk

    reads = settings.reads
    desk = Desk(
        instance,
        seed=args.dice,
        start=now - args.days * DAY,
        days=args.days + 365,
        set_time=pace.put,
        score_column=reads.score or "u_desk_score",
        confirmed_column=reads.confirmed or "u_desk_confirmed",
        escalate_column=reads.escalate or "u_desk_escalate",
    )
    print(f"{args.days} days of the desk go by …", flush=True)
    desk.play(now)
    return desk.play


def _greet(
    url: str,
    settings: "Settings | None",
    args: argparse.Namespace,
    instance: "Instance",
    account: tuple[str, str],
) -> None:
    print(f"sandbox  {url}  {instance.count('incident'):,} incidents; open it in a browser to look around")
    print(f"account  {account[0]}, password {account[1]}")
    if args.speed != 1:
        print(f"note     its clock runs {args.speed:g} times as fast as yours, and `plan` judges by yours")
    if settings is not None:
        _lead_on(url, settings, args)
    print("stop it with ^C", flush=True)


def _lead_on(url: str, settings: "Settings", args: argparse.Namespace) -> None:
    """How to let the connector at it."""
    from connector.cli.example import example_path

    config = args.config or str(example_path())
    secret = settings.instance.auth.password
    if secret is None:
        told = f'# [instance.auth] of {config} needs kind = "basic" here, with the password {PASSWORD}'
    elif secret.env:
        told = f"export {secret.env}={PASSWORD}"
    else:
        told = f"put {PASSWORD} into the file {secret.file}"
    if settings.instance.url != url:
        print(f"note     {config} says url = {settings.instance.url!r}; write {url!r} there")
    print("in another terminal:")
    print(f"  {told}")
    print(f"  desk-connector check {config} --instance")
    print(f"  desk-connector plan {config}")

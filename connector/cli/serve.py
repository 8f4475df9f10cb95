"""``sandbox serve``: a stand-in of the instance on this machine, over HTTP."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox import Instance
    from connector.settings import Settings

SUMMARY = "serve a stand-in of the instance on this machine, until ^C"
PASSWORD = "sandbox"
DAY = 86_400
STEP = 0.5
"""Real seconds between two looks at what the people of the desk do next."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Port, whose configuration, and how lively."""
    parser.add_argument("--port", type=int, default=8765, help="0 for any free one (default 8765)")
    parser.add_argument(
        "--config", metavar="FILE", help="whose columns, groups and account (default: the example)"
    )
    parser.add_argument(
        "--desk", action="store_true", help="with people who open and work tickets, as time goes by"
    )
    parser.add_argument(
        "--seed", type=int, default=7, help="another seed, other people and tickets (default 7)"
    )
    parser.add_argument(
        "--days", type=int, default=5, help="days the desk has worked before you come (default 5)"
    )
    pace = parser.add_mutually_exclusive_group()
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
    from threading import Event

    from connector.cli.example import example_path
    from connector.cli.furnish import furnish
    from connector.clock import SystemClock
    from connector.errors import SettingsError
    from connector.sandbox import Instance, Rest, Server
    from connector.settings import load

    if args.speed <= 0:
        raise SettingsError("--speed: time goes forward; write a number above 0")
    if args.days < 0:
        raise SettingsError("--days: write 0 or more")
    settings = load(args.config or example_path())
    clock = SystemClock()
    now = clock.now()
    pace = Pace(now - (args.days * DAY if args.desk else 0), args.speed, clock.monotonic)
    instance = Instance(now=pace.now, seed=args.seed)
    furnish(instance, settings, PASSWORD)
    play = _desk(instance, settings, args, pace, now) if args.desk else None
    pace.let_go()
    try:
        server = Server(Rest(instance), port=args.port)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else "ports go from 0 to 65535"
        raise SettingsError(f"--port {args.port}: cannot be had: {why}; --port 0 takes a free one") from None
    never = Event()
    with server:
        _greet(server.url, settings, args, instance)
        try:
            while not never.wait(STEP):
                if play is not None:
                    with instance.lock:
                        play(int(pace.now()))
        except KeyboardInterrupt:
            print("\nstopped; the records are gone with it")
    return 0


def _desk(
    instance: "Instance", settings: "Settings", args: argparse.Namespace, pace: Pace, now: int
) -> "Callable[[int], int]":
    """People on the floor, who have worked until ``now``."""
    from connector.sandbox.desk import Desk

    reads = settings.reads
    desk = Desk(
        instance,
        seed=args.seed,
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


def _greet(url: str, settings: "Settings", args: argparse.Namespace, instance: "Instance") -> None:
    from connector.cli.example import example_path

    config = args.config or str(example_path())
    secret = settings.instance.auth.password
    told = f"export {secret.env}={PASSWORD}" if secret.env else f"put {PASSWORD} into the file {secret.file}"
    print(f"sandbox  {url}  {instance.count('incident'):,} incidents")
    print(f"account  {settings.instance.auth.user}, password {PASSWORD}")
    if settings.instance.url != url:
        print(f"note     {config} says url = {settings.instance.url!r}; write {url!r} there")
    if args.speed != 1:
        print(f"note     its clock runs {args.speed:g} times as fast as yours, and `plan` judges by yours")
    print("in another terminal:")
    print(f"  {told}")
    print(f"  desk-connector check {config} --instance")
    print(f"  desk-connector plan {config}")
    print("stop it with ^C", flush=True)

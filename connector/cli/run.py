"""``run``: the daemon. A pass at every interval, once a day a full pass and a sweep."""

import argparse
import logging
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from connector.cli.exit import DONE
from connector.cli.option import add_config

if TYPE_CHECKING:
    from connector.clock import Clock
    from connector.daemon import Daemon
    from connector.reconcile import PassReport, World
    from connector.settings import Settings
    from connector.sync.change import Plan
    from connector.sync.gateway import Gateway
    from connector.sync.store import Store

SUMMARY = "run as a daemon: a pass every interval until told to stop"

LOG = logging.getLogger("connector")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_config(parser)
    parser.add_argument("--verbose", action="store_true", help="log each pass, not only what changes")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 after SIGTERM or SIGINT; 2 settings; 3 the store is held by another; 1 a fatal error."""
    from connector.cli.opening import in_order
    from connector.clock import SystemClock
    from connector.daemon import Daemon, live_in_utc, only_one
    from connector.settings import load
    from connector.sync.store import Store

    live_in_utc()
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(asctime)sZ %(levelname)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    for chatty in ("urllib3", "schedule", "pysnow"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    settings = load(args.config)
    clock = SystemClock()
    daemon = Daemon(clock)
    with (
        only_one(settings.store_path.with_suffix(".lock")),
        in_order(settings),
        closing(Store(settings.store_url)) as store,
    ):
        daemon.listen()
        duty = Duty(args.config, settings, store, clock, daemon)
        duty.begin()
        try:
            daemon.run(duty.reload)
        finally:
            duty.end()
        LOG.info("stopped")
    return DONE


class Duty:
    """What is done at each interval, and with which settings."""

    def __init__(
        self, path: str, settings: "Settings", store: "Store", clock: "Clock", daemon: "Daemon"
    ) -> None:
        self._path = path
        self._settings = settings
        self._store = store
        self._clock = clock
        self._daemon = daemon
        self._gateway: Gateway | None = None
        """One over all attempts to sign in: it remembers how long the instance wants to be left alone."""
        self._world: World | None = None
        self._full_at = clock.monotonic()
        self._held: dict[str, str] = {}

    def begin(self) -> None:
        """Sign in, if the instance answers; if it does not just now, the passes try again.

        Raises `SettingsError` and `Fatal` for what waiting does not mend.
        """
        from connector.errors import Retriable
        from connector.reconcile import build_world, open_gateway

        settings = self._settings
        LOG.info(
            "started: %s, %d policies, settings %s",
            settings.instance.url,
            len(settings.policies),
            settings.digest,
        )
        self._gateway = open_gateway(settings, clock=self._clock, stopping=self._daemon.stop.is_set)
        try:
            self._world = build_world(settings, self._gateway, self._store, self._clock)
        except Retriable as error:
            LOG.debug("not yet: %s", error)
        self._daemon.every(settings.poll.every, "pass", self.make_pass)

    def end(self) -> None:
        """Close the connection."""
        if self._gateway is not None:
            self._gateway.close()

    def make_pass(self) -> str:
        """One pass, a full one once a day; its trouble, or ""."""
        from connector.cli.view import summary
        from connector.errors import Retriable
        from connector.reconcile import run_pass, sweep_world

        try:
            world = self._world or self._sign_in()
        except Retriable as error:
            self._store.record_pass(self._clock.now(), ok=False, trouble=str(error))
            return str(error) or type(error).__name__
        full = self._clock.monotonic() >= self._full_at
        if full:
            sweep_world(world)
        stop = self._daemon.stop.is_set
        report = run_pass(world, self._settings, self._clock.now(), apply=True, full=full, stop=stop)
        if full and not report.trouble:
            self._full_at = self._clock.monotonic() + self._settings.poll.full
        self._tell(report)
        LOG.log(logging.INFO if report.outcome.done else logging.DEBUG, "%s", summary(report))
        return report.trouble

    def reload(self) -> None:
        """Take the file again, all of it or nothing. Raises `ConnectorError` for the reason why not."""
        from connector.errors import Retriable, SettingsError
        from connector.reconcile import build_world, open_gateway
        from connector.settings import load

        fresh = load(self._path)
        if fresh.store_url != self._settings.store_url:
            raise SettingsError(
                f"{self._path}: another [store] needs a new start: stop this one, then run it again"
            )
        gateway = open_gateway(fresh, clock=self._clock, stopping=self._daemon.stop.is_set)
        world = None
        try:
            world = build_world(fresh, gateway, self._store, self._clock)
        except Retriable as error:
            raise Retriable(f"{error}; send SIGHUP again when the instance answers") from error
        finally:
            if world is None:
                gateway.close()
        self.end()
        paces = self._settings.poll.every, fresh.poll.every
        self._gateway, self._world, self._settings = gateway, world, fresh
        self._full_at = self._clock.monotonic()  # other policies, other verdicts on every ticket
        if paces[0] != paces[1]:
            self._daemon.every(fresh.poll.every, "pass", self.make_pass)
        LOG.info("settings %s taken", fresh.digest)

    def _sign_in(self) -> "World":
        """Begin anew, after an instance that did not answer at the start."""
        from connector.errors import SettingsError
        from connector.reconcile import build_world

        assert self._gateway is not None, "it was opened at the start"
        try:
            self._world = build_world(self._settings, self._gateway, self._store, self._clock)
        except SettingsError as error:
            self._daemon.end(error)
            raise
        return self._world

    def _tell(self, report: "PassReport") -> None:
        """What a person must decide, when it begins and when it ends, and nothing in between."""
        held = held_back(report.plan)
        for what, message in held.items():
            if what not in self._held:
                LOG.warning("%s", message)
        for what in self._held.keys() - held.keys():
            LOG.info("no longer held back: %s", what)
        self._held = dict(held)


def held_back(plan: "Plan") -> Mapping[str, str]:
    """What waits for a person → the sentence that says so."""
    held = {f'policy "{policy}"': message for policy, message in plan.refused.items()}
    for conflict in plan.conflicts:
        wanted = " and ".join(f'"{policy}" ({value})' for policy, value in conflict.wanted)
        what = f"{conflict.number} {conflict.field}"
        held[what] = f"conflict: {what}: {wanted} want different values; neither is written"
    for number in plan.full:
        held[f"{number} marks"] = f"{number}: its marks column is full; nothing is written to it"
    return held

"""``run``: the daemon. A pass at every interval, once a day a full pass and a sweep."""

import argparse
import logging
import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE
from connector.cli.option import add_config

if TYPE_CHECKING:
    from connector.clock import Clock
    from connector.daemon import Daemon
    from connector.daemon.notify import Notifier
    from connector.reconcile import Halt, PassReport, World
    from connector.settings import Settings
    from connector.sync.gateway import Gateway
    from connector.sync.store import Store

SUMMARY = "run as a daemon: a pass every interval until told to stop"

LOG = logging.getLogger("connector")

PUBLISH_EVERY = 3600
"""Seconds between two looks whether a scorecard has to be written; `[publish] every` says how often it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    add_config(parser)
    parser.add_argument("--verbose", action="store_true", help="log each pass, not only what changes")
    parser.add_argument("--log", choices=("text", "json"), help="instead of [log] format")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 after SIGTERM or SIGINT; 2 settings; 3 the store is held by another; 1 a fatal error."""
    from connector.cli.exit import without_secrets
    from connector.cli.opening import in_order
    from connector.clock import SystemClock
    from connector.daemon import Daemon, live_in_utc, only_one
    from connector.daemon.health import served
    from connector.daemon.log import begin_log, pass_name
    from connector.daemon.notify import Notifier, Pulse
    from connector.settings import load, warnings
    from connector.sync.store import open_sound

    live_in_utc()
    settings = load(args.config)
    level = "debug" if args.verbose else settings.log.level
    begin_log(args.log or settings.log.format, level, lambda text: without_secrets(text, os.environ))
    clock = SystemClock()
    daemon = Daemon(clock)
    notifier = Notifier()
    with (
        only_one(settings.store_path.with_suffix(".lock")),
        in_order(settings),
        ExitStack() as stack,
    ):
        notifier.status("checking the store")
        store, told = open_sound(settings.store_url, pass_name(clock.now()))
        stack.enter_context(closing(store))
        for line in (*told, *warnings(settings, clock.now())):
            LOG.warning("%s", line)
        daemon.listen()
        duty = Duty(args.config, settings, store, clock, daemon, notifier)
        pulse = Pulse(notifier, clock, duty.requests_sent)
        duty.sign = daemon.alive = pulse.sign
        pulse.begin()
        stack.callback(pulse.end)
        if settings.health.listen:
            host, wanted = settings.health.address
            port = stack.enter_context(served((host, wanted), duty.vital, clock, lambda: pulse.silent_for))
            LOG.info("health page on %s port %d", host, port)
        stack.callback(duty.end)
        duty.begin()
        try:
            daemon.run(duty.reload)
        finally:
            notifier.stopping()
        LOG.info("stopped")
    return DONE


class Duty:
    """What is done at each interval, and with which settings."""

    def __init__(
        self,
        path: str,
        settings: "Settings",
        store: "Store",
        clock: "Clock",
        daemon: "Daemon",
        notifier: "Notifier | None" = None,
    ) -> None:
        from connector.daemon.notify import Notifier
        from connector.daemon.ongoing import Ongoing
        from connector.daemon.vital import Vital

        self._path = path
        self._settings = settings
        self._store = store
        self._clock = clock
        self._daemon = daemon
        self._gateway: Gateway | None = None
        """One over all attempts to sign in: it remembers how long the instance wants to be left alone."""
        self._world: World | None = None
        self._full_at = self._publish_at = clock.monotonic()
        self._held, self._absent = Ongoing("no longer held back: "), Ongoing("no longer waited for: table ")
        self._halt: Halt | None = None
        self._notifier = notifier or Notifier({})
        self.sign: Callable[[], None] = lambda: None
        """Called whenever a pass makes headway."""
        self.vital = Vital(settings.poll.every, store.last_good_pass(), settings=settings.digest)
        self.vital.condition = self._condition

    def requests_sent(self) -> int:
        """So far: a pass that sends makes headway."""
        world = self._world
        return world.gateway.requests_sent if world is not None else 0

    def _condition(self) -> dict[str, Any] | None:
        world = self._world
        return asdict(world.gateway.condition()) if world is not None else None

    def begin(self) -> None:
        """Sign in, if the instance answers; if it does not just now, the passes try again.

        Raises `SettingsError` and `Fatal` for what waiting does not mend, `Refused` where it has left.
        """
        from connector.errors import Retriable
        from connector.reconcile import build_world, halted, open_gateway

        settings = self._settings
        LOG.info(
            "started: %s, %d policies, settings %s",
            settings.instance.url,
            len(settings.policies),
            settings.digest,
        )
        self._heed(halted(settings))
        self._gateway = open_gateway(settings, clock=self._clock, stopping=self._daemon.stop.is_set)
        try:
            if not self._paused():
                self._world = build_world(settings, self._gateway, self._store, self._clock)
        except Retriable as error:
            LOG.debug("not yet: %s", error)
        self._daemon.every(settings.poll.every, "pass", self.make_pass)
        self._tell_settings("")
        self._notifier.ready(
            f"{len(settings.policies)} policies on {settings.instance.url}"
            if self._world is not None
            else f"waiting for {settings.instance.url}"
        )

    def end(self) -> None:
        """Close the connection."""
        if self._gateway is not None:
            self._gateway.close()

    def make_pass(self) -> str:
        """One pass, a full one once a day; its trouble, or ""."""
        from connector.daemon.log import in_pass

        at, began = self._clock.now(), self._clock.monotonic()
        try:
            with in_pass(at):
                trouble = self._pass(began)
        except Exception as error:
            self.vital.passed(at, self._clock.monotonic() - began, str(error) or type(error).__name__)
            raise
        took = self._clock.monotonic() - began
        self.vital.halt = self._halt.kind if self._halt is not None else ""
        if self._paused() and self._halt is not None:
            self._notifier.status(self._halt.told(self._settings))
            return ""
        self.vital.passed(at, took, trouble)
        condition = self._condition()
        if condition is not None:
            self._store.tell("gateway", self._clock.now(), condition)
        self._notifier.status(trouble or f"last pass {took:.1f} s, all well")
        if trouble or self._halt is not None or self._clock.monotonic() < self._publish_at:
            return trouble
        trouble = self.publish()
        if not trouble:
            self._publish_at = self._clock.monotonic() + PUBLISH_EVERY
        return trouble

    def _pass(self, began: float) -> str:
        from connector.cli.view import summary
        from connector.errors import Retriable
        from connector.reconcile import halted, halted_there, run_pass, sweep_world

        self._heed(halted(self._settings))
        if self._paused():
            return ""
        try:
            world = self._world or self._sign_in()
        except Retriable as error:
            self._store.record_pass(
                self._clock.now(), ok=False, trouble=str(error), took=self._clock.monotonic() - began
            )
            return str(error) or type(error).__name__
        full = self._clock.monotonic() >= self._full_at
        if full:
            # The pass asks the switch on the instance as well; but before it nothing may be asked of a pause.
            self._heed(self._halt or halted_there(world, self._settings))
            if self._paused():
                return ""
            sweep_world(world)
        report = run_pass(
            world,
            self._settings,
            self._clock.now(),
            apply=True,
            full=full,
            stop=self._daemon.stop.is_set,
            watch=self._watch,
        )
        self._heed(report.halt)
        if self._paused():
            return ""
        if full and not report.trouble:
            self._full_at = self._clock.monotonic() + self._settings.poll.full
            self._rotate()
        self._tell(report)
        self._note(report, world)
        LOG.log(logging.INFO if report.outcome.done else logging.DEBUG, "%s", summary(report))
        return report.trouble

    def publish(self) -> str:
        """Scorecards into the instance where ``[publish]`` is enforced; its trouble, or "".

        They tell of the last good pass: before the first one nothing is published.
        """
        from connector.errors import Retriable
        from connector.reconcile import plan_publication, publish

        world, last = self._world, self._store.last_good_pass()
        if world is None or last is None or self._settings.publish.mode != "enforce":
            return ""
        self.sign()
        try:
            planned = plan_publication(world, self._settings, last)
            self.sign()
            done = publish(world, self._settings, planned)
        except Retriable as error:
            return str(error) or type(error).__name__
        if done.outcome.written or done.attached:
            LOG.info("published %d records, %d pages", done.outcome.done, len(done.attached))
        return done.trouble

    def _paused(self) -> bool:
        """Nothing is asked of the instance."""
        return self._halt is not None and self._halt.kind == "pause"

    def _heed(self, halt: "Halt | None") -> None:
        """Remember what halts us, and say so when it begins, when it becomes another, and when it ends.

        Raises `Refused` once the connector has left the instance.
        """
        from connector.errors import Refused

        if halt is not None and halt.kind == "retired":
            raise Refused(halt.told(self._settings))
        if halt == self._halt:
            return
        if halt is not None:
            LOG.warning("%s", halt.told(self._settings))
        else:
            LOG.info("goes on: neither brake nor pause any more")
        self._halt = halt
        told = {} if halt is None else {"kind": halt.kind, "where": halt.where}
        told |= {} if halt is None else {"text": halt.told(self._settings)}
        self._store.tell("halt", self._clock.now(), told)

    def _watch(self, what: str, done: int = 0, of: int = 0) -> None:
        self.sign()

    def _rotate(self) -> None:
        """Once a day. A folder that cannot be written is told; the journal stays in the store meanwhile."""
        from connector.errors import StoreFailed

        kept = self._settings.store
        self._store.forget_observed(self._clock.now() - kept.journal_for)
        try:
            moved = self._store.rotate(self._clock.now() - kept.journal_for, kept.journal_most)
        except StoreFailed as error:
            LOG.warning("%s", error)
        else:
            if moved:
                LOG.info("%d entries of the journal went into %s", moved, self._store.archive)

    def _note(self, report: "PassReport", world: "World") -> None:
        """Keep what `status` and the health page say of this pass."""
        from connector.sync.outcome import Answer

        vital = self.vital
        vital.writes.update(str(written.answer) for written in report.outcome.written)
        vital.judged += report.judged
        vital.quarantined = len(self._store.quarantined())
        vital.in_doubt = report.outcome.count(Answer.IN_DOUBT)
        vital.held = len(self._held.told)
        vital.refused = tuple(sorted(world.scheme.refused))
        in_doubt = [each.change.number for each in report.outcome.written if each.answer is Answer.IN_DOUBT]
        told = {"in_doubt": in_doubt, "held": self._held.told, "absent": self._absent.told}
        told["refused"] = list(vital.refused)
        self._store.tell("pass", report.at, told)

    def _tell_settings(self, trouble: str) -> None:
        """Keep which settings are in force and why not those in the file; the log says it if that fails."""
        from connector.cli.opening import in_order
        from connector.errors import StoreFailed

        self.vital.settings, self.vital.reload_failed = self._settings.digest, trouble
        told = {"in_force": self._settings.digest, "reload_failed": trouble}
        try:
            with in_order(self._settings):
                self._store.tell("settings", self._clock.now(), told)
        except StoreFailed as error:
            LOG.warning("`status` cannot tell which settings are in force: %s", error)

    def reload(self) -> None:
        """Take the file again, all of it or nothing. Raises `ConnectorError` for the reason why not."""
        from connector.cli.opening import in_order
        from connector.errors import ConnectorError

        self._notifier.reloading(self._clock)
        try:
            with in_order(self._settings):
                self._reload()
        except ConnectorError as error:
            self._tell_settings("; ".join(str(error).splitlines()))
            self._notifier.ready("the new settings are not taken, the old ones stay; see the log")
            raise
        self._tell_settings("")
        self._notifier.ready(f"settings {self._settings.digest} taken")

    def _reload(self) -> None:
        from connector.errors import Refused, Retriable, SettingsError
        from connector.reconcile import build_world, open_gateway
        from connector.settings import load

        fresh = load(self._path)
        if self._halt is not None and self._paused():
            raise Refused(f"{self._halt.told(self._settings)}; then send SIGHUP again")
        for name, before, after in (
            ("store", self._settings.store_url, fresh.store_url),
            ("health", self._settings.health, fresh.health),
            ("log", self._settings.log, fresh.log),
        ):
            if before != after:
                raise SettingsError(
                    f"{self._path}: another [{name}] needs a new start: stop this one, then run it again"
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
        # Other policies, other verdicts on every ticket; other targets, other figures.
        self._full_at = self._publish_at = self._clock.monotonic()
        if paces[0] != paces[1]:
            self._daemon.every(fresh.poll.every, "pass", self.make_pass)
        self.vital.every = fresh.poll.every
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
        """What a person must decide, and tables that are missing: when it begins and when it ends."""
        from connector.cli.view import held_back
        from connector.reconcile import resting

        self._absent.tell({table: resting(self._settings, table) for table in report.absent})
        self._held.tell(held_back(report.plan))

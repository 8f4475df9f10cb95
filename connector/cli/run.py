"""``run``: the daemon. A pass at every interval, a full pass and a sweep once a day."""

import argparse
import logging

SUMMARY = "run as a daemon: a pass every interval until told to stop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("config", help="configuration file")
    parser.add_argument("--verbose", action="store_true", help="log each pass, not only what changes")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 after SIGTERM or SIGINT; 2 settings; 3 the store is held by another; 1 a fatal error."""
    from connector.cli.view import summary
    from connector.clock import SystemClock
    from connector.daemon import Daemon, live_in_utc, only_one
    from connector.errors import SettingsError
    from connector.reconcile import build_world, open_gateway, open_world, run_pass, sweep_world
    from connector.settings import load

    live_in_utc()
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO,
        format="%(asctime)sZ %(levelname)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    logging.getLogger("schedule").setLevel(logging.WARNING)
    log = logging.getLogger("connector")
    settings = load(args.config)
    with only_one(settings.store_path.with_suffix(".lock")), open_world(settings) as first:
        world, current = first, settings
        daemon = Daemon(SystemClock())

        def a_pass(full: bool) -> str:
            if full:
                sweep_world(world, current)
            report = run_pass(
                world, current, world.clock.now(), apply=True, full=full, stop=daemon.stop.is_set
            )
            log.log(logging.INFO if report.outcome.done else logging.DEBUG, "%s", summary(report))
            for message in report.plan.refused.values():
                log.warning("%s", message)
            return report.trouble

        def reload() -> None:
            nonlocal world, current
            try:
                fresh = load(args.config)
                another = build_world(fresh, open_gateway(fresh), world.store, world.clock)
            except SettingsError as error:
                log.error("the new settings are not taken, the old ones stay: %s", "; ".join(error.problems))
                return
            world.gateway.close()
            world, current = another, fresh
            log.info("settings %s taken", fresh.digest)

        daemon.listen()
        daemon.every(settings.poll.full, "full pass", lambda: a_pass(full=True))
        daemon.every(settings.poll.every, "pass", lambda: a_pass(full=False))
        log.info(
            "started: %s, %d policies, settings %s",
            settings.instance.url,
            len(settings.policies),
            settings.digest,
        )
        daemon.run(reload)
        log.info("stopped")
    return 0

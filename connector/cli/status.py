"""``status``: how the connector is doing, from its local store; asks the instance nothing."""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN
from connector.cli.option import add_config, add_json, age, clock_time, count

if TYPE_CHECKING:
    from connector.settings import Settings
    from connector.sync.store import Store

SUMMARY = "how it is doing: last good pass, requests, records set aside, what is due next"
LATE = 5
"""Intervals without a good pass after which something is wrong."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The configuration, whose store is looked at."""
    add_config(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 the last good pass is young; 1 it is old, or there was none."""
    from connector.cli.opening import in_order
    from connector.cli.terminal import print_json
    from connector.clock import SystemClock
    from connector.settings import load, warnings
    from connector.sync.store import Store

    settings = load(args.config)
    now = SystemClock().now()
    if not settings.store_path.exists():
        state = _nothing(settings)
    else:
        with in_order(settings), closing(Store(settings.store_url)) as store:
            state = _state(store, settings, now)
    state["warnings"] = warnings(settings, now)
    if args.json:
        print_json(state)
    else:
        _print(state, settings, now)
    return DONE if state["healthy"] else FORESEEN


def _nothing(settings: "Settings") -> dict[str, Any]:
    return {"healthy": False, "store": str(settings.store_path), "last_good_pass": None}


def _state(store: "Store", settings: "Settings", now: int) -> dict[str, Any]:
    passes = store.last_passes(5_000)
    good = store.last_good_pass()
    day = [each for each in passes if each.at > now - 86_400]
    return {
        "healthy": good is not None and now - good <= max(LATE * settings.poll.every, 300),
        "store": str(settings.store_path),
        "last_good_pass": good,
        "last_pass": passes[0]._asdict() if passes else None,
        "passes": len(day),
        "failed": sum(not each.ok for each in day),
        "requests": sum(each.requests for each in day),
        "written": sum(each.written for each in day),
        "tickets": store.count(),
        "open": store.count_open(),
        "next_due": store.next_due(),
        "quarantined": [each._asdict() for each in store.quarantined()],
    }


def _print(state: dict[str, Any], settings: "Settings", now: int) -> None:
    zone = settings.instance.zone
    good = state["last_good_pass"]
    if "last_pass" not in state:
        print(f"nothing yet: no store {state['store']}; begin with: desk-connector plan {settings.path}")
    elif good is None:
        print("no pass has gone through yet")
    else:
        print(f"last good pass  {clock_time(good, zone)} ({age(now - good)} ago)")
    last = state.get("last_pass")
    if last and not last["ok"]:
        print(f"last pass       failed at {clock_time(last['at'], zone)}: {last['trouble']}")
    if last:
        print(
            f"last 24 hours   {count(state['passes'], 'pass', 'passes')}, {state['failed']} failed, "
            f"{count(state['requests'], 'request')}, {count(state['written'], 'write')}"
        )
        due = state["next_due"]
        when = "nothing" if due is None else "now" if due <= now else clock_time(due, zone)
        print(f"tickets         {state['tickets']:,} known, {state['open']:,} open; due next: {when}")
        aside = state["quarantined"]
        print(f"set aside       {count(len(aside), 'record')}")
        for each in aside[:20]:
            since = clock_time(each["at"], zone)
            print(f"  {each['source']} {each['sys_id']}: {each['reason']} (since {since})")
        if len(aside) > 20:
            print(f"  … and {len(aside) - 20} more; --json has all")
    for warning in state["warnings"]:
        print(f"warning: {warning}")

"""``status``: how the connector is doing, from its local store; asks the instance nothing."""

import argparse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.cli.exit import DONE, FORESEEN
from connector.cli.option import add_config, add_json, age, clock_time, count

if TYPE_CHECKING:
    from connector.settings import Settings
    from connector.sync.store import Store

SUMMARY = "how it is doing: last good pass, lag, what is set aside, in doubt, refused or waits for a person"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The configuration, whose store is looked at, or a folder of them."""
    add_config(parser)
    parser.epilog = "Given a folder, it tells of every configuration in it, one line each."
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 the last good pass is young, or none is wanted; 1 it is old, or there was none. Of a folder: all."""
    from connector.cli.fleet import print_states, states
    from connector.cli.terminal import print_json
    from connector.clock import SystemClock
    from connector.settings import load, warnings

    now = SystemClock().now()
    if Path(args.config).is_dir():
        told = states(Path(args.config), now)
        if args.json:
            print_json(told)
        else:
            print_states(told, now)
        return DONE if all(state["healthy"] for state in told) else FORESEEN
    settings = load(args.config)
    state = state_of(settings, now)
    state["warnings"] = warnings(settings, now)
    state["unannounced_holidays"] = _unannounced(settings, now)
    if args.json:
        print_json(state)
    else:
        _print(state, settings, now)
    return DONE if state["healthy"] else FORESEEN


def state_of(settings: "Settings", now: int) -> dict[str, Any]:
    """How one connector is, from its store and the files beside it. Raises `StoreFailed`."""
    from connector.cli.opening import in_order
    from connector.reconcile import halted
    from connector.sync.store import Store

    if not settings.store_path.exists():
        state = _nothing(settings)
    else:
        with in_order(settings), closing(Store(settings.store_url)) as store:
            state = _state(store, settings, now)
    halt = halted(settings)
    if halt is not None:
        state["halt"] = {"kind": halt.kind, "where": halt.where, "text": halt.told(settings)}
    if state["halt"] and state["halt"]["kind"] != "brake":
        state["healthy"] = True  # it is meant
    return state


def _nothing(settings: "Settings") -> dict[str, Any]:
    return {"healthy": False, "store": str(settings.store_path), "last_good_pass": None, "halt": None}


def _unannounced(settings: "Settings", now: int) -> list[dict[str, Any]]:
    """Calendars and the years in reach of limits whose holidays their country has not published."""
    from connector.settings.doubt import HORIZON

    years = sorted({datetime.fromtimestamp(each, UTC).year for each in (now, now + HORIZON)})
    return [
        {"service_hours": name, "year": year}
        for name, compiled in settings.service_hours.items()
        for year in years
        if compiled.unannounced(year)
    ]


def _told(store: "Store", topic: str) -> dict[str, Any]:
    """What the daemon last said on a topic, with when; empty: nothing yet."""
    said = store.told(topic)
    return {} if said is None else {"at": said[0], **said[1]}


def _state(store: "Store", settings: "Settings", now: int) -> dict[str, Any]:
    from connector.daemon.vital import late_after

    passes = store.last_passes(5_000)
    good = store.last_good_pass()
    day = [each for each in passes if each.at > now - 86_400]
    last, gateway, loaded = _told(store, "pass"), _told(store, "gateway"), _told(store, "settings")
    return {
        "healthy": good is not None and now - good <= late_after(settings.poll.every),
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
        "lag": None if good is None else max(0, now - good),
        "in_doubt": last.get("in_doubt", []),
        "held": last.get("held", {}),
        "refused": last.get("refused", []),
        "absent": last.get("absent", {}),
        "gateway": gateway or None,
        "settings": {
            "in_force": loaded.get("in_force"),
            "in_file": settings.digest,
            "reload_failed": loaded.get("reload_failed", ""),
        },
        "quarantined": [each._asdict() for each in store.quarantined()],
        "halt": _there(store),
    }


def _there(store: "Store") -> dict[str, Any] | None:
    """The halt that a property of the instance asked for, as the daemon last heard."""
    from connector.reconcile.halt import PROPERTIES

    told = _told(store, "halt")
    return told if told.get("where", "").startswith(PROPERTIES) else None


def _print(state: dict[str, Any], settings: "Settings", now: int) -> None:
    zone = settings.instance.zone
    if state["halt"]:
        print(f"halted          {state['halt']['text']}")
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
        _print_daemon(state, settings)
    for warning in state["warnings"]:
        print(f"warning: {warning}")


def _print_daemon(state: dict[str, Any], settings: "Settings") -> None:
    """What the daemon left in the store about its last pass, its connection and its settings."""
    zone = settings.instance.zone
    if state["lag"] is not None:
        print(f"behind          {age(state['lag'])}: what changed on the instance before then is judged")
    if state["in_doubt"]:
        print(
            f"in doubt        {', '.join(state['in_doubt'])}: the answer was lost; the next pass reads them"
        )
    for message in state["held"].values():
        print(f"waits for you   {message}")
    if state["refused"]:
        print(f"refused columns {', '.join(state['refused'])}: the instance does not take them from us")
    for message in state["absent"].values():
        print(f"rests           {message}")
    gateway = state["gateway"]
    if gateway:
        at = clock_time(gateway["at"], zone)
        trouble = (
            f", after {gateway['failures']} failures: {gateway['trouble']}" if gateway["trouble"] else ""
        )
        print(f"connection      breaker {gateway['breaker']}{trouble} (at {at})")
        print(f"budget          {_budget(gateway)}")
    loaded = state["settings"]
    if loaded["reload_failed"]:
        print(f"settings        those in the file are not in force: {loaded['reload_failed']}")
    elif loaded["in_force"] not in (None, loaded["in_file"]):
        print("settings        the file has changed since; SIGHUP takes it")


def _budget(gateway: dict[str, Any]) -> str:
    """Our own limit, the instance's rate rule, and how long it wants to be left alone."""
    parts = []
    if gateway["per_minute"] is not None:
        parts.append(f"{gateway['left']} of {gateway['per_minute']} requests a minute left")
    if gateway["hourly_limit"] is not None:
        parts.append(f"{gateway['hourly_used']:,} of the instance's {gateway['hourly_limit']:,} an hour used")
    if gateway["closed_for"]:
        parts.append(f"the instance wants to be left alone for {age(round(gateway['closed_for']))}")
    if gateway["throttled"]:
        parts.append(count(gateway["throttled"], "429 answer"))
    return "; ".join(parts) or "no limit of ours, none told by the instance"

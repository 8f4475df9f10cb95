"""The daemon: its loop, its lock, its log, and how it is watched.

loop      wakes the pass at intervals; signals; a wall clock that steps
lock      one connector a store
notify    what systemd is told, and its watchdog
log       lines with their pass and without secrets
vital     how the daemon is, as values
measure   the same for Prometheus
health    the page on which both can be read
"""

from connector.daemon.lock import only_one
from connector.daemon.loop import Daemon, Transition, live_in_utc

__all__ = ["Daemon", "Transition", "live_in_utc", "only_one"]

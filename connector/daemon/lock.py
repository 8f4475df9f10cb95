"""One connector a store: who has it, and since when."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from connector.clock import SystemClock
from connector.errors import Refused, StoreFailed


@contextmanager
def only_one(path: Path) -> Iterator[TextIO]:
    """Hold the lock of this store.

    Raises `Refused`, naming the process that holds it, its host and since when, and `StoreFailed` where the
    file cannot be written. The lock ends with the process, however it ends.
    """
    with _lock_file(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Refused(
                f"another connector ({_holder(lock.read())}) already works with this store and holds {path}; "
                "two on one instance can say a note twice, also with a store each. Stop that one first."
            ) from None
        mine = {"pid": os.getpid(), "host": socket.gethostname(), "since": SystemClock().now()}
        with suppress(OSError):  # a full disk: the lock holds without the name of its holder
            os.ftruncate(lock.fileno(), 0)
            os.pwrite(lock.fileno(), json.dumps(mine).encode(), 0)
        try:
            yield lock
        finally:
            with suppress(OSError):
                os.ftruncate(lock.fileno(), 0)


def _holder(text: str) -> str:
    """Who says so in the file. It may be half written, or of a connector that wrote its process alone."""
    try:
        told: Any = json.loads(text)
    except ValueError:
        return "process unknown"
    if isinstance(told, int):
        return f"process {told}"
    since = f"{datetime.fromtimestamp(int(told['since']), UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"process {told['pid']} on {told['host']}, since {since}"


def _lock_file(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+", encoding="utf-8")
    except OSError as error:
        raise StoreFailed(
            f"the lock {path}: {error.strerror}; may this user write the file and its folder, and is there "
            "room? [store] path says where it is"
        ) from None

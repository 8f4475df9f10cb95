"""One connector a store, and whoever comes second learns who is there."""

import os
import re
import socket
import stat
from pathlib import Path

import pytest

from connector.daemon import only_one
from connector.errors import Refused


def test_two_with_one_store_would_write_twice(tmp_path: Path) -> None:
    """The second is refused with process, host and since when; when the first has gone the place is free."""
    lock = tmp_path / "desk.lock"
    host, when = re.escape(socket.gethostname()), r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    who = f"process {os.getpid()} on {host}, since {when}"
    with (
        only_one(lock),
        pytest.raises(Refused, match=who),
        only_one(lock),
    ):
        raise AssertionError("both are in")
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    with only_one(lock):
        pass


@pytest.mark.parametrize(
    ("written", "who"),
    [("4711", "process 4711"), ("", "process unknown"), ('{"pid": 4', "process unknown")],
)
def test_a_lock_that_says_less_is_told_as_far_as_it_says(tmp_path: Path, written: str, who: str) -> None:
    """Of a connector of an older version, or on a disk that was full."""
    lock = tmp_path / "desk.lock"
    with only_one(lock):
        lock.write_text(written)
        with pytest.raises(Refused, match=rf"\({who}\)"), only_one(lock):
            raise AssertionError("both are in")

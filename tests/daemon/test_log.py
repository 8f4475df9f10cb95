"""Lines for people and programs: with their pass, without a secret, whatever way it took into the log."""

import base64
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.cli.exit import without_secrets
from connector.daemon.log import JsonFormatter, TextFormatter, in_pass
from connector.settings.secret import Secret

SECRET = 'Gr"ü\\n & geheim-4711'


def _clean(text: str) -> str:
    return without_secrets(text, os.environ)


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger with a handler of each format; the secret has been read from its file."""
    (tmp_path / "password").write_text(SECRET + "\n", encoding="utf-8")
    assert Secret(file="password").read(tmp_path, {}) == SECRET
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(TextFormatter(_clean) if request.param == "text" else JsonFormatter(_clean))
    logger = logging.Logger("connector")  # noqa: LOG001 (apart from what other tests log)
    logger.addHandler(handler)
    yield logger, written
    handler.close()


def test_no_way_of_logging_goes_around_the_cleaning(log: tuple[logging.Logger, io.StringIO]) -> None:
    """In the message, an argument, a traceback, a header, encoded for a URL, for JSON, as repr."""
    logger, written = log
    token = base64.b64encode(f"connector:{SECRET}".encode()).decode()
    logger.warning("the password is %s", SECRET)
    logger.warning(f"the password is {SECRET!r}")  # noqa: G004 (people do so)
    logger.warning("sent %s", json.dumps({"password": SECRET}))
    logger.warning("sent %s", "password=Gr%22%C3%BC%5Cn%20%26%20geheim-4711")
    logger.warning(
        "headers: %s", {"Authorization": f"Basic {token}", "x-sn-apikey": "abcdefgh", "Accept": "*"}
    )
    logger.warning("Authorization: Bearer abc.def.ghi\r\nCookie: JSESSIONID=0815")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.exception("it failed")
    told = written.getvalue()
    for trace in ("geheim", token, "abcdefgh", "abc.def", "0815"):
        assert trace not in told
    assert "it failed" in told
    assert "Accept" in told
    assert told.count("***") >= 7


def test_each_line_names_its_pass(log: tuple[logging.Logger, io.StringIO]) -> None:
    """By its instant, as the journal does; outside a pass there is none."""
    logger, written = log
    with in_pass(1_772_409_600):
        logger.info("two tickets judged")
    logger.info("stopped")
    first, second = written.getvalue().splitlines()
    if first.startswith("{"):
        told = json.loads(first)
        assert told["pass"] == "20260302T000000Z"
        assert told["level"] == "info"
        assert told["message"] == "two tickets judged"
        assert told["time"].endswith("Z")
        assert json.loads(second)["pass"] is None
    else:
        assert first.endswith("INFO [20260302T000000Z] two tickets judged")
        assert second.endswith("INFO stopped")


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_a_message_is_one_record(text: str) -> None:
    """Whatever stands in it: one JSON object a line; in text, what goes on is indented."""
    record = logging.LogRecord("connector", logging.INFO, __file__, 1, "%s", (text,), None)
    assert "\n" not in JsonFormatter(str).format(record)
    json.loads(JsonFormatter(str).format(record))
    lines = TextFormatter(str).format(record).split("\n")
    assert all(line.startswith("    ") for line in lines[1:])

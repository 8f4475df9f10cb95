"""The configurations in ``examples/``: each is accepted, only observes, and works at a desk."""

import re
from pathlib import Path

import pytest

from connector.cli import main
from connector.settings import Settings, load, loads, warnings
from tests.world import MON, Desk

FILES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
SANDBOX = """[instance.auth]
kind = "basic"
user = "connector"
password = { env = "DESK_PASSWORD" }
"""
EXPECTED = re.compile(r"make-up days of \d+ are not announced|has no column for .*: not kept on the tickets")
"""What `check` may warn of: a year to come, and columns that a small desk leaves out on purpose."""


def at_the_sandbox(file: Path) -> Settings:
    """The same, but for whom it speaks to, as whom, and since when."""
    text = re.sub(r"\[instance\.auth\]\n.*?(?=\n\[)", SANDBOX, file.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"(?m)^url = .*", 'url = "http://sandbox.localhost"', text)
    return loads(re.sub(r"(?m)^adopt_from = .*", "adopt_from = 2026-05-01", text))


def test_there_are_three() -> None:
    """A small desk, two desks with a vendor, a hotline."""
    assert [file.stem for file in FILES] == ["hotline", "small-desk", "two-desks"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_check_accepts_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an error, and with no warning that is not meant."""
    assert main(["check", str(file)]) == 0
    assert "only observes" in capsys.readouterr().out
    settings = load(file)
    assert {policy.mode for policy in settings.policies} == {"observe"}
    assert [told for told in warnings(settings, MON) if not EXPECTED.search(told)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_works_at_a_desk(file: Path) -> None:
    """A pass goes through, has something to say about an urgent fault nobody takes, and writes nothing."""
    settings = at_the_sandbox(file)
    with Desk(settings=settings) as desk:
        desk.groups |= {row["name"]: row["sys_id"] for row in desk.instance.rows("sys_user_group")}
        desk.opens("INC1", group=settings.desks[0].first_line[0].group)
        desk.clock.advance(3600)
        report = desk.looks()
        assert report.trouble == ""
        assert report.judged >= 1  # and the roster, which is judged as a whole
        assert report.plan.observed
        assert list(desk.sent()) == []

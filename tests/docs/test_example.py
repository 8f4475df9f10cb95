"""The examples beside the big one: accepted by `check`, and they do at a desk what they say."""

from pathlib import Path

import pytest

from connector.settings import Settings, load, warnings
from tests.world import DAY, HOUR, MINUTE, MON, Desk

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


def enforced(path: Path) -> Settings:
    """The example on the sandbox, with all of its policies enforced."""
    found = load(path)
    policies = tuple(policy.model_copy(update={"mode": "enforce"}) for policy in found.policies)
    there = {"url": "http://sandbox.localhost", "patience": 0, "language": "en"}
    return found.model_copy(
        update={"policies": policies, "instance": found.instance.model_copy(update=there)}
    )


def test_there_are_three() -> None:
    """A small desk, two desks with a vendor, a hotline day and night."""
    assert [path.stem for path in EXAMPLES] == ["hotline", "small-desk", "two-desks"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_check_accepts_it(path: Path) -> None:
    """No doubts but the days that are not announced yet; it only observes, and can be enforced."""
    example = load(path)
    assert {policy.mode for policy in example.policies} == {"observe"}
    assert all("announced" in warning for warning in warnings(example, MON))
    assert all("announced" in warning for warning in warnings(enforced(path), MON))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_works_at_a_desk(path: Path) -> None:
    """Its policies write, contradict each other nowhere, and come to rest."""
    example = enforced(path)
    first = example.desks[0].first_line[0].group
    with Desk(settings=example) as desk:
        desk.groups |= {row["name"]: row["sys_id"] for row in desk.instance.rows("sys_user_group")}
        desk.opens("INC1", group=first if first in desk.groups else "Service Desk", category="network")
        desk.takes("INC1")
        conflicts = []
        for later in (MINUTE, 2 * HOUR, DAY, DAY):
            desk.clock.advance(later)
            conflicts += [each for report in desk.settles() for each in report.plan.conflicts]
        desk.resolves("INC1")
        desk.clock.advance(2 * DAY)
        desk.settles()
        assert conflicts == []
        assert desk.repeated() == []
        assert desk.shows("INC1")["clock"]
        assert desk.said("INC1") or desk.made()

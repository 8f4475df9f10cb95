"""Days at a desk under faults, by seed; `make soak` runs more of them."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.simulation.play import WINDOWS, played
from tests.simulation.script import KINDS, LASTING, Script, Step, write
from tests.simulation.trial import shortest, told, verdict
from tests.world import HOUR, MINUTE

SEEDS = 200
OPENS = Step(21 * HOUR + 45 * MINUTE, "deed", "opens", "INC1")


def test_two_hundred_seeds() -> None:
    """Whatever goes wrong, in the end everything owed is on the records, once, and in time."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        failures = [failure for failure in pool.map(verdict, range(SEEDS), chunksize=4) if failure]
    assert not failures, "\n\n".join(failures)


def test_a_seed_is_the_same_script_for_ever() -> None:
    """What a failing seed prints can be played again."""
    assert write(7) == write(7)
    assert write(7) != write(8)


def test_the_seeds_hold_every_kind_of_fault() -> None:
    """Nothing on the list of faults is left out by chance."""
    assert {step.kind for seed in range(SEEDS) for step in write(seed).steps} >= set(KINDS)
    assert set(LASTING) == set(WINDOWS)


def test_a_failure_is_told_with_its_shortest_script() -> None:
    """A deed that cannot be done fails; what does not matter is cut away, and the command is there."""
    whole = write(3)
    broken = Script(
        3, whole.start, whole.zone, whole.policies, (*whole.steps[:4], Step(900, "deed", "?", "INC1"))
    )
    opened = broken._replace(steps=(Step(0, "deed", "opens", "INC1"), *broken.steps))
    kept = shortest(opened)
    assert [str(step) for step in opened.only(kept).steps][-1] == "day 1 00:15  deed: INC1, ?"
    assert len(kept) < len(opened.steps)
    assert "python -m tests.simulation --first 3 --steps" in told(opened, ["it fails"])


def test_a_run_tells_when_its_passes_wrote(tmp_path: Path) -> None:
    """By that it is known when the days without faults have to be looked at too."""
    with played(write(1059)._replace(steps=(OPENS,)), tmp_path) as desk:
        assert desk.course.wrote
        assert desk.course.wrote < desk.course.good


def test_a_pass_that_was_killed_before_it_wrote_is_none(tmp_path: Path) -> None:
    """Nothing of it stands, so the days without faults make none then. Seed 1059."""
    cut_off = (
        OPENS,
        Step(23 * HOUR + 50 * MINUTE, "outage", "reset before", count=HOUR),
        Step(23 * HOUR + 55 * MINUTE, "killed at a commit", "kept", count=2),
    )
    with played(write(1059)._replace(steps=cut_off), tmp_path) as desk:
        killed = desk.script.start + cut_off[-1].at
        assert killed in desk.course.bad
        assert killed not in desk.course.good

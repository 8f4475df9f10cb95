"""One seed tried: played with its faults and without, and what fails cut down to the shortest script."""

import tempfile
import traceback
from pathlib import Path

from tests.simulation.invariant import astray, broken, comparable, seen_at_once
from tests.simulation.play import played
from tests.simulation.script import Script, write


def try_out(script: Script, *, hasty: bool = False) -> list[str]:
    """Play it and say what is wrong; empty if nothing is. ``hasty``: the first thing that shows will do."""
    with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
        calm = Path(folder) / "calm"
        calm.mkdir()
        try:
            with played(script, Path(folder)) as desk:
                wrong = seen_at_once(desk) if hasty else []
                if wrong:
                    return wrong
                if comparable(script) and not desk.course.doubled:
                    with played(script.faultless, calm, desk.course) as other:
                        wrong = astray(desk, other)
                return [*wrong, *broken(desk)]
        except Exception:  # noqa: BLE001  (whatever it is, the seed has failed)
            return [traceback.format_exc()]


def shortest(script: Script, *, most: int = 60) -> list[int]:
    """The fewest steps (by index) that still fail, as far as ``most`` tries find them."""
    kept = list(range(len(script.steps)))
    size, tries = max(1, len(kept) // 2), 0
    while size and tries < most:
        at, smaller = 0, False
        while at < len(kept) and tries < most:
            left = kept[:at] + kept[at + size :]
            tries += 1
            if left and try_out(script.only(left)):
                kept, smaller = left, True
            else:
                at += size
        if not smaller or size > 1:
            size //= 2
    return kept


def told(script: Script, wrong: list[str]) -> str:
    """A failure for people: what is wrong, the shortest script of it, and the command that plays it again."""
    kept = shortest(script)
    lines = [f"seed {script.seed}: " + "\n  ".join(wrong), "", "The shortest script that fails:"]
    lines += [f"  {step}" for step in script.only(kept).steps]
    lines += [f"  policies: {', '.join(policy['name'] for policy in script.policies)}; {script.zone}", ""]
    lines.append(
        f"Again: python -m tests.simulation --first {script.seed} --steps {','.join(map(str, kept))}"
    )
    return "\n".join(lines)


def verdict(seed: int) -> str:
    """Empty for a seed that holds, else `told`."""
    script = write(seed)
    wrong = try_out(script)
    return told(script, wrong) if wrong else ""


def in_brief(seed: int) -> str:
    """Empty for a seed that holds, else one line."""
    wrong = try_out(write(seed), hasty=True)
    return f"seed {seed}: {wrong[0].strip().splitlines()[-1]}" if wrong else ""

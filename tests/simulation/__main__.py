"""``python -m tests.simulation --first 0 --seeds 5000``: long runs over all cores.

``--steps 3,5,9`` plays only these steps of the first seed. It stops at the first
failure; with ``--all`` it goes on.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.script import write
from tests.simulation.trial import in_brief, try_out, verdict


def main() -> int:
    """Run, and say how many seeds held."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--steps", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--all", action="store_true")
    parser.add_argument(
        "--brief", help="these seeds in this order, one line of a failure, and no search for why"
    )
    asked = parser.parse_args()
    if asked.steps is not None:
        script = write(asked.first).only(asked.steps)
        print(*script.steps, sep="\n")
        wrong = try_out(script)
        print(*(wrong or ["it holds"]), sep="\n")
        return 1 if wrong else 0
    began, failed = time.monotonic(), 0
    seeds: Sequence[int] = range(asked.first, asked.first + asked.seeds)
    look, size = verdict, 4
    if asked.brief:
        seeds, look, size = [int(part) for part in asked.brief.split(",")], in_brief, 1
    with ProcessPoolExecutor(asked.jobs) as pool:
        for done, failure in enumerate(pool.map(look, seeds, chunksize=size), 1):
            if failure:
                failed += 1
                print(failure, flush=True)
                if not asked.all:
                    pool.shutdown(wait=False, cancel_futures=True)
                    break
            if done % 100 == 0:
                print(f"{done} seeds, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{done} seeds from {asked.first}, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

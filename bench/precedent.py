"""What the last incidents of a configuration item cost to find, among few tickets and among many.

Of each store a hundredth of the tickets is of one item that fails all the time, the others of a thousand.
"""

from contextlib import closing
from time import process_time

from bench.figure import Figure
from bench.incident import FIRST, PAGE, Row, hex_id, incident
from connector.instant import platform_time
from connector.reconcile.precedent import LATEST
from connector.sync.store import Store

FEW, MANY = 1_000, 100_000
QUESTIONS = 500


def run() -> list[Figure]:
    few, many = asked(FEW), asked(MANY)
    return [
        Figure(f"a suggestion looked up among {FEW:,} tickets", few * 1000, "ms CPU", "", ""),
        Figure(
            f"a suggestion looked up among {MANY:,} tickets",
            many * 1000,
            "ms CPU",
            "",
            f"{many / few:.1f} × among {FEW:,}",
        ),
    ]


def asked(count: int) -> float:
    """Seconds of CPU for one question: the last tickets of the item, and all that is known of them."""
    with closing(Store()) as store:
        for start in range(0, count, PAGE):
            store.save_tickets([_solved(n) for n in range(start, min(start + PAGE, count))])
        begun = process_time()
        for _ in range(QUESTIONS):
            found = store.solved_before(_item(0), FIRST, FIRST + count + 1, LATEST)
            assert len(store.load(found)) == min(LATEST, count // 100)
        return (process_time() - begun) / QUESTIONS


def _item(n: int) -> str:
    return hex_id(0 if n % 100 == 0 else 1 + n % 1000)


def _solved(n: int) -> Row:
    return {**incident(n, MANY), "cmdb_ci": _item(n), "resolved_at": platform_time(FIRST + n)}

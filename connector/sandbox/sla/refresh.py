"""When the refresh jobs last looked at a running service level (section 4.2).

Between two looks its percentages, time left and breach are stale, as on the platform.
"""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR = 365 * _DAY

JOBS = (
    (0, 10 * _MINUTE, _MINUTE),
    (10 * _MINUTE, _HOUR, 10 * _MINUTE),
    (_HOUR, _DAY, _HOUR),
    (_DAY, 30 * _DAY, _DAY),
    (30 * _DAY, 100 * _YEAR, 5 * _DAY),
)
"""(more than so many seconds before the breach, at most so many, how often); all runs are on the clock."""


def last_look(breach: int, now: int) -> int | None:
    """The latest run up to `now` of the job whose turn it was; None if there was none.

    Once breached it is looked at daily for a year.
    """
    runs = []
    for low, high, every in JOBS:
        at = min(now, breach - low - 1)
        at -= at % every
        if breach - high <= at:
            runs.append(at)
    late = min(now, breach + _YEAR)
    late -= late % _DAY
    if late >= breach:
        runs.append(late)
    return max(runs, default=None)

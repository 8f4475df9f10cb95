"""Where an axis ends and where its lines are."""


def top(most: float) -> tuple[float, float]:
    """(end of the axis, distance of its lines): round numbers, at most five lines, never below ``most``."""
    if most <= 0:
        return 1.0, 1.0
    size = 1.0
    while size * 50 < most:
        size *= 10
    step = next(size * of for of in (1, 2, 5, 10, 20) if size * of * 5 >= most)
    lines = -(-most // step)
    return step * lines, step

"""How it goes with the instance, as figures for `status` and metrics."""

from dataclasses import dataclass

from connector.sync.gateway.breaker import State


@dataclass(frozen=True, slots=True)
class Condition:
    """A gateway at one moment. Times are seconds from then on."""

    breaker: State
    failures: int
    """Requests in a row that had no usable answer."""
    probe_in: float
    """Until the instance is asked again; 0 while the breaker is closed."""
    trouble: str
    """What the last failure was, empty after an answer."""
    requests: int
    """Sent since the start, tokens and repeats counted."""
    repeats: int
    """Of these, sent because an earlier try had failed."""
    throttled: int
    """429 answers."""
    waited: float
    """Seconds spent waiting: for the budget, and before repeats."""
    per_minute: int | None
    """Our own limit, None for none."""
    left: int | None
    """What it has left now."""
    hourly_limit: int | None
    """Of the instance's rate rule, if it told one."""
    hourly_used: int
    """By us in this hour, as far as we know."""
    resets_in: float | None
    """Until that hour ends."""
    closed_for: float
    """As long as the instance asked to be left alone (429); 0: not at all."""
    token_for: float | None
    """Until the access token ends; None where none is held."""
    batch: str
    """``off``, ``on``, or why the Batch API is not used any more."""
    answers: tuple[tuple[str, str, int], ...] = ()
    """(``read`` or ``write``, HTTP status or ``none`` where no answer came, how many) since the start."""

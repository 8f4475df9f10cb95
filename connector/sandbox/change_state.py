"""Which state of a change request may follow which (platform facts, section 4.8).

Standard changes skip Assess and Authorize, emergency changes skip Assess.  What is not under review yet can
be cancelled, what waits for its approval goes back to New, and nothing else goes back.
"""

from connector.sandbox.error import Aborted

RULE = "Change Model: Check State Transition"
RULE_ID = "b6dae9e15317101034d1ddeeff7b1278"

NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED, CANCELED = (
    "-5", "-4", "-3", "-2", "-1", "0", "3", "4",
)  # fmt: skip

WAYS = {
    "normal": (NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
    "standard": (NEW, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
    "emergency": (NEW, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
}
"""Type → its states in their order."""

_BEGINNING = frozenset({NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT})
_REVOCABLE = frozenset({ASSESS, AUTHORIZE})


def may_follow(kind: str, before: str, after: str) -> bool:
    """Whether a change of this type may go from one state to the other; "" as `before` is a new record.

    Types that the stock model does not know go where they like.
    """
    way = WAYS.get(kind)
    if way is None or before == after:
        return True
    if not before:
        return after in way and after in _BEGINNING
    if after == CANCELED:
        return before in _BEGINNING
    if after == NEW and before in _REVOCABLE:
        return True
    return before in way and after in way and way.index(after) == way.index(before) + 1


def check(kind: str, before: str, after: str) -> None:
    """Raises `Aborted`, as the stock business rule does, where the state may not follow."""
    if not may_follow(kind, before, after):
        raise Aborted("change_request", RULE, RULE_ID)

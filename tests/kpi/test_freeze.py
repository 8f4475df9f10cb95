"""A frozen figure says what was said, and shows when the record was changed behind it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.catalogue import indicators
from connector.kpi.freeze import digest, frozen, is_over, packed, unpacked
from connector.kpi.indicator import TicketFact
from connector.kpi.period import Period, PeriodKind
from connector.kpi.score import measure
from connector.ticket import Ticket, TicketState

DAY = Period(PeriodKind.DAY, 0, 86400, "1970-01-01")
CLOSED = Ticket("a", "INC1", 10, 10, 1, TicketState.CLOSED, closed_at=20)
FACTS = [TicketFact(CLOSED, True, True), TicketFact(replace(CLOSED, sys_id="b"), False, None)]
SCORES = measure(indicators(), FACTS, None, [DAY], now=100_000)


@pytest.mark.parametrize("score", SCORES, ids=lambda score: f"{score.scope.kind}-{score.indicator}")
def test_what_was_frozen_comes_back(score):
    """All but the lists, of which the lengths stay."""
    kept = frozen(score, 200_000)
    back = unpacked(packed(kept))
    assert back == replace(kept, numerator=(), denominator=(), left_out=(), kept=score.sizes)
    assert back.sizes == score.sizes


def test_the_digest_covers_every_id():
    """Another ticket with the same outcome gives the same value and another digest."""
    other = measure(
        indicators(), [FACTS[0], TicketFact(replace(CLOSED, sys_id="c"), False, None)], None, [DAY]
    )
    for one, two in zip(SCORES, other, strict=True):
        same = (one.denominator, one.left_out) == (two.denominator, two.left_out)
        assert (digest(one) == digest(two)) is same
        assert digest(one) == digest(replace(one, numerator=tuple(reversed(one.numerator))))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_period_is_over_when_its_grace_is(grace, now):
    """Not a second earlier."""
    assert is_over(DAY, grace, now) is (now >= 86400 + grace)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"about": []}'])
def test_what_is_no_frozen_figure_is_refused(text):
    """A damaged row is an error and not a figure."""
    with pytest.raises(ValueError, match="not a frozen figure"):
        unpacked(text)

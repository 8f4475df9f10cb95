"""One way to write a number."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.numeral import change, hundredth, number, per_cent, share, tenth


@pytest.mark.parametrize(
    ("value", "said"),
    [(93.0, "93.0 %"), (89.97, "89.9 %"), (100.0, "100.0 %"), (0.0, "0.0 %"), (99.99999, "99.9 %")],
)
def test_a_rate_has_one_decimal_and_never_reads_better_than_it_is(value: float, said: str) -> None:
    """Also a whole one, so that all stand alike."""
    assert per_cent(value) == said


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_is_rounded_down_exactly(sides: tuple[int, int]) -> None:
    """By integers, where a binary fraction may hold 57 of 100 as 56.999…."""
    part, whole = sides
    exact = floor(Fraction(1000 * part, whole))
    assert share(part, whole) == f"{exact // 10}.{exact % 10} %"


def test_of_nothing_there_is_no_share() -> None:
    """A dash, not 0 %."""
    assert share(0, 0) == "–"


@pytest.mark.parametrize(
    ("value", "rate", "said"),
    [
        (3.2, True, "+3.2"), (-1.04, True, "−1.0"), (-0.04, True, "±0"), (0.0, True, "±0"),
        (0.0, False, "±0"), (-12.0, False, "−12"), (1_234_567.0, False, "+1,234,567"),
    ],
)  # fmt: skip
def test_a_change_has_a_sign_and_below_zero_a_minus_sign(value: float, rate: bool, said: str) -> None:
    """Not a hyphen, and nothing like -0.0."""
    assert change(value, rate=rate) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (17.0, "17"), (4.5, "4.5"), (10_000_000.0, "10,000,000"), (1234.56, "1,234.56"),
        (-3.0, "−3"), (-1e-12, "0"), (90.0, "90"), (100.0, "100"), (99.995, "99.995"), (4.1 + 4.2, "8.3"),
    ],
)  # fmt: skip
def test_a_number_stands_in_full(value: float, said: str) -> None:
    """Ten million tickets are not 1e+07."""
    assert number(value) == said


@given(st.integers(0, 10**8), st.sampled_from([60, 120]))
def test_hours_are_rounded_half_up_as_by_hand(minutes: int, per: int) -> None:
    """A median of minutes ends in 5 thousandths now and then, and whoever computes it again sees which."""
    exact = Fraction(minutes, per)
    cents = floor(100 * exact + Fraction(1, 2))
    assert hundredth(minutes / per).replace(",", "") == f"{cents // 100}.{cents % 100:02}"


def test_below_zero_also_a_tenth_has_a_minus_sign() -> None:
    """Rounded down still."""
    assert tenth(-0.5) == "−0.5"

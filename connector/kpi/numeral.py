"""How figures are written, in the terminal, on pages, in reports and records alike.

A rate has one decimal and a blank before its sign: ``93.0 %``. It is rounded down, so that 89.97 % under a
target of 90 % does not read "90.0 %, missed" and 100.0 % means all of them; targets, weights and axes stand
as they were set: ``90 %``. What is below zero has a minus sign, not a hyphen. Hours are rounded half up, as
one does by hand: a binary fraction would send one 0.075 up and the next one down.
"""

from decimal import ROUND_HALF_UP, Decimal
from math import floor

MINUS = "\N{MINUS SIGN}"


def tenth(value: float) -> str:
    """``57.0``, rounded down."""
    # The allowance keeps 57 of 100 at 57.0, which a binary fraction may hold as 56.999….
    return f"{floor(value * 10 + 1e-9) / 10:.1f}".replace("-", MINUS)


def per_cent(value: float) -> str:
    """``93.0 %``, rounded down."""
    return f"{tenth(value)} %"


def share(part: int, whole: int) -> str:
    """``93.0 %``, rounded down; a dash of nothing."""
    return per_cent(100 * part / whole) if whole else "–"


def number(value: float) -> str:
    """``1,234``, ``4.5``: in full, with no more decimals than it has."""
    text = f"{value:,.9f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", MINUS)


def change(value: float, *, rate: bool) -> str:
    """``+3.2``, ``−1.0``, ``±0``: the difference of two rates in points, or of two counts."""
    text = f"{value:+.1f}" if rate else f"{value:+,.0f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else "±0"


def hundredth(value: float) -> str:
    """``5,410.08``: half up, of the decimal number that the value is written as."""
    return f"{Decimal(repr(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"

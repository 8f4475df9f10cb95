"""Amounts as they are typed and shown."""

from decimal import Decimal

import pytest
from babel.numbers import get_currency_symbol
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.money import amount, currency_of, locale_of, plain, shown

NUMBERS = st.decimals(-(10**9), 10**9, places=4)
LOCALES = ["en_US", "de_DE", "fr_FR", "zh_Hans_CN", "de_CH", "ja_JP", "en_IN"]


@given(NUMBERS, st.sampled_from(LOCALES))
def test_what_is_shown_is_read_back(number: Decimal, locale: str) -> None:
    """Once its sign is off, in every locale; zeros at the end do not matter."""
    text = shown(number, "EUR", locale, leading=True, places=4)
    assert amount(text.replace(get_currency_symbol("EUR", locale), ""), locale) == ("", number)


@given(NUMBERS)
def test_a_plain_number_is_read_back_and_has_no_zeros_at_its_end(number: Decimal) -> None:
    """And no sign of its own where it is nothing."""
    text = plain(number, 4)
    assert amount(text) == ("", number)
    assert "." not in text or not text.endswith(("0", "."))
    assert text != "-0"


@given(NUMBERS, st.sampled_from([2, 4]))
def test_at_least_two_places_are_shown(number: Decimal, places: int) -> None:
    """And no more than there are."""
    text = shown(number, "USD", "en_US", leading=True, places=places)
    assert 2 <= len(text.rpartition(".")[2]) <= places


@pytest.mark.parametrize(
    ("text", "locale", "currency"),
    [
        ("de_DE", "de_DE", "EUR"),
        ("de.DE", "de_DE", "EUR"),
        ("_CN", "zh_Hans_CN", "CNY"),
        ("xx_US", "en_US", "USD"),
        ("fr_CH", "fr_CH", "CHF"),
    ],
)
def test_locales_and_their_money(text: str, locale: str, currency: str) -> None:
    """As properties and as users have them; a language that is none leaves the country's own."""
    assert locale_of(text) == locale
    assert currency_of(locale) == currency


@pytest.mark.parametrize("text", ["", "_XX", "de", "de_XX", "..", "de_DE_DE_DE_DE"])
def test_no_locale(text: str) -> None:
    """The next in line counts."""
    assert locale_of(text) == ""


@pytest.mark.parametrize("text", ["", " ", ";", "EUR;", "EU;1", "1e5", "NaN", "Infinity", "1.2.3", "٣"])
def test_no_amount(text: str) -> None:
    """Nor anything that only Python takes for a number."""
    assert amount(text) is None
    assert amount(text, "en_US") is None

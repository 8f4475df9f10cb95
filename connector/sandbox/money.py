"""Amounts of money as people type them and as they are shown, and what a locale means for both.

Locales, signs and the currencies of countries come from the CLDR by way of Babel, which is imported when the
first amount is read; the platform takes them from Java, which has the same source.
"""

import re
from decimal import Decimal
from functools import lru_cache

SYSTEM = "en_US"
"""The locale of an instance whose property `glide.system.locale` is empty: Java's, "typically en.US"."""

_PREFIXED = re.compile(r"(?:([A-Za-z]{3});)?\s*(\S(?:.*\S)?)\s*\Z", re.DOTALL)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
_MARKED = re.compile(r"[-+\N{MINUS SIGN}]?[0-9][0-9.,'\N{RIGHT SINGLE QUOTATION MARK}\s]*\Z")


@lru_cache(maxsize=64)
def locale_of(text: str) -> str:
    """The locale that "de_DE", "de.DE" or "_DE" (a country alone) names; "" where there is none."""
    from babel import Locale, UnknownLocaleError

    language, _, country = text.replace(".", "_").partition("_")
    for wanted in (language, "und"):
        try:
            return str(Locale.parse(f"{wanted}_{country}"))
        except (UnknownLocaleError, ValueError):
            continue
    return ""


@lru_cache(maxsize=64)
def currency_of(locale: str) -> str:
    """The ISO code of the money that a locale's country uses today; USD for a locale without a country."""
    from babel import Locale
    from babel.numbers import get_territory_currencies

    country = Locale.parse(locale).territory
    return next(iter(get_territory_currencies(country) if country else []), "USD")


def amount(text: str, locale: str = "") -> tuple[str, Decimal] | None:
    """What was typed: the currency before the semicolon ("" for none) and the number; None for neither.

    The number is plain (1234.56), or with a `locale` also as its people write it (1.234,56).
    """
    found = _PREFIXED.match(text)
    if found is None:
        return None
    code, number = (found[1] or "").upper(), found[2]
    if locale and _MARKED.match(number):
        from babel.numbers import NumberFormatError, parse_decimal

        try:
            return code, parse_decimal(number, locale=locale, strict=True)
        except NumberFormatError:
            pass
    return (code, Decimal(number)) if _PLAIN.match(number) else None


def plain(number: Decimal, places: int) -> str:
    """Without marks, rounded to so many places, trailing zeros removed."""
    text = f"{round(number, places):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def shown(number: Decimal, currency: str, locale: str, *, leading: bool, places: int) -> str:
    """With the sign of `currency` and in the form of `locale`, two places at least, `places` at most.

    `leading` puts the sign before the number, as the platform's examples do; otherwise it stands where the
    locale has it.
    """
    from babel import Locale
    from babel.numbers import format_currency

    form = Locale.parse(locale).currency_formats["standard"].pattern.partition(";")[0]
    if leading:
        form = "¤" + re.sub(r"[^#0.,]", "", form)
    form = re.sub(r"0\.0+#*|0(?![.0#])", "0.00" + "#" * (places - 2), form)
    rounded = round(number, places)
    return format_currency(rounded, currency, format=form, locale=locale, currency_digits=False)

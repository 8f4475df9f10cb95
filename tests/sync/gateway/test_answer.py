"""When an instance that says 429 or 503 wants to be asked again, in every way of saying it."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Response

from connector.sync.gateway.answer import rate_rule, retry_after

AT = 1_780_286_400
"""What the instance's clock shows; ours is not asked."""


def answer(**headers: str) -> Response:
    """With these headers, ``_`` for ``-``."""
    response = Response()
    response.headers.update({name.replace("_", "-"): text for name, text in headers.items()})
    return response


def on(moment: int) -> str:
    """An instant as a header says it."""
    return formatdate(moment, usegmt=True)


@given(st.integers(0, 10**9))
def test_each_way_of_saying_it_is_so_many_seconds(seconds: int) -> None:
    """In seconds, as a date, or only as the end of the rate rule's hour."""
    then = AT + seconds
    assert retry_after(answer(Retry_After=f" {seconds} ")) == seconds
    assert retry_after(answer(Date=on(AT), Retry_After=on(then))) == seconds
    assert retry_after(answer(Date=on(AT), X_RateLimit_Reset=str(then))) == seconds
    assert retry_after(answer(Date=on(then + 1), Retry_After=on(then))) == 0
    assert retry_after(answer(Date=on(AT), Retry_After=str(seconds), X_RateLimit_Reset="1")) == seconds


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Date": on(AT)},
        {"Retry_After": on(AT)},
        {"X_RateLimit_Reset": str(AT)},
        {"Date": on(AT), "Retry_After": "soon"},
        {"Date": on(AT), "Retry_After": "-5"},
        {"Date": on(AT), "Retry_After": "1.5"},
        {"Date": on(AT), "Retry_After": "٣"},
        {"Date": "today", "Retry_After": on(AT)},
        {"Date": on(AT), "Retry_After": "9" * 400},
    ],
)
def test_what_says_nothing_is_no_time(headers: dict[str, str]) -> None:
    """A full semaphore names none, and nonsense is none: how long to wait is ours then."""
    assert retry_after(answer(**headers)) is None


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_header_breaks_the_reading(date: str, after: str, reset: str, limit: str) -> None:
    """Whatever a proxy on the way put there."""
    told = answer(Date=date, Retry_After=after, X_RateLimit_Reset=reset, X_RateLimit_Limit=limit)
    seconds, rule = retry_after(told), rate_rule(told)
    assert seconds is None or seconds >= 0
    assert rule is None or rule[2] >= 0

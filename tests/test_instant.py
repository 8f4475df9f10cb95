"""Date-times of the platform."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.instant import instant, instants, platform_time


@given(st.integers(-(2**33), 2**35))
def test_there_and_back(at: int) -> None:
    """What we write as text reads as the same instant, and as the calendar of the standard library has it."""
    assert instant(platform_time(at)) == at
    assert platform_time(at) == datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


@given(st.text(max_size=25))
def test_a_text_is_a_date_or_refused(text: str) -> None:
    """No text is read as an instant that does not write itself so again."""
    try:
        at = instant(text)
    except ValueError:
        return
    assert (at is None and text == "") or (at is not None and platform_time(at) == text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30 10:00:00",
        "2026-01-31",
        "2026-01-31T10:00:00",
        "2026-01-31 24:00:00",
        "2026-01-31 10:00:60",
        "31/1/2026 10:00",
        "2026-01-31 10:00:00Z",
        "2026-01-31 1:000:00",
        "UNKNOWN",
        " 2026-01-31 10:00:00",
    ],
)
def test_a_broken_date_is_refused(text: str) -> None:
    """Every likely way of not being a raw date-time is an error, not a guess."""
    with pytest.raises(ValueError, match=r"not a date-time|not in the calendar"):
        instant(text)


@given(
    st.lists(st.integers(-(2**33), 2**35).map(platform_time) | st.sampled_from(["", "2026-02-30 10:00:00"]))
)
def test_many_at_once_are_what_each_is(texts: list[str]) -> None:
    """Or refused as the first that is none."""
    try:
        alone = [instant(text) for text in texts]
    except ValueError as error:
        with pytest.raises(ValueError, match=str(error)):
            instants(texts)
    else:
        assert instants(texts) == alone

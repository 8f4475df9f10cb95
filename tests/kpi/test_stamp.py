"""Times of a file are read alike, and a file that does not tell the order says so."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.stamp import Stamps

ZONE = ZoneInfo("Asia/Shanghai")
LOCAL = datetime(2016, 3, 2, 1, 16, tzinfo=ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "2/3/2016 01:16", "02/03/2016 01:16:00", "2016-03-02 01:16", "2016-03-02T01:16:00", "2.3.2016 1:16",
        "2016/3/2 01:16", "2016年3月2日 01:16", "2016-03-01T17:16:00Z", "2016-03-02 02:16 +09:00",
        "02-03-16 01:16 AM", "2016-03-02 01:16:00.123",
    ],
)  # fmt: skip
def test_one_moment_in_many_hands(text):
    """Day first where nothing says otherwise, the zone of the file where there is no offset."""
    assert Stamps([text], ZONE).get(text) == int(LOCAL.timestamp())


def test_one_time_settles_the_order_of_all():
    """A 31st in second place makes all of the file American."""
    stamps = Stamps(["3/2/2016 01:16", "1/31/2016"], ZONE)
    assert (stamps.order, stamps.clear) == ("month first", True)
    assert stamps.get("3/2/2016 01:16") == int(LOCAL.timestamp())


def test_a_file_that_does_not_tell_says_so():
    """Day first is taken, not known."""
    assert (Stamps(["3/2/2016"], ZONE).order, Stamps(["3/2/2016"], ZONE).clear) == ("day first", False)
    assert Stamps(["2016-03-02"], ZONE).clear
    assert Stamps(["13/2/2016", "2/13/2016"], ZONE).contradicts


@pytest.mark.parametrize(
    "text", ["", "?", "32/1/2016", "2016-02-30", "1.5", "yesterday", "25:00", "1/1/2016 24:30"]
)
def test_what_is_no_time_is_none(text):
    """Nothing is guessed."""
    assert Stamps([text], ZONE).get(text) is None


@given(
    st.integers(946_684_800, 4_070_908_800).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M"]),
)
def test_a_written_time_comes_back(moment, form):
    """Whatever is written day first, or year first, is read as written."""
    text = moment.strftime(form)
    read = Stamps([text, "31/1/2016"], ZoneInfo("UTC")).get(text)
    assert read == int(moment.replace(second=0, microsecond=0, tzinfo=UTC).timestamp())

"""Nothing is lost and nothing doubled, whatever moves while we read."""

from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Retriable, Unavailable
from connector.sandbox import Fault, in_process
from connector.sync import poll as polling
from connector.sync.gateway import Page
from connector.sync.poll import Source, poll
from connector.sync.store import Store
from tests.sync.conftest import FIELDS, NOON, Bench

DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("touch"), st.integers(0, 30)),
        st.tuples(st.just("open"), st.integers(0, 100)),
        st.tuples(st.just("tick"), st.integers(0, 3)),
    ),
    max_size=25,
)


def _do(bench: Bench, deed: tuple[str, int], ids: list[str]) -> None:
    """One thing that happens on the instance: somebody writes, a row appears late, time passes."""
    kind, number = deed
    if kind == "touch" and ids:
        bench.touches(ids[number % len(ids)])
    elif kind == "open":
        bench.now -= number  # a row whose long transaction ended only now carries its old stamp
        ids += bench.opens()
        bench.now += number
    elif kind == "tick":
        bench.now += number


@given(
    page=st.integers(1, 5),
    before=st.integers(0, 12),
    hidden=st.integers(0, 2),
    deeds=DEEDS,
    every=st.integers(1, 3),
)
@settings(max_examples=25, deadline=None)
def test_paging_law(page: int, before: int, hidden: int, deeds: list[tuple[str, int]], every: int) -> None:
    """Any page size, any row moving while we page, any row late by less than the overlap: each is seen."""
    with closing(Bench()) as bench:
        ids = bench.opens(before)
        if hidden:
            bench.instance.hide("incident", f"numberENDSWITH{hidden}", "connector")
        left = list(deeds)

        def between() -> None:
            for _ in range(every):
                if left:
                    _do(bench, left.pop(0), ids)

        with in_process(bench.rest) as bench.url:
            bench.faults.add(Fault.between(between), times=None)
            for _ in range(40):
                bench.poll(page)
                bench.now += 7
                if not left:
                    break
            bench.faults.clear()
            bench.now += 20
            bench.poll(page)
            again = bench.poll(page)
        readable = {
            row["sys_id"]: row["sys_mod_count"]
            for row in bench.instance.rows("incident")
            if not (hidden and row["number"].endswith(str(hidden)))
        }
        assert bench.mirrored() == readable
        assert again.saved == 0


def test_two_records_changed_in_the_same_second(bench: Bench) -> None:
    """The second sibling is seen although the cursor stands on their common second."""
    one, two = bench.opens(2)
    bench.poll()
    bench.now += 60
    bench.touches(one)
    bench.poll()
    bench.touches(two)
    bench.poll()
    assert bench.mirrored() == bench.real()


def test_more_rows_in_one_second_than_a_page(bench: Bench) -> None:
    """The sys_id goes on where the stamp stands still."""
    bench.opens(11)
    assert bench.poll(3).saved == 11
    assert bench.mirrored() == bench.real()


def test_a_record_that_moves_while_pages_are_read(bench: Bench) -> None:
    """A record read already and changed since is read again; none slips through the gap it leaves."""
    ids = []
    for _ in range(9):
        ids += bench.opens()
        bench.now += 1
    bench.faults.add(Fault.between(lambda: bench.touches(ids[0])), lambda call: call.nth == 2)
    bench.faults.add(Fault.between(lambda: bench.touches(ids[5])), lambda call: call.nth == 2)
    bench.poll(3)
    assert bench.mirrored() == bench.real()


def test_a_row_that_becomes_visible_late(bench: Bench) -> None:
    """A row stamped before what we read already is found by the overlap."""
    bench.opens()
    bench.now += 300
    bench.opens()
    bench.poll()
    bench.now -= 100
    (late,) = bench.opens()
    bench.now += 105
    assert bench.poll().saved == 1
    assert late in bench.mirrored()


def test_a_stretch_of_rows_that_may_not_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty pages with more behind them are passed, also where no page can hold the whole stretch."""
    monkeypatch.setattr(polling, "WIDEST", 4)
    for _ in range(30):
        bench.opens()
        bench.now += 1
    bench.instance.hide("incident", "number>=INC0010005^number<=INC0010026", "connector")
    assert bench.poll(2).saved == 8


def test_one_request_when_nothing_is_new(bench: Bench) -> None:
    """A quiet table costs one request and nothing is saved."""
    bench.opens(5)
    bench.poll()
    bench.now += 3600
    quiet = bench.poll()
    assert (quiet.pages, quiet.saved) == (1, 0)
    assert bench.gateway.requests_sent == 2


FAULTS: list[Callable[[], Fault]] = [
    Fault.hibernating,
    Fault.empty,
    Fault.accepted,
    Fault.truncated,
    Fault.cancelled,
    lambda: Fault.cancelled(broken=True),
    Fault.server_error,
    Fault.unavailable,
    lambda: Fault.rate_limited(retry_after=0),
    Fault.busy,
    Fault.refused,
    Fault.reset_before,
    Fault.timeout_after,
]


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("make", FAULTS)
def test_no_answer_keeps_the_cursor(bench: Bench, make: Callable[[], Fault], nth: int) -> None:
    """HTML, 202, cut JSON, an error in a 200 …: the pass ends, what was saved stays, the next one goes on."""
    for _ in range(9):
        bench.opens()
        bench.now += 1
    bench.faults.add(make(), lambda call: call.nth == nth)
    with pytest.raises(Retriable):
        bench.poll(3)
    assert len(bench.mirrored()) == 3 * (nth - 1)
    reached = bench.store.cursor("incident")
    assert (reached is None) == (nth == 1)
    bench.poll(3)
    assert bench.mirrored() == bench.real()


def test_a_page_that_is_too_much_becomes_smaller(bench: Bench) -> None:
    """After a page the instance could not deliver, the next poll asks for half, then for all again."""
    bench.opens(130)
    bench.faults.add(Fault.cancelled())
    with pytest.raises(Unavailable):
        bench.poll(120)
    bench.rest.requests.clear()
    bench.poll(120)
    assert [request.params["sysparm_limit"] for request in bench.rest.requests] == ["60", "120"]
    bench.rest.requests.clear()
    bench.poll(120)
    assert bench.rest.requests[0].params["sysparm_limit"] == "120"


def test_amnesia(bench: Bench) -> None:
    """An empty store sees the same world."""
    for _ in range(7):
        bench.opens()
        bench.now += 50
    bench.poll(2)
    seen = bench.mirrored()
    bench.store.close()
    bench.store = Store()
    bench.poll(3)
    assert bench.mirrored() == seen == bench.real()


def test_another_column_begins_again(bench: Bench) -> None:
    """Rows known without a column that is asked for since are read again."""
    bench.opens(3)
    bench.now += 3600
    bench.poll()
    poll(bench.gateway, Source("incident", (*FIELDS, "category")), bench.store)
    assert {m.row["category"] for m in bench.store.load(list(bench.mirrored()))} == {"inquiry"}


def test_since_is_where_it_begins(bench: Bench) -> None:
    """Without a cursor, what is older than ``since`` is left alone."""
    bench.opens(2)
    bench.now += 100
    bench.opens(1)
    assert bench.poll(since=NOON + 50).saved == 1


class Scripted:
    """A reader that says what it was told to."""

    def __init__(self, *pages: list[dict[str, str]]) -> None:
        self.pages = list(pages)

    def page(self, *_: object, **__: object) -> polling.Read:
        """The next page of the script."""
        return Page(self.pages.pop(0), NOON, bool(self.pages))

    def by_ids(self, *_: object) -> dict[str, dict[str, str]]:
        """Nothing."""
        return {}


def _row(sys_id: str, stamp: str) -> dict[str, str]:
    return {"sys_id": sys_id, "sys_updated_on": stamp}


@pytest.mark.parametrize(
    "pages",
    [
        [[_row("b", "2026-06-01 00:00:01"), _row("a", "2026-06-01 00:00:01")]],
        [[_row("a", "2026-06-01 00:00:02"), _row("b", "2026-06-01 00:00:01")]],
        [[_row("a", "2026-06-01 00:00:01"), _row("a", "2026-06-01 00:00:01")]],
        [[_row("a", "2026-06-01 00:00:02")], [_row("b", "2026-06-01 00:00:01")]],
        [[{"sys_id": "a"}]],
        [[{"sys_updated_on": "2026-06-01 00:00:01"}]],
        [[_row("a", "")]],
        [[_row("a", "tomorrow")]],
    ],
)
def test_rows_out_of_order_or_without_key_stop_the_poll(pages: list[list[dict[str, str]]]) -> None:
    """If the platform's order cannot be trusted, going on would lose rows without a word."""
    with closing(Store()) as store:
        with pytest.raises(Unavailable):
            poll(Scripted(*pages), Source("incident", FIELDS), store)
        assert store.count() == (len(pages) - 1)


def test_a_query_that_cannot_be_paged_is_a_mistake() -> None:
    """^NQ and ORDERBY in the base query would break out of the pages."""
    for query in ("a=1^NQb=2", "ORDERBYnumber"):
        with pytest.raises(ValueError, match="cannot hold"):
            Source("incident", FIELDS, query)


def test_a_hidden_row_that_moves_pulls_nothing_out_of_sight(bench: Bench) -> None:
    """A hidden row moves away while its stretch is passed; the first readable row is not skipped."""
    ids = []
    for _ in range(4):
        ids += bench.opens()
        bench.now += 300
    numbers = [bench.instance.get("incident", sys_id)["number"] for sys_id in ids[:2]]  # type: ignore[index]
    bench.instance.hide("incident", f"numberIN{','.join(numbers)}", "connector")
    bench.faults.add(Fault.between(lambda: bench.touches(ids[0])), lambda call: call.nth == 2)
    bench.poll(2)
    assert set(bench.mirrored()) == set(ids[2:])


@pytest.mark.parametrize("sys_id", ["x^active=true", "x\nactive=true", "x\u2028"])
def test_a_key_that_could_become_a_condition_is_not_asked_with(bench: Bench, sys_id: str) -> None:
    """What comes back as a sys_id goes into the next query; one that is none ends the poll."""
    asked = []

    class Odd:
        """An instance, or somebody before it, that answers with such a key and says there is more."""

        def page(self, table: str, query: str, fields: object, **_: object) -> Page:
            """The one row."""
            asked.append(query)
            row = {"sys_id": sys_id, "sys_updated_on": "2026-06-01 00:00:00"}
            return Page([row], NOON, True)

    with pytest.raises(Unavailable, match="a sys_id that is none"):
        poll(Odd(), Source("incident", ("sys_id", "sys_updated_on")), bench.store)  # type: ignore[arg-type]
    assert len(asked) == 1

"""The daily comparison: what no poll can see."""

from connector.sync.poll import Source, poll, sweep
from tests.sync.conftest import FIELDS, NOON, Bench


def test_the_daily_sweep(bench: Bench) -> None:
    """It finds what was deleted, and what changed without a new stamp, and moves no cursor."""
    gone, silent, closed = bench.opens(3)
    bench.poll()
    cursor = bench.store.cursor("incident")
    bench.instance.delete("incident", gone)
    bench.instance.update("incident", silent, {"short_description": "quietly"}, suppress=True)
    bench.instance.update(
        "incident", closed, {"state": "7", "close_code": "Duplicate", "close_notes": "x"}, user="admin"
    )
    swept = sweep(bench.gateway, bench.store, Source("incident", FIELDS, page=1))
    assert (swept.changed, swept.gone, swept.missing) == (2, (gone,), 0)
    assert bench.mirrored() == bench.real()
    assert bench.store.cursor("incident") == cursor


def test_the_sweep_finds_a_closed_ticket_that_had_been_hidden(bench: Bench) -> None:
    """Out of sight during one sweep and closed by the next, it comes back: a call-back may be owed for it."""
    (hidden,) = bench.opens(1)
    bench.instance.update(
        "incident", hidden, {"state": "7", "close_code": "Duplicate", "close_notes": "x"}, user="admin"
    )
    source = Source("incident", FIELDS)
    assert sweep(bench.gateway, bench.store, source, closed_since=bench.now - 3600).changed == 1
    assert bench.mirrored() == bench.real()
    bench.store.forget([hidden])
    assert sweep(bench.gateway, bench.store, source, closed_since=bench.now + 3600).changed == 0


def test_the_sweep_does_not_believe_that_all_are_gone(bench: Bench) -> None:
    """When most tickets vanish at once, an access rule changed; none is forgotten."""
    bench.opens(30)
    bench.poll()
    bench.instance.hide("incident", "numberSTARTSWITHINC", "connector")
    swept = sweep(bench.gateway, bench.store, Source("incident", FIELDS))
    assert (swept.gone, swept.missing) == ((), 30)
    assert len(bench.mirrored()) == 30


def test_the_sweep_sees_what_was_taken_off_a_ticket(bench: Bench) -> None:
    """An article detached by a person leaves no stamp anywhere; its ticket is judged again without it."""
    one, two = bench.opens(2)
    article = bench.instance.insert("kb_knowledge", {"short_description": "x"})["sys_id"]
    links = [
        bench.instance.insert("m2m_kb_task", {"task": task, "kb_knowledge": article})["sys_id"]
        for task in (one, two)
    ]
    source = Source("m2m_kb_task", ("sys_id", "sys_updated_on", "kb_knowledge", "task"))
    bench.poll()
    poll(bench.gateway, source, bench.store)
    bench.store.look_again(dict.fromkeys((one, two)))
    bench.instance.delete("m2m_kb_task", links[0])
    assert sweep(bench.gateway, bench.store, source).gone == (links[0],)
    assert bench.store.due(NOON) == [one]
    assert [len(mirrored.articles) for mirrored in bench.store.load([one, two])] == [0, 1]

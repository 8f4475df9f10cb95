"""The mirror: what changed, and what belongs to it, is due."""

from collections.abc import Callable, Mapping

import pytest

from connector.sync.history import Change
from connector.sync.store import Mirrored, Store, Waiting
from tests.sync.store.incident import NEVER, incident, settle, sys_id_of


def test_what_changed_is_due_and_what_did_not_is_not(store: Store) -> None:
    """The same row again is no news; another value is, at once."""
    assert store.save_tickets([incident(1), incident(2)], 10) == 2
    assert store.due(0) == [sys_id_of(1), sys_id_of(2)]
    store.look_again({sys_id_of(1): 500, sys_id_of(2): None})
    assert store.save_tickets([incident(1), incident(2)], 11) == 0
    assert store.due(499) == []
    assert store.due(500) == [sys_id_of(1)]
    assert store.next_due() == 500
    assert store.save_tickets([incident(2, state="2")], 12) == 1
    assert store.due(0) == [sys_id_of(2)]


BELONGINGS: list[tuple[str, Callable[[Store, dict[str, str]], int], dict[str, str]]] = [
    ("change", Store.save_changes, {"documentkey": sys_id_of(1), "fieldname": "state"}),
    ("task", Store.save_tasks, {"incident": sys_id_of(1)}),
    ("article by number", Store.save_articles, {"source": "INC1"}),
    ("article by id", Store.save_articles, {"source": sys_id_of(1)}),
    ("link", Store.save_links, {"task": sys_id_of(1), "kb_knowledge": sys_id_of(7)}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "save", "row"), BELONGINGS, ids=[what for what, _, _ in BELONGINGS])
def test_what_belongs_to_a_ticket_makes_it_due(
    store: Store, what: str, save: Callable[..., int], row: dict[str, str]
) -> None:
    """A crash between polling and judging loses nothing, for being due is saved with the row."""
    settle(store, 1, 2)
    assert save(store, [{"sys_id": sys_id_of(9), **row}], 5) == 1
    assert store.due(NEVER) == [sys_id_of(1)], what
    settle(store, 1)
    assert save(store, [{"sys_id": sys_id_of(9), **row}], 6) == 0
    assert store.due(NEVER) == []


def test_an_article_that_changes_reaches_the_tickets_it_is_attached_to(store: Store) -> None:
    """Published since: every ticket that has it attached is looked at again."""
    store.save_articles([{"sys_id": sys_id_of(7), "number": "KB7", "source": "x", "workflow_state": "draft"}])
    store.save_links([{"sys_id": sys_id_of(8), "task": sys_id_of(2), "kb_knowledge": sys_id_of(7)}])
    settle(store, 1, 2)
    store.save_articles(
        [{"sys_id": sys_id_of(7), "number": "KB7", "source": "x", "workflow_state": "published"}]
    )
    assert store.due(NEVER) == [sys_id_of(2)]
    (mirrored,) = store.load([sys_id_of(2)])
    assert [(a["number"], a["workflow_state"], a["linked"]) for a in mirrored.articles] == [
        ("KB7", "published", "true")
    ]


def test_all_that_belongs_to_a_ticket_comes_with_it(store: Store) -> None:
    """Changes in order of time, tasks, articles born from it and attached, each once."""
    settle(store, 1, 2)
    audit = {"documentkey": sys_id_of(1), "fieldname": "state", "user": "wang"}
    store.save_changes(
        [
            audit
            | {
                "sys_id": sys_id_of(21),
                "oldvalue": "2",
                "newvalue": "6",
                "sys_created_on": "2026-06-01 02:00:00",
            },
            audit
            | {
                "sys_id": sys_id_of(22),
                "oldvalue": "1",
                "newvalue": "2",
                "sys_created_on": "2026-06-01 01:00:00",
            },
        ]
    )
    store.save_tasks([{"sys_id": sys_id_of(31), "incident": sys_id_of(1), "state": "1"}])
    store.save_articles([{"sys_id": sys_id_of(41), "number": "KB1", "source": "INC1"}])
    store.save_links(
        [
            {"sys_id": sys_id_of(51), "task": sys_id_of(1), "kb_knowledge": sys_id_of(41)},
            {"sys_id": sys_id_of(52), "task": sys_id_of(1), "kb_knowledge": sys_id_of(42)},
        ]
    )
    one, two = store.load([sys_id_of(1), sys_id_of(2), sys_id_of(3)])
    assert one.changes == [
        Change(1_780_275_600, "state", "1", "2", "wang"),
        Change(1_780_279_200, "state", "2", "6", "wang"),
    ]
    assert [task["sys_id"] for task in one.tasks] == [sys_id_of(31)]
    assert [(a["sys_id"], a["linked"]) for a in one.articles] == [
        (sys_id_of(41), "true"),
        (sys_id_of(42), "true"),
    ]
    assert (len(two.changes), len(two.tasks), len(two.articles)) == (0, 0, 0)


def test_what_people_wrote_is_not_kept(store: Store) -> None:
    """Of a work note only the fact remains, with who and when."""
    settle(store, 1)
    note = {
        "sys_id": sys_id_of(9),
        "documentkey": sys_id_of(1),
        "fieldname": "work_notes",
        "newvalue": "密",
        "user": "wang",
    }
    store.save_changes([note | {"sys_created_on": "2026-06-01 00:00:00"}])
    assert store.load([sys_id_of(1)])[0].changes == [Change(1_780_272_000, "work_notes", "", "", "wang")]


SPAN = {
    "sys_id": sys_id_of(9),
    "field": "state",
    "field_value": "2",
    "start": "2026-06-01 01:00:00",
    "end": "",
}
METRIC = {"id": sys_id_of(1), "sys_mod_count": "0", "sys_updated_on": "2026-06-01 01:00:30"}


def test_a_metric_comes_again_when_its_span_ends(store: Store) -> None:
    """Each version makes its ticket due once; what nobody needs of it is not kept."""
    settle(store, 1, 2)
    row = {**SPAN, **METRIC}
    assert store.save_metrics([row], 5) == 1
    assert store.due(NEVER) == [sys_id_of(1)]
    assert store.load([sys_id_of(1)])[0].metrics == [SPAN]
    settle(store, 1)
    ended = {"end": "2026-06-01 02:00:00", "sys_mod_count": "1"}
    assert [store.save_metrics([each], 6) for each in (row, row | ended, row | ended)] == [0, 1, 0]
    assert store.due(NEVER) == [sys_id_of(1)]
    assert [metric["end"] for metric in store.load([sys_id_of(1)])[0].metrics] == ["2026-06-01 02:00:00"]


@pytest.mark.parametrize("again", [None, 0, 500, 900])
@pytest.mark.parametrize("more", [{"sys_mod_count": "1"}, {"state": "2"}, {"number": "INC7"}])
def test_an_instant_given_for_a_changed_ticket_is_kept(
    store: Store, again: int | None, more: dict[str, str]
) -> None:
    """Whether it is the one that was known (500) or another, whatever of the ticket has changed."""
    store.save_tickets([incident(1, state="1"), incident(2, state="1")])
    store.look_again({sys_id_of(1): 500, sys_id_of(2): 500})
    changed = incident(1, state="1") | more
    assert store.save("incident", [changed], look=lambda *_: {sys_id_of(1): again}) == 1
    assert [one.row for one in store.load([sys_id_of(1)])] == [changed]
    assert store.due(499) == ([sys_id_of(1)] if again == 0 else [])
    assert set(store.due(500)) == {sys_id_of(2)} | ({sys_id_of(1)} if again in (0, 500) else set())
    assert set(store.due(900)) == {sys_id_of(2)} | ({sys_id_of(1)} if again is not None else set())


@pytest.mark.parametrize(("was", "now"), [("ab", "a"), ("a", "ab"), ("", "a"), ("a", "")])
def test_a_ticket_is_only_touched_where_nothing_but_the_stamps_differs(
    store: Store, was: str, now: str
) -> None:
    """Also where the last value before them begins as the one that was known."""
    told: list[Waiting] = []

    def look(_: Mapping[str, Mirrored], touched: Waiting) -> Waiting:
        told.append(dict(touched))
        return {}

    store.save("incident", [incident(1, u_level=was)], look=look)
    store.save("incident", [incident(1, u_level=now, sys_mod_count="1")], look=look)
    store.save("incident", [incident(1, u_level=now, sys_mod_count="2")], look=look)
    assert told == [{}, {}, {sys_id_of(1): 0}]


def test_what_belongs_to_a_forgotten_ticket_stays(store: Store) -> None:
    """It had been hidden, not deleted: when it comes back, no poll tells its past again."""
    settle(store, 1)
    store.save_metrics([{**SPAN, **METRIC}], 5)
    (before,) = store.load([sys_id_of(1)])
    store.forget([sys_id_of(1)])
    assert store.load([sys_id_of(1)]) == []
    store.save_tickets([incident(1)])
    assert store.load([sys_id_of(1)])[0].metrics == before.metrics == [SPAN]


def test_changes_by_own_observation(store: Store) -> None:
    """Where sys_audit may not be read, two sights of a ticket tell what changed between them, once."""
    watch = ("state", "assigned_to")
    later = incident(
        1, state="2", sys_updated_on="2026-06-01 01:00:00", sys_mod_count="1", sys_updated_by="wang"
    )
    store.save("incident", [incident(1, state="1")], 1, observe=watch)
    for _ in range(2):
        store.save("incident", [later], 2, observe=watch)
    assert store.load([sys_id_of(1)])[0].changes == [Change(1_780_275_600, "state", "1", "2", "wang")]

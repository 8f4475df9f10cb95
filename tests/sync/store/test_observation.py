"""What was only observed: each thing once, a field again when its value changes, and not for ever."""

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sync.store import Observed, Store, Wanted

ONE, OTHER = f"{1:032x}", f"{2:032x}"


def seen(at: int, *wanted: Wanted, ticket: str = ONE, digest: str = "d", beyond: int = 0) -> Observed:
    """What policy p wants of a ticket."""
    return Observed(at, "p", digest, ticket, "INC1" if ticket else "", "", "", "late", wanted, beyond)


def keep(value: str) -> Wanted:
    """The clock shall say so."""
    return Wanted("keep", "clock", value, "R-C3")


NOTE = Wanted("note", "3f9c2a71", "Late.", "R-C3")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["running", "paused", "breached"]), max_size=12))
def test_a_field_counts_when_its_value_changes(values: list[str]) -> None:
    """As often as it would have been written if each had been."""
    with closing(Store()) as store:
        for at, value in enumerate(values):
            store.keep_observed([seen(at, keep(value), NOTE)])
        told = [each.value for one in store.observed() for each in one.wanted if each.kind == "keep"]
        notes = [each for one in store.observed() for each in one.wanted if each.kind == "note"]
    assert told == [value for at, value in enumerate(values) if at == 0 or values[at - 1] != value]
    assert len(notes) == min(1, len(values))


def test_tickets_and_settings_are_told_apart(store: Store) -> None:
    """Another ticket, or the same policy set otherwise, begins anew; tickets that were only counted stay."""
    assert (
        store.keep_observed([seen(1, NOTE), seen(1, NOTE, ticket=OTHER), seen(1, ticket="", beyond=7)]) == 3
    )
    assert store.keep_observed([seen(2, NOTE), seen(2, NOTE, digest="e")]) == 1
    assert [(one.ticket, one.digest, one.beyond) for one in store.observed()] == [
        (ONE, "d", 0), (OTHER, "d", 0), ("", "d", 7), (ONE, "e", 0)
    ]  # fmt: skip
    assert [one.at for one in store.observed(since=2)] == [2]


def test_what_is_old_goes_but_not_of_open_tickets(store: Store) -> None:
    """An open one would be counted a second time."""
    row = {"number": "INC1", "sys_mod_count": "1", "sys_updated_on": "2026-01-01 00:00:00"}
    store.save_tickets([{**row, "sys_id": ONE, "opened_at": "2026-01-01 00:00:00", "closed_at": ""}])
    store.save_tickets([{**row, "sys_id": OTHER, "closed_at": "2026-01-02 00:00:00"}])
    store.keep_observed([seen(1, NOTE), seen(1, NOTE, ticket=OTHER), seen(9, NOTE, ticket=f"{3:032x}")])
    assert store.forget_observed(5) == 1
    assert [one.ticket for one in store.observed()] == [ONE, f"{3:032x}"]


def test_it_survives_another_shape_of_the_mirror() -> None:
    """It is on no instance: like the journal it is kept."""
    from connector.sync.store.file import SAVED
    from connector.sync.store.migration import KEPT

    assert "observed" in KEPT
    assert "observed" in SAVED

"""Totals that are kept between the pages of a list are those that counting would give."""

import pytest
import requests

from connector.sandbox import Instance, Rest, in_process
from connector.sandbox.error import RecordError

QUERY = "active=true"


def test_every_write_is_counted(instance: Instance) -> None:
    """Inserts, updates and deletes, whoever makes them; other queries have totals of their own."""
    assert instance.count("incident", QUERY) == 0
    made = [instance.insert("incident", {})["sys_id"] for _ in range(3)]
    assert instance.count("incident", QUERY) == 3
    instance.update("incident", made[0], {"state": "8"})
    assert (instance.count("incident", QUERY), instance.count("incident")) == (2, 3)
    instance.delete("incident", made[1])
    assert (instance.count("incident", QUERY), instance.count("incident")) == (1, 2)


def test_a_write_that_is_taken_back_is_not(instance: Instance) -> None:
    """What a rule counted within it is forgotten as well."""
    made = instance.insert("incident", {})["sys_id"]
    instance.abort_on("incident", "category=network", "No network")
    with pytest.raises(RecordError):
        instance.update("incident", made, {"category": "network", "state": "8"})
    assert instance.count("incident", QUERY) == 1
    with pytest.raises(ZeroDivisionError), instance._write():
        instance.store.delete("task", made)
        assert instance.count("incident", QUERY) == 0
        raise ZeroDivisionError
    assert instance.count("incident", QUERY) == 1


def test_an_instance_that_begins_anew_counts_anew(instance: Instance) -> None:
    """The new store has not written as often as the old one had."""
    instance.insert("incident", {})
    assert instance.count("incident") == 1
    instance.reset()
    assert instance.count("incident") == 0


def test_columns_and_moments_make_other_totals(instance: Instance, clock: object, rest: Rest) -> None:
    """A column that comes, and time that passes, change what a query means."""
    instance.insert("incident", {})
    assert instance.count("incident", "u_new=1") == 1
    instance.add_column("incident", "u_new")
    assert instance.count("incident", "u_new=1") == 0
    recent = "sys_updated_on>javascript:gs.minutesAgoStart(5)"
    instance.add_user("reader", name="Reader", password="secret", roles=["itil"])
    with in_process(rest) as base:

        def total() -> str:
            address = f"{base}/api/now/table/incident"
            told = {"sysparm_query": recent, "sysparm_limit": "1"}
            return requests.get(address, params=told, auth=("reader", "secret"), timeout=5).headers[
                "X-Total-Count"
            ]

        assert (total(), total()) == ("1", "1")
        clock.at += 3600  # type: ignore[attr-defined]
        assert total() == "0"

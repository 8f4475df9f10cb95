"""Tables that an admin adds: by a row of sys_db_object, over REST or from Python."""

from collections.abc import Iterator

import pytest

from connector.sandbox import Instance
from connector.sandbox.error import InvalidTable, RecordError
from connector.sandbox.stock import EVENT_MANAGEMENT


@pytest.fixture
def instance() -> Iterator[Instance]:
    """A fresh instance."""
    made = Instance(now=lambda: 1_790_000_000)
    yield made
    made.close()


def test_a_row_of_sys_db_object_makes_a_table(instance: Instance) -> None:
    """It has the columns of every table, they are described, and it holds records."""
    instance.insert("sys_db_object", {"name": "u_log", "label": "Log"})
    instance.insert("sys_dictionary", {"name": "u_log", "element": "u_text", "internal_type": "string"})
    made = instance.insert("u_log", {"u_text": "x"})
    assert (made["u_text"], made["sys_mod_count"]) == ("x", "0")
    described = {row["element"] for row in instance.rows("sys_dictionary", "name=u_log")}
    assert described >= {"sys_id", "sys_updated_on", "u_text"}


@pytest.mark.parametrize("by_name", [True, False])
def test_a_table_that_extends_another_has_its_columns(instance: Instance, by_name: bool) -> None:
    """And its records are records of that one, too."""
    above = "incident" if by_name else instance.rows("sys_db_object", "name=incident")[0]["sys_id"]
    instance.insert("sys_db_object", {"name": "u_fault", "super_class": above})
    made = instance.insert("u_fault", {"short_description": "x"})
    assert instance.rows("incident")[0]["sys_id"] == made["sys_id"]
    assert instance.rows("task")[0]["sys_class_name"] == "u_fault"


def test_a_table_that_had_no_classes_can_be_extended(instance: Instance) -> None:
    """What it holds already is of its own class."""
    instance.add_table("u_base", "Base")
    old = instance.insert("u_base", {})["sys_id"]
    instance.add_table("u_more", extends="u_base")
    new = instance.insert("u_more", {})["sys_id"]
    assert {row["sys_id"]: row["sys_class_name"] for row in instance.rows("u_base")} == {
        old: "u_base", new: "u_more"
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields", [{"name": "No Name"}, {"name": "incident"}, {"name": "u_x", "super_class": "nothing"}]
)
def test_a_table_that_cannot_be_is_refused(instance: Instance, fields: dict[str, str]) -> None:
    """With 400, and no row is left."""
    before = instance.count("sys_db_object")
    with pytest.raises(RecordError):
        instance.insert("sys_db_object", fields)
    assert instance.count("sys_db_object") == before


def test_a_changed_column_and_choice_are_taken(instance: Instance) -> None:
    """A shorter column cuts, an inactive choice is gone from the column, a deleted one too."""
    instance.add_column("incident", "u_mood", choices={"1": "Good", "2": "Bad", "3": "Ugly"})
    described = instance.rows("sys_dictionary", "name=incident^element=u_mood")[0]["sys_id"]
    instance.update("sys_dictionary", described, {"column_label": "Temper", "max_length": "1"})
    one, two, _ = (row["sys_id"] for row in instance.rows("sys_choice", "element=u_mood^ORDERBYvalue"))
    instance.update("sys_choice", one, {"inactive": "true"})
    instance.delete("sys_choice", two)
    column = instance.dictionary["incident"].columns["u_mood"]
    assert (column.label, column.max_length, dict(column.choices)) == ("Temper", 1, {"3": "Ugly"})
    instance.update("sys_choice", one, {"inactive": "false", "label": "Fine"})
    assert instance.dictionary["incident"].columns["u_mood"].choices == {"3": "Ugly", "1": "Fine"}


def test_a_deleted_column_is_gone_with_its_values_and_choices(instance: Instance) -> None:
    """From the table and those below; one of that name beside it stays; made anew it is empty."""
    instance.add_column("incident", "u_mood", choices={"1": "Good"})
    instance.add_column("problem", "u_mood")
    fault = instance.insert("incident", {"u_mood": "1"})["sys_id"]
    cause = instance.insert("problem", {"u_mood": "1"})["sys_id"]
    for table, other in (("incident", True), ("problem", False)):
        described = instance.rows("sys_dictionary", f"name={table}^element=u_mood")[0]["sys_id"]
        instance.delete("sys_dictionary", described)
        assert "u_mood" not in instance.dictionary[table].columns
        assert ((instance.get("problem", cause) or {}).get("u_mood") == "1") is other
    assert instance.count("sys_choice", "element=u_mood") == 0
    instance.add_column("task", "u_mood")
    assert [(instance.get("task", one) or {})["u_mood"] for one in (fault, cause)] == ["", ""]


def test_a_stock_column_outlives_its_row(instance: Instance) -> None:
    """The rules stand on it."""
    described = instance.rows("sys_dictionary", "name=task^element=state")[0]["sys_id"]
    instance.delete("sys_dictionary", described)
    assert "state" in instance.insert("incident", {})


def test_a_table_of_a_plugin_is_not_there_before(instance: Instance) -> None:
    """Asking for it is asking for a table that is none; once active it is described like any other."""
    with pytest.raises(InvalidTable):
        instance.rows("em_alert")
    instance.activate(EVENT_MANAGEMENT)
    assert instance.rows("em_alert") == []
    assert instance.count("sys_db_object", "name=em_alert") == 1
    assert instance.count("sys_dictionary", "name=em_event^element=alert") == 1

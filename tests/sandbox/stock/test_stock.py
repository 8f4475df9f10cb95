"""What comes with a fresh instance."""

import pytest

from connector.sandbox.instance import Instance
from connector.sandbox.stock import stock
from connector.sandbox.stock.task import INCIDENT_ORDER


def test_incident_has_its_columns() -> None:
    """92 of them, each once, those of task among them."""
    incident = stock()["incident"]
    assert len(INCIDENT_ORDER) == len(set(INCIDENT_ORDER)) == len(incident.columns) == 92
    assert set(stock()["task"].columns) < set(incident.columns)


@pytest.mark.parametrize("table", [table.name for table in stock()])
def test_every_table_is_usable(instance: Instance, table: str) -> None:
    """Each takes a record, gives it back and describes itself."""
    row = instance.insert(table, {"name": "incident", "element": ""} if table == "sys_choice" else {})
    assert instance.get(table, row["sys_id"]) == row
    assert instance.count(table, f"sys_id={row['sys_id']}") == 1
    assert instance.count("sys_db_object", f"name={table}") == 1
    assert instance.count("sys_dictionary", f"name={table}") > 0 or table == "incident_task"
    instance.delete(table, row["sys_id"])


def test_defaults_are_choices() -> None:
    """A default that no choice defines would be dropped when written back."""
    for table in stock():
        for column in table.columns.values():
            assert not column.choices or column.default in {"", *column.choices}, (table.name, column.element)


def test_references_lead_somewhere_or_are_known_gaps() -> None:
    """The tables that references name but the sandbox does not have are few and listed."""
    missing = {
        column.reference
        for table in stock()
        for column in table.columns.values()
        if column.reference and stock().get(column.reference) is None
    }
    assert missing == {
        "ast_contract",
        "sc_cat_item_delivery_plan",
        "sc_cat_item_delivery_task",
        "service_offering",
    }


def test_the_stock_dictionary_is_not_shared() -> None:
    """A column added to one instance is in no other."""
    one, two = Instance(now=lambda: 0), Instance(now=lambda: 0)
    one.add_column("incident", "u_only_here")
    assert "u_only_here" not in two.dictionary["incident"].columns
    assert two.count("sys_dictionary", "element=u_only_here") == 0
    one.close()
    two.close()

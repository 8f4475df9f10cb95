"""1.5: currency comes in the locale of whoever reads it.  Examples are those of the product's documentation:
21,345.67 yen that were worth 1,563.72 euros and 1,152.48 dollars, read by a German.
"""

from decimal import Decimal
from typing import Any

import pytest

from connector.sandbox import Instance

LIST = "/api/now/table/sc_req_item"
STATS = "/api/now/stats/sc_req_item"
EURO_IN_DOLLARS = Decimal("1152.48") / Decimal("1563.72")
EURO_IN_YEN = Decimal("21345.67") / Decimal("1563.72")


@pytest.fixture(autouse=True)
def rates(instance: Instance, wire: Any) -> dict[str, str]:
    """Dollars and yen for a euro, readers in Germany, France and nowhere.  Currency → sys_id of its rate."""
    made = {}
    for code, rate in (("USD", EURO_IN_DOLLARS), ("JPY", EURO_IN_YEN)):
        currency = instance.insert("fx_currency", {"code": code})
        made[code] = instance.insert("fx_rate", {"currency": currency["sys_id"], "rate": f"{rate:.12f}"})[
            "sys_id"
        ]
    for name, fields in {
        "german": {"country": "DE", "preferred_language": "de"},
        "french": {"country": "FR"},
        "nowhere": {"preferred_language": "de"},
        "lost": {"country": "XX", "preferred_language": "de"},
    }.items():
        instance.add_user(name, name=name.title(), password="pw", roles=["admin"], **fields)
    wire.auth = ("german", "pw")
    return made


def priced(wire: Any, price: Any, **more: Any) -> str:
    """The sys_id of a new item at this price."""
    answer = wire.post(LIST, json={"price": price, "short_description": "a laptop"}, **more)
    assert answer.status_code == 201
    return str(answer.json()["result"]["sys_id"])


def read(wire: Any, sys_id: str, mode: str = "all") -> Any:
    """The price as asked for; alone and in a list it is the same."""
    sent = {"sysparm_fields": "price", "sysparm_display_value": mode}
    alone = wire.result(f"{LIST}/{sys_id}", **sent)
    assert wire.result(LIST, sysparm_query=f"sys_id={sys_id}", **sent) == [alone]
    return alone["price"]


def test_what_was_entered_in_yen_is_read_in_euros(wire: Any, instance: Instance) -> None:
    """The record keeps dollars, the table beside it the yen, the reader gets euros."""
    sys_id = priced(wire, "JPY;21345.67")
    assert read(wire, sys_id) == {"display_value": "€1.563,72", "value": "1563.72"}
    assert read(wire, sys_id, "true") == "€1.563,72"
    assert read(wire, sys_id, "false") == "1563.72"
    wire.auth = ("nowhere", "pw")
    assert read(wire, sys_id) == {"display_value": "$1,152.48", "value": "1152.48"}
    kept = instance.rows("fx_currency_instance", f"id={sys_id}")
    told = {name: kept[0][name] for name in ("table", "field", "currency", "amount")}
    assert told == {"table": "sc_req_item", "field": "price", "currency": "JPY", "amount": "21345.67"}
    assert (kept[0]["reference_currency"], kept[0]["reference_amount"]) == ("USD", "1152.48")


def test_a_plain_number_is_in_the_writers_currency(wire: Any, instance: Instance) -> None:
    """Also one that is no text; trailing zeros are removed."""
    sys_id = priced(wire, 12.50)
    assert read(wire, sys_id) == {"display_value": "€12,50", "value": "12.5"}
    assert instance.rows("fx_currency_instance", f"id={sys_id}")[0]["currency"] == "EUR"
    wire.auth = ("nowhere", "pw")
    assert Decimal(read(wire, sys_id, "false")) == round(Decimal("12.5") * EURO_IN_DOLLARS, 4)


@pytest.mark.parametrize(
    ("user", "shown"), [("german", "€1.234,5678"), ("french", "€1\u202f234,5678"), ("lost", "$1,234.5678")]
)
def test_the_form_is_that_of_the_readers_locale(wire: Any, user: str, shown: str) -> None:
    """A country alone is enough; one that there is not counts as none."""
    wire.auth = (user, "pw")
    assert read(wire, priced(wire, "1234.5678"), "true") == shown


def test_the_sign_stands_where_the_locale_has_it_if_the_switch_says_so(wire: Any, instance: Instance) -> None:
    """The documentation shows both."""
    sys_id = priced(wire, "1563.72")
    instance.switch("currency_sign", "local")
    assert read(wire, sys_id, "true") == "1.563,72\N{NO-BREAK SPACE}€"


def test_the_system_locale_is_for_those_without_a_country(wire: Any, instance: Instance) -> None:
    """It also says what the reference currency is."""
    instance.properties["glide.system.locale"] = "fr.FR"
    wire.auth = ("nowhere", "pw")
    sys_id = priced(wire, "7")
    assert read(wire, sys_id) == {"display_value": "€7,00", "value": "7"}
    assert instance.rows("sc_req_item", f"sys_id={sys_id}")[0]["price"] == "7"


def test_one_currency_for_all_keeps_each_readers_form(wire: Any, instance: Instance) -> None:
    """Single-currency mode changes the amounts, not how they are written."""
    sys_id = priced(wire, "1563.72")
    instance.properties["glide.i18n.single_currency"] = "true"
    instance.properties["glide.i18n.single_currency.code"] = "USD"
    assert read(wire, sys_id) == {"display_value": "$1.152,48", "value": "1152.48"}


def test_reading_goes_by_the_latest_rate_and_filters_by_what_was_stored(
    wire: Any, instance: Instance, rates: dict[str, str]
) -> None:
    """So that a filter may find what shows another amount."""
    sys_id = priced(wire, "USD;100")
    assert Decimal(read(wire, sys_id, "false")) == round(100 / EURO_IN_DOLLARS, 4)
    instance.update("fx_rate", rates["USD"], {"rate": "2"})
    assert read(wire, sys_id, "false") == "50"
    for query, found in (
        ("price=USD;100", 1),
        ("price=EUR;50", 1),
        ("price>EUR;50", 0),
        ("price>=100.00", 1),
    ):
        assert len(wire.result(LIST, sysparm_query=query)) == found, query


def test_orders_and_aggregates_go_by_the_reference_currency(wire: Any) -> None:
    """With four places."""
    for price in ("USD;9", "JPY;21345.67", "USD;20"):
        priced(wire, price)
    listed = wire.result(LIST, sysparm_query="ORDERBYprice", sysparm_fields="price")
    assert [round(float(one["price"]) * float(EURO_IN_DOLLARS)) for one in listed] == [9, 20, 1152]
    stats = wire.result(STATS, sysparm_sum_fields="price", sysparm_max_fields="price")["stats"]
    assert stats == {"sum": {"price": "1181.4800"}, "max": {"price": "1152.4800"}}


def test_two_places_if_the_property_says_so(wire: Any, instance: Instance) -> None:
    """Amounts are rounded when they are written."""
    instance.properties["glide.currency_price.use_all_fraction_digits"] = "false"
    sys_id = priced(wire, "EUR;1.239")
    assert read(wire, sys_id) == {"display_value": "€1,24", "value": "1.24"}
    assert wire.result(STATS, sysparm_sum_fields="price")["stats"]["sum"]["price"].split(".")[1] == "91"


def test_display_values_are_written_in_the_writers_form(wire: Any) -> None:
    """With and without a currency; a plain number is read as one wherever it is no other."""
    sent = {"params": {"sysparm_input_display_value": "true"}}
    assert read(wire, priced(wire, "1.234,5", **sent), "false") == "1234.5"
    assert read(wire, priced(wire, "JPY;21.345,67", **sent), "false") == "1563.72"
    assert read(wire, priced(wire, "1234.5"), "false") == "1234.5"


@pytest.mark.parametrize("price", ["much", "EUR;", "XAU;3", "EUR;1,5", "12 apples", "EUR 3"])
def test_what_is_no_amount_or_has_no_rate_is_dropped(wire: Any, price: str) -> None:
    """Without an error, as other values that a column does not take."""
    sys_id = priced(wire, "3")
    assert wire.patch(f"{LIST}/{sys_id}", json={"price": price, "short_description": "b"}).status_code == 200
    assert read(wire, sys_id, "false") == "3"


def test_an_emptied_amount_and_a_deleted_record_leave_nothing(wire: Any, instance: Instance) -> None:
    """Neither in the record nor in the table beside it."""
    first, second = priced(wire, "3"), priced(wire, "4")
    wire.patch(f"{LIST}/{first}", json={"price": ""})
    assert read(wire, first) == {"display_value": "", "value": ""}
    assert wire.delete(f"{LIST}/{second}").status_code == 204
    assert instance.count("fx_currency_instance") == 0


def test_audit_tells_the_writers_number_or_what_was_entered(wire: Any, instance: Instance) -> None:
    """As the property says; both sides of a row."""
    sys_id = priced(wire, "EUR;3")
    wire.patch(f"{LIST}/{sys_id}", json={"price": "JPY;21345.67"})
    instance.properties["glide.sys.audit_currency_value"] = "true"
    wire.patch(f"{LIST}/{sys_id}", json={"price": "EUR;8"})
    rows = instance.rows("sys_audit", f"documentkey={sys_id}^fieldname=price^ORDERBYrecord_checkpoint")
    assert [(row["oldvalue"], row["newvalue"]) for row in rows] == [
        ("3", "1563.72"),
        ("JPY;21345.67", "EUR;8"),
    ]


def test_a_price_keeps_its_row_in_the_table_of_prices(wire: Any, instance: Instance) -> None:
    """And says that it is a calculated one."""
    made = wire.post("/api/now/table/sc_cat_item", json={"name": "laptop", "price": "JPY;21345.67"})
    assert made.json()["result"]["price"] == "1563.72"
    assert [(row["amount"], row["type"]) for row in instance.rows("fx_price", "")] == [
        ("21345.67", "calculated")
    ]


def test_an_amount_behind_a_reference_is_the_readers_too(wire: Any) -> None:
    """By a dot-walk."""
    request = wire.post("/api/now/table/sc_request", json={"price": "JPY;21345.67"}).json()["result"][
        "sys_id"
    ]
    sys_id = wire.post(LIST, json={"request": request}).json()["result"]["sys_id"]
    sent = {"sysparm_fields": "request.price", "sysparm_display_value": "true"}
    assert wire.result(f"{LIST}/{sys_id}", **sent) == {"request.price": "€1.563,72"}


def test_a_column_that_an_admin_adds_holds_money_too(wire: Any, instance: Instance) -> None:
    """On any table."""
    instance.add_column("incident", "u_cost", type="currency")
    made = wire.post("/api/now/table/incident", json={"u_cost": "JPY;21345.67"}).json()["result"]
    assert made["u_cost"] == "1563.72"


def test_without_a_rate_for_the_reader_the_systems_currency_is_shown(wire: Any, instance: Instance) -> None:
    """With its own sign, so that nobody takes it for theirs."""
    instance.add_user("swiss", name="Swiss", password="pw", roles=["admin"], country="CH")
    sys_id = priced(wire, "USD;5")
    wire.auth = ("swiss", "pw")
    assert read(wire, sys_id) == {"display_value": "$5.00", "value": "5"}


def test_imports_read_the_form_of_whoever_loads(wire: Any, instance: Instance) -> None:
    """A transform map sets display values."""
    instance.insert("sys_db_object", {"name": "u_stage", "super_class": "sys_import_set_row"})
    instance.add_column("u_stage", "u_price")
    made = instance.insert(
        "sys_transform_map", {"name": "m", "source_table": "u_stage", "target_table": "sc_req_item"}
    )
    entry = {"map": made["sys_id"], "source_field": "u_price", "target_field": "price"}
    instance.insert("sys_transform_entry", entry)
    answer = wire.post("/api/now/import/u_stage", json={"u_price": "JPY;21.345,67"}).json()["result"][0]
    assert read(wire, answer["sys_id"], "false") == "1563.72"

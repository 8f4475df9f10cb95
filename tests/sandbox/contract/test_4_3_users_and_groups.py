"""Section 4.3: users, groups, roles and who has them."""

import pytest

from tests.sandbox.contract.conftest import Wire, has_columns

COLUMNS = {
    "sys_user": (
        "user_name name first_name last_name email phone mobile_phone title department "
        "company location manager active locked_out vip time_zone date_format time_format "
        "web_service_access_only internal_integration_user identity_type password_needs_reset "
        "roles"
    ),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    has_columns(wire, table, COLUMNS[table])


def test_a_name_is_made_of_its_parts(wire: Wire) -> None:
    """First and last name, unless a name is given."""
    made = wire.post(
        "/api/now/table/sys_user", json={"user_name": "li", "first_name": "Li", "last_name": "Na"}
    )
    assert made.json()["result"]["name"] == "Li Na"

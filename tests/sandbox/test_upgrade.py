"""State files of earlier sandboxes."""

import sqlite3
from pathlib import Path

from connector.sandbox import Instance


def test_an_older_file_gets_what_is_new(tmp_path: Path) -> None:
    """Tables, columns, rows and the new place of configuration items; what was in it stays."""
    path = str(tmp_path / "state")
    made = Instance(now=lambda: 1_700_000_000, state=path)
    user = made.add_user("li", name="Li", password="secret", roles=["itil"])
    incident = made.insert("incident", {"short_description": "kept"})
    item = made.insert("cmdb_ci_server", {"name": "Ledger", "ip_address": "10.0.0.1"})
    span = made.insert("cmn_schedule_span", {"name": "Lunch"})
    made.add_column("incident", "u_mine")
    made.update("incident", incident["sys_id"], {"u_mine": "x"})
    made.close()
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA user_version = 0")
        for sql in (
            "ALTER TABLE sys_user DROP COLUMN sys_domain",
            "DROP TABLE sys_number_counter",
            "DROP INDEX cmn_schedule_span_by_sys_class_name_sys_updated_on_sys_id",
            "DROP INDEX cmn_schedule_span_by_sys_class_name_sys_id",
            "ALTER TABLE cmn_schedule_span DROP COLUMN sys_class_name",
            "DELETE FROM sys_user_has_role WHERE inherited = 'true'",
            "DELETE FROM sys_dictionary WHERE element = 'sys_domain' AND name = 'sys_user'",
            "DELETE FROM sys_db_object WHERE name IN ('cmdb', 'sys_number_counter')",
            "DELETE FROM sys_dictionary WHERE name = 'cmdb'",
            "ALTER TABLE cmdb RENAME TO cmdb_ci",
        ):
            old.execute(sql)
        for (index,) in old.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'cmdb%' AND sql <> ''"
        ).fetchall():
            old.execute(f'DROP INDEX "{index}"')
    old.close()
    again = Instance(now=lambda: 1_700_000_100, state=path)
    assert again.get("incident", incident["sys_id"])["u_mine"] == "x"  # type: ignore[index]
    assert again.get("cmn_schedule_span", span["sys_id"])["name"] == "Lunch"  # type: ignore[index]
    assert again.get("cmdb", item["sys_id"])["name"] == "Ledger"  # type: ignore[index]
    assert again.rows("cmdb_ci_server", "ip_address=10.0.0.1")[0]["sys_id"] == item["sys_id"]
    assert again.get("sys_user", user)["user_name"] == "li"  # type: ignore[index]
    assert again.insert("incident", {})["number"] == "INC0010002"
    assert again.rows("sys_number_counter", "table=incident")[0]["number"] == "10002"
    assert again.count("sys_dictionary", "name=sys_user^element=sys_domain") == 1
    (described,) = again.rows("sys_db_object", "name=cmdb_ci")
    assert again.get("sys_db_object", described["super_class"])["name"] == "cmdb"  # type: ignore[index]
    assert again.count("sys_user_has_role", f"user={user}^inherited=true^role.name=survey_reader") == 1
    again.close()


def test_a_file_of_this_sandbox_is_left_alone(tmp_path: Path) -> None:
    """What an admin deleted stays deleted."""
    path = str(tmp_path / "state")
    made = Instance(now=lambda: 1_700_000_000, state=path)
    (choice,) = made.rows("sys_choice", "name=incident^element=category^value=network")
    made.delete("sys_choice", choice["sys_id"])
    made.close()
    again = Instance(now=lambda: 1_700_000_000, state=path)
    assert not again.count("sys_choice", "name=incident^element=category^value=network")
    again.close()

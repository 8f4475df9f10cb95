"""Seed files: everything that is wrong at once, or all of it in the instance, read back as given."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox import Instance
from connector.sandbox.seed import Document, SeedError, plant, read

NOW = 1_790_000_000
ONE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def instance() -> Iterator[Instance]:
    """A fresh instance."""
    made = Instance(now=lambda: NOW)
    yield made
    made.close()


def sown(instance: Instance, **content: Any) -> None:
    """Plant one document."""
    plant(instance, [Document(content)])


def test_rows_keep_what_is_given_and_get_defaults_for_the_rest(instance: Instance) -> None:
    """Ids, numbers, dates and counts stand; no business rule corrects them."""
    given_row = {
        "sys_id": ONE, "number": "INC0020000", "short_description": "=1+1", "impact": 1, "urgency": "1",
        "priority": "4", "state": "6", "sys_created_on": "2026-01-01 00:00:00", "sys_created_by": "wang",
        "sys_updated_on": "2026-01-02 00:00:00", "sys_mod_count": 7, "knowledge": True,
    }  # fmt: skip
    sown(instance, rows={"incident": [given_row]})
    row = instance.get("incident", ONE)
    assert row is not None
    assert {name: row[name] for name in given_row} == {
        **given_row, "impact": "1", "sys_mod_count": "7", "knowledge": "true"
    }  # fmt: skip
    assert (row["category"], row["resolved_at"], row["sys_updated_by"]) == ("inquiry", "", "admin")
    assert instance.insert("incident", {})["number"] == "INC0020001"


def test_tables_columns_choices_and_users(instance: Instance) -> None:
    """A table of its own, one that extends another, a column with choices, and somebody who may log in."""
    sown(
        instance,
        tables=[{"name": "u_thing", "label": "Thing"}, {"name": "u_part", "extends": "u_thing"}],
        columns=[
            {"table": "u_thing", "name": "u_size", "type": "integer", "label": "Size"},
            {"table": "incident", "name": "u_mood", "choices": [{"value": "1", "label": "Good"}]},
            {"table": "u_thing", "name": "u_owner", "type": "reference", "reference": "sys_user"},
        ],
        users=[{"user_name": "bob", "password": "x", "roles": ["itil"], "time_zone": "Europe/Berlin"}],
        rows={"u_thing": [{"u_size": 3}], "u_part": [{"u_size": 4}]},
    )
    assert sorted(row["u_size"] for row in instance.rows("u_thing")) == ["3", "4"]
    assert [row["sys_class_name"] for row in instance.rows("u_part")] == ["u_part"]
    assert instance.count("sys_db_object", "nameINu_thing,u_part") == 2
    assert instance.rows("sys_choice", "element=u_mood")[0]["label"] == "Good"
    assert instance.rows("sys_user", "user_name=bob")[0]["time_zone"] == "Europe/Berlin"
    assert instance.passwords["bob"] == "x"


def test_an_account_that_is_there_is_changed(instance: Instance) -> None:
    """There is one admin, with what the seed says of it, and a role beside its own."""
    sown(
        instance,
        users=[{"user_name": "admin", "password": "pw", "roles": ["admin", "itil"], "title": "Chief"}],
    )
    (admin,) = instance.rows("sys_user", "user_name=admin")
    assert (admin["title"], instance.passwords["admin"]) == ("Chief", "pw")
    assert sorted(admin["roles"].split(",")) == ["admin", "itil"]
    assert instance.count("sys_user_has_role", f"user={admin['sys_id']}^inherited=false") == 2


def test_text_for_a_journal_is_its_first_entry(instance: Instance) -> None:
    """With the stamp and the author of the row."""
    row = {
        "sys_id": ONE,
        "work_notes": "seen",
        "sys_updated_on": "2026-01-02 00:00:00",
        "sys_updated_by": "li",
    }
    sown(instance, rows={"incident": [row]})
    (entry,) = instance.journal(ONE)
    assert (entry["value"], entry["sys_created_on"], entry["sys_created_by"]) == (
        "seen", "2026-01-02 00:00:00", "li"
    )  # fmt: skip


def test_generated_records_differ(instance: Instance) -> None:
    """In id, number and stamp, in values that are a list and in running texts."""
    values = {"short_description": "No. {n}", "priority": ["1", "2"], "category": "network"}
    sown(instance, generate=[{"table": "incident", "count": 1000, "values": values}])
    rows = instance.rows("incident", "ORDERBYnumber")
    assert len({row["sys_id"] for row in rows}) == len({row["number"] for row in rows}) == 1000
    assert [row["short_description"] for row in rows[:2]] == ["No. 1", "No. 2"]
    assert [row["priority"] for row in rows[:3]] == ["1", "2", "1"]
    assert {row["category"] for row in rows} == {"network"}
    assert rows[0]["sys_updated_on"] < rows[-1]["sys_updated_on"]


U_X = {"table": "incident", "name": "u_x"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"tabels": []}, "tabels: no such key; did you mean tables?"),
    ({"rows": {"incidnt": []}}, "rows.incidnt: no table 'incidnt'; did you mean incident?"),
    (
        {"rows": {"incident": [{}, {"prioritty": 1}]}},
        "rows.incident[1].prioritty: incident has no such column; did you mean priority?",
    ),
    ({"rows": {"incident": [{"sys_id": "a b"}]}}, "rows.incident[0].sys_id: 'a b' is no sys_id"),
    ({"rows": {"incident": [{"sys_id": "a"}, {"sys_id": "a"}]}}, "rows.incident[1].sys_id: 'a' is taken"),
    ({"rows": {"incident": [{"opened_at": "soon"}]}}, "rows.incident[0].opened_at: 'soon' is not YYYY-MM-DD"),
    ({"rows": {"incident": [{"impact": "x"}]}}, "rows.incident[0].impact: 'x' is not a whole number"),
    ({"rows": {"incident": [{"active": "si"}]}}, "rows.incident[0].active: 'si' is not true or false"),
    ({"rows": {"incident": {}}}, "rows.incident: must be a list of records"),
    ({"rows": {"incident": [{"caller_id": {}}]}}, "rows.incident[0].caller_id: must be text"),
    ({"rows": {"task": [{"sys_class_name": "kb_knowledge"}]}}, "rows.task[0].sys_class_name"),
    ({"tables": [{"name": "incident"}]}, "tables[0].name: there is a table incident already"),
    ({"tables": [{"name": "u_x", "extends": "nix"}]}, "tables[0].extends: no table 'nix'"),
    (
        {"columns": [{"table": "incident", "name": "u_x", "type": "strng"}]},
        "columns[0].type: no type 'strng'",
    ),
    (
        {"columns": [{"table": "incident", "name": "u_x", "max_length": "5"}]},
        "columns[0].max_length: must be",
    ),
    (
        {"columns": [{"table": "incident", "name": "u_x", "type": "reference"}]},
        "columns[0].reference: missing",
    ),
    ({"users": [{"password": "x"}]}, "users[0].user_name: missing"),
    ({"users": [{"user_name": "a", "roles": "itil"}]}, "users[0].roles: must be a list"),
    ({"generate": [{"table": "incident", "count": 0}]}, "generate[0].count: must be from 1"),
    (
        {"generate": [{"table": "incident", "count": 2, "values": {"sys_id": "a"}}]},
        "generate[0].values.sys_id",
    ),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_each_mistake_is_told_with_its_place(
    instance: Instance, content: dict[str, Any], message: str
) -> None:
    """And nothing is loaded."""
    before = instance.store.db.total_changes
    with pytest.raises(SeedError) as caught:
        sown(instance, **content)
    assert any(problem.startswith(f"seed: {message}") for problem in caught.value.problems), caught.value
    assert instance.store.db.total_changes == before


def test_all_mistakes_of_all_files_are_told_at_once(instance: Instance, tmp_path: Path) -> None:
    """Each with the name of its file; a table of the first file is known to the second."""
    (tmp_path / "one.json").write_text(json.dumps({"tables": [{"name": "u_a"}], "rows": {"nix": []}}))
    (tmp_path / "two.toml").write_text('[[rows.u_a]]\nsys_created_by = "x"\nu_b = 1\n')
    with pytest.raises(SeedError) as caught:
        plant(instance, [read(tmp_path / "one.json"), read(tmp_path / "two.toml")])
    assert [problem.split(": ")[1] for problem in caught.value.problems] == ["rows.nix", "rows.u_a[0].u_b"]
    assert "two.toml" in caught.value.problems[1]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("a.json", "{\n,", "a.json:2: not JSON"), ("a.toml", "a =", "a.toml: "), ("a.json", "[]", "must hold")],
)
def test_a_broken_file_is_told_by_its_name(tmp_path: Path, name: str, text: str, message: str) -> None:
    """JSON with the line."""
    (tmp_path / name).write_text(text)
    with pytest.raises(SeedError) as caught:
        read(tmp_path / name)
    assert message in str(caught.value)
    with pytest.raises(SeedError, match="No such file"):
        read(tmp_path / "missing.json")


_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@given(st.lists(st.tuples(_text, _text), max_size=5))
def test_any_text_is_read_back_as_it_was_given(texts: list[tuple[str, str]]) -> None:
    """Whatever people wrote, row by row."""
    instance = Instance(now=lambda: NOW)
    rows = [
        {"sys_id": f"{n:032x}", "short_description": short, "description": long}
        for n, (short, long) in enumerate(texts)
    ]
    sown(instance, rows={"incident": rows})
    found = instance.rows("incident", "ORDERBYsys_id")
    assert [
        {name: row[name] for name in ("sys_id", "short_description", "description")} for row in found
    ] == rows
    instance.close()


def test_a_file_keeps_the_state_over_a_restart(tmp_path: Path) -> None:
    """Records, tables, columns, choices, properties, passwords and numbers are there again."""
    path = str(tmp_path / "state.db")
    first = Instance(now=lambda: NOW, state=path)
    sown(
        first,
        tables=[{"name": "u_thing"}, {"name": "u_part", "extends": "u_thing"}],
        columns=[{"table": "u_thing", "name": "u_kind", "choices": [{"value": "a", "label": "A"}]}],
        users=[{"user_name": "bob", "password": "x"}],
        rows={"u_part": [{"sys_id": ONE, "u_kind": "a"}]},
    )
    number = first.insert("incident", {"short_description": "kept"})["number"]
    first.properties["glide.sys.audit_inserts"] = "true"
    first.close()
    assert (tmp_path / "state.db").stat().st_mode & 0o077 == 0, "it holds passwords"
    again = Instance(now=lambda: NOW + 60, state=path)
    assert again.get("u_part", ONE) == {**(again.get("u_part", ONE) or {}), "u_kind": "a"}
    assert again.dictionary["u_part"].columns["u_kind"].choices == {"a": "A"}
    assert again.dictionary["u_part"].parent == "u_thing"
    assert again.passwords["bob"] == "x"
    assert again.properties["glide.sys.audit_inserts"] == "true"
    assert again.rows("incident")[0]["number"] == number
    new = again.insert("incident", {})
    assert new["number"] == f"INC{int(number[3:]) + 1:07d}"
    again.reset()
    assert again.count("incident") == 0
    again.close()


def test_a_load_leaves_the_indexes_as_they_were(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made anew after many rows, kept with few and with those that are fewer than what is there."""
    monkeypatch.setattr("connector.sandbox.store.FEW", 20)
    listed = "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    before = instance.store.db.execute(listed).fetchall()
    for count in (10, 30, 35):
        sown(instance, generate=[{"table": "incident", "count": count, "values": {"urgency": ["1", "2"]}}])
        assert instance.store.db.execute(listed).fetchall() == before
    assert instance.store.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert instance.count("incident", "urgency=1^ORDERBYsys_id") == 38
    with pytest.raises(ZeroDivisionError), instance.loading(), instance.store.loading("task", 100):
        raise ZeroDivisionError
    assert instance.store.db.execute(listed).fetchall() == before

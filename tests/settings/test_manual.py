"""The schema and the reference page say what the loader accepts."""

from connector.rules.catalogue import RULES
from connector.settings.document import Settings
from connector.settings.manual import reference_page, schema
from connector.settings.shape import Shape


def test_every_table_and_every_rule_is_in_the_reference() -> None:
    """Nothing can be set that the page does not tell."""
    page = reference_page()
    for name, field in Settings.model_fields.items():
        assert f"[{field.alias or name}" in page
    for rule in RULES:
        assert f"### `{rule.model_fields['rule'].default}`" in page
        for name, field in rule.model_fields.items():
            assert f"`{field.alias or name}`" in page


def test_the_schema_knows_weekdays_and_refuses_the_rest() -> None:
    """An editor completes `mon-fri` and marks what the loader would refuse."""
    hours = schema()["$defs"]["Hours"]
    assert hours["additionalProperties"] is False
    assert "week" not in hours["properties"]
    shape = Shape(schema()).at(("service_hours", "onsite"), {})
    assert shape is not None
    assert shape.within("mon-fri") is not None
    assert shape.within("mo-fr") is None


def test_the_rule_decides_which_settings_a_policy_has() -> None:
    """A setting of another rule is none of this one."""
    policy = Shape(schema()).at(("policy", 0), {"policy": [{"rule": "major_incident"}]})
    assert policy is not None
    assert "report_to" in policy.settings({"rule": "major_incident"})
    assert "resolve_within" not in policy.settings({"rule": "major_incident"})


def test_examples_stay_blocks_and_lists_of_tables_are_described() -> None:
    """Three backquotes stay three, and each rung of a ladder has its settings on the page."""
    page = reference_page()
    assert page.count("```") == 2 * page.count("```toml") > 0
    assert "Each of `steps`" in page
    assert "| `late_by` |" in page

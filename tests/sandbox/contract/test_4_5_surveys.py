"""Section 4.5: surveys and their answers."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, missing

COLUMNS = {
    "asmt_assessment_instance": (
        "number metric_type user state due_date expiration_date taken_on percent_answered "
        "task_id trigger_table trigger_id related_id_1"
    ),
    "asmt_condition": ("table condition active assessment trigger_random percent_random"),
    "asmt_category_result": ("category metric_type source_table source_id rating normalized_value"),
    "asmt_signature": ("name active type"),
    "asmt_assessment_instance_question": ("instance metric category value string_value source_id"),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


@pytest.mark.parametrize(
    "table", ["asmt_metric_type", "asmt_metric_category", "asmt_metric", "asmt_metric_definition"]
)
def test_definitions_are_rows(wire: Wire, table: str) -> None:
    """A survey, its categories, questions and options can be written down."""
    assert wire.post(f"/api/now/table/{table}", json={"name": "Satisfaction"}).status_code == 201


def test_an_instance_is_numbered_and_ready(wire: Wire) -> None:
    """`AINST…`, in the state `ready`."""
    made = wire.post("/api/now/table/asmt_assessment_instance", json={}).json()["result"]
    assert (made["number"][:5], made["state"]) == ("AINST", "ready")
    assert set(choices(wire, "asmt_assessment_instance", "state")) == {"ready", "wip", "complete", "canceled"}

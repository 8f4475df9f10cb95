"""Section 4.4: articles, their links to tasks, what is said about them."""

import pytest

from tests.sandbox.contract.conftest import Wire, choices, missing, rows

COLUMNS = {
    "kb_knowledge": (
        "number short_description text wiki article_type workflow_state kb_knowledge_base "
        "kb_category author published valid_to active source use_count sys_view_count rating "
        "flagged disable_commenting disable_suggesting roles topic category meta meta_description "
        "can_read_user_criteria cannot_read_user_criteria direct display_attachments image retired "
        "cmdb_ci sys_class_name ownership_group version latest base_version display_number taxonomy_topic"
    ),
    "m2m_kb_task": ("kb_knowledge task"),
    "kb_use": ("article user used viewed"),
    "kb_feedback": ("article user rating flagged comments"),
    "kb_feedback_task": ("number parent feedback"),
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(wire: Wire, table: str) -> None:
    """A record has the documented columns, and `sys_dictionary` describes each."""
    assert not missing(wire, table, COLUMNS[table])


def test_a_use_names_no_task(wire: Wire) -> None:
    """Which task an article helped is told by `m2m_kb_task` alone."""
    made = wire.post("/api/now/table/kb_use", json={}).json()["result"]
    assert not {"task", "task_id", "incident"} & set(made)


def test_states_and_kinds_of_articles(wire: Wire) -> None:
    """Draft, review, published and what comes after; HTML and wiki."""
    states = choices(wire, "kb_knowledge", "workflow_state")
    assert set(states) == {"draft", "review", "published", "pending_retirement", "retired", "outdated"}
    assert set(choices(wire, "kb_knowledge", "article_type")) == {"text", "wiki"}
    described = rows(
        wire, "sys_dictionary", "name=kb_knowledge^elementINpublished,valid_to,text", "element,internal_type"
    )
    kinds = {row["element"]: row["internal_type"] for row in described}
    assert kinds == {"published": "glide_date", "valid_to": "glide_date", "text": "html"}


def test_an_article_is_published_on_a_day(wire: Wire) -> None:
    """`published` is a date without a time."""
    made = wire.post("/api/now/table/kb_knowledge", json={"workflow_state": "published"}).json()["result"]
    assert made["published"] == "2023-11-20"
    assert made["wiki"] is None

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


# The article of a closed incident


def close(wire: Wire, **fields: str) -> dict[str, str]:
    """An incident with a comment, on its way to Closed."""
    body = {"short_description": "VPN drops", "comments": "Restart the client.", **fields}
    made: dict[str, str] = wire.post("/api/now/table/incident", json=body).json()["result"]
    end = {"state": "7", "close_code": "Solution provided", "close_notes": "-"}
    assert wire.patch(f"/api/now/table/incident/{made['sys_id']}", json=end).status_code == 200
    return made


def drafted(wire: Wire) -> list[dict[str, str]]:
    """All articles."""
    return rows(wire, "kb_knowledge", "", "short_description,text,source,workflow_state,number")


def test_a_closed_incident_leaves_an_article(wire: Wire) -> None:
    """With the box ticked: a draft with title, comments and, as its source, the incident's number; once."""
    close(wire)
    assert drafted(wire) == []
    made = close(wire, knowledge="true")
    (article,) = drafted(wire)
    assert article.pop("number").startswith("KB")
    assert article == {
        "short_description": "VPN drops",
        "text": "Restart the client.",
        "source": made["number"],
        "workflow_state": "draft",
    }
    wire.patch(f"/api/now/table/incident/{made['sys_id']}", json={"work_notes": "once more"})
    assert len(drafted(wire)) == 1


def test_the_rule_can_be_switched_off(wire: Wire) -> None:
    """By its row; and with the plug-in people make the article by a button."""
    (rule,) = rows(wire, "sys_script", "name=Incident Create Knowledge", "sys_id")
    path = f"/api/now/table/sys_script/{rule['sys_id']}"
    wire.patch(path, json={"active": "false"})
    close(wire, knowledge="true")
    assert drafted(wire) == []
    wire.patch(path, json={"active": "true"})
    wire.instance.activate("com.snc.incident.knowledge")
    close(wire, knowledge="true")
    assert drafted(wire) == []

"""``schema``: for editors and for the reference page."""

import json

import pytest

from connector.cli import main


def test_the_schema_is_json_and_names_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """An editor can be pointed at it."""
    assert main(["schema"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"instance", "policy", "service_hours", "columns"} <= told["properties"].keys()
    assert told["additionalProperties"] is False


def test_the_reference_page_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """The same that is kept under docs."""
    assert main(["schema", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("# Reference")


def test_the_coverage_page_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """The same that is kept under docs; one page at a time."""
    assert main(["schema", "--coverage"]) == 0
    assert capsys.readouterr().out.startswith("# Coverage")
    assert main(["schema", "--coverage", "--markdown"]) == 2

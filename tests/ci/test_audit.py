"""What the audit makes of pip-audit's answers: a hole fails the build, silence is told as silence."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit.py"


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOLE = {"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SOUND = {"name": "b", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "not found"}
OWN = {"name": "desk-policy-connector", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ([SOUND, OWN], 0, "1 packages asked for, 0 known holes"),
        ([HOLE, SOUND], 1, "a 1.0: PYSEC-1, mended in 1.1"),
        ([SOUND, UNKNOWN], 0, "NOT AUDITED, the registry does not answer for them: c"),
        ([UNKNOWN, OWN], 0, "AUDIT SKIPPED"),
    ],
)
def test_its_verdict(audit: ModuleType, parts: list[dict[str, Any]], code: int, words: str) -> None:
    """Exit code and words."""
    found, lines = audit.judged({"dependencies": parts})
    assert found == code
    assert any(words in line for line in lines)
    assert ("SKIPPED" in "".join(lines)) == (SOUND not in parts and HOLE not in parts)

"""Asks pip-audit for known holes in what is installed, and says loudly where it could ask nobody.

Exit 0: none known, or nobody could be asked; 1: there are some.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

OWN = "desk-policy-connector"
COMMAND = [
    sys.executable,
    *["-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "15"],
]


def judged(report: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Exit code and lines for what pip-audit found."""
    parts = [part for part in report["dependencies"] if part["name"] != OWN]
    asked = [part for part in parts if "skip_reason" not in part]
    unknown = sorted(part["name"] for part in parts if "skip_reason" in part)
    holes = [
        f"{part['name']} {part['version']}: {hole['id']}, "
        f"mended in {', '.join(hole['fix_versions']) or 'none yet'}"
        for part in asked
        for hole in part["vulns"]
    ]
    if not asked:
        return 0, skipped("the registry answers for none of the packages")
    lines = [f"{len(asked)} packages asked for, {len(holes)} known holes", *holes]
    if unknown:
        lines.append(f"NOT AUDITED, the registry does not answer for them: {', '.join(unknown)}")
    return int(bool(holes)), lines


def skipped(why: str) -> list[str]:
    """Nothing was audited, in a way that nobody takes for a pass."""
    bar = "!" * 100
    return [
        bar,
        f"AUDIT SKIPPED: {why}. Nothing was audited; run make audit where advisories can be asked.",
        bar,
    ]


def main() -> int:
    """Audit this environment."""
    try:
        done = subprocess.run(
            COMMAND,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        code, lines = judged(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        code, lines = 0, skipped("no answer within five minutes")
    except ValueError:
        said = done.stderr.strip().splitlines()
        code, lines = 0, skipped(f"pip-audit said {said[-1] if said else 'nothing'}")
    print("\n".join(lines))  # noqa: T201 (a tool of the build)
    return code


if __name__ == "__main__":
    sys.exit(main())

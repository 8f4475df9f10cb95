"""The line to the instance."""

import subprocess
import sys


def test_a_machine_without_libmagic_hears_nothing_of_it() -> None:
    """The client looks for it when it is imported, and tells everybody where it is not."""
    code = "import sys; sys.modules['magic'] = None; import connector.sync.gateway.line"
    command = [sys.executable, "-W", "default", "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""

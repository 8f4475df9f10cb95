"""The line to the instance."""

import subprocess
import sys


def test_a_machine_without_libmagic_hears_nothing_of_it() -> None:
    """The client looks for it when it is imported, and tells everybody where it is not."""
    assert _told("import sys; sys.modules['magic'] = None; import connector.sync.gateway.line") == ""


def test_what_the_client_could_do_besides_is_not_loaded_and_can_be_afterwards() -> None:
    """Readers of file kinds and of streams: memory of every process, for nothing."""
    code = """
import sys
import connector.sync.gateway.line
known = {"magic", "cffi", "ijson.backends.yajl2_cffi", "ijson.backends.yajl2"} & sys.modules.keys()
print(known or "", end="", file=sys.stderr)
"""
    assert _told(code) == ""
    assert _told("import connector.sync.gateway.line, importlib.util as u; u.find_spec('magic')") == ""


def _told(code: str) -> str:
    """What a process of its own says on its standard error."""
    command = [sys.executable, "-W", "default", "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr

"""The list of mutations stays true: `make mutation` needs every line to be there, once."""

import ast
import logging

import pytest

from tests.simulation.ear import Ear
from tests.simulation.mutation import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_mutation_finds_its_line_once(mutation: Mutation) -> None:
    """It changes that line, and what comes of it is still Python."""
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    mutated = mutation.applied(text)
    differing = [
        pair for pair in zip(text.splitlines(), mutated.splitlines(), strict=True) if len({*pair}) > 1
    ]
    assert [(one.strip(), other.strip()) for one, other in differing] == [(mutation.line, mutation.instead)]
    ast.parse(mutated)


@pytest.mark.parametrize("text", ["", "a = 1\na = 1\n"])
def test_a_line_that_is_gone_or_twice_there_is_told(text: str) -> None:
    """A mutation that changes nothing would pass for caught or missed."""
    with pytest.raises(LookupError, match="not one"):
        Mutation("x", "y.py", "a = 1", "a = 2", lambda _: True).applied(text)


def test_the_ear_hears_a_secret_and_does_not_repeat_it() -> None:
    """In a log line, in a traceback, and as Basic puts it on the wire."""
    with Ear() as ear:
        ear.secret("geheim")
        logging.getLogger("connector").debug("signing in with %s", "geheim")
        ear.hears("Authorization: Basic Y29ubmVjdG9yOmdlaGVpbQ==")
        logging.getLogger("connector").warning("INC1 does not work")
        logging.getLogger("connector").debug("INC1 does not work")
    assert len(ear.slips) == 3
    assert not any("geheim" in slip or "Y29u" in slip for slip in ear.slips)
    assert ear.holds(b"\x00geheim\x00")

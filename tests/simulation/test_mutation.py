"""The list of mutations stays true: `make mutation` needs every line to be there, once."""

import ast
import json
import logging
from base64 import b64encode

import pytest

from connector.sandbox import Fault, Faults, Request
from tests.simulation.ear import Ear, Overheard
from tests.simulation.mutation import MUTATIONS, ROOT, Mutation
from tests.world import PASSWORD, US, Desk, record_id

LIMITS = '[[policy]]\nrule = "sla_timer"\nname = "x"\nservice_hours = "remote"\nrespond_within = "15m"\n'


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


@pytest.mark.parametrize(("lost", "heard"), [(True, 0), (False, 1)])
def test_a_write_whose_answer_was_lost_lies_between_two_others(lost: bool, heard: int) -> None:
    """One, another, one again is no insisting, though 500 was said to the other; one twice in a row is."""
    with Desk(LIMITS) as desk, Ear() as ear:
        desk.rest = Overheard(desk.instance, faults=Faults(sleep=lambda _: None), ear=ear)
        desk.opens("INC1")
        path = f"/api/now/table/incident/{record_id('INC1')}"
        signed = {"Content-Type": "application/json"}
        signed |= {"Authorization": "Basic " + b64encode(f"{US}:{PASSWORD}".encode()).decode()}
        for value in ("open", "", "open") if lost else ("open", "open"):
            if not value:
                desk.rest.faults.add(Fault.server_error("after"))
            body = json.dumps({"u_desk_knowledge": value}).encode()
            answer = desk.rest.handle(Request("PATCH", path, signed, body, desk.instance.base_url))
            assert answer.status == (200 if value else 500)
        assert len(desk.rest.insisted) == heard

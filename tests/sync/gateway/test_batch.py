"""Batches: the envelope by itself, and packed writes against the sandbox with all that can befall them."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.clock import SimulatedClock
from connector.errors import GatewayError, Refused, Unavailable, Unserviced
from connector.sandbox import Fault, Faults, Instance, Rest, Server, in_process
from connector.sandbox.fault import on
from connector.sync.apply import Answer, Outcome, carry_out
from connector.sync.change import Change, FieldChange, Plan
from connector.sync.gateway import Credentials, Gateway, Terms
from connector.sync.gateway.batch import BYTES, PARTS, Part, loads, packed, unpacked
from connector.sync.gateway.packing import DOUBTS
from connector.sync.request import Search, Write
from tests.sync.conftest import NOON

WRITABLE = {
    "incident": frozenset({"u_clock", "work_notes", "state"}),
    "incident_task": frozenset({"incident", "correlation_id", "short_description"}),
}


def part(text: str = "") -> Part:
    """A PATCH whose body has this text."""
    return Part("PATCH", f"/api/now/table/incident/{'a' * 32}", {"sysparm_fields": "sys_id"}, {"x": text})


@given(st.lists(st.integers(0, BYTES * 2 // 3), max_size=80))
def test_loads_are_within_their_limits(sizes: list[int]) -> None:
    """Each part in exactly one, in order; no load over the limits unless it is a single huge part."""
    parts = [part("x" * size) for size in sizes]
    made = list(loads(parts))
    assert [index for load in made for index in load] == list(range(len(parts)))
    for load in made:
        assert 1 <= len(load) <= PARTS
        assert len(load) == 1 or sum(len(parts[index].content) for index in load) <= BYTES


def test_a_batch_says_that_its_order_counts() -> None:
    """Text of any script, and no blank, quote or caret of a value can leave its place in the URL."""
    sent = packed([Part("GET", "/api/now/table/x", {"q": "a b&c=d#中"}), part("面板")])
    assert sent["enforce_order"] is True
    read, write = sent["rest_requests"]
    assert read["url"] == "/api/now/table/x?q=a+b%26c%3Dd%23%E4%B8%AD"
    assert "body" not in read
    assert json.loads(base64.b64decode(write["body"])) == {"x": "面板"}


def said(number: object, status: object = 200, body: object = "e30=") -> dict[str, Any]:
    """One answered part."""
    return {"id": number, "status_code": status, "body": body}


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], Unserviced),
        ([said("7")], Unserviced),
        ([said("0"), said("0")], Unavailable),
        ([said("0", "200")], Unavailable),
        ([said("0", True)], Unavailable),
        ([said("0", 200, None)], Unavailable),
        ([said("0", 200, "no base64!")], Unavailable),
    ],
)
def test_no_part_is_taken_for_done_without_a_clear_answer(
    answers: list[object], error: type[GatewayError]
) -> None:
    """Missing, twice, of another kind: in doubt."""
    (found,) = unpacked([part()], {"serviced_requests": answers, "unserviced_requests": []}, "x")
    assert type(found) is error


@pytest.mark.parametrize("found", [{}, {"serviced_requests": None}, {"serviced_requests": ["x"]}])
def test_what_is_no_answer_to_a_batch(found: dict[str, Any]) -> None:
    """All of it is in doubt."""
    with pytest.raises(Unavailable):
        unpacked([part()], found, "x")


class Desk:
    """A sandbox with tickets, and a gateway that packs; waiting and slow writes move the one clock."""

    def __init__(self, tickets: int = 12) -> None:
        self.clock = SimulatedClock(NOON)
        self.instance = Instance(now=self.clock.now)
        self.instance.add_user("connector", name="Connector", password="geheim", roles=["itil", "admin"])
        self.instance.add_column("incident", "u_clock")
        self.faults = Faults(sleep=lambda seconds: self.clock.wait(seconds))
        self.rest = Rest(self.instance, faults=self.faults)
        self.ids = [
            self.instance.insert("incident", {"short_description": "x"}, user="admin")["sys_id"]
            for _ in range(tickets)
        ]
        self._open = ExitStack()
        self.gateway: Gateway

    def opened(self, *, socket: bool = False) -> "Desk":
        """With the gateway, in process or over a socket."""
        mount = Server(self.rest) if socket else in_process(self.rest)
        reached = self._open.enter_context(mount)
        self._open.callback(self.instance.close)
        url = reached.url if isinstance(reached, Server) else str(reached)
        self.gateway = Gateway(
            url,
            Credentials("connector", "geheim"),
            writable=WRITABLE,
            terms=Terms(batch=True, connect=2, answer=2),
            clock=self.clock,
        )
        self._open.callback(self.gateway.close)
        return self

    def close(self) -> None:
        """Everything."""
        self._open.close()

    def update(self, sys_id: str) -> Change:
        """A note and a field, judged on the record as it is."""
        row = self.instance.get("incident", sys_id)
        assert row is not None
        fields = (FieldChange("u_clock", row["u_clock"], "breached"), FieldChange("work_notes", "", "late"))
        return Change("incident", sys_id, sys_id, row["number"], int(row["sys_mod_count"]), fields, ())

    def task(self, sys_id: str) -> Change:
        """A task beside a ticket; its id is the ticket's, backwards."""
        made = sys_id[::-1]
        fields = (FieldChange("correlation_id", "", made), FieldChange("incident", "", sys_id))
        return Change("incident_task", made, sys_id, "INC", None, fields, (), {"correlation_id": made})

    def carries(self, *more: Change) -> Outcome:
        """One pass over what is still to do, as the planner would see it."""
        todo = [
            change
            for sys_id in self.ids
            if (row := self.instance.get("incident", sys_id)) and row["u_clock"] != "breached"
            for change in (self.task(sys_id), self.update(sys_id))
            if not change.creates or self.instance.get("incident_task", change.sys_id) is None
        ]
        told: list[object] = []
        outcome = carry_out(
            Plan(0, tuple(todo) + more),
            self.gateway,
            told.extend,
            marks_column="u_marks",
            packer=self.gateway,
        )
        assert told == list(outcome.written)
        return outcome

    def check(self, outcome: Outcome) -> None:
        """Nothing twice; what is told to be there is, and nothing else that was told not to."""
        for sys_id in self.ids:
            assert len(self.instance.journal(sys_id)) <= 1
        for written in outcome.written:
            change = written.change
            row = self.instance.get(change.table, change.sys_id)
            there = row is not None and (change.creates or row["u_clock"] == "breached")
            if written.answer is not Answer.IN_DOUBT:
                assert there == (written.answer in (Answer.WRITTEN, Answer.FOUND)), written

    def finished(self) -> None:
        """Further passes bring everything about, once."""
        for _ in range(6):
            self.check(self.carries())
            self.clock.advance(60)
        for sys_id in self.ids:
            assert len(self.instance.journal(sys_id)) == 1
        assert self.instance.count("incident_task") == len(self.ids)


@contextmanager
def desk(tickets: int = 12, *, socket: bool = False) -> Iterator[Desk]:
    """Opened and closed."""
    made = Desk(tickets).opened(socket=socket)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("socket", [False, True], ids=["in process", "over a socket"])
def test_many_changes_are_few_requests(socket: bool) -> None:
    """Each record written once and looked at; the first ticket by itself, the others in batches."""
    with desk(24, socket=socket) as one:
        outcome = one.carries()
        assert {written.answer for written in outcome.written} == {Answer.WRITTEN}
        assert len(outcome.written) == 48
        patches = [r.sys_id for r in one.rest.requests if r.method == "PATCH"]
        assert sorted(patches) == sorted(one.ids)
        assert one.gateway.requests_sent <= 7
        one.check(outcome)
        one.finished()
        assert one.gateway.condition().batch == "on"


def of_batch(call: Any) -> bool:
    """The batch itself, not one of its parts."""
    return call.method == "POST" and call.table == ""


TROUBLES: dict[str, Callable[[Desk], object]] = {
    "one part forbidden": lambda d: d.faults.add(Fault.forbidden(), on("PATCH", sys_id=d.ids[5]), times=None),
    "one part throttled": lambda d: d.faults.add(Fault.busy(), on("PATCH", sys_id=d.ids[5])),
    "one part 500 after it took effect": lambda d: d.faults.add(
        Fault.server_error("after"), on("PATCH", sys_id=d.ids[5])
    ),
    "one part cut": lambda d: d.faults.add(Fault.truncated(), on("PATCH", sys_id=d.ids[5])),
    "one part HTML": lambda d: d.faults.add(Fault.hibernating(), on("PATCH", sys_id=d.ids[5])),
    "lost in the middle": lambda d: d.faults.add(Fault.reset_after(), on("PATCH", sys_id=d.ids[5])),
    "lost in the middle of the creations": lambda d: d.faults.add(
        Fault.reset_after(), on("POST", "incident_task", nth=0), times=2
    ),
    "lost before": lambda d: d.faults.add(Fault.reset_before(), of_batch, times=2),
    "lost after": lambda d: d.faults.add(Fault.timeout_after(0.01), of_batch, times=2),
    "cut": lambda d: d.faults.add(Fault.truncated(), of_batch, times=2),
    "in upgrade": lambda d: d.faults.add(Fault.unavailable(), of_batch, times=3),
    "HTML": lambda d: d.faults.add(Fault.hibernating(), of_batch, times=3),
    "no batches (403)": lambda d: d.faults.add(Fault.forbidden(), of_batch, times=None),
    "throttled": lambda d: d.faults.add(Fault.busy(), of_batch, times=2),
    "its quota of time": lambda d: d.faults.add(Fault.delay(8), on("PATCH"), times=None),
    "its quota of size": lambda d: d.instance.properties.update({"glide.rest.batch.max.outputSize": "700"}),
    "no room for any answer": lambda d: d.instance.properties.update(
        {"glide.rest.batch.max.outputSize": "1"}
    ),
    "no room for the question": lambda d: d.instance.properties.update(
        {"glide.rest.batch.max.inputSize": "10"}
    ),
}


@pytest.mark.parametrize("what", TROUBLES)
def test_whatever_befalls_a_batch_each_record_is_written_once(what: str) -> None:
    """Each part is looked at by itself, what is in doubt is read, what was left out goes again, and passes
    later everything is there, once.
    """
    with desk() as one:
        TROUBLES[what](one)
        outcome = one.carries()
        one.check(outcome)
        one.faults.clear()
        one.finished()
        if what == "no batches (403)":
            assert one.gateway.condition().batch.startswith("refused: HTTP 403")
        if what.startswith(("one part", "its quota")):
            assert one.gateway.condition().batch == "on"


def test_left_out_goes_again_in_the_same_pass() -> None:
    """By the quota of time: the rest follows in further batches, without waiting for the next pass."""
    with desk() as one:
        one.faults.add(Fault.delay(8), on("PATCH"), times=None)
        outcome = one.carries()
        assert outcome.done == 24
        batches = [r for r in one.rest.requests if r.method == "POST" and not r.table]
        assert len(batches) >= 4
        one.check(outcome)


def test_who_writes_at_the_same_time_is_seen() -> None:
    """Between our look and the batch a person writes: the count tells, for each part by itself."""
    with desk() as one:
        stolen = one.ids[4]

        def edit() -> None:
            one.instance.update("incident", stolen, {"state": "2"}, user="admin")

        one.faults.add(Fault.between(edit), on("PATCH", sys_id=one.ids[1]))
        outcome = one.carries()
        noticed = [w.change.sys_id for w in outcome.written if "at the same time" in w.detail]
        assert noticed == [stolen]


def test_a_record_that_changed_before_is_left_alone() -> None:
    """Whoever wrote since we judged keeps the word; the others of the batch go on."""
    with desk() as one:
        stolen = one.ids[4]
        plan = [one.update(sys_id) for sys_id in one.ids]
        one.instance.update("incident", stolen, {"state": "2"}, user="admin")
        outcome = carry_out(
            Plan(0, tuple(plan)), one.gateway, lambda _: None, marks_column="u_marks", packer=one.gateway
        )
        assert outcome.count(Answer.CHANGED) == 1
        assert outcome.count(Answer.WRITTEN) == 11
        assert not one.instance.journal(stolen)


def test_a_batch_that_never_answers_is_given_up() -> None:
    """After two the parts go one by one: an endpoint that is broken does not stop the work for ever."""
    with desk() as one:
        one.faults.add(Fault.hibernating(), of_batch, times=None)
        for _ in range(DOUBTS):
            assert one.carries().stopped
        assert one.carries().stopped == ""
        assert one.gateway.condition().batch.startswith(f"given up after {DOUBTS}")
        one.finished()


def test_one_password_refused_in_a_batch_is_the_end() -> None:
    """401 for the batch is 401 for us."""
    with desk() as one:
        one.faults.add(Fault.unauthorised(), of_batch, times=None)
        sent = one.gateway.requests_sent
        with pytest.raises(GatewayError, match="refused"):
            one.carries()
        assert one.gateway.requests_sent > sent
        one.check(Outcome())


def test_what_is_not_ours_does_not_leave_in_a_batch_either() -> None:
    """One foreign column, and nothing of it is sent."""
    with desk(3) as one:
        before = one.gateway.requests_sent
        good, bad = (
            Write("incident", one.ids[0], {"state": "2"}, ()),
            Write("incident", one.ids[1], {"x": ""}, ()),
        )
        with pytest.raises(Refused, match="x on incident"):
            one.gateway.write_all([good, bad])
        with pytest.raises(Refused, match="sys_id"):
            one.gateway.write_all([Write("incident", "../x", {"state": "2"}, ())])
        assert one.gateway.requests_sent == before


def test_many_searches_are_one_request() -> None:
    """Found, not found and forbidden, each by itself."""
    with desk(3) as one:
        numbers = [row["number"] for row in one.instance.rows("incident", "ORDERBYnumber")]
        searches = [Search("incident", {"number": n}, ("sys_id",)) for n in (*numbers, "INC9999999")]
        one.faults.add(Fault.forbidden(), lambda call: numbers[1] in call.params.get("sysparm_query", ""))
        first, second, third, fourth = one.gateway.find_all(searches)
        assert one.gateway.requests_sent == 1
        assert isinstance(first, dict)
        assert isinstance(second, GatewayError)
        assert isinstance(third, dict)
        assert fourth is None
        with pytest.raises(Refused):
            one.gateway.find_all([Search("incident", {"number": ""}, ())])

"""What goes over the wire, and what an answer means."""

from contextlib import closing

import pytest
import responses

from connector.errors import (
    ConnectorError,
    Forbidden,
    NotFound,
    Refused,
    SettingsError,
    Throttled,
    TimedOut,
    Unauthorised,
    Unavailable,
    WrongInstance,
)
from connector.sandbox import Fault, Server
from connector.sandbox.fault import on
from connector.sync.gateway import Credentials, Gateway, Terms
from tests.sync.conftest import NOON, Bench

FAULTS = [
    (Fault.unauthorised(), Unauthorised),
    (Fault.forbidden(), Forbidden),
    (Fault.rate_limited(retry_after=77), Throttled),
    (Fault.busy(), Throttled),
    (Fault.server_error(), Unavailable),
    (Fault.unavailable(), Unavailable),
    (Fault.hibernating(), Unavailable),
    (Fault.empty(), Unavailable),
    (Fault.accepted(), Unavailable),
    (Fault.truncated(), Unavailable),
    (Fault.cancelled(), Unavailable),
    (Fault.cancelled(broken=True), Unavailable),
    (Fault.refused(), TimedOut),
    (Fault.reset_before(), TimedOut),
    (Fault.timeout_before(), TimedOut),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: getattr(value, "__name__", None))
def test_every_way_of_not_answering_has_its_error(
    bench: Bench, fault: Fault, error: type[ConnectorError]
) -> None:
    """Neither a 200 nor a 202 is believed, and one request is sent, whatever happens."""
    bench.opens(3)
    bench.faults.add(fault)
    with pytest.raises(error, match="incident") as caught:
        bench.gateway.page("incident", "ORDERBYsys_id", ["sys_id"])
    assert bench.gateway.requests_sent == 1
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "seconds"), [(Fault.rate_limited(retry_after=77), 77), (Fault.busy(), None)]
)
def test_a_throttle_says_when_to_come_back(bench: Bench, fault: Fault, seconds: int | None) -> None:
    """A rate rule names the seconds, a full semaphore does not."""
    bench.faults.add(fault)
    with pytest.raises(Throttled) as caught:
        bench.gateway.probe()
    assert caught.value.retry_after == seconds


def test_one_wrong_password_is_enough(bench: Bench) -> None:
    """After a 401 the gateway sends nothing more: six failures lock the account."""
    gateway = Gateway(bench.url, Credentials("connector", "falsch"), writable={})
    for _ in range(3):
        with pytest.raises(Unauthorised):
            gateway.probe()
    assert gateway.requests_sent == len(bench.rest.requests) == 1


def test_a_password_need_not_be_latin_and_is_never_shown(bench: Bench) -> None:
    """Credentials travel as UTF-8 and show themselves without the password."""
    bench.instance.set_password("connector", "密码")
    credentials = Credentials("connector", "密码")
    assert "密码" not in repr(credentials)
    assert Gateway(bench.url, credentials, writable={}).probe().server_time == NOON


def test_a_page_has_the_instance_s_time(bench: Bench) -> None:
    """The time of a page is the Date header's, not this machine's."""
    bench.opens(2)
    page = bench.gateway.page("incident", "ORDERBYsys_id", ["sys_id", "number"], limit=1)
    assert (len(page.rows), page.more, page.server_time) == (1, True, NOON)
    assert set(page.rows[0]) == {"sys_id", "number"}
    bench.faults.add(Fault.clock_offset(-3600))
    assert bench.gateway.probe().server_time == NOON - 3600


def test_columns_are_asked_for_as_they_are_kept(bench: Bench) -> None:
    """Whatever their order: an instance that answers in the order asked is read the quickest."""
    for fields in (["state", "number", "sys_id"], ["sys_id", "state", "number"]):
        bench.gateway.page("incident", "ORDERBYsys_id", fields)
    assert {sent.params["sysparm_fields"] for sent in bench.rest.requests} == {"number,state,sys_id"}


def test_a_short_page_is_not_the_end(bench: Bench) -> None:
    """ACLs take rows out of a page after its limit; more is what the Link header says."""
    bench.opens(3)
    bench.instance.hide("incident", "numberSTARTSWITHINC", "connector")
    assert bench.gateway.page("incident", "ORDERBYsys_id", ["sys_id"], limit=2) == ([], NOON, True)
    assert bench.gateway.page("incident", "ORDERBYsys_id", ["sys_id"], limit=3) == ([], NOON, False)


def test_a_patch_is_one_patch_without_stray_parameters(bench: Bench) -> None:
    """Nothing of an earlier read leaks into a write, and the answer is the record afterwards."""
    (sys_id,) = bench.opens()
    bench.writable = {"incident": frozenset({"short_description"})}
    bench.gateway.page("incident", "numberSTARTSWITHINC", ["number"])
    bench.rest.requests.clear()
    after = bench.gateway.patch(
        "incident", sys_id, {"short_description": "面板"}, read=["sys_mod_count", "short_description"]
    )
    assert after == {"sys_mod_count": "1", "short_description": "面板"}
    (sent,) = bench.rest.requests
    assert (sent.method, sent.body) == ("PATCH", {"short_description": "面板"})
    assert set(sent.params) == {"sysparm_fields", "sysparm_exclude_reference_link"}


def test_what_is_not_ours_never_leaves(bench: Bench) -> None:
    """A column outside the configured ones is refused before anything is sent."""
    (sys_id,) = bench.opens()
    bench.writable = {"incident": frozenset({"work_notes"})}
    with pytest.raises(Refused, match="state on incident"):
        bench.gateway.patch("incident", sys_id, {"state": "6", "work_notes": "x"}, read=[])
    with pytest.raises(Refused, match="on problem"):
        bench.gateway.create("problem", {"sys_id": "a" * 32, "number": "1"}, read=[])
    with pytest.raises(Refused, match="not a sys_id"):
        bench.gateway.patch("incident", "../sys_user", {"work_notes": "x"}, read=[])
    assert not bench.rest.requests


def test_a_lost_answer_of_a_write_is_in_doubt(bench: Bench) -> None:
    """The write took effect, the answer was lost: one request, TimedOut, and the record tells."""
    (sys_id,) = bench.opens()
    bench.writable = {"incident": frozenset({"work_notes"})}
    bench.faults.add(Fault.reset_after(), on(writes=True))
    with pytest.raises(TimedOut):
        bench.gateway.patch("incident", sys_id, {"work_notes": "once"}, read=["sys_mod_count"])
    assert bench.gateway.requests_sent == 1
    assert [entry["value"] for entry in bench.instance.journal(sys_id)] == ["once"]
    assert bench.gateway.by_ids("incident", [sys_id], ["sys_mod_count"])[sys_id]["sys_mod_count"] == "1"


def test_a_record_is_created_under_our_own_id(bench: Bench) -> None:
    """The id we chose is the record's, a second time is refused, and it can be found by its values."""
    bench.writable = {"incident_task": frozenset({"correlation_id"})}
    fields = {"sys_id": "c" * 32, "correlation_id": "c" * 32}
    assert bench.gateway.create("incident_task", fields, read=["sys_id"])["sys_id"] == "c" * 32
    with pytest.raises(Forbidden):
        bench.gateway.create("incident_task", fields, read=["sys_id"])
    found = bench.gateway.find("incident_task", {"correlation_id": "c" * 32}, ["sys_id", "state"])
    assert found is not None
    assert found["sys_id"] == "c" * 32
    assert bench.gateway.find("incident_task", {"correlation_id": "d" * 32}, ["sys_id"]) is None


def test_a_search_by_an_unknown_column_finds_nothing_at_all(bench: Bench) -> None:
    """The platform drops an unknown condition and answers with any record; we do not take it."""
    bench.opens()
    with pytest.raises(WrongInstance, match="u_nowhere"):
        bench.gateway.find("incident", {"u_nowhere": "x"}, ["sys_id"])
    with pytest.raises(Refused, match="any record"):
        bench.gateway.find("incident", {"number": ""}, ["sys_id"])


def test_many_ids_are_asked_for_in_hundreds(bench: Bench) -> None:
    """By hundreds, for URLs have an end; what is gone is simply not there."""
    ids = bench.opens(120)
    bench.instance.delete("incident", ids[0])
    found = bench.gateway.by_ids("incident", ids, ["number"])
    assert set(found) == set(ids[1:])
    assert bench.gateway.requests_sent == 2


def test_columns_are_those_of_the_whole_family(bench: Bench) -> None:
    """A table has the columns of what it extends, and a table that is not there is the wrong instance."""
    bench.instance.add_column("incident", "u_desk_marks")
    assert {"u_desk_marks", "assignment_group", "sys_id", "caller_id"} <= bench.gateway.columns("incident")
    with pytest.raises(WrongInstance):
        bench.gateway.columns("u_nothing")
    with pytest.raises(WrongInstance):
        bench.gateway.page("u_nothing", "", ["sys_id"])
    with pytest.raises(NotFound):
        bench.writable = {"incident": frozenset({"state"})}
        Gateway(bench.url, Credentials("connector", "geheim"), writable=bench.writable).patch(
            "incident", "e" * 32, {"state": "1"}, read=[]
        )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("desk.service-now.com", "not a URL"),
        ("http://desk.service-now.com", "in the clear"),
        ("https://user:secret@desk.service-now.com", "never stands in the URL"),
        ("ftp://desk", "not a URL"),
    ],
)
def test_a_url_that_cannot_be_right(url: str, words: str) -> None:
    """A wrong address is a mistake in the settings, told in their words."""
    with pytest.raises(SettingsError, match=words) as caught:
        Gateway(url, Credentials("a", "b"), writable={})
    assert "secret" not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    """A redirected PATCH would arrive as a GET and look like success."""
    url, sys_id = "https://desk.example", "a" * 32
    gateway = Gateway(url, Credentials("a", "b"), writable={"incident": frozenset({"state"})})
    with responses.RequestsMock() as mock:
        mock.add(
            "PATCH", f"{url}/api/now/table/incident/{sys_id}", status=302, headers={"Location": f"{url}/x"}
        )
        with pytest.raises(Unavailable, match="elsewhere"):
            gateway.patch("incident", sys_id, {"state": "1"}, read=[])


@pytest.mark.parametrize(
    "body", ['{"result":{}}', '{"result":["x"]}', "[]", "{}", '{"result":null}', '{"result":[null]}']
)
def test_a_list_that_is_none(body: str) -> None:
    """JSON of another shape is no answer either."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    with responses.RequestsMock() as mock:
        mock.add(
            "GET", "https://desk.example/api/now/table/incident", body=body, content_type="application/json"
        )
        with pytest.raises(Unavailable):
            gateway.page("incident", "", ["sys_id"])


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ('"\\ud83d"', "\ud83d"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"网络 \\u7f51"', "网络 网"),
        ('"\\u0000"', "\x00"),
    ],
)
def test_half_a_character_is_read_as_it_came(told: str, read: str) -> None:
    """A text that somebody cut in the middle of a pair does not make the page unreadable."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    with responses.RequestsMock() as mock:
        mock.add(
            "GET",
            "https://desk.example/api/now/table/incident",
            body=f'{{"result":[{{"short_description":{told}}}]}}'.encode(),
            content_type="application/json",
            headers={"Date": "Mon, 01 Jun 2026 04:00:00 GMT"},
        )
        page = gateway.page("incident", "", ["short_description"])
    assert page.rows == [{"short_description": read}]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (202, '{"result":[]}'),
        (200, '{"result":[],"error":{"message":"Transaction cancelled","detail":null}}'),
        (200, '{"result":[],"status":"failure"}'),
    ],
)
def test_a_result_beside_a_failure_is_not_believed(status: int, body: str) -> None:
    """Each sign of failure is enough by itself, however good the rest looks."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    with responses.RequestsMock() as mock:
        mock.add(
            "GET",
            "https://desk.example/api/now/table/incident",
            status=status,
            body=body,
            content_type="application/json",
            headers={"Date": "Mon, 01 Jun 2026 04:00:00 GMT"},
        )
        with pytest.raises(Unavailable):
            gateway.page("incident", "", ["sys_id"])


def test_without_a_date_there_is_no_time() -> None:
    """This machine's clock never stands in for the instance's."""
    gateway = Gateway("https://desk.example", Credentials("a", "b"), writable={})
    with responses.RequestsMock() as mock:
        mock.add("GET", "https://desk.example/api/now/table/incident", json={"result": []})
        with pytest.raises(Unavailable, match="Date"):
            gateway.page("incident", "", ["sys_id"])


def test_over_a_socket() -> None:
    """The same over HTTP on loopback, where nothing listens afterwards."""
    with closing(Bench()) as bench, Server(bench.rest) as server:
        ids = bench.opens(2)
        gateway = Gateway(
            server.url, Credentials("connector", "geheim"), writable={}, terms=Terms(connect=2, answer=2)
        )
        assert set(gateway.by_ids("incident", ids, [])) == set(ids)
        url = server.url
        gateway.close()
    with pytest.raises(TimedOut):
        Gateway(url, Credentials("connector", "geheim"), writable={}).probe()

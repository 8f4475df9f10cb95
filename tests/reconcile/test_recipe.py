"""A pass against an instance that misbehaves: nothing lost or doubled, and it is said what was wrong."""

from pathlib import Path

import pytest

from connector.cli import main
from connector.errors import Refused, Unauthorised
from connector.reconcile import build_world, open_gateway, run_pass, sweep_world
from connector.sandbox import Fault, on
from connector.settings import loads
from connector.sync.apply import Answer
from connector.sync.gateway import Credentials
from tests.world import CONFIG, HOUR, MINUTE, PASSWORD, URGENT_LIMITS, US, Desk, record_id

ESCALATE = """
[[policy]]
rule = "tier_escalation"
name = "to-second-line"
mode = "enforce"
from = "first_line"
to = "second_line"
out_of_capability = ["network"]
"""
NO_ANSWER = {
    "down": Fault.refused(),
    "cut off": Fault.reset_before(),
    "silent": Fault.timeout_before(),
    "hibernating (HTML 200)": Fault.hibernating(),
    "in upgrade (503)": Fault.unavailable(),
    "cancelled (500)": Fault.server_error(),
    "busy (429)": Fault.busy(),
    "rate limit (429)": Fault.rate_limited(),
    "error in a 200": Fault.cancelled(),
    "error in a broken 200": Fault.cancelled(broken=True),
    "truncated JSON": Fault.truncated(),
    "accepted (202)": Fault.accepted(),
    "empty 200": Fault.empty(),
}


@pytest.mark.parametrize("what", NO_ANSWER)
@pytest.mark.parametrize("table", ["sys_audit", "incident"])
def test_no_answer_ends_the_pass_and_the_next_goes_on(what: str, table: str) -> None:
    """The cursor stays, the report says what was wrong, and the next pass does it all, once."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.clock.advance(HOUR)
        desk.opens("INC2")
        cursor = desk.store.cursor(table)
        desk.rest.faults.add(NO_ANSWER[what], when=on("GET", table))
        struck = desk.looks()
        assert struck.trouble
        assert struck.plan.changes == ()
        assert desk.store.cursor(table) == cursor
        desk.clock.advance(20 * MINUTE)
        assert desk.settles()[0].trouble == ""
        assert [passed.ok for passed in desk.store.last_passes(2)] == [True, True]
        assert [len(desk.said(number)) for number in ("INC1", "INC2")] == [1, 1]
        assert desk.repeated() == []


def test_a_page_that_fails_keeps_those_before_it() -> None:
    """What arrived before the trouble is not asked for again, and none is missing afterwards."""
    with Desk(URGENT_LIMITS, more="[poll]\npage = 2") as desk:
        for number in range(1, 6):
            desk.opens(f"INC{number}")
            desk.clock.advance(MINUTE)
        incidents = on("GET", "incident")
        seen = iter(range(100))
        second = lambda call: incidents(call) and next(seen) == 1  # noqa: E731
        desk.rest.faults.add(Fault.truncated(), when=second)
        assert "broken off" in desk.looks().trouble
        assert desk.store.count() == 2
        desk.clock.advance(HOUR)
        desk.settles()
        assert desk.store.count() == 5
        assert [len(desk.said(f"INC{number}")) for number in range(1, 6)] == [1] * 5


def test_a_wrong_password_is_tried_once() -> None:
    """Six failures lock an account: after one refusal nothing is sent any more."""
    with Desk(URGENT_LIMITS) as desk:
        gateway = open_gateway(desk.settings, Credentials(US, "wrong"))
        with pytest.raises(Unauthorised):
            build_world(desk.settings, gateway, desk.store, desk.clock)
        with pytest.raises(Unauthorised):
            build_world(desk.settings, gateway, desk.store, desk.clock)
        assert len(desk.rest.requests) == 1
        gateway.close()


def test_a_password_that_is_changed_meanwhile_stops_the_passes() -> None:
    """Unauthorised is raised, not reported: the daemon must end, and no later pass knocks again."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.looks()
        desk.instance.set_password(US, "changed")
        desk.rest.requests.clear()
        for _ in range(3):
            with pytest.raises(Unauthorised):
                desk.looks()
        assert [request.status for request in desk.rest.requests] == [401]
        last = desk.store.last_passes(1)[0]
        assert (last.ok, "401" in last.trouble or "refused" in last.trouble) == (False, True)


def test_a_wrong_password_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One attempt, exit code 1, and the password is not in what is said."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(history="audit", more="") + URGENT_LIMITS)
    monkeypatch.setenv("DESK_PASSWORD", "not-the-one")
    with Desk(URGENT_LIMITS) as desk:
        assert main(["apply", str(config)]) == 1
        assert len(desk.rest.requests) == 1
    said = capsys.readouterr()
    assert "401" in said.err
    assert "not-the-one" not in said.err + said.out


def test_an_unknown_state_is_set_aside_until_it_is_known() -> None:
    """One ticket that cannot be read is counted with its reason and stops nobody else."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.opens("INC2")
        desk.sets("INC1", state="-100")
        desk.clock.advance(HOUR)
        report = desk.looks()
        assert report.quarantined == 1
        (aside,) = desk.store.quarantined()
        assert aside.sys_id == record_id("INC1")
        assert "-100" in aside.reason
        assert desk.shows("INC2")["clock"] == "breached"
        assert desk.shows("INC1")["clock"] == ""
        assert desk.looks().quarantined == 0, "it is looked at again when it changes, not before"
        desk.restarts()
        desk.takes("INC1")
        desk.settles()
        assert desk.store.quarantined() == []
        assert desk.shows("INC1")["clock"] == "missed"


def test_a_broken_date_is_set_aside() -> None:
    """A date that is none does not stop the poll; corrected, the ticket is judged."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.opens("INC2")
        desk.looks()
        good = desk.instance.get("incident", record_id("INC1"))["opened_at"]  # type: ignore[index]
        desk.instance.store.db.execute(
            "UPDATE task SET opened_at = '2026-02-30 09:00:00' WHERE number = 'INC1'"
        )
        desk.sets("INC1", description="x")
        desk.clock.advance(HOUR)
        assert desk.looks().quarantined == 1
        assert "calendar" in desk.store.quarantined()[0].reason
        assert desk.shows("INC2")["clock"] == "breached"
        desk.sets("INC1", opened_at=good)
        desk.settles()
        assert desk.store.quarantined() == []
        assert desk.shows("INC1")["clock"] == "breached"


def test_a_ticket_that_may_not_be_written_waits() -> None:
    """Forbidden is one ticket's affair: the others go on, and it is tried again later, not at once."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.opens("INC2")
        desk.instance.abort_on("incident", "number=INC1", "frozen")
        report = desk.looks()
        assert (report.outcome.count(Answer.FORBIDDEN), report.outcome.count(Answer.WRITTEN)) == (1, 1)
        desk.clock.advance(MINUTE)
        assert desk.looks().plan.changes == ()
        desk.clock.advance(15 * MINUTE)
        assert [change.number for change in desk.looks().plan.changes].count("INC1") == 1


def test_a_column_that_does_not_stick_is_not_tried_for_ever() -> None:
    """An access rule drops a column with a 200: it is reported, and left alone until the next start."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.instance.deny_write("incident", "u_desk_clock", US)
        report = desk.looks()
        assert report.outcome.dropped_columns == {"u_desk_clock"}
        assert desk.shows("INC1")["class"] == "urgent"
        assert desk.settles()[-1].plan.empty


def test_marks_that_do_not_stick_end_everything() -> None:
    """Without its marks it would say everything again in each pass; it refuses to go on."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.instance.deny_write("incident", "u_desk_marks", US)
        desk.clock.advance(HOUR)
        with pytest.raises(Refused, match="u_desk_marks"):
            desk.looks()


def test_told_to_stop_it_ends_after_the_record_in_hand() -> None:
    """The rest of the plan is left to the next pass, which finds it still to do."""
    with Desk(URGENT_LIMITS) as desk:
        for number in range(1, 5):
            desk.opens(f"INC{number}")
        report = run_pass(
            desk.world, desk.settings, desk.clock.now(), apply=True, stop=lambda: len(list(desk.sent())) > 1
        )
        assert report.outcome.done == 2
        assert len(desk.looks().plan.changes) == 2


def test_told_to_stop_it_ends_after_the_batch_in_hand() -> None:
    """A chunk goes in two batches: the second is not sent, nothing is in doubt, the rest is done later."""
    settings = loads(
        CONFIG.format(history="audit", more="").replace("batch = false", "batch = true") + URGENT_LIMITS
    )
    with Desk(settings=settings) as desk:
        for number in range(1, 61):
            desk.opens(f"INC{number}")

        def told() -> bool:
            """After the first batch, which follows the first ticket."""
            return len(list(desk.sent())) > 2

        gateway = open_gateway(desk.settings, desk.account, clock=desk.clock, stopping=told)
        world = build_world(desk.settings, gateway, desk.store, desk.clock)
        report = run_pass(world, desk.settings, desk.clock.now(), apply=True, stop=told)
        gateway.close()
        assert report.outcome.stopped == "asked to stop"
        assert 2 < report.outcome.done == report.outcome.count(Answer.WRITTEN) < 50
        assert len(desk.store.journalled()) == report.outcome.done
        desk.settles()
        assert all(desk.shows(f"INC{number}")["clock"] for number in range(1, 61))
        assert not desk.repeated()


def test_a_deleted_ticket_is_found_out() -> None:
    """A poll cannot see what is gone; writing to it or the daily sweep does."""
    with Desk(URGENT_LIMITS) as desk:
        for number in ("INC1", "INC2"):
            desk.opens(number)
            desk.sets(number, assigned_to=desk.people["wang"])
        desk.settles()
        desk.opens("INC3")
        desk.looks()
        for number in ("INC1", "INC3"):
            desk.instance.delete("incident", record_id(number))
        desk.clock.advance(HOUR)
        assert desk.looks().outcome.count(Answer.GONE) == 1, "INC3, whose breach was to be noted"
        assert desk.store.count() == 3, "it may be out of sight for a moment only"
        assert desk.looks().outcome.count(Answer.GONE) == 1
        assert set(sweep_world(desk.world)["incident"].gone) == {record_id("INC1")}
        assert desk.store.count() == 1


def test_a_ticket_out_of_sight_for_one_pass_is_spoken_of_in_the_next() -> None:
    """Neither of the two looks of one pass finds it; it is not forgotten by that."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.clock.advance(20 * MINUTE)
        desk.instance.hide("incident", "number=INC1", US)
        assert desk.looks().outcome.count(Answer.GONE) == 1
        desk.instance.unhide("incident", US)
        desk.clock.advance(5 * MINUTE)
        assert desk.looks().outcome.done == 1
        assert desk.shows("INC1")["clock"] == "breached"


def test_what_a_poll_did_not_see_is_read_when_the_write_shows_it() -> None:
    """It was out of sight for longer than the overlap; a record that is further on is read again."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.instance.hide("incident", "number=INC1", US)
        desk.sets("INC1", short_description="and the printer")
        desk.clock.advance(5 * MINUTE)
        desk.opens("INC2", impact="3", urgency="3")  # leads the cursor on
        desk.looks()
        desk.clock.advance(5 * MINUTE)
        desk.instance.unhide("incident", US)
        desk.looks()
        desk.clock.advance(10 * MINUTE)
        assert desk.looks().outcome.count(Answer.CHANGED) == 1
        assert desk.looks().outcome.done == 1
        assert desk.shows("INC1")["clock"] == "breached"


def test_a_ticket_answered_with_404_by_mistake_is_written_to_by_the_next_pass() -> None:
    """It is asked for once more before it is taken for gone."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        nowhere = Fault(
            "answer", status=404, body=b'{"error":{"message":"No Record found"},"status":"failure"}'
        )
        desk.settles()
        desk.clock.advance(10 * MINUTE)
        desk.opens("INC2", impact="3", urgency="3")  # from here on the next polls read
        desk.looks()
        desk.clock.advance(10 * MINUTE)
        desk.rest.faults.add(nowhere, when=on("PATCH"))
        assert desk.looks().outcome.count(Answer.GONE) == 1
        assert desk.looks().outcome.done == 1
        assert desk.shows("INC1")["clock"] == "breached"


def test_over_the_brake_only_that_policy_is_held() -> None:
    """The message names the policy and the bound; the other policies' changes are written."""
    network = ESCALATE.replace('"enforce"', '"enforce"\nwhen = { category = "network" }')
    with Desk(URGENT_LIMITS, network, more="[safety]\nmax_changes = 2") as desk:
        for number in range(1, 4):
            desk.opens(f"INC{number}")
        desk.sets("INC1", category="network")
        report = desk.looks()
        assert list(report.plan.refused) == ["urgent-limits"]
        assert desk.shows("INC1")["group"] == "Network Operations"
        assert desk.shows("INC1")["clock"] == ""


def test_every_write_is_in_the_journal() -> None:
    """The journal has what was sent, why, under which settings, and what the instance answered."""
    with Desk(URGENT_LIMITS, ESCALATE) as desk:
        desk.opens("INC1", category="network")
        desk.settles()
        entries = desk.store.journalled(record_id("INC1"))
        assert [entry.answer for entry in entries] == ["written"] * len(entries)
        assert [entry.settings for entry in entries] == [desk.settings.digest] * len(entries)
        said = {(because[0], because[1], because[3]) for entry in entries for because in entry.because}
        assert {(note.policy, note.clause, note.mark) for note in desk.said("INC1")} <= said
        sent = [{column: after for column, _, after in entry.fields} for entry in reversed(entries)]
        assert sent == [request.body for request in desk.sent()]


def test_only_what_some_policy_needs_is_polled() -> None:
    """Tables that no policy asks about cost no request."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.settles()
        desk.rest.requests.clear()
        report = desk.looks()
        assert report.requests == len(desk.rest.requests) == 2
        assert {request.table for request in desk.rest.requests} == {"sys_audit", "incident"}


def test_where_audit_may_not_be_read_changes_are_observed() -> None:
    """Without sys_audit the connector compares what it sees; a pause it has seen counts."""
    with Desk(
        URGENT_LIMITS.replace('respond_within = "15m"', 'resolve_within = "2h"'), history="observed"
    ) as desk:
        desk.opens("INC1")
        desk.takes("INC1")
        for deed in (desk.holds, desk.resumes):
            desk.looks()
            desk.clock.advance(HOUR)
            deed("INC1")
        desk.settles()
        assert desk.shows("INC1")["resolve_by"] == "2026-06-01 04:00:00"
        assert {request.table for request in desk.rest.requests} & {"sys_audit"} == set()


def test_the_password_is_nowhere_in_the_store() -> None:
    """What is kept on disk holds no secret."""
    with Desk(URGENT_LIMITS) as desk:
        desk.opens("INC1")
        desk.settles()
        assert not any(PASSWORD in repr(entry) for entry in desk.store.journalled())

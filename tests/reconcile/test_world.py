"""What a pass works with, found on the instance by the names in the configuration."""

import pytest

from connector.errors import SettingsError
from connector.reconcile import build_world, open_gateway
from connector.reconcile.world import raw_states, sources
from connector.settings.table import STATES
from connector.sync.gateway import Credentials
from connector.ticket import TicketState, Tier
from tests.world import PASSWORD, US, Desk, read, record_id

MAJOR = """
[[policy]]
rule = "major_incident"
name = "major-crisis"
mode = "enforce"
report_to = "lead.zhao"
"""
DRAFTS = """
[[policy]]
rule = "knowledge_capture"
name = "knowledge"
mode = "enforce"
"""
CONFIRM = """
[[policy]]
rule = "customer_confirmation"
name = "confirmed"
confirmed = "u_desk_confirmed"
"""


def test_everything_that_is_missing_is_named_at_once() -> None:
    """Groups and people that the configuration names and the instance lacks; no pass is made without them."""
    with Desk(MAJOR) as desk:
        desk.instance.delete("sys_user_group", record_id("Infrastructure"))
        desk.instance.delete("sys_user", record_id("lead.zhao"))
        gateway = open_gateway(desk.settings, Credentials(US, PASSWORD))
        with pytest.raises(SettingsError) as refused:
            build_world(desk.settings, gateway, desk.store, desk.clock)
        gateway.close()
        assert len(refused.value.problems) == 2
        assert 'no group "Infrastructure"' in refused.value.problems[0]
        assert 'no user "lead.zhao"' in refused.value.problems[1]


def test_groups_have_their_place_in_the_desk() -> None:
    """A group that no desk names has no tier; with "*" it has that of the star."""
    with Desk(MAJOR) as desk:
        groups = desk.world.moment.directory.groups
        assert groups[desk.groups["Infrastructure"]].tier is Tier.SECOND_LINE
        assert groups[desk.groups["Network Operations"]].categories == ("network",)
        assert groups[desk.groups["Printer Room"]].tier is None


def test_a_group_that_comes_later_is_met() -> None:
    """A ticket in a group that did not exist at the start: the groups are read again, and told by name."""
    broadcasts = MAJOR.replace('"lead.zhao"', '"lead.zhao"\nreport_within = "2h"')
    with Desk(broadcasts) as desk:
        desk.opens("INC1")
        desk.looks()
        desk.groups["Night Shift"] = desk.instance.add_group("Night Shift")
        desk.moves("INC1", "Night Shift")
        desk.settles()
        desk.clock.advance(1800)
        desk.settles()
        assert "Night Shift" in desk.said("INC1")[-1].text


def test_only_tables_that_are_needed_are_polled() -> None:
    """Each policy brings its tables, history comes before what it is the history of, tickets come last."""
    tables = {text: [source.table for source in sources(read(text))] for text in (MAJOR, DRAFTS, CONFIRM)}
    assert tables[MAJOR] == ["sys_audit", "incident_task", "incident"]
    assert tables[DRAFTS] == ["sys_audit", "kb_knowledge", "m2m_kb_task", "incident"]
    assert tables[CONFIRM] == ["sys_audit", "incident"]
    (observed,) = sources(read(CONFIRM, history="observed"))
    assert "u_desk_confirmed" in observed.observe


def test_states_are_written_as_the_instance_knows_them() -> None:
    """The platform's own value, unless the configuration gives that value another meaning."""
    assert raw_states(STATES)[TicketState.RESOLVED] == "6"
    odd = {**STATES, "6": TicketState.ON_HOLD, "16": TicketState.RESOLVED}
    assert raw_states(odd)[TicketState.RESOLVED] == "16"


def test_each_name_is_asked_for_once() -> None:
    """People's names are looked up on demand and remembered; who is not there keeps the sys_id, and what is
    none, of a roster in a file, is a name as it stands: nobody is asked for it.
    """
    with Desk(MAJOR) as desk:
        unknown = "f" * 32
        wanted = {desk.people["wang"], unknown}
        assert desk.world.names(wanted) == {desk.people["wang"]: "Wang", unknown: unknown}
        sent = len(desk.rest.requests)
        desk.world.names(wanted)
        assert desk.world.names({"li.si", "王伟"}) == {"li.si": "li.si", "王伟": "王伟"}
        assert len(desk.rest.requests) == sent


def test_what_is_ticked_is_followed_through_time() -> None:
    """A column that a policy names itself has its history polled or observed like those of [reads]."""
    policies = CONFIRM, DRAFTS + 'draft = "on_request"\ndraft_column = "u_desk_draft"\n'
    audit = {source.table: source for source in sources(read(*policies))}
    assert audit["sys_audit"].query.endswith(",u_desk_confirmed,u_desk_draft")
    for history in ("metric", "observed"):
        followed = {source.table: source for source in sources(read(*policies, history=history))}
        assert followed["incident"].observe[-2:] == ("u_desk_confirmed", "u_desk_draft")
        assert "sys_audit" not in followed
        assert ("metric_instance" in followed) is (history == "metric")


def test_when_a_draft_was_asked_for() -> None:
    """The instant of the tick comes with the ticket, from the audit."""
    asked = DRAFTS + 'draft = "on_request"\ndraft_column = "u_desk_draft"\n'
    with Desk(asked) as desk:
        desk.opens("INC1")
        desk.clock.advance(600)
        desk.ticks("INC1", "u_desk_draft")
        desk.looks()
        (mirrored,) = desk.store.load([record_id("INC1")])
        extra = desk.world.normaliser.ticket(*mirrored).extra
        assert extra["u_desk_draft@"] == str(desk.clock.now())

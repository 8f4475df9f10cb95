"""Whom a ticket is handed to: by column, by rota, by load; who watches it then; and back down on a word."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from connector.intent import Note, Set
from connector.rules.base import Moment
from connector.rules.hand_over import Turn
from connector.rules.tier_escalation import TierEscalation
from connector.ticket import Directory, Group, Ticket, TicketState, Tier
from tests.builder import (
    DAY,
    FIRST,
    GROUPS,
    HOUR,
    LEAD,
    LI,
    MON,
    NETWORK,
    SECOND,
    VENDOR,
    WANG,
    marked,
    moment,
    said,
    spans,
    ticket,
)

NEW, WORK = TicketState.NEW, TicketState.IN_PROGRESS
SERVERS = Group("e2" * 16, "Servers", "main", Tier.SECOND_LINE)
WIDER = Directory({g.sys_id: g for g in (*GROUPS, SERVERS)}, {LEAD.user_name: LEAD})
ERP = {"cmdb_ci.name": "SAP ERP"}


def escalation(**more: object) -> TierEscalation:
    """From the first line to the second as soon as it is about SAP ERP."""
    base = {"name": "up", "from": "first_line", "to": "second_line", "beyond": {"cmdb_ci.name": ["SAP ERP"]}}
    return TierEscalation.model_validate({**base, **more})


def down(**more: object) -> TierEscalation:
    """From the second line to the vendor on a tick, and back to the first on another."""
    base = {"name": "on", "from": "second_line", "to": "vendor", "marked_by": "u_up", "returned_by": "u_down"}
    return TierEscalation.model_validate({**base, **more})


def set_to(policy: TierEscalation, of: Ticket, at: Moment) -> dict[str, str]:
    """Field → what the policy sets in it now."""
    return {i.field: str(i.value) for i in said(policy, of, at) if isinstance(i, Set)}


def note(policy: TierEscalation, of: Ticket, at: Moment) -> str:
    """The one note it wants."""
    (text,) = [str(i.text) for i in said(policy, of, at) if isinstance(i, Note)]
    return text


def test_a_configuration_item_beyond_capability_moves_it() -> None:
    """The note names column and value; another item stays."""
    assert set_to(escalation(), ticket(extra=ERP), moment(MON))["group"] == SECOND.sys_id
    assert "cmdb_ci.name SAP ERP is beyond its capability" in note(
        escalation(), ticket(extra=ERP), moment(MON)
    )
    assert set_to(escalation(), ticket(extra={"cmdb_ci.name": "Printer"}), moment(MON)) == {}
    assert escalation().columns() == {"cmdb_ci.name"}


def test_handed_back_it_stays_until_it_is_about_something_else() -> None:
    """The same item never moves it twice; another one of the list does."""
    policy = escalation(beyond={"cmdb_ci.name": ["SAP ERP", "Payroll"]})
    back = marked(policy, ticket(extra=ERP), moment(MON))
    assert set_to(policy, back, moment(MON + DAY)) == {}
    assert set_to(policy, replace(back, extra={"cmdb_ci.name": "Payroll"}), moment(MON)) != {}


def test_the_first_route_that_fits_takes_over() -> None:
    """Its columns all have to fit; it goes before the named group and the rota."""
    routes = [
        {"group": "Vendor Support", "where": {**ERP, "category": "database"}},
        {"group": "Network Operations", "where": ERP},
    ]
    policy = escalation(to_groups=routes, to_group="Infrastructure")
    assert set_to(policy, ticket(extra=ERP), moment(MON))["group"] == NETWORK.sys_id
    both = ticket(extra=ERP, category="database")
    assert set_to(policy, both, moment(MON))["group"] == VENDOR.sys_id
    assert policy.groups_named() == ("Infrastructure", "Vendor Support", "Network Operations")


def test_the_least_loaded_of_a_speciality_takes_over() -> None:
    """Only groups that could take it count; of equals the first; a speciality goes before load."""
    policy = escalation(choose="load")
    for loads, group in (
        ({SECOND.sys_id: 5, SERVERS.sys_id: 4, NETWORK.sys_id: 0}, SERVERS),
        ({SECOND.sys_id: 4, SERVERS.sys_id: 4}, SECOND),
        ({SECOND.sys_id: 1}, SERVERS),
    ):
        at = moment(MON, directory=WIDER, loads=loads)
        assert set_to(policy, ticket(extra=ERP), at)["group"] == group.sys_id
    at = moment(MON, directory=WIDER, loads={NETWORK.sys_id: 99})
    assert set_to(policy, ticket(extra=ERP, category="network"), at)["group"] == NETWORK.sys_id
    assert f"open tickets of {SECOND.name}: 0" in policy.explain(ticket(extra=ERP), moment(MON))


def test_the_turn_that_is_on_takes_over() -> None:
    """By day the one, else the other with a person who gets it; nobody's turn: the speciality."""
    rota = [
        {"group": "Network Operations", "service_hours": "onsite"},
        {
            "group": "Infrastructure",
            "person": "lead.zhao",
            "from": date(2026, 6, 1),
            "until": date(2026, 6, 2),
        },
    ]
    policy = escalation(on_call=rota, to="second_line")
    t = ticket(extra=ERP, life=spans(MON, (0, NEW, WANG, FIRST.sys_id)))
    assert set_to(policy, t, moment(MON))["group"] == NETWORK.sys_id
    by_night = set_to(policy, t, moment(MON + 12 * HOUR))
    assert (by_night["group"], by_night["assignee"]) == (SECOND.sys_id, LEAD.sys_id)
    t = replace(t, category="network")
    assert set_to(policy, t, moment(MON + 2 * DAY + 12 * HOUR))["group"] == NETWORK.sys_id
    assert policy.people_named() == ("lead.zhao",)
    assert policy.hours_named() == ("onsite",)


def test_days_of_a_turn_are_those_of_the_desk() -> None:
    """Midnight in Shanghai, not in Greenwich; both days belong to the turn."""
    turn = Turn.model_validate({"group": "x", "from": date(2026, 6, 2), "until": date(2026, 6, 2)})
    midnight = MON + 15 * HOUR  # of Tuesday in Shanghai
    assert [turn.on(moment(midnight + s)) for s in (-1, 0, DAY - 1, DAY)] == [False, True, True, False]


def test_the_reference_of_the_contract_stands_in_the_note() -> None:
    """Of the group it goes to, and of no other."""
    policy = down(contracts={"Vendor Support": "C-2026-17 [code]", "Infrastructure": "none"})
    t = ticket(group=SECOND, extra={"u_up": "true"}, life=spans(MON, (0, NEW, "", SECOND.sys_id)))
    assert note(policy, t, moment(MON)).endswith("Contract: C-2026-17 (code).")
    assert "Contract" not in note(down(), t, moment(MON))


def test_who_had_it_stays_on_the_watch_list() -> None:
    """Added behind those who watch already, once; nothing where the list may not be read."""
    policy = escalation(watch=True)
    life = spans(MON, (0, WORK, WANG, FIRST.sys_id))
    assert "watch_list" in policy.columns()
    t = ticket(life=life, extra={**ERP, "watch_list": LI})
    assert set_to(policy, t, moment(MON))["watch"] == f"{LI},{WANG}"
    assert note(policy, t, moment(MON)).endswith("Who had it stays on the watch list and assists.")
    for extra in (ERP, {**ERP, "watch_list": f"{WANG},{LI}"}):
        t = ticket(life=life, extra=extra)
        assert "watch" not in set_to(policy, t, moment(MON))
        assert "watch list" not in note(policy, t, moment(MON))


def test_a_tick_sends_it_back_to_who_had_it() -> None:
    """The group of the tier below that had it last, unassigned; the same tick never twice."""
    t = ticket(
        group=SECOND,
        life=spans(MON, (0, NEW, "", FIRST.sys_id), (HOUR, WORK, LI, SECOND.sys_id)),
        extra={"u_down": "true", "u_down@": str(MON + 2 * HOUR), "u_up": "true"},
    )
    at = moment(MON + 2 * HOUR)
    assert set_to(down(), t, at) == {"group": FIRST.sys_id, "assignee": ""}
    assert note(down(), t, at) == (
        "Handed back from second line to first line, group Service Desk: "
        "the consultant marked it as one for that tier."
    )
    again = marked(down(), t, at)
    assert set_to(down(), replace(again, extra={**t.extra, "u_up": ""}), at) == {}


def test_a_word_sends_it_back_once_for_each_text() -> None:
    """Whatever its case; the text that has been obeyed is done with."""
    policy = down(returned_by=None, returned_on={"u_word": ["退回一线", "back to first"]})
    life = spans(MON, (0, WORK, LI, SECOND.sys_id))
    t = ticket(group=SECOND, life=life, extra={"u_word": "Please Back To First"})
    assert set_to(policy, t, moment(MON))["group"] == FIRST.sys_id
    assert "u_word says “back to first”" in note(policy, t, moment(MON))
    obeyed = marked(policy, t, moment(MON))
    assert set_to(policy, obeyed, moment(MON)) == {}
    anew = replace(obeyed, extra={"u_word": "退回一线"})
    assert set_to(policy, anew, moment(MON))["group"] == FIRST.sys_id


def test_the_vendor_gives_back() -> None:
    """A policy that only leads down."""
    policy = down(**{"from": "vendor", "to": "second_line", "marked_by": None})
    life = spans(MON, (0, WORK, LI, NETWORK.sys_id), (HOUR, WORK, "", VENDOR.sys_id))
    t = ticket(group=VENDOR, life=life, extra={"u_down": "true", "u_down@": str(MON + HOUR)})
    assert set_to(policy, t, moment(MON + HOUR)) == {"group": NETWORK.sys_id}
    nobody = moment(MON + HOUR, directory=Directory({VENDOR.sys_id: VENDOR}))
    t = ticket(group=VENDOR, life=spans(MON, (0, WORK, "", VENDOR.sys_id)), extra={"u_down": "true"})
    assert "Please assign it by hand" in note(policy, t, nobody)
    assert set_to(policy, t, nobody) == {}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"from": "vendor", "to": "second_line"}, "consultant's word only"),
        ({"from": "vendor", "to": "second_line", "beyond": {}}, "consultant's word only"),
        ({"returned_by": "u_down"}, "below first_line is no tier"),
        ({"beyond": {"Cmdb": ["x"]}}, "match pattern"),
        ({"to_groups": [{"group": "x", "where": {}}]}, "at least 1"),
        ({"on_call": [{"group": "x", "from": date(2026, 6, 2), "until": date(2026, 6, 1)}]}, "never comes"),
        ({"choose": "chance"}, "order"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what is wrong in words."""
    with pytest.raises(ValidationError, match=told):
        escalation(**table)

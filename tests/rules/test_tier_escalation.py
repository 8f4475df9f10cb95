"""From first line to second line to vendor, once per occasion; a person's later word stands."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from connector.intent import Note, Set
from connector.rules.tier_escalation import TierEscalation
from connector.ticket import Directory, Group, Ticket, TicketState, Tier
from tests.builder import (
    DAY,
    DIRECTORY,
    FIRST,
    GROUPS,
    HOUR,
    MINUTE,
    MON,
    NETWORK,
    SECOND,
    SOUTH,
    VENDOR,
    WANG,
    kept,
    marked,
    moment,
    said,
    spans,
    ticket,
)

NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED = TicketState.RESOLVED
F, S = FIRST.sys_id, SECOND.sys_id


def escalation(**more: object) -> TierEscalation:
    """First to second line: network by category, the tick, two hours day and night."""
    base = {
        "name": "to-second",
        "from": "first_line",
        "to": "second_line",
        "out_of_capability": "network",
        "marked_by": "u_desk_escalate",
        "after": "2h",
        "service_hours": "remote",
    }
    return TierEscalation.model_validate({**base, **more})


def moves(policy: TierEscalation, of: Ticket, now: int) -> set[str]:
    """Groups that the policy wants to set now."""
    return {i.value for i in said(policy, of, moment(now)) if isinstance(i, Set) and i.field == "group"}


def note(policy: TierEscalation, of: Ticket, now: int) -> str:
    """The one note it wants."""
    (text,) = [str(i.text) for i in said(policy, of, moment(now)) if isinstance(i, Note)]
    return text


def handed_back(policy: TierEscalation, of: Ticket, now: int, **more: object) -> Ticket:
    """The ticket after the policy moved it and a person moved it back."""
    return replace(marked(policy, of, moment(now)), **more)  # type: ignore[arg-type]


def test_a_category_beyond_capability_goes_to_its_speciality_at_once() -> None:
    """Network goes to the network group; note, column and assignee tell the same story."""
    t = ticket(category="network", life=spans(MON, (0, NEW, WANG, F)))
    assert moves(escalation(), t, MON) == {NETWORK.sys_id}
    assert note(escalation(), t, MON) == (
        "Escalated from first line to second line, group Network Operations: "
        "category network is beyond its capability."
    )
    assert kept(escalation(), t, moment(MON)) == {"tier": "second_line"}
    assert {i.value for i in said(escalation(), t, moment(MON)) if isinstance(i, Set)} == {NETWORK.sys_id, ""}


def test_the_tick_of_a_consultant_escalates() -> None:
    """Marked as beyond them, it moves, to the group for any category."""
    assert moves(escalation(), ticket(extra={"u_desk_escalate": "true"}), MON) == {S}
    assert moves(escalation(), ticket(extra={"u_desk_escalate": "false"}), MON) == set()


def test_the_limit_of_the_tier_used_up_escalates() -> None:
    """At two hours in the first line, not a second before."""
    t = ticket()
    assert moves(escalation(), t, MON + 2 * HOUR - 1) == set()
    assert escalation().judge(t, moment(MON)).look_again_at == MON + 2 * HOUR
    assert moves(escalation(), t, MON + 2 * HOUR) == {S}


def test_holds_and_other_tiers_do_not_use_the_limit_up() -> None:
    """Half an hour, a hold, an hour at the second line, back: an hour and a half is left."""
    life = spans(
        MON,
        (0, WORK, WANG, F),
        (30 * MINUTE, HOLD, WANG, F),
        (2 * HOUR, WORK, "", S),
        (3 * HOUR, WORK, "", F),
    )
    t = ticket(life=life)
    assert escalation().judge(t, moment(MON + 3 * HOUR)).look_again_at == MON + 270 * MINUTE
    held = ticket(life=spans(MON, (0, WORK, WANG, F), (30 * MINUTE, HOLD, WANG, F)))
    verdict = escalation().judge(held, moment(MON + 9 * HOUR))
    assert (verdict.reason, verdict.look_again_at) == ("within the tier", None)


def test_a_reopened_ticket_gets_the_whole_limit_again() -> None:
    """What was spent before it was resolved does not count after it was reopened."""
    life = spans(MON, (0, WORK, WANG, F), (90 * MINUTE, RESOLVED, WANG, F), (DAY, WORK, WANG, F))
    t = ticket(life=life, reopen_count=1)
    assert escalation().judge(t, moment(MON + DAY)).look_again_at == MON + DAY + 2 * HOUR


def test_who_hands_it_back_has_the_last_word() -> None:
    """Handed back, it stays: for the same category, and for the limit too."""
    t = handed_back(escalation(), ticket(category="network"), MON)
    for now in (MON, MON + 2 * HOUR, MON + 3 * DAY):
        assert moves(escalation(), t, now) == set()
        assert kept(escalation(), t, moment(now)) == {"tier": "first_line"}
    assert escalation().judge(t, moment(MON)).reason == "handed back; that stands"


def test_handed_back_with_another_category_the_limit_alone_does_not_move_it() -> None:
    """The cause is gone, the person's word is not."""
    t = handed_back(escalation(), ticket(category="network"), MON, category="inquiry")
    assert moves(escalation(), t, MON + 9 * HOUR) == set()


def test_a_new_tick_is_a_new_occasion() -> None:
    """Ticked again later than the first time, it moves again; the same tick does not."""
    first = {"u_desk_escalate": "true", "u_desk_escalate@": str(MON)}
    t = handed_back(escalation(), ticket(extra=first), MON)
    assert moves(escalation(), t, MON + HOUR) == set()
    again = replace(t, extra={**first, "u_desk_escalate@": str(MON + HOUR)})
    assert moves(escalation(), again, MON + HOUR) == {S}


def test_a_tick_counts_in_the_tier_in_which_it_was_made() -> None:
    """Ticked in the first line, it does not carry on to the vendor; ticked in the second it does."""
    up = escalation(**{"from": "second_line", "to": "vendor", "name": "up", "after": None})
    life = spans(MON, (0, WORK, WANG, F), (HOUR, WORK, "", S))
    ticked = {"u_desk_escalate": "true"}
    for stamp, expected in ((MON + 5, set()), (MON + HOUR, {VENDOR.sys_id}), (None, set())):
        more = {} if stamp is None else {"u_desk_escalate@": str(stamp)}
        assert moves(up, ticket(life=life, extra={**ticked, **more}), MON + 2 * HOUR) == expected
    assert moves(up, ticket(life=spans(MON, (0, WORK, "", S)), extra=ticked), MON) == {VENDOR.sys_id}
    back_and_forth = spans(MON, (0, WORK, "", S), (HOUR, WORK, "", F), (2 * HOUR, WORK, "", S))
    stale = ticket(life=back_and_forth, extra={**ticked, "u_desk_escalate@": str(MON + 5)})
    assert moves(up, stale, MON + 3 * HOUR) == set()


def test_a_reopening_is_a_new_occasion() -> None:
    """Reopened in the first line, a category beyond it moves again."""
    policy = escalation(after=None)
    t = handed_back(policy, ticket(category="network"), MON)
    assert moves(policy, t, MON + DAY) == set()
    assert moves(policy, replace(t, reopen_count=1), MON + DAY) == {NETWORK.sys_id}


def test_missing_information_is_named_and_does_not_hold_it_back() -> None:
    """The note lists what is not on the record; what history cannot tell is not called missing."""
    policy = escalation(required={"need": "description", "environment": "cmdb_ci", "findings": "work_notes"})
    assert policy.columns() == {"description", "cmdb_ci", "work_notes", "u_desk_escalate"}
    known = ticket(category="network", extra={"description": "VPN down", "work_notes": ""})
    assert note(policy, known, MON).endswith("Missing, please add: environment, findings.")
    untold = ticket(category="network", extra={"description": "VPN down", "cmdb_ci": "x"})
    assert "Missing" not in note(policy, untold, MON)


def test_the_own_desk_comes_first_and_the_others_help_out() -> None:
    """A regional desk without a second line hands over to another desk's."""
    t = ticket(life=spans(MON, (0, NEW, "", SOUTH.sys_id)), category="network")
    assert moves(escalation(), t, MON) == {NETWORK.sys_id}
    own = Group("e5" * 16, "Field Support South", "south", Tier.SECOND_LINE)
    directory = Directory({group.sys_id: group for group in (*GROUPS, own)})
    verdict = escalation().judge(t, moment(MON, directory=directory))
    assert {i.value for i in verdict.intents if isinstance(i, Set)} == {own.sys_id}


def test_where_nobody_can_take_over_it_says_so_once() -> None:
    """No group of the tier: a note, no move; once a group is there, it moves."""
    empty = Directory({F: FIRST})
    t = ticket(category="network")
    wanted = said(escalation(), t, moment(MON, directory=empty))
    assert [type(i) for i in wanted] == [Note]
    assert kept(escalation(), t, moment(MON, directory=empty)) == {"tier": "first_line"}
    told = marked(escalation(), t, moment(MON, directory=empty))
    assert said(escalation(), told, moment(MON + DAY, directory=empty)) == []
    assert moves(escalation(), told, MON + DAY) == {NETWORK.sys_id}


def test_two_policies_agree_on_the_tier() -> None:
    """First to second and second to vendor side by side never keep different values in one field."""
    up = TierEscalation.model_validate(
        {"name": "to-vendor", "from": "second_line", "to": "vendor", "after": "1h", "service_hours": "remote"}
    )
    for group in (*GROUPS, None):
        for state in TicketState:
            for now in (MON, MON + 3 * HOUR):
                t = ticket(group=group, state=state, category="network")
                values = {kept(policy, t, moment(now)).get("tier", "silent") for policy in (escalation(), up)}
                assert len(values - {"silent"}) == 1, (group, state)


def test_second_line_goes_to_the_vendor() -> None:
    """R-A3: the next tier works the same way."""
    policy = escalation(**{"from": "second_line", "to": "vendor", "name": "to-vendor"})
    t = ticket(life=spans(MON, (0, WORK, WANG, S)))
    assert moves(policy, t, MON + 2 * HOUR) == {VENDOR.sys_id}


def test_a_named_group_takes_precedence() -> None:
    """`to_group` overrules the speciality."""
    policy = escalation(to_group="Infrastructure")
    assert policy.groups_named() == ("Infrastructure",)
    assert moves(policy, ticket(category="network"), MON) == {S}


def test_what_people_typed_does_not_become_markup() -> None:
    """A code tag in a category stays text."""
    t = ticket(category="[code]<b>x</b>[/code]")
    policy = escalation(out_of_capability=[t.category])
    assert "[code]" not in note(policy, t, MON)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"to": "first_line"}, "not an escalation"),
        ({"service_hours": None}, "needs service_hours"),
        ({"out_of_capability": [], "marked_by": None, "after": None}, "nothing ever escalates"),
        ({"from": "third_line"}, "first_line"),
    ],
)
def test_wrong_settings_are_told_why(table: dict[str, object], told: str) -> None:
    """The message says what is wrong in words."""
    with pytest.raises(ValidationError, match=told):
        escalation(**table)


def test_it_explains_what_is_left_and_where_it_would_go() -> None:
    """Time spent in the tier, the limit, the group and what is missing."""
    lines = escalation(required={"need": "description"}).explain(ticket(), moment(MON + HOUR))
    assert lines == [
        "first_line: 60 of 120 min of service spent, used up at 2026-06-01 11:00",
        "would go to Infrastructure",
        "missing for handing over: need",
    ]
    assert DIRECTORY.group_named("Infrastructure") == SECOND

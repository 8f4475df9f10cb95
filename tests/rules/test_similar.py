"""R-C4: a major incident is recognised by its service, and by how many tickets of its kind came at once."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.rules.base import Moment
from connector.rules.major_incident import MajorIncident
from connector.rules.peer import Peer
from connector.ticket import DeskTask, Ticket
from tests.builder import DAY, LEAD, MINUTE, MON, created, moment, ticket

SAME = {"business_service": "5" * 32}


def outage(**more: object) -> MajorIncident:
    """Three of one category and service within ten minutes."""
    similar = {"at_least": 3, "within": "10m", "same": ["category", "business_service"]}
    base = {"name": "outage", "report_to": LEAD.user_name, "similar": similar, "broadcast": False}
    return MajorIncident.model_validate({**base, **more})


def opened(*minutes: int) -> list[Ticket]:
    """Tickets of one kind, opened at these minutes after Monday nine."""
    return [
        replace(ticket(n), opened_at=MON + minute * MINUTE, category="network", extra=SAME)
        for n, minute in enumerate(minutes, 1)
    ]


def seen(policy: MajorIncident, of: Ticket, tickets: list[Ticket], now: int = MON + DAY) -> Moment:
    """The moment with the similar tickets, as a pass loads them."""
    at = moment(now)
    kin = policy.kin(of, at)
    if kin is None:
        return at
    inside = (one for one in tickets if kin.start <= one.opened_at <= kin.end)
    return replace(at, kin={kin: tuple(sorted(Peer(t.opened_at, t.sys_id, t.number) for t in inside))})


def reported(policy: MajorIncident, tickets: list[Ticket]) -> list[int]:
    """Which of them, counted from 0, are to be reported."""
    return [i for i, t in enumerate(tickets) if created(policy, t, seen(policy, t, tickets))]


def test_the_one_that_makes_it_full_is_the_incident() -> None:
    """Not those before and not those after; one slowly after the other is none."""
    assert reported(outage(), opened(0, 4, 9, 9, 12, 15)) == [2]
    assert reported(outage(), opened(0, 5, 10, 15, 20)) == []
    assert reported(outage(), opened(0, 5, 9, 11)) == [2]


def test_a_second_wave_is_a_second_incident() -> None:
    """When it had become quiet; not while the first goes on."""
    assert reported(outage(), opened(0, 1, 2, 30, 31, 32)) == [2, 5]
    assert reported(outage(), opened(0, 1, 2, 3, 11, 12)) == [2]


@given(st.lists(st.integers(0, 300), max_size=30).map(sorted))
def test_reports_are_a_while_apart_and_each_is_earned(minutes: list[int]) -> None:
    """A window lies between two; each has enough tickets in its own; the first burst is never missed."""
    found = reported(outage(), opened(*minutes))
    for index in found:
        assert sum(minutes[index] - 10 < m <= minutes[index] for m in minutes[: index + 1]) >= 3
    for one, following in pairwise(found):
        assert minutes[following] - minutes[one] >= 10
    bursts = [i for i in range(len(minutes)) if i >= 2 and minutes[i] - minutes[i - 2] < 10]
    assert found[:1] == bursts[:1]


def test_the_report_names_the_others() -> None:
    """With their numbers and how many they are."""
    tickets = opened(0, 1, 2)
    (task,) = created(outage(), tickets[2], seen(outage(), tickets[2], tickets))
    told = str(task.fields["description"])
    assert "one of 3 similar tickets, the others: INC0000001, INC0000002." in told
    lines = outage().explain(tickets[2], seen(outage(), tickets[2], tickets))
    assert lines[0] == "3 of 3 similar tickets: INC0000001, INC0000002"
    assert outage().explain(tickets[0], seen(outage(), tickets[0], tickets)) == ["1 of 3 similar tickets"]


def test_once_reported_it_stays_one() -> None:
    """Whatever becomes of the others, or of the memory of them."""
    task = DeskTask("01" * 16, "major_report", "", MON)
    t = replace(opened(0)[0], tasks=(task,))
    assert outage().kin(t, moment(MON)) is None
    assert outage().judge(t, moment(MON)).reason == "report due"


def test_what_is_not_said_is_not_the_same() -> None:
    """Tickets without a service are not alike for lacking one; and after a day nobody looks back."""
    t = replace(opened(0)[0], extra={"business_service": ""})
    assert outage().kin(t, moment(MON)) is None
    assert outage().kin(opened(0)[0], moment(MON + DAY)) is not None
    assert outage().kin(opened(0)[0], moment(MON + DAY + 1)) is None


def test_recognised_by_its_service() -> None:
    """By any column, with no others at all."""
    policy = outage(similar=None, where={"business_service.name": "Payroll"})
    assert policy.columns() == {"business_service.name"}
    assert not policy.compares()
    payroll = ticket(extra={"business_service.name": "Payroll"})
    assert created(policy, payroll, moment(MON))
    assert policy.judge(ticket(extra={}), moment(MON)).reason == "not what `where` says"
    assert policy.explain(ticket(extra={}), moment(MON)) == []


@pytest.mark.parametrize(
    ("similar", "told"),
    [
        ({"at_least": 1, "within": "10m", "same": ["category"]}, "greater than or equal to 2"),
        ({"at_least": 3, "within": "1d", "same": ["category"]}, "never days"),
        ({"at_least": 3, "within": "10m", "same": []}, "at least 1"),
        ({"at_least": 3, "same": ["category"]}, "within"),
    ],
)
def test_wrong_settings_are_told_why(similar: dict[str, object], told: str) -> None:
    """The message says what is wrong in words."""
    with pytest.raises(ValidationError, match=told):
        outage(similar=similar)

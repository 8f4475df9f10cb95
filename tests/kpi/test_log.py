"""A log becomes tickets as it stands in the file; what cannot be read is named, and the rest counts."""

import gzip
from zoneinfo import ZoneInfo

import pytest

from connector.kpi.log import read_log
from connector.kpi.sheet import Unusable
from connector.ticket import FaultClass, Group, Span, TicketState, Tier

UTC = ZoneInfo("UTC")
HEAD = (
    "number,incident_state,sys_updated_at,opened_at,resolved_at,closed_at,"
    "assignment_group,assigned_to,priority"
)
TAIL = ",reassignment_count,reopen_count"
NEW, WORK, HOLD = TicketState.NEW, TicketState.IN_PROGRESS, TicketState.ON_HOLD
RESOLVED, CLOSED = TicketState.RESOLVED, TicketState.CLOSED


def row(state, at, group="Group 70", person="?", **more):
    """A row of the log; ``at`` is a time of 1 March 2016, or a whole time."""
    usual = {
        "number": "INC1",
        "opened": "1/3/2016 08:00",
        "ended": "1/3/2016 12:00",
        "closed": "6/3/2016 12:00",
    }
    number, opened, ended, closed = (usual | more).values()
    at = at if "/" in at else f"1/3/2016 {at}"
    return f"{number},{state},{at},{opened},{ended},{closed},{group},{person},3 - Moderate,1,0"


STORY = [
    row("New", "08:10"),
    row("Active", "08:20", person="Resolver 1"),
    row("Awaiting Vendor", "09:00", person="Resolver 1"),
    row("Active", "10:00", "Group 24", "Resolver 2"),
    row("Resolved", "12:00", "Group 24", "Resolver 2"),
    row("Closed", "6/3/2016 12:00", "Group 24", "Resolver 2"),
]


def read(*rows, head=HEAD + TAIL, **more):
    """The log of these rows."""
    return read_log("\n".join([head, *rows, ""]).encode(), "log.csv", UTC, **more)


def at(day, hour, minute=0):
    """An instant of March 2016."""
    return 1_456_790_400 + (day - 1) * 86400 + hour * 3600 + minute * 60


def test_a_life_is_told_in_order():
    """Spans without gaps from the opening; before the first event it was new and nobody's."""
    (ticket,) = read(*STORY).tickets
    assert ticket.spans == (
        Span(at(1, 8), at(1, 8, 10), NEW, priority="3"),
        Span(at(1, 8, 10), at(1, 8, 20), NEW, "", "Group 70", "", "3"),
        Span(at(1, 8, 20), at(1, 9), WORK, "", "Group 70", "Resolver 1", "3"),
        Span(at(1, 9), at(1, 10), HOLD, "Awaiting Vendor", "Group 70", "Resolver 1", "3"),
        Span(at(1, 10), at(1, 12), WORK, "", "Group 24", "Resolver 2", "3"),
        Span(at(1, 12), at(6, 12), RESOLVED, "", "Group 24", "Resolver 2", "3"),
        Span(at(6, 12), None, CLOSED, "", "Group 24", "Resolver 2", "3"),
    )
    assert (ticket.state, ticket.ended_at, ticket.closed_at) == (CLOSED, at(1, 12), at(6, 12))
    assert (ticket.group, ticket.reassignment_count) == (Group("Group 24", "Group 24"), 1)


def test_the_future_is_not_told():
    """The stamps stand on every row; a ticket that is still open has not ended."""
    (ticket,) = read(*STORY[:3]).tickets
    assert (ticket.state, ticket.ended_at, ticket.closed_at) == (HOLD, None, None)


def test_rows_are_never_sorted():
    """A row that goes back counts at the time of the row before, one before the opening at the opening."""
    log = read(row("New", "07:00"), row("Active", "10:00"), row("Resolved", "09:00"))
    (ticket,) = log.tickets
    assert [(span.start, span.state) for span in ticket.spans] == [
        (at(1, 8), NEW), (at(1, 10), WORK), (at(1, 10), RESOLVED),
    ]  # fmt: skip
    assert (log.went_back, log.before_opening) == (1, 1)


def test_a_row_twice_counts_once():
    """The same row again is a duplicate; the same state later is not."""
    log = read(STORY[0], STORY[0], row("New", "08:15"))
    assert (log.rows, log.duplicates, log.used, len(log.tickets[0].spans)) == (3, 1, 2, 2)


def test_rows_of_an_incident_need_not_stand_together():
    """An export by time mixes them; duplicates are seen there too."""
    other = row("New", "08:11", number="INC2")
    log = read(STORY[0], other, STORY[0], STORY[1])
    assert [(ticket.number, len(ticket.spans)) for ticket in log.tickets] == [("INC1", 3), ("INC2", 0)]
    assert log.duplicates == 1


def test_an_unknown_state_stops_nothing():
    """It is counted, and the ticket goes on when it is known again."""
    log = read(STORY[0], row("-100", "08:30"), *STORY[1:])
    assert log.unknown_states == {"-100": 1}
    assert log.tickets[0].ended_at == at(1, 12)
    assert log.problems == ()


def test_one_row_is_no_history():
    """A plain list of incidents: when it ended is what its stamps say."""
    (ticket,) = read(STORY[-1]).tickets
    assert (ticket.spans, ticket.ended_at, ticket.state) == ((), at(1, 12), CLOSED)


def test_the_desk_is_found_by_the_names_of_its_groups():
    """With a configuration: tiers, classes, and the desk of all others."""
    known = {"Group 70": Group("Group 70", "Group 70", "main", Tier.FIRST_LINE)}
    rest = Group("", "", "main", Tier.SECOND_LINE)
    log = read(*STORY, groups=known, others=rest, classes={"3": FaultClass.IMPORTANT})
    (ticket,) = log.tickets
    assert ticket.group == Group("Group 24", "Group 24", "main", Tier.SECOND_LINE)
    assert ticket.fault_class is FaultClass.IMPORTANT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_packing_are_found_out(encoding):
    """Chinese headings, states and groups, in what Windows and Linux write; packed or not."""
    text = (
        "编号;状态;更新时间;打开时间;分配组\n"
        "INC1;新建;2016-03-01 08:10;2016-03-01 08:00;一线\n"
        "INC1;已解决;2016-03-01 09:10;2016-03-01 08:00;二线\n"
    )
    raw = text.encode(encoding)
    for packed in (raw, gzip.compress(raw)):
        log = read_log(packed, "log.csv", UTC)
        (ticket,) = log.tickets
        assert (ticket.state, ticket.group.name) == (RESOLVED, "二线")
        assert log.sheet.encoding == encoding.removesuffix("-sig")


def test_lines_may_end_as_on_old_macs():
    """A lone carriage return is a line's end where no other is."""
    text = "number,state,sys_updated_at,opened_at\rINC1,New,2016-03-01 08:10,2016-03-01 08:00\r"
    assert [one.number for one in read_log(text.encode(), "log.csv", UTC).tickets] == ["INC1"]


def test_the_headings_of_a_list_view_do_as_well():
    """Exports carry labels: ``Assignment group`` for assignment_group."""
    head = "Number,Incident state,Updated,Opened,Resolved,Closed,Assignment group,Assigned to,Priority"
    log = read(*STORY, head=f"{head},Reassignment count,Reopen count")
    assert log.tickets == read(*STORY).tickets


def test_missing_columns_are_named_all_at_once():
    """With what was perhaps meant; nothing is scored from a file that lacks them."""
    with pytest.raises(Unusable) as caught:
        read("INC1,New,1/3/2016 08:00", head="number,incident_stat,opened")
    assert str(caught.value).split("\n") == [
        'log.csv:1: column "incident_state" is missing; did you mean "incident_stat"?',
        'log.csv:1: column "sys_updated_at" is missing; there are "number", "incident_stat", "opened"',
    ]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("INC2,New", "2 cells under 11 headings; the row is left out"),
        (
            row("New", "31/2/2016 08:10", number="INC2"),
            'sys_updated_at "31/2/2016 08:10" is no time; the row is left out',
        ),
        (
            row("New", "08:10", number="INC2", opened="soon"),
            'opened_at "soon" is no time; incident INC2 is left out',
        ),
        (
            row("Closed", "08:10", number="INC2", ended="never"),
            'resolved_at "never" is no time; taken as empty',
        ),
        (
            row("Closed", "08:10", number="INC2", ended="1/2/2016 08:00"),
            'resolved_at "1/2/2016 08:00" is before the opening; taken as empty',
        ),
        (row("New", "08:10", number="?"), "no number; the row is left out"),
        (
            row("New", "08:10", number="INC2").replace(",1,0", ",some,0"),
            'reassignment_count "some" is no number; taken as 0',
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_counts(bad, told):
    """File, line, the user's own heading, and what became of it."""
    log = read(STORY[0], bad, *STORY[1:])
    assert log.problems == (f"log.csv:3: {told}",)
    assert log.tickets[0].ended_at == at(1, 12)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "log.csv:1: no header"),
        (b"\x1f\x8b\x08damaged", "log.csv: the packed file is damaged"),
        (b"number,\x00\n", "log.csv:1: not a CSV file"),
        (b"number,incident_state\nINC1,\xff\xff\xff\n", "log.csv:2: neither utf-8 nor gb18030 text"),
    ],
)
def test_what_is_no_log_is_refused(raw, told):
    """Where and why."""
    with pytest.raises(Unusable, match=told):
        read_log(raw, "log.csv", UTC)


@pytest.mark.parametrize(("written", "forced"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_an_encoding_that_does_not_fit_is_told_from_none_that_does(written, forced):
    """The file is well, the word is not."""
    raw = "number,incident_state\nINC1,服务台\n".encode(written)
    with pytest.raises(Unusable, match=f"log.csv:2: not {forced} text; without that word"):
        read_log(raw, "log.csv", UTC, encoding=forced)


def test_columns_that_are_not_there_are_not_invented():
    """Without counts there is no distribution, and the report says which columns it found."""
    log = read("INC1,New,1/3/2016 08:10,1/3/2016 08:00", head="Number,State,Updated,Opened")
    assert log.columns == {
        "number": "Number",
        "state": "State",
        "updated_at": "Updated",
        "opened_at": "Opened",
    }
    assert log.tickets[0].group is None

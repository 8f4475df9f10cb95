"""Policies that are enforced for some desks and tickets only: law 5, nothing of the others, ever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import DAY, HOUR, MON, Desk

SOUTH = '[[desk]]\nname = "south"\nfirst_line = ["Printer Room"]\n'
LIMITS = """
[[policy]]
rule = "sla_timer"
name = "limits"
mode = {mode}
service_hours = "remote"
respond_within = "15m"
"""
OPENED = st.tuples(st.sampled_from(["Service Desk", "Printer Room", ""]), st.integers(0, 3))


@settings(max_examples=8, deadline=None)
@given(
    tickets=st.lists(OPENED, min_size=1, max_size=4),
    desks=st.sampled_from([("south",), ("main",), ("main", "south"), ("everywhere",)]),
    day=st.none() | st.integers(0, 3),
)
def test_only_the_tickets_of_those_desks_and_days(
    tickets: list[tuple[str, int]], desks: tuple[str, ...], day: int | None
) -> None:
    """Written to are exactly they; what was noted of the others stands in the review."""
    since = "" if day is None else f", from = 2026-06-{1 + day:02}"
    named = ", ".join(f'"{desk}"' for desk in desks)
    policy = LIMITS.format(mode=f"{{ enforce = [{named}]{since} }}")
    desk_of = {"Service Desk": "main", "Printer Room": "south", "": ""}
    with Desk(policy, more=SOUTH) as desk:
        wanted = set()
        for number, (group, opened) in enumerate(sorted(tickets, key=lambda ticket: ticket[1])):
            desk.at(MON + opened * DAY + number)
            desk.opens(f"INC{number}", group=group)
            meant = "everywhere" in desks or desk_of[group] in desks
            if meant and (day is None or opened >= day):
                wanted.add(f"INC{number}")
        desk.at(MON + 4 * DAY)
        desk.settles()
        desk.at(MON + 4 * DAY + HOUR)
        desk.settles(full=True)
        everyone = {f"INC{number}" for number in range(len(tickets))}
        assert {number for number in everyone if desk.said(number)} == wanted
        assert {number for number in everyone if desk.shows(number)["clock"]} == wanted
        assert {seen.number for seen in desk.store.observed()} == everyone - wanted

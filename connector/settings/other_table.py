"""Tables other than `incident` that policies are about: what their states mean and where marks are kept."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from connector.settings.table import Column, KnownState, Table
from connector.ticket import TicketState

TASK: Mapping[str, TicketState] = {
    "-5": TicketState.NEW,
    "1": TicketState.NEW,
    "2": TicketState.IN_PROGRESS,
    "3": TicketState.CLOSED,
    "4": TicketState.CLOSED,
    "7": TicketState.CANCELED,
}
"""States of a task: pending, open, work in progress, closed complete, incomplete, skipped."""

STATES: Mapping[str, Mapping[str, TicketState]] = {
    "change_request": {
        "-5": TicketState.NEW,
        "-4": TicketState.NEW,
        "-3": TicketState.NEW,
        "-2": TicketState.NEW,
        "-1": TicketState.IN_PROGRESS,
        "0": TicketState.RESOLVED,
        "3": TicketState.CLOSED,
        "4": TicketState.CANCELED,
    },
    "problem": {
        "101": TicketState.NEW,
        "102": TicketState.IN_PROGRESS,
        "103": TicketState.IN_PROGRESS,
        "104": TicketState.IN_PROGRESS,
        "106": TicketState.RESOLVED,
        "107": TicketState.CLOSED,
    },
    "em_alert": dict.fromkeys(("Open", "Reopen", "Flapping"), TicketState.NEW)
    | {"Closed": TicketState.CLOSED},
    "sn_customerservice_case": {
        "1": TicketState.NEW,
        "10": TicketState.IN_PROGRESS,
        "18": TicketState.ON_HOLD,
        "6": TicketState.RESOLVED,
        "3": TicketState.CLOSED,
    },
}
"""Table → value of its state → where the record stands (§4.8, §4.9 of the contract).

A change is new until its implementation begins, in progress while it lasts, resolved under review.
"""


class OtherTable(Table):
    """A table other than `incident` that policies are about. Needed only where it is not as shipped."""

    name: Column = Field(description="The platform's name, such as `change_request` or `u_complaint`")
    marks: Column | None = Field(
        default=None,
        description="Column for marks of what has been said once; that of [columns] if not given",
    )
    state: dict[str, KnownState] = Field(
        default_factory=dict,
        description="Value of the state column → what it means; added to those the platform ships for "
        "`change_request`, `problem`, `em_alert` and `sn_customerservice_case`, or else for `task`",
    )

    @field_validator("name")
    @classmethod
    def _another(cls, value: str) -> str:
        if value == "incident":
            raise ValueError("incidents are described by [instance.choices] and [columns]")
        if value == "task":
            raise ValueError("name the table itself: of `task` all others are parts, and come twice")
        return value

    @property
    def states(self) -> Mapping[str, TicketState]:
        """Every known value of its state; those of the configuration come first."""
        given = {raw: TicketState(state) for raw, state in self.state.items()}
        shipped = STATES.get(self.name, TASK)
        return given | {raw: state for raw, state in shipped.items() if raw not in given}

"""What goes wrong once a week, so that each kind of watch has something to see.

A ticket that the second line lets lie, one that nobody feels responsible for, a service that fails for many
callers at once without being a crisis, a warning of the monitoring that tells too little, a hotline that
rings while everybody is in a meeting.
"""

from typing import TYPE_CHECKING

from connector.sandbox.desk.matter import BROWNOUT, BROWNOUT_TOLD, MATTERS
from connector.sandbox.desk.people import MAIN, Consultant
from connector.sandbox.desk.rhythm import DAY, midnight, weekday
from connector.sandbox.desk.story import HOUR, MINUTE, Story, draw

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

_WEEK = 7 * DAY
SERVICE, SERVER = "工资系统 Payroll", "mon-app-03"
"""Names of a service and of a server in the instance's configuration items."""
_TO_AND_FRO = ("ERP Support", "Network Operations", "ERP Support", "Network Operations")


class Mishap:
    """Plans them for the weeks that the desk is played."""

    def __init__(self, desk: "Desk", start: int, end: int) -> None:
        self._desk = desk
        self._service = self._item("cmdb_ci_service", SERVICE)
        self._server = self._item("cmdb_ci_server", SERVER)
        first = midnight(start)
        monday = first - weekday(first) * DAY
        while monday < end:
            for at, action in (
                (monday + 9 * HOUR + 10 * MINUTE, self._let_lie),
                (monday + DAY + 9 * HOUR + 5 * MINUTE, self._to_and_fro),
                (monday + 2 * DAY + 8 * HOUR + 50 * MINUTE, self._warn),
            ):
                if start <= at < end:
                    desk.plan(at, action, monday)
            away = monday + 4 * DAY + 17 * HOUR + 20 * MINUTE
            if start <= away < end:
                desk.hotline.leave(away, away + 24 * MINUTE)
            begins = monday + 2 * DAY + 15 * HOUR
            for number in range(len(BROWNOUT_TOLD)):
                at = begins + number * 4 * MINUTE
                if start <= begins and at < end:
                    desk.plan(at, self._brownout, monday, number)
            monday += _WEEK

    def _item(self, table: str, name: str) -> str:
        """The sys_id of a configuration item, made if it is not there."""
        instance = self._desk.instance
        found = instance.rows(table, f"name={name}", limit=1)
        return found[0]["sys_id"] if found else instance.insert(table, {"name": name})["sys_id"]

    def _let_lie(self, at: int, monday: int) -> None:
        """The first line hands it over within the hour; the second line takes it up in the evening."""
        story = self._plain(f"lying {monday}", "hardware")
        story.lies = 7 * HOUR
        self._desk.open(at, story, self._agent(at, story))

    def _to_and_fro(self, at: int, monday: int) -> None:
        """Two groups of the second line send it to each other."""
        story = self._plain(f"to and fro {monday}", "software")
        story.way = list(_TO_AND_FRO)
        story.work = [15 * MINUTE, 35 * MINUTE, 2 * HOUR]
        self._desk.open(at, story, self._agent(at, story))

    def _warn(self, at: int, monday: int) -> None:
        """A warning that names its server, and nobody to turn to."""
        story = self._plain(f"warning {monday}", "hardware")
        story.matter = next(matter for matter in MATTERS if matter.warns)
        story.told, story.channel, story.advised = story.matter.subject, "monitoring", False
        self._desk.open(at, story, None, more={"cmdb_ci": self._server})

    def _brownout(self, at: int, monday: int, number: int) -> None:
        """One service answers some people and not others; each of them writes by the self-service page."""
        story = self._plain(f"brownout {monday}.{number}", "software")
        story.matter, story.told = BROWNOUT, BROWNOUT_TOLD[number]
        story.impact, story.urgency = (3, 2) if number else (2, 2)
        story.channel, story.need = "self-service", 0
        story.work[0] = story.span(2 * HOUR, 0.2)
        if number:
            story.close_code, story.article = "Duplicate", ""
        self._desk.open(at, story, None, more={"business_service": self._service})

    def _plain(self, serial: str, category: str) -> Story:
        """A general matter of the main desk that needs the second line and nothing else."""
        north = [caller for caller in self._desk.crew.callers if not caller.south]
        story = draw(self._desk.seed, serial, north, category)
        story.impact = story.urgency = 3
        story.channel, story.described, story.need, story.manner = "phone", True, 1, "hands over"
        story.take_after = 4 * MINUTE
        story.work[:2] = [20 * MINUTE, 80 * MINUTE]
        story.hold, story.cancel, story.reopen_after = "", False, 0
        return story

    def _agent(self, at: int, story: Story) -> Consultant | None:
        return self._desk.anybody(at, MAIN[0], story.rng)

"""Business time: what an admin calls "service hours", as arithmetic on instants.

    calendar    `Calendar`, what the admin wrote: zone, weekly windows, dates that replace a day
    holiday     the statutory days off and make-up days of a country, as plain sets of dates
    table       a calendar and a range of years → a sorted table of UTC seconds
    hours       `ServiceHours`, the verbs on that table: add, elapsed, is_open, next_open, segments
    boundary    windows that begin or end inside a skipped or repeated hour
    batch       JSON lines that bring their own calendar, for trying the arithmetic from outside

One sentence each, because products differ here:

* *due* is the earliest instant at which the budget is used up: closing time, not the next opening;
* across a clock change time is absolute: a night of 25 hours has 25;
* a window's end inside the skipped hour moves on, inside the repeated hour it is the first of the two;
* a window over midnight belongs to the day it begins on: a holiday closes the shift that begins on it, and
  the shift of the evening before runs on to its end;
* a pause is an interval cut out of the calendar, never a number added to an end;
* seconds are kept; an end before its start is zero.
"""

from connector.service_hours.calendar import Calendar, Windows
from connector.service_hours.hours import OutsideHorizon, ServiceHours
from connector.service_hours.table import Instant, Segment

__all__ = ["Calendar", "Instant", "OutsideHorizon", "Segment", "ServiceHours", "Windows"]

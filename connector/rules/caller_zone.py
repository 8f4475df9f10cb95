"""Service hours in the caller's own time zone (R-C3), where a policy asks for them.

The zone is `time_zone` of the caller's user record, read with the ticket through the reference. A change of
it is seen when the ticket itself changes, or at the next full pass.
"""

from functools import lru_cache
from zoneinfo import ZoneInfo

from connector.service_hours import ServiceHours
from connector.ticket import Ticket

TIME_ZONE = "caller_id.time_zone"


@lru_cache(maxsize=1024)
def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of the zones
        return False
    return bool(zone)


def there(hours: ServiceHours, ticket: Ticket) -> ServiceHours:
    """The hours by the caller's clock; as they are where the caller's zone is empty or unknown."""
    zone = ticket.extra.get(TIME_ZONE, "")
    return hours.within(zone) if zone and _known(zone) else hours


def told(hours: ServiceHours, ticket: Ticket) -> str:
    """Which zone counts, and why, for `explain`."""
    zone, own = ticket.extra.get(TIME_ZONE, ""), hours.calendar.zone
    if not zone:
        return f"the caller's time zone is not known: that of the desk counts, {own}"
    if not _known(zone):
        return f'the caller\'s time zone "{zone}" is none that is known: that of the desk counts, {own}'
    return f"counted in the caller's time zone, {zone}"

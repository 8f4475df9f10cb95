"""A valid configuration in a few lines, so that an admin sees what was understood."""

from collections.abc import Iterator

from connector.cli.option import clock_time, count
from connector.settings import Settings
from connector.ticket import Tier


def summary(settings: Settings) -> Iterator[tuple[str, str]]:
    """(what, in words), in the order of the file."""
    instance = settings.instance
    yield "instance", f"{instance.url} as {instance.auth.user}"
    since = clock_time(instance.adopt_from, instance.zone) if instance.adopt_from else "ever"
    yield "touches", f"tickets opened since {since}"
    for desk in settings.desks:
        teams = [tier for tier, _ in desk.teams]
        groups = ", ".join(f"{teams.count(tier)} {tier.replace('_', ' ')}" for tier in Tier if tier in teams)
        yield "desk", f"{desk.name}: {groups}"
    for name, hours in settings.calendars.items():
        week = (
            "day and night"
            if hours.always
            else "; ".join(f"{d} {', '.join(w)}" for d, w in hours.week.items())
        )
        country = f", holidays of {hours.holidays}" if hours.holidays else ""
        yield "service hours", f"{name}: {week}{country} ({hours.zone})"
    for enforced, what in ((True, "writes"), (False, "only observes")):
        named = [
            policy.name if isinstance(policy.mode, str) else f"{policy.name} ({policy.mode})"
            for policy in settings.policies
            if policy.enforced is enforced
        ]
        if named:
            yield what, f"{count(len(named), 'policy', 'policies')}: {', '.join(named)}"
    if not settings.policies:
        yield "policies", "none; nothing will be judged"
    columns = sorted(settings.columns.writable)
    yield "may write", ", ".join(columns) if columns else "nothing on a ticket but work notes"
    yield "store", str(settings.store_path)

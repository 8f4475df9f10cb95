"""What is allowed and yet perhaps not meant: said by `check` and `status`, stopping nothing."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from stat import S_IMODE

from connector.rules.base import Partly, Policy
from connector.rules.callback_sampling import CallbackSampling
from connector.rules.dated_item import DatedItem
from connector.settings.clash import KEEPS, people_write, rule_of
from connector.settings.document import Settings
from connector.settings.finding import Finding
from connector.settings.futility import NEVER, doubled, futile
from connector.settings.gathering import KEY
from connector.settings.secret import Secret
from connector.ticket import Instant

HORIZON = 400 * 86400
"""Seconds ahead for which the statutory days should be known: a little more than a year."""


def doubts(settings: Settings, now: Instant) -> Iterator[Finding]:
    """Warnings of a valid configuration, for the moment ``now``."""
    yield from _permissions(settings)
    for name, hours in settings.calendars.items():
        for text in hours.doubts():
            yield Finding(("service_hours", name), text)
    years = sorted({_year(now), _year(now + HORIZON)})
    for name, compiled in settings.service_hours.items():
        for text in compiled.warnings(years):
            yield Finding(("service_hours", name), text.removeprefix(f'service hours "{name}": '))
    if settings.instance.adopt_from is None and any(_of_any_age(policy) for policy in settings.policies):
        yield Finding(
            ("instance",),
            "adopt_from is not set and policies enforce: the whole backlog will be written to; set the day "
            "from which on tickets are touched",
        )
    yield from futile(settings)
    yield from doubled(settings)
    for index, policy in enumerate(settings.policies):
        if isinstance(policy, DatedItem) and policy.every is None and _last_end(policy.dates) < now:
            yield Finding(("policy", index, "dates"), f"{NEVER}all of its dates are past; add the next one")
    yield from _elsewhere(settings)
    yield from _fileless(settings)
    for index, policy in enumerate(settings.policies):
        if policy.journals() and settings.instance.history != "audit":
            yield Finding(
                ("policy", index),
                f'{NEVER}[instance] history = "{settings.instance.history}" does not tell who wrote '
                'in a ticket; with history = "audit" it does',
            )
        closed = [column for column in people_write(policy) if column not in settings.columns.shared]
        if closed:
            yield Finding(
                ("policy", index),
                f"[columns] shared lacks {', '.join(closed)}: the policy cannot be enforced",
            )
        missing = [role for role in KEEPS.get(rule_of(policy), ()) if role not in settings.columns.roles]
        if missing:
            yield Finding(
                ("policy", index),
                f"[columns] has no column for {', '.join(missing)}: not kept on the tickets",
            )


def _elsewhere(settings: Settings) -> Iterator[Finding]:
    """Days that end in UTC because no zone is written, where people are told times in another."""
    told = settings.instance.zone
    for index, policy in enumerate(settings.policies):
        if not isinstance(policy, CallbackSampling | DatedItem) or "zone" in policy.model_fields_set:
            continue
        if policy.zone != told:
            yield Finding(
                ("policy", index),
                f"zone is not set: its days end in {policy.zone}, and people are told times in {told}; "
                f'write zone = "{told}"',
            )


def _fileless(settings: Settings) -> Iterator[Finding]:
    """Policies about a file that is not there, but for one that may be missing."""
    for index, policy in enumerate(settings.policies):
        asked = set(policy.sources_named())
        for source in settings.sources:
            path = settings.path.parent / source.path
            if (source.kind, source.name) in asked and not source.optional and not path.exists():
                yield Finding(
                    ("policy", index),
                    f'{NEVER}{path} of [[source]] "{source.name}" is not there; put the file there, or set '
                    "optional = true until it comes",
                )


def _of_any_age(policy: Policy) -> bool:
    """It writes to some tickets however old they are."""
    mode = policy.mode
    return mode.since is None if isinstance(mode, Partly) else mode == "enforce"


def _permissions(settings: Settings) -> Iterator[Finding]:
    """Files that others than the connector's own user may read or write, and should not."""
    for index, path in enumerate(settings.gathered.texts):
        with suppress(OSError):
            mode = S_IMODE(path.stat().st_mode)
            if mode & 0o022:
                yield Finding(
                    (KEY, index - 1) if index else (),
                    f"others may write {path if index else 'this file'} (mode {mode:04o}), and with it what "
                    f"goes to the instance; chmod go-w {path}",
                )
    auth = settings.instance.auth
    for name in type(auth).model_fields:
        found = getattr(auth, name)
        if isinstance(found, Secret):
            opened = found.open_to_others(settings.path.parent, os.environ)
            if opened is not None:
                path, mode = opened
                yield Finding(
                    ("instance", "auth", name),
                    f"{name}: others may read {path} (mode {mode:04o}); chmod 600 {path}, and change the "
                    "secret if they have",
                )


def _last_end(dates: tuple[date, ...]) -> Instant:
    """The end of the last of these days, wherever it is."""
    last = max(dates)
    return int(datetime(last.year, last.month, last.day, tzinfo=UTC).timestamp()) + 36 * 3600


def _year(instant: Instant) -> int:
    return datetime.fromtimestamp(instant, UTC).year

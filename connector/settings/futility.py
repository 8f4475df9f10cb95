"""Policies that can never fire, speak in every pass, or speak twice of the same ticket.

All of it is allowed: a group may be hired tomorrow, a second policy may be meant. An admin should know today.
"""

from collections.abc import Iterator
from itertools import combinations

from connector.rules.base import Policy, When
from connector.rules.callback_sampling import CallbackSampling
from connector.rules.complaint import Complaint
from connector.rules.hand_over_limit import HandOverLimit
from connector.rules.hotline import Hotline
from connector.rules.improvement import Improvement
from connector.rules.knowledge_capture import KnowledgeCapture
from connector.rules.major_incident import MajorIncident
from connector.rules.monitoring_alert import MonitoringAlert
from connector.rules.obligation import Followed, Obligation
from connector.rules.tier_escalation import TierEscalation
from connector.rules.update_limit import UpdateLimit
from connector.settings.apart import apart
from connector.settings.clash import overlap, some_place, some_urgency
from connector.settings.document import Settings
from connector.settings.finding import Finding
from connector.settings.other_table import STATES
from connector.settings.place import Place
from connector.settings.spelling import listed
from connector.ticket import Tier
from connector.wording import span_of_time

NEVER = "can never fire: "

_NO_WARNING = frozenset({"0", "5"})
"""Severities of an alert that is none: clear, and OK."""

_KINDS = frozenset({"incident", *STATES})
"""Tables of the platform that are no part of each other."""


def futile(settings: Settings) -> Iterator[Finding]:
    """What a policy asks for that no ticket can be, and notes that would come in every pass."""
    for index, policy in enumerate(settings.policies):
        place: Place = ("policy", index)
        yield from _conditions(place, policy, settings)
        if isinstance(policy, TierEscalation):
            yield from _escalation(place, policy, settings)
        if isinstance(policy, HandOverLimit | KnowledgeCapture):
            yield from _nowhere(place, policy, settings)
        if isinstance(policy, MajorIncident):
            yield from _untold(place, policy)
        calls = settings.counts_calls or any(source.kind == "calls" for source in settings.sources)
        if isinstance(policy, Hotline) and not calls:
            yield Finding(
                place, f"{NEVER}no calls are read: set [kpi] calls = true or add a [[source]] of kind calls"
            )
        if isinstance(policy, MonitoringAlert):
            yield from _no_alert(place, policy)
        yield from _every_pass(place, policy, settings)
        yield from _never_comes(place, policy, settings)
    described = {table.name for table in settings.tables}
    for table in sorted(described - set(settings.registers)):
        index = next(index for index, one in enumerate(settings.tables) if one.name == table)
        yield Finding(("table", index), "no policy is about it, so it is not read")


def doubled(settings: Settings) -> Iterator[Finding]:
    """Two policies of a rule about the same tickets: each says it.

    Those that keep columns and want different things are refused (`connector.settings.clash`).
    """
    ranked = settings.fault_class.ranked
    for (_, first), (index, second) in combinations(enumerate(settings.policies), 2):
        if type(first) is not type(second) or first.enforced != second.enforced:
            continue
        if apart(first, second):
            continue
        if overlap(first.when, second.when, settings.priorities, settings.groups, ranked):
            both, out = "speak of the same tickets", "narrow `when` of one of them if that is not meant"
            if first.about() == "calendar":
                both, out = (
                    "are about the same shifts, calls, dates or articles",
                    "leave one of them out if that is not meant",
                )
            yield Finding(
                ("policy", index),
                f'overlaps policy "{first.name}": both {both}, and people are told twice; {out}',
            )


def _conditions(place: Place, policy: Policy, settings: Settings) -> Iterator[Finding]:
    when, about = policy.when, policy.about()
    place = (*place, "when")
    strange = [priority for priority in when.priority if priority not in settings.priorities]
    for priority in strange:
        told = NEVER if len(strange) == len(when.priority) else ""
        yield Finding(
            (*place, "priority"),
            f'{told}priority "{priority}" belongs to no fault class, and tickets with it are set aside; '
            "name it under [fault_class]",
        )
    if not strange and not some_urgency([when], settings.priorities, settings.fault_class.ranked):
        wanted = [f"class {listed(list(when.fault_class))}"]
        wanted += [f"priority {listed(list(when.priority))}"] if when.priority else []
        yield Finding(
            place, f"{NEVER}by [fault_class] no ticket has {' and '.join(wanted)}; leave one of them out"
        )
    if not some_place([when], settings.groups):
        wanted = [
            f"{name} {listed(list(values))}"
            for name, values in (("desk", when.desk), ("tier", when.tier), ("group", when.group))
            if values
        ]
        yield Finding(
            place,
            f"{NEVER}by [[desk]] no group has {' and '.join(wanted)}; leave one of them out, or name the "
            "group there",
        )
    if when.kind and not set(when.kind) - (_KINDS - {about}):
        yield Finding(
            (*place, "kind"),
            f"{NEVER}the policy is about records of {about}, and none is a {listed(list(when.kind))}; leave "
            "kind out",
        )


def _escalation(place: Place, policy: TierEscalation, settings: Settings) -> Iterator[Finding]:
    when, to, groups = policy.when, policy.to_tier, settings.groups
    if some_place([when], groups) and not _anywhere(when, (policy.from_tier,), settings):
        yield Finding(
            (*place, "from"),
            f"{NEVER}no group that `when` allows is of tier {policy.from_tier}; name one under [[desk]], or "
            "widen `when`",
        )
    named = [("to_group", (policy.to_group or "",)), ("to_groups", [each.group for each in policy.to_groups])]
    for key, names in (*named, ("on_call", [each.group for each in policy.on_call])):
        for name in names:
            _, tier, _ = groups.get(name, ("", to, ()))
            if tier is not to:
                where = f"of tier {tier}" if tier else "outside the tiers"
                yield Finding((*place, key), f'group "{name}" is {where}, not of tier {to}; name one that is')
    if policy.to_group is None and not any(tier is to for _, tier, _ in groups.values()):
        yield Finding(
            (*place, "to"),
            f"no desk has a group of tier {to}: nothing is moved, a note says that nobody can be found; name "
            "one under [[desk]]",
        )
    if when.category and policy.out_of_capability and not set(when.category) & set(policy.out_of_capability):
        alone = not (policy.beyond or policy.marked_by or policy.after)
        yield Finding(
            (*place, "out_of_capability"),
            f"{NEVER if alone else ''}`when` allows none of these categories; name one of "
            f"{listed(list(when.category))}",
        )


def _anywhere(when: When, tiers: tuple[Tier, ...], settings: Settings) -> bool:
    """Some group that ``when`` allows is of one of these tiers."""
    return not tiers or some_place([when, When(tier=tiers)], settings.groups)


def _nowhere(place: Place, policy: HandOverLimit | KnowledgeCapture, settings: Settings) -> Iterator[Finding]:
    """It asks for tiers that no desk has, or for categories that it exempts."""
    when = policy.when
    if some_place([when], settings.groups) and not _anywhere(when, policy.tiers, settings):
        yield Finding(
            (*place, "tiers"),
            f"{NEVER}no desk has a group of tier {' or '.join(policy.tiers)} for it; name one under [[desk]]",
        )
    exempt = policy.exempt_categories if isinstance(policy, KnowledgeCapture) else ()
    if when.category and not set(when.category) - set(exempt):
        yield Finding(
            (*place, "exempt_categories"), f"{NEVER}every category of `when` is exempt; take one out here"
        )


def _untold(place: Place, policy: MajorIncident) -> Iterator[Finding]:
    """Its broadcasts would end before the first."""
    ends = policy.broadcast_for
    if policy.broadcast and ends is not None and ends < policy.broadcast_every:
        yield Finding(
            (*place, "broadcast_for"),
            "shorter than broadcast_every: nothing is ever broadcast; make it longer, or say so with "
            "broadcast = false",
        )


def _no_alert(place: Place, policy: MonitoringAlert) -> Iterator[Finding]:
    """It asks of an alert what only a task has, or for what is no warning."""
    if policy.table != "em_alert":
        return
    for name in ("category", "company"):
        if getattr(policy.when, name):
            yield Finding(
                (*place, "when", name),
                f"{NEVER}an alert of em_alert has no {name}; leave it out, or narrow it by where",
            )
    severity = policy.where.get("severity", ())
    if severity and not set(severity) - _NO_WARNING:
        yield Finding(
            (*place, "where", "severity"),
            "severity 0 (clear) and 5 (OK) are no warnings; write those of 1 to 4 that are",
        )


def _every_pass(place: Place, policy: Policy, settings: Settings) -> Iterator[Finding]:
    every = settings.poll.every
    if isinstance(policy, MajorIncident) and policy.broadcast and policy.broadcast_every <= every:
        key = "broadcast_every"
    elif isinstance(policy, UpdateLimit) and policy.every <= every:
        key = "every"
    elif isinstance(policy, Followed) and policy.check_every and policy.check_every <= every:
        key = "check_every"
    else:
        return
    yield Finding(
        (*place, key),
        f"not longer than [poll] every ({span_of_time(every)}): people get a note in every pass; write a "
        "longer time",
    )


def _never_comes(place: Place, policy: Policy, settings: Settings) -> Iterator[Finding]:
    """What a policy waits for that no other policy makes, or nobody does."""
    drawn = [one for one in settings.policies if isinstance(one, CallbackSampling)]
    low_score = policy.low_score if isinstance(policy, CallbackSampling | Complaint) else None
    if low_score is not None:
        # Of drawing itself the call-back goes on; of a complaint there is nothing else.
        never = NEVER if isinstance(policy, Complaint) else "nothing ever follows a call-back: "
        if not drawn:
            why = "no policy of rule callback_sampling calls anybody back; add one"
        elif settings.reads.score is None:
            why = "[reads] score is not set: no answer is read; name the column there"
        elif low_score <= 0:
            why = f"no score is below {low_score:g}; write one above 0"
        else:
            why = ""
        if why:
            yield Finding((*place, "low_score"), f"{never}{why}")
    if isinstance(policy, CallbackSampling) and not policy.rate and not policy.minimum:
        yield Finding(
            (*place, "rate"), f"{NEVER}of no ticket is anybody drawn; write a share above 0, or a minimum"
        )
    if isinstance(policy, Improvement) and policy.table == "incident":
        made = {"improvement"} if any(one.low_score is not None for one in drawn) else set()
        tracked = [one for one in settings.policies if isinstance(one, Obligation) and one.tracked_by]
        made |= {"nonconformity"} if any(one.table == "incident" for one in tracked) else set()
        if not made & set(policy.kinds):
            yield Finding(
                (*place, "kinds"),
                f"{NEVER}no policy creates tasks of the kind {' or '.join(policy.kinds)} beside incidents; "
                "low_score of callback_sampling creates improvement, tracked_by nonconformity",
            )

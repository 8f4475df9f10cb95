"""Keeps what policies that only observe wished for, to be looked through before they may write."""

from collections.abc import Iterator
from hashlib import blake2b

from connector.intent import Create, Intent, Keep, Note, Set
from connector.reconcile.judgement import Judged
from connector.reconcile.world import World
from connector.rules.base import Policy
from connector.settings import Settings
from connector.sync.change import Plan, Scheme
from connector.sync.store import Observed, Wanted


def remember(world: World, settings: Settings, judged: Judged, plan: Plan) -> None:
    """Keep the wishes of this pass that are observed only; what a pass does not list is counted."""
    if not (plan.observed or plan.unlisted):
        return
    digests = {policy.name: digest(policy) for policy in settings.policies}
    scheme, at = world.scheme, plan.at
    seen = [
        Observed(
            at,
            wish.policy,
            digests[wish.policy],
            wish.ticket.sys_id,
            wish.ticket.number,
            wish.ticket.group.sys_id if wish.ticket.group else "",
            wish.ticket.assignee,
            wish.reason,
            tuple(_wanted(wish.intents, scheme)),
        )
        for wish in judged.wishes
        if wish.observe
    ]
    seen += [
        Observed(at, policy, digests[policy], "", "", "", "", "", (), count)
        for policy, count in plan.unlisted.items()
    ]
    world.store.keep_observed(seen)


def digest(policy: Policy) -> str:
    """Eight hex digits that change when anything of a policy changes but its mode."""
    return blake2b(
        policy.model_dump_json(by_alias=True, exclude={"mode"}).encode(), digest_size=4
    ).hexdigest()


def _wanted(intents: tuple[Intent, ...], scheme: Scheme) -> Iterator[Wanted]:
    for intent in intents:
        match intent:
            case Keep(field, value, clause):
                yield Wanted("keep", field, scheme.raw(value), clause)
            case Set(_, value, occasion, clause):
                yield Wanted("set", occasion.mark, scheme.raw(value), clause)
            case Note(text, occasion, clause, _):
                yield Wanted("note", occasion.mark, str(text), clause)
            case Create():
                yield Wanted("create", intent.occasion.mark, intent.table, intent.clause)

"""Keeps what policies that only observe wished for, to be looked through before they may write."""

from collections.abc import Iterator
from hashlib import blake2b

from connector.intent import Create, Intent, Keep, Note, Set
from connector.reconcile.judgement import Judged
from connector.reconcile.world import World
from connector.rules.base import Policy
from connector.settings import Settings
from connector.sync.change import Plan, Scheme, Wish
from connector.sync.store import Observed, Wanted
from connector.ticket import Instant

_AT_ONCE = 250
"""Wishes written down in one go; their texts are long."""


def remember(world: World, settings: Settings, judged: Judged, plan: Plan) -> None:
    """Keep the wishes of this pass that are observed only; what a pass does not list is counted."""
    if not (plan.observed or plan.unlisted):
        return
    digests = {policy.name: digest(policy) for policy in settings.policies}
    scheme, at = world.scheme, plan.at
    observed = [wish for wish in judged.wishes if wish.observe]
    for start in range(0, len(observed), _AT_ONCE):
        world.store.keep_observed(
            [_seen(wish, at, digests[wish.policy], scheme) for wish in observed[start : start + _AT_ONCE]]
        )
    world.store.keep_observed(
        [
            Observed(at, policy, digests[policy], "", "", "", "", "", (), count)
            for policy, count in plan.unlisted.items()
        ]
    )


def _seen(wish: Wish, at: Instant, digest: str, scheme: Scheme) -> Observed:
    ticket, wanted = wish.ticket, tuple(_wanted(wish.intents, scheme))
    group = ticket.group.sys_id if ticket.group else ""
    return Observed(
        at, wish.policy, digest, ticket.sys_id, ticket.number, group, ticket.assignee, wish.reason, wanted
    )


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

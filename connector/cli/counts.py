"""``kpi --counts``: figures without lists, from the rows that ``[kpi] outcomes`` keeps."""

import argparse
from typing import TYPE_CHECKING, Any

from connector.cli import picture

if TYPE_CHECKING:
    from connector.kpi.figure import Figures
    from connector.kpi.period import Period
    from connector.kpi.score import ScopeKind
    from connector.reconcile import World
    from connector.settings import Settings
    from connector.ticket import Instant


def counted(
    world: "World",
    settings: "Settings",
    period: "Period",
    now: "Instant | None",
    kind: "ScopeKind",
    args: argparse.Namespace,
) -> "Figures":
    """The figures of a period from what is kept; what is not kept yet is worked out first.

    Raises `SettingsError` where nothing is kept, and for what needs lists.
    """
    from connector.errors import SettingsError
    from connector.kpi.figure import Figures
    from connector.reconcile import COUNTED, complete_outcomes, counted_scores

    if not settings.kpi.outcomes:
        raise SettingsError("--counts: nothing is kept for it; write outcomes = true under [kpi]")
    if kind not in COUNTED or args.listed or args.as_of or picture.wanted(args):
        raise SettingsError(
            f"--counts: without --list, --as-of and pictures, and by {', '.join(COUNTED)} only"
        )
    store, directory = world.store, world.moment.directory
    scores: list[Any] = []
    if now is not None:
        if store.count_outcomes() < store.count():
            complete_outcomes(world, settings, now)
        scores = counted_scores(store, settings, directory, [period], now, (kind,))
    return Figures(now, settings.instance.zone, period, (period,), tuple(scores), (), directory=directory)

"""The work itself: volume, limits kept, escalations and what is still open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from connector.kpi.figure import Figures
from connector.kpi.indicator import Words
from connector.kpi.page.gallery import CLASS_WORDS, FATE_WORDS, KEPT, LATE, TIER_WORDS, UNLIMITED, lasting
from connector.kpi.report.content import Grid, Part
from connector.kpi.report.rate import both, full, rates
from connector.kpi.score import Score
from connector.kpi.scorecard import plain, scope_words, time_text, value_text
from connector.kpi.series.ageing import TIERS, ageing
from connector.kpi.series.handling_time import handling_times
from connector.kpi.series.tier_flow import FATES, tier_flow
from connector.kpi.trend import Trend
from connector.ticket import FaultClass


def volume(figures: Figures, names: Mapping[str, str], months: Sequence[Trend]) -> Part:
    """Workload by scope and class, for a longer period rates by month, what was resolved (R-E12, R-E5)."""
    counts = [score for score in figures.scores if score.about.clause == "R-E12"]
    abouts = list({score.about.id: score.about for score in counts}.values())
    rows: dict[tuple[str, str], list[str]] = {}
    for score in counts:
        if score.scope.kind in ("whole", "desk", "group") and (
            score.scope.kind == "whole" or score.scope.key
        ):
            rows.setdefault(score.scope, []).append(value_text(score))
    grids = [
        Grid(
            (Words("Scope", "范围"), *(about.name for about in abouts)),
            tuple((_scope(kind, key, names), *line) for (kind, key), line in rows.items()),
        )
    ]
    opened = Counter(
        fact.ticket.fault_class for fact in figures.facts if fact.ticket.opened_at in figures.period
    )
    grids.append(
        Grid(
            (Words("Fault class", "故障级别"), Words("Accepted", "受理")),
            tuple((both(CLASS_WORDS[kind]), f"{opened[kind]:,}") for kind in reversed(FaultClass)),
        )
    )
    if months:
        grids.append(_by_month(months))
    said, left = rates(figures, "R-E5", "R-E8", "R-E11")
    return Part(
        "volume",
        Words("Volume", "工作量"),
        "R-E12, R-E5",
        (),
        tuple(g for g in (*grids, said) if g.rows),
        left,
    )


def limits(figures: Figures) -> Part:
    """Limits kept, and how long it took, by class (R-C3)."""
    said, left = rates(figures, "R-E3", "R-E4", "R-E6")
    times = [one for one in handling_times(figures.facts, figures.period) if one.total]
    grid = Grid(
        (
            Words("Fault class", "故障级别"),
            Words("Resolved", "解决"),
            KEPT,
            LATE,
            UNLIMITED,
            Words("half within", "半数不超过"),
            Words("nine of ten within", "九成不超过"),
        ),
        tuple(
            (
                both(CLASS_WORDS[one.fault_class]),
                f"{one.total:,}",
                f"{sum(b.kept for b in one.buckets):,}",
                f"{sum(b.late for b in one.buckets):,}",
                f"{sum(b.unlimited for b in one.buckets):,}",
                lasting(one.median),
                lasting(one.ninth),
            )
            for one in times
        ),
    )
    return Part("limits", Words("Limits kept", "时限执行"), "R-C3, R-E3, R-E6", (), full(said, grid), left)


def escalations(figures: Figures) -> Part:
    """How far requests went (R-B2), and what is still open."""
    flow = tier_flow(figures.facts, figures.period, figures.directory.groups)
    grid = Grid(
        (
            Words("Tier", "层级"),
            Words("came here first", "首个受理"),
            Words("from below", "自下级升级"),
            Words("went up", "继续升级"),
            *(FATE_WORDS[fate][0] for fate in FATES),
        ),
        tuple(
            (
                both(TIER_WORDS[stage.tier]),
                f"{stage.entered:,}",
                f"{sum(stage.received.values()):,}",
                f"{sum(stage.passed.values()):,}",
                *(f"{stage.fates[fate]:,}" for fate in FATES),
            )
            for stage in flow.stages
        ),
    )
    moment = figures.period.end - 1 if figures.as_of is None else min(figures.as_of, figures.period.end - 1)
    backlog = ageing(figures.facts, moment, figures.directory.groups)
    when = time_text(moment, ZoneInfo(figures.zone))
    ages = Grid(
        (Words("Open for", "未结时长"), *(TIER_WORDS[tier] for tier in TIERS)),
        tuple((age.label, *map(str, age.by_tier)) for age in backlog.ages),
    )
    said = (
        Words(
            f"{backlog.total:,} tickets were open at {when}, the oldest for {lasting(backlog.oldest)}.",
            f"{when} 共 {backlog.total:,} 单未结，最久 {lasting(backlog.oldest)}。",
        ),
    )
    untold = () if figures.directory.groups else (Words("no desk names its groups", "未配置各层级的组"),)
    return Part(
        "escalations",
        Words("Escalations and backlog", "升级与未结"),
        "R-B2",
        said,
        full(grid, ages) if flow.total or backlog.total else (),
        untold,
    )


def _by_month(months: Sequence[Trend]) -> Grid:
    """Rates by month: a row each, for those that were ever measured."""
    lines = [one for one in months if one.score.about.unit == "per cent" and any(map(_told, one.scores))]
    if not lines:
        return Grid((), ())
    labels = [score.period.label for score in lines[0].scores]
    return Grid(
        (Words("Indicator", "指标"), *(Words(label, label) for label in labels)),
        tuple(
            (f"{one.score.about.clause} {both(one.score.about.name)}", *map(value_text, one.scores))
            for one in lines
        ),
    )


def _told(score: Score) -> bool:
    return score.value is not None


def _scope(kind: str, key: str, names: Mapping[str, str]) -> str:
    return both(scope_words(kind)) if kind == "whole" else plain(names.get(key, key))

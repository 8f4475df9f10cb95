"""The charts of a look at a desk: which there are, what they are called, what stands in their tables."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from connector.kpi import numeral
from connector.kpi.chart.bar import Bar, Rate, bars, rates
from connector.kpi.chart.column import Column, columns
from connector.kpi.chart.flow import Node, flow
from connector.kpi.chart.line import Point, line
from connector.kpi.chart.svg import WIDTH, Chart, text
from connector.kpi.figure import Figures
from connector.kpi.indicator import Words
from connector.kpi.score import WHOLE, Score
from connector.kpi.scorecard import fraction_text, target_text, time_text, value_text, verdict
from connector.kpi.series.ageing import TIERS, ageing
from connector.kpi.series.call_back import CallBacks, call_backs
from connector.kpi.series.handling_time import HandlingTime, handling_times
from connector.kpi.series.hotline import by_hour
from connector.kpi.series.tier_flow import FATES, TierFlow, tier_flow
from connector.kpi.trend import Trend
from connector.ticket import FaultClass, Tier

TIER_WORDS = {
    Tier.FIRST_LINE: Words("First line", "一线"),
    Tier.SECOND_LINE: Words("Second line", "二线"),
    Tier.VENDOR: Words("Vendor", "厂商"),
    None: Words("no tier", "无层级"),
}
TIER_TONES = {Tier.FIRST_LINE: "tier1", Tier.SECOND_LINE: "tier2", Tier.VENDOR: "tier3", None: "tier0"}
CLASS_WORDS = {
    FaultClass.URGENT: Words("urgent", "紧急"),
    FaultClass.IMPORTANT: Words("important", "重要"),
    FaultClass.GENERAL: Words("general", "一般"),
}
FATE_WORDS = {
    "resolved": (Words("resolved", "已解决"), "good"),
    "open": (Words("open", "处理中"), "wait"),
    "canceled": (Words("canceled", "已取消"), "plain"),
}
KEPT, LATE = Words("within the limit", "时限内"), Words("late", "超时")
UNLIMITED = Words("no limit", "无时限")
NOTHING = Words("nothing to count in the period", "本期无数据")
UNCALLED = Words("no call-back is on record for what was closed in the period", "本期关闭的工单没有回访记录")
UNREAD = Words("not measured: no calls are read", "未测：未接入通话记录")
_NUMBER = Words("Tickets", "工单数")


def gallery(figures: Figures) -> tuple[Chart, ...]:
    """Every chart, in the order of the page; of the whole desk."""
    whole = [score for score in figures.scores if score.scope == WHOLE]
    return (
        scorecard_chart(whole),
        *trend_charts([one for one in figures.trends if one.score.scope == WHOLE]),
        *(
            handling_chart(one)
            for one in handling_times(figures.facts, figures.period)
            if one.total or one.fault_class is FaultClass.GENERAL
        ),
        ageing_chart(figures),
        flow_chart(tier_flow(figures.facts, figures.period, figures.directory.groups)),
        *call_back_charts(call_backs(figures.facts, figures.period)),
        hotline_chart(figures),
    )


def scorecard_chart(scores: Sequence[Score]) -> Chart:
    """All rates against their targets."""
    wanted = [score for score in scores if score.about.unit == "per cent"]
    inside, height = rates(
        [
            Rate(
                score.about.clause,
                score.about.name,
                " ".join(part for part in (value_text(score), verdict(score).text[:1]) if part),
                score.value,
                score.target,
                score.interval,
                tone_of(score),
            )
            for score in wanted
        ]
    )
    missed = sum(score.met is False for score in wanted)
    met = sum(score.met is True for score in wanted)
    return Chart(
        "scorecard",
        Words("Scorecard against targets", "指标与目标"),
        f"{met} 项达标，{missed} 项未达标。{met} targets met, {missed} missed.",
        WIDTH,
        height,
        inside,
        (
            Words("Clause", "条款"),
            Words("Indicator", "指标"),
            Words("Value", "数值"),
            Words("Fraction", "分数"),
            Words("Target", "目标"),
            Words("Verdict", "判定"),
        ),
        tuple(
            (
                score.about.clause,
                f"{score.about.name.zh} {score.about.name.en}",
                value_text(score),
                fraction_text(score),
                target_text(score),
                verdict(score).text,
            )
            for score in wanted
        ),
        Words(
            "bar: value; whisker: 95 % interval; upright mark: target",
            "条形为数值，细线为 95 % 区间，竖线为目标",
        ),
    )


def tone_of(score: Score) -> str:
    """How a figure should strike the eye."""
    return "accent" if score.met is None else "good" if score.met else "bad"


def trend_charts(trends: Sequence[Trend]) -> Iterator[Chart]:
    """A line for each rate that has a value in two periods or more."""
    for one in trends:
        about = one.score.about
        if about.unit != "per cent" or sum(value is not None for value in one.values) < 2:
            continue
        points = [Point(score.period.label, score.value, score.interval) for score in one.scores]
        inside = line(points, target=one.score.target, per_cent=True, tone=tone_of(one.score))
        change = "" if one.change is None else numeral.change(one.change, rate=True)
        yield Chart(
            f"trend-{about.id}",
            Words(about.name.en, f"{about.clause} {about.name.zh}"),
            f"{about.name.zh}走势，较上期 {change}。Trend, {change} against the period before.",
            WIDTH,
            130,
            inside,
            (Words("Period", "周期"), Words("Value", "数值"), Words("Fraction", "分数")),
            tuple((score.period.label, value_text(score), fraction_text(score)) for score in one.scores),
        )


def handling_chart(one: HandlingTime) -> Chart:
    """How long tickets of a fault class took, within the limit or late."""
    name = CLASS_WORDS[one.fault_class]
    parts = [(KEPT, "good"), (LATE, "bad"), (UNLIMITED, "plain")]
    inside = columns([Column(b.label, (b.kept, b.late, b.unlimited)) for b in one.buckets], parts)
    kept, late = (sum(b.kept for b in one.buckets), sum(b.late for b in one.buckets))
    middle = Words(
        f"{one.total:,} resolved; half within {lasting(one.median)}, nine of ten within {lasting(one.ninth)}",
        f"解决 {one.total:,} 单；半数不超过 {lasting(one.median)}，九成不超过 {lasting(one.ninth)}",
    )
    return _or_nothing(
        Chart(
            f"handling-{one.fault_class}",
            Words(f"Handling times, {name.en}", f"处理时长（{name.zh}）"),
            f"{kept} 单在时限内，{late} 单超时。{kept} within the limit, {late} late.",
            WIDTH,
            210,
            inside,
            (Words("Time", "时长"), KEPT, LATE, UNLIMITED),
            tuple((b.label, str(b.kept), str(b.late), str(b.unlimited)) for b in one.buckets),
            middle if one.total else NOTHING,
        ),
        one.total,
    )


def ageing_chart(figures: Figures) -> Chart:
    """The open tickets by age and tier."""
    period = figures.period
    at = period.end - 1 if figures.as_of is None else min(figures.as_of, period.end - 1)
    found = ageing(figures.facts, at, figures.directory.groups)
    parts = [(TIER_WORDS[tier], TIER_TONES[tier]) for tier in TIERS]
    when = time_text(at, ZoneInfo(figures.zone))
    return _or_nothing(
        Chart(
            "ageing",
            Words("Age of open tickets", "未结工单账龄"),
            f"共 {found.total} 单未结。{found.total} tickets are open.",
            WIDTH,
            210,
            columns([Column(age.label, age.by_tier) for age in found.ages], parts),
            (Words("Age", "账龄"), *(TIER_WORDS[tier] for tier in TIERS)),
            tuple((age.label, *map(str, age.by_tier)) for age in found.ages),
            Words(
                f"{found.total:,} open at {when}; the oldest for {lasting(found.oldest)}",
                f"{when} 共 {found.total:,} 单未结；最久 {lasting(found.oldest)}",
            ),
        ),
        found.total,
    )


def flow_chart(found: TierFlow) -> Chart:
    """How far requests climbed, and what became of them."""
    places = {stage.tier: place for place, stage in enumerate(found.stages)}
    inside, height = flow(
        [
            Node(
                TIER_WORDS[stage.tier],
                TIER_TONES[stage.tier],
                stage.entered,
                {places[tier]: many for tier, many in stage.passed.items()},
                [(*FATE_WORDS[fate], stage.fates[fate]) for fate in FATES],
            )
            for stage in found.stages
        ]
    )
    said = "，".join(f"{TIER_WORDS[stage.tier].zh} {stage.total}" for stage in found.stages)
    told = ", ".join(f"{TIER_WORDS[stage.tier].en} {stage.total}" for stage in found.stages)
    aside = f"; {found.untiered:,} never in a tier" if found.untiered else ""
    aside_zh = f"；{found.untiered:,} 单未进入任何层级" if found.untiered else ""
    return _or_nothing(
        Chart(
            "flow",
            Words("From first line to vendor", "一线至厂商的流转"),
            f"{said}。{told}.",
            WIDTH,
            height,
            inside,
            (
                Words("Tier", "层级"),
                Words("came here first", "首个受理"),
                Words("from below", "自下级升级"),
                Words("went up", "继续升级"),
                *(FATE_WORDS[fate][0] for fate in FATES),
            ),
            tuple(
                (
                    f"{TIER_WORDS[stage.tier].zh} {TIER_WORDS[stage.tier].en}",
                    str(stage.entered),
                    str(sum(stage.received.values())),
                    str(sum(stage.passed.values())),
                    *(str(stage.fates[fate]) for fate in FATES),
                )
                for stage in found.stages
            ),
            Words(
                f"requests opened in the period, up to the highest tier they reached{aside}",
                f"本期受理的请求，计至其到达的最高层级{aside_zh}",
            ),
        ),
        found.total - found.untiered,
    )


def call_back_charts(found: CallBacks) -> tuple[Chart, Chart]:
    """The draw, and the answers."""
    share = numeral.share(found.drawn, found.closed) if found.closed else ""
    steps = [
        Bar(Words("closed", "关闭"), found.closed, "plain"),
        Bar(Words("drawn for a call-back", "抽中回访"), found.drawn, "accent", share),
        Bar(Words("asked", "已回访"), found.done, "good"),
        Bar(Words("not reached", "未接通"), found.not_reached, "bad"),
        Bar(Words("still to be called", "待回访"), found.waiting, "wait"),
        Bar(
            Words("improvement owed, done", "应改进／已改进"),
            found.improvements, "accent", f"/ {found.improved}",
        ),
        Bar(
            Words("called again, asked", "再次回访／已回访"),
            found.second, "accent", f"/ {found.second_done}",
        ),
    ]  # fmt: skip
    inside, height = bars(steps)
    draw = Chart(
        "call-backs",
        Words("Call-backs drawn", "回访抽样"),
        f"关闭 {found.closed} 单，抽中 {found.drawn} 单。{found.drawn} of {found.closed} closed ones drawn.",
        WIDTH,
        height,
        inside,
        (Words("Step", "环节"), _NUMBER),
        tuple((f"{bar.name.zh} {bar.name.en}", f"{bar.value} {bar.aside}".strip()) for bar in steps),
        Words("tickets closed in the period (R-B6, R-D2)", "本期关闭的工单（R-B6、R-D2）"),
    )
    best = max(5, *found.answers) if found.answers else 5
    scores = range(min(0, *found.answers) if 0 in found.answers else 1, best + 1)
    answers = Chart(
        "answers",
        Words("What callers answered", "客户评分"),
        "，".join(f"{score} 分 {found.answers.get(score, 0)} 次" for score in scores) + "。Answers by score.",
        WIDTH,
        210,
        columns(
            [Column(str(score), (found.answers.get(score, 0),)) for score in scores],
            [(Words("answers by score", "按评分的回访数"), "accent")],
        ),
        (Words("Score", "评分"), Words("Answers", "次数")),
        tuple((str(score), str(found.answers.get(score, 0))) for score in scores),
        Words(f"{found.unscored} without a score", f"未评分 {found.unscored} 次"),
    )
    if not (found.drawn or found.second or found.improvements):
        return _empty(draw, UNCALLED), _empty(answers, UNCALLED)
    return draw, _or_nothing(answers, sum(found.answers.values()))


def hotline_chart(figures: Figures) -> Chart:
    """Calls by hour, answered and lost, with the rate."""
    now = figures.as_of if figures.as_of is not None else figures.period.start
    hours = by_hour(figures.calls or (), figures.period, ZoneInfo(figures.zone), now)
    rung, answered = sum(one.rung for one in hours), sum(one.answered for one in hours)
    target = next((score.target for score in figures.scores if score.indicator == "R-E2"), None)
    inside = columns(
        [Column(f"{one.hour}", (one.answered, one.lost)) for one in hours],
        [(Words("answered", "接通"), "good"), (Words("lost", "未接"), "bad")],
        every=3,
        rates=[one.rate for one in hours],
        target=target,
    )  # fmt: skip
    chart = Chart(
        "calls",
        Words("Calls by hour and answer rate", "分时来电与接通率"),
        f"来电 {rung} 次，接通 {answered} 次。{answered} of {rung} calls answered.",
        WIDTH,
        210,
        inside,
        (
            Words("Hour", "时"),
            Words("answered", "接通"),
            Words("lost", "未接"),
            Words("rate", "接通率"),
        ),
        tuple(
            (
                f"{one.hour:02}:00",
                str(one.answered),
                str(one.lost),
                "–" if one.rate is None else numeral.per_cent(one.rate),
            )
            for one in hours
        ),
        Words(
            f"line: answer rate, right axis; dashed: target; hours of {figures.zone}",
            f"折线为接通率（右轴），虚线为目标；时区 {figures.zone}",
        ),
    )
    if figures.calls is None:
        return _empty(chart, UNREAD)
    return _or_nothing(chart, rung)


def lasting(seconds: int | None) -> str:
    """``45 m``, ``3.5 h``, ``12 d``; a dash for nothing. Rounded down."""
    if seconds is None:
        return "–"
    if seconds < 3600:
        return f"{seconds // 60} m"
    if seconds < 2 * 86400:
        return f"{seconds * 10 // 3600 / 10:g} h"
    return f"{seconds // 86400} d"


def _or_nothing(chart: Chart, many: int) -> Chart:
    return chart if many else _empty(chart, NOTHING)


def _empty(chart: Chart, why: Words) -> Chart:
    inside: Markup = text(Words("", why.zh), WIDTH / 2, 38, anchor="middle", tone="soft")
    inside += text(Words(why.en, ""), WIDTH / 2, 56, anchor="middle", tone="soft")
    return chart._replace(height=84, inside=inside, rows=(), desc=f"{why.zh}。{why.en}.", note=None)

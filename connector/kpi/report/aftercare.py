"""What follows the work: reports of major incidents, knowledge, call-backs, the hotline, improvements."""

from collections import Counter
from collections.abc import Collection
from zoneinfo import ZoneInfo

from connector.kpi.figure import Figures
from connector.kpi.indicator import Words
from connector.kpi.page.gallery import lasting
from connector.kpi.report.content import Grid, Part
from connector.kpi.report.rate import LISTED, both, by_number, counted, full, rates
from connector.kpi.scorecard import plain, time_text
from connector.kpi.series.call_back import IMPROVEMENT, call_backs
from connector.kpi.series.hotline import by_hour

MAJOR = "major_report"
"""Kind of the task by which a major incident is reported (R-C4)."""

REPORT_WITHIN = 30 * 60
"""Seconds (R-C4)."""

_NUMBER, _TICKET = Words("Number", "数量"), Words("Ticket", "工单")


def major(figures: Figures, rules: Collection[str] | None) -> Part:
    """When each was opened, its report asked for and confirmed, and how long it lasted (R-C4)."""
    title = Words("Major incidents", "重大事件")
    if rules is not None and "major_incident" not in rules:
        why = Words("major incidents: no policy asks for their report", "重大事件：没有要求上报的策略")
        return Part("major", title, "R-C4", unmeasured=(why,))
    rows = []
    zone = ZoneInfo(figures.zone)
    for fact in by_number(figures.facts):
        for task in fact.ticket.tasks:
            opened = fact.ticket.opened_at
            if task.kind != MAJOR or opened not in figures.period:
                continue
            ended = fact.ticket.ended_at
            # The report is made when somebody takes the task up; that it was created tells of us alone.
            done = task.closed_at if task.complete else None
            late = done is None or done - opened > REPORT_WITHIN
            rows.append(
                (
                    plain(fact.ticket.number),
                    time_text(opened, zone),
                    lasting(task.opened_at - opened),
                    "–" if done is None else lasting(done - opened),
                    "▼ 超过 30 分钟 over 30 min" if late else "▲ 30 分钟内 within 30 min",
                    "–" if ended is None else lasting(ended - opened),
                )
            )
    grid = Grid(
        (
            _TICKET,
            Words("Opened", "受理"),
            Words("report asked for after", "要求上报"),
            Words("report confirmed after", "确认上报"),
            Words("Within 30 min", "30 分钟"),
            Words("Resolved after", "解决用时"),
        ),
        tuple(rows[:LISTED]),
    )
    said = counted(len(rows), "major incidents", "起重大事件")
    return Part("major", title, "R-C4", (said,), full(grid))


_KNOWLEDGE = {
    "published": Words("published", "已发布"),
    "in_review": Words("in review", "审核中"),
    "drafted": Words("drafted", "草稿"),
    "owed": Words("owed", "应提交"),
    "missing": Words("missing", "缺失"),
    "exempt": Words("exempt", "免提交"),
}


def knowledge(figures: Figures) -> Part:
    """Where the knowledge of what was resolved stands (R-B5)."""
    ended = [
        fact.ticket
        for fact in figures.facts
        if fact.ticket.ended_at is not None and fact.ticket.ended_at in figures.period
    ]
    states = Counter(ticket.owned.get("knowledge", "") for ticket in ended)
    told = sum(states[state] for state in _KNOWLEDGE)
    grid = Grid(
        (Words("Knowledge of resolved tickets", "已解决工单的知识"), _NUMBER),
        tuple((both(words), f"{states[state]:,}") for state, words in _KNOWLEDGE.items()),
    )
    with_article = sum(bool(ticket.articles) for ticket in ended)
    said = Words(
        f"{with_article:,} of {len(ended):,} resolved tickets have an article.",
        f"已解决的 {len(ended):,} 单中 {with_article:,} 单有知识文章。",
    )
    if told:
        return Part("knowledge", Words("Knowledge", "知识"), "R-B5, R-F3", (said,), (grid,))
    why = Words(
        "knowledge owed: no policy keeps the column knowledge on these tickets",
        "应提交的知识：这些工单上没有知识状态",
    )
    return Part("knowledge", Words("Knowledge", "知识"), "R-B5, R-F3", unmeasured=(why,))


def called_back(figures: Figures, rules: Collection[str] | None) -> Part:
    """The draw, the answers, satisfaction (R-D1, R-D2)."""
    found = call_backs(figures.facts, figures.period)
    measured, left = rates(figures, "R-E1", "R-D4")
    steps = Grid(
        (Words("Call-backs", "回访"), _NUMBER),
        (
            ("关闭 closed", f"{found.closed:,}"),
            ("抽中 drawn", f"{found.drawn:,}"),
            ("已回访 asked", f"{found.done:,}"),
            ("未接通 not reached", f"{found.not_reached:,}"),
            ("待回访 waiting", f"{found.waiting:,}"),
            ("再次回访 called again", f"{found.second:,}"),
        ),
    )
    scores = Grid(
        (Words("Score", "评分"), Words("Answers", "次数")),
        tuple((str(score), f"{many:,}") for score, many in found.answers.items()),
    )
    drawing = rules is None or "callback_sampling" in rules
    no_draw = Words("call-backs: no policy draws them", "回访：没有抽样策略")
    return Part(
        "call_backs",
        Words("Call-backs", "回访"),
        "R-B6, R-D2",
        (),
        full(measured, steps, scores) if drawing else full(measured),
        (*left, *(() if drawing else (no_draw,))),
    )


def hotline(figures: Figures) -> Part:
    """Answer rate, the busiest hours, attendance (R-E2, R-E7)."""
    measured, left = rates(figures, "R-E2", "R-E7")
    said = []
    if figures.calls is not None:
        now = figures.as_of if figures.as_of is not None else figures.period.start
        hours = [
            one for one in by_hour(figures.calls, figures.period, ZoneInfo(figures.zone), now) if one.rung
        ]
        if hours:
            busiest = max(hours, key=lambda one: one.rung)
            worst = max(hours, key=lambda one: one.lost)
            said.append(
                Words(
                    f"Most calls came between {busiest.hour}:00 and {busiest.hour + 1}:00 "
                    f"({busiest.rung:,}); "
                    f"most were lost between {worst.hour}:00 and {worst.hour + 1}:00 ({worst.lost:,}).",
                    f"来电最多在 {busiest.hour} 至 {busiest.hour + 1} 时（{busiest.rung:,} 次）；"
                    f"未接最多在 {worst.hour} 至 {worst.hour + 1} 时（{worst.lost:,} 次）。",
                )
            )
    return Part(
        "calls", Words("Calls and duty", "来电与值班"), "R-E2, R-E7, R-C5", tuple(said), full(measured), left
    )


def improvements(figures: Figures) -> Part:
    """Improvements that call-backs brought forth and nobody has finished (R-D2), manuals and summaries."""
    rows = []
    zone = ZoneInfo(figures.zone)
    moment = figures.period.end if figures.as_of is None else min(figures.as_of + 1, figures.period.end)
    for fact in by_number(figures.facts):
        for task in fact.ticket.tasks:
            if task.kind != IMPROVEMENT or task.opened_at >= moment:
                continue
            if task.closed_at is None or task.closed_at >= moment:
                rows.append(
                    (
                        plain(fact.ticket.number),
                        time_text(task.opened_at, zone),
                        lasting(moment - task.opened_at),
                    )
                )
    grid = Grid((_TICKET, Words("Owed since", "提出时间"), Words("for", "已历时")), tuple(rows[:LISTED]))
    measured, left = rates(figures, "R-E9", "R-E10")
    return Part(
        "improvements",
        Words("Improvements owed", "待改进事项"),
        "R-D2, R-H3",
        (counted(len(rows), "improvements owed at the end", "项改进未完成"),),
        full(grid, measured),
        left,
    )

"""How the regulation itself is carried out: complaints analysed (R-H2), breaches per post (R-H5)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from connector.kpi.case import Case
from connector.kpi.figure import Figures
from connector.kpi.indicator import TicketFact, Words
from connector.kpi.numeral import share
from connector.kpi.page.gallery import lasting
from connector.kpi.report.content import Grid, Part
from connector.kpi.report.rate import LISTED, counted, full
from connector.kpi.scorecard import plain, time_text

NONCONFORMITY = "nonconformity"
"""Kind of the task by which a finding is followed."""

_NUMBER, _COMPLAINTS = Words("Number", "数量"), Words("Complaints", "投诉")


def complaints(figures: Figures, names: Mapping[str, str]) -> Part:
    """Complaints of the period by category and group, how they were handled, what is open (R-D3, R-H2)."""
    title = Words("Analysis of complaints", "投诉分析")
    if figures.cases is None:
        why = Words("complaints (R-D3): no record tells of them", "投诉（R-D3）：没有投诉记录来源")
        return Part("complaints", title, "R-D3, R-H2", unmeasured=(why,))
    period, zone = figures.period, ZoneInfo(figures.zone)
    moment = period.end if figures.as_of is None else min(figures.as_of + 1, period.end)
    came = [case for case in figures.cases if case.since in period]
    waiting = sorted(
        (
            case
            for case in figures.cases
            if case.since < moment and (case.solved_at is None or case.solved_at >= moment)
        ),
        key=lambda case: (case.since, case.number),
    )
    times = sorted(case.solved_at - case.since for case in came if case.solved_at is not None)
    course = Grid(
        (_COMPLAINTS, _NUMBER),
        (
            ("受理 recorded", f"{len(came):,}"),
            ("其中回访低分 of them low scores", f"{sum(case.low_score for case in came):,}"),
            ("已处理 taken up", f"{sum(case.acted for case in came):,}"),
            ("已解决 solved", f"{len(times):,}"),
            ("已再次回访 called back again", f"{sum(case.called for case in came):,}"),
            ("半数解决用时 half solved within", lasting(times[(len(times) - 1) // 2]) if times else "–"),
        ),
    )
    owed = Grid(
        (Words("Open complaint", "未解决投诉"), Words("since", "受理"), Words("for", "已历时")),
        tuple(
            (plain(case.number), time_text(case.since, zone), lasting(moment - case.since))
            for case in waiting[:LISTED]
        ),
    )
    said = (
        counted(len(came), "complaints in the period", "起投诉"),
        Words(f"{len(waiting):,} were open at its end.", f"期末未解决 {len(waiting):,} 起。"),
    )
    grids = full(
        course if came else Grid((), ()),
        _most(came, Words("Category", "类别"), lambda case: case.category or "–"),
        _most(came, Words("Group", "处理组"), lambda case: names.get(case.group, case.group) or "–"),
        owed,
    )
    return Part("complaints", title, "R-D3, R-H2", said, grids)


def _most(cases: Sequence[Case], head: Words, key: Callable[[Case], str]) -> Grid:
    """How many by what the key tells, the most first."""
    many = Counter(map(key, cases))
    ordered = sorted(many.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple((plain(name), f"{number:,}", share(number, len(cases))) for name, number in ordered)
    return Grid((head, _NUMBER, Words("Share", "占比")), rows[:LISTED])


def conformity(figures: Figures, names: Mapping[str, str], rules: Collection[str] | None) -> Part:
    """Of the tickets that each post finished, how many broke a rule, and which (R-H5).

    A breach is a limit that was missed, knowledge that stayed missing, or a finding that became a task.
    """
    title = Words("Carrying-out of the regulation", "制度执行情况")
    if rules is not None and not {"sla_timer", "knowledge_capture"} & set(rules):
        why = Words(
            "breaches per post (R-H5): no policy sets a limit or asks for knowledge",
            "各岗位违规（R-H5）：没有设定时限或要求知识的策略",
        )
        return Part("conformity", title, "R-H5", unmeasured=(why,))
    ended = [
        fact
        for fact in figures.facts
        if fact.ticket.ended_at is not None and fact.ticket.ended_at in figures.period
    ]
    broken = [fact for fact in ended if any(_breaches(fact))]
    part = share(len(broken), len(ended))
    said = Words(
        f"{len(broken):,} of {len(ended):,} finished tickets broke a rule ({part}).",
        f"已完成的 {len(ended):,} 单中 {len(broken):,} 单有违规（{part}）。",
    )
    by_group = _posts(
        ended,
        Words("Group", "组"),
        lambda fact: fact.ticket.group.sys_id if fact.ticket.group else "",
        names,
    )
    by_consultant = _posts(ended, Words("Consultant", "顾问"), lambda fact: fact.ticket.assignee, names)
    return Part("conformity", title, "R-H5", (said,), full(by_group, by_consultant))


_KINDS = (
    Words("response late", "响应超时"),
    Words("resolution late", "解决超时"),
    Words("knowledge missing", "缺少知识"),
    Words("findings", "不符合项"),
)


def _breaches(fact: TicketFact) -> tuple[bool, ...]:
    """Whether each of `_KINDS` happened."""
    ticket = fact.ticket
    return (
        fact.responded_in_time is False,
        fact.resolved_in_time is False,
        ticket.owned.get("knowledge", "") == "missing",
        any(task.kind == NONCONFORMITY for task in ticket.tasks),
    )


def _posts(
    ended: Iterable[TicketFact],
    head: Words,
    whose: Callable[[TicketFact], str],
    names: Mapping[str, str],
) -> Grid:
    """A row for each post that finished something, those with the greatest share of breaches first."""
    posts: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for fact in ended:
        if whose(fact):
            posts[whose(fact)].append(_breaches(fact))
    rows = []
    for key, found in posts.items():
        broken = sum(map(any, found))
        name = plain(names.get(key, key))
        line = (name, f"{len(found):,}", f"{broken:,}", share(broken, len(found)))
        rows.append(
            (-broken / len(found), name, (*line, *(f"{sum(kind):,}" for kind in zip(*found, strict=True))))
        )
    heads = (
        head,
        Words("finished", "完成"),
        Words("with a breach", "有违规"),
        Words("share", "占比"),
        *_KINDS,
    )
    return Grid(heads, tuple(row for *_, row in sorted(rows))[:LISTED])

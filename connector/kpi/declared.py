"""Indicators whose facts are on no ticket: rosters, surveys, manuals and summaries of declared sources.

Each counts the entries of all sources of one kind (`connector.kpi.source`), whichever file they stand in.
"""

from collections.abc import Callable

from connector.kpi.indicator import About, Entry, Indicator, Owner, Words
from connector.ticket import Instant

SURVEY, ROSTER, MANUAL, SUMMARY = "survey", "roster", "manual", "summary"
"""Kinds of declared sources that the regulation's own indicators read."""

YES = frozenset(
    {"1", "true", "yes", "y", "t", "ok", "是", "已", "√", "✓", "通过", "合格", "accepted", "current"}
)
"""What people write into a cell for yes, in lower case."""


def says_yes(text: str) -> bool:
    """``yes``, ``TRUE``, ``是``."""
    return text.strip().casefold() in YES


def surveyed(target: float | None) -> Indicator[Entry]:
    """R-E1, R-D4: the regular survey, beside the call-backs."""
    return _of_entries(
        About(
            "R-E1-survey",
            "R-E1",
            Words("Satisfaction by survey", "问卷满意度"),
            Words("points of answered questionnaires / full marks", "问卷得分合计 / 满分合计"),
            Words("no score, or a score off the scale", "未评分或评分超出范围"),
            sources=(SURVEY,),
        ),
        target,
        counts=lambda entry: "share" in entry.values,
        succeeds=lambda entry: True,
        points=lambda entry: float(entry.values["share"]),
    )


def attended(target: float | None) -> Indicator[Entry]:
    """R-E7: shifts attended on time; coming at the very minute is on time."""

    def on_time(entry: Entry) -> bool:
        arrived = entry.times.get("arrived")
        return arrived is not None and arrived <= entry.at

    return _of_entries(
        About(
            "R-E7",
            "R-E7",
            Words("Duty attendance", "值班出勤"),
            Words("shifts attended on time / shifts rostered", "准时到岗的班次 / 排定的班次"),
            Words("not begun yet", "尚未开始"),
            sources=(ROSTER,),
        ),
        target,
        counts=lambda entry: True,
        succeeds=on_time,
        decided=True,
    )


def manuals_current(target: float | None) -> Indicator[Entry]:
    """R-E9: manuals whose review came by the day it was due and found them current."""

    def kept(entry: Entry) -> bool:
        reviewed = entry.times.get("reviewed")
        current = entry.values.get("current", "")
        return reviewed is not None and reviewed <= entry.at and (not current or says_yes(current))

    return _of_entries(
        About(
            "R-E9",
            "R-E9",
            Words("Operation manual quality", "维护操作手册管理质量"),
            Words(
                "manuals reviewed by the day due and current / manuals due",
                "按期评审且有效的手册 / 应评审的手册",
            ),
            Words("not due yet", "未到期"),
            sources=(MANUAL,),
        ),
        target,
        counts=lambda entry: True,
        succeeds=kept,
        decided=True,
    )


def summaries_accepted(target: float | None) -> Indicator[Entry]:
    """R-E10: service summaries delivered by the day due and accepted."""

    def accepted(entry: Entry) -> bool:
        delivered = entry.times.get("delivered")
        return delivered is not None and delivered <= entry.at and says_yes(entry.values.get("accepted", ""))

    return _of_entries(
        About(
            "R-E10",
            "R-E10",
            Words("Service summary quality", "服务工作总结质量"),
            Words(
                "summaries delivered on time and accepted / summaries due",
                "按期提交且通过的总结 / 应提交的总结",
            ),
            Words("not due yet", "未到期"),
            sources=(SUMMARY,),
        ),
        target,
        counts=lambda entry: True,
        succeeds=accepted,
        decided=True,
    )


def whose_entry(entry: Entry) -> Owner:
    """Who stands in the row."""
    return Owner(entry.group, entry.consultant)


def _of_entries(
    about: About,
    target: float | None,
    *,
    counts: Callable[[Entry], bool],
    succeeds: Callable[[Entry], bool],
    points: Callable[[Entry], float] | None = None,
    decided: bool = False,
) -> Indicator[Entry]:
    return Indicator(
        about,
        Entry,
        at=entry_at,
        counts=counts,
        succeeds=succeeds,
        whose=whose_entry,
        target=target,
        points=points,
        decided_at=entry_at if decided else None,
        source=about.sources[0],
    )


def entry_at(entry: Entry) -> Instant:
    """What puts it into a period."""
    return entry.at

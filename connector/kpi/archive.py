"""The archive of ticket results by time and speciality (R-F3): what was wrong, what helped, why it came."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.page.table import Sheet
from connector.kpi.scorecard import plain, time_text
from connector.ticket import Instant

LONGEST = 32_000
"""Characters of a text in a sheet; a cell of a workbook holds 32,767."""


class Result(NamedTuple):
    """What came of one ticket that was resolved."""

    number: str
    speciality: str
    """Its category or its group, as it stands; empty for none."""
    opened_at: Instant
    ended_at: Instant
    subject: str = ""
    record: str = ""
    """The problem record: what the caller told."""
    code: str = ""
    solution: str = ""
    problem: str = ""
    """Number of the problem in which the fault was analysed."""
    analysis: str = ""
    """What that says of the cause."""
    articles: tuple[str, ...] = ()
    """Numbers of its knowledge articles."""
    address: str = ""
    """Of the ticket on the instance."""


class Shelf(NamedTuple):
    """All results of one month and speciality."""

    month: str
    """``2026-03``."""
    speciality: str
    results: tuple[Result, ...]
    """By number."""

    @property
    def solved(self) -> int:
        """Those whose solution was written down."""
        return sum(bool(one.solution.strip()) for one in self.results)

    @property
    def analysed(self) -> int:
        """Those with a problem in which the fault was analysed."""
        return sum(bool(one.problem) for one in self.results)

    @property
    def documented(self) -> int:
        """Those with an article."""
        return sum(bool(one.articles) for one in self.results)


def shelved(results: Iterable[Result], zone: str) -> tuple[Shelf, ...]:
    """Results by the month in which they ended, in ``zone``, and by speciality; each stands in one place."""
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    where = ZoneInfo(zone)
    for one in results:
        month = datetime.fromtimestamp(one.ended_at, UTC).astimezone(where).strftime("%Y-%m")
        found[month, one.speciality].append(one)
    return tuple(
        Shelf(month, speciality, tuple(sorted(several, key=lambda one: (one.number, one.address))))
        for (month, speciality), several in sorted(found.items())
    )


def archive_sheets(shelves: Iterable[Shelf], zone: str) -> tuple[Sheet, Sheet]:
    """The results one by one, and how many there are of each month and speciality."""
    several = tuple(shelves)
    return (
        Sheet(
            "Results 工单结果",
            (
                "month 月份", "speciality 专业", "ticket 工单", "opened 受理", "resolved 解决",
                "subject 主题",
                "problem record 问题记录", "resolution code 解决代码", "solution 解决方案",
                "problem 问题单", "fault analysis 故障分析", "articles 知识文章", "address 地址",
            ),
            tuple(_rows(several, ZoneInfo(zone))),
        ),
        Sheet(
            "Shelves 归档目录",
            ("month 月份", "speciality 专业", "tickets 工单", "with solution 有解决方案",
             "with fault analysis 有故障分析", "with article 有知识文章"),
            tuple(
                (one.month, one.speciality, len(one.results), one.solved, one.analysed, one.documented)
                for one in several
            ),
        ),
    )  # fmt: skip


def _rows(shelves: Iterable[Shelf], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for shelf in shelves:
        for one in shelf.results:
            yield (
                shelf.month, plain(shelf.speciality), plain(one.number), time_text(one.opened_at, zone),
                time_text(one.ended_at, zone), plain(one.subject), one.record[:LONGEST], plain(one.code),
                one.solution[:LONGEST], plain(one.problem), one.analysis[:LONGEST],
                ", ".join(map(plain, one.articles)), one.address,
            )  # fmt: skip

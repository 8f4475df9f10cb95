"""A service level as a row of `task_sla`, and back (section 4.2)."""

from collections.abc import Mapping

from connector.sandbox.moment import instant, stamp
from connector.sandbox.sla.stage import Figures, Level, Stage

Row = dict[str, str]
BUSINESS = ("business_duration", "business_time_left", "business_percentage")


def read(row: Mapping[str, str], whole: int) -> Level:
    """The level that the row tells; `whole` is the duration of its definition in seconds."""
    figures = Figures(
        instant(row["duration"]) or 0,
        instant(row["time_left"]) or 0,
        float(row["percentage"] or 0),
        instant(row["business_duration"]) or 0,
        instant(row["business_time_left"]) or 0,
        float(row["business_percentage"] or 0),
    )
    return Level(
        start=instant(row["start_time"]) or 0,
        whole=whole,
        planned_end=instant(row["planned_end_time"]),
        figures=figures,
        breached=row["has_breached"] == "true",
        stage=_stage(row),
        since=instant(row["pause_time"]),
        paused=instant(row["pause_duration"]) or 0,
        business_paused=instant(row["business_pause_duration"]) or 0,
        end=instant(row["end_time"]),
    )


def written(level: Level, *, business: bool = True) -> Row:
    """The columns that a level fills; without `business` the three business figures stay empty."""
    figures = level.figures
    row = {
        "stage": level.stage.value,
        "active": "true" if level.stage in {Stage.IN_PROGRESS, Stage.PAUSED} else "false",
        "has_breached": "true" if level.breached else "false",
        "start_time": stamp(level.start),
        "end_time": _moment(level.end),
        "planned_end_time": _moment(level.planned_end),
        "pause_time": _moment(level.since),
        "pause_duration": stamp(level.paused),
        "business_pause_duration": stamp(level.business_paused),
        "duration": stamp(figures.elapsed),
        "time_left": stamp(figures.left),
        "percentage": f"{figures.percentage:.2f}",
        "business_duration": stamp(figures.business_elapsed),
        "business_time_left": stamp(figures.business_left),
        "business_percentage": f"{figures.business_percentage:.2f}",
    }
    return row if business else row | dict.fromkeys(BUSINESS, "")


def _stage(row: Mapping[str, str]) -> Stage:
    """The stage; the 2010 engine's `breached` and `achieved`, in rows from elsewhere, go by `active`."""
    if row["stage"] in set(Stage):
        return Stage(row["stage"])
    return Stage.IN_PROGRESS if row["active"] == "true" else Stage.COMPLETED


def _moment(at: int | None) -> str:
    return "" if at is None else stamp(at)

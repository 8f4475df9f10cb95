"""What ``kpi`` writes into files: the page, the charts as SVG and PNG, the sheets as XLSX and CSV."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.kpi.chart.svg import Chart
    from connector.kpi.figure import Figures

WIDE = 1200
"""Pixels of a PNG."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write what."""
    files = parser.add_argument_group("into files, of the whole and every desk, group and consultant")
    files.add_argument("--html", metavar="FILE", help="one page with scorecard and charts; needs no network")
    files.add_argument("--charts", metavar="DIR", help="each chart as SVG and, with the extra, as PNG")
    files.add_argument("--xlsx", metavar="FILE", help="a workbook (extra: pictures)")
    files.add_argument("--csv", metavar="FILE", help="the scores as one table")


def wanted(args: argparse.Namespace) -> bool:
    """Something is to be written. Raises `SettingsError` for a place where nothing can be."""
    from connector.errors import SettingsError

    problems: list[str] = []
    for option in ("html", "xlsx", "csv"):
        if told := getattr(args, option, None):
            problems += place_problems(f"--{option}", told)
    if args.charts and _is(Path.is_file, args.charts):
        problems.append(f"--charts: {args.charts} is a file; name a folder")
    if args.xlsx:
        try:
            import xlsxwriter  # noqa: F401
        except ImportError:
            problems.append(f"--xlsx: {_EXTRA}, or take --csv")
    if problems:
        raise SettingsError(*problems)
    return bool(args.html or args.charts or args.xlsx or args.csv)


def place_problems(option: str, place: str) -> list[str]:
    """Why no file can be written there, before anything is done for it."""
    folder = Path(place).absolute().parent
    if _is(Path.is_dir, place):
        return [f"{option}: {place} is a folder; name a file in it"]
    if not _is(Path.is_dir, folder):
        return [f"{option}: {place}: there is no folder {folder}; make it first"]
    return []


def _is(kind: Callable[[Path], bool], place: str | Path) -> bool:
    try:
        return kind(Path(place))
    except OSError:  # a name too long, a folder that is shut: writing will say it
        return False


_EXTRA = 'this needs the extra: pip install "desk-policy-connector[pictures]"'


def write(args: argparse.Namespace, figures: "Figures", names: Mapping[str, str]) -> list[str]:
    """Write what is asked for; a line for each file. Raises `SettingsError` where it cannot be written."""
    said = []
    if args.html:
        from connector.kpi.page.page import page

        said.append(keep(args.html, page(figures, names).encode(), "--html"))
    if args.csv:
        from connector.kpi.page.table import as_csv, scores_sheet

        text = as_csv(scores_sheet(figures, {**figures.names, **names}))
        said.append(keep(args.csv, text.encode(), "--csv"))
    if args.xlsx:
        from connector.kpi.page.table import sheets
        from connector.kpi.page.workbook import workbook

        said.append(keep(args.xlsx, workbook(sheets(figures, names), figures.as_of), "--xlsx"))
    if args.charts:
        from connector.kpi.page.gallery import gallery

        said += _charts(Path(args.charts), gallery(figures))
    return said


def _charts(folder: Path, charts: "tuple[Chart, ...]") -> list[str]:
    from connector.errors import SettingsError

    draw = painter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"--charts: {folder}: {error.strerror or error}; choose another folder") from None
    said = []
    for chart in charts:
        picture = chart.alone()
        said.append(keep(folder / f"{chart.id}.svg", picture.encode(), "--charts"))
        if draw is not None:
            said.append(keep(folder / f"{chart.id}.png", draw(picture), "--charts"))
    if draw is None:
        said.append(f"no PNG: {_EXTRA}")
    return said


def painter() -> Callable[[str], bytes] | None:
    """SVG text → PNG bytes; None where the extra is not installed."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        return None
    return lambda picture: bytes(svg_to_bytes(svg_string=picture, width=WIDE))


def keep(place: str | Path, content: bytes, option: str) -> str:
    """Write a file all at once: a reader sees the old one or the new one. Raises `SettingsError`."""
    from connector.errors import SettingsError

    path = Path(place)
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise SettingsError(
            f"{option}: {path}: {why}; choose a place that this user may write and that has room"
        ) from None
    return f"{path}  {len(content) / 1024:,.0f} KB"

"""What docs/report.md says of templates and pictures is so."""

import re
from pathlib import Path

from connector.kpi.report.composition import report_of
from connector.kpi.report.content import Part, Report
from connector.kpi.report.writing import written
from tests.kpi.page.month import figures

PAGE = Path(__file__).parents[2] / "docs" / "report.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_template_of_the_page_works() -> None:
    """As it stands there."""
    (template,) = re.findall(r"```jinja\n(.*?)```", TEXT, flags=re.DOTALL)
    text = written(report_of(figures()), "md", template, "report.md")
    assert text.startswith("# 2026-03: 5 项达标, 91.4 % 处理及时率")
    assert "- R-E6" in text


def test_every_name_that_a_template_gets_is_told() -> None:
    """Fields of the report and of a part, and the keys of the parts."""
    names = {*Report.__dataclass_fields__, *Part.__dataclass_fields__}
    names |= {part.key for part in report_of(figures()).parts}
    for name in names:
        assert f"`{name}" in TEXT or f"{name}`" in TEXT, name


def test_the_pictures_are_there_and_small() -> None:
    """Made by `make pictures`."""
    for picture in re.findall(r"\]\((picture/[^)]+)\)", TEXT):
        path = PAGE.parent / picture
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size <= 300 * 1024

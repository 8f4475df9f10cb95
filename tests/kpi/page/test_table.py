"""Sheets hold the figures as numbers; text that a spreadsheet would compute stays text."""

import csv
import io
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kpi.page.table import Sheet, as_csv, is_formula, scores_sheet, sheets

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")

from connector.kpi.page.workbook import workbook  # noqa: E402

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


def opened(content):
    """The workbook as another library reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return openpyxl.load_workbook(io.BytesIO(content))


def test_every_score_is_a_row_and_values_are_numbers(look):
    """What the page rounds is here in full."""
    sheet = scores_sheet(look, look.names)
    rows = list(csv.DictReader(io.StringIO(as_csv(sheet).removeprefix("\ufeff"))))
    assert len(rows) == len(look.scores)
    for row, score in zip(rows, look.scores, strict=True):
        assert row["indicator"] == score.indicator
        assert (float(row["value"]) if row["value"] else None) == score.value
        assert bool(row["why not measured"]) is not score.measured
        if not score.measured:
            assert row["points"] == ""


@given(st.lists(st.tuples(st.sampled_from("=+-@\t\r"), TEXT), min_size=1, max_size=5))
def test_no_formula_leaves_in_csv(some):
    """Whatever somebody called a group."""
    sheet = Sheet("s", ("name",), tuple((first + rest,) for first, rest in some))
    read = list(csv.reader(io.StringIO(as_csv(sheet).removeprefix("\ufeff"), newline="")))[1:]
    assert [row[0] for row in read] == [f"'{first}{rest}" for first, rest in some]
    assert not any(is_formula(row[0]) for row in read)


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers():
    """A leading = is quoted and never computed."""
    rows = (("=1+1", -3.5, None), ("@SUM(A1)", 7, "王芳"))
    book = opened(workbook([Sheet("a:b/c", ("x", "y", "z"), rows)], 1_772_409_600))
    page = book["a b c"]
    cells = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert cells == [["=1+1", -3.5, None], ["@SUM(A1)", 7, "王芳"]]
    assert [cell.data_type for cell in page["A"]] == ["s", "s", "s"]
    assert page["A2"].quotePrefix
    assert not page["C3"].quotePrefix
    assert page.freeze_panes == "A2"


def test_a_workbook_has_every_sheet_and_is_the_same_each_time(look):
    """Scores, trends, grades, what is watched, sources and the table of each chart."""
    content = workbook(sheets(look), look.as_of)
    assert content == workbook(sheets(look), look.as_of)
    book = opened(content)
    assert book.sheetnames[:5] == [
        "Scores 指标",
        "Trends 走势",
        "Grades 评分",
        "Watch 值得关注",
        "Sources 来源",
    ]
    assert "ageing" in book.sheetnames
    assert book["Scores 指标"].max_row == len(look.scores) + 1


def test_heads_fit_their_rows(look):
    """In every sheet."""
    for sheet in sheets(look):
        assert all(len(row) == len(sheet.heads) for row in sheet.rows), sheet.name

"""``kpi`` writes page, charts, workbook and table, or says which file and why not."""

import builtins
from xml.etree import ElementTree as ET

import pytest

from connector.cli import picture


def test_it_writes_what_is_asked_for(site, capsys):
    """Page, workbook, table and every chart twice; a line for each."""
    folder = site.path.parent
    code = site.run(
        "kpi", "--html", str(folder / "page.html"), "--xlsx", str(folder / "book.xlsx"),
        "--csv", str(folder / "scores.csv"), "--charts", str(folder / "charts"),
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "<!DOCTYPE html>" in page
    assert "Service Desk" in page
    assert (folder / "book.xlsx").read_bytes().startswith(b"PK")
    assert "R-E3" in (folder / "scores.csv").read_text(encoding="utf-8-sig")
    drawn = sorted(path.stem for path in (folder / "charts").glob("*.svg"))
    assert {"scorecard", "ageing", "flow", "calls"} <= set(drawn)
    assert drawn == sorted(path.stem for path in (folder / "charts").glob("*.png"))
    for path in (folder / "charts").iterdir():
        assert path.name in said
        if path.suffix == ".svg":
            ET.parse(path)
        else:
            assert path.read_bytes().startswith(b"\x89PNG")
    assert not list(folder.rglob("*.new"))


def test_all_places_that_cannot_be_are_told_at_once_before_anything_is_read(site, capsys):
    """The option, the place, the way out; no request is made."""
    folder = site.path.parent
    (folder / "taken").write_text("")
    before = len(site.rest.requests)
    code = site.run(
        "kpi", "--html", str(folder), "--csv", str(folder / "no" / "x.csv"),
        "--charts", str(folder / "taken"),
    )  # fmt: skip
    said = capsys.readouterr().err
    assert code == 2
    assert f"--html: {folder} is a folder; name a file in it" in said
    assert f"there is no folder {folder / 'no'}; make it first" in said
    assert f"--charts: {folder / 'taken'} is a file; name a folder" in said
    assert len(site.rest.requests) == before


def test_a_file_that_cannot_be_written_is_named(site, capsys):
    """And the old one stays, with no draft beside it."""
    target = site.path.parent / ("x" * 300 + ".html")
    assert site.run("kpi", "--html", str(target)) == 2
    assert f"--html: {target}: File name too long; choose a place" in capsys.readouterr().err


def test_without_the_extra_a_workbook_is_refused_and_png_are_left_out(site, monkeypatch, capsys):
    """Both say how to get it."""
    real = builtins.__import__

    def lacking(name, *more):
        if name in ("xlsxwriter", "resvg_py"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", lacking)
    folder = site.path.parent
    assert site.run("kpi", "--xlsx", str(folder / "book.xlsx")) == 2
    assert 'pip install "desk-policy-connector[pictures]", or take --csv' in capsys.readouterr().err
    assert site.run("kpi", "--charts", str(folder / "charts")) == 0
    assert "no PNG" in capsys.readouterr().out
    assert list((folder / "charts").glob("*.svg"))
    assert not list((folder / "charts").glob("*.png"))


def test_a_picture_shows_chinese(tmp_path):
    """Where a font has it, a title in Chinese leaves ink; resvg finds the machine's fonts itself."""
    draw = picture.painter()
    if draw is None:
        pytest.skip("the extra is not installed")
    from tests.browser import fonts_for_chinese

    if not fonts_for_chinese():
        pytest.skip("NO CHINESE FONT: install fonts-noto-cjk")
    paper = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 60">'
    frame = paper + '<text y="40" font-size="40"{}</text></svg>'
    words = 'font-family="Noto Sans CJK SC">'
    one, other, empty = (draw(frame.format(f" {words}{said}")) for said in ("达标", "超时", ""))
    assert one != other
    assert len(one) > len(empty) + 500

"""``report`` prints or writes a month's report and tells what is wrong with period, place and template."""

from zoneinfo import ZoneInfo

import pytest

from connector.cli.report import period_named
from connector.errors import SettingsError
from tests.cli.conftest import MONDAY

ZONE = ZoneInfo("Asia/Shanghai")


def test_it_prints_the_month_in_markdown(site, capsys):
    """With the desk's groups and the number of tickets."""
    assert site.run("report", "--period", "2026-03") == 0
    text = capsys.readouterr().out
    assert text.startswith("# 服务报告 Service report 2026-03")
    assert "| 全部 whole | 2 |" in text
    assert "进行中 so far" in text
    assert "no policy asks for their report" in text


def test_it_writes_html_into_a_file(site, capsys):
    """And says where; a year has its months."""
    target = site.path.parent / "report.html"
    assert site.run("report", "--period", "2026", "--format", "html", "--output", str(target)) == 0
    assert str(target) in capsys.readouterr().out
    text = target.read_text(encoding="utf-8")
    assert "<h1>服务报告 Service report 2026</h1>" in text
    assert '<th scope="col">2026-03</th>' in text


def test_the_configurations_template_is_used_and_its_faults_told(site, capsys):
    """File and line of the template; a missing one with the line of the configuration."""
    site.change("[[desk]]", '[kpi]\ntemplates = ["mine.md"]\n[[desk]]')
    assert site.run("report") == 2
    said = capsys.readouterr().err
    assert "config.toml:" in said
    assert "kpi: templates: mine.md: No such file or directory" in said
    mine = site.path.parent / "mine.md"
    mine.write_text("Months\n{{ report.month }}\n", encoding="utf-8")
    assert site.run("report") == 2
    assert f"{mine}:2: " in capsys.readouterr().err
    mine.write_text("Period {{ report.period }}\n", encoding="utf-8")
    assert site.run("report", "--period", "2026-02") == 0
    assert capsys.readouterr().out == "Period 2026-02\n"
    assert site.run("report", "--period", "2026-02", "--format", "html") == 0
    assert "<!DOCTYPE html>" in capsys.readouterr().out
    mine.write_bytes("一\n".encode() + b"\xff\xfe")
    assert site.run("report") == 2
    assert "mine.md:2: not UTF-8 text" in capsys.readouterr().err


def test_a_template_must_tell_its_format(site, capsys):
    """By its ending, with the line in the configuration."""
    site.change("[[desk]]", '[kpi]\ntemplates = ["mine.txt"]\n[[desk]]')
    assert site.run("report") == 2
    assert "let it end in .md or .html" in capsys.readouterr().err


def test_without_the_instance_it_tells_of_what_the_store_knows(site, capsys):
    """Nothing, at first."""
    assert site.run("report", "--offline") == 0
    assert "尚未读取数据" in capsys.readouterr().out


def test_the_template_can_be_printed(site, capsys):
    """To begin with."""
    assert site.run("report", "--show-template") == 0
    assert "{% for part in report.parts %}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("label", "kind", "start"),
    [
        ("2026-03", "month", "2026-03"),
        ("2026-Q1", "quarter", "2026-Q1"),
        ("2026", "year", "2026"),
        ("2026-W09", "week", "2026-W09"),
        ("2026-03-02", "day", "2026-03-02"),
        (None, "month", "2026-02"),
    ],
)
def test_periods_are_named_as_reports_name_them(label, kind, start):
    """Without a name, the last full month."""
    period = period_named(label, ZONE, MONDAY)
    assert (period.kind, period.label) == (kind, start)


@pytest.mark.parametrize("label", ["2026-13", "march", "2026-Q5", "2026-W60", "0000", "9999", "2026-02-30"])
def test_a_period_that_is_none_is_refused(label):
    """With examples."""
    with pytest.raises(SettingsError, match="write 2026-03, 2026-Q1, 2026 or 2026-W09"):
        period_named(label, ZONE, MONDAY)

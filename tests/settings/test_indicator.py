"""What is wrong with figures of the desk's own is named with its line, in the user's words, all at once."""

import pytest

from connector.errors import SettingsError
from connector.settings import loads

HEAD = """[instance]
url = "https://desk.example.service-now.com"
auth = { kind = "basic", user = "x", password = { env = "X" } }
"""


def problems(text):
    """What is said of the text under three lines of head, without the file's name."""
    with pytest.raises(SettingsError) as caught:
        loads(HEAD + text)
    return [problem.removeprefix("config.toml:") for problem in caught.value.problems]


INDICATOR = '[[indicator]]\nname = "own"\nclause = "R-E6"\n'
SCORE = '[[score]]\nname = "g"\nof = "group"\n'
SOURCE = '[[source]]\npath = "x.csv"\n'
SURVEY = '[[source]]\nname = "s"\nkind = "survey"\n'
TABLE = 'table = "asmt_metric_result"\n'
RATE = "numerator = { resolved = true }\n"


def period(name, first, last):
    """A period of the desk's own in 2026."""
    return f'[[period]]\nname = "{name}"\nfirst = 2026-{first}\nlast = 2026-{last}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            INDICATOR + 'numerator = { resolved_wihtin = "4h" }',
            '7: indicator "own": numerator: resolved_wihtin: no such setting; did you mean resolved_within?',
        ),
        (INDICATOR + RATE + 'source = "calls"', '4: indicator "own": resolved cannot be asked of calls'),
        (INDICATOR + 'source = "duti"', '7: indicator "own": source: no source "duti"; there are tickets'),
        (INDICATOR + RATE + "target = 90", '4: indicator "own": target: a share lies between 0 and 1'),
        (INDICATOR.replace("E6", "E66"), '6: indicator "own": clause: no clause R-E66; did you mean R-E6?'),
        (INDICATOR.replace("own", "R-E6"), '5: indicator "R-E6": name: the name is taken'),
        (INDICATOR + INDICATOR, '8: indicator "own": name: the name is taken by another indicator'),
        (
            SCORE + "weights = { R-E5 = 50, R-E6 = 40 }",
            '4: score "g": weights: they add up to 90, not to 100',
        ),
        (SCORE + "weights = { R-E5 = 50, R-X9 = 50 }", '7: score "g": weights: no indicator "R-X9"'),
        (
            SCORE + "weights = { R-E5 = 100 }\nbounds = { R-E5 = [90, 90] }",
            '4: score "g": bounds: both of R-E5 are the same',
        ),
        (
            SCORE + "weights = { R-E5 = 100 }\nbounds = { R-E6 = [0, 90] }",
            '4: score "g": bounds: R-E6 has no weight',
        ),
        (
            SOURCE + 'name = "tickets"\nkind = "records"',
            '4: source "tickets": name: "tickets" is the name of another source',
        ),
        (SOURCE + 'name = "x"\nkind = "rooster"', 'did you mean "roster"?'),
        (SURVEY, "path: give a file, or the table of the instance's surveys, and not both"),
        (SURVEY + 'path = "x.csv"\ntable = "asmt_metric_result"', "path: give a file, or the table"),
        (SURVEY + 'table = "asmt_result"', 'source "s": table'),
        (SURVEY.replace("survey", "roster") + TABLE, "table: only a source of kind survey has it"),
        (SURVEY + 'path = "x.csv"\nsurvey = "IT"', "survey: only the instance's surveys have names"),
        (SURVEY + TABLE + 'encoding = "utf-8"', "encoding: it is of files, and asmt_metric_result is none"),
        (
            SURVEY + TABLE + 'dimensions = { skill = "a", attitude = ["b", "a"] }',
            'dimensions: "a" tells two of them; a question belongs to one',
        ),
        (SURVEY + TABLE + 'dimensions = { skil = "a" }', "dimensions: skil"),
        (
            period("a", "01-01", "06-30") + period("b", "06-30", "12-31"),
            '10: period "b": first: overlaps period "a", which ends on 2026-06-30',
        ),
        (period("a", "02-01", "01-31"), '4: period "a": last: it ends before it begins'),
        ('[kpi]\nshifts = "onsite"', '5: kpi: shifts: no service hours "onsite"'),
    ],
)
def test_each_mistake_has_its_line_and_a_way_out(text, told):
    """The user's own name for the thing, what is wrong, and what was perhaps meant."""
    assert any(told in problem for problem in problems(text)), problems(text)


def test_all_at_once():
    """Three mistakes in three tables are three lines."""
    text = (
        INDICATOR
        + 'source = "x"\n[[score]]\nname = "g"\nof = "group"\nweights = { R-E5 = 1 }\n[kpi]\nshifts = "y"'
    )
    assert len(problems(text)) == 3


@pytest.mark.parametrize("kind", ["source", "indicator", "score", "period"])
@pytest.mark.parametrize("name", ["[]", "{}", '["a"]', "1"])
def test_a_name_that_is_no_text_is_a_mistake_like_any_other(kind, name):
    """Not the end of the program."""
    assert any("name" in problem for problem in problems(f"[[{kind}]]\nname = {name}\n"))

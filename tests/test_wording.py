"""Every sentence people read, in both languages, with what people typed kept from becoming markup."""

import re

import pytest
from jinja2 import UndefinedError

from connector.wording import SENTENCES, Bilingual, Wording, neutral, piece, span_of_time

SAID = {
    "share": 80,
    "limit": 5400,
    "due": "2026-06-01 13:00",
    "until": "2026-06-02 09:00",
    "origin": Bilingual("first line", "一线"),
    "target": Bilingual("second line", "二线"),
    "why": Bilingual("the reason", "原因甲"),
    "state": Bilingual("in progress", "处理中"),
    "group": "Infrastructure [code]",
    "missing": ["environment", "findings"],
    "category": "network",
    "column": "cmdb_ci.name",
    "value": "SAP ERP [code]",
    "word": "back [code]",
    "contract": "C-2026-17",
    "watches": True,
    "similar": ["INC0000002", "INC0000003"],
    "count": 3,
    "days": ["2026-10-01", "2026-10-02"],
    "shifts": 2,
    "script": Bilingual("Good day.", "您好。"),
    "parts": Bilingual("the extent of impact: ERP [code]", "影响范围：ERP [code]"),
    "before": Bilingual("A first suggestion: restart it.", "初步处理建议：重启。"),
    "resolved": "2026-05-28 10:05",
    "solution": "Restarted the pool [code]",
    "article": "KB0000001",
    "because": "expires",
    "used": 12,
    "within": 7_776_000,
    "came": "2026-06-01 10:20",
    "number": "INC0000001",
    "slot": 3,
    "assigned": True,
    "open_for": 3600,
    "reported": False,
    "next": "2026-06-01 14:00",
    "score": "2",
    "told": Bilingual("group lead Zhao Lei", "组长 Zhao Lei"),
    "role": Bilingual("group lead", "组长"),
    "late": True,
    "silent": 7200,
    "lacks": Bilingual("the extent of impact", "影响范围"),
    "since": "2026-06-01 11:00",
    "most": 3,
    "hand_overs": 4,
    "returns": 2,
    "way": ["Service Desk", "Infrastructure [code]", "Service Desk"],
    "person": "Zhao Lei",
    "late_by": 7200,
    "start": "2026-06-01 10:00",
    "began": "2026-06-01 09:30",
    "end": "2026-06-01 12:00",
    "ended": "2026-06-01 12:30",
    "stage": Bilingual("the stage", "阶段甲"),
    "item": Bilingual("the item", "事项甲"),
    "subject": "Report of May",
    "title": "Report of May [code]",
    "date": "2026-06-05",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_reads_in_both_languages(name: str) -> None:
    """Both render, the English without Chinese, the Chinese with some; no hole, no markup is left."""
    english, chinese = Wording("en").say(name, **SAID), Wording("zh").say(name, **SAID)
    assert english
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)
    for text in (english, chinese):
        assert not re.search(r"[{}]|\[code\]|None|  ", text)
    assert Wording("both").say(name, **SAID) == f"{chinese}\n{english}"
    assert "\n" not in Wording("both").line(name, **SAID)


@pytest.mark.parametrize("name", SENTENCES)
def test_both_languages_tell_the_same_facts(name: str) -> None:
    """What is filled into one is filled into the other."""
    used = [
        set(re.findall(r"\b(?:{})\b".format("|".join(SAID)), " ".join(re.findall(r"{[{%].*?[%}]}", text))))
        for text in SENTENCES[name]
    ]
    assert used[0] == used[1]


def test_a_sentence_with_a_hole_is_an_error() -> None:
    """A name that is not filled in never reaches a record."""
    with pytest.raises(UndefinedError):
        Wording("en").say("response_breached", limit=60)


def test_optional_parts_are_left_out() -> None:
    """No missing information, no sentence about it; the last broadcast names no next one."""
    told = {**SAID, "missing": [], "next": "", "until": ""}
    assert "Missing" not in Wording("en").say("escalated", **told)
    assert "last broadcast" in Wording("en").say("major_broadcast", **told)
    assert Wording("en").say("knowledge_reminder", **told).endswith("attach it.")


def test_a_piece_is_put_into_both_languages() -> None:
    """A reason in its own words for each."""
    assert piece("why_category", category="network") == (
        "category network is beyond its capability",
        "类别 network 超出其处理能力",
    )


TYPED = "[code]<script>[/code] [CODE]x[/Code]"
"""In the name of a group, a person, a category: whoever may rename one must not write HTML by it."""


@pytest.mark.parametrize("name", SENTENCES)
def test_no_sentence_lets_markup_through(name: str) -> None:
    """Whatever people typed stands in it."""
    typed = {"group": TYPED, "category": TYPED, "missing": [TYPED], "way": [TYPED, TYPED], "person": TYPED}
    for text in (Wording("en").say(name, **{**SAID, **typed}), Wording("zh").say(name, **{**SAID, **typed})):
        assert "[code]" not in text.lower()
        assert "[/code]" not in text.lower()


def test_code_tags_are_taken_apart() -> None:
    """The platform would render what stands between them as HTML in a journal."""
    assert neutral("[code]<b>x</b>[/CODE] [codex]") == "(code)<b>x</b>(/code) [codex]"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (5400, "1 h 30 min")],
)
def test_a_span_of_time_reads_as_people_say_it(seconds: int, text: str) -> None:
    """Rounded down to minutes."""
    assert span_of_time(seconds) == text


def test_clock_times_are_told_in_the_zone_of_the_desk() -> None:
    """An instant without a value is a dash."""
    assert Wording(zone="Asia/Shanghai").time(1_780_275_600) == "2026-06-01 09:00"
    assert Wording().time(None) == "–"

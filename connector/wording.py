"""Every sentence that a person reads on a record, in Chinese and English.

Sentences are jinja2 templates, rendered in the sandboxed environment with undefined names as errors. What
people typed never becomes markup: `neutral` takes the brackets off ``[code]``, which the platform would
render as HTML in a journal (`glide.ui.security.allow_codetag`).
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from connector.phrase import PHRASES
from connector.sentence import OBLIGATIONS

Language = Literal["en", "zh", "both"]

SENTENCES: dict[str, tuple[str, str]] = {
    # name: (English, Chinese)
    **PHRASES,
    "response_warned": (
        "Not taken up yet: {{ share }} % of the response limit of {{ limit | span }} used; due by {{ due }}.",
        "尚未响应：响应时限 {{ limit | span }} 已用去 {{ share }}%，请于 {{ due }} 前响应。",
    ),
    "response_breached": (
        "Response limit exceeded: nobody took this up within {{ limit | span }}; it was due by {{ due }}.",
        "响应超时：未在 {{ limit | span }} 内响应，时限为 {{ due }}。",
    ),
    "resolution_warned": (
        "{{ share }} % of the resolution limit of {{ limit | span }} is used up. Resolve by {{ due }}.",
        "解决时限 {{ limit | span }} 已用去 {{ share }}%，请于 {{ due }} 前解决。",
    ),
    "resolution_breached": (
        "Resolution limit exceeded: not resolved within {{ limit | span }}; it was due by {{ due }}.",
        "解决超时：未在 {{ limit | span }} 内解决，时限为 {{ due }}。",
    ),
    "nobody_to_escalate_to": (
        (
            "Should be escalated from {{ origin.en }} to {{ target.en }} ({{ why.en }}), "
            "but the configuration names no group for it. Please assign it by hand."
        ),
        "应由{{ origin.zh }}升级至{{ target.zh }}（{{ why.zh }}），但配置中没有对应的处理组，请人工指派。",
    ),
    "why_category": (
        "category {{ category | neutral }} is beyond its capability",
        "类别 {{ category | neutral }} 超出其处理能力",
    ),
    "why_marked": ("the consultant marked it as beyond their capability", "顾问已标记超出处理能力"),
    "why_after": (
        "the tier's limit of {{ limit | span }} of service is used up",
        "本级处理时限 {{ limit | span }} 已用完",
    ),
    "first_line": ("first line", "一线"),
    "second_line": ("second line", "二线"),
    "vendor": ("the vendor", "厂商"),
    "ladder_note": (
        (
            "{% if late %}The resolution limit of {{ limit | span }} has run out"
            "{% if late_by %} more than {{ late_by | span }} of service ago{% endif %}; "
            "it was due by {{ due }}.{% else %}{{ share }} % of the resolution limit of {{ limit | span }} "
            "is used up{% if due %}; due by {{ due }}{% endif %}.{% endif %} To be told: {{ told.en }}."
        ),
        (
            "{% if late %}解决时限 {{ limit | span }} 已过"
            "{% if late_by %}，超时已逾 {{ late_by | span }}（服务时间）{% endif %}，时限为 {{ due }}。"
            "{% else %}解决时限 {{ limit | span }} 已用去 {{ share }}%"
            "{% if due %}，时限为 {{ due }}{% endif %}。{% endif %}请知悉：{{ told.zh }}。"
        ),
    ),
    "ladder_subject": (
        "{{ number }} needs the {{ role.en }}",
        "工单 {{ number }} 需要{{ role.zh }}关注",
    ),
    "ladder_task": (
        (
            "{% if late %}{{ number }} is not resolved although its limit of {{ limit | span }} has run out"
            "{% if late_by %} more than {{ late_by | span }} of service ago{% endif %}; it was due by "
            "{{ due }}.{% else %}{{ share }} % of the resolution limit of {{ limit | span }} of {{ number }} "
            "is used up{% if due %}; due by {{ due }}{% endif %}.{% endif %} As its {{ role.en }}, see what "
            "keeps it, write here what you have arranged, then close this task."
        ),
        (
            "{% if late %}工单 {{ number }} 尚未解决，解决时限 {{ limit | span }} 已过"
            "{% if late_by %}，超时已逾 {{ late_by | span }}（服务时间）{% endif %}，时限为 {{ due }}。"
            "{% else %}工单 {{ number }} 的解决时限 {{ limit | span }} 已用去 {{ share }}%"
            "{% if due %}，时限为 {{ due }}{% endif %}。{% endif %}"
            "请{{ role.zh }}了解原因，在此记录所作安排，然后关闭本任务。"
        ),
    ),
    "update_reminder": (
        (
            "Nobody has written how this stands for {{ silent | span }} of service, since {{ since }}. "
            "Please write it down, so that the customer can be told (reminder {{ slot }} of {{ most }})."
        ),
        (
            "自 {{ since }} 起已有 {{ silent | span }}（服务时间）无人更新进展。"
            "请记录当前进展，以便告知用户（第 {{ slot }} 次提醒，最多 {{ most }} 次）。"
        ),
    ),
    "ping_pong_note": (
        (
            "Handed over {{ hand_overs }} times, {{ returns }} of them back to a group that had it before: "
            "{{ way | join(' → ') | neutral }}. The project manager"
            "{% if person %} {{ person | neutral }}{% endif %} should decide where it belongs."
        ),
        (
            "本工单已转派 {{ hand_overs }} 次，其中 {{ returns }} 次退回曾处理过的组："
            "{{ way | join(' → ') | neutral }}。"
            "请项目经理{% if person %} {{ person | neutral }} {% endif %}协调确定处理组。"
        ),
    ),
    "ping_pong_subject": (
        "Decide where {{ number }} belongs",
        "协调确定工单 {{ number }} 的处理组",
    ),
    "ping_pong_task": (
        (
            "{{ number }} was handed over {{ hand_overs }} times, {{ returns }} of them back to a group that "
            "had it before: {{ way | join(' → ') | neutral }}. Decide with the groups where it belongs, "
            "write here what was agreed, then close this task."
        ),
        (
            "工单 {{ number }} 已转派 {{ hand_overs }} 次，其中 {{ returns }} 次退回曾处理过的组："
            "{{ way | join(' → ') | neutral }}。请与各组协调确定处理组，在此记录结论后关闭本任务。"
        ),
    ),
    "consultant": ("consultant", "顾问"),
    "group_lead": ("group lead", "组长"),
    "project_manager": ("project manager", "项目经理"),
    "head_of_operations": ("head of operations", "运维副总"),
    "major_report_subject": (
        "Report major incident {{ number }} to the maintenance lead",
        "向维护负责人报告重大事件 {{ number }}",
    ),
    "major_not_reported": (
        (
            "Not reported in time: no confirmation by the maintenance lead within {{ limit | span }}; "
            "it was due by {{ due }}."
        ),
        "未按时报告：维护负责人未在 {{ limit | span }} 内确认收到报告，时限为 {{ due }}。",
    ),
    "major_broadcast": (
        (
            "Progress broadcast no. {{ slot }}: {{ state.en }}, group {{ group | neutral }}, "
            "{{ 'in hand' if assigned else 'nobody assigned' }}; open for {{ open_for | span }}; "
            "{{ 'reported' if reported else 'not yet reported' }} to the maintenance lead. "
            "{% if next %}Next broadcast at {{ next }}.{% else %}This was the last broadcast.{% endif %}"
        ),
        (
            "进展通报第 {{ slot }} 次：{{ state.zh }}，处理组：{{ group | neutral }}，"
            "{{ '已有人处理' if assigned else '尚无人处理' }}；已持续 {{ open_for | span }}；"
            "{{ '已' if reported else '尚未' }}报告维护负责人。"
            "{% if next %}下次通报：{{ next }}。{% else %}此为系统最后一次通报。{% endif %}"
        ),
    ),
    "new": ("new", "新建"),
    "in_progress": ("in progress", "处理中"),
    "on_hold": ("on hold", "挂起"),
    "alert_description": ("a detailed description", "详细描述"),
    "alert_impact": ("the extent of impact", "影响范围"),
    "alert_suggestion": ("a first suggestion", "初步处理建议"),
    "knowledge_reminder": (
        (
            "Resolved, but no knowledge article yet. Please sum up problem, cause and solution and attach it"
            "{% if until %} by {{ until }}{% endif %}."
        ),
        (
            "工单已解决，但尚无知识条目。请{% if until %}于 {{ until }} 前{% endif %}"
            "总结问题、原因与解决方案，并关联知识条目。"
        ),
    ),
    "knowledge_missing": (
        "Still no knowledge article; it was due by {{ due }}. The ticket is flagged.",
        "仍无知识条目，时限为 {{ due }}，工单已标记为缺少知识。",
    ),
    "knowledge_set_back": (
        (
            "Closed without a knowledge article, which was due by {{ due }}; set back to resolved. "
            "Please attach an article and close it again."
        ),
        "工单已关闭但无知识条目，时限为 {{ due }}；现退回“已解决”。请关联知识条目后再关闭。",
    ),
    "problem": ("Problem", "问题"),
    "solution": ("Cause and solution", "原因与解决方案"),
    "origin": ("Drafted from ticket {{ number }}", "根据工单 {{ number }} 起草"),
    "unconfirmed": (
        "Closed without the customer's confirmation. Please ask the customer and record the answer.",
        "未经客户确认即关闭。请联系客户确认并记录。",
    ),
    "unconfirmed_set_back": (
        (
            "Closed without the customer's confirmation; set back to resolved. Please ask the customer, "
            "record the confirmation and close it again."
        ),
        "未经客户确认即关闭，现退回“已解决”。请联系客户，记录确认后再关闭。",
    ),
    "callback_subject": ("Call back about {{ number }}", "回访工单 {{ number }}"),
    "improvement_subject": ("Improve after the call-back about {{ number }}", "工单 {{ number }} 回访后改进"),
    "improvement_task": (
        (
            "The customer of {{ number }} gave {{ score }}. Propose an improvement, carry it out, "
            "and write here what was done; the customer is called again afterwards."
        ),
        "工单 {{ number }} 的客户评分为 {{ score }}。请提出并落实改进措施，在此记录结果；之后将再次回访。",
    ),
    "callback_2_subject": ("Call back again about {{ number }}", "再次回访工单 {{ number }}"),
    **OBLIGATIONS,
}
"""Name of a sentence → its English and its Chinese template."""

_CODE_TAG = re.compile(r"\[(/?)code\]", re.IGNORECASE)


def neutral(text: str) -> str:
    """Text that people typed, safe inside a journal: no ``[code]`` mark-up survives."""
    return _CODE_TAG.sub(r"(\1code)", text)


class Bilingual(NamedTuple):
    """A piece of a sentence in both languages, to be put into another."""

    en: str
    zh: str


@lru_cache(maxsize=256, typed=True)
def piece(sentence: str, /, **values: Hashable) -> Bilingual:
    """The sentence of that name as a piece for another, whatever language that is told in.

    Few differ: the names of tiers, roles, states, and the same reason for many tickets.
    """
    return Bilingual(*(_template(text).render(values) for text in SENTENCES[sentence]))


def span_of_time(seconds: int) -> str:
    """``5400`` → ``"1 h 30 min"``; for people, rounded down to minutes (seconds below one minute)."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["span"] = span_of_time
    environment.filters["neutral"] = neutral
    environment.globals.clear()  # no sentence calls anything, and to hand them over is half of rendering it
    return environment


@cache
def _template(text: str) -> Template:
    return _environment().from_string(text)


class Clocktime(NamedTuple):
    """An instant that is written out only when somebody reads it."""

    instant: int | None
    zone: str

    def __str__(self) -> str:
        """``2026-10-08 09:00``, or a dash for None."""
        if self.instant is None:
            return "–"
        moment = datetime.fromtimestamp(self.instant, ZoneInfo(self.zone))
        return moment.isoformat(" ", "minutes")[:16]  # without the offset; strftime takes twice as long


class Sentence(NamedTuple):
    """A sentence that is put into words only when it is written: most wishes of a policy never are."""

    wording: "Wording"
    name: str
    values: Mapping[str, object]
    one_line: bool = False

    def __str__(self) -> str:
        """The sentence, as `Wording.say` or `Wording.line` says it."""
        speak = self.wording.line if self.one_line else self.wording.say
        return speak(self.name, **self.values)


@dataclass(frozen=True, slots=True)
class Wording:
    """How to speak on the records: the language, and the zone in which clock times are told."""

    language: Language = "both"
    zone: str = "UTC"

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence of that name, filled in; with ``both``, Chinese and English on lines of their own."""
        english, chinese = SENTENCES[sentence]
        texts = {"en": (english,), "zh": (chinese,), "both": (chinese, english)}[self.language]
        return "\n".join(_template(text).render(values) for text in texts)

    def line(self, sentence: str, /, **values: object) -> str:
        """The same on one line, for subjects: ``回访工单 INC1 / Call back about INC1``."""
        return self.say(sentence, **values).replace("\n", " / ")

    def tell(self, sentence: str, /, **values: object) -> Sentence:
        """The same as `say`, put into words later."""
        return Sentence(self, sentence, values)

    def title(self, sentence: str, /, **values: object) -> Sentence:
        """The same as `line`, put into words later."""
        return Sentence(self, sentence, values, one_line=True)

    def time(self, instant: int | None) -> str:
        """An instant as people of the desk read it: ``2026-10-08 09:00``, in the desk's zone."""
        return str(Clocktime(instant, self.zone))

    def when(self, instant: int | None) -> Clocktime:
        """The same as `time`, written out later."""
        return Clocktime(instant, self.zone)

"""What a configuration wants of its instance: columns, choices, saved lists and reports. Pure.

The sys_id of each is a hash of what it is, so that a second look knows what we made without a memory of ours:
a client-chosen sys_id is kept on insert (§1.9 of the contract).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from connector.settings import Settings

INSTANT, TEXT, TICK, NUMBER = "glide_date_time", "string", "boolean", "integer"
"""Internal types of the platform that the connector's own columns have."""

LENGTH, MARKS = 40, 4000
"""Characters of an owned column, and of the marks."""

OWN = "u_"
"""How a column begins that an admin adds; all others belong to the platform."""


class Kind(StrEnum):
    """What a piece is, in the order in which they are made."""

    COLUMN = "column"
    CHOICE = "choice"
    LIST = "saved list"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Piece:
    """One record that is wanted on the instance."""

    kind: Kind
    name: str
    """For people: ``incident.u_desk_clock``, ``incident.u_desk_clock = breached``, a title."""
    key: Mapping[str, str]
    """Columns that say which one it is, whoever made it."""
    rest: Mapping[str, str]
    """The other columns we fill."""
    why: str
    """Who needs it: the setting's name, or the policy's."""

    @property
    def table(self) -> str:
        """The platform's table for such a piece."""
        return TABLES[self.kind]

    @property
    def sys_id(self) -> str:
        """Ours, 32 hex digits: the same for the same piece on every instance."""
        told = "\0".join((self.table, *(f"{name}={self.key[name]}" for name in sorted(self.key))))
        return sha256(f"desk-policy-connector\0{told}".encode()).hexdigest()[:32]

    @property
    def fields(self) -> dict[str, str]:
        """All columns we fill, without the sys_id."""
        return {**self.key, **self.rest}


TABLES: Mapping[Kind, str] = {
    Kind.COLUMN: "sys_dictionary",
    Kind.CHOICE: "sys_choice",
    Kind.LIST: "sys_filter",
    Kind.REPORT: "sys_report",
}
"""Kind of piece → the platform's table of such records (§4.10, §6.1, §6.3 of the contract)."""


class Words(NamedTuple):
    """A label in both languages."""

    en: str
    zh: str

    def told(self, language: str) -> str:
        """In the language of ``[instance]``."""
        return f"{self.en} / {self.zh}" if language == "both" else self.zh if language == "zh" else self.en


VALUES: Mapping[str, Mapping[str, Words]] = {
    "class": {
        "urgent": Words("Urgent", "紧急"),
        "important": Words("Important", "重要"),
        "general": Words("General", "一般"),
    },
    "tier": {
        "first_line": Words("First line", "一线"),
        "second_line": Words("Second line", "二线"),
        "vendor": Words("Vendor", "厂商"),
    },
    "clock": {
        "running": Words("Running", "计时中"),
        "paused": Words("Paused", "已暂停"),
        "warned": Words("Warned", "已预警"),
        "breached": Words("Breached", "已超时"),
        "met": Words("Met", "已达标"),
        "missed": Words("Missed", "未达标"),
    },
    "knowledge": {
        "owed": Words("Owed", "待沉淀"),
        "drafted": Words("Drafted", "已起草"),
        "in_review": Words("In review", "审核中"),
        "published": Words("Published", "已发布"),
        "exempt": Words("Exempt", "免沉淀"),
        "missing": Words("Missing", "缺失"),
    },
    "callback": {
        "drawn": Words("Drawn", "已抽中"),
        "not_drawn": Words("Not drawn", "未抽中"),
        "called": Words("Called", "已回访"),
        "improving": Words("Improving", "改进中"),
        "second_call": Words("Second call", "二次回访"),
        "done": Words("Done", "已完成"),
    },
}
"""Role of an owned column → every value the rules write there, with its label.

An unknown choice value is dropped without an error (§0.5 of the contract): a value too few loses writes.
"""

LABELS: Mapping[str, Words] = {
    "class": Words("Fault class", "故障类别"),
    "tier": Words("Tier", "处理层级"),
    "respond_by": Words("Respond by", "响应时限"),
    "resolve_by": Words("Resolve by", "解决时限"),
    "clock": Words("Clock", "计时状态"),
    "knowledge": Words("Knowledge", "知识沉淀"),
    "callback": Words("Call-back", "回访"),
    "marks": Words("Connector marks", "连接器标记"),
    "confirmed": Words("Confirmed by customer", "客户已确认"),
    "escalate": Words("Beyond me", "超出能力"),
    "score": Words("Call-back score", "回访评分"),
}


def blueprint(settings: Settings) -> tuple[Piece, ...]:
    """Every piece this configuration wants, in the order in which they can be made."""
    return (*_columns(settings), *_choices(settings), *_lists(settings), *_reports(settings))


def _columns(settings: Settings) -> Iterator[Piece]:
    language = settings.instance.language
    made: set[str] = set()

    def column(table: str, element: str, role: str, kind: str, why: str, length: int = LENGTH) -> Piece:
        made.add(element)
        words = LABELS.get(role)
        label = words.told(language) if words else element.removeprefix(OWN).replace("_", " ").capitalize()
        rest = {"column_label": label, "internal_type": kind, "active": "true"}
        if kind == TEXT:
            rest["max_length"] = str(length)
            rest["choice"] = "1" if role in VALUES else "0"
        if kind == TICK:
            rest["default_value"] = "false"
        return Piece(
            Kind.COLUMN, f"{table}.{element}", {"name": table, "element": element}, rest, f"{why} ({kind})"
        )

    for role, element in settings.columns.roles.items():
        if element.startswith(OWN):
            kind = INSTANT if role in ("respond_by", "resolve_by") else TEXT
            length = MARKS if role == "marks" else LENGTH
            yield column("incident", element, role, kind, f"[columns] {role}", length)
    ticked = {settings.reads.confirmed: "confirmed", settings.reads.escalate: "escalate"}
    for policy in settings.about("incident"):
        for element in sorted(policy.flags()):
            if element.startswith(OWN) and element not in made:
                yield column("incident", element, ticked.get(element, ""), TICK, f'policy "{policy.name}"')
    for read, role in ticked.items():
        if read and read.startswith(OWN) and read not in made:
            yield column("incident", read, role, TICK, f"[reads] {role}")
    score = settings.reads.score
    if score and score.startswith(OWN):
        yield column("incident_task", score, "score", NUMBER, "[reads] score")
    for dimension, element in settings.reads.dimensions.items():
        if element.startswith(OWN) and element not in made:
            why = f"[reads] dimensions.{dimension}"
            yield column("incident_task", element, dimension, NUMBER, why)
    for policy in settings.about("incident"):
        for element in sorted(policy.columns()):
            if element.startswith(OWN) and element not in made:
                yield column("incident", element, "", TEXT, f'policy "{policy.name}"', 255)
    for table in settings.further_tables:
        made.clear()
        marks = settings.marks_of(table)
        if marks.startswith(OWN):
            yield column(table, marks, "marks", TEXT, f"marks of {table}", MARKS)
        for policy in settings.about(table):
            for element in sorted(policy.columns()):
                if element.startswith(OWN) and element not in made:
                    yield column(table, element, "", TEXT, f'policy "{policy.name}"', 255)


def _choices(settings: Settings) -> Iterator[Piece]:
    language = settings.instance.language
    for role, values in VALUES.items():
        element = settings.columns.roles.get(role, "")
        if not element.startswith(OWN):
            continue
        for position, (value, words) in enumerate(values.items(), 1):
            key = {"name": "incident", "element": element, "value": value, "language": "en"}
            rest = {"label": words.told(language), "sequence": str(position * 10), "inactive": "false"}
            yield Piece(Kind.CHOICE, f"incident.{element} = {value}", key, rest, f"[columns] {role}")


_LISTS: Sequence[tuple[str, Words, str]] = (
    ("class", Words("Desk: urgent and open", "服务台：未结的紧急故障"), "active=true^{0}=urgent"),
    ("clock", Words("Desk: limit about to run out", "服务台：即将超时"), "active=true^{0}=warned"),
    ("clock", Words("Desk: limit run out", "服务台：已超时"), "active=true^{0}=breached"),
    ("knowledge", Words("Desk: knowledge owed", "服务台：待沉淀知识"), "{0}INowed,missing"),
    ("callback", Words("Desk: call-backs to make", "服务台：待回访"), "{0}INdrawn,second_call"),
    ("callback", Words("Desk: improvement owed", "服务台：待改进"), "{0}=improving"),
)
"""Role of the column → title and encoded query (§2 of the contract) of a list for everybody."""

_REPORTS: Sequence[tuple[str, Words, str, str]] = (
    ("class", Words("Desk: open faults by class", "服务台：未结故障按类别"), "pie", "active=true"),
    ("tier", Words("Desk: open faults by tier", "服务台：未结故障按层级"), "bar", "active=true"),
    ("clock", Words("Desk: open faults by clock", "服务台：未结故障按计时"), "bar", "active=true"),
    ("knowledge", Words("Desk: knowledge of resolved faults", "服务台：知识沉淀"), "pie", "{0}ISNOTEMPTY"),
    ("callback", Words("Desk: call-backs", "服务台：回访"), "bar", "{0}ISNOTEMPTY"),
)
"""Role of the column → title, type and filter of a report that counts by that column (§6.3)."""


def _lists(settings: Settings) -> Iterator[Piece]:
    for role, words, query in _LISTS:
        element = settings.columns.roles.get(role)
        if element:
            title = words.told(settings.instance.language)
            key = {"title": title, "table": "incident"}
            rest = {"filter": query.format(element), "active": "true"}
            yield Piece(Kind.LIST, title, key, rest, f"[columns] {role}")


def _reports(settings: Settings) -> Iterator[Piece]:
    for role, words, kind, query in _REPORTS:
        element = settings.columns.roles.get(role)
        if element:
            title = words.told(settings.instance.language)
            rest = {
                "filter": query.format(element),
                "type": kind,
                "field": element,
                "aggregate": "COUNT",
                "source_type": "table",
                "is_published": "false",
            }
            yield Piece(Kind.REPORT, title, {"title": title, "table": "incident"}, rest, f"[columns] {role}")

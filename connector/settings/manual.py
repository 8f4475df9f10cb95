"""What the configuration may hold, for editors (JSON schema) and for people (the reference page)."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.rules.base import Policy
from connector.rules.catalogue import RULES
from connector.settings.coverage import coverage
from connector.settings.document import Settings
from connector.settings.gathering import KEY

_FIRST = ("rule", "name", "mode", "when")
_HEAD = """# Reference: the configuration

Made by `desk-connector schema --markdown` from the models that read the file; a test keeps the two equal.
How to write one: `config.example.toml`. What is wrong with yours: `desk-connector check`. Several
configurations can share files: [include](#include).
"""


def schema() -> dict[str, Any]:
    """The JSON schema of the file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(by_alias=True),
    }


def reference_page() -> str:
    """``docs/reference.md``: every table and every rule with its settings."""
    whole = schema()
    parts = [_HEAD]
    for name, node in whole["properties"].items():
        if name == KEY:
            parts.append(f'## `{name}`\n\n`{name} = ["shared/hours.toml"]`. {node["description"]}.\n')
        elif name != "policy":
            parts.append(_table(name, node, whole))
    parts.append(_when(whole))
    parts += [_rule(rule, whole) for rule in RULES]
    parts.append(_clauses())
    return "\n".join(parts).rstrip() + "\n"


def _table(name: str, node: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    several = {name: f"[[{name}]]" for name in ("desk", "source", "indicator", "score", "period", "table")}
    title = {**several, "service_hours": "[service_hours.<name>]"}.get(name, f"[{name}]")
    inner = node.get("items", node.get("additionalProperties", node))
    target = _resolved(inner if isinstance(inner, dict) else node, whole)
    text = [f"## `{title}`", "", _prose(target.get("description", "")), "", *_settings(target, whole)]
    for key, child in target.get("properties", {}).items():
        below = _resolved(child, whole)
        if below.get("properties") and below.get("type") == "object":
            text += [f"### `[{name}.{key}]`", "", _prose(below["description"]), "", *_settings(below, whole)]
    if name == "indicator":
        asked = whole["$defs"]["Predicates"]
        text += ["### The predicates", "", _prose(asked["description"]), "", *_settings(asked, whole)]
    if name == "desk":
        team = whole["$defs"]["Team"]
        text += ["### A group of a desk", "", _prose(team["description"]), "", *_settings(team, whole)]
    return "\n".join(text)


def _when(whole: Mapping[str, Any]) -> str:
    target = whole["$defs"]["When"]
    every = (
        "One wish, of the rule that `rule` names. All rules have a `name` (it stands in every work note), a "
        "`mode` (`observe`: plan, score and explain, never write; `enforce`: write; or a table) and `when`."
    )
    partly = whole["$defs"]["Partly"]
    common = [
        "## `[[policy]]`",
        "",
        every,
        "",
        "### `mode` as a table",
        "",
        _prose(partly["description"]),
        "",
        *_settings(partly, whole),
        "### `when`",
        "",
        _prose(target["description"]),
        "",
        *_settings(target, whole),
    ]
    return "\n".join(common)


def _rule(rule: type[Policy], whole: Mapping[str, Any]) -> str:
    target = whole["$defs"][rule.__name__]
    name = target["properties"]["rule"]["const"]
    return "\n".join(
        [
            f"### `{name}`",
            "",
            f"Carries out {', '.join(rule.clauses)}.",
            "",
            _prose(inspect.getdoc(rule) or ""),
            "",
            *_settings(target, whole, leave=_FIRST),
            *_inside(target, whole),
        ]
    )


def _inside(target: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    """The settings of lists of tables, such as the steps of a ladder."""
    for key, node in target["properties"].items():
        each = _resolved(node.get("items", {}), whole)
        if each.get("properties"):
            yield f"Each of `{key}`: {_prose(each['description'])}"
            yield ""
            yield from _settings(each, whole)


def _clauses() -> str:
    rows = [f"| {clause} | {title} | {by} |" for clause, title, by in coverage()]
    head = ["## The clauses and what carries them out", "", "| clause | says | carried out by |"]
    return "\n".join([*head, "| --- | --- | --- |", *rows])


def _settings(
    target: Mapping[str, Any], whole: Mapping[str, Any], leave: tuple[str, ...] = ()
) -> Iterator[str]:
    rows = [
        (f"`{key}`", _kind(node, whole), _default(key, node, target), _said(node, whole))
        for key, node in target.get("properties", {}).items()
        if key not in leave
    ]
    if target.get("patternProperties"):
        rows.append(("`mon`, `mon-fri`, `sat,sun`", "list of text", "closed", "Windows of the day or days"))
    if rows:
        yield "| setting | is | default | says |"
        yield "| --- | --- | --- | --- |"
        for row in rows:
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        yield ""


def _kind(node: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """``"4h" or list`` …: what is written in the file."""
    node = _resolved(node, whole)
    several = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    if several:
        kinds = [_kind(branch, whole) for branch in several if branch.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in node:
        return f'`"{node["const"]}"`'
    if "enum" in node:
        return ", ".join(f'`"{value}"`' for value in node["enum"])
    if node.get("format") in ("date", "date-time"):
        return {"date": "date", "date-time": "date and time"}[node["format"]]
    if node.get("type") == "array":
        return f"list of {_kind(node.get('items', {}), whole)}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "table"}
    kind = str(node.get("type", "anything"))
    return words.get(kind, kind)


def _default(key: str, node: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    if key in target.get("required", ()):
        return "**must be given**"
    value = node.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int) and _is_time(node):
        return f'`"{_as_time(value)}"`'
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`".replace("'", '"')


def _is_time(node: Mapping[str, Any]) -> bool:
    return any(branch.get("type") == "string" for branch in (node, *node.get("anyOf", ())))


def _as_time(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def _said(node: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    return str(node.get("description") or _resolved(node, whole).get("description", "")).split("\n\n")[0]


def _resolved(node: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = whole["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def _prose(text: str) -> str:
    """A docstring as Markdown: double backquotes are one, cross references are code."""
    return re.sub(r"(?<!`)``([^`]+)``(?!`)", r"`\1`", text).strip()

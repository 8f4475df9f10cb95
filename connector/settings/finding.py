"""What is wrong with a configuration, one line each: where, in whose words, what, and what would be right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from connector.settings.place import Place, line_of
from connector.settings.shape import Shape, described
from connector.settings.spelling import listed, nearest


class Finding(NamedTuple):
    """One thing that is wrong, or doubtful, at one place."""

    place: Place
    text: str


def owner(place: Place, document: Mapping[str, Any]) -> tuple[str, Place]:
    """The user's own name for the thing around a setting, and the rest of the way to the setting.

    ``("policy", 0, "when", "class")`` → ``('policy "urgent" (sla_timer)', ("when", "class"))``.
    """
    match place:
        case (
            "policy" | "desk" | "source" | "indicator" | "score" | "period" | "table" as kind,
            int(index),
            *rest,
        ):
            entry = document[kind][index] if index < len(document[kind]) else {}
            name = entry.get("name") if isinstance(entry, dict) else None
            rule = entry.get("rule") if isinstance(entry, dict) and kind == "policy" else None
            title = f'{kind} "{name}"' if isinstance(name, str) else f"{kind} number {index + 1}"
            return (f"{title} ({rule})" if isinstance(rule, str) else title), tuple(rest)
        case ("service_hours", str(name), *rest):
            return f'service hours "{name}"', tuple(rest)
        case (str(table), *rest):
            return table, tuple(rest)
    return "", ()


def line(finding: Finding, document: Mapping[str, Any], name: str, lines: Mapping[Place, int]) -> str:
    """``config.toml:10: policy "urgent-limits" (sla_timer): resolve_wihtin: no such setting; …``."""
    return f"{name}:{line_of(finding.place, lines)}: {said(finding, document)}"


def said(finding: Finding, document: Mapping[str, Any]) -> str:
    """The same without the place: ``policy "urgent-limits" (sla_timer): resolve_wihtin: no such setting``."""
    who, rest = owner(finding.place, document)
    words = [who, *(key for key in rest if isinstance(key, str)), finding.text]
    told = ": ".join(word for word in words if word)
    return told.replace("\n", "\\n").replace("\r", "\\r")


def findings(
    errors: Iterable[ErrorDetails], around: Place, document: Mapping[str, Any], shape: Shape
) -> Iterator[Finding]:
    """What pydantic found, in our words. ``around`` is the way to the part that was validated."""
    found: dict[Place, list[str]] = {}
    for error in errors:
        place = _place((*around, *error["loc"]), error["type"], document)
        text = _sentence(error, place, document, shape)
        if text not in found.setdefault(place, []):
            found[place].append(text)
    for place, texts in found.items():
        # Several for one place are the branches of a choice: the one in our own words says it best.
        own = [text for text in texts if not text.startswith("must be ")]
        yield Finding(place, own[0] if own else " or ".join([texts[0], *(t[8:] for t in texts[1:])]))


def _place(loc: tuple[str | int, ...], kind: str, document: object) -> Place:
    """The way through the document, without the names pydantic gives to branches of a choice."""
    place: list[str | int] = []
    here: Any = document
    for index, key in enumerate(loc):
        inside = key in here if isinstance(here, dict) else isinstance(key, int) and isinstance(here, list)
        if inside:
            here = here[key]
        elif not (kind == "missing" and index == len(loc) - 1):
            continue
        place.append(key)
    return tuple(place)


def _sentence(error: ErrorDetails, place: Place, document: Mapping[str, Any], shape: Shape) -> str:
    context = error.get("ctx", {})
    value = error["input"]
    match error["type"]:
        case "extra_forbidden":
            return no_such_setting(place, document, shape)
        case "missing":
            there = shape.at(place, document)
            return "missing" + (f" ({hint})" if there and (hint := there.description) else "")
        case "value_error":
            return str(context["error"])
        case "literal_error" | "enum":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            guess = nearest(value, allowed, quote=True) if isinstance(value, str) else ""
            return f"must be {listed(allowed, quote=True)}, not {_shown(value)}{guess}"
        case "union_tag_not_found":
            there = shape.at(place, document)
            return "rule: missing; one of " + ", ".join(there.rules if there else ())
        case "union_tag_invalid":
            rules = re.findall(r"'([^']*)'", context["expected_tags"])
            guess = nearest(context["tag"], rules, quote=True) or f"; there are {', '.join(rules)}"
            return f'rule: no rule "{context["tag"]}"{guess}'
        case "string_pattern_mismatch" if place[-1] == "name":
            return f"{_shown(value)} is not a name: one word without spaces, brackets or ^"
        case "string_pattern_mismatch":
            there = shape.at(place, document)
            hint = there.description if there else ""
            shown = (
                "it" if "auth" in place else _shown(value)
            )  # somebody may have put the secret itself there
            return f"{shown} has characters that cannot stand here" + (f" ({hint})" if hint else "")
        case "too_short" | "string_too_short":
            return "must not be empty"
    expected = {
        "model_type": "a table",
        "model_attributes_type": "a table",
        "dict_type": "a table",
        "tuple_type": "a list in brackets",
        "list_type": "a list in brackets",
        "string_type": "text in quotes",
        "int_type": "a whole number",
        "int_parsing": "a whole number, without quotes",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "float_parsing": "a number, without quotes",
        "bool_type": "true or false",
        "bool_parsing": "true or false, without quotes",
        "date_type": "a date, without quotes: 2026-10-10",
        "date_from_datetime_parsing": "a date, without quotes: 2026-10-10",
    }.get(error["type"])
    if expected:
        return f"must be {expected}, not {described(value)}"
    return re.sub(r"^Input should be", "must be", error["msg"])


def no_such_setting(place: Place, document: Mapping[str, Any], shape: Shape) -> str:
    """A setting nobody knows, and what was perhaps meant."""
    table = document
    for key in place[:-1]:
        table = table[key]  # type: ignore[index]
    there = shape.at(place[:-1], document)
    known = list(there.settings(table)) if there else []
    guess = nearest(str(place[-1]), known)
    unused = [name for name in known if name not in table]
    if not guess and 0 < len(unused) <= 12:
        guess = "; there are also " + ", ".join(unused)
    return f"no such setting{guess}"


def wrong_kinds(place: Place, document: Mapping[str, Any], shape: Shape) -> Iterator[Finding]:
    """Values that pydantic would kindly convert: a number in quotes, a truth written as a number."""
    value: Any = document
    for key in place:
        value = value[key]
    if isinstance(value, dict):
        for key in value:
            yield from wrong_kinds((*place, key), document, shape)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from wrong_kinds((*place, index), document, shape)
    elif (there := shape.at(place, document)) and (text := there.wrong_kind(value)):
        yield Finding(place, text)


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else described(value)

"""The file → `Settings`, or every error at once, one line each.

Each part is validated by itself and what can be read of a faulty one is used further, so that a wrong limit
in one policy does not hide an unknown group in the next.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from connector.errors import SettingsError
from connector.rules.base import Policy
from connector.rules.catalogue import AnyPolicy
from connector.service_hours import ServiceHours
from connector.settings.clash import clashes
from connector.settings.document import Settings
from connector.settings.doubt import doubts
from connector.settings.finding import Finding, findings, line, no_such_setting, wrong_kinds
from connector.settings.hours import Hours, is_weekday_key
from connector.settings.indicator import (
    DeclaredSource,
    OwnIndicator,
    OwnPeriod,
    WeightedScore,
    figures_named,
)
from connector.settings.place import Place, places
from connector.settings.reference import enforcement, references
from connector.settings.shape import Shape
from connector.settings.table import Columns, Desk, FaultClasses
from connector.ticket import Instant

_ONE = {
    field.alias or name: field.annotation
    for name, field in Settings.model_fields.items()
    if name not in ("desks", "policies", "calendars", "sources", "indicators", "grading", "periods")
}
"""Tables of which there is one → their model."""

_PLAINER = {
    "Cannot overwrite a value": "the setting stands here for the second time",
    "Cannot declare": "the table stands here for the second time",
    "Invalid value": "not a value; text stands in quotes",
    "Unclosed array": "the list is not closed",
    "Unterminated string": "the text is not closed",
    "Expected newline or end of document after a statement": "something follows that does not belong here",
    "Expected '=' after a key in a key/value pair": "a setting is written as key = value",
}
"""How the parser begins what it says → the same for people."""


FIGURES = frozenset({"indicator", "source", "score", "period"})
"""Tables that define figures: with one of them wrong the others can still be scored."""


def load(path: str | Path, *, lenient: bool = False) -> Settings:
    """Read and check a configuration file.

    ``lenient``: a faulty table that defines a figure is left out, and `Settings.left_out` says why.
    Raises `SettingsError` whose ``problems`` are all that is wrong, in the order of the file:
    ``config.toml:10: policy "urgent-limits" (sla_timer): resolve_wihtin: no such setting; did you mean …?``
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: no such file; begin with a copy of config.example.toml"
            if path.parent.is_dir()
            else f"{path}: no such file; there is no folder {path.parent}"
        ) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        raise SettingsError(f"{path}:{before + 1}: not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    return loads(text, path, lenient=lenient)


def loads(text: str, path: str | Path = "config.toml", *, lenient: bool = False) -> Settings:
    """The settings that a TOML text stands for; ``path`` is what errors call it and where it lies."""
    path = Path(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_not_toml(str(error), text, path)) from None
    wrong = problems(document)
    told: list[str] = []
    if wrong:
        lines = places(text)
        left = document
        if lenient:
            left, wrong, faulty = _without_faulty_figures(document, wrong)
        else:
            faulty = wrong
        told = sorted((line(finding, document, str(path), lines) for finding in faulty), key=_number)
        if wrong:
            raise SettingsError(*dict.fromkeys(told))
        document = left
    settings = Settings.model_validate(document)
    settings._path, settings._text, settings._left_out = path, text, tuple(dict.fromkeys(told))
    return settings


def _without_faulty_figures(
    document: dict[str, Any], wrong: list[Finding]
) -> tuple[dict[str, Any], list[Finding], list[Finding]]:
    """The document without the tables of figures that are wrong, what is wrong even then, and all that was
    found, at its places in the document as it was.
    """
    left = {key: list(value) if key in FIGURES else value for key, value in document.items()}
    where = {kind: list(range(len(left[kind]))) for kind in FIGURES & left.keys()}
    faulty: list[Finding] = []
    while wrong:
        drop: set[tuple[str, int]] = set()
        for finding in wrong:
            match finding.place:
                case (str(kind), int(index), *rest) if kind in FIGURES:
                    drop.add((kind, index))
                    faulty.append(finding._replace(place=(kind, where[kind][index], *rest)))
                case _:
                    faulty.append(finding)
        if len({finding.place[:2] for finding in wrong}) > len(drop):
            return left, wrong, faulty  # something else is wrong, and that must be put right
        for kind, index in sorted(drop, reverse=True):
            del left[kind][index], where[kind][index]
        wrong = problems(left)
    return left, wrong, faulty


def warnings(settings: Settings, now: Instant) -> list[str]:
    """What is allowed and yet perhaps not meant at the moment ``now``, one line each like errors."""
    document, lines = tomllib.loads(settings.text), places(settings.text)
    told = [line(finding, document, str(settings.path), lines) for finding in doubts(settings, now)]
    return sorted(dict.fromkeys(told), key=_number)


def problems(document: dict[str, Any]) -> list[Finding]:
    """Everything that is wrong with a document that is TOML, in no particular order."""
    shape = _shape()
    found = [
        Finding((key,), no_such_setting((key,), document, shape))
        for key in document
        if shape.within(key) is None
    ]
    if "instance" not in document:
        found.append(
            Finding((), 'no table [instance]; it says where the tickets are: url = "https://…", and auth')
        )
    read: dict[Place, Any] = {}
    for place, kind, value in _parts(document, found):
        converted = list(wrong_kinds(place, document, shape))
        try:
            read[place] = _adapter(kind).validate_python(value)
        except ValidationError as error:
            # Of two for one place the one in the setting's own words says more.
            more = list(findings(error.errors(include_url=False), place, document, shape))
            own = {finding.place for finding in more if not finding.text.startswith("must be ")}
            converted = [finding for finding in converted if finding.place not in own]
            told = {finding.place for finding in converted}
            found += [finding for finding in more if finding.place not in told]
            read[place], hidden = _salvaged(kind, value, error)
            found += findings(hidden, place, document, shape)
        found += converted
    return found + list(_together(document, read))


@cache
def _shape() -> Shape:
    return Shape(Settings.model_json_schema(by_alias=True))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _parts(document: Mapping[str, Any], found: list[Finding]) -> Iterator[tuple[Place, Any, Any]]:
    """The tables of the document with their place and their model."""
    for key, kind in _ONE.items():
        if key in document:
            yield (key,), kind, document[key]
    several: tuple[tuple[str, Any], ...] = (
        ("desk", Desk),
        ("policy", AnyPolicy),
        ("source", DeclaredSource),
        ("indicator", OwnIndicator),
        ("score", WeightedScore),
        ("period", OwnPeriod),
    )
    for key, kind in several:
        entries = document.get(key, [])
        if not isinstance(entries, list):
            found.append(Finding((key,), f"write [[{key}]] in double brackets: there may be several"))
            continue
        for index, entry in enumerate(entries):
            yield (key, index), kind, entry
    calendars = document.get("service_hours", {})
    if not isinstance(calendars, dict):
        found.append(Finding(("service_hours",), "write a table for each: [service_hours.onsite]"))
        return
    for name, hours in calendars.items():
        if not isinstance(hours, dict):
            found.append(
                Finding(("service_hours", name), "service hours have a name: write [service_hours.onsite]")
            )
            continue
        yield ("service_hours", name), Hours, hours


def _salvaged(kind: Any, value: object, error: ValidationError) -> tuple[Any, list[ErrorDetails]]:
    """The part without the settings that are wrong, so that the others can be checked, or None; and what
    only shows when they are gone, because a table is looked at as a whole after its settings.
    """
    faulty = {key for each in error.errors() for key in each["loc"] if isinstance(key, str)}
    if not isinstance(value, dict) or "name" in faulty or not faulty:
        return None, []
    rest = {key: setting for key, setting in value.items() if key not in faulty}
    if kind is Hours:
        rest.setdefault("zone", "UTC")
    try:
        return _adapter(kind).validate_python(rest), []
    except ValidationError as more:
        # Of other tables it may be the very lack of what was left out.
        shows = kind is Hours and not any(is_weekday_key(key) for key in faulty)
        return None, more.errors(include_url=False) if shows else []


def _together(document: Mapping[str, Any], read: Mapping[Place, Any]) -> Iterator[Finding]:
    """What only shows when the parts are looked at together."""
    policies: dict[int, Policy] = {}
    desks: list[Desk] = []
    for place, part in read.items():
        match place, part:
            case ("policy", int(index)), Policy():
                policies[index] = part
            case ("desk", _), Desk():
                desks.append(part)
            case ("service_hours", str(name)), Hours():
                yield from _compiled(name, part)
    yield from references(document, policies, desks)
    yield from figures_named(document)
    columns = read.get(("columns",), Columns())
    if columns is not None:
        yield from enforcement(document, policies, columns)
    groups = {team.group: (desk.name, tier, team.categories) for desk in desks for tier, team in desk.teams}
    classes = read.get(("fault_class",)) or FaultClasses()
    yield from clashes(policies, classes.by_priority, groups)


def _compiled(name: str, hours: Hours) -> Iterable[Finding]:
    try:
        ServiceHours.compile(hours.calendar(name))
    except SettingsError as error:
        own = f'service hours "{name}": '
        return [Finding(("service_hours", name), problem.removeprefix(own)) for problem in error.problems]
    return []


def _not_toml(message: str, text: str, path: Path) -> str:
    what, _, where = message.rpartition(" (at ")
    number = re.match(r"line (\d+), column (\d+)", where)
    at = int(number[1]) if number else max(1, len(text.rstrip().splitlines()))
    plain = next((said for begins, said in _PLAINER.items() if what.startswith(begins)), what)
    column = f" (at column {number[2]})" if number else " (at the end of the file)"
    return f"{path}:{at}: not TOML: {plain}{column}"


def _number(told: str) -> int:
    match = re.search(r":(\d+): ", told)
    return int(match[1]) if match else 0

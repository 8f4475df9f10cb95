"""The file → `Settings`, or every error at once, one line each.

Each part is validated by itself and what can be read of a faulty one is used further, so that a wrong limit
in one policy does not hide an unknown group in the next.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from operator import itemgetter
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
from connector.settings.fault_class import FaultClasses
from connector.settings.finding import Finding, findings, no_such_setting, said, wrong_kinds
from connector.settings.gathering import Gathered, gather, read_file
from connector.settings.hours import Hours, is_weekday_key
from connector.settings.indicator import (
    DeclaredSource,
    OwnIndicator,
    OwnPeriod,
    WeightedScore,
    figures_named,
)
from connector.settings.other_table import OtherTable
from connector.settings.place import Place
from connector.settings.reference import enforcement, references
from connector.settings.shape import Shape
from connector.settings.table import Columns, Desk
from connector.ticket import Instant

_ONE = {
    field.alias or name: field.annotation
    for name, field in Settings.model_fields.items()
    if name not in ("desks", "policies", "calendars", "sources", "indicators", "grading", "periods", "tables")
}
"""Tables of which there is one → their model."""

FIGURES = frozenset({"indicator", "source", "score", "period"})
"""Tables that define figures: with one of them wrong the others can still be scored."""


def load(path: str | Path, *, lenient: bool = False) -> Settings:
    """Read and check a configuration file.

    ``lenient``: a faulty table that defines a figure is left out, and `Settings.left_out` says why.
    Raises `SettingsError` whose ``problems`` are all that is wrong, in the order of the file:
    ``config.toml:10: policy "urgent-limits" (sla_timer): resolve_wihtin: no such setting; did you mean …?``
    """
    path = Path(path)
    if not path.exists():
        raise SettingsError(
            f"{path}: no such file; desk-connector init writes a first one"
            if path.parent.is_dir()
            else f"{path}: no such file; there is no folder {path.parent}"
        )
    return loads(read_file(path), path, lenient=lenient)


def loads(
    text: str,
    path: str | Path = "config.toml",
    *,
    lenient: bool = False,
    read: Callable[[Path], str] = read_file,
) -> Settings:
    """The settings that a TOML text stands for; ``path`` is what errors call it and where it lies.

    ``read``: how the text of an included file is come by.
    """
    gathered = gather(text, Path(path), read)
    document = gathered.document
    wrong = problems(document)
    told: list[str] = []
    if wrong:
        left = document
        if lenient:
            left, wrong, faulty = _without_faulty_figures(document, wrong)
        else:
            faulty = wrong
        told = _told(faulty, gathered)
        if wrong:
            raise SettingsError(*told)
        document = left
    settings = Settings.model_validate(document)
    settings._gathered, settings._left_out = gathered, tuple(told)
    return settings


def _told(found: Iterable[Finding], gathered: Gathered) -> list[str]:
    """A line for each finding, in the order of the files."""
    spots = [(gathered.spot(each.place), said(each, gathered.document)) for each in found]
    return list(dict.fromkeys(f"{spot}: {text}" for spot, text in sorted(spots, key=itemgetter(0))))


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
    return _told(doubts(settings, now), settings.gathered)


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
        ("table", OtherTable),
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
    yield from clashes(policies, classes.by_priority, groups, classes.ranked)


def _compiled(name: str, hours: Hours) -> Iterable[Finding]:
    try:
        ServiceHours.compile(hours.calendar(name))
    except SettingsError as error:
        own = f'service hours "{name}": '
        return [Finding(("service_hours", name), problem.removeprefix(own)) for problem in error.problems]
    return []

"""Names in one part of the configuration that must exist in another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connector.rules.base import Partly, Policy
from connector.settings.clash import EVERY_OTHER_GROUP, people_write
from connector.settings.finding import Finding, said
from connector.settings.gathering import Gathered
from connector.settings.place import Place
from connector.settings.spelling import nearest
from connector.settings.table import Columns, Desk


def references(
    document: Mapping[str, Any],
    policies: Mapping[int, Policy],
    desks: Iterable[Desk],
) -> Iterator[Finding]:
    """Unknown groups, desks and service hours, and names given twice.

    ``policies`` are those that could be read, by their place in the file; of the others only the plain names
    in the document are looked at.
    """
    desks = tuple(desks)
    hours = list(_table(document, "service_hours"))
    desk_names = [desk.name for desk in desks]
    groups = [team.group for desk in desks for _, team in desk.teams]
    yield from _twice(document, "policy", "the name stands in the notes and marks of its tickets")
    yield from _twice(document, "desk", "figures are told apart by it")
    yield from _twice(document, "table", "a table has one description")
    yield from _groups_twice(document)
    for index, entry in enumerate(_list(document, "policy")):
        place: Place = ("policy", index)
        policy = policies.get(index)
        for name in policy.hours_named() if policy else _words(entry.get("service_hours")):
            if name and name not in hours:
                yield Finding(
                    _spot(place, entry, name),
                    f'no service hours "{name}"{nearest(name, hours, quote=True) or _there_are(hours)}',
                )
        anybody = EVERY_OTHER_GROUP in groups
        named = [*(policy.groups_named() if policy else ()), *_condition(entry, "group")]
        for name in dict.fromkeys(named):
            if name not in groups and not anybody:
                yield Finding(
                    _spot(place, entry, name),
                    f'no desk has a group "{name}"{nearest(name, groups, quote=True) or _there_are(groups)}',
                )
        for kind, name in policy.sources_named() if policy else ():
            there = [one.get("name") for one in _list(document, "source") if one.get("kind") == kind]
            known = [name for name in there if isinstance(name, str)]
            if name and name not in known:
                yield Finding(
                    _spot(place, entry, name),
                    f'no [[source]] "{name}" of kind {kind}'
                    + (nearest(name, known, quote=True) or _there_are(known)),
                )
        mode = policy.mode.desks if policy and isinstance(policy.mode, Partly) else ()
        for name in (*_condition(entry, "desk"), *mode):
            if name not in desk_names:
                yield Finding(
                    _spot(place, entry, name),
                    f'no desk "{name}"{nearest(name, desk_names, quote=True) or _there_are(desk_names)}',
                )


def enforcement(
    document: Mapping[str, Any], policies: Mapping[int, Policy], columns: Columns
) -> Iterator[Finding]:
    """A policy that writes needs a memory on the ticket, or it would say the same thing in each pass; and
    the columns it sets, or its note would say what was not done.
    """
    for index, policy in policies.items():
        closed = [column for column in people_write(policy) if column not in columns.shared]
        if closed and policy.enforced:
            yield Finding(
                ("policy", index, "mode"),
                f"cannot enforce without {' and '.join(closed)} in [columns] shared: the note would say "
                "what was not done",
            )
    if columns.marks:
        return
    for index, entry in enumerate(_list(document, "policy")):
        if entry.get("mode") == "enforce" or isinstance(entry.get("mode"), dict):
            yield Finding(
                ("policy", index, "mode"),
                'cannot enforce without [columns] marks, such as marks = "u_desk_marks": '
                "without it nothing remembers what has been said",
            )


def where_named(gathered: Gathered, name: str) -> str:
    """``config.toml:12: desk "main": vendor``: the first desk or policy that names a group or a person.

    "" where none does.
    """
    for kind in ("desk", "policy"):
        for index, entry in enumerate(_list(gathered.document, kind)):
            place = _spot((kind, index), entry, name)
            if place != (kind, index):
                return f"{gathered.spot(place)}: {said(Finding(place, ''), gathered.document)}"
    return ""


def _twice(document: Mapping[str, Any], kind: str, why: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, entry in enumerate(_list(document, kind)):
        name = entry.get("name")
        if isinstance(name, str):
            if name in seen:
                yield Finding((kind, index, "name"), f"the name is taken by another {kind}; {why}")
            seen.add(name)


def _groups_twice(document: Mapping[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, entry in enumerate(_list(document, "desk")):
        for tier in ("first_line", "second_line", "vendor", "other"):
            several = entry.get(tier)
            for number, team in enumerate(several if isinstance(several, list) else ()):
                name = team.get("group") if isinstance(team, dict) else team
                if not isinstance(name, str):
                    continue
                where = f"{tier} of desk {entry.get('name', index + 1)}"
                if name in seen:
                    text = f'group "{name}" is already {seen[name]}; a group has one desk and one tier'
                    yield Finding(("desk", index, tier, number), text)
                seen.setdefault(name, where)


def _spot(place: Place, entry: object, name: str) -> Place:
    """Where in this table the name stands."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key != "name" and (found := _spot((*place, key), value, name)) != (*place, key):
                return found
            if key != "name" and name in (key, value):
                return (*place, key)
    elif isinstance(entry, list):
        for index, value in enumerate(entry):
            if value == name:
                return (*place, index)
            if (found := _spot((*place, index), value, name)) != (*place, index):
                return found
    return place


def _there_are(names: list[str]) -> str:
    return "; there are " + ", ".join(f'"{name}"' for name in names) if names else "; none is configured"


def _condition(entry: Mapping[str, Any], key: str) -> list[str]:
    when = entry.get("when")
    return _words(when.get(key)) if isinstance(when, dict) else []


def _words(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [word for word in several if isinstance(word, str)]


def _list(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [entry if isinstance(entry, dict) else {} for entry in value] if isinstance(value, list) else []


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}

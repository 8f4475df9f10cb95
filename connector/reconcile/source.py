"""What the declared sources hold: files beside the configuration, and the instance's own surveys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from connector.kpi.dimension import RATED, of_call_backs, rated
from connector.kpi.indicator import Entry, Owner, TicketFact
from connector.kpi.life import resolver
from connector.kpi.questionnaire import questionnaires, ticket_of
from connector.kpi.source import Gathered, absent, gather, pooled
from connector.reconcile.figure import rates
from connector.reconcile.judgement import read_tickets
from connector.reconcile.world import World
from connector.settings import Settings
from connector.ticket import Directory, Instant


def entries_of(
    settings: Settings, sources: Sequence[Gathered], facts: Sequence[TicketFact]
) -> dict[str, list[Entry]]:
    """The entries by source and kind, and those rated on a dimension, be it by a caller on the telephone."""
    found = pooled(sources)
    if rates(settings):
        rung: Iterable[Entry] = ()
        if settings.reads.dimensions:
            whose = {fact.id: resolver(fact.ticket) for fact in facts}
            rung = of_call_backs(facts, whose, settings.reads.full_mark)
        found[RATED] = [
            *rated(entry for one in sources if one.missing is None for entry in one.entries),
            *rung,
        ]
    return found


class Asked(NamedTuple):
    """Answers to the instance's own surveys, and who is rated by those about a ticket."""

    rows: Sequence[Mapping[str, str]]
    whose: Mapping[str, Owner]
    last: Instant | None
    """When the last of all was given, also before these."""


def asked(world: World, settings: Settings, start: Instant, end: Instant, now: Instant) -> Asked:
    """The answers given in [start, end) and by ``now``, from the mirror."""
    rows = world.store.answers_between(start, min(end, now + 1))
    tickets = sorted({ticket_of(row) for row in rows} - {""})
    return Asked(
        rows,
        {one.sys_id: resolver(one) for one in read_tickets(world, tickets, now)},
        world.store.newest_answer(),
    )


def gathered(settings: Settings, directory: Directory, answers: Callable[[], Asked]) -> list[Gathered]:
    """What the declared sources hold; one without a file is named with its line in the configuration.

    ``answers`` reads the instance's surveys, if a source is of those.
    """
    groups = {group.name: sys_id for sys_id, group in directory.groups.items()}
    found = []
    for number, source in enumerate(settings.sources):
        declared = source.declared(settings.instance.zone)
        if source.table:
            rows, whose, last = answers()
            found.append(questionnaires(rows, declared, whose, declared_at(settings, number), last))
            continue
        path = settings.path.parent / source.path
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            why = f"{source.path}: {error.strerror or error}"
            found.append(absent(declared, f"{declared_at(settings, number)}: {why}"))
            continue
        found.append(gather(raw, declared, groups))
    return found


def declared_at(settings: Settings, number: int) -> str:
    """``config.toml:12: source "duty"``."""
    name = settings.sources[number].name
    written = settings.gathered.document.get("source", ())  # of which faulty ones may have been left out
    index = next((place for place, one in enumerate(written) if one.get("name") == name), 0)
    key = "table" if settings.sources[number].table else "path"
    return f'{settings.spot("source", index, key)}: source "{name}"'

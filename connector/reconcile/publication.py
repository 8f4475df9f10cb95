"""Scorecards as records of the instance: planned first, then written once, journalled as any other write.

What is there is read from the instance each time, so nothing is lost with the store: a record is found by
its key, and its stamp says what was written into it. See decision 0019.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.errors import GatewayError, Refused
from connector.instant import instant
from connector.intent import occasion
from connector.kpi.figure import Figures
from connector.kpi.period import Period, before, period_of
from connector.kpi.publication.article import FROZEN, Article, article
from connector.kpi.score import SCOPE_KINDS, WHOLE, Scope
from connector.reconcile.halt import halted, halted_there
from connector.reconcile.standing import figures_of, freeze_due
from connector.reconcile.world import World
from connector.settings import Settings
from connector.sync.apply import carry_out
from connector.sync.change import Because, Change, FieldChange, Plan
from connector.sync.outcome import Answer, Outcome, Written
from connector.sync.store import JournalEntry
from connector.ticket import Instant

POLICY, CLAUSE = "publish", "R-H4"
HTML = "text/html"
_LEFT_ALONE = frozenset({"retired", "pending_retirement", "outdated"})


class File(NamedTuple):
    """A page that shall be at a record, instead of the ones we put there before."""

    record: str
    """sys_id of the record."""
    title: str
    name: str
    content: str
    of: str
    """What the names of our files at this record begin with."""


class Publication(NamedTuple):
    """What would be written, and what is not, each with its reason."""

    plan: Plan
    files: tuple[File, ...]
    left: tuple[tuple[str, str], ...]
    """(title, why it is left as it is)."""


class Published(NamedTuple):
    """What came of it."""

    outcome: Outcome
    attached: tuple[str, ...]
    """Names of files that are there now."""
    trouble: str = ""


def plan_publication(world: World, settings: Settings, now: Instant) -> Publication:
    """Look at the figures and at the records that are there; nothing is written. Raises `GatewayError`."""
    changes: list[Change] = []
    files: list[File] = []
    left: list[tuple[str, str]] = []
    for period in _periods(settings, now):
        figures = figures_of(world, settings, period, now, scopes=SCOPE_KINDS, trend=6)
        if freeze_due(world, settings, figures, now):
            figures = figures_of(world, settings, period, now, scopes=SCOPE_KINDS, trend=6)
        names = _people(world, figures)
        for scope in _scopes(settings, figures):
            wanted = article(figures, scope, names)
            there = world.gateway.find(
                settings.publish.table,
                {settings.publish.key: wanted.key},
                _columns(settings),
            )
            why = None if there is None else _left_alone(settings, there, wanted, now)
            if why is not None:
                left.append((wanted.title, why))
                continue
            record = str(occasion(POLICY, wanted.key)) if there is None else there["sys_id"]
            change = _change(settings, record, there, wanted)
            if change is not None:
                changes.append(change)
            if there is None or not _has(world, settings, record, wanted.file_name):
                files.append(
                    File(record, wanted.title, wanted.file_name, wanted.file, _stem(wanted.file_name))
                )
    enforced = settings.publish.mode == "enforce"
    plan = Plan(now, tuple(changes) if enforced else (), () if enforced else tuple(changes))
    return Publication(plan, tuple(files), tuple(left))


def publish(world: World, settings: Settings, publication: Publication) -> Published:
    """Write what was planned, records first, then their files; a file is replaced after the new one is there.

    A `Retriable` error ends it; what is missing is planned again the next time. Raises `Refused` while the
    connector is halted.
    """
    halt = halted(settings) or halted_there(world, settings)
    if halt is not None:
        raise Refused(halt.told(settings))

    def record(steps: Sequence[Written]) -> None:
        world.store.journal(
            _entry(world, settings, publication.plan.at, change.sys_id, change.number)._replace(
                table=change.table,
                record=change.sys_id,
                because=[list(why) for why in change.because],
                fields=[list(each) for each in change.fields],
                answer=str(step.answer),
                detail=step.detail,
            )
            for step in steps
            for change in (step.change,)
        )

    # Not by `recipe.act`: what it learns from a refusal is about tickets and their columns.
    outcome = carry_out(publication.plan, world.gateway, record, marks_column="")
    # Articles are HTML, which the platform cleans as it likes: the stamp says what was written, not the text.
    trouble = outcome.stopped
    lost = {step.change.sys_id for step in outcome.written if step.answer not in _ON_RECORD}
    attached = []
    for file in publication.files:
        if trouble or file.record in lost or settings.publish.mode != "enforce":
            continue
        try:
            attached.append(_attach(world, settings, publication.plan.at, file))
        except GatewayError as error:
            trouble = str(error) or type(error).__name__
    return Published(outcome, tuple(attached), trouble)


_ON_RECORD = frozenset({Answer.WRITTEN, Answer.FOUND, Answer.DROPPED})


def _attach(world: World, settings: Settings, at: Instant, file: File) -> str:
    table = settings.publish.table
    files = world.gateway.files
    there = files.of(table, file.record)
    if not any(one.name == file.name for one in there):
        made = files.put(table, file.record, file.name, file.content.encode(), HTML)
        entry = _entry(world, settings, at, file.record, file.title)
        world.store.journal(
            [
                entry._replace(
                    table="sys_attachment",
                    record=made,
                    because=[[POLICY, CLAUSE, "the page of the scorecard", ""]],
                    fields=[["file_name", "", file.name]],
                    answer=str(Answer.WRITTEN),
                )
            ]
        )
    ours = settings.instance.auth.user
    files.take_away(
        [
            one
            for one in there
            if one.created_by == ours and one.name.startswith(file.of) and one.name != file.name
        ]
    )
    return file.name


def _entry(world: World, settings: Settings, at: Instant, record: str, title: str) -> JournalEntry:
    """A line of the journal about a record that belongs to no ticket."""
    return JournalEntry(
        at=at,
        sent_at=world.clock.now(),
        ticket=record,
        number=title,
        table="",
        record="",
        settings=settings.digest,
    )


def _periods(settings: Settings, now: Instant) -> Iterable[Period]:
    """The one that runs and the one before it, of each kind that is asked for."""
    zone = ZoneInfo(settings.instance.zone)
    for kind in settings.publish.periods:
        running = period_of(now, kind, zone)
        yield from (before(running, zone), running)


def _people(world: World, figures: Figures) -> dict[str, str]:
    """Names of consultants, asked of the instance; without an answer their sys_ids have to do."""
    wanted = {score.scope.key for score in figures.scores if score.scope.kind == "consultant"}
    try:
        return world.names(wanted - figures.names.keys() - {""})
    except GatewayError:
        return {}


def _scopes(settings: Settings, figures: Figures) -> list[Scope]:
    found: list[Scope] = []
    for kind in settings.publish.scopes:
        if kind == "whole":
            found.append(WHOLE)
            continue
        found += dict.fromkeys(
            score.scope for score in figures.scores if score.scope.kind == kind and score.scope.key
        )
    return found


def _columns(settings: Settings) -> Sequence[str]:
    ours = settings.publish
    state = () if ours.own_table else ("workflow_state",)
    return ["sys_id", "sys_mod_count", "sys_updated_on", ours.title, ours.text, ours.stamp, *state]


def _left_alone(settings: Settings, there: Mapping[str, str], wanted: Article, now: Instant) -> str | None:
    """Why the record stays as it is, whatever the figures say; None: it may be written."""
    if there.get("workflow_state", "") in _LEFT_ALONE:
        return f"somebody set it to {there['workflow_state']}"
    stamp = there.get(settings.publish.stamp, "")
    if stamp.startswith(wanted.key) and stamp.endswith(FROZEN):
        return "frozen" if stamp == wanted.stamp else "frozen; the figures are frozen otherwise"
    updated = there.get("sys_updated_on", "")
    if wanted.running and stamp != wanted.stamp and updated:
        last = instant(updated)
        if last is not None and now < last + settings.publish.every:
            return "updated not long ago"
    return None


def _change(
    settings: Settings, record: str, there: Mapping[str, str] | None, wanted: Article
) -> Change | None:
    ours = settings.publish
    fields = {ours.title: wanted.title, ours.text: wanted.text, ours.stamp: wanted.stamp}
    if there is None:
        fields[ours.key] = wanted.key
        if not ours.own_table:
            fields["workflow_state"] = ours.state
            if ours.knowledge_base:
                fields["kb_knowledge_base"] = ours.knowledge_base
        reason = "no record yet"
    elif there.get(ours.stamp, "") == wanted.stamp:
        return None
    else:
        reason = "frozen" if wanted.frozen else "the figures have changed"
    mark = occasion(POLICY, wanted.key, wanted.stamp).mark
    return Change(
        ours.table,
        record,
        record,
        wanted.title,
        None if there is None else int(there.get("sys_mod_count") or 0),
        tuple(
            FieldChange(column, "" if there is None else there.get(column, ""), fields[column])
            for column in sorted(fields)
            if there is None or there.get(column, "") != fields[column]
        ),
        (Because(POLICY, CLAUSE, reason, mark),),
        {ours.key: wanted.key} if there is None else {},
    )


def _has(world: World, settings: Settings, record: str, name: str) -> bool:
    return any(one.name == name for one in world.gateway.files.of(settings.publish.table, record))


def _stem(name: str) -> str:
    """``scorecard-2026-03-whole-`` of its file name with digest."""
    return name.rpartition("-")[0] + "-"

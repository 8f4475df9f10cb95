"""Carries out the steps of an installation, one record at a time; what it made is looked for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connector.errors import Fatal, GatewayError, NotFound, Skippable, Throttled
from connector.install.blueprint import Kind
from connector.install.difference import Action, Step
from connector.sync.gateway import Gateway
from connector.sync.row import Row


class Done(NamedTuple):
    """How one step ended."""

    step: Step
    trouble: str
    """"" where the instance now is as the step wanted."""


def carry_out(steps: Sequence[Step], gateway: Gateway) -> Iterator[Done]:
    """Each step that writes, with its outcome. Ends early where going on is of no use.

    A write whose answer was lost is looked for before anything is said of it: its sys_id is known.
    """
    broken: set[tuple[str, str]] = set()
    for step in steps:
        if not step.writes:
            continue
        if step.piece.kind is Kind.CHOICE and step.action is Action.MAKE and _column(step) in broken:
            yield Done(step, "its column was not made")
            continue
        try:
            trouble = _one(step, gateway)
        except GatewayError as error:
            yield Done(step, str(error))
            if isinstance(error, (Fatal, Throttled)) or not isinstance(error, Skippable):
                return
            if step.piece.kind is Kind.COLUMN:
                broken.add(_column(step))
            continue
        yield Done(step, trouble)


def _column(step: Step) -> tuple[str, str]:
    return step.piece.key["name"], step.piece.key["element"]


def _one(step: Step, gateway: Gateway) -> str:
    table = step.piece.table
    if step.action is Action.REMOVE:
        try:
            gateway.delete(table, step.sys_id)
        except NotFound:
            return ""
        except GatewayError:
            if not gateway.by_ids(table, [step.sys_id], ["sys_id"]):
                return ""
            raise
        return ""
    read = ("sys_id", *step.fields)
    try:
        if step.action is Action.MAKE:
            row = gateway.create(table, {"sys_id": step.sys_id, **step.fields}, read=read)
        else:
            row = gateway.patch(table, step.sys_id, step.fields, read=read)
    except GatewayError as error:
        if isinstance(error, (Fatal, Throttled)):
            raise
        found = gateway.by_ids(table, [step.sys_id], read).get(step.sys_id)
        if found is None:
            raise
        row = found
    return _stuck(step, row)


def _stuck(step: Step, row: Row) -> str:
    if step.action is Action.MAKE and row.get("sys_id") != step.sys_id:
        return (
            "made, but the instance gave it a sys_id of its own: uninstall will not know it as ours; remove "
            "it by hand when you leave"
        )
    dropped = [name for name, value in step.fields.items() if name in row and row[name] != value]
    if dropped:
        return f"made, but the instance did not take {', '.join(dropped)}"
    return ""

"""All configurations of a folder at once: one process each, one table of how they are."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.cli.option import age, count
from connector.errors import ConnectorError, SettingsError

if TYPE_CHECKING:
    from connector.settings import Settings


def configurations(folder: Path) -> list[Path]:
    """The configurations in a folder, by name: files that speak of an instance and that no other includes."""
    documents: dict[Path, dict[str, Any] | None] = {}
    for path in sorted(folder.glob("*.toml")):
        documents[path] = None
        with suppress(OSError, ValueError):  # said when it is loaded
            documents[path] = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    shared = {
        (folder / name).resolve()
        for document in documents.values()
        if document is not None and isinstance(document.get("include"), list)
        for name in document["include"]
        if isinstance(name, str)
    }
    return [
        path
        for path, document in documents.items()
        if path.resolve() not in shared and (document is None or document.keys() & {"instance", "include"})
    ]


def states(folder: Path, now: int) -> list[dict[str, Any]]:
    """How each of them is, as `status` tells it; what cannot be loaded has ``problems`` instead.

    Raises `SettingsError` where the folder holds none.
    """
    from connector.cli.status import state_of
    from connector.settings import load

    paths = configurations(folder)
    if not paths:
        raise SettingsError(f"{folder}: no configuration in this folder (*.toml with [instance])")
    told: list[dict[str, Any]] = []
    loaded: list[Settings] = []
    for path in paths:
        one: dict[str, Any] = {"config": str(path), "healthy": False, "problems": []}
        try:
            settings = load(path)
            one |= {
                "instance": settings.instance.url,
                "enforced": sum(policy.enforced for policy in settings.policies),
                "policies": len(settings.policies),
                **state_of(settings, now),
            }
        except ConnectorError as error:
            one["problems"] = list(error.problems) if isinstance(error, SettingsError) else [str(error)]
        else:
            for problem in _twice(settings, loaded):
                one["problems"].append(problem)
                one["healthy"] = False
            loaded.append(settings)
        told.append(one)
    return told


def _twice(settings: "Settings", others: "Sequence[Settings]") -> Iterator[str]:
    for other in others:
        if settings.store_path.resolve() == other.store_path.resolve():
            yield f"{settings.path}: works with the store of {other.path}: give each its own [store] path"
        mine, theirs = settings.instance, other.instance
        if (mine.url, mine.auth.user) == (theirs.url, theirs.auth.user):
            yield f"{settings.path}: {other.path} is about the same instance: two can say a note twice"


def word(state: dict[str, Any]) -> str:
    """How it is, in a word or two."""
    if "store" not in state:
        return "wrong"
    if state["halt"]:
        return {"brake": "braked", "pause": "paused", "retired": "retired"}[state["halt"]["kind"]]
    if state["last_good_pass"] is None:
        return "no pass yet"
    return "well" if state["healthy"] else "wrong" if state["problems"] else "late"


def print_states(told: list[dict[str, Any]], now: int) -> None:
    """A line for each, then what is wrong and what waits for a person."""
    from connector.cli.terminal import console
    from connector.cli.view import counts_table

    rows = []
    for state in told:
        good = state.get("last_good_pass")
        rows.append(
            (
                Path(state["config"]).name,
                word(state),
                "–" if good is None else f"{age(now - good)} ago",
                f"{state['enforced']} of {state['policies']}" if "policies" in state else "–",
                f"{state['open']:,}" if "open" in state else "–",
                f"{state.get('failed', 0):,}",
                f"{len(state.get('held', {})) + len(state.get('in_doubt', [])):,}",
                f"{len(state.get('quarantined', [])):,}",
            )
        )
    headings = ("configuration", "is", "good pass", "enforced", "open", "failed", "waits", "set aside")
    out = console()
    out.print(counts_table("", rows, headings, text=(0, 1)))
    for state in told:
        name = Path(state["config"]).name
        lines = list(state["problems"])
        lines += [f"{name}: {state['halt']['text']}"] if state.get("halt") else []
        lines += [f"{name}: {message}" for message in state.get("held", {}).values()]
        last = state.get("last_pass")
        lines += [f"{name}: last pass failed: {last['trouble']}"] if last and not last["ok"] else []
        for line in lines:
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    unwell = sum(not state["healthy"] for state in told)
    out.print(
        f"{count(len(told), 'instance')}, {unwell or 'none'} not well; closer: desk-connector status CONFIG",
        style="dim",
        highlight=False,
    )

"""Rotated journals: compressed files beside the store, one line an entry, as it stood in the store.

``desk.sqlite.journal/2026-03-02T000000Z-17.jsonl.gz``: from the instant of its first entry, 17 entries. They
are text for whoever wants to search them (`zgrep`), and `explain` reads them too. Move or delete them as your
own rules of retention say; the connector never does.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from connector.errors import StoreFailed
from connector.ticket import Instant

MOST = 50_000
"""Entries of one file; more are rotated the next time."""
ENDING = ".jsonl.gz"

Entry = tuple[int, Instant, str, str]
"""id, instant, sys_id of the ticket, JSON."""


def keep(folder: Path, rows: Sequence[Entry]) -> Path:
    """Write entries into a new file; on disk, read again and compared when this returns.

    Raises `StoreFailed`; then nothing is left of it.
    """
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    begun = f"{datetime.fromtimestamp(rows[0][1], UTC):%Y-%m-%dT%H%M%SZ}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        half = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(gzip.compress(text, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            if gzip.decompress(half.read_bytes()) != text:
                raise StoreFailed(
                    f"{folder}: what was written there cannot be read again; nothing was rotated"
                )
            path, number = folder / f"{begun}-{len(rows)}{ENDING}", 1
            while path.exists() and gzip.decompress(path.read_bytes()) != text:
                number += 1
                path = folder / f"{begun}-{len(rows)}.{number}{ENDING}"
            half.replace(path)
            _on_disk(folder)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise StoreFailed(
            f"{folder}: {error.strerror}; the journal is not rotated and stays in the store"
        ) from None
    return path


def _on_disk(folder: Path) -> None:
    """The name of a file is on disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def entries(folder: Path | None, ticket: str | None, limit: int, *, but: set[str]) -> list[str]:
    """The newest entries of a ticket (None: of any), newest first, without those in ``but``.

    An entry that stands in two files, after an end between rotating and deleting, is told once. A file that
    cannot be read is passed over: it is somebody's copy by now.
    """
    found: dict[str, None] = {}
    for path in _files(folder):
        if len(found) >= limit:
            break
        with suppress(OSError, EOFError, ValueError):
            for _, _, whose, entry in reversed(list(_read(path))):
                if (ticket is None or whose == ticket) and entry not in but:
                    found.setdefault(entry)
    return list(found)[:limit]


def _files(folder: Path | None) -> list[Path]:
    """Newest first."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(folder.glob(f"*{ENDING}"), reverse=True)


def _read(path: Path) -> Iterator[Entry]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            number, at, ticket, entry = json.loads(line)
            yield number, at, ticket, entry

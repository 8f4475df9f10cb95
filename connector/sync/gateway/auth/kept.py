"""The refresh token that the instance put in the place of the configured one.

The one thing that cannot be had from the instance again: whoever rotates refresh tokens takes the old one
back. It is a secret, so it lies in a file of its own that only this user may read, not in the store, whose
backups travel (docs/decisions/0014-signing-in.md).
"""

import json
import logging
import os
from hashlib import blake2b
from pathlib import Path

LOG = logging.getLogger("connector")


class KeptToken:
    """``configured``: the token of the configuration; once the admin puts in another, the file is stale."""

    def __init__(self, path: Path | None, configured: str) -> None:
        self._path = path
        self._origin = blake2b(configured.encode(), digest_size=16).hexdigest()
        self._configured = configured

    def read(self) -> str:
        """The token to use now."""
        if self._path is None:
            return self._configured
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            token = kept["refresh_token"] if kept["instead_of"] == self._origin else ""
        except FileNotFoundError:
            return self._configured
        except (OSError, ValueError, KeyError, TypeError) as error:
            LOG.warning("%s cannot be used (%s); the configured token is", self._path, type(error).__name__)
            return self._configured
        return str(token) or self._configured

    def write(self, token: str) -> None:
        """Keep this one, all of it or nothing; a failure is told and leaves the token in memory only."""
        if self._path is None:
            return
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            fresh.unlink(missing_ok=True)
            number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump({"instead_of": self._origin, "refresh_token": token}, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            LOG.error(
                "the instance gave a new refresh token and %s cannot be written (%s): after the next start a "
                "person must fetch one; make room, or let this user write there",
                self._path,
                error.strerror,
            )

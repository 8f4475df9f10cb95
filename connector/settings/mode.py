"""Changes the mode of a policy in the text of a configuration: one line, nothing else of what people wrote.

A policy of an included file is not changed there, for others share it: the configuration itself gets a
[[policy]] of that name with the new mode. Whatever is done to the text is read again, and must have changed
this one mode only; otherwise it is refused, with the line to write by hand.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from stat import S_IMODE
from typing import NamedTuple

from connector.errors import SettingsError
from connector.rules.base import Partly
from connector.settings.document import Settings
from connector.settings.gathering import read_file
from connector.settings.load import loads
from connector.settings.place import Place, places

Mode = str | Partly

_MODE = re.compile(r"""(\bmode\s*=\s*)("[^"\n]*"|'[^'\n]*'|\{[^}\n]*\})""")


class Edit(NamedTuple):
    """A change of one line of a file, or of the lines at its end."""

    line: int
    before: str
    """Empty where nothing stood there."""
    after: str


def toml_of(mode: Mode) -> str:
    """The mode as it stands in the file."""
    if isinstance(mode, str):
        return f'"{mode}"'
    desks = [_quoted(desk) for desk in mode.desks]
    parts = [f"enforce = [{', '.join(desks)}]" if desks else 'enforce = "everywhere"']
    if mode.since is not None:
        day: date = mode.since
        parts.append(f"from = {day.isoformat() if isinstance(day, datetime) else f'{day:%Y-%m-%d}'}")
    return "{ " + ", ".join(parts) + " }"


def with_modes(settings: Settings, wanted: Mapping[str, Mode]) -> tuple[Settings, list[Edit]]:
    """The settings with these policies in these modes, and the edits of the file that make it so.

    Raises `SettingsError` where the configuration is not valid so, or cannot be edited safely.
    """
    text, edits = settings.text, []
    for name, mode in wanted.items():
        text, edit = _edited(text, settings, name, mode)
        if edit is not None:
            edits.append(edit)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise _by_hand(settings, wanted) from None
    fresh = loads(text, settings.path, read=lambda path: settings.gathered.texts.get(path) or read_file(path))
    expected = tuple(
        policy.model_copy(update={"mode": wanted.get(policy.name, policy.mode)})
        for policy in settings.policies
    )
    same = settings.model_copy(update={"policies": fresh.policies})
    if fresh.policies != expected or same.digest != fresh.digest:
        raise _by_hand(settings, wanted)
    return fresh, edits


def _by_hand(settings: Settings, wanted: Mapping[str, Mode]) -> SettingsError:
    told = "; ".join(f'policy "{name}": mode = {toml_of(mode)}' for name, mode in wanted.items())
    return SettingsError(f"{settings.path}: cannot be changed safely by a program; write by hand: {told}")


def write_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, all or nothing, with its rights. Raises `SettingsError`."""
    real = path.resolve()
    aside = real.with_name(f".{real.name}.new")
    try:
        mode = S_IMODE(real.stat().st_mode)
        mark = b"\xef\xbb\xbf" if real.read_bytes().startswith(b"\xef\xbb\xbf") else b""
        with aside.open("wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(mark + text.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(real)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise SettingsError(f"{path}: cannot be written: {error.strerror}; nothing was changed") from None


def _edited(text: str, settings: Settings, name: str, mode: Mode) -> tuple[str, Edit | None]:
    """The text with one policy in another mode, and what was changed; None where it says so already."""
    current = next(policy.mode for policy in settings.policies if policy.name == name)
    if current == mode:
        return text, None
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    spots = places(text)
    own = _own(settings, name)
    if own is None:
        added = [f"[[policy]]{end}", f'name = "{name}"{end}', f"mode = {toml_of(mode)}{end}"]
        before = text if not text or text.endswith("\n") else text + end
        return before + end + "".join(added), Edit(before.count("\n") + 2, "", "".join(added).rstrip())
    at = spots.get((*own, "mode"))
    if at is None:
        at = spots[(*own, "name")]
        indent = re.match(r"\s*", lines[at - 1])
        line = f"{indent[0] if indent else ''}mode = {toml_of(mode)}"
        lines.insert(at, line + ("\r" if end == "\r\n" else ""))
        return "\n".join(lines), Edit(at + 1, "", line)
    before = lines[at - 1]
    after = _MODE.sub(lambda found: found[1] + toml_of(mode), before, count=1)
    lines[at - 1] = after
    return "\n".join(lines), Edit(at, before.rstrip("\r"), after.rstrip("\r"))


def _own(settings: Settings, name: str) -> Place | None:
    """The policy's place in the file itself; None where it stands in an included one only."""
    entries = tomllib.loads(settings.text).get("policy", [])
    return next((("policy", index) for index, one in enumerate(entries) if one.get("name") == name), None)


def _quoted(text: str) -> str:
    """A TOML text in quotes."""
    escaped = "".join(
        f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\u{ord(char):04x}"
        for char in text
    )
    return f'"{escaped}"'

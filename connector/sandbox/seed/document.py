"""A seed file as it was written: JSON or TOML."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SeedError(Exception):
    """What is wrong with seed documents; `problems` holds a line for each, with its place."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """What a seed says, and where it says it: `name` begins every message."""

    content: dict[str, Any]
    name: str = "seed"


def read(path: Path) -> Document:
    """The file, JSON unless its name ends in .toml.

    Raises `SeedError` for a file that cannot be read, is not UTF-8, is broken, or holds no object.
    """
    try:
        text = path.read_text("utf-8-sig")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SeedError(f"{path}: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise SeedError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(f"{path}: {error or 'too deep'}") from None
    if not isinstance(content, dict):
        raise SeedError(f"{path}: must hold an object with plugins, tables, columns, users, rows, generate")
    return Document(content, str(path))

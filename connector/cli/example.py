"""Where the example configuration is: beside the sources, or inside the installed package."""

from pathlib import Path

import connector

NAME = "config.example.toml"


def example_path() -> Path:
    """The path of ``config.example.toml``. Raises FileNotFoundError for a broken installation."""
    package = Path(connector.__file__).parent
    for folder in (package.parent, package):
        if (folder / NAME).is_file():
            return folder / NAME
    raise FileNotFoundError(f"{NAME} did not come with this installation")

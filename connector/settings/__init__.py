"""The configuration: a TOML file becomes `Settings`, or every error at once with its line.

One way through it: `load` reads the file, `gathering` lays it over those it includes, `table` and `hours` say
what each table may hold, `document` is all of it as one value. `place`, `shape`, `finding` and `spelling`
turn what is wrong into lines for people; `reference` and `clash` look across the tables, `doubt` finds what
is allowed and perhaps not meant. `secret` says where secrets are found, `manual` makes the JSON schema and
the reference page, `mode` changes one policy's mode in the text.
"""

from connector.settings.document import Settings
from connector.settings.finding import Finding
from connector.settings.load import load, loads, warnings

__all__ = ["Finding", "Settings", "load", "loads", "warnings"]

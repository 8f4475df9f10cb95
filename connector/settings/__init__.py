"""The configuration: a TOML file becomes `Settings`, or every error at once with its line.

place       a setting → the line on which it stands
shape       what may stand where, from the JSON schema
finding     an error → one line in the admin's own words
secret      where secrets are found
table       the tables, one class each
hours       [service_hours.<name>] → a calendar
document    all of it: `Settings`
reference   names that must exist elsewhere in the file
clash       policies that want different things of the same ticket
doubt       what is allowed and yet perhaps not meant
load        the file → `Settings`
manual      `Settings` → JSON schema and reference page
"""

from connector.settings.document import Settings
from connector.settings.finding import Finding
from connector.settings.load import load, loads

__all__ = ["Finding", "Settings", "load", "loads"]

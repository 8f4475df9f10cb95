"""What comes with a fresh instance: tables, columns, choices, defaults, roles and rules.

One file an area, written down as text; `origin` makes a dictionary of them, `description` rows.
"""

from connector.sandbox.stock.alert import EVENT_MANAGEMENT
from connector.sandbox.stock.description import (
    described,
    described_choice,
    described_columns,
    described_numbers,
    described_table,
    granted,
    key,
    rule,
)
from connector.sandbox.stock.log import NEVER_AUDITED, ROTATED
from connector.sandbox.stock.major import MAJOR_INCIDENTS, PLUGINS
from connector.sandbox.stock.origin import (
    class_column,
    found_table,
    plugin_columns,
    plugin_of,
    plugin_tables,
    stock,
)
from connector.sandbox.stock.platform import STOCK_RULES

__all__ = [
    "EVENT_MANAGEMENT",
    "MAJOR_INCIDENTS",
    "NEVER_AUDITED",
    "PLUGINS",
    "ROTATED",
    "STOCK_RULES",
    "class_column",
    "described",
    "described_choice",
    "described_columns",
    "described_numbers",
    "described_table",
    "found_table",
    "granted",
    "key",
    "plugin_columns",
    "plugin_of",
    "plugin_tables",
    "rule",
    "stock",
]

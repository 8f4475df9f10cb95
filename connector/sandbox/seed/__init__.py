"""Seed files: what an instance is to hold before anybody asks it.

`read` takes a file, `plant` puts documents into an instance: first all of them are checked, then all are
loaded, past the business rules.
"""

from connector.sandbox.seed.document import Document, SeedError, read
from connector.sandbox.seed.planting import Planted, plant

__all__ = ["Document", "Planted", "SeedError", "plant", "read"]

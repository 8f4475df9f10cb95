"""What lasts longer than a pass: said when it begins and when it ends, and nothing in between."""

import logging
from collections.abc import Mapping

LOG = logging.getLogger("connector")


class Ongoing:
    """Things of one kind: what waits for a person, tables that the instance does not have."""

    def __init__(self, over: str) -> None:
        self._over = over
        self.told: dict[str, str] = {}
        """What it is about → what is said of it."""

    def tell(self, now: Mapping[str, str]) -> None:
        """All there are after a pass; ``over`` and what it was about is said of those that have ended."""
        for what, message in now.items():
            if what not in self.told:
                LOG.warning("%s", message)
        for what in self.told.keys() - now.keys():
            LOG.info("%s%s", self._over, what)
        self.told = dict(now)

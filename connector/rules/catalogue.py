"""All rules, written out: a rule that is not listed here does not exist."""

from connector.rules.base import Policy
from connector.rules.sla_timer import SlaTimer

AnyPolicy = SlaTimer

RULES: tuple[type[Policy], ...] = (SlaTimer,)

"""Whether two policies of one rule are about different things by more than their `when`."""

from collections.abc import Iterable, Mapping

from connector.rules.article import AboutArticle
from connector.rules.base import Policy
from connector.rules.complaint import Complaint
from connector.rules.dated_item import DatedItem
from connector.rules.duty_roster import DutyRoster
from connector.rules.hand_over_limit import HandOverLimit
from connector.rules.hotline import Hotline
from connector.rules.improvement import Improvement
from connector.rules.major_incident import MajorIncident
from connector.rules.monitoring_alert import MonitoringAlert
from connector.rules.obligation import Obligation
from connector.rules.tier_escalation import TierEscalation


def apart(first: Policy, second: Policy) -> bool:
    """No ticket, shift, call or date is both of ``first`` and of ``second``, by their settings."""
    match first, second:
        case TierEscalation(), TierEscalation():
            return first.from_tier is not second.from_tier
        case HandOverLimit(), HandOverLimit():
            return _disjoint(first.tiers, second.tiers)
        case MonitoringAlert(), MonitoringAlert():
            if first.table != second.table or _conditions_apart(first.where, second.where):
                return True
            return first.column == second.column and _disjoint(first.values, second.values)
        case MajorIncident(), MajorIncident():
            return _conditions_apart(first.where, second.where)
        case DutyRoster(), DutyRoster():
            return first.roster != second.roster
        case Hotline(), Hotline():
            return first.service_hours != second.service_hours
        case AboutArticle(), AboutArticle():
            return _conditions_apart(first.where, second.where)
        case DatedItem(), DatedItem():
            return _dates(first) != _dates(second)
        case Complaint(), Complaint() if (first.low_score is None) != (second.low_score is None):
            return True
        case Improvement(), Improvement() if first.by_tasks and second.by_tasks:
            if _disjoint(first.kinds, second.kinds):
                return True
    if isinstance(first, Obligation) and isinstance(second, Obligation):
        return first.table != second.table or _conditions_apart(first.where, second.where)
    return False


def _dates(item: DatedItem) -> tuple[object, ...]:
    return item.title, item.dates, item.every, item.first


def _disjoint(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some) & set(others)


def _conditions_apart(some: Mapping[str, tuple[str, ...]], others: Mapping[str, tuple[str, ...]]) -> bool:
    """Some column is to have one value here and another there."""
    return any(_disjoint(values, others.get(column, values)) for column, values in some.items())

"""All rules, written out: a rule that is not listed here does not exist."""

from typing import Annotated

from pydantic import Field

from connector.rules.after_review import AfterReview
from connector.rules.article_promotion import ArticlePromotion
from connector.rules.article_review import ArticleReview
from connector.rules.base import Policy
from connector.rules.callback_sampling import CallbackSampling
from connector.rules.change_control import ChangeControl
from connector.rules.complaint import Complaint
from connector.rules.customer_confirmation import CustomerConfirmation
from connector.rules.dated_item import DatedItem
from connector.rules.duty_roster import DutyRoster
from connector.rules.hand_over_limit import HandOverLimit
from connector.rules.hierarchical_escalation import HierarchicalEscalation
from connector.rules.hotline import Hotline
from connector.rules.improvement import Improvement
from connector.rules.knowledge_capture import KnowledgeCapture
from connector.rules.major_incident import MajorIncident
from connector.rules.monitoring_alert import MonitoringAlert
from connector.rules.reassignment import Reassignment
from connector.rules.release_plan import ReleasePlan
from connector.rules.sla_timer import SlaTimer
from connector.rules.tier_escalation import TierEscalation
from connector.rules.update_limit import UpdateLimit

AnyPolicy = Annotated[
    SlaTimer
    | UpdateLimit
    | TierEscalation
    | HandOverLimit
    | HierarchicalEscalation
    | Reassignment
    | MajorIncident
    | MonitoringAlert
    | KnowledgeCapture
    | ArticleReview
    | ArticlePromotion
    | CustomerConfirmation
    | CallbackSampling
    | ChangeControl
    | ReleasePlan
    | AfterReview
    | Improvement
    | Complaint
    | DatedItem
    | Hotline
    | DutyRoster,
    Field(discriminator="rule"),
]
"""A ``[[policy]]`` table: its ``rule`` says which."""

RULES: tuple[type[Policy], ...] = (
    SlaTimer,
    UpdateLimit,
    TierEscalation,
    HandOverLimit,
    HierarchicalEscalation,
    Reassignment,
    MajorIncident,
    MonitoringAlert,
    KnowledgeCapture,
    ArticleReview,
    ArticlePromotion,
    CustomerConfirmation,
    CallbackSampling,
    ChangeControl,
    ReleasePlan,
    AfterReview,
    Improvement,
    Complaint,
    DatedItem,
    Hotline,
    DutyRoster,
)

"""The only code that knows pysnow, requests, URLs and HTTP status; typed in and out."""

from connector.sync.gateway.condition import Condition
from connector.sync.gateway.credential import AnyCredentials, Credentials
from connector.sync.gateway.gateway import Gateway, Page, Probe
from connector.sync.gateway.query import is_sys_id, term
from connector.sync.gateway.terms import Terms

__all__ = [
    "AnyCredentials",
    "Condition",
    "Credentials",
    "Gateway",
    "Page",
    "Probe",
    "Terms",
    "is_sys_id",
    "term",
]

"""The only code that knows pysnow, requests, URLs and HTTP status; typed in and out."""

from connector.sync.gateway.credential import Credentials
from connector.sync.gateway.gateway import Gateway, Page, Probe
from connector.sync.gateway.query import term

__all__ = ["Credentials", "Gateway", "Page", "Probe", "term"]

"""Desk policy connector: attaches service-desk policies to an existing ServiceNow instance."""

__version__ = "0.1.0"

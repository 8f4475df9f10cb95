"""A small, strict ServiceNow in memory, for tests, rehearsals and the demo.

An island: it imports nothing else of the connector, so what it believes about the platform is not what the
connector believes.  `GAPS.md` lists what it does not imitate.
"""

from connector.sandbox.error import RecordError
from connector.sandbox.fault import Fault, Faults, on
from connector.sandbox.instance import Instance
from connector.sandbox.message import Logged, Request, Response
from connector.sandbox.mount import Server, in_process
from connector.sandbox.rest import Rest

__all__ = [
    "Fault",
    "Faults",
    "Instance",
    "Logged",
    "RecordError",
    "Request",
    "Response",
    "Rest",
    "Server",
    "in_process",
    "on",
]

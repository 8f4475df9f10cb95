"""Looks at an instance through the eyes of a configuration; each yields sentences an admin can act on.

finding       a level and a sentence
surrounding   release, the account, rate rules, batches, auto-close
permission    rows, orders, writes
obstacle      choices, data policies, other automations, what `[publish]` needs
"""

from collections.abc import Callable, Iterator

from connector.install.look.finding import Answer, Level
from connector.install.look.obstacle import automations, choices, data_policies, publishing
from connector.install.look.permission import probe, visible, writable
from connector.install.look.surrounding import account, auto_close, batches, rates, release, transport
from connector.settings import Settings
from connector.sync.gateway import Gateway

Look = Callable[[Settings, Gateway], Iterator[Answer]]

LOOKS: tuple[tuple[str, Look], ...] = (
    ("TLS", transport),
    ("release", release),
    ("account", account),
    ("rows", visible),
    ("write access", writable),
    ("choices", choices),
    ("data policies", data_policies),
    ("automations", automations),
    ("auto-close", auto_close),
    ("rate rules", rates),
    ("batches", batches),
    ("publish", publishing),
)
"""What is looked at → how, in this order."""

__all__ = ["LOOKS", "Answer", "Level", "Look", "probe"]

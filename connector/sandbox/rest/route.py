"""Which path belongs to which API.

A pattern is literal text but for `[v]` (nothing, `/v1` or `/v2`), `{name}` (one segment) and `{name*}` (all
that is left).  What stands before the first `{` is the stem.  The first that fits wins, so the more specific
stand first.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from connector.sandbox.page import PageApi
from connector.sandbox.rest.aggregate import AggregateApi
from connector.sandbox.rest.attachment import AttachmentApi, FileApi
from connector.sandbox.rest.batch import BatchApi
from connector.sandbox.rest.control import ControlApi
from connector.sandbox.rest.event import EventApi
from connector.sandbox.rest.import_set import ImportApi
from connector.sandbox.rest.meta import MetaApi
from connector.sandbox.rest.oauth import RevokeApi, TokenApi
from connector.sandbox.rest.table import TableApi
from connector.sandbox.rest.tiny_url import TinyUrlApi
from connector.sandbox.rest.turn import Api


@dataclass(frozen=True)
class Route:
    """A pattern, the class of the API that serves it, and its name in rate rules ("": never counted).

    `aside`: no part of the instance; without login, log, faults and limits.
    """

    pattern: str
    api: type[Api]
    service: str = ""
    aside: bool = False

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        stem, brace, named = self.pattern.partition("/{")
        named = re.escape(brace + named)
        named = re.sub(r"\\{(\w+)\\\*\\}", r"(?P<\1>.+)", named)
        named = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", named)
        fixed = re.escape(stem).replace(r"\[v\]", "(?:/(?P<version>v[12]))?")
        return re.compile(f"(?P<stem>{fixed}){named}/?\\Z")

    def match(self, path: str) -> "Found | None":
        """What the path says, if it belongs here."""
        fits = self._expression.match(path)
        if fits is None:
            return None
        parts = fits.groupdict("")
        stem, version = parts.pop("stem"), parts.pop("version", "")
        if "%" in path:
            parts = {name: unquote(text) for name, text in parts.items()}
        return Found(self.api, stem, version, self.service, self.aside, parts)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a path leads: the API, the fixed beginning, the version, the API's name, the named parts, …"""

    api: type[Api]
    stem: str
    version: str
    service: str
    aside: bool
    parts: dict[str, str]


ROUTES = (
    Route("/api/now[v]/table/{table}/{sys_id}", TableApi, "Table API"),
    Route("/api/now[v]/table/{table}", TableApi, "Table API"),
    Route("/api/now[v]/attachment/file", FileApi, "Attachment API"),
    Route("/api/now[v]/attachment/upload", FileApi, "Attachment API"),
    Route("/api/now[v]/attachment/{sys_id}/file", FileApi, "Attachment API"),
    Route("/api/now[v]/attachment/{sys_id}", AttachmentApi, "Attachment API"),
    Route("/api/now[v]/attachment", AttachmentApi, "Attachment API"),
    Route("/api/now[v]/batch", BatchApi, "Batch API"),
    Route("/api/now[v]/import/{staging}/{sys_id}", ImportApi, "Import Set API"),
    Route("/api/now[v]/import/{staging}", ImportApi, "Import Set API"),
    Route("/oauth_token.do", TokenApi),
    Route("/oauth_revoke_token.do", RevokeApi),
    Route("/api/now[v]/stats/{table}", AggregateApi, "Aggregate API"),
    Route("/api/now[v]/tinyurl", TinyUrlApi, "Tiny URL API"),
    Route("/api/now[v]/ui/meta/{table}", MetaApi, "UI Meta API"),
    Route("/api/global/em/jsonv2", EventApi, "Event API"),
    Route("/sandbox/{what}", ControlApi, aside=True),
    Route("/sandbox", ControlApi, aside=True),
    Route("/", PageApi, aside=True),
    Route("/now/nav/ui/classic/params/target/{uri*}", PageApi, aside=True),
    Route("/{page}.do", PageApi, aside=True),
)


def find(path: str) -> Found | None:
    """The route of a path, None if it belongs to no API."""
    for route in ROUTES:
        found = route.match(path)
        if found is not None:
            return found
    return None

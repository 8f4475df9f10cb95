"""A look, narrowed to a scope → what the record says. Only tags that the platform lets stand, no styles."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.kpi.figure import Figures
from connector.kpi.page.page import page
from connector.kpi.publication.narrow import narrowed
from connector.kpi.score import WHOLE, Scope
from connector.kpi.scorecard import (
    fraction_text,
    interval_text,
    plain,
    scope_text,
    target_text,
    time_text,
    value_text,
    verdict,
)
from connector.kpi.template import html_of

FROZEN = "frozen"
"""Last word of the stamp of a record that is not written any more."""

TITLE = 100
"""Characters of `kb_knowledge.short_description` (platform facts, §6)."""

_BETWEEN = re.compile(r">\s+<")
"""White space that shows nowhere, but for where an instance shows an article as text."""

_pages = html_of("connector.kpi.publication")


class Article(NamedTuple):
    """What a record shall say."""

    key: str
    """Of period and scope; the record is found by it."""
    title: str
    text: str
    """HTML."""
    stamp: str
    """Key and digest of what it says, without the time of the look; ends in `FROZEN` when it is the last."""
    file_name: str
    file: str
    """The page, HTML."""
    frozen: bool
    running: bool


def article(figures: Figures, scope: Scope, names: Mapping[str, str] | None = None) -> Article:
    """The record of the figures' period and this scope."""
    known = {**figures.names, **(names or {})}
    look = narrowed(figures, scope)
    whole = [score for score in look.scores if score.scope == WHOLE]
    frozen = bool(whole) and all(score.frozen_at is not None for score in whole)
    running = any(score.provisional for score in whole)
    period, name = figures.period, scope_text(scope, known)

    def text(as_of: str) -> str:
        written = _pages.get_template("article.html").render(
            period=period.label,
            name=name,
            scope=scope,
            scores=whole,
            as_of=as_of,
            zone=figures.zone,
            running=running,
            frozen=frozen,
            complete=figures.complete,
            trends={one.score.indicator: one for one in look.trends},
            value=value_text,
            fraction=fraction_text,
            target=target_text,
            interval=interval_text,
            verdict=lambda score: verdict(score).text,
        )
        return _BETWEEN.sub("><", written).strip()

    # A desk may be called what it likes; in a query and in a file's name it is a few digits.
    whose = f"{scope.kind}-{blake2b(scope.key.encode(), digest_size=6).hexdigest()}" if scope.key else "whole"
    key = f"desk-policy:{period.kind}:{period.label}:{whose}"
    digest = blake2b(text("").encode(), digest_size=8).hexdigest()
    when = "" if figures.as_of is None else time_text(figures.as_of, ZoneInfo(figures.zone))
    title = plain(f"服务台指标 Desk scorecard {period.label}, {name}")
    return Article(
        key,
        title if len(title) <= TITLE else title[: TITLE - 1] + "…",
        text(when),
        f"{key} {digest}{f' {FROZEN}' if frozen else ''}",
        f"scorecard-{period.label}-{whose}-{digest}.html",
        page(look, known, name="" if scope.kind == "whole" else name),
        frozen,
        running,
    )

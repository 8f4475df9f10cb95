"""Knowledge: articles that were there, articles attached to tickets, articles written from them (R-B5)."""

import html
from typing import TYPE_CHECKING

from connector.sandbox.desk.life import Life
from connector.sandbox.desk.matter import MATTERS, Matter
from connector.sandbox.desk.people import Consultant
from connector.sandbox.desk.story import HOUR
from connector.sandbox.moment import stamp

if TYPE_CHECKING:
    from connector.sandbox.desk.floor import Desk

BASE = "运维知识库"
KNOWN_BY_HEART = MATTERS[0]
"""What comes up most: everybody knows its article, and attaches it."""
LAST_WEEKS = 14 * 24 * HOUR
"""Seconds for which the first article is still valid: somebody should look it through."""


class Library:
    """The knowledge base and who fills it."""

    def __init__(self, desk: "Desk", start: int) -> None:
        self._desk = desk
        instance = desk.instance
        found = instance.rows("kb_knowledge_base", f"title={BASE}", limit=1)
        self._base = (
            found[0]["sys_id"] if found else instance.insert("kb_knowledge_base", {"title": BASE})["sys_id"]
        )
        self._shelf: dict[Matter, str] = {}
        for matter in MATTERS[::2]:
            fields = self._page(matter, "zh") | {
                "workflow_state": "published",
                "published": stamp(start)[:10],
                "valid_to": "" if self._shelf else stamp(start + LAST_WEEKS)[:10],
            }
            self._shelf[matter] = instance.insert("kb_knowledge", fields, user="wang.fang")["sys_id"]

    def document(self, at: int, life: Life, who: Consultant | None) -> None:
        """What a consultant does about knowledge after resolving: nothing, attach, write, or write late."""
        how = life.story.article
        on_shelf = self._shelf.get(life.story.matter)
        if on_shelf and (how == "attach" or life.story.matter is KNOWN_BY_HEART):
            self._attach(life, on_shelf, who)
        elif how in ("attach", "write"):
            self.write(at, life)
        elif how == "late":
            later = self._desk.crew.when_present(life.group, at + life.story.span(14 * HOUR, 0.5))
            self._desk.plan(later, self.write, life)

    def write(self, at: int, life: Life) -> None:
        """Write an article from a ticket, and attach it; somebody else reviews and publishes it later."""
        if life.documented:
            return
        desk, story = self._desk, life.story
        row = desk.instance.get("incident", life.sys_id)
        if row is None:
            return
        who = desk.crew.people.get(row["assigned_to"]) or desk.anybody(at, life.group, story.rng)
        fields = self._page(story.matter, story.caller.language)
        fields |= {"source": row["number"], "workflow_state": "draft"}
        if who:
            fields["author"] = who.sys_id
        name = who.user_name if who else "admin"
        article = desk.instance.insert("kb_knowledge", fields, user=name)["sys_id"]
        self._attach(life, article, who)
        if story.rng.random() < 0.8:
            published = desk.crew.when_present("Infrastructure", at + story.span(20 * HOUR, 0.4))
            desk.plan(published, self._publish, article, desk.anybody(published, "Infrastructure", story.rng))

    def _publish(self, at: int, article: str, reviewer: Consultant | None) -> None:
        fields = {"workflow_state": "published", "published": stamp(at)[:10]}
        name = reviewer.user_name if reviewer else "admin"
        self._desk.instance.update("kb_knowledge", article, fields, user=name)

    def _attach(self, life: Life, article: str, who: Consultant | None) -> None:
        life.documented = True
        fields = {"kb_knowledge": article, "task": life.sys_id}
        self._desk.instance.insert("m2m_kb_task", fields, user=who.user_name if who else "admin")

    def _page(self, matter: Matter, language: str) -> dict[str, str]:
        parts = (matter.story, matter.cause, matter.remedy)
        text = "".join(f"<p>{html.escape(part.told(language))}</p>" for part in parts if part.zh)
        return {
            "short_description": matter.subject.told(language),
            "text": text,
            "kb_knowledge_base": self._base,
        }

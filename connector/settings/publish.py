"""``[publish]``: scorecards as records of the instance."""

from typing import Literal, Self

from pydantic import Field, model_validator

from connector.settings.table import Column, Interval, Table

ARTICLE = "kb_knowledge"


class Publish(Table):
    """Scorecards in the platform: a knowledge article for each period and scope, the page attached.

    `observe` shows what would be written, `enforce` lets ``publish --apply`` write it. A record is updated in
    place until its period is frozen; one that somebody retires is left alone.
    """

    mode: Literal["observe", "enforce"] = Field(
        default="observe", description="observe: never written; enforce: `publish --apply` writes"
    )
    periods: tuple[Literal["week", "month", "quarter", "year"], ...] = Field(
        default=("month",), description="Kinds of period; the one that runs and the one before it"
    )
    scopes: tuple[Literal["whole", "desk", "group"], ...] = Field(
        default=("whole",), description="A record for the whole, for each desk, for each group of a desk"
    )
    every: Interval = Field(
        default=86400, description="A running period is updated no more often than this; its end always"
    )
    knowledge_base: str = Field(
        default="", description="sys_id of the knowledge base; the instance's default if empty"
    )
    state: Literal["draft", "published"] = Field(
        default="draft", description="What a new article begins as; after that people decide"
    )
    table: Column = Field(default=ARTICLE, description="A table of your own instead of articles")
    title: Column = Field(default="short_description", description="Column of the title, 100 characters")
    text: Column = Field(default="text", description="Column of the scorecard, HTML")
    key: Column = Field(default="source", description="Column by which the record is found, 100 characters")
    stamp: Column = Field(
        default="meta", description="Column of our mark of what was written, 100 characters"
    )

    @model_validator(mode="after")
    def _own_columns(self) -> Self:
        named = (self.title, self.text, self.key, self.stamp)
        if len({*named}) < len(named):
            raise ValueError("title, text, key and stamp need a column each")
        return self

    @property
    def own_table(self) -> bool:
        """The records are rows of a table of one's own."""
        return self.table != ARTICLE

    @property
    def writable(self) -> frozenset[str]:
        """Columns of a table of one's own that are written."""
        return frozenset({self.title, self.text, self.key, self.stamp})

"""Frozen figures: written once, read for ever."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Engine, select

from connector.sync.store import schema
from connector.sync.store.engine import Upsert
from connector.ticket import Instant


class FrozenFigure(NamedTuple):
    """One figure of one scope of a period that is closed for corrections."""

    kind: str
    start: Instant
    scope: str
    key: str
    indicator: str
    frozen_at: Instant
    score: str
    """As JSON; what stands in it is not the store's business."""


class FigureShelf:
    """What the store keeps of figures."""

    engine: Engine

    def _prepare_figures(self) -> None:
        self._frozen = Upsert(self.engine, schema.figure, FrozenFigure._fields, compare=None)

    def freeze(self, figures: Iterable[FrozenFigure]) -> int:
        """Keep these; one that is kept already stays as it is. How many were new."""
        with self.engine.begin() as connection:
            return self._frozen.run(connection, [tuple(figure) for figure in figures])

    def frozen(self, kind: str, start: Instant, scopes: Iterable[str]) -> list[str]:
        """The frozen scores of a period, in the order of scope, key and indicator."""
        table = schema.figure
        query = select(table.c.score).where(
            table.c.kind == kind, table.c.start == start, table.c.scope.in_(list(scopes))
        )
        query = query.order_by(table.c.scope, table.c.key, table.c.indicator)
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

"""A look at the instance: which pieces are there, and which columns hold something. Only reads."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from connector.errors import Skippable, WrongInstance
from connector.install.blueprint import TABLES, TICK, Kind, Piece
from connector.install.difference import Found
from connector.sync.gateway import Gateway, term
from connector.sync.row import Row

UPDATE_SET = "Desk policy connector"
"""How the name of our update set begins."""


def survey(pieces: Sequence[Piece], gateway: Gateway) -> Found:
    """What is there of these pieces. Raises `GatewayError` where a table may not be read."""
    rows: dict[str, Row] = {}
    chains = {table: gateway.lineage(table) for table in _tables(pieces)}
    for kind, table in TABLES.items():
        wanted = [piece for piece in pieces if piece.kind is kind]
        there = list(_rows(wanted, table, chains, gateway)) if wanted else []
        for piece in wanted:
            row = _standing_for(piece, there, chains)
            if row is not None:
                rows[piece.sys_id] = row
    return Found(rows, _unseen(pieces, rows, gateway), *_loaded(gateway))


def _tables(pieces: Iterable[Piece]) -> list[str]:
    return sorted({piece.key["name"] for piece in pieces if "name" in piece.key})


def _rows(
    pieces: Sequence[Piece], table: str, chains: dict[str, tuple[str, ...]], gateway: Gateway
) -> Iterator[Row]:
    columns = list(dict.fromkeys(["sys_id", *(name for piece in pieces for name in piece.fields)]))
    yield from gateway.by_ids(table, [piece.sys_id for piece in pieces], columns).values()
    if pieces[0].kind in (Kind.COLUMN, Kind.CHOICE):
        names = sorted({name for piece in pieces for name in chains[piece.key["name"]]})
        elements = sorted({piece.key["element"] for piece in pieces})
        query = "^".join((term("name", "IN", names), term("element", "IN", elements), "ORDERBYsys_id"))
    else:
        titles = sorted({piece.key["title"] for piece in pieces})
        query = "^".join((term("title", "IN", titles), "ORDERBYsys_id"))
    offset, more = 0, True
    while more:
        page = gateway.page(table, query, columns, offset=offset)
        yield from page.rows
        offset, more = offset + 1000, page.more


def _standing_for(piece: Piece, there: Sequence[Row], chains: dict[str, tuple[str, ...]]) -> Row | None:
    ours = next((row for row in there if row.get("sys_id") == piece.sys_id), None)
    if ours is not None:
        return ours
    above = chains.get(piece.key.get("name", ""), ())
    for row in there:
        same = all(row.get(name) == value for name, value in piece.key.items() if name != "name")
        if same and ("name" not in piece.key or row.get("name") in above):
            return row
    return None


def _unseen(pieces: Sequence[Piece], rows: dict[str, Row], gateway: Gateway) -> frozenset[str]:
    """Columns of incident that its dictionary has and its records lack; none where there is no record."""
    columns = [
        piece.key["element"]
        for piece in pieces
        if piece.kind is Kind.COLUMN and piece.key["name"] == "incident" and piece.sys_id in rows
    ]
    if not columns:
        return frozenset()
    page = gateway.page("incident", "ORDERBYsys_id", ["sys_id", *columns], limit=1)
    return frozenset(column for row in page.rows for column in columns if column not in row)


def _loaded(gateway: Gateway) -> tuple[str, int | None]:
    """State and number of updates of our newest update set there; "" where none is to be seen."""
    with suppress(Skippable, WrongInstance):
        query = "^".join((term("name", "STARTSWITH", UPDATE_SET), "ORDERBYDESCsys_created_on"))
        for row in gateway.page("sys_remote_update_set", query, ["sys_id", "state", "name"], limit=1).rows:
            if not row.get("name", "").startswith(UPDATE_SET):
                continue  # an unknown column in the query would match any set
            children = None
            with suppress(Skippable, WrongInstance):
                children = gateway.count("sys_update_xml", term("remote_update_set", "=", row["sys_id"]))
            return row.get("state", ""), children
    return "", None


def filled(pieces: Iterable[Piece], found: Found, gateway: Gateway) -> dict[str, int]:
    """``table.column`` → records that hold something there, of the columns that install made."""
    held: dict[str, int] = {}
    for piece in pieces:
        row = found.rows.get(piece.sys_id)
        if piece.kind is Kind.COLUMN and row is not None and row.get("sys_id") == piece.sys_id:
            element = piece.key["element"]
            ticked = piece.rest["internal_type"] == TICK  # a tick has a default, so that it is never empty
            query = term(element, "=", "true") if ticked else term(element, "ISNOTEMPTY")
            if row.get("active") != "false":
                held[piece.name] = gateway.count(piece.key["name"], query)
    return held

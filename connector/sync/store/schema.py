"""Tables of the local store. Those that cannot be read from the instance anew are `migration.KEPT`; to change
the columns of one of them takes a step there.

Instants are integer seconds since 1970 in UTC. A row of the platform is kept as one text
(`connector.sync.store.packing`); beside it stand only the columns by which it is looked for.
"""

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, MetaData, Table, Text

SCHEMA = MetaData()

_PARTIAL: dict[Index, ColumnElement[bool]] = {}
"""Indexes of some rows, and of which."""


def make_partial(dialect: str) -> None:
    """Tell the partial indexes which rows they are of, in the words of a database.

    Not where they are defined: to name a database there loads its module, and no store is two of them.
    """
    for index, rows in _PARTIAL.items():
        index.dialect_kwargs[f"{dialect}_where"] = rows


ticket = Table(
    "ticket",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("sys_id", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False),
    Column("opened_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("item", Text, doc="sys_id of its configuration item; NULL: none, or no policy reads it"),
    Column("look_again", BigInteger, doc="0: changed, look now; NULL: nothing to wait for"),
    Column("row", Text, nullable=False),
)
Index("ticket_number", ticket.c.number)
Index("ticket_opened", ticket.c.opened_at)
for _name in ("resolved_at", "closed_at"):
    _PARTIAL[Index(f"ticket_{_name}", ticket.c[_name])] = ticket.c[_name].is_not(None)
_PARTIAL[Index("ticket_item", ticket.c.item, ticket.c.resolved_at)] = ticket.c.item.is_not(
    None
) & ticket.c.resolved_at.is_not(None)
_PARTIAL[Index("ticket_due", ticket.c.look_again)] = ticket.c.look_again.is_not(None)

shape = Table(
    "shape",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "columns", Text, nullable=False, unique=True, doc="JSON list of names, in the order of the values"
    ),
)

change = Table(
    "change",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("ticket", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("user", Text, nullable=False),
)
Index("change_ticket", change.c.ticket)

metric = Table(
    "metric",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("ticket", Text, nullable=False, index=True),
    Column("row", Text, nullable=False),
)

task = Table(
    "task",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("ticket", Text, nullable=False, index=True),
    Column("row", Text, nullable=False),
)

article = Table(
    "article",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("source", Text, nullable=False, index=True, doc="number or sys_id of the ticket it was born from"),
    Column("row", Text, nullable=False),
)

link = Table(
    "link",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("article", Text, nullable=False, index=True),
    Column("ticket", Text, nullable=False, index=True),
    Column("row", Text, nullable=False),
)

BESIDE = {"incident_task": task, "kb_knowledge": article, "m2m_kb_task": link}
"""Platform table → the mirror of it, for what belongs to tickets and can be deleted."""

call = Table(
    "call",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("opened_at", BigInteger, index=True),
    Column("row", Text, nullable=False),
)

answer = Table(
    "answer",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("at", BigInteger, index=True, doc="When it was given"),
    Column("row", Text, nullable=False),
)
"""Answers to the instance's own surveys (R-D4)."""

KEPT_IN = {
    "sys_audit": change,
    "metric_instance": metric,
    "interaction": call,
    "asmt_metric_result": answer,
    **BESIDE,
}
"""Platform table → where its rows are kept, of those that belong to tickets or to no ticket at all."""

record = Table(
    "record",
    SCHEMA,
    Column("sys_id", Text, primary_key=True),
    Column("source", Text, nullable=False, doc="The platform's table it was read from, or `calendar`"),
    Column("number", Text, nullable=False, index=True),
    Column("look_again", BigInteger, doc="As of a ticket"),
    Column("row", Text, nullable=False),
)
"""Records other than incidents that policies are about: changes, problems, releases, complaints."""
_PARTIAL[Index("record_due", record.c.source, record.c.look_again)] = record.c.look_again.is_not(None)

cursor = Table(
    "cursor",
    SCHEMA,
    Column("source", Text, primary_key=True),
    Column("at", BigInteger, doc="Everything stamped before it was seen; NULL: begin again"),
    Column("fingerprint", Text, nullable=False, doc="Of the query and its columns; another one begins again"),
    Column("page", Integer, doc="Rows a request after a page was too much for the instance"),
)

clock = Table(
    "clock",
    SCHEMA,
    Column("source", Text, primary_key=True),
    Column("ahead", BigInteger, nullable=False, doc="Seconds the instance's clock was ahead of ours"),
)

quarantine = Table(
    "quarantine",
    SCHEMA,
    Column("source", Text, primary_key=True),
    Column("sys_id", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

journal = Table(
    "journal",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("ticket", Text, nullable=False, index=True),
    Column("entry", Text, nullable=False),
)

observed = Table(
    "observed",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True, doc="When the pass judged"),
    Column("policy", Text, nullable=False),
    Column("digest", Text, nullable=False, doc="Of the policy's settings without its mode"),
    Column("ticket", Text, nullable=False, index=True, doc="sys_id; empty: only counted, in `beyond`"),
    Column("number", Text, nullable=False),
    Column("team", Text, nullable=False, doc="sys_id of the ticket's group then"),
    Column("assignee", Text, nullable=False, doc="sys_id"),
    Column("reason", Text, nullable=False),
    Column("wanted", Text, nullable=False, doc="JSON: [kind, what, value, clause] of each intent"),
    Column("beyond", Integer, nullable=False, doc="Tickets more in that pass, which are not listed"),
)
"""What policies that only observe would have written, each thing once. Like the journal on no instance."""

passes = Table(
    "pass",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("ok", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("took", Integer, nullable=False, server_default="0", doc="Milliseconds"),
)

condition = Table(
    "condition",
    SCHEMA,
    Column("topic", Text, primary_key=True, doc="gateway, settings, last pass, …"),
    Column("at", BigInteger, nullable=False),
    Column("told", Text, nullable=False, doc="JSON"),
)
"""What the daemon last said of itself, for `status`, which asks no process and no instance."""

meta = Table(
    "meta",
    SCHEMA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""``version``: of the schema."""

figure = Table(
    "figure",
    SCHEMA,
    Column("kind", Text, primary_key=True, doc="of the period: month, week, …"),
    Column("start", BigInteger, primary_key=True),
    Column("scope", Text, primary_key=True, doc="whole, desk, group, consultant, …"),
    Column("key", Text, primary_key=True),
    Column("indicator", Text, primary_key=True),
    Column("frozen_at", BigInteger, nullable=False),
    Column("score", Text, nullable=False, doc="JSON (`connector.kpi.freeze`), never changed again"),
)
"""Figures of periods that are closed for corrections. Like the journal they are not on the instance."""

owner = Table(
    "owner",
    SCHEMA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True, doc="sys_id of a group; empty for nobody"),
)

outcome = Table(
    "outcome",
    SCHEMA,
    Column("ticket", Integer, primary_key=True, autoincrement=False, doc="`ticket.id`"),
    Column("opened_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("first", Integer, nullable=False, doc="`owner.id`, as the two below"),
    Column("responder", Integer, nullable=False),
    Column("resolver", Integer, nullable=False),
    Column("bits", Integer, nullable=False, doc="`connector.kpi.outcome`"),
)
"""What figures over very many tickets are counted from (`[kpi] outcomes`); made again from the rest."""
for _dated, _whose in (
    ("opened_at", "first"),
    ("opened_at", "responder"),
    ("opened_at", "resolver"),
    ("ended_at", "first"),
    ("ended_at", "resolver"),
):
    Index(f"outcome_{_whose}_{_dated}", outcome.c[_whose], outcome.c[_dated], outcome.c.bits)

"""Which index a query should walk, where SQLite left to itself would read too much.

Pollers ask the same few shapes all day: a page by time, single records by key, a sweep by sys_id.  Answers do
not depend on anything here, only how long they take.
"""

from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.operand import ALWAYS, Fragment
from connector.sandbox.query import Query
from connector.sandbox.stock.system import INDEXES


def looks_up(table: Table, query: Query) -> bool:
    """Whether the query asks for single records by an indexed column.

    Then the class must not be what SQLite searches by.
    """
    single = {"sys_id", *INDEXES.get(table.root, ())}
    terms = [group[0] for group in query.sets[0] if len(group) == 1] if len(query.sets) == 1 else []
    return any(term.path in single and term.operator in {"=", "IN"} for term in terms)


def sweeps(query: Query) -> bool:
    """Whether the records are wanted in the order of their sys_ids."""
    return bool(query.order) and query.order[0].path == "sys_id"


def floor(table: Table, query: Query) -> Fragment:
    """The earliest time that any of several sets can match.

    A keyset page reads `updated=T^sys_id>S^NQupdated>T`; each set has its own lower end, and saying the lower
    of them for the whole lets the scan start there instead of at the beginning of the table.
    """
    if not _by_time(table, query):
        return ALWAYS
    stamp = _stamp(table)
    lows = []
    for groups in query.sets:
        terms = [group[0] for group in groups if len(group) == 1]
        ends = [term.value for term in terms if term.path == stamp and term.operator in {"=", ">", ">="}]
        lows.append(max((end for end in ends if len(end) == 19), default=""))
    return (f't."{stamp}" >= ?', [min(lows)]) if min(lows) else ALWAYS


def index(dictionary: Dictionary, table: Table, query: Query) -> str:
    """The order by time or by sys_id as an `INDEXED BY`, where SQLite would rather collect and sort."""
    one_class = table.parent and len(dictionary.family(table.name)) == 1
    if one_class and sweeps(query) and not looks_up(table, query):
        return f'INDEXED BY "{table.root}_by_sys_class_name_sys_id"'
    if not _by_time(table, query):
        return ""
    group = "sys_class_name_" if one_class else ""
    return f'INDEXED BY "{table.root}_by_{group}{_stamp(table)}_sys_id"'


def _stamp(table: Table) -> str:
    return "sys_updated_on" if table.updated else "sys_created_on"


def _by_time(table: Table, query: Query) -> bool:
    """Whether several sets are read in the table's time order."""
    return len(query.sets) > 1 and bool(query.order) and query.order[0].path == _stamp(table)

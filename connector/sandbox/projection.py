"""Which columns of a record are printed, and how: SQL that renders each record to JSON text.

Rendering in SQL is several times faster than building objects row by row, and the list of a thousand
records is what a poller asks for most.  Shapes: platform facts, section 1.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.sandbox.column import TIMES, Column
from connector.sandbox.dictionary import Dictionary, Table
from connector.sandbox.exchange import entered
from connector.sandbox.statement import Path, literal

RAW, SHOWN, BOTH = "false", "true", "all"
"""Values of `sysparm_display_value`."""

_PAIRS = 60
"""SQLite functions take 127 arguments at most, so one `json_object` holds this many columns."""

_KIND = {
    "work_notes": "Work notes",
    "comments": "Additional comments",
    "approval_history": "Approval history",
}


@dataclass(frozen=True, slots=True)
class View:
    """How records are wanted: `mode`, with links or not, the address links begin with, the user's zone, form
    of date-times and locale ("" for the system's own); and two switches of `rest.manner`.
    """

    mode: str = RAW
    links: bool = True
    base: str = ""
    zone: str = "GMT"
    form: str = ""
    locale: str = ""
    link_last: bool = False
    names_as_objects: bool = False

    def dated(self, sql: str) -> str:
        """SQL of a date-time, or of a date where there is a form, as the user sees it."""
        if self.form:
            return f"dressed({sql}, {literal(self.zone)}, {literal(self.form)})"
        return sql if self.zone in {"", "GMT", "UTC"} else f"local({sql}, {literal(self.zone)})"


@dataclass(frozen=True, slots=True)
class Projection:
    """SQL of the JSON text of one record, in as many columns as it takes, and the joins that it needs."""

    sql: str
    joins: str

    def fragments(self, rows: Sequence[Sequence[bytes]]) -> list[bytes]:
        """The JSON objects of many records."""
        if rows and len(rows[0]) == 1:
            return [part for (part,) in rows]
        return [self.joined(row) for row in rows]

    @staticmethod
    def joined(parts: Sequence[bytes]) -> bytes:
        """The JSON object of one record from the columns of its row."""
        if len(parts) == 1:
            return parts[0]
        return b"{" + b",".join([part[1:-1] for part in parts]) + b"}"


def projection(dictionary: Dictionary, table: Table, fields: Sequence[str], view: View) -> Projection:
    """Compile a list of columns (empty: all).  Unknown ones are left out, as the platform does."""
    path = Path(dictionary, table, prefix="p")
    pairs = []
    for name in dict.fromkeys(fields) if fields else table.columns:
        found = path.column(name)
        if found is not None:
            owner = "t" if "." not in name else f"{path.aliases[name.rpartition('.')[0]]}"
            sql = _kept(found[0]) if name == "value" and table.name == "sys_properties" else found[0]
            pairs.append(f"{literal(name)},{_rendered(path, sql, found[1], owner, view)}")
    objects = [f"json_object({','.join(pairs[i : i + _PAIRS])})" for i in range(0, len(pairs), _PAIRS)]
    sql = ",".join([f"CAST({one} AS BLOB)" for one in objects or ["'{}'"]])
    return Projection(sql, " ".join(path.joins))


def _kept(sql: str) -> str:
    """SQL of the value of a system property, which private ones keep to themselves (4.10)."""
    return f"CASE t.is_private WHEN 'true' THEN '' ELSE {sql} END"


def _rendered(path: Path, sql: str, column: Column, owner: str, view: View) -> str:
    """SQL of one value in the shape of the view's mode: text, or a nested object."""
    if column.type == "password2":
        sql = f"cipher({sql})"
    if column.type == "wiki_text" and view.mode == RAW:
        return f"NULLIF({sql},'')"
    objects = view.links or view.mode == BOTH or (view.mode == SHOWN and view.names_as_objects)
    if column.type in {"reference", "domain_id"} and objects:
        return _reference(path, sql, column, view)
    if view.mode == RAW:
        return _stored(sql, column, owner, view)
    shown = _shown(path, sql, column, owner, view)
    if view.mode == SHOWN:
        return shown
    if column.choices:
        shown = f"CASE {sql} WHEN '' THEN NULL ELSE {shown} END"
    stored = _stored(sql, column, owner, view)
    return f"json_object('display_value',{shown},'value',{stored})"


def _stored(sql: str, column: Column, owner: str, view: View) -> str:
    """SQL of the raw value: journals have none, money is worth what the reader's currency says."""
    if column.is_money:
        return _money("plain", sql, entered(column, owner), view)
    return "''" if column.is_journal else sql


def _money(way: str, sql: str, typed: str, view: View) -> str:
    return f"CASE {sql} WHEN '' THEN '' ELSE money_{way}({typed}, {sql}, {literal(view.locale)}) END"


def _reference(path: Path, sql: str, column: Column, view: View) -> str:
    shown = path.shown(sql, column) if column.type == "reference" else sql
    parts = [] if view.mode == RAW else [f"'display_value',{shown}"]
    if view.links:
        way = "/" if column.key == "sys_id" else f"?{column.key}="
        parts.append(f"'link',{literal(f'{view.base}/{column.reference}{way}')}||{sql}")
    if view.mode != SHOWN:
        at = 1 if view.mode == BOTH and view.link_last else len(parts)
        parts.insert(at, f"'value',{sql}")
    empty = "json_object('display_value','','value','')" if view.mode == BOTH else "''"
    # json() marks the text as JSON whatever a CASE does to SQLite's own mark on it.
    full = f"json_object({','.join(parts)})"
    if view.mode == BOTH:
        return f"json(CASE {sql} WHEN '' THEN {empty} ELSE {full} END)"
    return f"json(CASE {sql} WHEN '' THEN '\"\"' ELSE {full} END)"


def _shown(path: Path, sql: str, column: Column, owner: str, view: View) -> str:
    """SQL of the display value."""
    if column.is_journal:
        return _entries(column.element, owner, view)
    if column.element == "sys_class_name":
        cases = " ".join(f"WHEN '{table.name}' THEN {literal(table.label)}" for table in path.dictionary)
        return f"CASE {sql} {cases} ELSE {sql} END"
    if column.choices or column.type == "reference":
        return path.shown(sql, column)
    if column.is_instant:
        empty = "UNKNOWN" if column.type == "due_date" else ""
        return f"CASE {sql} WHEN '' THEN '{empty}' ELSE {view.dated(sql)} END"
    if column.type == "glide_date" and view.form:
        return view.dated(sql)
    if column.type in TIMES:
        return f"substr({sql},12)"
    if column.type == "glide_duration":
        return f"CASE {sql} WHEN '' THEN '' ELSE span({sql}) END"
    if column.is_money:
        return _money("shown", sql, entered(column, owner), view)
    if column.type == "integer":
        return f"CASE {sql} WHEN '' THEN '' ELSE printf('%,d', CAST({sql} AS INTEGER)) END"
    if column.type == "glide_list" and (target := path.dictionary.get(column.reference)) and target.display:
        listed = f"""json_each('['||replace(json_quote({sql}),',','","')||']')"""
        names = (
            f"SELECT group_concat(COALESCE(d.\"{target.display}\", l.value), ', ') FROM {listed} l"
            f' LEFT JOIN "{target.root}" d ON d."sys_id" = trim(l.value)'
        )
        return f"CASE {sql} WHEN '' THEN '' ELSE ({names}) END"
    return sql


def display(path: Path, sql: str, column: Column, view: View) -> str:
    """SQL of the display value of a column that is no journal, of whichever records have it.

    Money is shown by what the records keep, in the reference currency, and not as it was entered into one.
    """
    if column.is_money:
        return _money("shown", sql, "NULL", view)
    return sql if column.is_journal else _shown(path, sql, column, "t", view)


def _entries(element: str, owner: str, view: View) -> str:
    """SQL of a journal as the form shows it: newest first, stamp, author, kind, text."""
    elements = "'work_notes','comments'" if element == "comments_and_work_notes" else f"'{element}'"
    kinds = " ".join(f"WHEN '{name}' THEN '{label}'" for name, label in _KIND.items())
    stamp = view.dated("e.sys_created_on")
    author = (
        "COALESCE((SELECT u.name FROM sys_user u WHERE u.user_name = e.sys_created_by), e.sys_created_by)"
    )
    line = f"{stamp}||' - '||{author}||' ('||CASE e.element {kinds} ELSE e.element END||')'||char(10)"
    rows = (
        f"SELECT {line}||e.value||char(10)||char(10) AS entry FROM sys_journal_field e"
        f" WHERE e.element_id = {owner}.sys_id AND e.element IN ({elements}) ORDER BY e.rowid DESC"
    )
    return f"COALESCE((SELECT group_concat(entry, '') FROM ({rows})), '')"

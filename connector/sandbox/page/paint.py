"""From a request to a page: which table, which record, which template."""

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from connector.sandbox.attachment import content_of
from connector.sandbox.dictionary import Table
from connector.sandbox.error import NotFound
from connector.sandbox.page.form import form
from connector.sandbox.page.listing import listing
from connector.sandbox.page.record import Record, Shelf
from connector.sandbox.rest.turn import Answer

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

HTML = "text/html;charset=UTF-8"

_KIND = re.compile(r"[\w.+-]+/[\w.+-]+\Z")

_pages = Environment(
    loader=PackageLoader("connector.sandbox.page", "template"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = _pages.get_template("style.css").render()
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'self'"
)


def page(status: int, template: str, **told: Any) -> Answer:
    """A rendered template.  Should something unescaped ever get in, the browser is told to run nothing."""
    body = _pages.get_template(template).render(style=_STYLE, **told).encode()
    return Answer(status, body, [("Content-Security-Policy", _POLICY)], HTML)


def painted(rest: "Rest", zone: str, name: str, asked: dict[str, str]) -> Answer:
    """The page at `/{name}.do`, the overview for no name.  Raises `RecordError`."""
    shelf = Shelf(rest, zone)
    if not name:
        return page(200, "overview.html", title="Tables", tables=overview(shelf))
    dictionary = rest.instance.dictionary
    if name.endswith("_list") and dictionary.get(name) is None:
        table = dictionary[name.removesuffix("_list")]
        shown = listing(shelf, table, asked)
        return page(200, "list.html", title=table.label, table=table, **shown)
    record = _record(shelf, dictionary[name], asked)
    if name == "sys_attachment":
        return _file(rest, record.sys_id)
    if record.table != name:
        return Answer(302, headers=[("Location", record.address)], kind="")
    return page(200, "form.html", title=record.title, table=dictionary[record.table], **form(shelf, record))


def _record(shelf: Shelf, table: Table, asked: dict[str, str]) -> Record:
    """By sys_id, or the first that a query finds, as the platform's links have it."""
    sys_id = asked.get("sys_id", "")
    query = f"sys_id={sys_id}" if sys_id and "^" not in sys_id else asked.get("sysparm_query", "")
    found = shelf.records(table, query, limit=1)[0] if query else []
    if not found:
        raise NotFound
    return found[0]


def _file(rest: "Rest", sys_id: str) -> Answer:
    """The file itself, to be kept and not to be opened in the page's place."""
    row = rest.instance.get("sys_attachment", sys_id) or {}
    kind = row["content_type"] if _KIND.match(row["content_type"]) else "application/octet-stream"
    kept = f"attachment;filename*=UTF-8''{quote(row['file_name'], safe='')}"
    headers = [("Content-Disposition", kept), ("Content-Security-Policy", "sandbox")]
    return Answer(200, content_of(rest.instance, sys_id), headers, kind)


def overview(shelf: Shelf) -> list[tuple[Table, int]]:
    """Every table with its number of records: work first, the system's own and empty ones last."""
    work = set(shelf.dictionary.family("task"))

    def place(one: tuple[Table, int]) -> tuple[bool, bool, bool, str]:
        table, count = one
        return count == 0, table.name.startswith("sys_"), table.name not in work, table.label

    return sorted(((table, shelf.instance.count(table.name)) for table in shelf.dictionary), key=place)

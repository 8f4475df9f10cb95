"""The Table API (platform facts, section 1): lists and records of any table, read and written."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from connector.sandbox.body import incoming
from connector.sandbox.dictionary import Table
from connector.sandbox.error import MethodNotAllowed, NotAcceptable, NotFound, NothingFound
from connector.sandbox.moment import stamp
from connector.sandbox.projection import View
from connector.sandbox.rest.cache import Cache
from connector.sandbox.rest.paging import filters, page_headers, refuse_odd
from connector.sandbox.rest.turn import Answer, Turn
from connector.sandbox.rest.view import seen

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

_JSON = re.compile(r"(?:^|[,\s])(?:application/json|application/\*|text/json|\*/\*)", re.IGNORECASE)
_SYS_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}\Z")


class TableApi:
    """`/api/now[/v1|/v2]/table/{table}[/{sys_id}]`."""

    open = False
    reads: Literal["json", "raw"] = "json"

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance
        self._reading = rest.reading
        self._manner = rest.manner
        self._cache = Cache(rest.instance)

    def answer(self, turn: Turn) -> Answer:
        """A list, a record, or what became of a write.  Raises `RecordError`."""
        method, sys_id = turn.method, turn.logged.sys_id
        shape = self._instance.open_table(turn.logged.table)
        accept = turn.request.headers.get("Accept") or "*/*"
        if not _JSON.search(accept):
            raise NotAcceptable(accept)
        asked, where = turn.asked, turn.base + turn.stem
        order = (self._manner.link_last, self._manner.names_as_objects)
        view = View(asked.display, asked.links, where, turn.zone, turn.form, turn.locale, *order)
        if sys_id and method in {"GET", "HEAD", "PUT", "PATCH", "DELETE"}:
            return self._one(turn, shape, view)
        if method == "POST" and not sys_id:
            return self._create(turn, shape, view)
        if method in {"GET", "HEAD"} and not sys_id:
            refuse_odd(turn.asked, self._manner)
            manner = (self._manner.negative_prev, self._manner.total_uncounted)
            key = (turn.logged.table, turn.query, turn.asked, turn.user, view, manner)
            if self._manner.visible_after:
                return self._list(turn, view)
            return self._cache.page(key, turn.asked, lambda: self._list(turn, view))
        raise MethodNotAllowed(method)

    def _list(self, turn: Turn, view: View) -> Answer:
        asked, logged = turn.asked, turn.logged
        made_by = self._made_by()
        asked = seen(self._instance, logged.table, asked)
        counted = replace(asked, count=True) if self._manner.total_uncounted else asked
        page = self._reading.page(logged.table, counted, filters(asked), view, turn.user, made_by=made_by)
        headers = page_headers(turn, f"{view.base}/{logged.table}", page, self._manner)
        if turn.version == "v1" and not page.fragments:
            raise NothingFound
        listed = b",".join(page.fragments)
        return Answer(200, b'{"result":[%b]}' % listed, headers)

    def _one(self, turn: Turn, shape: Table, view: View) -> Answer:
        instance, logged = self._instance, turn.logged
        asked = seen(instance, logged.table, turn.asked)
        table, sys_id, user = logged.table, logged.sys_id, turn.user
        if instance.domains.hides(user, shape, sys_id, everywhere=asked.everywhere):
            raise NotFound
        if instance.access.limits(user, shape) and instance.unseen(shape, [sys_id], user):
            raise NotFound
        made_by = self._made_by()
        if made_by and turn.method in {"GET", "HEAD"}:
            known = instance.get(table, sys_id)
            if known is None or known.get("sys_created_on", "") > made_by:
                raise NotFound
        if turn.method == "DELETE":
            real = instance.records.current(shape, sys_id)[0] if shape.children else shape
            instance.access.require(user, "delete", real)
            instance.delete(table, sys_id, user=user)
            logged.committed = True
            return Answer(204)
        if turn.method in {"PUT", "PATCH"}:
            real = instance.records.current(shape, sys_id)[0] if shape.children else shape
            instance.access.require(user, "write", real)
            zone = view.zone if asked.input_display else None
            fields = incoming(instance, real, turn.record(), user, zone, view.form, sys_id)
            wanted = instance.dictionary.get(fields.get("sys_class_name", ""))
            if wanted and wanted.root == real.root and wanted is not real:
                instance.access.require(user, "create", wanted)
                shape = wanted
            instance.update(table, sys_id, fields, user=user, stamps=asked.stamps)
            logged.committed = True
        return Answer(200, self._reading.one(shape, sys_id, asked.fields, view, user))

    def _made_by(self) -> str:
        """The latest creation that reads see, "" where all is seen at once."""
        lag = self._manner.visible_after
        return stamp(int(self._instance.now() - lag)) if lag else ""

    def _create(self, turn: Turn, shape: Table, view: View) -> Answer:
        instance, logged = self._instance, turn.logged
        asked = seen(instance, logged.table, turn.asked)
        body = turn.record()
        instance.access.require(turn.user, "create", shape)
        zone = view.zone if asked.input_display else None
        fields = incoming(instance, shape, body, turn.user, zone, view.form)
        if shape.name in instance.records.numbers:
            fields.pop("number", None)
        wished = body.get("sys_id")
        if isinstance(wished, str) and _SYS_ID.match(wished):
            fields["sys_id"] = wished
        logged.sys_id = sys_id = instance.insert(shape.name, fields, user=turn.user)["sys_id"]
        logged.committed = True
        where = f"{view.base}/{shape.name}/{sys_id}"
        shown = self._reading.one(shape, sys_id, asked.fields, view, turn.user)
        return Answer(201, shown, [("Location", where)])

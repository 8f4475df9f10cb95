"""The Attachment API (platform facts, 3.3): metadata as JSON, files as they are."""

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from connector.sandbox.attachment import attach, content_of
from connector.sandbox.error import Malformed, NotFound, RecordError
from connector.sandbox.projection import View
from connector.sandbox.rest.paging import filters, page_headers, refuse_odd
from connector.sandbox.rest.turn import Answer, Turn

if TYPE_CHECKING:
    from connector.sandbox.rest.front import Rest

STEM = "/api/now/attachment"
"""Links carry no version, whatever the request had."""

FIELDS = (
    "table_sys_id",
    "size_bytes",
    "sys_updated_on",
    "sys_id",
    "image_height",
    "sys_created_on",
    "file_name",
    "sys_created_by",
    "compressed",
    "average_image_color",
    "sys_updated_by",
    "sys_tags",
    "table_name",
    "image_width",
    "sys_mod_count",
    "content_type",
    "size_compressed",
    "chunk_size_bytes",
    "hash",
    "state",
)

Metadata = dict[str, str]


class _Attachments:
    """What both halves of the API share: who may see and change which file."""

    def __init__(self, rest: "Rest") -> None:
        self._instance = rest.instance
        self._reading = rest.reading
        self._manner = rest.manner

    def _one(self, turn: Turn) -> Metadata:
        """The metadata of the attachment in the path.  Raises `NotFound`, also where the record is hidden."""
        sys_id = turn.parts["sys_id"]
        row = self._instance.get("sys_attachment", sys_id)
        if row is None or not self._visible(turn.user, [row]):
            raise NotFound
        return row

    def _visible(self, user: str, rows: list[Metadata]) -> list[Metadata]:
        """The rows whose records the user may read; a record that is gone hides nothing."""
        instance = self._instance
        by_table: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            by_table[row["table_name"]].append(row["table_sys_id"])
        hidden: set[tuple[str, str]] = set()
        for name, sys_ids in by_table.items():
            table = instance.dictionary.get(name)
            if table is not None:
                hidden |= {(name, sys_id) for sys_id in instance.unseen(table, sys_ids, user)}
        return [row for row in rows if (row["table_name"], row["table_sys_id"]) not in hidden]

    def _require(self, turn: Turn, table: str, sys_id: str) -> None:
        """The user may change the record.  Raises `RecordError`."""
        shape = self._instance.open_table(table)
        if self._instance.unseen(shape, [sys_id], turn.user):
            raise NotFound
        self._instance.access.require(turn.user, "write", self._instance.records.current(shape, sys_id)[0])

    def _shown(self, turn: Turn, row: Metadata) -> Metadata:
        """The keys as recorded, with the address of the file."""
        found: Metadata = {}
        for name in FIELDS:
            found[name] = row[name]
            if name == "size_bytes":
                found["download_link"] = f"{turn.base}{STEM}/{row['sys_id']}/file"
        return found


class AttachmentApi(_Attachments):
    """`/api/now[/v1]/attachment[/{sys_id}]`: lists, metadata, renaming, deleting."""

    open = False
    reads: Literal["json", "raw"] = "json"

    def answer(self, turn: Turn) -> Answer:
        """Metadata, or 204 for what was done."""
        if not turn.parts:
            if turn.method not in {"GET", "HEAD"}:
                raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
            return self._list(turn)
        row = self._one(turn)
        if turn.method in {"GET", "HEAD"}:
            return Answer(200, _json({"result": self._shown(turn, row)}))
        if turn.method == "PATCH":
            self._rename(turn, row)
        elif turn.method == "DELETE":
            self._require(turn, row["table_name"], row["table_sys_id"])
            self._instance.delete("sys_attachment", row["sys_id"], user=turn.user)
        else:
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        turn.logged.committed = True
        return Answer(204)

    def _rename(self, turn: Turn, row: Metadata) -> None:
        name = turn.record().get("file_name")
        if not isinstance(name, str) or not name:
            raise Malformed("file_name is missing")
        self._require(turn, row["table_name"], row["table_sys_id"])
        self._instance.update("sys_attachment", row["sys_id"], {"file_name": name}, user=turn.user)

    def _list(self, turn: Turn) -> Answer:
        asked = turn.asked
        refuse_odd(asked, self._manner)
        plain = View(links=False)
        wanted = replace(asked, fields=FIELDS)
        page = self._reading.page("sys_attachment", wanted, filters(asked), plain, turn.user)
        rows = self._visible(turn.user, [json.loads(one) for one in page.fragments])
        headers = page_headers(turn, f"{turn.base}{turn.stem}", page, self._manner)
        return Answer(200, _json({"result": [self._shown(turn, row) for row in rows]}), headers)


class FileApi(_Attachments):
    """`GET …/attachment/{sys_id}/file`, `POST …/attachment/file` and `POST …/attachment/upload`."""

    open = False
    reads: Literal["json", "raw"] = "raw"

    def answer(self, turn: Turn) -> Answer:
        """A file, or the metadata of one that was sent."""
        if turn.parts:
            if turn.method not in {"GET", "HEAD"}:
                raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
            return self._file(turn)
        if turn.method != "POST":
            raise RecordError(405, "Method Not Allowed", f"{turn.method} is not supported here")
        kind = turn.request.headers.get("Content-Type") or ""
        if turn.path.rstrip("/").endswith("/upload"):
            return self._keep(turn, *_form(kind, turn.request.body))
        return self._keep(turn, turn.logged.params, turn.request.body, kind)

    def _file(self, turn: Turn) -> Answer:
        row = self._one(turn)
        name = row["file_name"]
        plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\' else "_" for sign in name)
        pretty = json.dumps(self._shown(turn, row), indent=2).replace("\n", "")
        headers = [
            (
                "Content-Disposition",
                f"attachment;filename=\"{plain}\";filename*=UTF-8''{quote(name, safe='')}",
            ),
            ("x-attachment-metadata", pretty),
        ]
        kind = "".join(sign for sign in row["content_type"] if " " <= sign <= "~")
        return Answer(200, content_of(self._instance, row["sys_id"]), headers, kind)

    def _keep(self, turn: Turn, fields: dict[str, str], content: bytes, kind: str) -> Answer:
        missing = [name for name in ("table_name", "table_sys_id", "file_name") if not fields.get(name)]
        if missing:
            raise RecordError(400, "Bad Request", f"missing: {', '.join(missing)}")
        table, record = fields["table_name"], fields["table_sys_id"]
        self._require(turn, table, record)
        made = attach(
            self._instance,
            table,
            record,
            fields["file_name"],
            content,
            content_type=kind or "application/octet-stream",
            user=turn.user,
        )
        turn.logged.sys_id, turn.logged.committed = made, True
        row = self._instance.get("sys_attachment", made) or {}
        where = f"{turn.base}{STEM}/{made}/file"
        return Answer(201, _json({"result": self._shown(turn, row)}), [("Location", where)])


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _form(kind: str, body: bytes) -> tuple[dict[str, str], bytes, str]:
    """The fields of a multipart form, the file in it and the file's type.  Raises `RecordError`.

    The file's own name counts unless the form has a `file_name`.
    """
    from email import message_from_string  # here, because few upload forms and all of them start

    boundary = message_from_string(f"Content-Type: {kind}\r\n\r\n").get_boundary()
    if not boundary:
        raise RecordError(415, "Unsupported Media Type", f"{kind or 'nothing'} is not supported")
    fields: dict[str, str] = {}
    content, file_kind, named = None, "", ""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))[1:-1]:
        head, _, inside = part.partition(b"\r\n\r\n")
        told = message_from_string(head.lstrip(b"\r\n").decode("utf-8", "replace") + "\r\n\r\n")
        name = str(told.get_param("name", "", header="content-disposition"))
        if told.get_filename() is not None:
            content, named = inside, told.get_filename() or ""
            file_kind = told.get_content_type() if told.get("Content-Type") else ""
        else:
            fields[name] = inside.decode("utf-8", "replace")
    if content is None:
        raise RecordError(400, "Bad Request", "missing: a file")
    return {"file_name": named} | fields, content, file_kind

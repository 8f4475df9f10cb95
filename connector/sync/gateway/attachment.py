"""Files at records, through the Attachment API (platform facts, §3.3): listed, put, taken away again."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import requests

from connector.errors import Unavailable
from connector.sync.gateway.answer import result_of
from connector.sync.gateway.line import Line
from connector.sync.gateway.query import record_id, table_name, term


class Attached(NamedTuple):
    """A file at a record."""

    sys_id: str
    name: str
    created_by: str


class Attachments:
    """The files of one instance. Each call is one request and raises what `Line.call` raises."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def of(self, table: str, sys_id: str) -> list[Attached]:
        """The files of a record, at most a hundred, oldest first."""
        what = f"reading the files of {table}/{sys_id}"
        asked = {
            "sysparm_query": "^".join(
                (
                    term("table_name", "=", table_name(table)),
                    term("table_sys_id", "=", record_id(sys_id)),
                    "ORDERBYsys_created_on",
                )
            ),
            "sysparm_limit": "100",
        }

        def meaning(response: requests.Response) -> list[Attached]:
            rows = result_of(response, what)
            if not isinstance(rows, list) or not all(type(row) is dict for row in rows):
                raise Unavailable(f"{what}: the result is not a list of files")
            return [
                Attached(row.get("sys_id", ""), row.get("file_name", ""), row.get("sys_created_by", ""))
                for row in rows
            ]

        return self._line.call("GET", "/attachment", what, meaning, write=False, parameters=asked)

    def put(self, table: str, sys_id: str, name: str, content: bytes, kind: str) -> str:
        """Put a file at a record; the sys_id of the file.

        A lost answer leaves it in doubt: list the files before anything else.
        """
        what = f"attaching {name} to {table}/{sys_id}"
        asked: Mapping[str, str] = {
            "table_name": table_name(table),
            "table_sys_id": record_id(sys_id),
            "file_name": name,
        }

        def meaning(response: requests.Response) -> str:
            made = result_of(response, what)
            if type(made) is not dict or not made.get("sys_id"):
                raise Unavailable(f"{what}: the result is not a file")
            return str(made["sys_id"])

        return self._line.call(
            "POST", "/attachment/file", what, meaning, write=True, parameters=asked, content=(content, kind)
        )

    def take_away(self, files: Sequence[Attached]) -> None:
        """Delete these files; one that is gone already is fine."""
        for one in files:
            what = f"deleting the file {one.name}"

            def meaning(response: requests.Response, what: str = what) -> None:
                if response.status_code not in (204, 404):
                    result_of(response, what)

            self._line.call(
                "DELETE", "/attachment", what, meaning, write=True, append=f"/{record_id(one.sys_id)}"
            )

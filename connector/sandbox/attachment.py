"""Files at records: metadata in `sys_attachment`, content in `sys_attachment_doc`.

The content is compressed and cut into pieces, each a row of base64, as the platform keeps it.
"""

import base64
import gzip
import hashlib
from itertools import count
from typing import TYPE_CHECKING

from connector.sandbox.store import Store

if TYPE_CHECKING:
    from connector.sandbox.instance import Instance

CHUNK = 700_000
"""Bytes of compressed content in one row."""


def attach(
    instance: "Instance",
    table: str,
    sys_id: str,
    file_name: str,
    content: bytes,
    *,
    content_type: str = "application/octet-stream",
    user: str = "admin",
) -> str:
    """Put a file at a record, which is taken to exist; returns the sys_id of the attachment."""
    packed = gzip.compress(content, mtime=0)
    with instance.lock:
        made = instance.insert(
            "sys_attachment",
            {
                "table_name": table,
                "table_sys_id": sys_id,
                "file_name": file_name,
                "content_type": content_type,
                "size_bytes": str(len(content)),
                "size_compressed": str(len(packed)),
                "compressed": "true",
                "chunk_size_bytes": str(CHUNK),
                "state": "available",
                "hash": hashlib.sha256(content).hexdigest(),
            },
            user=user,
        )["sys_id"]
        for position, at in zip(count(), range(0, len(packed), CHUNK), strict=False):
            piece = packed[at : at + CHUNK]
            instance.insert(
                "sys_attachment_doc",
                {
                    "sys_attachment": made,
                    "position": str(position),
                    "length": str(len(piece)),
                    "data": base64.b64encode(piece).decode(),
                },
                user=user,
            )
    return made


def content_of(instance: "Instance", attachment: str) -> bytes:
    """The file; empty where no content is kept, as for a row of `sys_attachment` that was posted as such."""
    with instance.lock:
        pieces = instance.store.db.execute(
            "SELECT data FROM sys_attachment_doc WHERE sys_attachment = ? ORDER BY CAST(position AS INTEGER)",
            (attachment,),
        ).fetchall()
    return gzip.decompress(b"".join(base64.b64decode(piece[0]) for piece in pieces)) if pieces else b""


def forget(store: Store, sys_id: str) -> None:
    """Remove the files of a record that is gone, and the content of an attachment that is."""
    files = "SELECT sys_id FROM sys_attachment WHERE table_sys_id = ?"
    store.db.execute(f"DELETE FROM sys_attachment_doc WHERE sys_attachment IN ({files})", (sys_id,))
    store.db.execute("DELETE FROM sys_attachment_doc WHERE sys_attachment = ?", (sys_id,))
    store.db.execute("DELETE FROM sys_attachment WHERE table_sys_id = ?", (sys_id,))

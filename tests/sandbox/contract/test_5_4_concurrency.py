"""5.4: no ETag, no If-Match: the last writer wins, and `sys_mod_count` is all that tells of the others."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

LIST = "/api/now/table/incident"


def _made(wire: Any) -> str:
    return f"{LIST}/{wire.instance.insert('incident', {'short_description': 'x'})['sys_id']}"


def test_the_last_writer_wins(wire: Any) -> None:
    """Whatever the second had read before; a header that asks for more is ignored."""
    path = _made(wire)
    assert "ETag" not in wire.get(path).headers
    wire.patch(path, json={"short_description": "first", "urgency": "1"})
    late = wire.patch(path, json={"short_description": "second"}, headers={"If-Match": '"0"'})
    assert late.status_code == 200
    row = late.json()["result"]
    assert (row["short_description"], row["urgency"], row["sys_mod_count"]) == ("second", "1", "2")


def test_each_write_counts_once_however_many_come_at_once(wire: Any) -> None:
    """Eight writers with connections of their own; none is lost from the count, and one of them is last."""
    path = _made(wire)
    texts = [f"writer {n}" for n in range(8)]

    def write(text: str) -> int:
        return requests.patch(
            f"{wire.base}{path}", json={"short_description": text}, auth=wire.auth, timeout=10
        ).status_code

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(write, texts)) == {200}
    row = wire.get(path).json()["result"]
    assert row["sys_mod_count"] == "8"
    assert row["short_description"] in texts

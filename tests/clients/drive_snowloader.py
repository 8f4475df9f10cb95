"""snowloader, as it comes from the registry: sweeps, deltas, deletions and documents, against the sandbox."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from snowloader import (
    AttachmentLoader,
    FileCheckpoint,
    IncidentLoader,
    ProblemLoader,
    SnowConnection,
    SnowConnectionError,
)

Pair = tuple[str, str]
DESK = "http://desk.example.com"
"""It takes no address without a domain; the sandbox is its proxy."""
VPN = "10000000000000000000000000000001"
PAGED = "short_description=Generated for paging"


@pytest.fixture
def connection(url: str, boss: Pair) -> SnowConnection:
    """Logged in as the boss, with pages of 40."""
    return SnowConnection(DESK, *boss, page_size=40, max_retries=0, proxy=url)


def test_a_sweep_by_offset_checks_itself(connection: SnowConnection) -> None:
    """Counts by the Aggregate API, pages, and compares: 247 different records."""
    assert connection.get_count("incident", PAGED) == 247
    rows = list(connection.get_records("incident", PAGED, fields=["sys_id", "number"], verify=True))
    assert len({row["sys_id"] for row in rows}) == 247


def test_a_sweep_by_keyset_goes_on_where_it_stopped(connection: SnowConnection, tmp_path: Path) -> None:
    """`sys_id>` the last one, with a position on disk."""
    at = FileCheckpoint(str(tmp_path / "position.json"))
    wanted = {"query": PAGED, "fields": ["sys_id"], "keyset": True, "checkpoint": at}
    sweep = connection.get_records("incident", **wanted)
    seen = [next(sweep)["sys_id"] for _ in range(100)]
    sweep.close()
    seen += [row["sys_id"] for row in connection.get_records("incident", **wanted)]
    assert len(set(seen)) == 247


def test_pages_are_fetched_at_once(connection: SnowConnection) -> None:
    """Four threads, each with a session of its own."""
    rows = list(connection.concurrent_get_records("incident", PAGED, fields=["sys_id"], max_workers=4))
    assert len({row["sys_id"] for row in rows}) == 247


def test_reconcile_tells_added_changed_and_deleted_apart(
    connection: SnowConnection, url: str, boss: Pair
) -> None:
    """What came, what changed and what `sys_audit_delete` remembers, since a moment."""
    with requests.Session() as session:
        session.auth = boss
        table = f"{url}/api/now/table/incident"
        now = parsedate_to_datetime(session.get(table, params={"sysparm_limit": 1}).headers["Date"])
        since = now - timedelta(seconds=1)  # by the clock of the instance, which need not be ours
        made = [
            session.post(table, json={"short_description": f"new {n}"}).json()["result"]["sys_id"]
            for n in range(2)
        ]
        session.patch(f"{table}/{VPN}", json={"work_notes": "seen by snowloader"})
        session.delete(f"{table}/{made[0]}")
    found = connection.reconcile("incident", since=since, query=f"sys_idIN{','.join([*made, VPN])}")
    assert made[1] in {row["sys_id"] for row in found.added}
    assert [row["sys_id"] for row in found.updated] == [VPN]
    assert made[0] in {str(row["sys_id"]) for row in found.deleted}


def test_the_table_tree_is_in_the_dictionary(connection: SnowConnection) -> None:
    """`sys_db_object.super_class`, followed down."""
    assert {"task", "incident", "problem", "incident_task"} <= set(connection.get_table_descendants("task"))
    assert connection.get_table_descendants("incident") == ["incident"]


def test_incidents_become_documents_with_their_journal(
    connection: SnowConnection, url: str, boss: Pair
) -> None:
    """Labels, names and the notes out of `sys_journal_field`."""
    note = {"work_notes": "seen by snowloader"}
    requests.patch(f"{url}/api/now/table/incident/{VPN}", json=note, auth=boss, timeout=5)
    loader = IncidentLoader(connection=connection, query="number=INC0000001", include_journals=True)
    (document,) = loader.load()
    assert "VPN drops every hour" in document.page_content
    assert "1 - Critical" in document.page_content
    assert "seen by snowloader" in document.page_content
    (problem,) = ProblemLoader(connection=connection, query="number=PRB0000001").load()
    assert "VPN gateway" in problem.page_content


def test_files_are_fetched(connection: SnowConnection, url: str, boss: Pair) -> None:
    """Metadata by the Table API, content by the Attachment API."""
    told = {"table_name": "incident", "table_sys_id": VPN, "file_name": "trace.txt"}
    address = f"{url}/api/now/attachment/file"
    made = requests.post(
        address, params=told, data=b"hop 1", auth=boss, headers={"Content-Type": "text/plain"}, timeout=5
    )
    assert made.status_code == 201
    sys_id = made.json()["result"]["sys_id"]
    assert connection.get_attachment(sys_id) == b"hop 1"
    loaded = AttachmentLoader(connection=connection, query=f"sys_id={sys_id}").load()
    assert [one.metadata["file_name"] for one in loaded] == ["trace.txt"]


def test_logs_in_by_oauth_and_token(url: str, agent: Pair, oauth: Pair) -> None:
    """Password grant, client credentials, and a token that somebody else fetched."""
    by_password = SnowConnection(DESK, *agent, client_id=oauth[0], client_secret=oauth[1], proxy=url)
    by_client = SnowConnection(DESK, client_id=oauth[0], client_secret=oauth[1], proxy=url)
    form = {"grant_type": "password", "client_id": oauth[0], "client_secret": oauth[1]}
    form |= {"username": agent[0], "password": agent[1]}
    token = requests.post(f"{url}/oauth_token.do", data=form, timeout=5).json()["access_token"]
    for connection in (by_password, by_client, SnowConnection(DESK, token=token, proxy=url)):
        assert connection.get_record("incident", VPN)["number"] == "INC0000001"


def test_refusals_in_its_own_words(url: str, connection: SnowConnection) -> None:
    """401 and 400 as its own error."""
    with pytest.raises(SnowConnectionError, match="401"):
        SnowConnection(DESK, "boss", "wrong", max_retries=0, proxy=url).get_record("incident", VPN)
    with pytest.raises(SnowConnectionError, match="400"):
        list(connection.get_records("no_such_table"))

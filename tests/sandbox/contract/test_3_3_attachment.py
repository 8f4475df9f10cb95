"""Attachments: files at records, their metadata, and who may touch them (section 3.3)."""

import hashlib
import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.sandbox.attachment import attach, content_of

PATH = "/api/now/attachment"


@pytest.fixture
def incident(wire: Any) -> str:
    """The sys_id of a record to put files at."""
    made: str = wire.instance.insert("incident", {})["sys_id"]
    return made


def sent(wire: Any, record: str, content: bytes = b"hello", name: str = "test", **more: Any) -> Any:
    """The answer to a file sent as it is."""
    where = {"table_name": "incident", "table_sys_id": record, "file_name": name}
    return wire.post(
        f"{PATH}/file", params=where, data=content, headers={"Content-Type": "text/plain"}, **more
    )


def test_metadata_as_recorded(wire: Any, incident: str) -> None:
    """201, the file's address without a version, text in every value, the digest that Ansible compares."""
    answer = sent(wire, incident)
    made = answer.json()["result"]
    assert answer.status_code == 201
    where = f"{wire.base}{PATH}/{made['sys_id']}/file"
    assert (answer.headers["Location"], made["download_link"]) == (where, where)
    wanted = {
        "chunk_size_bytes": "700000",
        "compressed": "true",
        "content_type": "text/plain",
        "file_name": "test",
        "hash": hashlib.sha256(b"hello").hexdigest(),
        "size_bytes": "5",
        "state": "available",
        "sys_created_by": "connector",
        "table_name": "incident",
        "table_sys_id": incident,
    }
    assert {name: made[name] for name in wanted} == wanted
    assert all(isinstance(value, str) for value in made.values())
    assert wire.result(f"{PATH}/{made['sys_id']}") == made
    assert wire.result(f"/api/now/v1/attachment/{made['sys_id']}")["download_link"] == where


@pytest.mark.parametrize("name", ["test", "打印机 1.txt", 'a"b;c\\d.txt', "x\r\nSet-Cookie: y"])
def test_download(wire: Any, incident: str, name: str) -> None:
    """The bytes, the type, the name in both forms, the metadata as a header."""
    made = sent(wire, incident, b"\x00\xff\r\n", name).json()["result"]
    answer = wire.get(f"{PATH}/{made['sys_id']}/file")
    assert (answer.status_code, answer.content) == (200, b"\x00\xff\r\n")
    assert answer.headers["Content-Type"] == "text/plain"
    disposition = answer.headers["Content-Disposition"]
    if name == "test":
        assert disposition == "attachment;filename=\"test\";filename*=UTF-8''test"
    assert unquote(disposition.partition("UTF-8''")[2]) == name
    assert json.loads(answer.headers["x-attachment-metadata"]) == made
    assert "y" not in wire.session.cookies.values()


def test_upload_of_a_form(wire: Any, incident: str) -> None:
    """A multipart form as browsers and libraries send it, byte for byte."""
    content = bytes(range(256)) * 3 + b"\r\n--boundary\r\n\r"
    form = {"table_name": "incident", "table_sys_id": incident}
    answer = wire.post(f"{PATH}/upload", data=form, files={"uploadFile": ("图.bin", content, "image/png")})
    made = answer.json()["result"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{wire.base}{PATH}/{made['sys_id']}/file"
    assert (made["file_name"], made["content_type"]) == ("图.bin", "image/png")
    assert wire.get(f"{PATH}/{made['sys_id']}/file").content == content


def test_lists(wire: Any, incident: str) -> None:
    """A query, a count, pages."""
    other = wire.instance.insert("incident", {})["sys_id"]
    for number in range(3):
        sent(wire, incident, name=f"{number}.txt")
    sent(wire, other)
    query = {"sysparm_query": f"table_sys_id={incident}^ORDERBYfile_name"}
    answer = wire.get(PATH, params=query)
    assert [one["file_name"] for one in answer.json()["result"]] == ["0.txt", "1.txt", "2.txt"]
    assert answer.headers["X-Total-Count"] == "3"
    page = wire.get(PATH, params=query | {"sysparm_limit": "2", "sysparm_offset": "2"})
    assert [one["file_name"] for one in page.json()["result"]] == ["2.txt"]
    assert 'rel="prev"' in page.headers["Link"]
    assert len(wire.result(PATH, table_sys_id=other)) == 1


def test_rename_and_delete(wire: Any, incident: str) -> None:
    """204 both; afterwards nothing is left of the content either."""
    made = sent(wire, incident).json()["result"]
    path = f"{PATH}/{made['sys_id']}"
    assert wire.patch(path, json={"file_name": "other"}).status_code == 204
    assert wire.result(path)["file_name"] == "other"
    assert wire.patch(path, json={}).status_code == 400
    gone = wire.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert wire.get(path).status_code == 404
    assert wire.get(f"{path}/file").status_code == 404
    assert wire.instance.count("sys_attachment_doc") == 0


def test_files_go_with_their_record(wire: Any, incident: str) -> None:
    """Deleting the record deletes what was attached to it, and nothing else."""
    other = wire.instance.insert("incident", {})["sys_id"]
    sent(wire, incident)
    kept = sent(wire, other).json()["result"]["sys_id"]
    wire.delete(f"/api/now/table/incident/{incident}")
    assert [row["sys_id"] for row in wire.instance.rows("sys_attachment")] == [kept]
    assert wire.instance.count("sys_attachment_doc") == 1
    wire.delete(f"/api/now/table/sys_attachment/{kept}")
    assert wire.instance.count("sys_attachment_doc") == 0


def test_files_are_as_open_as_their_record(wire: Any, incident: str) -> None:
    """Who may not read the record finds no file, who may not write it adds and removes none."""
    problem = wire.instance.insert("problem", {})["sys_id"]
    attach(wire.instance, "problem", problem, "p", b"p")
    made = sent(wire, incident).json()["result"]["sys_id"]
    wire.instance.add_user("reader", name="R", password="secret", roles=["sn_incident_read"])
    wire.auth = ("reader", "secret")
    listed = wire.get(PATH)
    assert [one["sys_id"] for one in listed.json()["result"]] == [made]
    assert listed.headers["X-Total-Count"] == "2"
    assert wire.get(f"{PATH}/{made}/file").content == b"hello"
    hidden = wire.instance.rows("sys_attachment", "table_name=problem")[0]["sys_id"]
    for path in (f"{PATH}/{hidden}", f"{PATH}/{hidden}/file"):
        assert wire.get(path).status_code == 404
    assert sent(wire, incident).status_code == 403
    assert wire.patch(f"{PATH}/{made}", json={"file_name": "x"}).status_code == 403
    assert wire.delete(f"{PATH}/{made}").status_code == 403
    assert wire.instance.count("sys_attachment") == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"table_name": ""}, 400),
        ({"table_sys_id": ""}, 400),
        ({"file_name": ""}, 400),
        ({"table_name": "no_such_table"}, 400),
        ({"table_sys_id": "0" * 32}, 404),
    ],
)
def test_files_that_belong_nowhere(wire: Any, incident: str, change: dict[str, str], status: int) -> None:
    """Refused, and nothing is kept."""
    where = {"table_name": "incident", "table_sys_id": incident, "file_name": "x"} | change
    assert wire.post(f"{PATH}/file", params=where, data=b"x").status_code == status
    assert wire.instance.count("sys_attachment") == 0


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"])
def test_uploads_that_are_no_form(wire: Any, incident: str, kind: str) -> None:
    """An error of the client, and nothing is kept."""
    answer = wire.post(f"{PATH}/upload", data=b"--x\r\nnonsense", headers={"Content-Type": kind})
    assert answer.status_code in {400, 415}
    assert wire.instance.count("sys_attachment") == 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000), times=st.integers(0, 700))
def test_any_content_comes_back(instance: Any, content: bytes, times: int) -> None:
    """What is stored in pieces is what was given."""
    record = instance.insert("incident", {})["sys_id"]
    made = attach(instance, "incident", record, "x", content * times)
    assert content_of(instance, made) == content * times


def test_a_list_pages_as_the_table_does(wire: Any, incident: str) -> None:
    """The same Link and count, by the same switch for the first page's prev."""
    for name in ("a", "b", "c"):
        sent(wire, incident, name=name)
    first = wire.get(PATH, params={"sysparm_limit": "1"})
    assert first.headers["X-Total-Count"] == "3"
    assert 'sysparm_offset=-1>;rel="prev"' in first.headers["Link"]
    wire.rest.manner.negative_prev = False
    assert "prev" not in wire.get(PATH, params={"sysparm_limit": "1"}).headers["Link"]

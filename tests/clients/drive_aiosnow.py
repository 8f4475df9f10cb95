"""aiosnow, as it comes from the registry: what its users do, against the sandbox over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiosnow
import pytest
from aiosnow.exceptions import NoItems, RequestError, TooManyItems
from aiosnow.models import ModelSchema, TableModel, fields
from aiosnow.models.table.declared import IncidentModel

Pair = tuple[str, str]
VPN = "10000000000000000000000000000001"


class Named(TableModel):
    """A table of which two columns are wanted."""

    sys_id = fields.String(is_primary=True)
    name = fields.String()


class Caller(ModelSchema):
    """What a reference to a user leads to."""

    sys_id = fields.String(is_primary=True)
    name = fields.String()
    email = fields.String()


class Incident(TableModel):
    """An incident whose caller is fetched through its link."""

    sys_id = fields.String(is_primary=True)
    number = fields.String()
    short_description = fields.String()
    category = fields.String()
    priority = fields.IntegerMap()
    state = fields.IntegerMap()
    opened_at = fields.DateTime()
    work_notes = fields.String()
    urgency = fields.Integer()
    impact = fields.Integer()
    sys_created_by = fields.String()
    caller_id = Caller


Run = Callable[..., Any]


@pytest.fixture
def run(address: str, agent: Pair) -> Run:
    """Run a coroutine function with the incident model, logged in as the agent or who else is told."""

    def started(act: Callable[[Any], Awaitable[Any]], account: Pair = agent) -> Any:
        async def inside() -> Any:
            client = aiosnow.Client(address, basic_auth=account)
            async with Incident(client, table_name="incident") as incidents:
                return await act(incidents)

        return asyncio.run(inside())

    return started


def test_streams_pages_by_the_next_link(run: Run) -> None:
    """247 records in pages of 40: it goes on while the Link header has a `next`."""

    async def act(incidents: Incident) -> tuple[list[str], int]:
        selection = aiosnow.select(Incident.short_description == "Generated for paging").order_asc(
            Incident.number
        )
        seen: list[str] = []
        pages: list[Any] = []
        async for response, record in incidents.stream(selection, page_size=40, limit=10_000):
            seen.append(record["number"])
            if not pages or pages[-1] is not response:
                pages.append(response)
        return seen, len(pages)

    seen, pages = run(act)
    assert len(seen) == len(set(seen)) == 247
    assert seen == sorted(seen)
    assert pages == 7


def test_conditions_and_or_new_query(run: Run) -> None:
    """Its builder's and, or, exclusive or (NQ), in, between and order."""

    async def act(incidents: Incident) -> list[list[str]]:
        either = (Incident.category == "hardware") | (Incident.category == "software")
        queries = [
            aiosnow.select(either & Incident.number.starts_with("INC000000")).order_desc(Incident.number),
            aiosnow.select((Incident.number == "INC0000001") ^ (Incident.number == "INC0000003")).order_asc(
                Incident.number
            ),
            aiosnow.select(
                Incident.number.in_list(["INC0000002", "INC0000003"])
                & Incident.short_description.contains("mail")
            ),
            aiosnow.select(
                Incident.opened_at.between("2026-03-02 00:00:00", "2026-03-02 23:59:59")
            ).order_asc(Incident.number),
        ]
        return [[row["number"] for row in await incidents.get(query)] for query in queries]

    assert run(act) == [
        ["INC0000003", "INC0000002"],
        ["INC0000001", "INC0000003"],
        ["INC0000003"],
        ["INC0000001", "INC0000002"],
    ]


def test_follows_the_link_of_a_reference(run: Run) -> None:
    """The caller comes from the address in the answer, so links must lead to the sandbox itself."""

    async def act(incidents: Incident) -> Any:
        return (await incidents.get_one(Incident.number == "INC0000001")).data

    found = run(act)
    assert found["caller_id"] == {
        "sys_id": "a0000000000000000000000000000001",
        "name": "Cai Caller",
        "email": "cai@example.com",
    }
    assert (found["priority"].key, found["priority"].value) == (1, "1 - Critical")
    assert found["opened_at"].isoformat() == "2026-03-02T01:00:00"


def test_its_own_incident_model_reads_every_column(address: str, agent: Pair) -> None:
    """All 80 columns it declares deserialise: numbers, dates, durations, choices, journals."""

    async def act() -> Any:
        client = aiosnow.Client(address, basic_auth=agent)
        async with IncidentModel(client, table_name="incident") as incidents:
            return (await incidents.get_one(IncidentModel.number == "INC0000002")).data

    found = asyncio.run(act())
    assert found["short_description"] == "打印机无法连接"
    assert found["active"] is True
    assert found["opened_at"].isoformat() == "2026-03-02T03:00:00"
    assert found["state"].value == "New"
    assert found.keys() == IncidentModel.schema_cls.fields.keys()


def test_create_update_note_delete(run: Run, boss: Pair) -> None:
    """A record's whole life; the boss drives, because only he may delete."""

    async def act(incidents: Incident) -> None:
        made = await incidents.create({"short_description": "From aiosnow", "impact": "2", "urgency": "1"})
        assert made["priority"].key == 2
        assert made["sys_created_by"] == "boss"
        changed = await incidents.update(made["sys_id"], {"state": "2", "work_notes": "Seen by aiosnow"})
        assert changed["state"].value == "In Progress"
        by_condition = await incidents.update(Incident.number == made["number"], {"urgency": "3"})
        assert by_condition["urgency"] == 3
        assert (await incidents.delete(Incident.number == made["number"])).status == 204
        with pytest.raises(NoItems):
            await incidents.get_one(Incident.number == made["number"])

    run(act, boss)


def test_one_and_too_many(run: Run) -> None:
    """`get_one` asks for two to know that there is one."""

    async def act(incidents: Incident) -> None:
        with pytest.raises(TooManyItems):
            await incidents.get_one(Incident.category == "inquiry")

    run(act)


def test_a_file_goes_up_and_down(run: Run, tmp_path: Path) -> None:
    """Upload to a record found by a condition, list, download through `download_link`."""
    (tmp_path / "trace.txt").write_bytes(b"hop 1\nhop 2\n")

    async def act(incidents: Incident) -> None:
        made = await incidents.upload_file(Incident.number == "INC0000003", str(tmp_path / "trace.txt"))
        assert made["file_name"] == "trace.txt"
        listed = await incidents.get_attachments("table_sys_id=10000000000000000000000000000003")
        assert [one["size_bytes"] for one in listed] == [12]
        kept = await incidents.download_file("file_name=trace.txt", str(tmp_path / "down"))
        assert Path(kept.file_path).read_bytes() == b"hop 1\nhop 2\n"
        gone = await incidents._attachment.delete(made["sys_id"])
        assert gone.status == 204

    run(act)


def test_refusals_in_its_own_words(run: Run, address: str, agent: Pair) -> None:
    """401, 400, 403 and 404 as its RequestError, with message and detail."""

    async def act(incidents: Incident) -> None:
        with pytest.raises(
            RequestError, match="No Record found: Record doesn't exist or ACL restricts"
        ) as caught:
            await incidents.update("0" * 32, {"urgency": "1"})
        assert caught.value.status == 404
        with pytest.raises(
            RequestError, match="Data Policy Exception: The following fields are mandatory"
        ) as caught:
            await incidents.update(VPN, {"state": "6"})
        assert caught.value.status == 403
        with pytest.raises(RequestError, match="ACL Exception Delete Failed"):
            await incidents.delete(VPN)

    run(act)

    async def elsewhere(name: str, account: Pair) -> None:
        client = aiosnow.Client(address, basic_auth=account)
        async with Named(client, table_name=name) as rows:
            await rows.get()

    with pytest.raises(RequestError, match="Invalid table no_such_table"):
        asyncio.run(elsewhere("no_such_table", agent))
    with pytest.raises(RequestError, match="User Not Authenticated: Required to provide Auth information"):
        asyncio.run(elsewhere("incident", ("agent", "wrong")))

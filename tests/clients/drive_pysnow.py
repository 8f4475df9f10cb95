"""pysnow 0.7.17, as it comes from the registry: what its users do, against the sandbox over HTTP."""

from pathlib import Path

import pysnow
import pytest
import requests
from pysnow.exceptions import MultipleResults, NoResults

Pair = tuple[str, str]
VPN = "10000000000000000000000000000001"


@pytest.fixture
def client(address: str, agent: Pair) -> pysnow.Client:
    """Logged in as the agent."""
    return pysnow.Client(host=address, user=agent[0], password=agent[1])


@pytest.fixture
def incidents(client: pysnow.Client) -> pysnow.Resource:
    """The incident table."""
    return client.resource(api_path="/table/incident")


def test_pages_by_limit_and_offset(incidents: pysnow.Resource) -> None:
    """All 250 seeded records come once, in pages of 60, the last one short."""
    sizes, seen = [], set()
    while not sizes or sizes[-1] == 60:
        query = "numberISNOTEMPTY^sys_created_by!=agent^ORDERBYsys_id"
        page = incidents.get(query, limit=60, offset=60 * len(sizes)).all()
        sizes.append(len(page))
        seen |= {row["sys_id"] for row in page}
    assert sizes == [60, 60, 60, 60, 10]
    assert len(seen) == 250


def test_streams_what_it_buffers(incidents: pysnow.Resource) -> None:
    """The incremental parser sees the same records as the whole document."""
    query = "category=inquiry^ORDERBYnumber"
    streamed = [row["number"] for row in incidents.get(query, limit=100, stream=True).all()]
    buffered = [row["number"] for row in incidents.get(query, limit=100).all()]
    assert streamed == buffered
    assert len(streamed) == 100
    assert incidents.get("category=no_such", stream=True).first_or_none() is None


def test_the_builder_speaks_and_or_and_order(incidents: pysnow.Resource) -> None:
    """(hardware or software) and active, by number downwards."""
    query = (
        pysnow.QueryBuilder()
        .field("category").equals("hardware").OR().field("category").equals("software")
        .AND().field("sys_created_by").not_equals("agent")
        .AND().field("number").order_descending()
    )  # fmt: skip
    assert [row["number"] for row in incidents.get(query).all()] == ["INC0000003", "INC0000002"]


def test_the_builder_compares_dates_and_text(incidents: pysnow.Resource) -> None:
    """Contains, starts with, between dates."""
    from datetime import datetime

    query = pysnow.QueryBuilder().field("short_description").contains("vpn")
    assert [row["sys_id"] for row in incidents.get(query).all()] == [VPN]
    day = pysnow.QueryBuilder().field("opened_at").between(datetime(2026, 3, 2), datetime(2026, 3, 2, 23))  # noqa: DTZ001
    found = incidents.get(day.AND().field("number").starts_with("INC")).all()
    assert {row["number"] for row in found} == {"INC0000001", "INC0000002"}


def test_a_new_query_is_an_or_of_wholes(incidents: pysnow.Resource) -> None:
    """NQ joins two complete sets of conditions."""
    query = (
        pysnow.QueryBuilder()
        .field("category").equals("network").NQ().field("short_description").equals("Mail is slow")
    )  # fmt: skip
    found = incidents.get(query).all()
    assert {"INC0000001", "INC0000003"} <= {row["number"] for row in found}


def test_fields_dot_walks_and_display_values(client: pysnow.Client) -> None:
    """`fields`, columns behind references, and the three modes of display."""
    incidents = client.resource(api_path="/table/incident")
    walked = incidents.get({"sys_id": VPN}, fields=["number", "caller_id.company.name"]).one()
    assert walked == {"number": "INC0000001", "caller_id.company.name": "Example Works"}
    incidents.parameters.display_value = True
    incidents.parameters.exclude_reference_link = True
    shown = incidents.get({"sys_id": VPN}).one()
    assert (shown["priority"], shown["caller_id"]) == ("1 - Critical", "Cai Caller")
    incidents.parameters.display_value = "all"
    both = incidents.get({"sys_id": VPN}).one()
    assert both["state"] == {"display_value": "In Progress", "value": "2"}


def test_one_none_and_too_many(incidents: pysnow.Resource) -> None:
    """Its own three endings of a look-up."""
    assert incidents.get({"number": "INC0000002"}).one()["short_description"] == "打印机无法连接"
    assert incidents.get({"number": "INC9999999"}).one_or_none() is None
    with pytest.raises(NoResults):
        incidents.get({"number": "INC9999999"}).one()
    with pytest.raises(MultipleResults):
        incidents.get({"category": "inquiry"}).one()


def test_create_update_note_delete(incidents: pysnow.Resource, address: str, boss: Pair) -> None:
    """A record's whole life, with a note read back as the form shows it; only the boss may delete."""
    made = incidents.create({"short_description": "From pysnow", "impact": "2", "urgency": "1"}).one()
    assert made["number"].startswith("INC")
    assert (made["priority"], made["state"], made["sys_created_by"]) == ("2", "1", "agent")
    changed = incidents.update(
        {"number": made["number"]}, {"state": "2", "work_notes": "Seen by pysnow"}
    ).one()
    assert (changed["state"], changed["incident_state"], changed["work_notes"]) == ("2", "2", "")
    incidents.parameters.display_value = True
    assert (
        "Ada Agent (Work notes)\nSeen by pysnow"
        in incidents.get({"sys_id": made["sys_id"]}).one()["work_notes"]
    )
    with pytest.raises(requests.HTTPError, match="403"):
        incidents.delete({"sys_id": made["sys_id"]})
    mighty = pysnow.Client(host=address, user=boss[0], password=boss[1])
    gone = mighty.resource(api_path="/table/incident").delete({"sys_id": made["sys_id"]})
    assert gone == {"status": "record deleted"}
    assert incidents.get({"sys_id": made["sys_id"]}).one_or_none() is None


def test_a_file_goes_up_and_is_listed(incidents: pysnow.Resource, tmp_path: Path) -> None:
    """`upload` of a found record, then the list of its attachments, then away with it."""
    path = tmp_path / "trace.txt"
    path.write_bytes(b"hop 1\nhop 2\n")
    made = incidents.get({"sys_id": VPN}).upload(str(path)).one()
    assert (made["file_name"], made["table_name"], made["size_bytes"]) == ("trace.txt", "incident", "12")
    listed = list(incidents.attachments.get(VPN))
    assert [one["sys_id"] for one in listed] == [made["sys_id"]]
    incidents.attachments.delete(made["sys_id"])
    assert list(incidents.attachments.get(VPN)) == []


def test_statistics_come_as_one_object(client: pysnow.Client) -> None:
    """A resource of the Aggregate API."""
    stats = client.resource(api_path="/stats/incident")
    stats.parameters.add_custom({"sysparm_count": "true"})
    found = stats.get("category=inquiry^short_description=Generated for paging").one()
    assert found == {"stats": {"count": "247"}}


def test_errors_in_its_own_words(address: str, client: pysnow.Client, incidents: pysnow.Resource) -> None:
    """401, 400, 403 and 404 come as requests' HTTPError with the platform's sentences in the body."""

    def refused(act: object) -> tuple[int, dict[str, str]]:
        with pytest.raises(requests.HTTPError) as caught:
            act()  # type: ignore[operator]
        return caught.value.response.status_code, caught.value.response.json()["error"]

    stranger = pysnow.Client(host=address, user="agent", password="wrong")
    status, error = refused(stranger.resource(api_path="/table/incident").get({}).all)
    assert (status, error["detail"]) == (401, "Required to provide Auth information")
    status, error = refused(client.resource(api_path="/table/no_such_table").get({}).all)
    assert (status, error) == (400, {"message": "Invalid table no_such_table", "detail": None})
    status, error = refused(incidents.update({"sys_id": VPN}, {"state": "6"}).one)
    assert status == 403
    assert error["detail"].startswith("Data Policy Exception: The following fields are mandatory: ")
    status, error = refused(incidents.request("PATCH", path_append="/" + "0" * 32, data="{}").one)
    assert (status, error["message"]) == (404, "No Record found")


def test_logs_in_by_oauth(address: str, agent: Pair, oauth: Pair) -> None:
    """Password grant, a call with the token, and its refresh."""
    client = pysnow.OAuthClient(client_id=oauth[0], client_secret=oauth[1], host=address)
    token = client.generate_token(*agent)
    assert token["token_type"] == "Bearer"
    client.set_token(token)
    assert client.resource(api_path="/table/incident").get({"sys_id": VPN}).one()["number"] == "INC0000001"
    renewed: list[dict[str, object]] = []
    client.token_updater = renewed.append
    client.set_token(token | {"expires_at": 1, "expires_in": -1})
    assert client.resource(api_path="/table/incident").get({"sys_id": VPN}).one()["number"] == "INC0000001"
    assert renewed[0]["access_token"]


def test_a_wrong_secret_gets_no_token(address: str, agent: Pair, oauth: Pair) -> None:
    """The platform says little; the client raises its own error."""
    client = pysnow.OAuthClient(client_id=oauth[0], client_secret="wrong", host=address)
    with pytest.raises(pysnow.exceptions.TokenCreateError):
        client.generate_token(*agent)

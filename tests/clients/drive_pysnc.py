"""PySNC, as it comes from the registry: what its users do, against the sandbox over HTTP."""

from pathlib import Path

import pytest
from pysnc import ServiceNowClient
from pysnc.auth import ServiceNowClientCredentialsFlow, ServiceNowPasswordGrantFlow
from pysnc.exceptions import AuthenticationException, RequestException, RoleException
from pysnc.record import GlideRecord

Pair = tuple[str, str]
VPN = "10000000000000000000000000000001"


@pytest.fixture
def client(url: str, agent: Pair) -> ServiceNowClient:
    """Logged in as the agent; without its retries, so that a refusal is seen at once."""
    return ServiceNowClient(url, agent, auto_retry=False)


@pytest.fixture
def incidents(client: ServiceNowClient) -> GlideRecord:
    """The incident table."""
    return client.GlideRecord("incident")


def numbers(found: GlideRecord) -> list[str]:
    """The numbers of what a query found, in its order."""
    return [str(row.number) for row in found]


def test_pages_until_the_total_count(client: ServiceNowClient) -> None:
    """247 generated records in batches of 50: the client asks again until X-Total-Count is reached."""
    found = client.GlideRecord("incident", batch_size=50)
    found.add_query("short_description", "Generated for paging")
    found.order_by("number")
    found.fields = "sys_id,number"
    found.query()
    assert found.get_row_count() == 247
    seen = numbers(found)
    assert len(seen) == 247
    assert seen == sorted(seen)


def test_a_limit_ends_in_the_middle_of_a_batch(client: ServiceNowClient) -> None:
    """75 of them in batches of 50."""
    found = client.GlideRecord("incident", batch_size=50)
    found.add_query("category", "inquiry")
    found.limit = 75
    found.query()
    assert len(numbers(found)) == 75


def test_conditions_or_null_and_order(incidents: GlideRecord) -> None:
    """Its builder: or-conditions, IN, CONTAINS, empty and not empty, downwards."""
    either = incidents.add_query("category", "hardware")
    either.add_or_condition("category", "software")
    incidents.add_query("number", "STARTSWITH", "INC000000")
    incidents.add_not_null_query("caller_id")
    incidents.add_null_query("assigned_to")
    incidents.order_by_desc("number")
    incidents.query()
    assert numbers(incidents) == ["INC0000003", "INC0000002"]


def test_an_encoded_query_beside_conditions(incidents: GlideRecord) -> None:
    """Both apply."""
    incidents.add_query("number", "IN", "INC0000001,INC0000002,INC0000003")
    incidents.add_encoded_query("priority<4^ORDERBYDESCpriority")
    incidents.query()
    assert numbers(incidents) == ["INC0000003", "INC0000001"]


def test_get_values_displays_and_dot_walks(incidents: GlideRecord) -> None:
    """By sys_id with columns behind references, value and display value."""
    incidents.fields = ["number", "state", "opened_at", "caller_id", "caller_id.company.name"]
    assert incidents.get(VPN)
    assert incidents.get_value("state") == "2"
    assert incidents.get_display_value("state") == "In Progress"
    assert incidents.get_display_value("caller_id") == "Cai Caller"
    assert incidents.get_value("caller_id.company.name") == "Example Works"
    assert incidents.opened_at.date_value().isoformat() == "2026-03-02T01:00:00+00:00"
    assert not incidents.get("0" * 32)


def test_display_values_are_in_the_users_zone(url: str) -> None:
    """An account in Shanghai sees eight hours more, in display values only."""
    found = ServiceNowClient(url, ("shanghai", "shanghai-secret")).GlideRecord("incident")
    assert found.get("number", "INC0000001")
    assert found.get_display_value("opened_at") == "2026-03-02 09:00:00"
    assert found.get_value("opened_at") == "2026-03-02 01:00:00"


def test_links_are_there_when_wanted(incidents: GlideRecord, url: str) -> None:
    """Without the client's own exclusion of links."""
    incidents.exclude_reference_link = False
    assert incidents.get(VPN)
    link = incidents.get_element("caller_id").get_link()
    assert link == f"{url}/api/now/table/sys_user/a0000000000000000000000000000001"


def test_insert_update_note_delete(incidents: GlideRecord, url: str, boss: Pair) -> None:
    """A record's whole life under a sys_id of the client's choice; fields that do not exist are ignored."""
    incidents.initialize()
    incidents.set_new_guid_value("e0000000000000000000000000000001")
    incidents.short_description = "From PySNC"
    incidents.impact = "1"
    incidents.urgency = "2"
    incidents.no_such_column = "ignored"
    assert incidents.insert() == "e0000000000000000000000000000001"
    assert (incidents.get_value("priority"), incidents.get_value("sys_created_by")) == ("2", "agent")

    incidents.work_notes = "Seen by PySNC"
    incidents.state = "2"
    assert incidents.update() == "e0000000000000000000000000000001"
    assert "(Work notes)\nSeen by PySNC" in incidents.get_display_value("work_notes")
    count = incidents.get_value("sys_mod_count")
    incidents.state = "2"
    assert incidents.update()
    assert incidents.get_value("sys_mod_count") == count

    with pytest.raises(RoleException, match="ACL Exception Delete Failed due to security constraints"):
        incidents.delete()
    mighty = ServiceNowClient(url, boss).GlideRecord("incident")
    assert mighty.get("e0000000000000000000000000000001")
    assert mighty.delete()
    assert not mighty.get("e0000000000000000000000000000001")


def test_a_query_beyond_ten_thousand_characters_goes_by_batch(incidents: GlideRecord) -> None:
    """So long an IN list that the client wraps its GET into a batch; terms that do not exist are ignored."""
    ids = ",".join([f"{n:032x}" for n in range(400)] + [VPN])
    incidents.add_query("sys_id", "IN", ids)
    incidents.fields = "number"
    incidents.query()
    assert incidents.get_row_count() == 1
    assert numbers(incidents) == ["INC0000001"]


def test_two_thousand_unknown_terms_are_ignored(incidents: GlideRecord) -> None:
    """As its own test against live instances has it."""
    for n in range(2300):
        incidents.add_query(f"AAAAAAA{n}", "BBBB")
    incidents.add_query("number", "INC0000001")
    incidents.query()
    assert numbers(incidents) == ["INC0000001"]


def test_an_overlong_address_is_refused_in_html(client: ServiceNowClient, url: str) -> None:
    """414 with a page, as the web server in front of the platform gives it."""
    answer = client.session.get(f"{url}/api/now/table/incident?sysparm_query=" + "a" * 20_000)
    assert answer.status_code == 414
    assert answer.text.lstrip().lower().startswith("<")
    with pytest.raises(RequestException, match=r"(?i)<html"):
        client.table_api._validate_response(answer)


def test_many_at_once_by_batch(url: str, boss: Pair) -> None:
    """`update_multiple` and `delete_multiple` over records of its own."""
    client = ServiceNowClient(url, boss)
    for n in range(7):
        made = client.GlideRecord("incident")
        made.initialize()
        made.short_description = "Batch of PySNC"
        made.description = str(n)
        assert made.insert()
    found = client.GlideRecord("incident", batch_size=3)
    found.add_query("short_description", "Batch of PySNC")
    found.query()
    assert found.get_row_count() == 7
    while found.next():
        found.urgency = "1"
    found.rewind()
    assert found.update_multiple()
    again = client.GlideRecord("incident")
    again.add_query("short_description", "Batch of PySNC")
    again.add_query("urgency", "1")
    again.query()
    assert again.get_row_count() == 7
    assert again.delete_multiple()
    gone = client.GlideRecord("incident")
    gone.add_query("short_description", "Batch of PySNC")
    gone.query()
    assert gone.get_row_count() == 0


def test_joins_find_problems_with_incidents(client: ServiceNowClient) -> None:
    """Its builder's JOIN: problems that an incident names, and those that none names stay out."""
    incidents = client.GlideRecord("incident")
    assert incidents.get(VPN)
    incidents.problem_id = "20000000000000000000000000000001"
    assert incidents.update()
    problems = client.GlideRecord("problem")
    join = problems.add_join_query("incident", "sys_id", "problem_id")
    join.add_query("category", "network")
    problems.query()
    assert numbers(problems) == ["PRB0000001"]


def test_related_lists_find_problems_with_incidents(client: ServiceNowClient) -> None:
    """Its builder's RLQUERY: at least one, and none at all."""
    incidents = client.GlideRecord("incident")
    assert incidents.get(VPN)
    incidents.problem_id = "20000000000000000000000000000001"
    assert incidents.update()
    problems = client.GlideRecord("problem")
    problems.add_rl_query("incident", "problem_id", ">=1").add_query("category", "network")
    problems.query()
    assert numbers(problems) == ["PRB0000001"]
    lonely = client.GlideRecord("problem")
    lonely.add_query("number", "STARTSWITH", "PRB000000")
    lonely.add_rl_query("incident", "problem_id", "=0")
    lonely.query()
    assert numbers(lonely) == ["PRB0000002"]


def test_a_file_goes_up_and_down(incidents: GlideRecord, client: ServiceNowClient, tmp_path: Path) -> None:
    """Attach, list, read, write to disk, delete."""
    assert incidents.get(VPN)
    location = incidents.add_attachment("图 1.txt", b"line 1\nline 2", content_type="text/plain")
    sys_id = location.rstrip("/").removesuffix("/file").rpartition("/")[2]
    listed = incidents.get_attachments()
    assert len(listed) == 1
    assert listed.next()
    assert listed.get_link().endswith(f"/attachment/{sys_id}/file")
    assert listed.read() == b"line 1\nline 2"
    assert listed.readlines() == ["line 1", "line 2"]
    assert listed.write_to(tmp_path).read_bytes() == b"line 1\nline 2"
    with listed.as_temp_file() as kept:
        assert kept.read() == b"line 1\nline 2"
    one = client.Attachment("incident")
    assert one.get(sys_id)
    one.delete()
    assert len(incidents.get_attachments()) == 0


def test_refusals_in_its_own_words(url: str, incidents: GlideRecord, client: ServiceNowClient) -> None:
    """401, 403 of the data policy, 400 of an unknown table: each its own exception."""
    with pytest.raises(AuthenticationException, match="Required to provide Auth information"):
        ServiceNowClient(url, ("agent", "wrong")).GlideRecord("incident").get("number", "INC0000001")
    assert incidents.get(VPN)
    incidents.state = "6"
    with pytest.raises(RoleException, match="Data Policy Exception: The following fields are mandatory"):
        incidents.update()
    with pytest.raises(RequestException, match="Invalid table no_such_table"):
        client.GlideRecord("no_such_table").query()


def test_logs_in_by_password_grant(url: str, agent: Pair, oauth: Pair) -> None:
    """OAuth with user and password."""
    found = ServiceNowClient(url, ServiceNowPasswordGrantFlow(*agent, *oauth)).GlideRecord("incident")
    assert found.get(VPN)
    found.work_notes = "By token"
    assert found.update()
    assert "Ada Agent (Work notes)\nBy token" in found.get_display_value("work_notes")


def test_logs_in_by_client_credentials(url: str, oauth: Pair) -> None:
    """OAuth without a user of its own: the client record names one."""
    found = ServiceNowClient(url, ServiceNowClientCredentialsFlow(*oauth)).GlideRecord("incident")
    assert found.get(VPN)
    with pytest.raises(AuthenticationException):
        ServiceNowClient(url, ServiceNowClientCredentialsFlow(oauth[0], "wrong"))

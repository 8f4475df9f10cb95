"""Pages for people: what they show, where their links lead, and that nothing shown is ever run."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.sandbox import Fault, Instance, Rest, Server, in_process
from connector.sandbox.attachment import attach

Look = Callable[..., Any]
EVIL = (
    "<script>document.title='run'</script>\"><img src=x onerror=\"document.title='run'\">"
    " {{7*7}} '><svg onload=x>"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def ticket(instance: Instance, clock: Any) -> str:
    """An incident with a caller, a note, a comment, a change of state and what belongs to it."""
    instance.add_column("incident", "u_desk_class", label="Desk class", choices={"urgent": "Urgent 紧急"})
    caller = instance.add_user("wang", name="王芳")
    group = instance.add_group("Network")
    told = {"short_description": "打印机卡纸", "caller_id": caller, "assignment_group": group, "urgency": "1"}
    sys_id = instance.insert("incident", told | {"u_desk_class": "urgent"})["sys_id"]
    clock.at += 60
    instance.update("incident", sys_id, {"state": "2", "work_notes": "first look\nat it"}, user="wang")
    clock.at += 60
    instance.update("incident", sys_id, {"comments": "We are on it"}, user="admin")
    instance.insert("incident_task", {"incident": sys_id, "parent": sys_id, "short_description": "Call back"})
    article = instance.insert("kb_knowledge", {"short_description": "Paper jams"})["sys_id"]
    instance.insert("m2m_kb_task", {"task": sys_id, "kb_knowledge": article})
    return sys_id


def test_the_first_page_counts_every_table(look: Look, instance: Instance, ticket: str) -> None:
    """Each table once, with its records, and a link to its list; a note that the data is invented."""
    page = look("/")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html;charset=UTF-8"
    hrefs = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert {f"/{table.name}_list.do" for table in instance.dictionary} <= set(hrefs)
    assert any("Incident" in text and text.endswith("1") for text in page.all("li"))
    assert "Invented data" in page.all("p", "banner")[0]


def test_a_list_pages_and_counts(look: Look, instance: Instance) -> None:
    """45 records on three pages, each reached from the one before, none twice."""
    for n in range(45):
        instance.insert("incident", {"short_description": f"ticket {n}"})
    address, seen, spans = "/incident_list.do?sysparm_query=ORDERBYnumber", [], []
    while address:
        page = look(address)
        seen += page.all("a", "open")
        spans += [text for text in page.all("span") if " of " in text]
        address = page.links.get("Next ›", "")
    assert spans == ["1 to 20 of 45", "21 to 40 of 45", "41 to 45 of 45"]
    assert len(set(seen)) == 45
    assert seen == sorted(seen)


def test_a_heading_sorts_one_way_and_back(look: Look, instance: Instance) -> None:
    """A click orders by the column, another turns it round; the conditions stay."""
    for urgency in "213":
        instance.insert("incident", {"impact": urgency, "urgency": urgency})
    instance.insert("incident", {"active": "false"})
    page = look("/incident_list.do?sysparm_query=active%3Dtrue")
    up = look(page.links["Priority"])
    assert up.all("td", "priority") == ["1 - Critical", "3 - Moderate", "5 - Planning"]
    assert look(up.links["Priority ▲"]).all("td", "priority") == [
        "5 - Planning",
        "3 - Moderate",
        "1 - Critical",
    ]


def test_the_box_takes_an_encoded_query(look: Look, ticket: str, instance: Instance) -> None:
    """It is shown again, and what cannot be read is said, not ignored."""
    page = look("/incident_list.do?sysparm_query=caller_id.name%3D王芳")
    assert [attrs["value"] for tag, attrs in page.tags if tag == "input"] == ["caller_id.name=王芳"]
    assert len(page.all("a", "open")) == 1
    assert look("/incident_list.do?sysparm_query=number%3Dnone").all("p", "none") == [
        "No records to this query."
    ]
    assert look("/incident_list.do?sysparm_query=numberSTARTSWITHX^active=javascript:evil()").status == 400


def test_a_form_shows_what_a_manager_would_see(look: Look, instance: Instance, ticket: str) -> None:
    """Labels and display values, policy columns apart, the stream newest first, what belongs to it."""
    page = look(f"/incident.do?sys_id={ticket}")
    assert page.all("p", "headline") == ["打印机卡纸"]
    fields = dict(zip(page.all("dt"), page.all("dd"), strict=True))
    assert (fields["Caller"], fields["State"], fields["Priority"]) == ("王芳", "In Progress", "3 - Moderate")
    assert "Urgent 紧急" in page.all("section", "kept")[0]
    assert page.links["王芳"].startswith("/sys_user.do?sys_id=")
    by = [" ".join(text.split()) for text in page.all("p", "by")]
    assert by == [
        "System Administrator Additional comments 2023-11-20 01:02:00",
        "王芳 Work notes 2023-11-20 01:01:00",
        "王芳 Field changes 2023-11-20 01:01:00",
    ]
    assert "first look\nat it" in page.all("div", "text")
    assert any(text.startswith("State In Progress") and text.endswith("New") for text in page.all("li"))
    assert {"Incident Task", "Attached Knowledge"} <= page.links.keys()
    assert len([text for text in page.all("h2") if text.startswith("Incident Task")]) == 1
    assert look(page.links["Incident Task"]).all("td", "short_description") == ["Call back"]
    article = instance.rows("kb_knowledge")[0]
    assert look(page.links[article["number"]]).all("p", "headline") == ["Paper jams"]


def test_the_stream_is_newest_first(look: Look, instance: Instance, clock: Any) -> None:
    """By the time of each entry, words and changes mixed."""
    sys_id = instance.insert("incident", {})["sys_id"]
    for told in ({"work_notes": "a"}, {"state": "2"}, {"comments": "c"}, {"state": "3"}):
        clock.at += 60
        instance.update("incident", sys_id, told)
    page = look(f"/incident.do?sys_id={sys_id}")
    assert page.all("time") == [f"2023-11-20 01:0{minute}:00" for minute in (4, 3, 2, 1)]
    whose = [" ".join(text.split()).partition(" 2023")[0] for text in page.all("p", "by")]
    kinds = [text.removeprefix("System Administrator ") for text in whose]
    assert kinds == ["Field changes", "Additional comments", "Field changes", "Work notes"]


def test_times_are_in_the_zone_of_who_logs_in(look: Look, instance: Instance, ticket: str) -> None:
    """Without a login the instance's zone, with one the account's."""
    instance.add_user("far", name="Far", password="secret", time_zone="Asia/Shanghai")
    assert look(f"/incident.do?sys_id={ticket}").all("time")[0] == "2023-11-20 01:02:00"
    assert (
        look(f"/incident.do?sys_id={ticket}", auth=("far", "secret")).all("time")[0] == "2023-11-20 09:02:00"
    )


@pytest.mark.parametrize(
    "address",
    [
        "/nav_to.do?uri=incident.do?sys_id={0}",
        "/nav_to.do?uri=%2Fincident.do%3Fsys_id%3D{0}",
        "/now/nav/ui/classic/params/target/incident.do%3Fsys_id%3D{0}",
        "/task.do?sys_id={0}",
        "/incident.do?sysparm_query=short_description%3D打印机卡纸",
    ],
)
def test_the_platforms_links_lead_to_the_form(look: Look, ticket: str, address: str) -> None:
    """As they stand in mails, reports and our own notes."""
    assert look(address.format(ticket)).all("p", "headline") == ["打印机卡纸"]


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/x.do",
        "//elsewhere.example/x.do",
        "javascript:alert(1)//.do",
        "a.do\r\nX: y",
    ],
)
def test_links_to_elsewhere_are_not_followed(instance: Instance, target: str) -> None:
    """The frame leads to this instance's pages only."""
    with in_process(Rest(instance)) as base:
        answer = requests.get(f"{base}/nav_to.do", params={"uri": target}, allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "X" not in answer.headers


def test_what_is_not_there_is_said(look: Look) -> None:
    """An unknown table or record is a page with 404."""
    assert look("/no_such_table.do?sys_id=1").status == 404
    assert look("/incident.do?sys_id=1").status == 404
    assert look("/incident.do").status == 404
    assert "Invalid table no_such" in look("/no_such_list.do").all("h1")[0]


def test_nothing_is_written_here(instance: Instance) -> None:
    """A form that is sent gets the empty 200 of a path that is no API (platform facts, 1.8)."""
    with in_process(Rest(instance)) as base:
        answer = requests.post(f"{base}/incident.do", data={"short_description": "x"}, timeout=5)
    assert (answer.status_code, answer.content, "Content-Type" in answer.headers) == (200, b"", False)
    assert instance.count("incident") == 0


def test_files_are_listed_and_kept(look: Look, instance: Instance, ticket: str) -> None:
    """The name leads to the file, which the browser saves and does not open, whatever type it was given."""
    sys_id = attach(instance, "incident", ticket, "图.html", b"<script>1</script>", content_type="text/html")
    page = look(f"/incident.do?sys_id={ticket}")
    assert page.links["图.html"] == f"/sys_attachment.do?sys_id={sys_id}"
    with in_process(Rest(instance)) as base:
        answer = requests.get(base + page.links["图.html"], timeout=5)
    assert answer.content == b"<script>1</script>"
    assert answer.headers["Content-Disposition"] == "attachment;filename*=UTF-8''%E5%9B%BE.html"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    instance.update("sys_attachment", sys_id, {"content_type": "text/html\r\nSet-Cookie: x"})
    with in_process(Rest(instance)) as base:
        answer = requests.get(base + page.links["图.html"], timeout=5)
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_secrets_are_not_shown(look: Look, instance: Instance) -> None:
    """Nobody logged in, so keys, tokens and client secrets stay inside."""
    instance.add_oauth_client("Desk", client_id="desk", client_secret="hush-hush")
    instance.add_api_key("hush-hush", user="admin")
    for name in ("oauth_entity", "api_key"):
        row = instance.rows(name)[0]
        for page in (look(f"/{name}_list.do"), look(f"/{name}.do?sys_id={row['sys_id']}")):
            assert page.status == 200
            assert "hush-hush" not in page.html


def test_who_looks_is_not_noticed(instance: Instance) -> None:
    """Not in the log, not struck by faults, not one of the requests that a rate rule counts."""
    rest = Rest(instance)
    rest.faults.add(Fault.unavailable())
    with in_process(rest) as base:
        assert requests.get(base, timeout=5).status_code == 200
        assert requests.get(f"{base}/incident_list.do", auth=("admin", "wrong"), timeout=5).status_code == 200
    assert rest.requests == []
    assert rest.faults


def poisoned(instance: Instance) -> str:
    """A ticket whose every text, and everything around it, wants to be run."""
    instance.add_column("incident", "u_evil", label=EVIL, choices={EVIL[:40]: EVIL})
    group = instance.add_group(EVIL)
    user = instance.add_user("evil<b>", name=EVIL, email=EVIL)
    texts = {
        name: EVIL
        for name, column in instance.dictionary["incident"].columns.items()
        if column.type == "string" and not column.choices and not name.startswith("sys_")
    }
    told = texts | {"assignment_group": group, "caller_id": user, "u_evil": EVIL[:40], "number": EVIL[:40]}
    sys_id = instance.insert("incident", told)["sys_id"]
    note = f"[code]<b onclick=x>{EVIL}</b>[/code]"
    instance.update("incident", sys_id, {"work_notes": note, "comments": EVIL}, user="evil<b>")
    instance.update("incident", sys_id, {"close_notes": EVIL + "2"}, user="evil<b>")
    instance.insert("incident_task", {"incident": sys_id, "short_description": EVIL})
    attach(instance, "incident", sys_id, EVIL[:90], b"x", content_type=EVIL[:90])
    article = instance.insert("kb_knowledge", {"short_description": EVIL, "text": EVIL})["sys_id"]
    instance.insert("m2m_kb_task", {"task": sys_id, "kb_knowledge": article})
    return sys_id


def harmless(page: Any) -> bool:
    """No tag and no attribute that runs or fetches anything."""
    ran = [tag for tag, _ in page.tags if tag in {"script", "img", "svg", "iframe", "object", "b onclick"}]
    wired = [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    leads = [attrs["href"] for tag, attrs in page.tags if tag == "a" and not attrs["href"].startswith("/")]
    return not ran and not wired and not leads


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/incident.do?sys_id={0}",
        "/incident_list.do",
        "/sys_user_list.do",
        "/sys_audit_list.do",
        "/sys_journal_field_list.do",
        "/kb_knowledge_list.do",
        "/sys_attachment_list.do",
        "/sys_dictionary_list.do?sysparm_query=element%3Du_evil",
    ],
)
def test_nothing_that_is_shown_is_run(look: Look, instance: Instance, address: str) -> None:
    """Scripts and handlers in texts, names, labels, choices and [code] are text, on every page."""
    page = look(address.format(poisoned(instance)))
    assert page.status == 200
    assert harmless(page)
    if "incident.do" in address:
        assert EVIL in page.all("p", "headline")
        assert any(text.startswith("[code]<b onclick=x>") for text in page.all("div", "text"))
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


@pytest.mark.parametrize("query", [EVIL, f"number={EVIL}^ORDERBY{EVIL}", f"sys_id={EVIL}"])
def test_nothing_that_is_asked_is_run(look: Look, instance: Instance, query: str) -> None:
    """The same of what comes in through the address."""
    for path in ("/incident_list.do", "/incident.do", "/nav_to.do"):
        assert harmless(look(f"{path}?{urlencode({'sysparm_query': query})}"))
    assert harmless(look(f"/%3Cscript%3E_list.do?{query}"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=160))
def test_a_page_says_exactly_what_the_record_says(look: Look, instance: Instance, words: str) -> None:
    """Any text comes back out of the page's parser as it was."""
    sys_id = instance.insert("incident", {"short_description": words})["sys_id"]
    page = look(f"/incident.do?sys_id={sys_id}")
    assert [text for tag, kind, text in page.texts if kind == "headline"] == [words]
    assert harmless(page)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_runs_nothing_and_applies_the_style(instance: Instance, tmp_path: Path) -> None:
    """Headless Chromium opens the poisoned ticket: its title stays, no element was made of text."""
    sys_id = poisoned(instance)
    with Server(Rest(instance)) as server:
        quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
        command = [
            CHROMIUM,
            *quiet.split(),
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        command += [
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            f"{server.url}/incident.do?sys_id={sys_id}",
        ]
        dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "<title>" in dom
    assert "<title>run" not in dom
    body = dom.partition("<body>")[2]
    assert body.count("<h1>") == 1
    assert not any(tag in body for tag in ("<script", "<img", "<svg", "<b onclick"))
    assert "&lt;script&gt;" in body


def test_an_article_is_read_as_text(look: Look, instance: Instance) -> None:
    """Of HTML the words are shown, a line for each paragraph, and what was escaped in them stays text."""
    html = "<p>First, restart.<br>Then wait.</p><p>a &lt; b &amp;&amp; <b>c</b></p>&lt;img src=x&gt;"
    sys_id = instance.insert("kb_knowledge", {"text": html})["sys_id"]
    page = look(f"/kb_knowledge.do?sys_id={sys_id}")
    assert "First, restart.\nThen wait.\na < b && c\n<img src=x>" in page.all("dd")
    assert harmless(page)


def test_a_table_in_an_article_is_read_by_rows(look: Look, instance: Instance) -> None:
    """A line each, with dots between the cells."""
    html = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td> <td>2</td></tr></table>"
    sys_id = instance.insert("kb_knowledge", {"text": html})["sys_id"]
    assert "a · b\n1 ·  2" in look(f"/kb_knowledge.do?sys_id={sys_id}").all("dd")


def test_a_form_says_where_it_stands(look: Look, instance: Instance, ticket: str) -> None:
    """The trail leads to the list and ends with the record; lists below a form are narrow."""
    child = instance.insert("incident", {"parent_incident": ticket, "short_description": "same here"})
    page = look(f"/incident.do?sys_id={ticket}")
    number = instance.get("incident", ticket)["number"]  # type: ignore[index]
    assert page.all("p", "trail") == [f"Incident › {number}"]
    assert child["number"] in page.links
    assert "Opened" not in page.all("th")


def test_a_box_that_nobody_ticked_takes_no_room_in_a_list(look: Look, instance: Instance) -> None:
    """It has a column as soon as one of the records shown has it ticked."""
    instance.add_column("incident", "u_confirmed", type="boolean", label="Confirmed here")
    sys_id = instance.insert("incident", {"short_description": "one", "u_confirmed": "false"})["sys_id"]
    assert "Confirmed here" not in look("/incident_list.do").html
    instance.update("incident", sys_id, {"u_confirmed": "true"}, user="admin")
    assert "Confirmed here" in look("/incident_list.do").html

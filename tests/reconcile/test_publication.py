"""Scorecards become records once, are updated in place, and end when their period is frozen."""

import pytest

from connector.reconcile import plan_publication, publish, refresh
from connector.sandbox.attachment import content_of
from tests.world import DAY, HOUR, Desk, Killed, read

POLICY = """
[[policy]]
rule = "sla_timer"
name = "limits"
mode = "enforce"
service_hours = "remote"
respond_within = "15m"
resolve_within = "4h"
"""
ENFORCED = '[publish]\nmode = "enforce"\n'


@pytest.fixture
def desk():
    """A desk that publishes its months."""
    with Desk(POLICY, more=ENFORCED) as made:
        yield made


@pytest.fixture
def observing():
    """A desk as it begins: it only watches."""
    with Desk(POLICY) as made:
        yield made


@pytest.fixture
def by_scope():
    """A desk that publishes desks and groups as well."""
    with Desk(POLICY, more=ENFORCED + 'scopes = ["whole", "desk", "group"]\n') as made:
        yield made


def articles(desk):
    """The records as the instance has them."""
    return desk.instance.rows("kb_knowledge", "sourceSTARTSWITHdesk-policy:")


def files(desk, record):
    """Names of the files at a record."""
    return sorted(
        row["file_name"] for row in desk.instance.rows("sys_attachment") if row["table_sys_id"] == record
    )


def planned(desk):
    """Poll, and plan."""
    refresh(desk.world, desk.settings)
    return plan_publication(desk.world, desk.settings, desk.clock.now())


def published(desk):
    """Poll, plan and write."""
    return publish(desk.world, desk.settings, planned(desk))


def test_a_month_becomes_an_article_with_its_page(desk):
    """The month that runs and the one before it, each with one file; the file is the page."""
    desk.opens("INC1")
    done = published(desk)
    assert done.trouble == ""
    assert {step.answer for step in done.outcome.written} == {"written"}  # no tag of ours is cleaned away
    found = {row["short_description"]: row for row in articles(desk)}
    assert {title.split(",")[0][-7:] for title in found} == {"2026-05", "2026-06"}
    running = next(row for title, row in found.items() if "2026-06" in title)
    assert "受理 Accepted" in running["text"]
    assert "进行中 so far" in running["text"]
    assert running["workflow_state"] == "draft"
    (name,) = files(desk, running["sys_id"])
    file = next(row for row in desk.instance.rows("sys_attachment") if row["file_name"] == name)
    assert "<!DOCTYPE html>" in content_of(desk.instance, file["sys_id"]).decode()
    assert file["content_type"] == "text/html"


def test_it_settles_and_remembers_without_a_store(desk):
    """The next plan is empty, also after the store is lost (the platform remembers)."""
    desk.opens("INC1")
    published(desk)
    again = planned(desk)
    assert again.plan.empty
    assert again.files == ()
    desk.forgets()
    again = planned(desk)
    assert again.plan.empty
    assert again.files == ()


def test_it_is_updated_in_place_but_not_too_often(desk):
    """The same record, one file; a running month no more than once a day."""
    desk.opens("INC1")
    published(desk)
    before = {row["sys_id"]: row for row in articles(desk)}
    desk.opens("INC2")
    desk.clock.advance(HOUR)
    early = planned(desk)
    assert early.plan.empty
    assert ("updated not long ago") in [why for _, why in early.left]
    desk.clock.advance(DAY)
    published(desk)
    after = {row["sys_id"]: row for row in articles(desk)}
    assert set(after) == set(before)
    changed = [sys_id for sys_id in after if after[sys_id]["meta"] != before[sys_id]["meta"]]
    assert len(changed) == 1
    assert len(files(desk, changed[0])) == 1
    assert files(desk, changed[0])[0].split("-")[-1].removesuffix(".html") in after[changed[0]]["meta"]


def test_observe_writes_nothing_and_shows_everything(observing):
    """The default."""
    observing.opens("INC1")
    refresh(observing.world, observing.settings)
    writes = len(list(observing.sent()))
    shown = planned(observing)
    assert len(shown.plan.observed) == 2
    assert shown.plan.changes == ()
    publish(observing.world, observing.settings, shown)
    assert len(list(observing.sent())) == writes
    assert articles(observing) == []


def test_a_retired_article_is_left_alone(desk):
    """A person's later word wins."""
    desk.opens("INC1")
    published(desk)
    for row in articles(desk):
        desk.instance.update("kb_knowledge", row["sys_id"], {"workflow_state": "retired"})
    desk.opens("INC2")
    desk.clock.advance(2 * DAY)
    left = planned(desk)
    assert left.plan.empty
    assert left.files == ()
    assert {why for _, why in left.left} == {"somebody set it to retired"}


def test_a_frozen_period_is_written_a_last_time(desk):
    """After its grace the month says so, and never changes again."""
    desk.opens("INC1")
    published(desk)
    desk.clock.advance(40 * DAY)
    published(desk)
    june = next(row for row in articles(desk) if "2026-06" in row["short_description"])
    assert june["meta"].endswith(" frozen")
    assert "已冻结 frozen" in june["text"]
    desk.opens("INC2")
    desk.clock.advance(DAY)
    again = planned(desk)
    assert all("2026-06" not in change.number for change in again.plan.changes)
    assert any("2026-06" in title and why == "frozen" for title, why in again.left)


@pytest.mark.parametrize("served_first", [False, True])
def test_a_process_that_dies_makes_nothing_twice(desk, served_first):
    """Killed at any request, before or after it took effect: afterwards one record, one file each."""
    desk.opens("INC1")
    refresh(desk.world, desk.settings)
    died = 0
    for request in range(1, 14):
        shown = plan_publication(desk.world, desk.settings, desk.clock.now())
        desk.rest.left, desk.rest.served_first = request % 4 + 1, served_first
        try:
            publish(desk.world, desk.settings, shown)
        except Killed:
            died += 1
            desk.restarts()
        desk.rest.left = None
    assert died >= 3
    published(desk)
    assert len(articles(desk)) == 2
    for row in articles(desk):
        assert len(files(desk, row["sys_id"])) == 1


def test_every_write_is_in_the_journal(desk):
    """With policy and clause, files too."""
    desk.opens("INC1")
    published(desk)
    said = [(entry.table, list(entry.because[0][:2])) for entry in desk.store.journalled()]
    assert said.count(("kb_knowledge", ["publish", "R-H4"])) == 2
    assert said.count(("sys_attachment", ["publish", "R-H4"])) == 2


def test_desks_and_groups_get_their_own(by_scope):
    """A record for each, with only what is theirs."""
    by_scope.opens("INC1")
    published(by_scope)
    titles = [row["short_description"] for row in articles(by_scope)]
    assert any(title.endswith(", main") for title in titles)
    assert any(title.endswith(", Service Desk") for title in titles)
    assert len({row["source"] for row in articles(by_scope)}) == len(titles)


OWN = ENFORCED + (
    'table = "u_desk_report"\ntitle = "u_title"\ntext = "u_text"\nkey = "u_key"\nstamp = "u_stamp"\n'
)


def test_the_publication_reaches_a_table_of_ones_own():
    """With its own columns, and only those."""
    settings = read(POLICY, more=OWN)
    assert settings.publish.writable == {"u_title", "u_text", "u_key", "u_stamp"}
    assert settings.publish.own_table


@pytest.fixture
def tabled():
    """A desk that publishes its months into a table of its own, which an admin has made."""
    with Desk(POLICY, more=OWN) as made:
        instance = made.instance
        instance.insert("sys_db_object", {"name": "u_desk_report", "label": "Desk report"})
        for column, kind, length in (
            ("u_title", "string", "100"), ("u_text", "html", "65000"), ("u_key", "string", "100"),
            ("u_stamp", "string", "100"),
        ):  # fmt: skip
            row = {"name": "u_desk_report", "element": column, "internal_type": kind, "max_length": length}
            instance.insert("sys_dictionary", row)
        for operation in ("read", "create", "write"):
            instance.allow(operation, "u_desk_report", "itil")
        yield made


def test_rows_of_ones_own_table_live_as_articles_do(tabled):
    """Made once, with the page; nothing left to do; updated in place after a day; no article is written."""
    tabled.opens("INC1")
    done = published(tabled)
    assert done.trouble == ""
    assert {step.answer for step in done.outcome.written} == {"written"}
    before = {row["u_key"]: row for row in tabled.instance.rows("u_desk_report")}
    assert len(before) == 2
    assert all(row["u_title"] and "受理" in row["u_text"] for row in before.values())
    assert all(len(files(tabled, row["sys_id"])) == 1 for row in before.values())
    tabled.forgets()
    again = planned(tabled)
    assert (again.plan.empty, again.files) == (True, ())
    tabled.opens("INC2")
    tabled.clock.advance(DAY)
    assert published(tabled).trouble == ""
    after = {row["u_key"]: row for row in tabled.instance.rows("u_desk_report")}
    assert {key: row["sys_id"] for key, row in after.items()} == {
        key: row["sys_id"] for key, row in before.items()
    }
    assert len([key for key in after if after[key]["u_stamp"] != before[key]["u_stamp"]]) == 1
    assert articles(tabled) == []

"""``run``: what the daemon does with an instance that is away, a brake, and a changed file."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli.furnish import furnish
from connector.cli.run import Duty
from connector.daemon import Daemon
from connector.errors import Fatal, Retriable, SettingsError
from connector.sandbox import Fault
from connector.sandbox.stock import EVENT_MANAGEMENT
from connector.settings import load
from connector.sync.store import Store
from tests.cli.conftest import HOUR, PASSWORD, Site


class Kept:
    """A duty at hand: a pass is made when the test says so."""

    def __init__(self, site: Site) -> None:
        self.store = Store()
        self.daemon = Daemon(site.clock)
        self.duty = Duty(str(site.path), load(site.path), self.store, site.clock, self.daemon)

    def close(self) -> None:
        """Let go of everything."""
        self.duty.end()
        self.store.close()


@pytest.fixture
def kept(site: Site, caplog: pytest.LogCaptureFixture) -> Iterator[Kept]:
    """On the site's instance, with a store in memory."""
    caplog.set_level(logging.INFO)
    one = Kept(site)
    yield one
    one.close()


def test_it_waits_for_an_instance_that_is_away_at_the_start(site: Site, kept: Kept) -> None:
    """No exit, one attempt a pass, `status` knows why; the first answer begins the work."""
    site.faults.add(Fault.hibernating(), times=3)
    kept.duty.begin()
    for _ in range(2):
        assert "JSON" in kept.duty.make_pass()
    assert len(site.rest.requests) == 3
    assert not kept.store.last_passes(1)[0].ok
    assert kept.duty.make_pass() == ""
    assert site.writes() == 2
    assert kept.store.last_passes(1)[0].ok


def test_it_leaves_an_instance_alone_that_asks_for_it(site: Site, kept: Kept) -> None:
    """429 at the start: nothing is sent before the time it named, however many passes come meanwhile."""
    site.faults.add(Fault.rate_limited(retry_after=600))
    kept.duty.begin()
    for _ in range(3):
        assert "left alone" in kept.duty.make_pass()
    assert len(site.rest.requests) == 1
    site.clock.advance(600)
    assert kept.duty.make_pass() == ""


def test_what_waiting_does_not_mend_ends_it(site: Site, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused password, at once and after a single attempt; a group that is not there."""
    monkeypatch.setenv("DESK_PASSWORD", PASSWORD + "x")
    with pytest.raises(Fatal):
        kept.duty.begin()
    assert len(site.rest.requests) == 1
    monkeypatch.setenv("DESK_PASSWORD", PASSWORD)
    site.change("Service Desk", "Service Dusk")
    wrong = Kept(site)
    with pytest.raises(SettingsError, match='no group "Service Dusk"'):
        wrong.duty.begin()
    wrong.close()


def test_the_loop_ends_with_what_the_late_start_found(site: Site) -> None:
    """The instance wakes, and lacks a group: that is the end, with its sentence."""
    site.change("Service Desk", "Service Dusk")
    late = Kept(site)
    site.faults.add(Fault.hibernating(), times=1)
    late.duty.begin()
    with pytest.raises(SettingsError, match="Service Dusk"):
        late.daemon.run()
    late.close()


def test_the_brake_is_told_when_it_begins_and_when_it_ends(
    site: Site, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """Not at every pass, however its count moves."""
    site.change("max_changes = 10", "max_changes = 1")
    kept.duty.begin()
    kept.duty.reload()
    for number in ("INC3", "INC4"):
        assert kept.duty.make_pass() == ""
        site.opens(number)
        site.clock.advance(HOUR)
    assert sum('policy "limits" wants to change' in record.message for record in caplog.records) == 1
    site.change("max_changes = 1", "max_changes = 10")
    kept.duty.reload()
    assert kept.duty.make_pass() == ""
    assert 'no longer held back: policy "limits"' in caplog.text
    assert site.writes() == 4


ALERTS = """
[[policy]]
rule = "monitoring_alert"
name = "alerts"
mode = "enforce"
table = "em_alert"
"""


def test_a_table_that_is_missing_is_told_once_and_taken_up_when_it_comes(
    site: Site, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """The other policies go on meanwhile; `status` hears of it; a write to it is never tried."""
    site.change('[[policy]]\nrule = "sla', f'{ALERTS}[[policy]]\nrule = "sla')
    kept.duty.begin()
    kept.duty.reload()
    for _ in range(3):
        assert kept.duty.make_pass() == ""
    said = "the instance has no table em_alert; resting until it has: alerts. To have it, activate"
    assert sum(record.message.startswith(said) for record in caplog.records) == 1
    assert site.writes() == 2
    told = kept.store.told("pass")
    assert told is not None
    assert told[1]["absent"]["em_alert"].startswith(said)
    site.instance.activate(EVENT_MANAGEMENT)
    furnish(site.instance, load(site.path), PASSWORD)
    given = site.instance.rows("sys_user_role", "name=evt_mgmt_operator")[0]["sys_id"]
    us = site.instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    site.instance.insert("sys_user_has_role", {"user": us, "role": given})
    alert = site.instance.insert("em_alert", {"node": "db1"})["sys_id"]
    assert kept.duty.make_pass() == ""
    assert "no longer waited for: table em_alert" in caplog.text
    assert "lacks: a detailed description" in site.notes(alert)[0]
    told = kept.store.told("pass")
    assert told is not None
    assert told[1]["absent"] == {}


def test_a_reload_takes_all_or_nothing(site: Site, kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    """Bad file, instance away, another store: the old settings go on; then the new ones are taken."""
    kept.duty.begin()
    before = kept.duty._settings
    good = site.path.read_text(encoding="utf-8")
    site.path.write_text(good.replace("15m", "fifteen"), encoding="utf-8")
    with pytest.raises(SettingsError, match="respond_within"):
        kept.duty.reload()
    site.path.write_text(good + '[store]\npath = "other.sqlite"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="needs a new start"):
        kept.duty.reload()
    site.path.write_text(good.replace("15m", "2h") + '[poll]\nevery = "5s"\n', encoding="utf-8")
    site.faults.add(Fault.hibernating(), times=1)
    with pytest.raises(Retriable, match="send SIGHUP again"):
        kept.duty.reload()
    assert kept.duty._settings is before
    kept.duty.reload()
    assert "taken" in caplog.text
    assert [job.interval for job in kept.daemon._scheduler.jobs] == [5], "the new interval, and only it"
    assert kept.duty.make_pass() == ""
    assert site.record(site.instance.rows("incident")[0]["sys_id"])["u_desk_respond_by"].endswith("02:00:00")


@pytest.mark.parametrize("what", ["15m", "fifteen"])
def test_a_reload_on_a_full_disk_ends_nothing(
    site: Site, kept: Kept, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """Good file or bad: the loop goes on, the log says it, and the settings in force are of one file."""
    kept.duty.begin()
    before = kept.duty._settings
    text = site.path.read_text(encoding="utf-8")
    site.path.write_text(text.replace("15m", what) + '[poll]\nevery = "5s"\n', encoding="utf-8")
    with kept.store.engine.connect() as connection:  # there is but this one
        connection.exec_driver_sql("PRAGMA query_only=ON")
    kept.daemon.every(HOUR, "ends", lambda: kept.daemon.stop.set() or "")
    kept.daemon.reload.set()
    kept.daemon.run(kept.duty.reload)
    assert "readonly" in caplog.text
    assert (kept.duty._settings is before) == (what == "fifteen")
    assert (kept.duty.vital.reload_failed != "") == (what == "fifteen")


def test_who_is_told_to_stop_has_not_failed(site: Site, kept: Kept) -> None:
    """The record in hand is finished, the rest waits, and `status` counts no failure."""
    kept.duty.begin()
    kept.daemon.stop.set()
    assert kept.duty.make_pass() == ""
    assert site.writes() == 1
    assert kept.store.last_passes(1)[0].ok
    kept.daemon.stop.clear()
    assert kept.duty.make_pass() == ""
    assert site.writes() == 2


def test_once_a_day_everything_is_judged_again(site: Site, kept: Kept) -> None:
    """The first pass is a full one, the next are not; a day later there is another."""
    kept.duty.begin()
    assert kept.duty.make_pass() == ""
    assert kept.duty.make_pass() == ""  # what it wrote itself comes back
    assert kept.duty.make_pass() == ""
    kept.duty._full_at = site.clock.monotonic()
    assert kept.duty.make_pass() == ""
    first, _, quiet, again = (each.judged for each in reversed(kept.store.last_passes(4)))
    assert (first, quiet, again) == (2, 0, 2)


def test_what_a_pass_left_is_in_the_store_and_in_the_figures(
    site: Site, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """What `status` and the health page tell of it; and no text of a ticket is in the log."""
    site.opens("INC9", short_description="SECRET-OF-A-CALLER")
    site.clock.advance(HOUR)
    kept.duty.begin()
    assert kept.duty.make_pass() == ""
    told = kept.store.told("gateway")
    assert told is not None
    assert told[1]["breaker"] == "closed"
    assert {(kind, status) for kind, status, _ in told[1]["answers"]} == {("read", "200"), ("write", "200")}
    left = kept.store.told("pass")
    assert left is not None
    assert left[1] == {"in_doubt": [], "held": {}, "refused": [], "absent": {}}
    vital = kept.duty.vital
    assert vital.passes == {"ok": 1}
    assert vital.writes == {"written": site.writes()}
    assert vital.ready(site.clock.now())
    site.path.write_text("[instance", encoding="utf-8")
    with pytest.raises(SettingsError):
        kept.duty.reload()
    in_force = kept.store.told("settings")
    assert in_force is not None
    assert "config.toml:1" in in_force[1]["reload_failed"]
    assert vital.reload_failed
    assert "SECRET-OF-A-CALLER" not in caplog.text
    assert PASSWORD not in caplog.text


def test_the_journal_is_rotated_after_a_full_pass(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is older than the settings keep goes into its file; nothing is lost."""
    kept = Kept(site)
    kept.store.close()
    kept.store = Store(f"sqlite:///{tmp_path / 'own.sqlite'}")
    kept.duty = Duty(str(site.path), load(site.path), kept.store, site.clock, kept.daemon)
    kept.duty.begin()
    assert kept.duty.make_pass() == ""
    wrote = len(kept.store.journalled(limit=1000))
    assert wrote == 2
    site.clock.advance(91 * 86_400)
    assert kept.duty.make_pass() == ""
    assert kept.store.archive is not None
    assert len(list(kept.store.archive.iterdir())) == 1
    assert len(kept.store.journalled(limit=1000)) >= wrote
    kept.close()


def test_a_pass_that_nobody_foresaw_to_fail_is_counted(site: Site, kept: Kept) -> None:
    """The figures know of it, and readiness goes when no good one follows."""
    kept.duty.begin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.reconcile.run_pass", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            kept.duty.make_pass()
    assert kept.duty.vital.passes == {"failed": 1}
    assert not kept.duty.vital.ready(site.clock.now())
    assert kept.duty.make_pass() == ""
    assert kept.duty.vital.passes == {"failed": 1, "ok": 1}


def test_it_publishes_after_a_good_pass_and_only_where_it_is_enforced(site: Site, kept: Kept) -> None:
    """Nothing before the first pass, nothing while observed; then once, and no more while nothing changes."""
    kept.duty.begin()
    assert kept.duty.publish() == ""
    kept.duty.make_pass()
    assert site.instance.rows("kb_knowledge") == []
    site.change("[[desk]]", '[publish]\nmode = "enforce"\n[[desk]]')
    kept.duty.reload()
    assert kept.duty.make_pass() == ""
    records = site.instance.rows("kb_knowledge")
    assert len(records) == len(site.instance.rows("sys_attachment")) == 2
    writes = site.writes()
    assert kept.duty.publish() == ""
    assert site.writes() == writes


def test_an_instance_that_is_away_is_published_to_later(site: Site, kept: Kept) -> None:
    """Its trouble is told, the daemon goes on."""
    site.change("[[desk]]", '[publish]\nmode = "enforce"\n[[desk]]')
    kept.duty.begin()
    kept.duty.reload()
    site.faults.add(Fault.hibernating(), when=lambda call: call.table == "kb_knowledge")
    assert "JSON" in kept.duty.make_pass()
    assert kept.store.last_passes(1)[0].ok
    assert kept.duty.make_pass() == ""
    assert len(site.instance.rows("kb_knowledge")) == 2

"""Days at the desk on which the monitoring warns."""

from connector.cli.furnish import furnish
from connector.reconcile import explain, sweep_world
from connector.sandbox.stock import EVENT_MANAGEMENT
from tests.story import Story
from tests.world import HOUR, MINUTE, MON, Desk, record_id

WARNINGS = """
[[policy]]
rule = "monitoring_alert"
name = "warnings-complete"
mode = "enforce"
values = ["event"]
impact = ["cmdb_ci"]
labels = { impact = ["影响范围", "Impact"], suggestion = ["初步建议", "Suggestion"] }
grace = "10m"
"""


def test_r_g3_what_a_warning_lacks_is_asked_for_once() -> None:
    """After ten minutes; added or not, it is not asked for again, and a caller's fault never is."""
    desk = Story(WARNINGS)
    desk.at("Mon 09:00").opens("INC1", contact_type="event", description="CPU of erp-db-01 at 98 %")
    desk.at("Mon 09:00").opens("INC2", contact_type="phone")
    desk.at("Mon 09:05").expects("INC1", notes=0)
    desk.at("Mon 09:10").expects("INC1", notes=1, says="lacks: the extent of impact, a first suggestion")
    desk.at("Mon 09:30").sets("INC1", description="CPU of erp-db-01 at 98 %\nImpact: ordering is slow")
    desk.at("Tue 09:00").expects("INC1", notes=1).expects("INC2", notes=0)
    desk.plays()


def test_r_g3_the_monitoring_completes_its_own_warning() -> None:
    """Within the ten minutes: nobody is asked for anything."""
    desk = Story(WARNINGS)
    desk.at("Mon 09:00").opens("INC1", contact_type="event")
    desk.at("Mon 09:05").sets("INC1", description="磁盘 /var 已用 95%\n影响范围：东区\n初步建议：清理日志")
    desk.at("Mon 12:00").expects("INC1", notes=0)
    desk.plays()


COMPOSED = """
[[policy]]
rule = "monitoring_alert"
name = "warnings"
mode = "enforce"
impact = ["cmdb_ci"]
suggestion = ["close_notes"]
composed = { impact = ["business_service.name"], suggestion = ["business_service.short_description"] }
"""


def test_r_g3_what_is_missing_is_composed_from_the_service() -> None:
    """What the service tells is told; only the rest is asked for."""
    with Desk(COMPOSED) as desk:
        service = desk.instance.insert(
            "cmdb_ci_service", {"name": "Payroll", "short_description": "Restart [code]"}
        )
        known = {"business_service": str(service["sys_id"]), "contact_type": "event"}
        desk.opens("INC1", description="Heap full", **known)
        desk.opens("INC2", **known)
        desk.opens("INC3", contact_type="event")
        desk.settles()
        told = (
            "From the configuration item: the extent of impact: Payroll; a first suggestion: Restart (code)."
        )
        assert [note.text for note in desk.said("INC1")] == [told]
        assert [note.text for note in desk.said("INC2")] == [
            f"This monitoring warning lacks: a detailed description. Please add it. {told}"
        ]
        assert "From the configuration" not in desk.said("INC3")[0].text


EARLIER = """
[[policy]]
rule = "monitoring_alert"
name = "warnings"
mode = "enforce"
impact = ["cmdb_ci"]
earlier = "720h"
"""


def test_r_g3_the_first_suggestion_is_what_helped_the_last_time() -> None:
    """The last one of its item and category that was resolved before it came, with its number."""
    with Desk(EARLIER) as desk:
        server = str(desk.instance.insert("cmdb_ci_server", {"name": "erp-db-01"})["sys_id"])
        other = str(desk.instance.insert("cmdb_ci_server", {"name": "erp-db-02"})["sys_id"])
        solved = (
            ("INC1", server, "database", "Restarted the pool"),
            ("INC2", server, "database", "Killed the [code]report[/code]\nand moved it to the night"),
            ("INC3", server, "network", "Replaced the cable"),
            ("INC4", other, "database", "Added a disk"),
            ("INC5", server, "database", ""),
        )
        for minute, (number, item, category, notes) in enumerate(solved):
            desk.at(MON + minute * MINUTE)
            desk.opens(number, cmdb_ci=item, category=category)
            desk.resolves(number)
            desk.sets(number, close_notes=notes)
        desk.settles()
        desk.at(MON + HOUR)
        desk.opens(
            "INC6", contact_type="event", cmdb_ci=server, category="database", description="CPU at 98 %"
        )
        desk.opens("INC7", contact_type="event", cmdb_ci=server, category="software", description="CPU")
        desk.at(MON + HOUR + MINUTE)
        desk.opens("INC8", cmdb_ci=server, category="software")
        desk.resolves("INC8")
        desk.sets("INC8", close_notes="Too late to be of use")
        desk.settles()
        assert [note.text for note in desk.said("INC6")] == [
            (
                "A first suggestion, from INC2 of the same configuration item, resolved 2026-06-01 09:01: "
                "Killed the (code)report(/code) and moved it to the night."
            )
        ]
        assert [note.text for note in desk.said("INC7")] == [
            "This monitoring warning lacks: a first suggestion. Please add it."
        ]


def test_r_g3_a_suggestion_is_the_same_in_whatever_order_it_is_learnt() -> None:
    """Warning and earlier ticket come with the same poll: what the warning needs is waited for."""
    with Desk(EARLIER) as desk:
        server = str(desk.instance.insert("cmdb_ci_server", {"name": "erp-db-01"})["sys_id"])
        desk.opens("INC2", cmdb_ci=server)
        desk.resolves("INC2")
        desk.at(MON + HOUR)
        desk.opens("INC1", contact_type="event", cmdb_ci=server, description="CPU at 98 %")
        desk.at(MON + 2 * HOUR)
        desk.sets("INC2", close_notes="Restarted the pool")
        desk.settles()
        assert "from INC2" in desk.said("INC1")[0].text


def test_r_g3_explain_tells_where_each_part_is_from() -> None:
    """A column, a ticket with its article, or nowhere."""
    with Desk(EARLIER) as desk:
        server = str(desk.instance.insert("cmdb_ci_server", {"name": "erp-db-01"})["sys_id"])
        desk.opens("INC1", cmdb_ci=server)
        desk.resolves("INC1")
        desk.sets("INC1", close_notes="Restarted the pool")
        desk.at(MON + HOUR)
        desk.opens("INC2", contact_type="event", cmdb_ci=server)
        desk.settles()
        explained = explain(desk.world, desk.settings, "INC2", desk.clock.now())
        assert explained is not None
        assert explained.answers[0].lines == [
            "description: missing",
            "impact: in column cmdb_ci",
            "suggestion: missing, composed from INC1, resolved 2026-06-01 09:00",
        ]


ALERTS = """
[[policy]]
rule = "monitoring_alert"
name = "alerts"
mode = "enforce"
table = "em_alert"
where = { maintenance = "false", severity = ["1", "2", "3", "4"] }
impact = ["cmdb_ci"]
composed = { impact = ["node", "incident.business_service.name"] }
earlier = "720h"
grace = "10m"
"""


def test_r_g3_an_alert_gets_what_it_lacks_in_its_own_work_notes() -> None:
    """From the incident's service and the item's last incident; one that is closed, clear or in maintenance
    is left alone.
    """
    with Desk(ALERTS) as desk:
        service = str(desk.instance.insert("cmdb_ci_service", {"name": "Payroll"})["sys_id"])
        server = str(desk.instance.insert("cmdb_ci_server", {"name": "erp-db-01"})["sys_id"])
        desk.opens("INC1", cmdb_ci=server, business_service=service)
        desk.resolves("INC1")
        desk.sets("INC1", close_notes="Restarted the pool")
        desk.at(MON + HOUR)
        first = {"severity": "1", "node": "db1", "incident": record_id("INC1"), "description": "Heap full"}
        desk.writes("em_alert", "ALERT1", **first)
        desk.writes("em_alert", "ALERT2", **first, cmdb_ci=server)
        desk.writes("em_alert", "ALERT3", **first, maintenance="true")
        desk.writes("em_alert", "ALERT4", **(first | {"severity": "0"}))
        desk.writes("em_alert", "ALERT5", **first, state="Closed")
        desk.settles()
        assert desk.said("ALERT1") == []
        desk.at(MON + HOUR + 10 * MINUTE)
        desk.settles()
        assert [note.text for note in desk.said("ALERT1")] == [
            (
                "This monitoring warning lacks: a first suggestion. Please add it. "
                "From the configuration item: the extent of impact: db1, Payroll."
            )
        ]
        assert [note.text for note in desk.said("ALERT2")] == [
            (
                "A first suggestion, from INC1 of the same configuration item, resolved 2026-06-01 09:00: "
                "Restarted the pool."
            )
        ]
        assert [desk.said(f"ALERT{n}") for n in (3, 4, 5)] == [[], [], []]
        desk.forgets()
        assert desk.looks(full=True, apply=False).plan.empty


def test_r_g3_without_the_plugin_the_policy_rests_and_the_others_go_on() -> None:
    """The pass tells which table is not there; once it is, its alerts are judged."""
    with Desk(ALERTS, WARNINGS, plugins=False) as desk:
        desk.opens("INC1", contact_type="event")
        desk.at(MON + HOUR)
        reports = desk.settles(full=True)
        assert {(report.absent, report.trouble) for report in reports} == {(("em_alert",), "")}
        assert len(desk.said("INC1")) == 1
        sweep_world(desk.world)
        desk.instance.activate(EVENT_MANAGEMENT)
        furnish(desk.instance, desk.settings, "")
        desk.writes("em_alert", "ALERT1", severity="1")
        desk.at(MON + 2 * HOUR)
        assert desk.settles()[-1].absent == ()
        assert len(desk.said("ALERT1")) == 1

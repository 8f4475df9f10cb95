"""Days at the desk on which the monitoring warns."""

from tests.story import Story
from tests.world import Desk

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

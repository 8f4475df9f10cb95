"""Days at the desk on which the monitoring warns."""

from tests.story import Story

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

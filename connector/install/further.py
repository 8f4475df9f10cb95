"""What the regulation asks for beyond the first policies: blocks that an admin takes the # from. Pure."""

from collections.abc import Iterator

SOMEBODY = "user.name"
"""Stands for the user name of a person, until somebody writes it."""

_HEADING = """\
── More of the regulation. Take the # away, write the user names of your people, and run check. ──
Each begins in observe as well. A policy about another table than incident has that table read too."""

_BLOCKS = """\
[[policy]]                               # R-B3, R-C2, R-C3: a reminder where nobody wrote for so long
rule = "update_limit"
name = "urgent-updates"
mode = "observe"
when = { class = "urgent" }
service_hours = "remote"
every = "1h"

[[policy]]                               # R-C3, R-A6: who is told while an urgent fault stays unresolved
rule = "hierarchical_escalation"
name = "urgent-ladder"
mode = "observe"
when = { class = "urgent" }
service_hours = "remote"
resolve_within = "4h"                    # as urgent-limits
told_within = "onsite"
steps = [
  { at = 0.5, role = "consultant" },
  { at = 0.8, role = "group_lead", person = "user.name" },
  { at = 1.0, role = "project_manager", person = "user.name", by = "both" },
]

[[policy]]                               # R-C3: an escalated ticket that nobody takes up
rule = "hand_over_limit"
name = "hand-over"
mode = "observe"
service_hours = "onsite"
within = "4h"

[[policy]]                               # R-A1, R-B2: a ticket that goes to and fro
rule = "reassignment"
name = "ping-pong"
mode = "observe"
hand_overs = 3
returns = 1
person = "user.name"

[[policy]]                               # R-C4: a major incident is reported within 30 minutes
rule = "major_incident"
name = "major-crisis"
mode = "observe"
when = { class = "urgent" }
report_to = "user.name"                  # the maintenance lead
broadcast_for = "24h"

[[policy]]                               # R-C6: and looked into afterwards
rule = "after_review"
name = "major-reviewed"
mode = "observe"
when = { class = "urgent" }
within = "72h"

[[policy]]                               # R-G3: what a warning of the monitoring must say
rule = "monitoring_alert"
name = "warnings-complete"
mode = "observe"
values = ["event"]
impact = ["cmdb_ci", "business_service"]
earlier = "2160h"                        # suggest what solved the item's last incident
grace = "10m"

[[policy]]                               # R-D3, R-D2: complaints, followed to their end
rule = "complaint"
name = "complaints"
mode = "observe"
where = { category = "complaint" }
act_within = "30m"
solve_within = "40h"
call_within = "24h"

[[policy]]                               # R-H3: improvements after call-backs are verified
rule = "improvement"
name = "improvements-verified"
mode = "observe"
table = "incident"
kinds = ["improvement"]
done_within = "80h"
service_hours = "onsite"
verify_by = "user.name"
verified_within = "40h"

[[policy]]                               # R-G1: the steps that a change owes
rule = "change_control"
name = "changes-in-order"
mode = "observe"
classes = { general = "standard", important = "normal", urgent = "emergency" }
application = ["short_description", "justification"]
assessment = ["risk", "risk_impact_analysis"]
answer = ["backout_plan"]
implementation = ["implementation_plan", "start_date", "end_date"]
record = ["close_code", "close_notes"]
exempt = { general = ["approval"] }
afterwards = ["urgent"]
record_within = "72h"

[[policy]]                               # R-G2: a release has a plan
rule = "release_plan"
name = "releases-planned"
mode = "observe"
table = "change_request"
where = { type = "release" }
time = ["start_date", "end_date"]
scope = ["business_service", "cmdb_ci"]
content = ["description"]

[[policy]]                               # R-F3: articles that grew stale are reviewed
rule = "article_review"
name = "articles-kept-up"
mode = "observe"
expires_within = "720h"
unchanged_for = "4380h"
assign_to = "user.name"                  # where an article has no author

[[policy]]                               # R-B5: articles that helped with many tickets
rule = "article_promotion"
name = "worth-promoting"
mode = "observe"
tickets = 10
within = "2160h"
assign_to = "user.name"

[[policy]]                               # R-H1, R-H4: plans, audits and reports fall due as tasks
rule = "dated_item"
name = "service-report"
mode = "observe"
item = "report"
title = "Monthly service report"
every = "month"
first = 2026-01-05
zone = "the zone"
remind_before = "96h"
assign_to = "user.name"

[[policy]]                               # R-C5: calls that nobody takes
rule = "hotline"
name = "hotline-answered"
mode = "observe"
service_hours = "onsite"
within = "15m"
report_to = "user.name"

[[source]]                               # R-E7: who is on duty, and when they came; docs/kpi.md
name = "duty"
kind = "roster"
path = "duty-roster.csv"                 # rows with starts and arrived
optional = true                          # there may be no file yet

[[policy]]                               # R-F2: statutory days off are on the roster
rule = "duty_roster"
name = "holidays-rostered"
mode = "observe"
roster = "duty"
holidays = "CN"                          # the country whose days off they are
zone = "the zone"
look_ahead = "240h"
report_to = "user.name"
"""


def further(zone: str) -> Iterator[str]:
    """The lines, all of them comments; ``zone`` is the desk's, in TOML quotes.

    With the first two characters of each line off they are TOML, and pass ``check`` once people stand for
    `SOMEBODY`. Every rule has a policy here or among the first ones.
    """
    for line in (*_HEADING.splitlines(), "", *_BLOCKS.replace('"the zone"', zone).splitlines()):
        yield f"# {line}" if line else "#"

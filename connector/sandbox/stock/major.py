"""Major incidents and what is told about them.  The form of the lines is that of `system` and `process`.

Platform facts, sections 4.1 and 4.9.  The columns of an incident belong to a plug-in: an incident of an
instance without it has its 92 columns, as recorded.
"""

from connector.sandbox.stock.alert import EVENT_MANAGEMENT

MAJOR_INCIDENTS = "com.snc.incident.mim"
"""The id of the plug-in Major Incident Management."""

PLUGINS = {
    MAJOR_INCIDENTS: "Major Incident Management",
    "com.snc.incident.knowledge": "Incident Management - Knowledge Integration",
    EVENT_MANAGEMENT: "Event Management",
}
"""What may be activated: id → name."""

PLUGIN_COLUMNS: dict[str, dict[str, str]] = {
    MAJOR_INCIDENTS: {
        "incident": """
major_incident_state  string(40)          Major incident state
proposed_by           reference:sys_user  Proposed by
proposed_on           glide_date_time     Proposed
promoted_by           reference:sys_user  Promoted by
promoted_on           glide_date_time     Promoted
overview              html(8000)          Overview
timeline              html(8000)          Timeline
findings              html(8000)          Findings
probable_cause        string(4000)        Probable cause
""",
    },
    EVENT_MANAGEMENT: {"em_event": "alert  reference:em_alert  Alert"},
}
"""Plug-in → table → the columns that it brings."""

PLUGIN_CHOICES = {
    ("incident", "major_incident_state"): {
        "proposed": "Proposed",
        "accepted": "Accepted",
        "rejected": "Rejected",
        "canceled": "Canceled",
    },
}

TABLES = """
v_plugin                     name    -   Plugin
incident_alert               number  IA  Incident Communication Plan
major_incident_trigger_rule  name    -   Major Incident Trigger Rule
"""

COLUMNS = {
    "v_plugin": """
id       string(100)  ID
name     string(100)  Name
active   string(40)   Status
version  string(40)   Version
""",
    "incident_alert": """
number             string(40)                Number
short_description  string(160)               Short description
description        string(4000)              Description
source_incident    reference:incident        Source incident
comm_plan_type     string(40)                Type
state              string(40)                State
severity           integer                   Severity
assigned_to        reference:sys_user        Assigned to
assignment_group   reference:sys_user_group  Assignment group
opened_at          glide_date_time           Opened
closed_at          glide_date_time           Closed
active             boolean                   Active
""",
    "major_incident_trigger_rule": """
name        string(100)       Name
table       string(80)        Table
conditions  conditions(4000)  Conditions
order       integer           Execution order
action      string(40)        Action to take
active      boolean           Active
""",
}

VIEWS = frozenset({"v_plugin"})
"""Nobody writes to them: the platform makes their rows."""

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("major_incident_trigger_rule", "action"): {"propose": "Propose", "promote": "Promote"},
    ("v_plugin", "active"): {"active": "Active", "inactive": "Inactive"},
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("incident_alert", "active"): "true",
    ("major_incident_trigger_rule", "active"): "false",
    ("major_incident_trigger_rule", "order"): "100",
    ("v_plugin", "active"): "inactive",
}

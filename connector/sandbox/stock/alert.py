"""Alerts of Event Management: a table that a plug-in brings.  The form of the lines is that of `system`.

Platform facts, section 4.9; names and labels of the other columns are those of the documented alert form.  An
alert is no task: it has its own state, who has it, and work notes, and neither `opened_at` nor a caller.
"""

EVENT_MANAGEMENT = "com.glideapp.itom.snac"
"""The id of the plug-in Event Management."""

TABLES = """
em_alert  number  Alert  Alert
"""

COLUMNS = {
    "em_alert": """
number             string(40)                Number
severity           integer                   Severity
state              string(40)                State
source             string(100)               Source
event_class        string(100)               Source instance
node               string(100)               Node
resource           string(100)               Resource
metric_name        string(100)               Metric Name
type               string(100)               Type
message_key        string(1024)              Message key
description        string(4000)              Description
additional_info    string(4000)              Additional information
cmdb_ci            reference:cmdb_ci         Configuration item
incident           reference:incident        Task
parent             reference:em_alert        Parent
acknowledged       boolean                   Acknowledged
maintenance        boolean                   Maintenance
assigned_to        reference:sys_user        Assigned to
assignment_group   reference:sys_user_group  Assignment group
work_notes         journal_input(4000)       Work notes
initial_event_time glide_date_time           Initial event generation time
last_event_time    glide_date_time           Last event time
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("em_alert", "state"): {"Open": "Open", "Reopen": "Reopen", "Flapping": "Flapping", "Closed": "Closed"},
    ("em_alert", "severity"): {
        "1": "Critical", "2": "Major", "3": "Minor", "4": "Warning", "5": "OK", "0": "Clear",
    },
}  # fmt: skip

DEFAULTS: dict[tuple[str, str], str] = {
    ("em_alert", "state"): "Open",
    ("em_alert", "acknowledged"): "false",
    ("em_alert", "maintenance"): "false",
}

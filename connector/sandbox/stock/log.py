"""The stock tables in which the platform writes down what happens.  The form is that of `system`.

Platform facts, section 4.10: they rotate, and `sys_history_*` is only filled when a person opens the history
of a record, so that an API reader finds nothing there.
"""

TABLES = """
sysevent            name     -  Event
syslog              message  -  Log Entry
syslog_transaction  url      -  Transaction Log Entry
sys_history_set     -        -  History Set
sys_history_line    -        -  History Line
"""

COLUMNS = {
    "sysevent": """
name                 string(100)      Name
parm1                string(1000)     Parm1
parm2                string(1000)     Parm2
table                string(80)       Table
instance             string(32)       Instance
state                string(40)       State
queue                string(40)       Queue
process_on           glide_date_time  Process on
processed            glide_date_time  Processed
processing_duration  integer          Processing duration
user_id              string(32)       User ID
user_name            string(100)      User name
""",
    "syslog": """
level     integer       Level
message   string(4000)  Message
source    string(100)   Source
sequence  string(40)    Sequence
""",
    "syslog_transaction": """
url            string(1000)  URL
type           string(40)    Type
response_time  integer       Response time
sql_time       integer       SQL time
sql_count      integer       SQL count
output_length  integer       Output length
session        string(100)   Session
remote_ip      string(40)    IP address
user_agent     string(255)   User agent
""",
    "sys_history_set": """
table              string(80)       Table
id                 GUID(32)         ID
initial_values     string(0)        Initial values
line_table         string(80)       Line table
load_time          integer          Load time
last_opened        glide_date_time  Last opened
""",
    "sys_history_line": """
set          reference:sys_history_set  Set
field        string(80)                 Field
label        string(80)                 Label
old          string(0)                  Old
new          string(0)                  New
old_value    string(0)                  Old value
new_value    string(0)                  New value
type         string(40)                 Type
relation     string(80)                 Relation
update       integer                    Update number
update_time  glide_date_time            Update time
user         reference:sys_user         User
user_id      string(40)                 User ID
user_name    string(151)                User name
""",
}

CREATED_ONLY = frozenset({"syslog", "syslog_transaction"})
"""Rows that are written once: neither stamps nor a count of updates."""

ROTATED = {"sysevent": 7, "syslog": 8 * 7, "syslog_transaction": 8 * 7, "sys_email": 8 * 30}
"""Tables that lose their rows after so many days."""

NEVER_AUDITED = frozenset({"em_alert"})
"""Tables that cannot be audited as a whole (section 4.9)."""

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("syslog", "level"): {"-1": "Debug", "0": "Information", "1": "Warning", "2": "Error"},
    ("sysevent", "state"): {
        "ready": "Ready",
        "processed": "Processed",
        "error": "Error",
        "transferred": "Transferred",
    },
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("syslog", "level"): "0",
    ("sysevent", "state"): "ready",
}

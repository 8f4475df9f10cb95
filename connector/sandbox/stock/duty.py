"""The stock tables of schedules and of who is on duty.  The form of the lines is that of `system`.

Platform facts, section 4.6; of the tables that it only names, the columns that clients read.
"""

TABLES = """
cmn_schedule           name   -  Schedule
cmn_schedule_span      name   -  Schedule Entry
cmn_relative_duration  name   -  Relative Duration
cmn_rota               name   -  Shift
cmn_rota_roster        name   -  Roster
cmn_rota_member        -      -  Rota Member
cmn_rota_escalation    -      -  Rotation Escalation
on_call_escalation     -      -  On-Call Escalation
v_rotation             -      -  Rotation Schedule
v_on_call              -      -  On-Call Notifications
"""

EXTENDING = """
roster_schedule_span  cmn_schedule_span  -  Roster Schedule Entry
"""

COLUMNS = {
    "cmn_schedule": """
name       string(100)  Name
time_zone  string(40)   Time zone
type       string(40)   Type
""",
    "cmn_rota": """
name      string(100)               Name
group     reference:sys_user_group  Group
schedule  reference:cmn_schedule    Schedule
active    boolean                   Active
""",
    "cmn_schedule_span": """
schedule         reference:cmn_schedule  Schedule
name             string(100)             Name
type             string(40)              Type
start_date_time  string(40)              When
end_date_time    string(40)              To
repeat_type      string(40)              Repeats
repeat_count     integer                 Repeat every
repeat_until     string(40)              Repeat until
days_of_week     string(40)              Repeat on
all_day          boolean                 All day
sys_class_name   string(80)              Class
yearly_type      string(40)              Yearly type
month            integer                 Month
float_week       string(40)              Float week
float_day        integer                 Float day
""",
    "cmn_rota_roster": """
name                      string(100)         Name
rota                      reference:cmn_rota  Shift
order                     integer             Order
rotation_interval_type    string(40)          Rotation interval type
rotation_interval_count   integer             Rotation interval count
rotation_start_date       glide_date          Rotation start date
rotation_start_time       string(40)          Rotation start time
active                    boolean             Active
""",
    "cmn_rota_member": """
roster  reference:cmn_rota_roster  Roster
member  reference:sys_user         Member
from    glide_date                 From
to      glide_date                 To
order   integer                    Order
""",
    "cmn_relative_duration": """
name    string(100)   Name
script  script(4000)  Script
""",
    "roster_schedule_span": """
roster   reference:cmn_rota_roster  Roster
group    reference:sys_user_group   Group
user     reference:sys_user         User
show_as  string(40)                 Show as
""",
    "cmn_rota_escalation": """
event_name  string(100)                Event name
rota        reference:cmn_rota         Shift
roster      reference:cmn_rota_roster  Roster
user        reference:sys_user         User
""",
    "on_call_escalation": """
source        reference:task             Source
source_table  string(80)                 Source table
group         reference:sys_user_group   Group
rota          reference:cmn_rota         Shift
state         string(40)                 State
start_time    glide_date_time            Start time
end_time      glide_date_time            End time
""",
    "v_rotation": """
rota        reference:cmn_rota         Shift
roster      reference:cmn_rota_roster  Roster
user        reference:sys_user         User
start_date  glide_date_time            Start
end_date    glide_date_time            End
""",
    "v_on_call": """
rota    reference:cmn_rota         Shift
roster  reference:cmn_rota_roster  Roster
user    reference:sys_user         User
sent    glide_date_time            Sent
""",
}

RELATIVE = {
    "Breach on Due Date": "calculator.calcDuration(calculator.calcScheduleDuration('', current.due_date));",
    "End of next business day": "calculator.calcRelativeDueDate(calculator.startDateTime, 1);",
    "Next business day by 4pm": (
        'var days = 1;\nif (calculator.isAfter(calculator.startDateTime, "10:00:00"))\n  days++;\n'
        'calculator.calcRelativeDueDate(calculator.startDateTime, days, "16:00:00");'
    ),
    "2 business days by 4pm": (
        'var days = 2;\nif (calculator.isAfter(calculator.startDateTime, "10:00:00"))\n  days++;\n'
        'calculator.calcRelativeDueDate(calculator.startDateTime, days, "16:00:00");'
    ),
    "3 business days by 4pm": (
        'var days = 3;\nif (calculator.isAfter(calculator.startDateTime, "10:00:00"))\n  days++;\n'
        'calculator.calcRelativeDueDate(calculator.startDateTime, days, "16:00:00");'
    ),
}
"""The relative durations of a fresh instance: name → script.  What of it is understood: `sla.relative`."""

VIEWS = frozenset({"v_rotation", "v_on_call"})
"""Database views: nobody writes to them (section 1.1)."""

CHOICES: dict[tuple[str, str], dict[str, str]] = {}

DEFAULTS: dict[tuple[str, str], str] = {
    ("cmn_rota", "active"): "true",
    ("cmn_rota_roster", "active"): "true",
    ("roster_schedule_span", "type"): "on_call",
    ("roster_schedule_span", "show_as"): "on_call",
}

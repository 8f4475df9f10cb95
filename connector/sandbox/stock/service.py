"""The stock tables for the service itself: agreements, surveys, articles, calls, events.

Platform facts, sections 4.2 and 4.4 to 4.10.  The form of the lines is that of `system`; where the
facts say that column names come from clients and not from a dictionary, so they do here.
"""

TABLES = """
contract_sla                     name           -     SLA Definition
task_sla                         -              -     Task SLA
kb_category                      label          -     Knowledge Category
kb_use                           -              -     Knowledge Use
kb_feedback                      -              -     Knowledge Feedback
asmt_metric_type                 name           -     Metric Type
asmt_metric_category             name           -     Metric Category
asmt_metric                      name           -     Metric
asmt_metric_definition           display        -     Metric Definition
asmt_condition                   -              -     Trigger Condition
asmt_assessment_instance_question -             -     Assessment Instance Question
asmt_category_result             -              -     Category Result
asmt_signature                   name           -     Signature
interaction_related_record       -              -     Interaction Related Record
sn_openframe_phone_log           call_id        -     Phone Log
sysapproval_approver             -              -     Approval
sc_cat_item                      name           -     Catalog Item
chg_model                        name           -     Change Model
em_event                         -              -     Event
sn_cim_register                  number         CIM   Improvement Initiative
sn_cim_related_kpi               -              -     Impacted KPI
"""

COLUMNS = {
    "contract_sla": """
name                     string(100)             Name
active                   boolean                 Active
type                     string(40)              Type
target                   string(40)              Target
collection               string(80)              Table
duration                 glide_duration          Duration
duration_type            string(32)              Duration type
schedule                 reference:cmn_schedule  Schedule
schedule_source          string(40)              Schedule source
schedule_source_field    string(80)              Schedule source field
timezone                 string(40)              Timezone
timezone_source          string(80)              Timezone source
start_condition          conditions(4000)        Start condition
pause_condition          conditions(4000)        Pause condition
resume_condition         conditions(4000)        Resume condition
stop_condition           conditions(4000)        Stop condition
reset_condition          conditions(4000)        Reset condition
cancel_condition         conditions(4000)        Cancel condition
when_to_resume           string(40)              When to resume
when_to_cancel           string(40)              When to cancel
retroactive              boolean                 Retroactive start
retroactive_pause        boolean                 Retroactive pause
set_start_to             string(80)              Set start to
reset_action             string(40)              Reset action
relative_duration_works_on string(40)            Relative duration works on
flow                     string(32)              Flow
workflow                 string(32)              Workflow
vendor                   reference:core_company  Vendor
enable_logging           boolean                 Enable logging
advanced_condition_type  string(40)              Advanced condition type
""",
    "task_sla": """
task                     reference:task          Task
sla                      reference:contract_sla  SLA definition
stage                    string(40)              Stage
active                   boolean                 Active
has_breached             boolean                 Has breached
start_time               glide_date_time         Start time
end_time                 glide_date_time         Stop time
planned_end_time         glide_date_time         Breach time
original_breach_time     glide_date_time         Original breach time
duration                 glide_duration          Actual elapsed time
percentage               decimal                 Actual elapsed percentage
time_left                glide_duration          Actual time left
business_duration        glide_duration          Business elapsed time
business_percentage      decimal                 Business elapsed percentage
business_time_left       glide_duration          Business time left
pause_time               glide_date_time         Pause time
pause_duration           glide_duration          Pause duration
business_pause_duration  glide_duration          Business pause duration
schedule                 reference:cmn_schedule  Schedule
timezone                 string(40)              Timezone
""",
    "kb_category": """
label          string(100)                 Label
value          string(100)                 Value
parent_id      string(32)                  Parent
parent_table   string(80)                  Parent table
active         boolean                     Active
""",
    "kb_use": """
article  reference:kb_knowledge  Article
user     reference:sys_user      User
used     boolean                 Used
viewed   boolean                 Viewed
""",
    "kb_feedback": """
article   reference:kb_knowledge  Article
user      reference:sys_user      User
rating    integer                 Rating
flagged   boolean                 Flagged
useful    string(40)              Useful
comments  string(4000)            Comments
""",
    "asmt_metric_type": """
name               string(100)  Name
evaluation_method  string(40)   Evaluation method
active             boolean      Active
description        string(4000) Description
""",
    "asmt_metric_category": """
name         string(100)                 Name
metric_type  reference:asmt_metric_type  Metric type
order        integer                     Order
weight       decimal                     Weight
""",
    "asmt_metric": """
name         string(100)                     Name
question     string(1000)                    Question
category     reference:asmt_metric_category  Category
metric_type  reference:asmt_metric_type      Metric type
datatype     string(40)                      Data type
order        integer                         Order
mandatory    boolean                         Mandatory
""",
    "asmt_metric_definition": """
metric   reference:asmt_metric  Metric
display  string(255)            Display
value    decimal                Value
order    integer                Order
""",
    "asmt_condition": """
table           string(80)                  Table
condition       conditions(4000)            Condition
active          boolean                     Active
assessment      reference:asmt_metric_type  Assessment
trigger_random  boolean                     Trigger randomly
percent_random  integer                     Probability (%)
""",
    "asmt_assessment_instance_question": """
instance      reference:asmt_assessment_instance  Instance
metric        reference:asmt_metric               Metric
category      reference:asmt_metric_category      Category
value         decimal                             Value
string_value  string(4000)                        String value
source_id     string(32)                          Source
""",
    "asmt_category_result": """
category          reference:asmt_metric_category      Category
metric_type       reference:asmt_metric_type          Metric type
instance          reference:asmt_assessment_instance  Instance
user              reference:sys_user                  User
rating            decimal                             Rating
normalized_value  decimal                             Normalized value
source_table      string(80)                          Source table
source_id         string(32)                          Source
""",
    "asmt_signature": """
name       string(100)   Name
active     boolean       Active
type       string(40)    Type
assertion  string(4000)  Assertion
""",
    "interaction_related_record": """
interaction     reference:interaction  Interaction
document_table  string(80)             Document table
document_id     string(32)             Document
type            string(40)             Type
""",
    "sn_openframe_phone_log": """
call_id       string(100)            Call ID
phone_number  string(40)             Phone number
contact       reference:sys_user     Contact
interaction   reference:interaction  Interaction
call_type     string(40)             Call type
start_time    glide_date_time        Start time
end_time      glide_date_time        End time
duration      glide_duration         Duration
""",
    "sysapproval_approver": """
sysapproval   reference:task      Approval for
approver      reference:sys_user  Approver
state         string(40)          State
comments      journal_input(4000) Comments
source_table  string(80)          Source table
document_id   string(32)          Approving
due_date      glide_date_time     Due date
""",
    "sc_cat_item": """
name               string(100)   Name
short_description  string(200)   Short description
description        html(8000)    Description
category           string(32)    Category
active             boolean       Active
price              price         Price
""",
    "chg_model": """
name               string(100)   Name
short_description  string(160)   Short description
description        string(4000)  Description
active             boolean       Active
""",
    "em_event": """
source           string(100)      Source
event_class      string(100)      Source instance
node             string(100)      Node
resource         string(100)      Resource
metric_name      string(100)      Metric Name
type             string(100)      Type
message_key      string(1024)     Message key
severity         integer          Severity
additional_info  string(4000)     Additional information
time_of_event    glide_date_time  Time of event
resolution_state string(40)       Resolution state
description      string(4000)     Description
state            string(40)       State
""",
    "sn_cim_register": """
number             string(40)                Number
short_description  string(160)               Short description
description        string(4000)              Description
state              string(40)                State
assigned_to        reference:sys_user        Assigned to
assignment_group   reference:sys_user_group  Assignment group
due_date           glide_date_time           Due date
""",
    "sn_cim_related_kpi": """
cim_register  reference:sn_cim_register  Improvement initiative
indicator     string(32)                 Indicator
breakdown     string(32)                 Breakdown
element       string(32)                 Element
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("contract_sla", "type"): {
        "SLA": "SLA", "OLA": "OLA", "Underpinning contract": "Underpinning contract",
    },
    ("contract_sla", "target"): {"response": "Response", "resolution": "Resolution"},
    ("contract_sla", "schedule_source"): {
        "sla_definition": "SLA definition", "task_field": "Task field", "no_schedule": "No schedule",
    },
    ("contract_sla", "when_to_resume"): {"on_condition": "On condition", "no_match": "Pause no match"},
    ("contract_sla", "when_to_cancel"): {
        "on_condition": "Cancel conditions are met",
        "no_match": "Start conditions are not met",
        "never": "Never",
    },
    ("contract_sla", "reset_action"): {"cancel": "Cancel existing SLA", "complete": "Complete existing SLA"},
    ("contract_sla", "advanced_condition_type"): {
        "none": "None", "advanced": "Advanced", "advanced_system": "Advanced + System",
        "advanced_journal": "Advanced + Journal",
        "advanced_journal_and_system": "Advanced + Journal + System",
    },
    ("contract_sla", "relative_duration_works_on"): {
        "Task record": "Task record", "SLA record": "SLA record",
    },
    ("task_sla", "stage"): {
        "in_progress": "In progress", "paused": "Paused", "completed": "Completed",
        "cancelled": "Cancelled", "breached": "Breached",
    },
    ("sysapproval_approver", "state"): {
        "not requested": "Not Yet Requested", "requested": "Requested", "approved": "Approved",
        "rejected": "Rejected", "cancelled": "Cancelled", "not_required": "No Longer Required",
        "duplicate": "Duplicate",
    },
    ("em_event", "resolution_state"): {"New": "New", "Closing": "Closing"},
}  # fmt: skip

DEFAULTS: dict[tuple[str, str], str] = {
    ("contract_sla", "active"): "true",
    ("contract_sla", "type"): "SLA",
    ("contract_sla", "target"): "resolution",
    ("contract_sla", "schedule_source"): "sla_definition",
    ("contract_sla", "when_to_resume"): "on_condition",
    ("contract_sla", "when_to_cancel"): "on_condition",
    ("contract_sla", "reset_action"): "cancel",
    ("contract_sla", "retroactive"): "false",
    ("contract_sla", "retroactive_pause"): "false",
    ("contract_sla", "advanced_condition_type"): "none",
    ("contract_sla", "flow"): "828f267973333300e289235f04f6a7a3",
    ("task_sla", "active"): "true",
    ("task_sla", "has_breached"): "false",
    ("kb_category", "active"): "true",
    ("asmt_metric_type", "active"): "true",
    ("asmt_condition", "active"): "true",
    ("asmt_signature", "active"): "true",
    ("sysapproval_approver", "state"): "requested",
    ("sc_cat_item", "active"): "true",
    ("chg_model", "active"): "true",
    ("em_event", "resolution_state"): "New",
    ("em_event", "state"): "Ready",
}

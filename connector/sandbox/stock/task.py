"""The stock tables for work: task and what extends it.  One line a column: name, type, label.

`type` may carry a length, `string(40)`, or the table it refers to, `reference:sys_user`.
"""

TASK = """
parent                    reference:task               Parent
made_sla                  boolean                      Made SLA
watch_list                glide_list:sys_user          Watch list
upon_reject               string(40)                   Upon reject
sys_updated_on            glide_date_time              Updated
task_effective_number     string(40)                   Effective number
approval_history          journal                      Approval history
number                    string(40)                   Number
sys_updated_by            string(40)                   Updated by
opened_by                 reference:sys_user           Opened by
user_input                string(4000)                 User input
sys_created_on            glide_date_time              Created
sys_domain                domain_id:sys_user_group     Domain
state                     integer                      State
route_reason              integer                      Transfer reason
sys_created_by            string(40)                   Created by
knowledge                 boolean                      Knowledge
order                     integer                      Order
closed_at                 glide_date_time              Closed
cmdb_ci                   reference:cmdb_ci            Configuration item
delivery_plan             reference:sc_cat_item_delivery_plan Delivery plan
contract                  reference:ast_contract       Contract
impact                    integer                      Impact
active                    boolean                      Active
work_notes_list           glide_list:sys_user          Work notes list
business_service          reference:cmdb_ci_service    Service
priority                  integer                      Priority
sys_domain_path           string(255)                  Domain Path
time_worked               timer                        Time worked
expected_start            glide_date_time              Expected start
opened_at                 glide_date_time              Opened
business_duration         glide_duration               Business duration
group_list                glide_list:sys_user_group    Group list
work_end                  glide_date_time              Actual end
approval_set              glide_date_time              Approval set
work_notes                journal_input(4000)          Work notes
universal_request         reference:task               Universal Request
short_description         string(160)                  Short description
correlation_display       string(100)                  Correlation display
delivery_task             reference:sc_cat_item_delivery_task Delivery task
work_start                glide_date_time              Actual start
assignment_group          reference:sys_user_group     Assignment group
additional_assignee_list  glide_list:sys_user          Additional assignee list
description               string(4000)                 Description
calendar_duration         glide_duration               Duration
close_notes               string(4000)                 Close notes
service_offering          reference:service_offering   Service offering
sys_class_name            string(80)                   Task type
closed_by                 reference:sys_user           Closed by
follow_up                 glide_date_time              Follow up
sys_id                    GUID(32)                     Sys ID
contact_type              string(40)                   Contact type
urgency                   integer                      Urgency
company                   reference:core_company       Company
reassignment_count        integer                      Reassignment count
activity_due              due_date                     Activity due
assigned_to               reference:sys_user           Assigned to
comments                  journal_input(4000)          Additional comments
approval                  string(40)                   Approval
sla_due                   due_date                     SLA due
comments_and_work_notes   journal_list(4000)           Comments and Work notes
due_date                  glide_date_time              Due date
sys_mod_count             integer                      Updates
sys_tags                  string(255)                  Tags
escalation                integer                      Escalation
upon_approval             string(40)                   Upon approval
correlation_id            string(100)                  Correlation ID
location                  reference:cmn_location       Location
"""

INCIDENT = """
caused_by            reference:change_request  Caused by Change
child_incidents      integer                   Child Incidents
hold_reason          integer                   On hold reason
origin_table         string(80)                Origin table
resolved_by          reference:sys_user        Resolved by
calendar_stc         integer                   Resolve time
business_impact      string(4000)              Business impact
rfc                  reference:change_request  Change Request
caller_id            reference:sys_user        Caller
reopened_time        glide_date_time           Last reopened at
resolved_at          glide_date_time           Resolved
subcategory          string(40)                Subcategory
close_code           string(40)                Resolution code
close_notes          string(4000)              Resolution notes
business_stc         integer                   Business resolve time
cause                string(4000)              Probable cause
origin_id            string(32)                Origin
notify               integer                   Notify
parent_incident      reference:incident        Parent Incident
reopened_by          reference:sys_user        Last reopened by
incident_state       integer                   Incident state
problem_id           reference:problem         Problem
severity             integer                   Severity
reopen_count         integer                   Reopen count
category             string(40)                Category
"""

INCIDENT_ORDER = tuple(
    """
parent made_sla caused_by watch_list upon_reject sys_updated_on child_incidents hold_reason
origin_table task_effective_number approval_history number resolved_by sys_updated_by opened_by
user_input sys_created_on sys_domain state route_reason sys_created_by knowledge order calendar_stc
closed_at cmdb_ci delivery_plan contract impact active work_notes_list business_service
business_impact priority sys_domain_path rfc time_worked expected_start opened_at business_duration
group_list work_end caller_id reopened_time resolved_at approval_set subcategory work_notes
universal_request short_description close_code correlation_display delivery_task work_start
assignment_group additional_assignee_list business_stc cause description origin_id calendar_duration
close_notes notify service_offering sys_class_name closed_by follow_up parent_incident sys_id
contact_type reopened_by incident_state urgency problem_id company reassignment_count activity_due
assigned_to severity comments approval sla_due comments_and_work_notes due_date sys_mod_count
reopen_count sys_tags escalation upon_approval correlation_id location category
""".split()  # noqa: SIM905  one word a line would be 92 lines
)
"""The order in which an incident prints its 92 columns."""

PROBLEM = """
problem_state           integer             Problem state
known_error             boolean             Known error
workaround              html(4000)          Workaround
cause_notes             string(4000)        Cause notes
fix_notes               string(4000)        Fix notes
first_reported_by_task  reference:task      First reported by
related_incidents       integer             Related Incidents
resolved_at             glide_date_time     Resolved
resolved_by             reference:sys_user  Resolved by
category                string(40)          Category
subcategory             string(40)          Subcategory
"""

PROBLEM_TASK = """
problem            reference:problem  Problem
problem_task_type  string(40)         Type
"""

INCIDENT_TASK = """
incident  reference:incident  Incident
"""

INTERACTION = """
type              string(40)              Type
direction         string(40)              Direction
opened_for        reference:sys_user      Opened for
contact           reference:sys_user      Contact
account           reference:core_company  Account
channel           string(40)              Channel
queue             string(100)             Queue
wrap_up_duration  glide_duration          Wrap up duration
"""

STATE = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"}
LEVEL = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
CONTACT = ("email", "phone", "self-service", "walk-in", "chat", "virtual_agent", "monitoring")
CLOSE_CODES = (
    "Duplicate",
    "Known error",
    "No resolution provided",
    "Resolved by caller",
    "Resolved by change",
    "Resolved by problem",
    "Resolved by request",
    "Solution provided",
    "Workaround provided",
    "User error",
)
INTERACTION_STATE = {
    "new": "New",
    "on_hold": "On Hold",
    "work_in_progress": "Work in Progress",
    "wrap_up": "Wrap Up",
    "closed_complete": "Closed Complete",
    "closed_abandoned": "Closed Abandoned",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("task", "state"): {
        "-5": "Pending",
        "1": "Open",
        "2": "Work in Progress",
        "3": "Closed Complete",
        "4": "Closed Incomplete",
        "7": "Closed Skipped",
    },
    ("task", "impact"): LEVEL,
    ("task", "urgency"): LEVEL,
    ("task", "priority"): {
        "1": "1 - Critical",
        "2": "2 - High",
        "3": "3 - Moderate",
        "4": "4 - Low",
        "5": "5 - Planning",
    },
    ("task", "escalation"): {"0": "Normal", "1": "Moderate", "2": "High", "3": "Overdue"},
    ("task", "approval"): {
        "not requested": "Not Yet Requested",
        "requested": "Requested",
        "approved": "Approved",
        "rejected": "Rejected",
    },
    ("task", "upon_approval"): {
        "proceed": "Proceed to Next Task",
        "do_nothing": "Wait for a User to Close this task",
    },
    ("task", "upon_reject"): {"cancel": "Cancel all future Tasks", "goto": "Go to a previous Task"},
    ("task", "contact_type"): {name: name.replace("_", " ").capitalize() for name in CONTACT},
    ("incident", "state"): STATE,
    ("incident", "incident_state"): STATE,
    ("incident", "hold_reason"): {
        "1": "Awaiting Caller",
        "3": "Awaiting Problem",
        "4": "Awaiting Vendor",
        "5": "Awaiting Change",
    },
    ("incident", "severity"): LEVEL,
    ("incident", "notify"): {"1": "Do Not Notify", "2": "Send Email", "3": "Telephone"},
    ("incident", "close_code"): {code: code for code in CLOSE_CODES},
    ("incident", "category"): {
        "inquiry": "Inquiry / Help",
        "software": "Software",
        "hardware": "Hardware",
        "network": "Network",
        "database": "Database",
        "password_reset": "Password Reset",
    },
    ("problem", "state"): {
        "101": "New",
        "102": "Assess",
        "103": "Root Cause Analysis",
        "104": "Fix in Progress",
        "106": "Resolved",
        "107": "Closed",
    },
    ("interaction", "state"): INTERACTION_STATE,
    ("interaction", "type"): {
        "phone": "Phone",
        "chat": "Chat",
        "messaging": "Messaging",
        "walkup": "Walk-up",
    },
    ("interaction", "direction"): {"inbound": "Inbound", "outbound": "Outbound"},
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("task", "made_sla"): "true",
    ("task", "upon_reject"): "cancel",
    ("task", "upon_approval"): "proceed",
    ("task", "state"): "1",
    ("task", "knowledge"): "false",
    ("task", "impact"): "3",
    ("task", "urgency"): "3",
    ("task", "priority"): "4",
    ("task", "active"): "true",
    ("task", "approval"): "not requested",
    ("task", "escalation"): "0",
    ("task", "reassignment_count"): "0",
    ("task", "sys_domain"): "global",
    ("task", "sys_domain_path"): "/",
    ("incident", "child_incidents"): "0",
    ("incident", "notify"): "1",
    ("incident", "incident_state"): "1",
    ("incident", "severity"): "3",
    ("incident", "reopen_count"): "0",
    ("incident", "category"): "inquiry",
    ("problem", "state"): "101",
    ("problem", "known_error"): "false",
    ("problem", "related_incidents"): "0",
    ("interaction", "state"): "new",
}

"""The stock tables for the processes beside incidents: changes, requests and cases, all of them tasks.

Platform facts, sections 4.8 and 4.9.  The form of the lines is that of `task`.
"""

EXTENDING = """
change_request           task     CHG    Change Request
change_task              task     CTASK  Change Task
sc_request               task     REQ    Request
sc_req_item              task     RITM   Requested Item
sc_task                  task     SCTASK Catalog Task
sn_customerservice_case  task     CS     Case
kb_feedback_task         task     KFT    Knowledge Feedback Task
sn_cim_task              task     CIMT   CIM Task
incident_alert_task      task     IATASK Incident Communication Task
"""
"""Name, parent, number prefix, label."""

COLUMNS = {
    "change_request": """
type                    string(40)               Type
risk                    integer                  Risk
risk_impact_analysis    string(4000)             Risk and impact analysis
category                string(40)               Category
reason                  string(40)               Reason
phase                   string(40)               Phase
start_date              glide_date_time          Planned start date
end_date                glide_date_time          Planned end date
requested_by            reference:sys_user       Requested by
requested_by_date       glide_date_time          Requested by date
implementation_plan     string(4000)             Implementation plan
backout_plan            string(4000)             Backout plan
test_plan               string(4000)             Test plan
justification           string(4000)             Justification
cab_required            boolean                  CAB required
cab_date                glide_date               CAB date
cab_recommendation      string(4000)             CAB recommendation
on_hold                 boolean                  On hold
on_hold_reason          string(4000)             On hold reason
unauthorized            boolean                  Unauthorized
chg_model               reference:chg_model      Model
conflict_status         string(40)               Conflict status
review_status           string(40)               Review status
review_comments         string(4000)             Review comments
close_code              string(40)               Close code
std_change_producer_version string(32)           Standard Change Template version
""",
    "change_task": """
change_request      reference:change_request  Change request
change_task_type    string(40)                Type
planned_start_date  glide_date_time           Planned start date
planned_end_date    glide_date_time           Planned end date
close_code          string(40)                Close code
""",
    "sc_request": """
requested_for    reference:sys_user  Requested for
requested_date   glide_date_time     Requested date
request_state    string(40)          Request state
stage            string(40)          Stage
price            currency            Price
special_instructions string(4000)    Special instructions
""",
    "sc_req_item": """
request           reference:sc_request   Request
cat_item          reference:sc_cat_item  Item
requested_for     reference:sys_user     Requested for
quantity          integer                Quantity
stage             string(40)             Stage
price             currency               Price
estimated_delivery glide_date_time       Estimated delivery
backordered       boolean                Backordered
""",
    "sc_task": """
request       reference:sc_request   Request
request_item  reference:sc_req_item  Request item
sc_catalog    string(32)             Catalog
""",
    "sn_customerservice_case": """
account              reference:core_company  Account
contact              reference:sys_user      Contact
consumer             string(32)              Consumer
category             string(40)              Category
subcategory          string(40)              Subcategory
case_report          string(4000)            Case report
cause                string(4000)            Cause
resolution_code      string(40)              Resolution code
resolved_at          glide_date_time         Resolved
resolved_by          reference:sys_user      Resolved by
first_response_time  glide_date_time         First response time
major_case_state     string(40)              Major case state
""",
    "kb_feedback_task": """
feedback  reference:kb_feedback  Feedback
""",
    "sn_cim_task": """
cim_task_type  string(40)  Type
""",
    "incident_alert_task": """
incident_alert  reference:incident_alert  Incident communication plan
comm_task_type  string(40)                Type
""",
}

_LEVELS = {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low"}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("change_request", "state"): {
        "-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled", "-1": "Implement",
        "0": "Review", "3": "Closed", "4": "Canceled",
    },
    ("change_request", "type"): {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"},
    ("change_request", "risk"): {"2": "High", "3": "Moderate", "4": "Low"},
    ("change_request", "close_code"): {
        "successful": "Successful",
        "successful_issues": "Successful with issues",
        "unsuccessful": "Unsuccessful",
    },
    ("sc_request", "request_state"): {
        "requested": "Pending Approval", "in_process": "Approved", "closed_complete": "Closed Complete",
        "closed_incomplete": "Closed Incomplete", "closed_cancelled": "Closed Cancelled",
    },
    ("sn_customerservice_case", "state"): {
        "1": "New", "10": "Open", "18": "Awaiting Info", "6": "Resolved", "3": "Closed",
    },
    ("sn_customerservice_case", "priority"): _LEVELS,
    ("sn_customerservice_case", "contact_type"): {
        "chat": "Chat", "email": "Email", "phone": "Phone", "social": "Social", "web": "Web",
    },
}  # fmt: skip

DEFAULTS: dict[tuple[str, str], str] = {
    ("change_request", "state"): "-5",
    ("change_request", "type"): "normal",
    ("change_request", "risk"): "3",
    ("change_request", "on_hold"): "false",
    ("change_request", "cab_required"): "false",
    ("change_request", "unauthorized"): "false",
    ("sc_request", "request_state"): "requested",
    ("sc_request", "stage"): "requested",
    ("sc_req_item", "quantity"): "1",
    ("sc_req_item", "backordered"): "false",
    ("sn_customerservice_case", "priority"): "4",
}

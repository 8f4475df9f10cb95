"""The stock tables that are not work: people, articles, surveys and the system's own.

One line a column: name, type, label; sys_ columns are added by the reader (`stock`).
"""

TABLES = """
sys_user                  name               -    User
sys_user_group            name               -    Group
sys_user_group_type       name               -    Group Type
sys_user_grmember         -                  -    Group Member
sys_properties            name               -    System Property
sys_filter_option_dynamic label              -    Dynamic Filter Option
label                     name               -    Tag
label_entry               title              -    Label Entry
sys_rate_limit_rules      name               -    Rate Limit Rule
sys_audit                 -                  -    Audit
sys_audit_delete          display_value      -    Audit Deleted Record
sys_journal_field         -                  -    Journal Entry
kb_knowledge_base         title              -    Knowledge Base
kb_knowledge              number             KB   Knowledge
m2m_kb_task               -                  -    Attached Knowledge
asmt_assessment_instance  number             AINST Assessment Instance
asmt_metric_result        -                  -    Metric Result
core_company              name               -    Company
cmn_location              name               -    Location
cmn_department            name               -    Department
metric_definition         name               MTRC Metric Definition
metric_instance           -                  -    Metric Instance
"""
"""Name, display column, number prefix, label."""

CREATED_ONLY = frozenset({"sys_audit", "sys_audit_delete", "sys_journal_field"})
"""Tables whose rows never change: no sys_updated_* and no sys_mod_count."""

COLUMNS = {
    "sys_user": """
user_name                  string(40)                User ID
name                       string(151)               Name
first_name                 string(50)                First name
last_name                  string(50)                Last name
email                      string(100)               Email
phone                      string(40)                Business phone
mobile_phone               string(40)                Mobile phone
title                      string(60)                Title
department                 reference:cmn_department  Department
company                    reference:core_company    Company
location                   reference:cmn_location    Location
manager                    reference:sys_user        Manager
active                     boolean                   Active
locked_out                 boolean                   Locked out
vip                        boolean                   VIP
time_zone                  string(40)                Time zone
date_format                string(40)                Date format
time_format                string(40)                Time format
country                    string(3)                 Country code
preferred_language         string(3)                 Language
web_service_access_only    boolean                   Web service access only
internal_integration_user  boolean                   Internal Integration User
identity_type              string(40)                Identity type
password_needs_reset       boolean                   Password needs reset
enable_multifactor_authn   boolean                   Enable Multifactor Authentication
roles                      string(255)               Roles
sys_domain                 domain_id:sys_user_group  Domain
""",
    "sys_user_group": """
name              string(80)                Name
type              glide_list:sys_user_group_type Type
manager           reference:sys_user        Manager
parent            reference:sys_user_group  Parent
email             string(100)               Group email
active            boolean                   Active
description       string(1000)              Description
default_assignee  reference:sys_user        Default assignee
exclude_manager   boolean                   Exclude manager
include_members   boolean                   Include members
""",
    "sys_user_group_type": """
name         string(80)    Name
description  string(1000)  Description
""",
    "sys_user_grmember": """
user   reference:sys_user        User
group  reference:sys_user_group  Group
""",
    "sys_properties": """
name         string(100)   Name
value        string(4000)  Value
type         string(40)    Type
description  string(512)   Description
is_private   boolean       Private
sys_scope    reference:sys_scope  Application
""",
    "sys_filter_option_dynamic": """
label                 string(40)    Label
script                string(4000)  Script
field_type            string(40)    Field type
table                 string(80)    Table
active                boolean       Active
available_for_filter  boolean       Available for filter
""",
    "label": """
name    string(100)         Name
owner   reference:sys_user  Owner
active  boolean             Active
""",
    "label_entry": """
label      reference:label     Label
title      string(255)         Title
table      string(80)          Table
table_key  GUID(32)            Key
user       reference:sys_user  User
""",
    "sys_rate_limit_rules": """
name          string(100)         Name
type          string(40)          Type
user          reference:sys_user  User
role          string(100)         Role
rest_service  string(100)         REST API
limit         integer             Request limit per hour
active        boolean             Active
""",
    "sys_audit": """
tablename            string(80)    Table name
documentkey          GUID(32)      Document key
fieldname            string(80)    Field name
oldvalue             string(0)     Old value
newvalue             string(0)     New value
user                 string(40)    User
reason               string(255)   Reason
record_checkpoint    integer       Update count
internal_checkpoint  string(40)    Internal checkpoint
""",
    "sys_audit_delete": """
tablename      string(80)   Table name
documentkey    GUID(32)     Document key
display_value  string(255)  Display value
payload        string(0)    Payload
""",
    "sys_journal_field": """
name        string(80)   Name
element_id  GUID(32)     Element ID
element     string(80)   Element
value       string(0)    Value
sys_tags    string(255)  Tags
""",
    "kb_knowledge_base": """
title        string(100)         Title
description  string(1000)        Description
owner        reference:sys_user  Owner
active       boolean             Active
""",
    "kb_knowledge": """
number               string(40)                   Number
short_description    string(100)                  Short description
text                 html(65000)                  Article body
wiki                 wiki_text(65000)             Wiki
article_type         string(40)                   Article type
workflow_state       string(40)                   Workflow
kb_knowledge_base    reference:kb_knowledge_base  Knowledge base
kb_category          reference:kb_category        Category
author               reference:sys_user           Author
published            glide_date                   Published
valid_to             glide_date                   Valid to
active               boolean                      Active
source               string(255)                  Source
use_count            integer                      Use count
sys_view_count       integer                      View count
rating               decimal                      Rating
flagged              boolean                      Flagged
disable_commenting   boolean                      Disable commenting
disable_suggesting   boolean                      Disable suggesting
roles                string(255)                  Roles
topic                string(40)                   Topic
category             string(40)                   Category (deprecated)
meta                 string(4000)                 Meta
meta_description     string(160)                  Meta Description
can_read_user_criteria    glide_list:user_criteria  Can Read
cannot_read_user_criteria glide_list:user_criteria  Cannot Read
direct               boolean                      Display attachments only
display_attachments  boolean                      Attachment link
image                string(40)                   Image
retired              glide_date                   Retired
cmdb_ci              reference:cmdb_ci            Configuration item
correlation_id       string(100)                  Correlation ID
sys_class_name       string(80)                   Class
ownership_group      reference:sys_user_group     Ownership Group
version              string(32)                   Version
latest               boolean                      Latest
base_version         reference:kb_knowledge       Base version
display_number       string(100)                  Display number
taxonomy_topic       glide_list                   Taxonomy topics
""",
    "m2m_kb_task": """
kb_knowledge  reference:kb_knowledge  Knowledge
task          reference:task          Task
""",
    "asmt_assessment_instance": """
number            string(40)          Number
metric_type       reference:asmt_metric_type Metric type
user              reference:sys_user  Assigned to
state             string(40)          State
due_date          glide_date_time     Due date
expiration_date   glide_date          Expiration date
taken_on          glide_date_time     Taken on
percent_answered  integer             Percent answered
task_id           reference:task      Task
trigger_table     string(80)          Trigger table
trigger_id        string(32)          Trigger ID
related_id_1      string(32)          Related ID
""",
    "asmt_metric_result": """
instance           reference:asmt_assessment_instance  Instance
metric             reference:asmt_metric               Metric
user               reference:sys_user                  User
actual_value       decimal                             Actual value
scaled_value       decimal                             Scaled value
normalized_value   decimal                             Normalized value
string_value       string(4000)                        String value
instance_question  reference:asmt_assessment_instance_question Instance question
source_id          string(32)                          Source ID
""",
    "core_company": """
name      string(80)              Name
vendor    boolean                 Vendor
customer  boolean                 Customer
phone     string(40)              Phone
parent    reference:core_company  Parent
""",
    "cmn_location": """
name       string(100)             Name
city       string(50)              City
country    string(50)              Country
time_zone  string(40)              Time zone
parent     reference:cmn_location  Parent
""",
    "cmn_department": """
name       string(100)               Name
dept_head  reference:sys_user        Department head
company    reference:core_company    Company
parent     reference:cmn_department  Parent
""",
    "metric_definition": """
number       string(40)    Number
name         string(100)   Name
table        string(80)    Table
field        string(80)    Field
type         string(40)    Type
active       boolean       Active
timeline     boolean       Timeline
order        integer       Order
description  string(4000)  Description
script       string(8000)  Script
""",
    "metric_instance": """
definition            reference:metric_definition  Definition
table                 string(80)                   Table
id                    GUID(32)                     ID
field                 string(80)                   Field
field_value           string(255)                  Field value
value                 string(255)                  Value
start                 glide_date_time              Start
end                   glide_date_time              End
duration              glide_duration               Duration
business_duration     glide_duration               Business duration
calculation_complete  boolean                      Calculation complete
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("kb_knowledge", "workflow_state"): {
        "draft": "Draft",
        "review": "Review",
        "published": "Published",
        "pending_retirement": "Pending retirement",
        "retired": "Retired",
        "outdated": "Outdated",
    },
    ("kb_knowledge", "article_type"): {"text": "HTML", "wiki": "Wiki"},
    ("metric_definition", "type"): {
        "field_value_duration": "Field value duration",
        "calculation": "Script calculation",
    },
    ("sys_rate_limit_rules", "type"): {"user": "User", "role": "Role", "all": "All users"},
    ("asmt_assessment_instance", "state"): {
        "ready": "Ready to take",
        "wip": "In progress",
        "complete": "Complete",
        "canceled": "Canceled",
    },
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("sys_user", "active"): "true",
    ("sys_user", "sys_domain"): "global",
    ("sys_user", "locked_out"): "false",
    ("sys_user", "vip"): "false",
    ("sys_user", "web_service_access_only"): "false",
    ("sys_user", "internal_integration_user"): "false",
    ("sys_user", "password_needs_reset"): "false",
    ("sys_user", "enable_multifactor_authn"): "false",
    ("sys_user_group", "active"): "true",
    ("sys_choice", "language"): "en",
    ("sys_choice", "inactive"): "false",
    ("sys_dictionary", "active"): "true",
    ("sys_db_object", "access"): "public",
    ("sys_db_object", "read_access"): "true",
    ("sys_db_object", "sys_scope"): "global",
    ("sys_properties", "sys_scope"): "global",
    ("sys_properties", "type"): "string",
    ("sys_properties", "is_private"): "false",
    ("sys_filter_option_dynamic", "active"): "true",
    ("sys_filter_option_dynamic", "available_for_filter"): "true",
    ("label", "active"): "true",
    ("sys_rate_limit_rules", "active"): "true",
    ("sys_rate_limit_rules", "type"): "all",
    ("kb_knowledge", "article_type"): "text",
    ("kb_knowledge", "workflow_state"): "draft",
    ("kb_knowledge", "active"): "true",
    ("kb_knowledge", "flagged"): "false",
    ("kb_knowledge", "direct"): "false",
    ("kb_knowledge", "disable_commenting"): "false",
    ("kb_knowledge", "disable_suggesting"): "false",
    ("kb_knowledge", "display_attachments"): "false",
    ("kb_knowledge", "use_count"): "0",
    ("kb_knowledge_base", "active"): "true",
    ("asmt_assessment_instance", "state"): "ready",
    ("asmt_assessment_instance", "percent_answered"): "0",
    ("metric_definition", "type"): "field_value_duration",
    ("metric_definition", "active"): "true",
    ("metric_definition", "timeline"): "false",
    ("metric_definition", "order"): "100",
}

INDEXES = {
    "task": ("number", "correlation_id", "parent", "incident"),
    "sys_user": ("user_name",),
    "sys_user_grmember": ("user", "group"),
    "sys_choice": ("element",),
    "sys_dictionary": ("name",),
    "sys_properties": ("name",),
    "task_sla": ("task", "active"),
    "cmn_schedule_span": ("schedule",),
    "label_entry": ("table_key", "label"),
    "sys_audit": ("documentkey",),
    "sys_journal_field": ("element_id",),
    "kb_knowledge": ("number", "correlation_id", "source"),
    "m2m_kb_task": ("task", "kb_knowledge"),
    "asmt_assessment_instance": ("task_id",),
    "metric_instance": ("id",),
}
"""Columns that are looked up one by one, besides sys_id and the two time orders."""

DYNAMIC_OPTIONS = {
    "54635e965f510100a9ad2572f2b4774c": ("Me", "gs.getUserID()", "reference", "sys_user"),
    "90d1921e5f510100a9ad2572f2b477fe": ("Me", "gs.getUserID()", "reference", "sys_user"),
    "d6435e965f510100a9ad2572f2b47744": ("One of My Groups", "getMyGroups()", "reference", "sys_user_group"),
}
"""Dynamic filter options as instances ship them: sys_id → label, script, type, table."""

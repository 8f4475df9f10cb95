"""The stock tables in which the platform keeps what admins set up: rules, numbers, labels, lists, reports.

Platform facts, sections 4.10, 5.1 and 6.3.  The form of the lines is that of `system`.
"""

TABLES = """
sys_script                       name           -     Business Rule
sys_scope                        name           -     Application
sys_number                       category       -     Number
sys_number_counter               table          -     Number Counter
sys_email                        subject        -     Email
sys_documentation                label          -     Field Label
sysrule_quota                    name           -     Transaction Quota Rule
sys_report                       title          -     Report
sys_ui_view                      title          -     View
sys_ui_list                      -              -     List
sys_ui_list_element              -              -     List Element
sys_filter                       title          -     Filter
"""

COLUMNS = {
    "sys_script": """
name              string(40)        Name
collection        string(80)        Table
active            boolean           Active
when              string(40)        When
order             integer           Order
action_insert     boolean           Insert
action_update     boolean           Update
action_delete     boolean           Delete
action_query      boolean           Query
filter_condition  conditions(4000)  Filter condition
condition         string(254)       Condition
abort_action      boolean           Abort action
add_message       boolean           Add message
message           html(4000)        Message
script            script(8000)      Script
description       string(4000)      Description
""",
    "sys_scope": """
name   string(100)  Name
scope  string(40)   Scope
""",
    "sys_number": """
category        string(80)  Table
prefix          string(40)  Prefix
number          integer     Number
maximum_digits  integer     Number of digits
""",
    "sys_number_counter": """
table   string(80)  Table
number  integer     Number
""",
    "sys_email": """
type          string(40)       Type
mailbox       string(40)       Mailbox
state         string(40)       State
recipients    string(4000)     Recipients
subject       string(1000)     Subject
body          html(65000)      Body
instance      string(32)       Target
target_table  string(80)       Target table
""",
    "sys_documentation": """
name      string(80)    Table
element   string(80)    Element
label     string(80)    Label
plural    string(80)    Plural
hint      string(1000)  Hint
help      string(4000)  Help
language  string(3)     Language
""",
    "sysrule_quota": """
name        string(100)       Name
active      boolean           Active
type        string(40)        Type
condition   conditions(4000)  Conditions
max_value   integer           Maximum duration (seconds)
order       integer           Order
""",
    "sys_report": """
title         string(100)               Title
table         string(80)                Table
field         string(80)                Group by
type          string(40)                Type
filter        conditions(4000)          Filter
aggregate     string(40)                Aggregation
sumfield      string(80)                Aggregated field
trend_field   string(80)                Trend by
interval      string(40)                Interval
orderby_list  string(255)               Order by
field_list    string(4000)              Columns
source_type   string(40)                Source type
is_published  boolean                   Published
user          string(40)                User
group         reference:sys_user_group  Group
roles         string(255)               Roles
description   string(1000)              Description
""",
    "sys_ui_list": """
name      string(80)   Table
view      string(80)   View
element   string(80)   Element
parent    string(80)   Parent
position  integer      Position
sys_user  string(40)   User
""",
    "sys_ui_view": """
name   string(80)  Name
title  string(80)  Title
""",
    "sys_ui_list_element": """
list_id   reference:sys_ui_list  List
element   string(80)             Element
position  integer                Position
""",
    "sys_filter": """
title   string(100)               Title
table   string(80)                Table
filter  conditions(4000)          Filter
user    string(40)                User
group   reference:sys_user_group  Group
roles   string(255)               Roles
active  boolean                   Active
""",
}

QUOTA_RULES = {
    "55841f53ff2102003434ffffffffff39": (
        "REST Table API request timeout",
        "type=rest^urlMATCH_RGX.*/api/now(/v[0-9]+)?/table.*",
        60,
    ),
} | {
    f"{number:032x}": (
        f"REST {name} request timeout",
        f"type=rest^urlMATCH_RGX.*/api/now(/v[0-9]+)?/{path}.*",
        seconds,
    )
    for number, (name, path, seconds) in enumerate(
        (
            ("Aggregate API", "stats", 60),
            ("Import Set API", "import", 60),
            ("Attachment API", "attachment", 60),
            ("Batch API", "batch", 30),
        ),
        0x51A0DB0C,
    )
}
"""Transaction quotas of a fresh instance: sys_id → name, condition, seconds.  Nothing is measured by them.

The sys_id of that of the Table API is the platform's, the others are the sandbox's own.
"""

STOCK_RULES = {
    "b6dae9e15317101034d1ddeeff7b1278": ("Change Model: Check State Transition", "change_request", "before"),
    "0e0f4c1e9c3b4d6fa1b2c3d4e5f60718": ("Incident Create Knowledge", "incident", "after"),
}
"""Business rules of a fresh instance whose rows an admin may deactivate: sys_id → name, table, when."""

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("sys_script", "when"): {
        "before": "before",
        "after": "after",
        "async": "async",
        "display": "display",
    },
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("sys_script", "active"): "true",
    ("sys_script", "when"): "before",
    ("sys_script", "order"): "100",
    ("sys_number", "number"): "10000",
    ("sys_number", "maximum_digits"): "7",
    ("sysrule_quota", "active"): "true",
    ("sys_report", "source_type"): "table",
    ("sys_filter", "active"): "true",
}

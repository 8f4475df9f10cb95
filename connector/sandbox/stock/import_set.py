"""Stock tables of imports: staging rows, import sets, transform maps.  The form is that of `system`."""

TABLES = """
sys_import_set            number             ISET  Import Set
sys_multi_import_set      number             MISET Multi Import Set
sys_import_set_row        -                  -     Import Set Row
sys_transform_map         name               -     Table Transform Map
sys_transform_entry       -                  -     Transform Entry
"""

COLUMNS = {
    "sys_import_set": """
number            string(40)                       Number
table_name        string(80)                       Table
state             string(40)                       State
multi_import_set  reference:sys_multi_import_set   Multi import set
""",
    "sys_multi_import_set": """
number  string(40)  Number
state   string(40)  State
""",
    "sys_import_set_row": """
sys_import_set            reference:sys_import_set     Set
sys_import_row            integer                      Row
sys_import_state          string(40)                   State
sys_import_state_comment  string(1000)                 Comment
sys_transform_map         reference:sys_transform_map  Transform map
sys_target_table          string(80)                   Target table
sys_target_sys_id         GUID(32)                     Target record
sys_class_name            string(80)                   Class
""",
    "sys_transform_map": """
name               string(100)  Name
source_table       string(80)   Source table
target_table       string(80)   Target table
active             boolean      Active
order              integer      Order
copy_empty_fields  boolean      Copy empty fields
""",
    "sys_transform_entry": """
map                    reference:sys_transform_map  Map
source_table           string(80)                   Source table
source_field           string(80)                   Source field
target_table           string(80)                   Target table
target_field           string(80)                   Target field
coalesce               boolean                      Coalesce
reference_value_field  string(80)                   Referenced value field name
choice_action          string(40)                   Choice action
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("sys_import_set_row", "sys_import_state"): {
        "pending": "Pending",
        "inserted": "Inserted",
        "updated": "Updated",
        "ignored": "Ignored",
        "skipped": "Skipped",
        "error": "Error",
    },
    ("sys_import_set", "state"): {"loading": "Loading", "loaded": "Loaded", "processed": "Processed"},
    ("sys_transform_entry", "choice_action"): {"create": "create", "ignore": "ignore", "reject": "reject"},
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("sys_import_set", "state"): "loading",
    ("sys_import_set_row", "sys_import_state"): "pending",
    ("sys_transform_map", "active"): "true",
    ("sys_transform_map", "order"): "100",
    ("sys_transform_map", "copy_empty_fields"): "false",
    ("sys_transform_entry", "coalesce"): "false",
    ("sys_transform_entry", "choice_action"): "ignore",
}

INDEXES = {
    "sys_import_set_row": ("sys_import_set",),
    "sys_transform_map": ("source_table",),
    "sys_transform_entry": ("map",),
}

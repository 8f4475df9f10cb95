"""The stock tables that describe tables, columns and choices; the form of the lines is that of `system`.

Types and tables are referred to by their names: `reference:sys_db_object?name` (platform facts, 4.10).
"""

TABLES = """
sys_choice                label              -    Choice
sys_dictionary            element            -    Dictionary Entry
sys_db_object             label              -    Table
sys_glide_object          label              -    Field class
"""

COLUMNS = {
    "sys_choice": """
name             string(80)   Table
element          string(80)   Element
value            string(100)  Value
label            string(200)  Label
language         string(3)    Language
sequence         integer      Sequence
inactive         boolean      Inactive
dependent_value  string(100)  Dependent value
""",
    "sys_dictionary": """
name           string(80)     Table
element        string(80)     Column name
column_label   string(80)     Column label
internal_type  reference(80):sys_glide_object?name  Type
reference      reference(80):sys_db_object?name     Reference
max_length     integer        Max length
mandatory      boolean        Mandatory
read_only      boolean        Read only
choice         integer        Choice
default_value  string(255)    Default value
active         boolean        Active
attributes     string(1000)   Attributes
audit          boolean        Audit
dependent_on_field string(80)  Dependent on field
read_only_option  string(40)  Read only option
""",
    "sys_db_object": """
name         string(80)               Name
label        string(80)               Label
super_class  reference:sys_db_object  Extends table
ws_access    boolean                  Allow access to this table via web services
access       string(40)               Accessible from
read_access  boolean                  Can read
sys_scope    reference:sys_scope      Application
""",
    "sys_glide_object": """
name   string(80)  Name
label  string(80)  Label
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {}
DEFAULTS: dict[tuple[str, str], str] = {}

TYPES = {
    "GUID": "Sys ID (GUID)",
    "boolean": "True/False",
    "choice": "Choice",
    "collection": "Collection",
    "conditions": "Conditions",
    "currency": "Currency",
    "price": "Price",
    "decimal": "Decimal",
    "domain_id": "Domain ID",
    "due_date": "Due Date",
    "email": "Email",
    "float": "Floating Point Number",
    "glide_date": "Date",
    "glide_date_time": "Date/Time",
    "glide_duration": "Duration",
    "glide_list": "List",
    "glide_time": "Time",
    "html": "HTML",
    "integer": "Integer",
    "journal": "Journal",
    "journal_input": "Journal Input",
    "journal_list": "Journal List",
    "password2": "Password (2 Way Encrypted)",
    "phone_number_e164": "Phone Number (E164)",
    "reference": "Reference",
    "script": "Script",
    "string": "String",
    "time": "Basic Time",
    "timer": "Timer",
    "translated_text": "Translated Text",
    "url": "URL",
    "user_roles": "User Roles",
    "wiki_text": "Wiki",
}
"""Name and label of the column types, the rows of `sys_glide_object`."""

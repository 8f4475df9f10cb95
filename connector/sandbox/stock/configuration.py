"""The stock tables of the configuration items.  The form of the lines is that of `system` and `process`."""

TABLES = """
cmdb  name  -  Base Configuration Item
"""

EXTENDING = """
cmdb_ci           cmdb              -  Configuration Item
cmdb_ci_service   cmdb_ci           -  Service
cmdb_ci_computer  cmdb_ci           -  Computer
cmdb_ci_server    cmdb_ci_computer  -  Server
"""

COLUMNS = {
    "cmdb": """
name                string(255)               Name
short_description   string(1000)              Description
install_status      integer                   Status
assigned_to         reference:sys_user        Assigned to
support_group       reference:sys_user_group  Support group
company             reference:core_company    Company
location            reference:cmn_location    Location
sys_class_name      string(80)                Class
""",
    "cmdb_ci": """
operational_status  integer  Operational status
""",
    "cmdb_ci_service": """
busines_criticality  string(40)          Business criticality
owned_by             reference:sys_user  Owned by
""",
    "cmdb_ci_computer": """
serial_number   string(255)  Serial number
asset_tag       string(40)   Asset tag
ip_address      string(255)  IP Address
os              string(40)   Operating System
os_version      string(100)  OS Version
ram             integer      RAM (MB)
cpu_count       integer      CPU count
manufacturer    reference:core_company  Manufacturer
""",
    "cmdb_ci_server": """
classification  string(40)   Classification
host_name       string(100)  Host name
used_for        string(40)   Used for
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {}

DEFAULTS: dict[tuple[str, str], str] = {("cmdb_ci", "operational_status"): "1"}

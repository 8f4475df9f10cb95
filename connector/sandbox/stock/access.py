"""The stock tables and rows of access: roles, access rules, clients, keys, attachments, imports.

The same form as `system`.  What is open to whom follows the platform facts, sections 6.4 and 4.10; a
table that no line of `RULES` names is readable by everybody who may log in and writable by admins.
"""

from collections.abc import Iterator

TABLES = """
sys_user_role             name               -     Role
sys_user_role_contains    -                  -     Contained Role
sys_user_has_role         -                  -     User Role
sys_group_has_role        -                  -     Group Role
sys_security_acl          name               -     Access Control
sys_security_acl_role     -                  -     Access Roles
user_criteria             name               -     User Criteria
kb_uc_can_read_mtom       -                  -     Can Read
kb_uc_cannot_read_mtom    -                  -     Cannot Read
oauth_entity              name               -     Application Registry
oauth_credential          -                  -     Manage Tokens
jwt_verifier_map          name               -     JWT Verifier Map
sys_certificate           name               -     X.509 Certificate
sys_user_certificate      name               -     User Certificate
api_key                   name               -     REST API Key
sys_attachment            file_name          -     Attachment
sys_attachment_doc        -                  -     Attachment Document
"""

COLUMNS = {
    "sys_user_role": """
name                string(100)   Name
description         string(1000)  Description
elevated_privilege  boolean       Elevated privilege
grantable           boolean       Grantable
suffix              string(100)   Suffix
""",
    "sys_user_role_contains": """
role      reference:sys_user_role  Role
contains  reference:sys_user_role  Contains
""",
    "sys_user_has_role": """
user        reference:sys_user        User
role        reference:sys_user_role   Role
granted_by  reference:sys_user_group  Granted by
inherited   boolean                   Inherited
inh_map     string(255)               Inheritance Map
inh_count   integer                   Inheritance Count
state       string(40)                State
""",
    "sys_group_has_role": """
group       reference:sys_user_group  Group
role        reference:sys_user_role   Role
granted_by  reference:sys_user_group  Granted by
inherits    boolean                   Inherits
""",
    "sys_security_acl": """
name             string(255)   Name
operation        string(40)    Operation
type             string(40)    Type
active           boolean       Active
admin_overrides  boolean       Admin overrides
description      string(1000)  Description
""",
    "sys_security_acl_role": """
sys_security_acl  reference:sys_security_acl  Access control
sys_user_role     reference:sys_user_role     Role
""",
    "user_criteria": """
name       string(100)                 Name
user       glide_list:sys_user         Users
group      glide_list:sys_user_group   Groups
role       glide_list:sys_user_role    Roles
match_all  boolean                     Match All
active     boolean                     Active
""",
    "kb_uc_can_read_mtom": """
kb_knowledge_base  reference:kb_knowledge_base  Knowledge base
user_criteria      reference:user_criteria      User Criteria
""",
    "kb_uc_cannot_read_mtom": """
kb_knowledge_base  reference:kb_knowledge_base  Knowledge base
user_criteria      reference:user_criteria      User Criteria
""",
    "oauth_entity": """
name                    string(100)         Name
type                    string(40)          Type
client_id               string(100)         Client ID
client_secret           password2(255)      Client Secret
default_grant_type      string(60)          Default Grant type
user                    reference:sys_user  OAuth Application User
user_field              string(40)          User Field
access_token_lifespan   integer             Access Token Lifespan
refresh_token_lifespan  integer             Refresh Token Lifespan
scope_restriction       string(40)          Scope Restriction
scopes                  string(255)         Auth Scopes
active                  boolean             Active
""",
    "oauth_credential": """
peer      reference:oauth_entity  Peer
user      reference:sys_user      User
type      string(40)              Type
token     password2(255)          Token
expires   glide_date_time         Expires
scopes    string(255)             Scopes
""",
    "jwt_verifier_map": """
name             string(100)               Name
oauth_jwt        reference:oauth_entity    OAuth JWT
kid              string(100)               KID
sys_certificate  reference:sys_certificate Sys certificate
""",
    "sys_certificate": """
name             string(100)    Name
pem_certificate  string(8000)   PEM Certificate
active           boolean        Active
""",
    "sys_user_certificate": """
name             string(100)         Name
user             reference:sys_user  User
pem_certificate  string(8000)        PEM Certificate
active           boolean             Active
""",
    "api_key": """
name     string(100)         Name
token    password2(255)      Token
user     reference:sys_user  User
expires  glide_date_time     Expires
active   boolean             Active
""",
    "sys_attachment": """
table_name           string(80)   Table name
table_sys_id         GUID(32)     Table sys ID
file_name            string(255)  File name
content_type         string(100)  Content type
compressed           boolean      Compressed
size_bytes           integer      Size bytes
size_compressed      integer      Size compressed
chunk_size_bytes     integer      Chunk size bytes
state                string(40)   State
hash                 string(64)   Hash
image_width          integer      Image width
image_height         integer      Image height
average_image_color  string(40)   Average image color
sys_tags             string(255)  Tags
""",
    "sys_attachment_doc": """
sys_attachment  reference:sys_attachment  Sys attachment
position        integer                   Position
length          integer                   Length
data            string(0)                 Data
""",
}

CHOICES: dict[tuple[str, str], dict[str, str]] = {
    ("oauth_entity", "scope_restriction"): {
        "broadly_scoped": "Broadly scoped",
        "securely_scoped": "Securely scoped",
    },
    ("oauth_entity", "type"): {"client": "OAuth Client", "jwt": "OAuth JWT"},
    ("oauth_credential", "type"): {"access_token": "Access Token", "refresh_token": "Refresh Token"},
}

DEFAULTS: dict[tuple[str, str], str] = {
    ("sys_user_role", "elevated_privilege"): "false",
    ("sys_user_role", "grantable"): "true",
    ("sys_user_has_role", "inherited"): "false",
    ("sys_user_has_role", "state"): "active",
    ("sys_group_has_role", "inherits"): "true",
    ("sys_security_acl", "type"): "record",
    ("sys_security_acl", "active"): "true",
    ("sys_security_acl", "admin_overrides"): "true",
    ("user_criteria", "active"): "true",
    ("user_criteria", "match_all"): "false",
    ("oauth_entity", "type"): "client",
    ("oauth_entity", "user_field"): "user_name",
    ("oauth_entity", "access_token_lifespan"): "1800",
    ("oauth_entity", "refresh_token_lifespan"): "8640000",
    ("oauth_entity", "scope_restriction"): "broadly_scoped",
    ("oauth_entity", "active"): "true",
    ("sys_certificate", "active"): "true",
    ("sys_user_certificate", "active"): "true",
    ("api_key", "active"): "true",
}

READ_ONLY = frozenset(
    {
        ("sys_user_has_role", "inherited"),
        ("sys_user_has_role", "inh_map"),
        ("sys_user_has_role", "inh_count"),
    }
)
"""Columns that the server keeps (Role Management V2)."""

INDEXES = {
    "sys_user_role": ("name",),
    "sys_user_has_role": ("user",),
    "sys_group_has_role": ("group",),
    "oauth_entity": ("client_id",),
    "oauth_credential": ("token", "peer"),
    "api_key": ("token",),
    "sys_attachment": ("table_sys_id",),
    "sys_attachment_doc": ("sys_attachment",),
}

ROLES = """
admin
security_admin
itil                          sn_incident_write sn_problem_write sn_change_write sn_request_write
itil                          survey_reader snc_platform_rest_api_access task_editor
itil_admin                    itil
sn_incident_write             sn_incident_read template_editor
sn_incident_read              snc_platform_rest_api_access
sn_problem_write              sn_problem_read template_editor
sn_problem_read               snc_platform_rest_api_access
sn_change_write               sn_change_read template_editor
sn_change_read                snc_platform_rest_api_access
sn_request_write              sn_request_read
sn_request_read               snc_platform_rest_api_access
snc_platform_rest_api_access
snc_basic_auth_api_access
snc_read_only
snc_internal
snc_external
template_editor
task_editor
user_admin
personalize_dictionary
knowledge
knowledge_manager             knowledge
knowledge_admin               knowledge_manager
survey_reader
survey_admin                  survey_reader
assessment_admin              survey_admin
sla_manager
sla_admin                     sla_manager
rota_manager
interaction_agent
interaction_admin             interaction_agent
sn_customerservice_agent
sn_customerservice_manager    sn_customerservice_agent
evt_mgmt_integration
evt_mgmt_user                 snc_platform_rest_api_access
evt_mgmt_operator             evt_mgmt_user
mim_manager                   communication_manager
sn_mim_admin                  mim_manager
communication_manager
api_service_admin
import_transformer            import_set_loader
import_set_loader
query_no_domain_table_api
oauth_admin
approver_user
"""
"""A role and what it contains, in one or several lines."""

RULES = """
read                  sys_audit sys_audit_delete sys_journal_field               admin
read                  oauth_entity oauth_credential api_key jwt_verifier_map     admin oauth_admin
create write delete   sys_api_access_policy inbound_auth_profile                 api_service_admin
create write delete   sys_auth_profile_mapping sys_auth_scope                    api_service_admin
create write delete   sys_api_access_scope                                       api_service_admin
create write delete   oauth_entity_auth_scope_mapping                            oauth_admin
read                  sysevent syslog syslog_transaction                         admin
read                  sys_history_set sys_history_line                           admin
create write          incident_alert incident_alert_task                         communication_manager itil
create write delete   major_incident_trigger_rule                                sn_mim_admin
create write          kb_feedback_task                                           knowledge itil
create write delete   cmn_rota_escalation roster_schedule_span                   rota_manager
read                  asmt_category_result asmt_signature                        survey_reader
read                  sys_certificate sys_user_certificate                       admin
read                  sys_security_acl sys_security_acl_role                     admin
read                  sys_script sys_attachment_doc                             admin
create write delete   sys_security_acl sys_security_acl_role                     security_admin
create write delete   *                                                          admin
create write delete   sys_dictionary                                             personalize_dictionary
create write delete   sys_user sys_user_group sys_user_grmember                  user_admin
create write delete   sys_user_has_role sys_group_has_role                       user_admin
create write delete   oauth_entity jwt_verifier_map api_key                      oauth_admin
read                  incident incident_task                                     sn_incident_read
create write          incident incident_task                                     sn_incident_write
delete                incident incident_task problem problem_task                itil_admin
read                  problem problem_task                                       sn_problem_read
create write          problem problem_task                                       sn_problem_write
read                  change_request change_task                                 sn_change_read
create write          change_request change_task                                 sn_change_write
create write          sc_request sc_req_item sc_task                             sn_request_write
create write          task                                                       task_editor itil
read create write     interaction interaction_related_record                     interaction_agent
read create write     sn_customerservice_case                                    sn_customerservice_agent
create write          sysapproval_approver                                       itil approver_user
create write          cmdb_ci cmdb_rel_ci                                        itil
create write delete   kb_knowledge                                               knowledge
create write delete   m2m_kb_task kb_feedback kb_use                             itil knowledge
read                  asmt_assessment_instance asmt_metric_result                survey_reader
create write          asmt_assessment_instance asmt_metric_result asmt_condition survey_admin
create write delete   contract_sla                                               sla_manager
create write delete   cmn_schedule cmn_schedule_span cmn_rota cmn_rota_member    rota_manager
create write delete   cmn_rota_roster                                            rota_manager
create                em_event                                                   evt_mgmt_integration
read                  em_alert                                                   evt_mgmt_user
create write          em_alert                                                   evt_mgmt_operator
create write delete   sys_attachment                                             *
create write          sys_import_set_row                                         import_set_loader
query_match           *.*                                                        *
query_range           *.*                                                        *
"""
"""Operations, tables (`*` any other), and the roles of which one opens them; `*` as a role is everybody.

The query rules of all columns leave the matter to the read rules.  `admin` opens everything but what asks for
`security_admin`, a role that a REST session cannot raise.
"""

OPERATIONS = frozenset({"read", "write", "create", "delete", "query_match", "query_range"})


def roles() -> dict[str, list[str]]:
    """Stock role → the roles it contains itself."""
    found: dict[str, list[str]] = {}
    for line in ROLES.split("\n"):
        if line:
            name, *contained = line.split()
            found.setdefault(name, []).extend(contained)
    return found


def rules() -> Iterator[tuple[str, str, list[str]]]:
    """The stock access rules: operation, table, roles (none: everybody)."""
    known = roles()
    for line in RULES.strip().splitlines():
        words = line.split()
        operations = [word for word in words if word in OPERATIONS]
        rest = words[len(operations) :]
        at = next(n for n, word in enumerate(rest) if n and (word in known or word == "*"))
        for operation in operations:
            for table in rest[:at]:
                yield operation, table, [role for role in rest[at:] if role != "*"]

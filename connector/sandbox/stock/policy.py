"""The stock tables of REST API access policies and auth scopes.  The form of the lines is that of `system`.

Platform facts, sections 3.5 and 3.6.  A fresh instance has one policy for all APIs, which takes every kind of
login that the sandbox knows; an API key works only where an active policy takes keys.
"""

TABLES = """
sys_auth_scope            name               -     Auth Scope
sys_api_access_scope      name               -     REST API Auth Scope
oauth_entity_auth_scope_mapping -            -     OAuth Entity Auth Scope
inbound_auth_profile      name               -     Inbound Authentication Profile
sys_api_access_policy     name               -     REST API Access Policy
sys_auth_profile_mapping  -                  -     Authentication Profile Mapping
"""

COLUMNS = {
    "sys_auth_scope": """
name         string(100)   Name
description  string(1000)  Description
""",
    "sys_api_access_scope": """
name                 string(100)               Name
api                  string(255)               REST API
api_path             string(255)               REST API PATH
api_resource         string(255)               Resource
http_method          string(40)                HTTP Method
version              string(40)                REST API Version
apply_all_methods    boolean                   Apply auth scope to all http methods in this API
apply_all_resources  boolean                   Apply auth scope to all resources in this API
apply_all_versions   boolean                   Apply auth scope to all versions in this API
auth_scope           reference:sys_auth_scope  Auth Scope
active               boolean                   Active
""",
    "oauth_entity_auth_scope_mapping": """
oauth_entity  reference:oauth_entity    OAuth entity
auth_scope    reference:sys_auth_scope  Auth scope
""",
    "inbound_auth_profile": """
name    string(100)  Name
type    string(40)   Type
active  boolean      Active
""",
    "sys_api_access_policy": """
name                                string(100)  Name
api                                 string(255)  REST API
api_path                            string(255)  REST API PATH
api_resource                        string(255)  Resource
api_tablename                       glide_list   Tables
http_method                         string(40)   HTTP Method
version                             string(40)   Version
apply_global                        boolean      Global
apply_all                           boolean      Apply policy to all of this API
apply_all_methods                   boolean      Apply to all methods
apply_all_resources                 boolean      Apply to all resources
apply_all_versions                  boolean      Apply to all versions
apply_all_tables                    boolean      Apply to all tables
all_authn_scheme_authenticate_header boolean     Advertise all auth schemes
active                              boolean      Active
""",
    "sys_auth_profile_mapping": """
api_access_policy     reference:sys_api_access_policy  REST API Access Policy
inbound_auth_profile  reference:inbound_auth_profile   Inbound Authentication Profile
""",
}

KINDS = {
    "api_key": "API Key",
    "certificate": "Certificate based Auth",
    "oauth": "OAuth",
    "basic_auth": "Basic Auth",
}
"""The kinds of login, in the order in which the stock policy names them: type → label of the profile."""

POLICY = "All REST APIs"
"""The stock policy."""

CHOICES: dict[tuple[str, str], dict[str, str]] = {("inbound_auth_profile", "type"): KINDS}

DEFAULTS: dict[tuple[str, str], str] = {
    ("sys_api_access_scope", "active"): "true",
    ("inbound_auth_profile", "active"): "true",
    ("sys_api_access_policy", "active"): "true",
}

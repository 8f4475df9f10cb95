"""Which kinds of login an API takes, and which auth scopes open it (platform facts, 3.5 and 3.6).

An access policy names an API, or all, and may be narrower: a resource, a method, a version, tables.  Of those
that fit, the most special one decides, whichever profiles it maps; without one every kind is taken but API
keys.  An auth scope binds in the same way.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from connector.sandbox.store import Store

WATCHED = frozenset(
    {"inbound_auth_profile", "sys_api_access_policy", "sys_api_access_scope", "sys_auth_profile_mapping"}
)
"""Tables whose rows decide here."""

BROAD = "useraccount"
"""The auth scope that opens everything the user may do."""

KEYS = "api_key"
FIRST_ONLY = "glide.security.response.authenticate.header.auth_profile.first_scheme_only"
"""The property that, when false, lets a 401 name every scheme."""
BASIC = 'BASIC realm="Service-now"'
_SCHEMES = {"basic_auth": BASIC, "oauth": 'BEARER realm="Service-now"'}

_POLICIES = """
SELECT p.api, p.api_path, p.api_resource, p.http_method, p.version, p.api_tablename, p.apply_global,
 p.apply_all, p.apply_all_resources, p.apply_all_methods, p.apply_all_versions, p.apply_all_tables,
 p.all_authn_scheme_authenticate_header, i.type
FROM sys_api_access_policy p JOIN sys_auth_profile_mapping m ON m.api_access_policy = p.sys_id
 JOIN inbound_auth_profile i ON i.sys_id = m.inbound_auth_profile
WHERE p.active = 'true' AND i.active = 'true'
ORDER BY p.sys_created_on, p.sys_id, m.sys_created_on DESC, m.rowid DESC
"""
_SCOPES = """
SELECT a.api, a.api_path, a.api_resource, a.http_method, a.version, '', '', '', a.apply_all_resources,
 a.apply_all_methods, a.apply_all_versions, 'true', '', s.name
FROM sys_api_access_scope a JOIN sys_auth_scope s ON s.sys_id = a.auth_scope WHERE a.active = 'true'
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: the API's name in rate rules ("" for no API), method, version, path, table."""

    service: str
    method: str
    version: str
    path: str
    table: str


@dataclass(frozen=True)
class Reach:
    """What a policy or a scope is about; "" counts for all."""

    api: str
    resource: str
    method: str
    version: str
    tables: frozenset[str]
    everywhere: bool
    advertises: bool

    def rank(self, target: Target) -> float | None:
        """How special it is among those that fit this call; None where it does not fit."""
        if not self.everywhere and self.api not in _names(target):
            return None
        if self.method and self.method != target.method:
            return None
        if self.version and self.version != (target.version or "latest"):
            return None
        if self.tables and target.table not in self.tables:
            return None
        if self.resource and not self._resource.match(re.sub(r"^/api|/v\d(?=/)", "", target.path)):
            return None
        if self.everywhere:
            return -1 + bool(self.method) / 2
        special = 4 * bool(self.resource) + 2 * bool(self.method) + bool(self.version)
        return special + bool(self.tables) / 2

    @cached_property
    def _resource(self) -> re.Pattern[str]:
        path = re.sub(r"^/api|/(?:v\d|\{version\})(?=/)", "", "/" + self.resource.strip("/"))
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + r"/?\Z")


class Policies:
    """Reads the rows when they changed.  The caller holds the lock."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._policies: dict[Reach, list[str]] | None = None
        self._scopes: dict[Reach, list[str]] = {}
        self._found: dict[Target, tuple[Reach, list[str]] | None] = {}

    def forget(self) -> None:
        """Rows changed."""
        self._policies = None

    def admits(self, target: Target, kind: str) -> bool:
        """Whether this API takes this kind of login."""
        found = self._policy(target)
        return kind != KEYS if found is None else kind in found[1]

    def opens(self, target: Target, scopes: frozenset[str], *, restricted: bool) -> bool:
        """Whether a token with these scopes may call this; `restricted`: of a securely scoped client."""
        if BROAD in scopes:
            return True
        self._read()
        bound = {
            name for reach, names in self._scopes.items() if reach.rank(target) is not None for name in names
        }
        return bool(bound & scopes) or not (restricted or bound)

    def challenges(self, target: Target, *, first_only: bool) -> list[str]:
        """What a 401 offers: the scheme that was mapped last, or all."""
        found = self._policy(target)
        schemes = [_SCHEMES[kind] for kind in found[1] if kind in _SCHEMES] if found else []
        all_of_them = found is not None and (found[0].advertises or not first_only)
        return (sorted(set(schemes), reverse=True) if all_of_them else schemes[:1]) or [BASIC]

    def _policy(self, target: Target) -> tuple[Reach, list[str]] | None:
        self._read()
        general = Target(target.service, target.method, target.version, _shape(target), target.table)
        if general not in self._found:
            ranked = [
                (rank, reach, kinds)
                for reach, kinds in (self._policies or {}).items()
                if (rank := reach.rank(target)) is not None
            ]
            best = max(ranked, key=lambda one: one[0], default=None)
            if len(self._found) > 1024:
                self._found.clear()
            self._found[general] = best[1:] if best else None
        return self._found[general]

    def _read(self) -> None:
        if self._policies is None:
            self._policies, self._scopes = self._reaches(_POLICIES), self._reaches(_SCOPES)
            self._found.clear()

    def _reaches(self, sql: str) -> dict[Reach, list[str]]:
        names = dict(self._store.db.execute("SELECT sys_id, name FROM sys_db_object"))
        found: dict[Reach, list[str]] = {}
        for row in self._store.db.execute(sql).fetchall():
            api, path, resource, method, version, tables, everywhere, whole, *wide, advertises, told = row
            resources, methods, versions = (one == "true" or whole == "true" for one in wide[:3])
            listed = frozenset(
                names.get(one.strip(), one.strip()) for one in tables.split(",") if one.strip()
            )
            reach = Reach(
                (api or path).strip("/").lower().removeprefix("api/"),
                "" if resources else resource,
                "" if methods else method.upper(),
                "" if versions else version.lower(),
                frozenset() if wide[3] == "true" or not listed else listed,
                everywhere == "true",
                advertises == "true",
            )
            found.setdefault(reach, []).append(told)
        return found


def _shape(target: Target) -> str:
    """The path with what differs from record to record left out."""
    return re.sub(r"[0-9a-f]{32}", "*", target.path)


def _names(target: Target) -> tuple[str, ...]:
    """How a policy may call the API: as the list of APIs does, or by its path."""
    parts = re.sub(r"^/api/|/v\d(?=/)", "", target.path).strip("/").split("/")
    return (target.service.lower(), "/".join(parts[:2])) if target.service else ()

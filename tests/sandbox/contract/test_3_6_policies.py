"""REST API access policies, auth scopes and multi-factor users (sections 3.5 and 3.6)."""

from typing import Any

import pytest

from tests.sandbox.contract.conftest import Wire

INCIDENT = "/api/now/table/incident"
USERS = "/api/now/table/sys_user"
STATS = "/api/now/stats/incident"
BASIC, BEARER = 'BASIC realm="Service-now"', 'BEARER realm="Service-now"'
KEY = {"x-sn-apikey": "now_key"}
NOT_AUTHENTICATED = {
    "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
    "status": "failure",
}
UNSCOPED = {
    "error": {"message": "User Not Authorized", "detail": "Access to unscoped api is not allowed"},
    "status": "failure",
}


@pytest.fixture
def keyed(wire: Wire) -> Wire:
    """An API key for `connector`, and no session that would do in its stead."""
    wire.rest.manner.sessions = False
    wire.instance.add_api_key("now_key", user="connector")
    return wire


def policy(wire: Wire, *kinds: str, **fields: str) -> str:
    """An access policy that takes these kinds of login, as an admin posts it; its sys_id."""
    row = {"name": "Mine", "active": "true", "api": "now/table", **fields}
    made = wire.instance.insert("sys_api_access_policy", row)["sys_id"]
    for kind in kinds:
        wire.clock.at += 1
        profile = wire.instance.rows("inbound_auth_profile", f"type={kind}")[0]["sys_id"]
        mapped = {"api_access_policy": made, "inbound_auth_profile": profile}
        wire.instance.insert("sys_auth_profile_mapping", mapped)
    return made


def status(wire: Wire, path: str, **how: Any) -> int:
    """With the key alone, unless told otherwise."""
    how.setdefault("headers", KEY)
    auth, wire.auth = wire.auth, how.pop("auth", None)
    answer = wire(how.pop("method", "GET"), path, **how)
    wire.auth = auth
    return answer.status_code


# Policies


def test_a_key_needs_a_policy_that_takes_it(keyed: Wire) -> None:
    """A fresh instance has one for all APIs; without it no key opens anything, passwords do."""
    assert status(keyed, INCIDENT) == 200
    (stock,) = keyed.instance.rows("sys_api_access_policy")
    path = f"/api/now/table/sys_api_access_policy/{stock['sys_id']}"
    assert keyed.patch(path, json={"active": "false"}).status_code == 200
    assert status(keyed, INCIDENT) == 401
    assert keyed.get(INCIDENT).status_code == 200
    policy(keyed, "api_key", "basic_auth")
    assert status(keyed, INCIDENT) == 200
    assert status(keyed, STATS) == 401


def test_a_policy_shuts_the_other_kinds_out(keyed: Wire) -> None:
    """The Table API takes keys alone; the other APIs go by the general policy."""
    policy(keyed, "api_key")
    answer = keyed.get(INCIDENT)
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)
    assert status(keyed, INCIDENT) == 200
    assert keyed.get(STATS).status_code == 200


@pytest.mark.parametrize(
    ("fields", "key", "other"),
    [
        ({"api": "Table API"}, ("GET", INCIDENT), ("GET", STATS)),
        ({"api": "", "api_path": "now/table"}, ("GET", INCIDENT), ("GET", STATS)),
        ({"http_method": "POST"}, ("POST", INCIDENT), ("GET", INCIDENT)),
        ({"version": "v2"}, ("GET", "/api/now/v2/table/incident"), ("GET", INCIDENT)),
        ({"version": "latest"}, ("GET", INCIDENT), ("GET", "/api/now/v1/table/incident")),
        ({"api_tablename": "incident,problem"}, ("GET", INCIDENT), ("GET", USERS)),
        (
            {"api_resource": "/now/table/{tableName}/{sys_id}"},
            ("GET", f"{INCIDENT}/{'0' * 32}"),
            ("GET", INCIDENT),
        ),
    ],
)
def test_what_a_policy_is_about(
    keyed: Wire, fields: dict[str, str], key: tuple[str, str], other: tuple[str, str]
) -> None:
    """API by name or path, method, version, tables, resource: there keys only, elsewhere as before."""
    keyed.post(INCIDENT, json={})
    policy(keyed, "api_key", **fields)
    basic = {"auth": ("connector", "secret"), "headers": {}, "json": {}}
    assert status(keyed, key[1], method=key[0], **basic) == 401
    assert status(keyed, key[1], method=key[0], json={}) in {200, 201, 404}
    assert status(keyed, other[1], method=other[0], **basic) == 200


def test_the_more_special_policy_decides(keyed: Wire) -> None:
    """Method and resource over method, that over the API, that over all APIs; `apply_all` undoes a method."""
    policy(keyed, "basic_auth")
    assert status(keyed, INCIDENT) == 401
    policy(keyed, "api_key", http_method="GET")
    assert status(keyed, INCIDENT) == 200
    policy(keyed, "basic_auth", http_method="GET", api_resource="/now/table/{tableName}")
    assert status(keyed, INCIDENT) == 401
    policy(keyed, "api_key", http_method="GET", api_resource="/now/table/{tableName}", version="latest")
    assert status(keyed, INCIDENT) == 200
    assert status(keyed, "/api/now/v2/table/incident") == 401
    whole = policy(keyed, "api_key", http_method="PUT", apply_all="true", api="now/stats")
    assert status(keyed, STATS) == 200
    keyed.instance.update("sys_api_access_policy", whole, {"active": "false"})
    assert status(keyed, STATS) == 200


def test_the_items_of_a_batch_are_judged_one_by_one(keyed: Wire) -> None:
    """A key that opens the Batch API opens inside of it what it opens outside."""
    policy(keyed, "basic_auth", http_method="DELETE")
    made = keyed.post(INCIDENT, json={}).json()["result"]["sys_id"]
    items = [{"id": "1", "method": "GET", "url": f"{INCIDENT}/{made}", "headers": []}]
    items += [{"id": "2", "method": "DELETE", "url": f"{INCIDENT}/{made}", "headers": []}]
    keyed.auth = None
    body = {"batch_request_id": "1", "rest_requests": items}
    answer = keyed.post("/api/now/v1/batch", json=body, headers=KEY)
    assert [one["status_code"] for one in answer.json()["serviced_requests"]] == [200, 401]
    assert keyed.instance.get("incident", made) is not None


def test_the_scheme_that_is_offered(keyed: Wire) -> None:
    """The one that was mapped last, unless the property or the policy wants all of them."""

    def offered() -> list[str]:
        keyed.auth = None
        answer = keyed.get(INCIDENT)
        assert answer.status_code == 401
        named = answer.headers["WWW-Authenticate"]
        return [one.strip() for one in named.split(",")]

    assert offered() == [BASIC]
    made = policy(keyed, "basic_auth", "oauth")
    assert offered() == [BEARER]
    name = "glide.security.response.authenticate.header.auth_profile.first_scheme_only"
    keyed.instance.properties[name] = "false"
    assert offered() == [BEARER, BASIC]
    keyed.instance.properties[name] = "true"
    keyed.instance.update("sys_api_access_policy", made, {"all_authn_scheme_authenticate_header": "true"})
    assert offered() == [BEARER, BASIC]


# Multi-factor users


def test_a_password_is_not_enough_for_a_multi_factor_user(wire: Wire) -> None:
    """401 with `X-MFA_TOKEN: invalid`; nothing of it for a wrong password."""
    wire.instance.add_user("li", name="Li", password="right", roles=["itil"], enable_multifactor_authn="true")
    answer = wire.get(INCIDENT, auth=("li", "right"))
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)
    assert answer.headers["X-MFA_TOKEN"] == "invalid"
    assert "X-MFA_TOKEN" not in wire.get(INCIDENT, auth=("li", "wrong")).headers
    row = wire.instance.rows("sys_user", "user_name=li")[0]
    wire.instance.update("sys_user", row["sys_id"], {"enable_multifactor_authn": "false"})
    assert wire.get(INCIDENT, auth=("li", "right")).status_code == 200


# Auth scopes


@pytest.fixture
def scoped(wire: Wire) -> Wire:
    """A securely scoped client whose scope opens reading of the Table API, and the token it got."""
    instance = wire.instance
    wire.rest.manner.sessions = False
    client = instance.add_oauth_client(
        "Reader", client_id="id", client_secret="hush", scope_restriction="securely_scoped"
    )
    scope = instance.insert("sys_auth_scope", {"name": "reader"})["sys_id"]
    instance.insert("oauth_entity_auth_scope_mapping", {"oauth_entity": client, "auth_scope": scope})
    bound = {"name": "Read", "api": "now/table", "http_method": "GET", "auth_scope": scope}
    instance.insert("sys_api_access_scope", bound)
    return wire


def token(wire: Wire) -> dict[str, str]:
    """The header with a new token."""
    form = {"grant_type": "password", "client_id": "id", "client_secret": "hush"}
    form |= {"username": "connector", "password": "secret"}
    auth, wire.auth = wire.auth, None
    said = wire.post("/oauth_token.do", data=form).json()
    wire.auth = auth
    assert said["scope"] == "reader"
    return {"Authorization": f"Bearer {said['access_token']}"}


def test_a_scope_binds_an_api_and_a_method(scoped: Wire) -> None:
    """Reads of the Table API are open to the token; its writes and other APIs are not."""
    held = token(scoped)
    scoped.auth = None
    assert scoped.get(INCIDENT, headers=held).status_code == 200
    for refused in (scoped.post(INCIDENT, json={}, headers=held), scoped.get(STATS, headers=held)):
        assert (refused.status_code, refused.json()) == (403, UNSCOPED)


def test_a_scope_for_all_methods(scoped: Wire) -> None:
    """`apply_all_methods` opens writes as well, at once for a token that was given out before."""
    held = token(scoped)
    (row,) = scoped.instance.rows("sys_api_access_scope")
    scoped.instance.update("sys_api_access_scope", row["sys_id"], {"apply_all_methods": "true"})
    scoped.auth = None
    assert scoped.post(INCIDENT, json={}, headers=held).status_code == 201
    scoped.instance.delete("sys_api_access_scope", row["sys_id"])
    assert scoped.get(INCIDENT, headers=held).json() == UNSCOPED


def test_an_api_with_a_scope_is_shut_to_tokens_without_it(scoped: Wire) -> None:
    """Also to those of a broadly scoped client that names scopes of its own."""
    (client,) = scoped.instance.rows("oauth_entity")
    (mapped,) = scoped.instance.rows("oauth_entity_auth_scope_mapping")
    told = {"scope_restriction": "broadly_scoped", "scopes": "reader"}
    scoped.instance.update("oauth_entity", client["sys_id"], told)
    held = token(scoped)
    scoped.auth = None
    assert scoped.get(STATS, headers=held).status_code == 200
    scoped.instance.delete("oauth_entity_auth_scope_mapping", mapped["sys_id"])
    assert scoped.get(INCIDENT, headers=held).status_code == 200
    other = scoped.instance.insert("sys_auth_scope", {"name": "other"})["sys_id"]
    (bound,) = scoped.instance.rows("sys_api_access_scope")
    scoped.instance.update("sys_api_access_scope", bound["sys_id"], {"auth_scope": other})
    assert scoped.get(INCIDENT, headers=held).json() == UNSCOPED

"""Basic authentication and its restriction, API keys, certificates, web-service accounts (section 3.6)."""

from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from connector.sandbox import Instance, Rest, Server

RESTRICTION = "glide.authenticate.basic_auth.restriction."
NOT_AUTHENTICATED = {
    "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
    "status": "failure",
}
INCIDENTS = "/api/now/table/incident"


@pytest.fixture
def restricted(wire: Any) -> Any:
    """Basic authentication is closed, and an `itil` user asks."""
    wire.instance.add_user("agent", name="Agent", password="secret", roles=["itil"])
    wire.instance.properties[f"{RESTRICTION}active"] = "true"
    wire.instance.properties[f"{RESTRICTION}enforce"] = "true"
    wire.auth = ("agent", "secret")
    return wire


def change(wire: Any, user_name: str, **fields: str) -> None:
    """Change a user."""
    row = wire.instance.rows("sys_user", f"user_name={user_name}")[0]
    wire.instance.update("sys_user", row["sys_id"], fields)


def test_an_interactive_user_is_refused_plainly(restricted: Any) -> None:
    """The same 401 as for a wrong password."""
    answer = restricted.get(INCIDENTS)
    assert (answer.status_code, answer.json()) == (401, NOT_AUTHENTICATED)
    assert answer.headers["WWW-Authenticate"] == 'BASIC realm="Service-now"'


def test_who_passes_all_the_same(restricted: Any) -> None:
    """Web-service-only accounts, the named users, the role, an instance that only watches."""
    instance = restricted.instance
    change(restricted, "agent", web_service_access_only="true")
    assert restricted.get(INCIDENTS).status_code == 200
    instance.properties[f"{RESTRICTION}allow_wsao"] = "false"
    assert restricted.get(INCIDENTS).status_code == 401
    instance.properties[f"{RESTRICTION}allowed_users"] = "other, agent"
    assert restricted.get(INCIDENTS).status_code == 200
    instance.properties[f"{RESTRICTION}allowed_users"] = ""
    instance.add_user("robot", name="R", password="secret", roles=["snc_basic_auth_api_access"])
    assert restricted.get(INCIDENTS, auth=("robot", "secret")).status_code == 200
    instance.properties[f"{RESTRICTION}allowed_roles"] = "itil"
    assert restricted.get(INCIDENTS, auth=("robot", "secret")).status_code == 401
    assert restricted.get(INCIDENTS).status_code == 200
    instance.properties[f"{RESTRICTION}allowed_roles"] = "snc_basic_auth_api_access"
    instance.properties[f"{RESTRICTION}default_decision"] = "allow"
    assert restricted.get(INCIDENTS).status_code == 200
    instance.properties[f"{RESTRICTION}default_decision"] = "deny"
    instance.properties[f"{RESTRICTION}enforce"] = "false"
    assert restricted.get(INCIDENTS).status_code == 200


def test_the_day_it_comes_into_force(restricted: Any) -> None:
    """Open until the enforcement date on the instance's clock, and the date can be read beforehand."""
    restricted.instance.properties[f"{RESTRICTION}enforcement_date"] = "2023-11-21 01:00:00"
    query = f"name={RESTRICTION}enforcement_date"
    row = restricted.result("/api/now/table/sys_properties", sysparm_query=query)[0]
    assert row["value"] == "2023-11-21 01:00:00"
    restricted.clock.at += 86399
    assert restricted.get(INCIDENTS).status_code == 200
    restricted.clock.at += 1
    assert restricted.get(INCIDENTS).status_code == 401


def test_passwords_are_not_set_over_rest(wire: Any) -> None:
    """`user_password` in a write changes nothing about the login."""
    row = wire.instance.rows("sys_user", "user_name=connector")[0]
    path = f"/api/now/table/sys_user/{row['sys_id']}"
    assert wire.patch(path, json={"user_password": "other"}).status_code == 200
    assert wire.get(INCIDENTS).status_code == 200
    assert wire.get(INCIDENTS, auth=("connector", "other")).status_code == 401


@pytest.mark.parametrize("where", ["header", "parameter"])
def test_api_keys(wire: Any, where: str) -> None:
    """In the header or as a parameter; wrong, ended or inactive ones are refused."""
    key = wire.instance.add_api_key("now_key", user="connector", expires="2023-11-20 02:00:00")
    wire.session.auth = None

    def status(token: str) -> int:
        given = {"headers" if where == "header" else "params": {"x-sn-apikey": token}}
        return int(wire.get(INCIDENTS, **given).status_code)

    assert status("now_key") == 200
    assert wire.rest.requests[-1].user == "connector"
    assert (status("NOW_KEY"), status("other"), status("")) == (401, 401, 401)
    wire.clock.at += 3600
    assert status("now_key") == 401
    wire.instance.update("api_key", key, {"expires": ""})
    assert status("now_key") == 200
    wire.instance.update("api_key", key, {"active": "false"})
    assert status("now_key") == 401


def test_a_key_ends_with_its_user(wire: Any) -> None:
    """The key of a user that is locked opens nothing."""
    wire.instance.add_api_key("now_key", user="connector")
    wire.session.auth = None
    change(wire, "connector", locked_out="true")
    assert wire.get(INCIDENTS, headers={"x-sn-apikey": "now_key"}).status_code == 401


def test_web_service_accounts_open_no_page(wire: Any) -> None:
    """Whoever is for web services only reads over REST and gets no form or list."""
    assert wire.get("/incident_list.do").status_code == 200
    change(wire, "connector", web_service_access_only="true")
    assert wire.get("/incident_list.do").status_code == 403
    assert wire.get(INCIDENTS).status_code == 200


def test_mutual_tls(rest: Rest, instance: Instance, tmp_path: Path) -> None:
    """A certificate that the instance holds for a user logs in; one it does not hold, or none, does not."""
    authority, stranger = trustme.CA(), trustme.CA()
    files = {name: str(tmp_path / f"{name}.pem") for name in ("server", "known", "mine", "other", "strange")}
    authority.cert_pem.write_to_path(files["known"])
    mine = authority.issue_cert("robot@example.com")
    for name, made in {
        "server": authority.issue_cert("127.0.0.1"),
        "mine": mine,
        "other": authority.issue_cert("other@example.com"),
        "strange": stranger.issue_cert("robot@example.com"),
    }.items():
        made.private_key_and_cert_chain_pem.write_to_path(files[name])
    user = instance.rows("sys_user", "user_name=connector")[0]["sys_id"]
    pem = mine.cert_chain_pems[0].bytes().decode()
    row = instance.insert("sys_user_certificate", {"name": "Robot", "user": user, "pem_certificate": pem})
    with Server(rest, certificate=files["server"], clients=files["known"]) as server:

        def status(certificate: str | None, auth: Any = None) -> int:
            with requests.Session() as session:
                session.auth = auth
                answer = session.get(
                    server.url + INCIDENTS, cert=certificate, verify=files["known"], timeout=5
                )
                return answer.status_code

        assert status(files["mine"]) == 200
        assert rest.requests[-1].user == "connector"
        assert status(files["other"]) == 401
        assert status(None) == 401
        assert status(None, ("connector", "secret")) == 200
        assert status(files["mine"], ("connector", "wrong")) == 401
        with pytest.raises(requests.ConnectionError):
            status(files["strange"])
        instance.update("sys_user_certificate", row["sys_id"], {"active": "false"})
        assert status(files["mine"]) == 401


def test_machines_open_no_page(wire: Any) -> None:
    """The identity type "Machine" makes an account one for web services only."""
    body = {"user_name": "robot", "identity_type": "Machine"}
    made = wire.post("/api/now/table/sys_user", json=body).json()["result"]
    assert made["web_service_access_only"] == "true"
    human = wire.post("/api/now/table/sys_user", json={"user_name": "li", "identity_type": "Human"})
    assert human.json()["result"]["web_service_access_only"] == "false"


@pytest.mark.parametrize(
    "why", [{"locked_out": "true"}, {"password_needs_reset": "true"}, {"active": "false"}]
)
def test_who_may_not_log_in(wire: Any, why: dict[str, str]) -> None:
    """A plain 401, also for whoever had a session already."""
    assert wire.get(INCIDENTS).status_code == 200
    change(wire, "connector", **why)
    for auth in (("connector", "secret"), None):
        wire.auth = auth
        assert wire.get(INCIDENTS).status_code == 401


def test_six_failures_lock_an_account(wire: Any) -> None:
    """The right password does not help any more, until somebody unlocks it."""
    wire.instance.add_user("li", name="Li", password="right", roles=["itil"])
    for _ in range(6):
        assert wire.get(INCIDENTS, auth=("li", "wrong")).status_code == 401
    wire.session.cookies.clear()
    assert wire.get(INCIDENTS, auth=("li", "right")).status_code == 401
    change(wire, "li", locked_out="false")
    assert wire.get(INCIDENTS, auth=("li", "right")).status_code == 200

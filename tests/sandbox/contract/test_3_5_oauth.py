"""OAuth tokens: four grants, one refusal, revocation (section 3.5)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT = {"client_id": "c0ffee", "client_secret": "hush"}
PASSWORD = CLIENT | {"grant_type": "password", "username": "connector", "password": "secret"}
DENIED = {"error_description": "access_denied", "error": "server_error"}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


@pytest.fixture
def oauth(wire: Any) -> Any:
    """An instance with an OAuth client; nobody is logged in."""
    wire.instance.add_oauth_client("Desk", user="connector", **CLIENT)
    wire.session.auth = None
    return wire


def asked(wire: Any, form: dict[str, str], **more: Any) -> requests.Response:
    """A POST of the form."""
    answer: requests.Response = wire.post("/oauth_token.do", data=form, **more)
    return answer


def reads(wire: Any, token: str) -> int:
    """The status of a read with this token."""
    status: int = wire.get(
        "/api/now/table/incident", headers={"Authorization": f"Bearer {token}"}
    ).status_code
    return status


def test_the_password_grant_as_recorded(oauth: Any) -> None:
    """86 characters, the recorded keys in their order, a number of seconds, and a login that works."""
    answer = asked(oauth, PASSWORD)
    said = answer.json()
    assert answer.status_code == 200
    assert list(said) == ["access_token", "refresh_token", "scope", "token_type", "expires_in"]
    assert len(said["access_token"]) == 86
    assert (said["scope"], said["token_type"], said["expires_in"]) == ("useraccount", "Bearer", 1799)
    assert reads(oauth, said["access_token"]) == 200
    made = oauth.post(
        "/api/now/table/incident", json={}, headers={"Authorization": f"Bearer {said['access_token']}"}
    )
    assert made.json()["result"]["sys_created_by"] == "connector"


def test_the_same_token_until_it_ends(oauth: Any) -> None:
    """Asked again it comes with less time; at its end it is worthless, and the next one is another."""
    first = asked(oauth, PASSWORD).json()
    oauth.clock.at += 600
    again = asked(oauth, PASSWORD).json()
    assert (again["access_token"], again["expires_in"]) == (first["access_token"], 1199)
    oauth.clock.at += 1199
    assert reads(oauth, first["access_token"]) == 200
    oauth.clock.at += 1
    assert reads(oauth, first["access_token"]) == 401
    last = asked(oauth, PASSWORD).json()
    assert last["access_token"] != first["access_token"]
    assert last["expires_in"] == 1799


def test_refresh(oauth: Any) -> None:
    """A refresh token gives new access tokens for 100 days and not a second longer."""
    first = asked(oauth, PASSWORD).json()
    form = CLIENT | {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    oauth.clock.at += 100 * 86400 - 1
    again = asked(oauth, form).json()
    assert again["refresh_token"] == first["refresh_token"]
    assert reads(oauth, again["access_token"]) == 200
    oauth.clock.at += 1
    assert asked(oauth, form).json() == DENIED
    assert asked(oauth, form | {"refresh_token": "made-up"}).status_code == 401


def test_lifetimes_are_the_clients(oauth: Any) -> None:
    """`access_token_lifespan` of the row counts."""
    row = oauth.instance.rows("oauth_entity")[0]
    oauth.instance.update("oauth_entity", row["sys_id"], {"access_token_lifespan": "60"})
    assert asked(oauth, PASSWORD).json()["expires_in"] == 59


def test_client_credentials(oauth: Any) -> None:
    """Only with the property and an application user; no refresh token, as newer releases do."""
    form = CLIENT | {"grant_type": "client_credentials"}
    assert asked(oauth, form).json() == DENIED
    oauth.instance.properties["glide.oauth.inbound.client.credential.grant_type.enabled"] = "true"
    said = asked(oauth, form).json()
    assert list(said) == ["access_token", "scope", "token_type", "expires_in"]
    assert reads(oauth, said["access_token"]) == 200
    oauth.rest.manner.refreshes_clients = True
    assert "refresh_token" in asked(oauth, form).json()
    row = oauth.instance.rows("oauth_entity")[0]
    oauth.instance.update("oauth_entity", row["sys_id"], {"user": ""})
    assert asked(oauth, form).json() == DENIED


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"client_id": "C0FFEE"},
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"grant_type": "implicit"},
        {"grant_type": ""},
        {"username": "nobody"},
        {"password": "wrong"},
        {"password": ""},
    ],
)
def test_one_refusal_for_everything(oauth: Any, change: dict[str, str]) -> None:
    """401 and the recorded body, whatever is wrong; the reason is the instance's secret."""
    answer = asked(oauth, PASSWORD | change)
    assert (answer.status_code, answer.text) == (
        401,
        '{"error_description":"access_denied","error":"server_error"}',
    )
    assert oauth.rest.grants.reasons
    assert not oauth.instance.rows("oauth_credential")


def test_newer_releases_name_a_wrong_client(oauth: Any) -> None:
    """The switch for `invalid_client`."""
    oauth.rest.manner.names_clients = True
    assert asked(oauth, PASSWORD | {"client_secret": "wrong"}).json()["error"] == "invalid_client"
    assert asked(oauth, PASSWORD | {"password": "wrong"}).json()["error"] == "server_error"


def test_forms_only(oauth: Any) -> None:
    """The same as JSON, or in the URL, is refused."""
    assert oauth.post("/oauth_token.do", json=PASSWORD).json() == DENIED
    assert oauth.post("/oauth_token.do", params=PASSWORD).json() == DENIED
    assert oauth.get("/oauth_token.do", params=PASSWORD).status_code == 405


def test_the_client_in_the_header(oauth: Any) -> None:
    """Pysnow's OAuth library sends id and secret as basic authentication."""
    form = {name: value for name, value in PASSWORD.items() if name not in CLIENT}
    assert asked(oauth, form, auth=("c0ffee", "hush")).status_code == 200
    assert asked(oauth, form, auth=("c0ffee", "wrong")).json() == DENIED


def test_the_kill_switch(oauth: Any) -> None:
    """`glide.oauth.inbound.ropc.grant_type.disabled` ends the password grant and nothing else."""
    first = asked(oauth, PASSWORD).json()
    oauth.instance.properties["glide.oauth.inbound.ropc.grant_type.disabled"] = "true"
    assert asked(oauth, PASSWORD).json() == DENIED
    form = CLIENT | {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert asked(oauth, form).status_code == 200


def test_six_failures_lock_here_too(oauth: Any) -> None:
    """Wrong passwords count over the token endpoint as over basic authentication."""
    token = asked(oauth, PASSWORD).json()["access_token"]
    for _ in range(6):
        asked(oauth, PASSWORD | {"password": "wrong"})
    assert asked(oauth, PASSWORD).json() == DENIED
    assert reads(oauth, token) == 401


def test_scope_restriction(oauth: Any) -> None:
    """A securely scoped client may log in and call nothing that is unscoped, until it has `useraccount`."""
    row = oauth.instance.rows("oauth_entity")[0]
    oauth.instance.update("oauth_entity", row["sys_id"], {"scope_restriction": "securely_scoped"})
    said = asked(oauth, PASSWORD).json()
    assert said["scope"] == ""
    refused = oauth.get(
        "/api/now/table/incident", headers={"Authorization": f"Bearer {said['access_token']}"}
    )
    error = {"message": "User Not Authorized", "detail": "Access to unscoped api is not allowed"}
    assert (refused.status_code, refused.json()) == (403, {"error": error, "status": "failure"})
    oauth.instance.update("oauth_entity", row["sys_id"], {"scopes": "useraccount"})
    oauth.get("/oauth_revoke_token.do", params={"token": said["access_token"]})
    assert reads(oauth, asked(oauth, PASSWORD).json()["access_token"]) == 200


def test_revoke(oauth: Any) -> None:
    """A revoked token is worthless at once; one that never was is no error."""
    said = asked(oauth, PASSWORD).json()
    for kind in ("access_token", "refresh_token"):
        assert oauth.get("/oauth_revoke_token.do", params={"token": said[kind]}).status_code == 200
    assert reads(oauth, said["access_token"]) == 401
    form = CLIENT | {"grant_type": "refresh_token", "refresh_token": said["refresh_token"]}
    assert asked(oauth, form).json() == DENIED
    assert oauth.get("/oauth_revoke_token.do", params={"token": "made-up"}).status_code == 200


@pytest.mark.parametrize("change", [{"active": "false"}, {"locked_out": "true"}])
def test_tokens_end_with_their_user(oauth: Any, change: dict[str, str]) -> None:
    """Deactivating the user shuts out tokens that still have time."""
    token = asked(oauth, PASSWORD).json()["access_token"]
    user = oauth.instance.rows("sys_user", "user_name=connector")[0]
    oauth.instance.update("sys_user", user["sys_id"], change)
    assert reads(oauth, token) == 401


def test_clients_are_rows(oauth: Any) -> None:
    """An admin makes one over REST; secrets and tokens come back as cipher text; `itil` sees no row."""
    admin = ("connector", "secret")
    row = {"name": "New", "client_id": "new", "client_secret": "s3cret"}
    made = oauth.post("/api/now/table/oauth_entity", json=row, auth=admin)
    assert made.status_code == 201
    assert made.json()["result"]["client_secret"] not in {"", "s3cret"}
    form = PASSWORD | {"client_id": "new", "client_secret": "s3cret"}
    token = asked(oauth, form).json()["access_token"]
    listed = oauth.get("/api/now/table/oauth_credential", auth=admin)
    assert listed.json()["result"] and token not in listed.text
    oauth.instance.add_user("agent", name="Agent", password="secret", roles=["itil"])
    assert oauth.get("/api/now/table/oauth_entity", auth=("agent", "secret")).json()["result"] == []


def certificate(key: rsa.RSAPrivateKey) -> str:
    """A certificate the key has signed itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "desk")])
    begin = datetime(2023, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=9000))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def assertion(wire: Any, key: Any = RSA, algorithm: str = "RS256", **change: Any) -> dict[str, str]:
    """The form of a signed assertion, by the instance's clock."""
    now = int(wire.clock.at)
    claims = {"iss": "signer", "aud": "signer", "sub": "connector", "iat": now, "exp": now + 60} | change
    kept = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(kept, key, algorithm=algorithm, headers={"kid": "k1"})
    return {
        "grant_type": JWT_BEARER,
        "client_id": "signer",
        "client_secret": "hush",
        "assertion": token,
    }


def test_a_signed_assertion(oauth: Any) -> None:
    """A certificate the instance knows, and the user is the one in `sub`."""
    oauth.instance.add_oauth_client(
        "Signer", client_id="signer", client_secret="hush", certificate=certificate(RSA), kid="k1"
    )
    said = asked(oauth, assertion(oauth)).json()
    assert said["expires_in"] == 1799
    assert reads(oauth, said["access_token"]) == 200
    now = int(oauth.clock.at)
    wrong: list[dict[str, Any]] = [
        {"iss": "other"},
        {"aud": "other"},
        {"sub": "nobody"},
        {"exp": now},
        {"iat": now + 3600, "exp": now + 7200},
        {"exp": None},
        {"sub": None},
    ]
    for change in wrong:
        assert asked(oauth, assertion(oauth, **change)).json() == DENIED, change
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert asked(oauth, assertion(oauth, other)).json() == DENIED
    assert asked(oauth, assertion(oauth) | {"assertion": "no.jwt.at-all"}).json() == DENIED
    forged = jwt.encode({"sub": "connector"}, "k" * 64, algorithm="HS256", headers={"kid": "k1"})
    assert asked(oauth, assertion(oauth) | {"assertion": forged}).json() == DENIED


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "ES256", "ES384", "ES512"])
def test_every_documented_signature(oauth: Any, algorithm: str) -> None:
    """RSA and elliptic curves at 256, 384 and 512 bits; a bare public key will do for a certificate."""
    curve = CURVES.get(algorithm)
    key: Any = ec.generate_private_key(curve) if curve else RSA
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    oauth.instance.add_oauth_client(
        "Signer", client_id="signer", client_secret="hush", certificate=pem, kid="k1", user_field="email"
    )
    user = oauth.instance.rows("sys_user", "user_name=connector")[0]
    oauth.instance.update("sys_user", user["sys_id"], {"email": "desk@example.com"})
    form = assertion(oauth, key, algorithm, sub="desk@example.com")
    assert asked(oauth, form).status_code == 200
    assert oauth.clock.at < time.time()  # the wall clock would have refused it

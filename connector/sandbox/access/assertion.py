"""JWT bearer assertions: signed by the client, checked against a certificate that the instance knows.

Signatures need a library: install the extra `jwt`.
"""

from connector.sandbox.access.token import Client
from connector.sandbox.instance import Instance

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
CLAIMS = ("iss", "sub", "aud", "exp", "iat")
SKEW = 60
"""Seconds that the client's clock may be ahead."""

_FIELDS = frozenset({"user_name", "email", "sys_id"})


class AssertionRefused(Exception):
    """The assertion proves nothing; the text says why."""


def subject(instance: Instance, client: Client, assertion: str) -> str:
    """The sys_id of the user whom the assertion names in `sub`.

    The key is the `jwt_verifier_map` of the client with the header's `kid` (or its only one where there is no
    kid), `iss` and `aud` are the client's id, times are compared with the instance's clock.  Raises
    `AssertionRefused`.
    """
    try:
        import jwt
    except ImportError:
        raise AssertionRefused("JWT assertions need the extra: desk-policy-connector[jwt]") from None
    try:
        kid = str(jwt.get_unverified_header(assertion).get("kid") or "")
        claims = jwt.decode(
            assertion,
            _key(_certificate(instance, client, kid)),
            algorithms=list(ALGORITHMS),
            audience=client.client_id,
            issuer=client.client_id,
            options={
                "require": list(CLAIMS),
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        ends, begun = float(claims["exp"]), float(claims["iat"])
    except (jwt.PyJWTError, ValueError, TypeError) as refused:
        raise AssertionRefused(f"the assertion does not hold: {refused}") from None
    now = instance.now()
    if ends <= now:
        raise AssertionRefused("the assertion is at its end")
    if begun > now + SKEW:
        raise AssertionRefused("the assertion is from the future")
    field = client.user_field if client.user_field in _FIELDS else "user_name"
    found = instance.store.db.execute(
        f'SELECT sys_id FROM sys_user WHERE "{field}" = ?', (str(claims["sub"]),)
    ).fetchone()
    if found is None:
        raise AssertionRefused("no user of this name")
    return str(found[0])


def _certificate(instance: Instance, client: Client, kid: str) -> bytes:
    """The PEM of the verifier map of this key id."""
    rows = instance.store.db.execute(
        "SELECT m.kid, c.pem_certificate FROM jwt_verifier_map m"
        " JOIN sys_certificate c ON c.sys_id = m.sys_certificate"
        " WHERE m.oauth_jwt = ? AND c.active <> 'false'",
        (client.sys_id,),
    ).fetchall()
    fitting = [pem for known, pem in rows if known == kid] if kid else [pem for _, pem in rows]
    if len(fitting) != 1:
        raise AssertionRefused(f"no single certificate for the key {kid!r}")
    return str(fitting[0]).encode()


def _key(pem: bytes) -> bytes:
    """The public key, as PEM, out of a certificate; a bare public key as it is."""
    if b"BEGIN CERTIFICATE" not in pem:
        return pem
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_pem_x509_certificate

    key = load_pem_x509_certificate(pem).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

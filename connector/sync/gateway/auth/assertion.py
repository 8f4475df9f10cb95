"""A signed assertion of who we are (RFC 7523), for the grant ``jwt-bearer``. Needs the extra ``jwt``."""

import secrets

from connector.errors import SettingsError
from connector.sync.gateway.credential import SignedAssertion

LIFE = 300
"""Seconds for which an assertion holds; it is used at once."""
BEHIND = 30
"""Seconds before now at which it begins, for the instance's clock may be behind ours."""


def assertion(grant: SignedAssertion, client_id: str, user: str, now: int) -> str:
    """The JWT of this moment (seconds since 1970). Raises `SettingsError` for want of library or key."""
    try:
        import jwt
    except ImportError:
        raise SettingsError(
            'instance: auth: kind "oauth-jwt-bearer" needs a library: '
            'pip install "desk-policy-connector[jwt]"'
        ) from None
    claims = {
        "iss": client_id,
        "sub": user,
        "aud": client_id,
        "iat": now - BEHIND,
        "exp": now + LIFE,
        "jti": secrets.token_hex(16),
    }
    try:
        return jwt.encode(
            claims,
            grant.key,
            algorithm=grant.algorithm,
            headers={"kid": grant.key_id} if grant.key_id else None,
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise SettingsError(
            f"instance: auth: private_key: cannot sign with {grant.algorithm} ({type(error).__name__}); "
            "it must be an unencrypted private key as PEM, RSA for RS…, elliptic curve for ES…"
        ) from None

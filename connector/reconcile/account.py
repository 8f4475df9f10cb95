"""How the settings say that the connector signs in, as credentials for the gateway; secrets are read here."""

from connector.settings import Settings
from connector.sync.gateway.credential import (
    AnyCredentials,
    ApiKey,
    ClientSecret,
    Credentials,
    MutualTls,
    OAuth,
    RefreshToken,
    SignedAssertion,
    UserPassword,
)


def account(settings: Settings) -> AnyCredentials:
    """Raises `SettingsError`, with file and line, for a secret or a file that is not found."""
    auth = settings.instance.auth
    certificate = settings.certificate()
    if auth.kind == "basic":
        return Credentials(auth.user, settings.secret("password"), certificate)
    if auth.kind == "api-key":
        return ApiKey(auth.user, settings.secret("key"), certificate)
    if auth.kind == "mutual-tls":
        assert certificate is not None, "the settings insist on one"
        return MutualTls(auth.user, certificate)
    return OAuth(
        auth.user, auth.client_id, settings.secret("client_secret"), _grant(settings), auth.scope, certificate
    )


def _grant(settings: Settings) -> ClientSecret | UserPassword | RefreshToken | SignedAssertion:
    auth = settings.instance.auth
    if auth.kind == "oauth-password":
        return UserPassword(settings.secret("password"))
    if auth.kind == "oauth-refresh-token":
        beside = settings.path.parent / auth.token_file
        kept = beside if auth.token_file else settings.store_path.with_suffix(".token")
        return RefreshToken(settings.secret("refresh_token"), kept)
    if auth.kind == "oauth-jwt-bearer":
        return SignedAssertion(settings.secret("private_key"), auth.key_id, auth.algorithm)
    return ClientSecret()

"""How the connector signs in. A further kind is one more value here and one more case in `authenticator`."""

from dataclasses import dataclass, field

from requests.auth import AuthBase, HTTPBasicAuth


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of the instance and the password, which no representation shows."""

    user: str
    password: str = field(repr=False)


def authenticator(credentials: Credentials) -> AuthBase:
    """What signs each request. UTF-8, for passwords are not always Latin."""
    return HTTPBasicAuth(credentials.user.encode(), credentials.password.encode())

"""From the settings to what the gateway signs in with; what is missing is told with file and line."""

from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.reconcile import open_gateway
from connector.reconcile.account import account
from connector.settings import Settings, load
from connector.sync.gateway.credential import (
    ApiKey,
    ClientSecret,
    Credentials,
    MutualTls,
    OAuth,
    RefreshToken,
    SignedAssertion,
    UserPassword,
)

CLIENT = 'client_id = "desk"\nclient_secret = { file = "secret" }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a file for each secret."""
    for name in ("secret", "password", "token", "key", "cert.pem", "key.pem"):
        (tmp_path / name).write_text(f"the {name}\n", encoding="utf-8")
    return tmp_path


def settings(folder: Path, kind: str, more: str, instance: str = "") -> Settings:
    """A configuration in this folder that signs in so."""
    path = folder / "config.toml"
    path.write_text(
        f'[instance]\nurl = "https://desk.example"\n{instance}'
        f'[instance.auth]\nkind = "{kind}"\nuser = "robot"\n{more}',
        encoding="utf-8",
    )
    return load(path)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("basic", 'password = { file = "password" }', Credentials("robot", "the password")),
        ("api-key", 'key = { file = "key" }', ApiKey("robot", "the key")),
        ("oauth-client-credentials", CLIENT, OAuth("robot", "desk", "the secret", ClientSecret())),
        (
            "oauth-password",
            CLIENT + 'password = { file = "password" }\nscope = "useraccount"',
            OAuth("robot", "desk", "the secret", UserPassword("the password"), "useraccount"),
        ),
        (
            "oauth-jwt-bearer",
            CLIENT + 'private_key = { file = "key.pem" }\nkey_id = "k"\nalgorithm = "ES256"',
            OAuth("robot", "desk", "the secret", SignedAssertion("the key.pem", "k", "ES256")),
        ),
    ],
)
def test_each_kind_becomes_its_credentials(folder: Path, kind: str, more: str, expected: object) -> None:
    """Secrets are read from their files, beside the configuration."""
    assert account(settings(folder, kind, more)) == expected


def test_a_rotated_token_is_kept_beside_the_store(folder: Path) -> None:
    """By default under the store's name; elsewhere if told."""
    more = CLIENT + 'refresh_token = { file = "token" }\n'
    found = account(settings(folder, "oauth-refresh-token", more))
    assert isinstance(found, OAuth)
    assert found.grant == RefreshToken("the token", folder / "config.token")
    found = account(settings(folder, "oauth-refresh-token", more + 'token_file = "kept/other"\n'))
    assert isinstance(found, OAuth)
    assert found.grant == RefreshToken("the token", folder / "kept/other")


def test_a_certificate_goes_with_every_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the credentials folder or beside the configuration."""
    files = 'certificate = "cert.pem"\ncertificate_key = "key.pem"\n'
    expected = (str(folder / "cert.pem"), str(folder / "key.pem"))
    assert account(settings(folder, "mutual-tls", files)) == MutualTls("robot", expected)
    found = account(settings(folder, "api-key", files + 'key = { file = "key" }\n'))
    assert found == ApiKey("robot", "the key", expected)
    other = folder / "credentials"
    other.mkdir()
    (other / "cert.pem").touch()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(other))
    found = account(settings(folder, "mutual-tls", 'certificate = "cert.pem"\n'))
    assert found == MutualTls("robot", (str(other / "cert.pem"), ""))


@pytest.mark.parametrize(
    ("kind", "more", "instance", "told"),
    [
        (
            "basic",
            'password = { env = "NO_SUCH_THING" }',
            "",
            "6: instance: auth: password: no secret found; looked",
        ),
        ("api-key", 'key = { file = "gone" }', "", "6: instance: auth: key: no secret found; looked in"),
        ("mutual-tls", 'certificate = "gone"', "", "6: instance: auth: certificate: no such file; looked in"),
        (
            "mutual-tls",
            'certificate = "cert.pem"',
            "",
            "6: instance: auth: certificate: .*write the path of a PEM",
        ),
        (
            "oauth-jwt-bearer",
            CLIENT + 'private_key = { file = "key.pem" }',
            "",
            "8: instance: auth: private_key: can",
        ),
        (
            "api-key",
            'key = { file = "key" }',
            'ca_file = "gone.pem"\n',
            "3: instance: ca_file: .*gone.pem: No such",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_line(
    folder: Path, kind: str, more: str, instance: str, told: str
) -> None:
    """Before anything is sent, with the places that were looked in and what should be there."""
    (folder / "key").write_text("the-key", encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"config\.toml:{told}") as caught:
        open_gateway(settings(folder, kind, more, instance))
    assert "the secret" not in str(caught.value)

"""Every way to a token, against the sandbox: how often one is asked for, and what a refusal costs."""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from connector.clock import SimulatedClock
from connector.errors import SettingsError, TimedOut, Unauthorised, Unavailable
from connector.sandbox import Fault, Faults, Instance, Request, Response, Rest, in_process
from connector.sandbox.fault import on
from connector.sync.gateway import Gateway, Terms
from connector.sync.gateway.auth.token import MARGIN, Granted, Tokens
from connector.sync.gateway.credential import (
    AnyCredentials,
    ApiKey,
    ClientSecret,
    OAuth,
    RefreshToken,
    SignedAssertion,
    UserPassword,
)
from tests.sync.conftest import NOON

LIFE = 1800
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def rename(instance: Instance, token: str, fresh: str) -> None:
    """Another token in the place of this one."""
    (row,) = [row for row in instance.rows("oauth_credential") if row["token"] == token]
    instance.update("oauth_credential", row["sys_id"], {"token": fresh})


class Overheard(Rest):
    """The REST face, with the forms that were sent to the token endpoint; it rotates, if told to."""

    def __init__(self, instance: Instance, faults: Faults) -> None:
        super().__init__(instance, faults=faults)
        self.forms: list[dict[str, str]] = []
        self.rotates = False

    def handle(self, request: Request) -> Response:
        """Serve, and remember."""
        if not request.target.startswith("/oauth_token.do"):
            return super().handle(request)
        form = dict(parse_qsl(request.body.decode()))
        self.forms.append(form)
        answer = super().handle(request)
        if not self.rotates or answer.status != 200 or form["grant_type"] != "refresh_token":
            return answer
        # The sandbox gives the same refresh token back, as the platform does; RFC 6749 allows another one.
        fresh = f"rotated-{len(self.forms)}"
        rename(self.instance, form["refresh_token"], fresh)
        body = json.loads(answer.body) | {"refresh_token": fresh}
        return Response(200, answer.headers, json.dumps(body).encode())


class Line:
    """An instance with an OAuth client, and gateways to it on the same clock."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(NOON)
        self.instance = Instance(now=self.clock.now)
        self.instance.add_user("connector", name="Connector", password="geheim", roles=["itil", "admin"])
        self.instance.properties["glide.oauth.inbound.client.credential.grant_type.enabled"] = "true"
        self.instance.add_oauth_client(
            "desk",
            client_id="desk",
            client_secret="geheimer",
            user="connector",
            certificate=PUBLIC,
            kid="k1",
            access_token_lifespan=str(LIFE),
        )
        self.faults = Faults(sleep=lambda _: None)
        self.rest = Overheard(self.instance, self.faults)

    def gateway(self, grant: object, secret: str = "geheimer") -> Gateway:
        """A gateway that signs in so."""
        return self.opened(OAuth("connector", "desk", secret, grant))  # type: ignore[arg-type]

    def opened(self, credentials: AnyCredentials) -> Gateway:
        """A gateway with these credentials."""
        return Gateway(
            self.instance.base_url,
            credentials,
            writable={"incident": frozenset({"work_notes"})},
            terms=Terms(patience=30),
            clock=self.clock,
        )

    @property
    def grants(self) -> list[str]:
        """Which grants were asked for."""
        return [form["grant_type"].rpartition(":")[2] for form in self.rest.forms]

    def forget_tokens(self) -> None:
        """The instance takes all access tokens back."""
        for row in self.instance.rows("oauth_credential", "type=access_token"):
            self.instance.delete("oauth_credential", row["sys_id"])


@pytest.fixture
def line() -> Iterator[Line]:
    """In process."""
    made = Line()
    with in_process(made.rest):
        yield made
    made.instance.close()


GRANTS = [
    (ClientSecret(), "client_credentials"),
    (UserPassword("geheim"), "password"),
    (SignedAssertion(PRIVATE, "k1"), "jwt-bearer"),
]
IDS = [name for _, name in GRANTS]


@pytest.mark.parametrize(("grant", "name"), GRANTS, ids=IDS)
def test_one_token_serves_until_shortly_before_its_end(line: Line, grant: object, name: str) -> None:
    """Asked for once, used for everything, asked for again in the last minute and not at each request."""
    gateway = line.gateway(grant)
    for _ in range(5):
        gateway.probe()
    assert line.grants == [name]
    assert line.rest.requests[-1].user == "connector"
    line.clock.advance(int(LIFE - MARGIN - 5))
    gateway.probe()
    assert len(line.grants) == 1
    line.clock.advance(10)
    for _ in range(5):
        gateway.probe()
    assert len(line.grants) == 2
    life = gateway.condition().token_for
    assert life is not None
    assert 0 < life <= LIFE


@pytest.mark.parametrize(("grant", "name"), GRANTS, ids=IDS)
def test_a_token_taken_back_costs_one_refresh_and_one_repeat(line: Line, grant: object, name: str) -> None:
    """401 in the middle: another token, the same request again, a write too, for nothing had happened."""
    sys_id = line.instance.insert("incident", {"short_description": "x"}, user="admin")["sys_id"]
    gateway = line.gateway(grant)
    gateway.probe()
    line.forget_tokens()
    sent = gateway.requests_sent
    gateway.patch("incident", sys_id, {"work_notes": "once"}, read=["sys_id"])
    assert gateway.requests_sent == sent + 3, "401, a token, the write"
    assert len(line.grants) == 2
    assert len(line.instance.journal(sys_id)) == 1


@pytest.mark.parametrize(("grant", "name"), GRANTS, ids=IDS)
def test_a_401_that_a_new_token_does_not_mend_is_the_end(line: Line, grant: object, name: str) -> None:
    """One refresh, one repeat, and then nothing is sent any more."""
    gateway = line.gateway(grant)
    gateway.probe()
    line.faults.add(Fault.unauthorised(), on("GET"), times=None)
    sent = gateway.requests_sent
    for _ in range(3):
        with pytest.raises(Unauthorised):
            gateway.probe()
    assert gateway.requests_sent == sent + 3


def test_a_wrong_password_is_tried_once(line: Line) -> None:
    """No loop, no lock-out; and no secret in what is told."""
    gateway = line.gateway(UserPassword("falsch"))
    for _ in range(7):
        with pytest.raises(Unauthorised) as caught:
            gateway.probe()
        assert "falsch" not in str(caught.value)
        assert "geheimer" not in str(caught.value)
    assert gateway.requests_sent == len(line.rest.forms) == 1
    (row,) = line.instance.rows("sys_user", "user_name=connector")
    assert row["locked_out"] != "true"


@pytest.mark.parametrize("names", [False, True])
def test_a_wrong_client_secret_is_tried_once(line: Line, names: bool) -> None:
    """Whichever of the two answers the release gives."""
    line.rest.manner.names_clients = names
    gateway = line.gateway(ClientSecret(), "falsch")
    for _ in range(3):
        with pytest.raises(Unauthorised, match="system log"):
            gateway.probe()
    assert gateway.requests_sent == 1


def test_a_refresh_token_at_its_end_falls_back_to_the_grant(line: Line) -> None:
    """It spares the password as long as it lives; after that the password is given once."""
    gateway = line.gateway(UserPassword("geheim"))
    gateway.probe()
    line.clock.advance(LIFE)
    gateway.probe()
    assert line.grants == ["password", "refresh_token"]
    for row in line.instance.rows("oauth_credential"):
        line.instance.delete("oauth_credential", row["sys_id"])
    gateway.probe()
    assert line.grants == ["password", "refresh_token", "refresh_token", "password"]


def refresh_token(line: Line) -> str:
    """What a person fetched."""
    gateway = line.gateway(UserPassword("geheim"))
    gateway.probe()
    line.rest.forms.clear()
    return line.instance.rows("oauth_credential", "type=refresh_token")[0]["token"]


def test_a_refresh_token_that_stays(line: Line, tmp_path: Path) -> None:
    """As the platform does: the same one each time, and no file is made."""
    grant = RefreshToken(refresh_token(line), tmp_path / "desk.token")
    gateway = line.gateway(grant)
    gateway.probe()
    line.clock.advance(LIFE)
    gateway.probe()
    assert line.grants == ["refresh_token"] * 2
    assert list(tmp_path.iterdir()) == []


def test_a_rotated_refresh_token_survives_a_restart(line: Line, tmp_path: Path) -> None:
    """It is kept, for this user only; the next process begins with it; another configured one wins."""
    first, kept = refresh_token(line), tmp_path / "desk.token"
    line.rest.rotates = True
    for _ in range(3):
        gateway = line.gateway(RefreshToken(first, kept))
        gateway.probe()
        line.clock.advance(LIFE)
        gateway.probe()
        gateway.close()
        line.clock.advance(LIFE)
    asked = [form["refresh_token"] for form in line.rest.forms]
    assert asked == [first, *(f"rotated-{number}" for number in range(1, 6))]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert first not in kept.read_text(encoding="utf-8")
    rename(line.instance, "rotated-6", "fetched-anew")
    line.gateway(RefreshToken("fetched-anew", kept)).probe()
    assert line.rest.forms[-1]["refresh_token"] == "fetched-anew"


def test_a_rotated_token_that_cannot_be_kept_is_told(
    line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The work goes on with what is in memory, and a person is warned, without the token."""
    line.rest.rotates = True
    gateway = line.gateway(RefreshToken(refresh_token(line), tmp_path / "no folder" / "desk.token"))
    gateway.probe()
    assert "cannot be written" in caplog.text
    assert "rotated-1" not in caplog.text
    line.clock.advance(LIFE)
    gateway.probe()
    assert [form["refresh_token"] for form in line.rest.forms][-1] == "rotated-1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"instead_of": 1}'])
def test_a_damaged_file_is_passed_over(line: Line, tmp_path: Path, text: str) -> None:
    """The configured token is used."""
    kept = tmp_path / "desk.token"
    kept.write_text(text, encoding="utf-8")
    line.gateway(RefreshToken(refresh_token(line), kept)).probe()


def test_a_refresh_token_at_its_end_is_the_end(line: Line, tmp_path: Path) -> None:
    """Only a person can fetch another: one attempt, and the reasons."""
    gateway = line.gateway(RefreshToken("gone", tmp_path / "t"))
    for _ in range(3):
        with pytest.raises(Unauthorised, match="refresh token"):
            gateway.probe()
    assert gateway.requests_sent == 1


@pytest.mark.parametrize(
    "fault", [Fault.reset_after(), Fault.unavailable(), Fault.hibernating(), Fault.truncated()]
)
def test_a_lost_token_is_not_a_refusal(line: Line, fault: Fault) -> None:
    """The pass ends, the next one asks again; it is not asked twice in one breath, for tokens may rotate."""
    gateway = line.gateway(ClientSecret())
    line.faults.add(fault)
    with pytest.raises((TimedOut, Unavailable)):
        gateway.probe()
    assert gateway.requests_sent == 1
    gateway.probe()


def test_an_answer_without_a_token_is_no_answer(line: Line) -> None:
    """Nothing is signed with it."""

    def handle(request: Request) -> Response:
        return Response(200, [("Content-Type", "application/json")], b'{"access_token":"a\\nX-Evil: b"}')

    line.rest.handle = handle  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="no access token"):
        line.gateway(ClientSecret()).probe()


def test_a_key_that_cannot_sign_is_told_at_once() -> None:
    """Before anything is sent, and without the key."""
    for key, algorithm in (("no key", "RS256"), (PRIVATE, "ES256")):
        grant = SignedAssertion(key, "k1", algorithm)
        with pytest.raises(SettingsError, match="private_key") as caught:
            Gateway("https://desk.example", OAuth("connector", "desk", "s", grant), writable={})
        assert key not in str(caught.value)


def test_an_api_key(line: Line) -> None:
    """In the header; one that is refused is tried once."""
    line.instance.add_api_key("now_key", user="connector")
    gateway = line.opened(ApiKey("connector", "now_key"))
    gateway.probe()
    assert line.rest.requests[-1].user == "connector"
    assert "now_key" not in str(line.rest.requests[-1].params)
    wrong = line.opened(ApiKey("connector", "other"))
    for _ in range(3):
        with pytest.raises(Unauthorised):
            wrong.probe()
    assert wrong.requests_sent == 1
    with pytest.raises(SettingsError, match="no API key"):
        line.opened(ApiKey("connector", "a\r\nX-Evil: b"))


def test_no_representation_shows_a_secret() -> None:
    """What is logged by accident holds none."""
    for shown in (
        OAuth("u", "id", "hidden", UserPassword("hidden")),
        OAuth("u", "id", "hidden", RefreshToken("hidden")),
        OAuth("u", "id", "hidden", SignedAssertion("hidden")),
        ApiKey("u", "hidden"),
    ):
        assert "hidden" not in repr(shown)


def test_many_threads_make_one_refresh() -> None:
    """Whoever comes with the token that was refused, after it was replaced, gets the new one."""
    asked: list[Mapping[str, str]] = []
    gate = threading.Barrier(8)

    def ask(form: Mapping[str, str]) -> Granted:
        asked.append(form)
        return Granted(f"token-{len(asked)}", "", LIFE)

    tokens = Tokens(OAuth("u", "id", "s", ClientSecret()), SimulatedClock(NOON), ask)
    first = tokens.current()

    def refused() -> None:
        gate.wait()
        tokens.renew(first)

    threads = [threading.Thread(target=refused) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 2
    assert tokens.current() == "token-2"


@given(st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 4000)), min_size=1, max_size=30))
def test_no_token_is_used_after_its_end(lives: list[tuple[int, int]]) -> None:
    """Whatever lives the instance gives and whatever time goes by: what is handed out has time left."""
    clock = SimulatedClock(NOON)
    given_out = iter(lives)
    ends: dict[str, float] = {}

    def ask(form: Mapping[str, str]) -> Granted:
        life, _ = next(given_out, (LIFE, 0))
        name = f"t{len(ends)}"
        ends[name] = clock.monotonic() + life
        return Granted(name, "", life)

    tokens = Tokens(OAuth("u", "id", "s", ClientSecret()), clock, ask)
    for _, gap in lives:
        before = len(ends)
        assert ends[tokens.current()] > clock.monotonic()
        tokens.current()
        assert len(ends) <= before + 1
        clock.advance(gap)

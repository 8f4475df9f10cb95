"""``sandbox serve``: an instance on this machine that fits the configuration."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from connector.cli import main
from connector.cli.furnish import furnish
from connector.cli.serve import PASSWORD, Pace
from connector.sandbox import Instance
from connector.settings import load

ROOT = Path(__file__).parents[2]


def test_it_serves_until_it_is_stopped() -> None:
    """A free port, the account it tells, and a quiet end."""
    words = [sys.executable, "-m", "connector", "sandbox", "serve", "--port", "0"]
    serving = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert serving.stdout is not None
    told = "".join(iter(serving.stdout.readline, "stop it with ^C\n"))
    found = re.search(r"http://\S+", told)
    assert found is not None
    answer = requests.get(
        f"{found[0]}/api/now/table/sys_user_group", auth=("connector", PASSWORD), timeout=10
    )
    assert {"Service Desk", "Vendor Support"} <= {row["name"] for row in answer.json()["result"]}
    serving.send_signal(signal.SIGINT)
    rest, errors = serving.communicate(timeout=10)
    assert serving.returncode == 0, errors
    assert f"export DESK_PASSWORD={PASSWORD}" in told
    assert "stopped" in rest
    assert errors == ""


def test_it_ends_by_itself_in_the_background() -> None:
    """A shell hands SIGINT on as ignored to what runs in the background; both signals end it in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        words = f"trap '' INT; exec {sys.executable} -m connector sandbox serve --port 0 --profile empty"
        serving = subprocess.Popen(["sh", "-c", words], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert serving.stdout is not None
            assert serving.stdout.readline().startswith("ready ")
            serving.send_signal(number)
            rest, _ = serving.communicate(timeout=20)
        finally:
            serving.kill()
        assert (serving.returncode, "stopped" in rest) == (0, True)


def test_it_refuses_a_port_that_is_taken_and_a_time_that_stands() -> None:
    """Exit 2 with a sentence."""
    assert main(["sandbox", "serve", "--speed", "0"]) == 2
    if os.geteuid() != 0:
        assert main(["sandbox", "serve", "--port", "1"]) == 2


def test_an_empty_instance_with_a_seed(tmp_path: Path) -> None:
    """What the file says, an account as the flags say, links as wished, and a ready line first."""
    seed = tmp_path / "seed.json"
    rows = {
        "incident": [{"number": "INC1", "caller_id": "a"}],
        "sys_user": [{"sys_id": "a", "user_name": "ann"}],
    }
    seed.write_text(json.dumps({"rows": rows}))
    words = [sys.executable, "-m", "connector", "sandbox", "serve", "--port", "0", "--profile", "empty"]
    words += [
        "--lenient",
        "--seed",
        str(seed),
        "--user",
        "root",
        "--password",
        "pw",
        "--base-url",
        "https://desk.example",
    ]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as serving:
        assert serving.stdout is not None
        word, url = serving.stdout.readline().split()
        assert word == "ready"
        incidents = f"{url}/api/now/table/incident"
        answer = requests.get(incidents, auth=("root", "pw"), timeout=10)
        (row,) = answer.json()["result"]
        link = "https://desk.example/api/now/table/sys_user/a"
        assert (row["number"], row["caller_id"]) == ("INC1", {"link": link, "value": "a"})
        assert (
            requests.get(f"{url}/api/now/table/incident", auth=("root", "no"), timeout=10).status_code == 401
        )
        odd = requests.get(f"{incidents}?sysparm_query=numberMATCH_RGX1", auth=("root", "pw"), timeout=10)
        assert len(odd.json()["result"]) == 1, "a condition that cannot be read is dropped, as told"
        serving.send_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "missing.json"], "missing.json: No such file"),
        (["--tls-cert", "missing.pem"], "missing.pem: no such file"),
        (["--tls-key", "x"], "--tls-key: the key of which certificate?"),
        (["--base-url", "desk"], "--base-url: begins with"),
        (["--state", "/"], "--state /: "),
        (["--state", "x", "--desk"], "--state keeps records, not people"),
    ],
)
def test_a_wrong_flag_is_told(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and what is wrong."""
    assert main(["sandbox", "serve", "--port", "0", "--profile", "empty", *words]) == 2
    assert message in capsys.readouterr().err


def test_furnishing_twice_changes_nothing() -> None:
    """What is there already stays; columns have the types their roles need."""
    settings = load(ROOT / "config.example.toml")
    with closing(Instance(now=lambda: 1_790_000_000)) as instance:
        furnish(instance, settings, "x")
        before = {table: instance.count(table) for table in ("sys_user", "sys_user_group", "sys_dictionary")}
        furnish(instance, settings, "x")
        assert before == {table: instance.count(table) for table in before}
        made = instance.insert(
            "incident", {"u_desk_respond_by": "2026-10-08 09:00:00", "u_desk_marks": "x" * 3000}
        )
    assert made["u_desk_respond_by"] == "2026-10-08 09:00:00"
    assert len(made["u_desk_marks"]) == 3000


def test_its_clock_stands_until_it_is_let_go() -> None:
    """Then it runs at its own pace, and nobody puts it any more."""
    ours = [100.0]
    pace = Pace(1_000, 60, lambda: ours[0])
    pace.put(2_000)
    ours[0] += 50
    assert pace.now() == 2_000
    pace.let_go()
    ours[0] += 2
    pace.put(0)
    assert pace.now() == pytest.approx(2_120)

"""Several files, one configuration: who wins, and where each error stands."""

from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.settings import load
from connector.settings.gathering import gather

OWN = """
include = ["shared/hours.toml", "shared/policy.toml"]
[instance]
url = "http://127.0.0.1:8765"
[instance.auth]
user = "connector"
password = { env = "DESK_PASSWORD" }
[columns]
marks = "u_desk_marks"
[[desk]]
name = "main"
first_line = ["Service Desk"]
"""
HOURS = """
[service_hours.remote]
zone = "Asia/Shanghai"
always = true
[instance]
zone = "Asia/Shanghai"
"""
POLICY = """
[[policy]]
rule = "sla_timer"
name = "limits"
mode = "observe"
service_hours = "remote"
respond_within = "15m"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A configuration that includes two files."""
    write(tmp_path / "shared/hours.toml", HOURS)
    write(tmp_path / "shared/policy.toml", POLICY)
    return write(tmp_path / "berlin.toml", OWN)


def write(path: Path, text: str) -> Path:
    """A file with its folder."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def wrong(path: Path) -> list[str]:
    """Everything that is told, without the folder."""
    with pytest.raises(SettingsError) as caught:
        load(path)
    return [problem.replace(f"{path.parent}/", "") for problem in caught.value.problems]


def test_what_is_included_holds(own: Path) -> None:
    """Tables are laid over each other; relative files still lie beside the configuration."""
    settings = load(own)
    assert settings.instance.zone == "Asia/Shanghai"
    assert [policy.name for policy in settings.policies] == ["limits"]
    assert settings.path == own
    assert settings.store_path == own.with_suffix(".sqlite")
    assert settings.spot("policy", 0, "mode") == f"{own.parent}/shared/policy.toml:5"


def test_the_file_itself_wins_setting_by_setting(own: Path) -> None:
    """A shared policy is enforced on one instance, and everything else of it stays."""
    text = OWN + '[[policy]]\nname = "limits"\nmode = "enforce"\n'
    text = text.replace("[instance]", '[instance]\nzone = "Europe/Berlin"')
    settings = load(write(own, text))
    (policy,) = settings.policies
    assert (policy.mode, policy.respond_within) == ("enforce", 900)
    assert settings.instance.zone == "Europe/Berlin"
    assert settings.spot("policy", 0, "mode").startswith(f"{own}:")
    assert settings.spot("policy", 0, "respond_within").startswith(f"{own.parent}/shared/policy.toml:")


def test_the_settings_are_those_of_one_file(own: Path) -> None:
    """Split or not, the digest that stands in the journal differs only by the names of the files."""
    text = OWN.replace('["shared/hours.toml", "shared/policy.toml"]', "[]")
    text = text.replace("[instance]", '[instance]\nzone = "Asia/Shanghai"', 1)
    whole = load(write(own.parent / "whole.toml", text + HOURS.partition("[instance]")[0] + POLICY))
    split = load(own)
    assert split.model_copy(update={"include": ()}).digest == whole.digest


def test_an_error_names_the_file_it_stands_in(own: Path) -> None:
    """All at once, those of the configuration first; also what only shows when the files are together."""
    write(
        own.parent / "shared/policy.toml",
        POLICY.replace("respond_within", "resolve_wihtin") + 'warn_at = "x"\n',
    )
    write(own, OWN.replace("first_line", "frist_line"))
    eight = 'shared/policy.toml:8: policy "limits" (sla_timer):'
    of = 'shared/policy.toml:7: policy "limits" (sla_timer):'
    assert wrong(own) == [
        'berlin.toml:10: desk "main": first_line: missing (Groups: names, or { group, categories } (R-A2))',
        'berlin.toml:12: desk "main": frist_line: no such setting; did you mean first_line?',
        f"{of} resolve_wihtin: no such setting; did you mean resolve_within?",
        f"{eight} warn_at: must be a list in brackets or a number, without quotes, not text",
    ]
    write(own, OWN)
    write(own.parent / "shared/policy.toml", POLICY.replace('"remote"', '"onsite"'))
    (told,) = wrong(own)
    assert told.startswith(
        'shared/policy.toml:6: policy "limits" (sla_timer): service_hours: no service hours'
    )


def test_files_that_cannot_be_included(own: Path) -> None:
    """Not there, not TOML, twice, itself, or including others: each with the line that names it."""
    write(own, OWN.replace('"shared/hours.toml"', '"shared/horus.toml"'))
    write(own.parent / "shared/policy.toml", POLICY + "x =\n")
    assert wrong(own) == [
        "berlin.toml:2: include: shared/horus.toml: cannot be read: No such file or directory",
        "shared/policy.toml:8: not TOML: not a value; text stands in quotes (at column 4)",
    ]
    write(own, OWN.replace('"shared/hours.toml"', '"berlin.toml"'))
    write(own.parent / "shared/policy.toml", 'include = ["hours.toml"]\n' + POLICY)
    itself, nested = wrong(own)
    assert itself == "berlin.toml:2: include: berlin.toml: included already, or this file itself"
    assert nested.startswith("shared/policy.toml:1: include: a file that is included cannot include others")
    write(own, OWN.replace('["shared/hours.toml", "shared/policy.toml"]', '"shared/hours.toml"'))
    assert "berlin.toml:2: include: must be a list in brackets, not text" in wrong(own)


def test_two_included_files_must_agree(own: Path) -> None:
    """Unless the configuration itself says it."""
    write(own.parent / "shared/policy.toml", POLICY + '[instance]\nzone = "UTC"\n')
    (told,) = wrong(own)
    assert told.startswith("shared/policy.toml:9: instance: zone: shared/hours.toml:6 says something else;")
    settings = load(write(own, OWN.replace("[instance]", '[instance]\nzone = "Europe/Berlin"', 1)))
    assert settings.instance.zone == "Europe/Berlin"


def test_a_name_given_twice_in_one_file_is_still_an_error(own: Path) -> None:
    """Only a table of another file is laid over."""
    write(own, OWN + 2 * '[[policy]]\nname = "limits"\nmode = "enforce"\n')
    assert any("the name is taken by another policy" in problem for problem in wrong(own))


def test_a_list_is_replaced_as_a_whole() -> None:
    """And the lines of its former entries are forgotten."""
    files = {
        Path("a.toml"): 'x = [1, 2, 3]\n[[policy]]\nname = "p"\nwhen = { class = ["urgent", "general"] }\n'
    }
    own = 'include = ["a.toml"]\nx = [4]\n[[policy]]\nname = "p"\nwhen = { class = ["important"] }\n'
    found = gather(own, Path("c.toml"), files.__getitem__)
    assert found.document["x"] == [4]
    assert found.document["policy"] == [{"name": "p", "when": {"class": ["important"]}}]
    assert str(found.spot(("policy", 0, "when", "class", 1))) == "c.toml:5"
    assert list(found.texts) == [Path("c.toml"), Path("a.toml")]

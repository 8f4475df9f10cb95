"""The mode of a policy changed in the file: one line, the rest byte for byte as people wrote it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import SettingsError
from connector.rules.base import NEVER, Partly
from connector.settings import load, loads
from connector.settings.mode import Mode, toml_of, with_modes, write_text

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")
SOUTH = Partly.model_validate({"enforce": "south"})
HEAD, TAIL = EXAMPLE[: EXAMPLE.index("[[policy]]")], EXAMPLE[EXAMPLE.index("[[policy]]") :]
KNOWN = {ends: loads(EXAMPLE.replace("\n", ends)) for ends in ("\n", "\r\n")}
NAMES = [policy.name for policy in loads(EXAMPLE).policies]


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    desks=st.sampled_from([(), ("main",), ("south",), ("main", "south")]),
    day=st.none()
    | st.dates()
    | st.datetimes(timezones=st.timezones()).map(lambda d: d.replace(microsecond=0, fold=0)),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_one_line_changes_and_back_again(name: str, desks: tuple[str, ...], day: object, ends: str) -> None:
    """Any policy of the example, any mode: the new one is read back, and undoing it gives the old text."""
    known = KNOWN[ends]
    mode: Mode = "enforce"
    if desks or day is not None:
        try:
            mode = Partly.model_validate({"enforce": desks or "everywhere", "from": day})
        except ValueError:
            return
    try:
        fresh, edits = with_modes(known, {name: mode})
    except SettingsError as error:  # an offset of odd seconds, which TOML has no way to write
        assert "not TOML" in str(error) or "by hand" in str(error)
        return
    assert len(edits) == 1
    before, after = known.text.split("\n"), fresh.text.split("\n")
    different = [
        number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]
    ]
    assert different == [edits[0].line]
    assert next(policy.mode for policy in fresh.policies if policy.name == name) == mode
    assert with_modes(fresh, {name: "observe"})[0].text == known.text


def test_a_policy_without_a_mode_gets_a_line() -> None:
    """Behind its name, indented like it; a comment at the name's end stays there."""
    text = EXAMPLE.replace(f'name = "{NAMES[0]}"', f'  name = "{NAMES[0]}"   # ours')
    at = text.index(f'name = "{NAMES[0]}"')
    text = text[:at] + text[at:].replace('mode = "observe"\n', "", 1)
    known = loads(text)
    fresh, (edit,) = with_modes(known, {NAMES[0]: SOUTH})
    assert edit.before == ""
    assert edit.after == '  mode = { enforce = ["south"] }'
    assert fresh.text.replace(edit.after + "\n", "") == text


def test_a_shared_file_is_left_alone(tmp_path: Path) -> None:
    """Others use it: the configuration itself says the mode, and a second change edits that."""
    shared = tmp_path / "shared.toml"
    shared.write_text(EXAMPLE.replace("include = []", ""), encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text('include = ["shared.toml"]', encoding="utf-8")
    fresh, (edit,) = with_modes(load(own), {NAMES[0]: "enforce"})
    assert edit == (3, "", f'[[policy]]\nname = "{NAMES[0]}"\nmode = "enforce"')
    write_text(own, fresh.text)
    again, (second,) = with_modes(load(own), {NAMES[0]: SOUTH})
    assert (second.line, second.before) == (5, 'mode = "enforce"')
    assert again.policies[0].mode == SOUTH
    assert shared.read_text(encoding="utf-8") == EXAMPLE.replace("include = []", "")


def test_what_a_program_should_not_touch_is_refused() -> None:
    """A mode over several lines, or two on one: the line to write by hand is told."""
    inline = """
policy = [
  { rule = "reassignment", name = "a", mode = "observe", hand_overs = 3, when = { kind = "x" } },
  { rule = "reassignment", name = "b", when = { kind = "mode = 'y'" }, mode = "observe", hand_overs = 4 },
]
[instance]
url = "http://127.0.0.1:8765"
auth = { user = "connector", password = { env = "DESK_PASSWORD" } }
[columns]
marks = "u_desk_marks"
"""
    known = loads(inline)
    assert with_modes(known, {"a": "enforce"})[0].policies[0].mode == "enforce"
    with pytest.raises(SettingsError, match='by hand: policy "b": mode = "enforce"'):
        with_modes(known, {"b": "enforce"})


def test_what_would_not_be_valid_is_not_written() -> None:
    """Enforcing takes the marks column; the error is that of the file as it would be."""
    text = EXAMPLE.replace('marks = "u_desk_marks"\n', "")
    with pytest.raises(SettingsError, match=r"cannot enforce without \[columns\] marks"):
        with_modes(loads(text), {NAMES[0]: "enforce"})


def test_a_file_is_replaced_with_its_rights(tmp_path: Path) -> None:
    """Through a link, with the mark at its beginning; where it cannot be, the old one stays."""
    real = tmp_path / "real.toml"
    real.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.encode())
    real.chmod(0o640)
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    fresh, _ = with_modes(load(link), {NAMES[0]: "enforce"})
    write_text(link, fresh.text)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes() == b"\xef\xbb\xbf" + fresh.text.encode()
    with pytest.raises(SettingsError, match="nothing was changed"):
        write_text(tmp_path / "gone" / "config.toml", "x = 1")


def test_tickets_of_some_desks_from_a_day_on() -> None:
    """Days begin in the zone of the instance; a ticket of no desk is of none of them."""
    text = HEAD + TAIL.replace('mode = "observe"', 'mode = { enforce = ["south"], from = 2026-03-02 }', 1)
    policy = loads(text).policies[0]
    assert policy.enforced
    assert policy.enforced_from("south", "Asia/Shanghai") == 1_772_380_800  # 2026-03-01 16:00 UTC
    assert policy.enforced_from("south", "UTC") == 1_772_380_800 + 8 * 3600
    assert policy.enforced_from("main", "UTC") == policy.enforced_from("", "UTC") == NEVER
    assert toml_of(policy.mode) == '{ enforce = ["south"], from = 2026-03-02 }'
    assert str(policy.mode) == "enforce south, tickets opened from 2026-03-02"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ('"enforced"', 'mode: must be "observe" or "enforce", not "enforced"; did you mean "enforce"?'),
        ("{ from = 2026-03-02 }", "mode: enforce: missing"),
        ("{ enforce = [] }", "mode: enforce: must not be empty"),
        ('{ enforce = "north" }', 'mode: enforce: no desk "north"'),
        ('{ enforce = "south", since = 2026-03-02 }', "mode: since: no such setting"),
        ('{ enforce = "south", from = "2026-03-02" }', "mode: from: write a day or a day and time, without"),
    ],
)
def test_a_wrong_mode_is_told(mode: str, said: str) -> None:
    """With the line and what would be right."""
    with pytest.raises(SettingsError) as caught:
        loads(HEAD + TAIL.replace('mode = "observe"', f"mode = {mode}", 1))
    line = (HEAD + TAIL[: TAIL.index('mode = "observe"')]).count("\n") + 1
    assert any(
        problem.startswith(f"config.toml:{line}: policy") and said in problem
        for problem in caught.value.problems
    ), caught.value.problems

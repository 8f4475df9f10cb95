"""A configuration file becomes settings, or every error at once."""

import stat
from pathlib import Path

import pytest

from connector.clock import SimulatedClock
from connector.errors import SettingsError
from connector.rules.catalogue import RULES
from connector.settings import Settings, load, loads, warnings
from connector.ticket import FaultClass, TicketState, Tier

ROOT = Path(__file__).parents[2]
BAD = sorted((ROOT / "tests/testdata/config").glob("*.toml"))
EXAMPLE = ROOT / "config.example.toml"
BASE = """
[instance]
url = "https://desk.example.service-now.com"
auth = { user = "connector", password = { env = "DESK_PASSWORD" } }
"""
NOW = 1_790_000_000  # 2026-09-21


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_fault_is_told_with_line_name_and_way_out(path: Path) -> None:
    """Each file names its fault; the lines at its head are all that is said, in the order of the file."""
    expected = [
        f"{path}{line.removeprefix('# → ')}"
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# → ")
    ]
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert list(caught.value.problems) == expected


def test_the_faults_of_all_files_at_once() -> None:
    """One fault never hides another: files put together bring the errors of each."""
    stems = ("unknown_setting", "windows", "columns_twice", "unknown_desk")
    bodies = [(ROOT / f"tests/testdata/config/{stem}.toml").read_text(encoding="utf-8") for stem in stems]
    told = [
        line.partition(": ")[2] for text in bodies for line in text.splitlines() if line.startswith("# → ")
    ]
    text = "\n".join([bodies[0], *(body.split("}\n", 1)[1] for body in bodies[1:])])
    with pytest.raises(SettingsError) as caught:
        loads(text)
    said = sorted(problem.partition(": ")[2] for problem in caught.value.problems)
    assert said == sorted(told)


def test_a_secret_is_never_repeated() -> None:
    """Whoever wrote the password into the file does not read it again in a log."""
    with pytest.raises(SettingsError) as caught:
        load(ROOT / "tests/testdata/config/plain_password.toml")
    assert "horse" not in str(caught.value)


def test_the_example_is_valid_and_only_observes() -> None:
    """It ships with all rules, each in observe, without doubts but the days not announced yet."""
    example = load(EXAMPLE)
    assert {policy.mode for policy in example.policies} == {"observe"}
    assert {type(policy) for policy in example.policies} == set(RULES)
    assert all("announced" in warning for warning in warnings(example, NOW))


def test_what_the_example_means() -> None:
    """Desks, tiers, classes, columns and hours arrive as written."""
    example = load(EXAMPLE)
    assert example.groups["Network Operations"] == ("main", Tier.SECOND_LINE, ("network",))
    assert example.priorities["1"] is FaultClass.URGENT
    assert example.instance.choices.states["9"] is TicketState.ON_HOLD
    assert example.instance.choices.states["6"] is TicketState.RESOLVED
    assert example.columns.roles["marks"] == "u_desk_marks"
    assert "u_desk_clock" in example.columns.writable
    assert example.instance.adopt_instant == 1_767_225_600
    assert example.service_hours["onsite"].elapsed(1_790_899_200, 1_790_985_600) == 0  # 2 October
    assert example.people == ("director.lin", "lead.zhao", "leader.qian", "leader.sun", "manager.wu")
    assert example.store_path == EXAMPLE.parent / "desk.sqlite"


def test_moments_without_an_offset_are_in_the_zone_of_the_instance() -> None:
    """A date means midnight there, a time the wall clock there."""
    text = BASE + 'zone = "Asia/Shanghai"\nadopt_from = '
    assert loads(text + "2026-01-01").instance.adopt_from == 1_767_196_800
    assert loads(text + "2026-01-01T08:00:00").instance.adopt_from == 1_767_225_600
    assert loads(text + "2026-01-01T00:00:00Z").instance.adopt_from == 1_767_225_600


def test_settings_do_not_change_and_comments_do_not_count() -> None:
    """The digest tells settings apart, not files."""
    one, two = loads(BASE), loads("# another file\n" + BASE)
    assert one.digest == two.digest
    assert one.digest != loads(BASE + '[poll]\nevery = "2m"').digest
    with pytest.raises(ValueError, match="frozen"):
        one.poll = two.poll  # type: ignore[misc]


def test_a_copy_forgets_what_was_worked_out_from_the_old_tables() -> None:
    """Replacing the policies changes digest and people."""
    example = load(EXAMPLE)
    assert example.people
    assert example.digest
    bare = example.model_copy(update={"policies": ()})
    assert bare.people == ()
    assert bare.digest != example.digest


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, no folder, a folder, not text: a sentence each, never a traceback."""
    latin = tmp_path / "latin.toml"
    latin.write_bytes("# ok\n# gr\xfc\xdfe\n".encode("latin-1"))
    for path, told in {
        tmp_path / "none.toml": "no such file; desk-connector init writes a first one",
        tmp_path / "nowhere" / "c.toml": "there is no folder",
        tmp_path: "cannot be read",
        latin: "latin.toml:2: not UTF-8 text",
    }.items():
        with pytest.raises(SettingsError, match=told):
            load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert load(path).instance.url.endswith("service-now.com")
    path.chmod(stat.S_IRUSR)
    assert load(path).path == path


CONFIRMED = '[[policy]]\nrule = "customer_confirmation"\nname = "c"\nsilence_counts_after = "72h"\n'
HOURS = '[service_hours.r]\nzone = "UTC"\nalways = true\n'
SILENT = '[[policy]]\nrule = "update_limit"\nname = "u"\nservice_hours = "r"\nevery = "1h"'
LIMITED = (
    f'{HOURS}[[policy]]\nrule = "sla_timer"\nname = "limits"\nservice_hours = "r"\nresolve_within = "4h"'
)
WARNED = {
    "a boundary in the skipped hour": (
        '[service_hours.night]\nzone = "Europe/Berlin"\nmon-sun = ["02:30-06:00"]',
        'service hours "night": 2027-03-28 02:30 is skipped',
    ),
    "days not announced": (
        '[service_hours.cn]\nzone = "Asia/Shanghai"\nholidays = "CN"\nmon-fri = ["09:00-17:00"]',
        'service hours "cn": the make-up days of 2027 are not announced yet',
    ),
    "a night of most of a day": (
        '[service_hours.odd]\nzone = "Asia/Shanghai"\nmon = ["17:00-09:00"]',
        "taken to run over midnight, for 16 hours",
    ),
    "enforced on the whole backlog": (
        f'[columns]\nmarks = "u_m"\n{CONFIRMED}mode = "enforce"',
        "instance: adopt_from is not set and policies enforce",
    ),
    "nowhere to keep it": (
        LIMITED,
        'policy "limits" (sla_timer): [columns] has no column for class, respond_by, resolve_by, clock',
    ),
    "a policy that can never fire": (
        f'history = "observed"\n{HOURS}{SILENT}',
        'policy "u" (update_limit): can never fire: [instance] history = "observed"',
    ),
    "not allowed to move": (
        f'{CONFIRMED}then = "set_back"',
        'policy "c" (customer_confirmation): [columns] shared lacks state',
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_is_allowed_and_perhaps_not_meant(case: str) -> None:
    """It is said with its line, and stops nothing."""
    text, told = WARNED[case]
    clock = SimulatedClock(NOW)
    said = warnings(loads(BASE + text), clock.now())
    assert any(told in warning and warning.startswith("config.toml:") for warning in said), said


def test_two_policies_of_a_rule_need_not_clash() -> None:
    """Other classes, other desks or the same wish twice: nothing to decide."""

    def limits(name: str, when: str, limit: str, mode: str = "observe") -> str:
        return (
            f'[[policy]]\nrule = "sla_timer"\nname = "{name}"\nwhen = {when}\nmode = "{mode}"\n'
            f'service_hours = "r"\nresolve_within = "{limit}"\n'
        )

    head = BASE + (
        '[columns]\nmarks = "u_m"\n[service_hours.r]\nzone = "UTC"\nalways = true\n'
        '[[desk]]\nname = "main"\nfirst_line = ["A"]\n[[desk]]\nname = "south"\nfirst_line = ["B"]\n'
    )
    one = limits("one", '{ class = "urgent", desk = "main" }', "4h")
    for other in (
        limits("two", '{ class = "general" }', "8h"),
        limits("two", '{ priority = ["2", "5"] }', "8h"),
        limits("two", '{ group = "B" }', "8h"),
        limits("two", '{ class = "urgent" }', "4h"),
        limits("two", '{ class = "urgent" }', "8h", "enforce"),
    ):
        assert isinstance(loads(head + one + other), Settings)
    for other in (limits("two", '{ priority = "1" }', "8h"), limits("two", '{ tier = "first_line" }', "8h")):
        with pytest.raises(SettingsError, match="clashes"):
            loads(head + one + other)

"""What opens a database closes it, also where it comes to nothing half way; from 3.13 on Python warns."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from connector.cli import main
from connector.cli.exit import DONE, TO_DO
from connector.cli.rehearsal import connected, enforced
from connector.errors import SettingsError, StoreFailed
from connector.reconcile import open_world, review
from connector.sandbox import Instance, Rest
from connector.settings import load
from connector.sync.store import Store, open_sound
from tests.cli.conftest import Site
from tests.cli.test_review import observe

NONE = b"this is no database, " * 1000


class Ended(Exception):
    """Half way."""


def ends(*_: object, **__: object) -> object:
    """Take the place of something that follows the opening."""
    raise Ended


def fails(*_: object, **__: object) -> object:
    """The same, with an error that a command foresees."""
    raise StoreFailed("half way")


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """The databases that were opened from now on and are open still."""
    Instance(now=lambda: 0).close()  # what all instances of a process are copied from is open to its end
    opened: list[tuple[str, sqlite3.Connection]] = []
    really = sqlite3.connect

    def connect(place: object, *words: object, **more: object) -> sqlite3.Connection:
        opened.append((str(place), really(place, *words, **more)))  # type: ignore[call-overload]
        return opened[-1][1]

    def told() -> list[str]:
        assert opened, "nothing was opened at all"
        return [place for place, connection in opened if is_open(connection)]

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    yield told
    for _, connection in opened:
        connection.close()


def is_open(connection: sqlite3.Connection) -> bool:
    """Whether it still answers."""
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError as error:
        return "closed" not in str(error)
    return True


Left = Callable[[], list[str]]


@pytest.mark.parametrize("step", ["_prepare_ledger", "_prepare_observations"])
def test_a_store_that_cannot_be_set_up(step: str, left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever follows the opening."""
    monkeypatch.setattr(Store, step, ends)
    with pytest.raises(Ended):
        Store()
    assert left() == []


def test_a_store_in_a_file_that_is_none(left: Left, tmp_path: Path) -> None:
    """It is opened, and the first word to it fails."""
    path = tmp_path / "desk.sqlite"
    path.write_bytes(NONE)
    with pytest.raises(Exception, match="not a database"):
        Store(f"sqlite:///{path}")
    assert left() == []


def test_a_damaged_store_of_which_nothing_can_be_rescued(
    left: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the old file nor the new one stays open."""
    path = tmp_path / "desk.sqlite"
    path.write_bytes(NONE)
    monkeypatch.setattr("connector.sync.store.rescue", ends)
    with pytest.raises(Ended):
        open_sound(f"sqlite:///{path}", "now")
    assert left() == []


@pytest.mark.parametrize("held", ["", "a store"], ids=["its own store", "a store that is given"])
def test_a_world_that_lacks_a_group(held: str, site: Site, left: Left) -> None:
    """Its own store is closed; one that is given stays as it is."""
    site.change("Service Desk", "Nobody Knows")
    with ExitStack() as stack:
        store = Store() if held else None
        if store is not None:
            stack.callback(store.close)
        with pytest.raises(SettingsError), open_world(load(site.path), store=store):
            pass
        assert len(left()) == bool(held)


def test_an_instance_on_a_file_that_is_none(left: Left, tmp_path: Path) -> None:
    """As `sandbox serve --state` finds it."""
    path = tmp_path / "state"
    path.write_bytes(NONE)
    with pytest.raises(sqlite3.DatabaseError):
        Instance(now=lambda: 0, state=str(path))
    assert left() == []


def test_an_instance_that_cannot_be_set_up(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the first time nor when it is made anew."""
    made = Instance(now=lambda: 0)
    monkeypatch.setattr("connector.sandbox.instance.Totals", ends)
    with pytest.raises(Ended):
        Instance(now=lambda: 0)
    with pytest.raises(Ended):
        made.reset()
    assert left() == []


def test_an_instance_whose_last_word_cannot_be_kept(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is closed all the same."""
    made = Instance(now=lambda: 0)
    monkeypatch.setattr(made.records.numbers, "write_down", ends)
    with pytest.raises(Ended):
        made.close()
    assert left() == []


def test_a_rehearsal_that_is_broken_off(site: Site, left: Left) -> None:
    """The store goes with it."""
    clock = site.clock
    with closing(Instance(now=clock.now)) as instance:
        settings = enforced(load(site.path), url=instance.base_url, adopt_from=clock.now())
        with pytest.raises(Ended), connected(settings, instance, Rest(instance), Idle(), clock):
            raise Ended
    assert left() == []


class Idle:
    """Nothing happens at this desk."""

    def next_at(self) -> int | None:
        """Never."""
        return None

    def play(self, until: int) -> int:
        """Nothing."""
        return 0


def test_a_demo_that_fails(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the instance nor the store is left."""
    monkeypatch.setattr("connector.cli.demo._play", fails)
    assert main(["demo"]) != 0
    assert left() == []


def test_a_replay_of_a_log_that_is_none(left: Left, tmp_path: Path) -> None:
    """The instance that was to play it is gone."""
    (tmp_path / "log.csv").write_text("neither,this\nnor,that\n", encoding="utf-8")
    assert main(["sandbox", "replay", "--log", str(tmp_path / "log.csv")]) == 2
    assert left() == []


def test_a_sandbox_that_cannot_be_furnished(left: Left, tmp_path: Path) -> None:
    """Its file is closed, and the next one can begin with it."""
    words = ["sandbox", "serve", "--port", "0", "--state", str(tmp_path / "state")]
    assert main([*words, "--seed", str(tmp_path / "no such file")]) == 2
    assert left() == []


def test_a_review_that_is_broken_off(site: Site, left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what it was reading just then."""
    observe(site)
    assert site.run("plan") == DONE
    monkeypatch.setattr(sys.modules[review.__module__], "_count", fails)
    assert site.run("review") != 0
    assert left() == []


@pytest.mark.parametrize("verb", ["plan", "status"])
def test_a_command_that_is_refused(
    verb: str, site: Site, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it has opened by then."""
    assert site.run("plan") == TO_DO
    monkeypatch.setattr("connector.sync.store.Store.last_good_pass", fails)
    monkeypatch.setattr("connector.reconcile.world.find_directory", fails)
    assert site.run(verb) != 0
    assert left() == []

"""``backup``: what it says and leaves, and that a copy can be gone back to."""

from pathlib import Path

import pytest

from connector.settings import load
from connector.sync.store import Store
from tests.cli.conftest import Site


def test_a_copy_is_made_and_can_be_gone_back_to(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Applied, copied, the store is lost and the copy put in its place: nothing is written twice."""
    assert site.run("apply") == 0
    wrote = site.writes()
    copy = tmp_path / "copy.sqlite"
    capsys.readouterr()
    assert site.run("backup", str(copy)) == 0
    assert f"copied to {copy}" in capsys.readouterr().out
    path = load(site.path).store_path
    for each in path.parent.glob(path.name + "*"):
        each.unlink()
    copy.replace(path)
    assert site.run("apply") == 0
    assert site.writes() == wrote
    store = Store(load(site.path).store_url)
    assert store.journalled()
    store.close()


def test_without_a_store_it_says_so(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """And makes none."""
    assert site.run("backup", str(site.path.parent / "copy")) == 1
    assert "there is no store" in capsys.readouterr().err
    assert not load(site.path).store_path.exists()

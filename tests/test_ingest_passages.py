"""Chroma in step with the store: in its folder, and on a server."""

from pathlib import Path

import pytest

from ingest import passages
from ingest.health import examine
from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store

NOTE = "# Note {0}\n\nWidget {0} rusts in damp air within {0}7 days. Paint number {0} keeps it dry for a year.\n"


@pytest.fixture(params=["folder", "server"])
def settings(request: pytest.FixtureRequest) -> Settings:
    return Settings() if request.param == "folder" else Settings(vectors=request.getfixturevalue("server"))


def sound(vault: Path, settings: Settings) -> bool:
    return not any(check.problems for check in examine(vault, settings))


def test_the_first_sync_fills_chroma_and_small_changes_wait(tmp_path: Path, settings: Settings) -> None:
    for number in range(6):
        (tmp_path / f"n{number}.md").write_text(NOTE.format(number))
    sync(tmp_path, settings)
    assert sound(tmp_path, settings)
    (tmp_path / "n0.md").unlink()
    (tmp_path / "new.md").write_text(NOTE.format(9))
    sync(tmp_path, settings)
    with open_store(tmp_path) as store:
        assert passages.behind(store) == 2
        assert passages.catch_up(store, settings, now=True)
        assert passages.behind(store) == 0
    assert sound(tmp_path, settings)


def test_two_bases_on_one_server_keep_apart(tmp_path: Path, server: str) -> None:
    settings = Settings(vectors=server)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(NOTE.format(len(name)))
        sync(tmp_path / name, settings)
    assert sound(tmp_path / "one", settings) and sound(tmp_path / "two", settings)


def test_a_server_that_is_not_there_is_a_remark(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NOTE.format(1))
    done = sync(tmp_path, Settings(vectors="http://127.0.0.1:9"))
    assert [problem.code for problem in done.remarks] == ["vectors"]
    assert done.claims == 2


def test_offline_means_no_server_is_asked(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NOTE.format(1))
    settings = Settings(vectors="http://127.0.0.1:9", offline=True)
    assert sync(tmp_path, settings).remarks == []
    assert sound(tmp_path, settings)

"""Doctor finds each kind of damage, and repair mends it; what can be thrown away is thrown away without loss."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import warm
from test_ingest_rebuild import contents

from ingest.health import examine, mend
from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store

TEXT = "# {0}\n\nStudents learn {1} points from rewards that they can reach [[{2}]].\n\nBut others say of [[nowhere]] that it is {1} points at most.\n"
NAMES = (
    "the tables hang together",
    "every quote stands in its file",
    "the word index answers",
    "Chroma holds the passages",
)


def run(vault: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *arguments], capture_output=True, text=True, timeout=100
    )


def lay(vault: Path, count: int = 12) -> Path:
    for number in range(count):
        (vault / f"n{number}.md").write_text(TEXT.format(f"Note {number}", 30 + number, f"n{(number + 1) % count}"))
    return vault


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced vault with Chroma, to be copied and damaged."""
    vault = lay(tmp_path_factory.mktemp("pattern"))
    sync(vault, Settings())
    return vault


@pytest.fixture
def vault(pattern: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    shutil.copytree(pattern, folder)
    return folder


def problems(vault: Path) -> dict[str, list[str]]:
    return {check.name: check.problems for check in examine(vault, Settings()) if check.problems}


def test_a_new_base_is_sound(vault: Path) -> None:
    found = examine(vault, Settings())
    assert tuple(check.name for check in found) == NAMES
    assert [check.problems for check in found] == [[]] * 4
    assert all(check.checked for check in found)


def test_an_empty_vault_is_sound(tmp_path: Path) -> None:
    sync(tmp_path, Settings())
    assert problems(tmp_path) == {}


def test_looking_changes_nothing(vault: Path) -> None:
    before = contents(vault)
    examine(vault, Settings())
    assert contents(vault) == before


DAMAGE = {
    "a claim without its vector": "DELETE FROM vector WHERE file = 1",
    "a vector without its claim": "DELETE FROM claim WHERE id = 1",
    "a mention of a file that is not there": "UPDATE mention SET file = 999 WHERE id = 1",
    "words of a claim forgotten": "INSERT INTO claim_words(claim_words, rowid, text) SELECT 'delete', id, text FROM claim WHERE id = 2",
    "all words forgotten": "INSERT INTO note_words(note_words) VALUES ('delete-all')",
    "a quote moved": "UPDATE claim SET start = start + 1 WHERE id = 3",
    "a quote of another length": "UPDATE claim SET stop = stop - 1 WHERE id = 3",
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_to_the_rows_is_found_and_mended(vault: Path, what: str) -> None:
    before = contents(vault)
    with open_store(vault) as store:
        store.sql.execute("PRAGMA foreign_keys = OFF")
        store.sql.execute(DAMAGE[what])
    assert problems(vault)
    assert all(not check.problems for check in mend(vault, Settings()))
    assert contents(vault) == before


def test_an_edited_file_is_told_and_no_rebuild_is_needed_for_it(vault: Path) -> None:
    (vault / "n3.md").write_text("Nothing is left here of what was said.\n")
    assert list(problems(vault)) == ["every quote stands in its file"]
    sync(vault, Settings())
    assert problems(vault) == {}


# Damage to the file. ------------------------------------------------------------------------------------


def _middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    chance = random.Random(3)
    for at in range(8_192, len(data) - 3_000, 8_192):
        data[at : at + 3_000] = chance.randbytes(3_000)
    path.write_bytes(data)


def _tail(path: Path) -> None:
    """Pages of tables that are not read at opening."""
    data = bytearray(path.read_bytes())
    half = len(data) // 2
    data[half:] = random.Random(4).randbytes(len(data) - half)
    path.write_bytes(data)


FILE: dict[str, Callable[[Path], Any]] = {
    "truncated": lambda path: os.truncate(path, 20_000),
    "cut within a page": lambda path: os.truncate(path, path.stat().st_size - 21_000),
    "its header overwritten": lambda path: path.write_bytes(b"rubbish" * 20 + path.read_bytes()[140:]),
    "random bytes in the middle": _middle,
    "random bytes in its second half": _tail,
    "rubbish throughout": lambda path: path.write_bytes(random.Random(1).randbytes(60_000)),
    "a text": lambda path: path.write_text("this is mine"),
    "of a later version": lambda path: _version(path),
    "a schema that is no text": lambda path: path.write_bytes(
        path.read_bytes().replace(b"CREATE TABLE file", b"CREATE T\xc1BLE file")
    ),
    "claims that are no text": lambda path: _changed(path, "UPDATE claim SET text = CAST(x'53c328' AS TEXT)"),
    "remarks that are no JSON": lambda path: _changed(path, "UPDATE file SET problems = '[{'"),
    "sources of another shape": lambda path: _changed(path, "UPDATE note SET sources = '[{\"year\": {}}]'"),
}


def _changed(path: Path, statement: str) -> None:
    with open_store(path.parent.parent) as store:
        store.sql.execute(statement)


def _version(path: Path) -> None:
    with open_store(path.parent.parent) as store:
        store.sql.execute("PRAGMA user_version = 999")


@pytest.mark.parametrize("what", FILE)
def test_a_damaged_file_is_told_in_two_lines_with_the_remedy(vault: Path, what: str) -> None:
    FILE[what](vault / ".kb" / "base.sqlite3")
    # Work to be done, so that the damage is met wherever it is.
    (vault / "n1.md").unlink()
    (vault / "new.md").write_text(TEXT.format("New", 99, "n2"))
    told = [run(vault, "sync"), run(vault, "claims", "--json")]
    for done in told:
        if done.returncode == 0:
            continue  # what is damaged was not needed
        assert done.returncode == 1 and done.stdout == ""
        first, second = done.stderr.splitlines()
        assert "base.sqlite3" in first and "damaged" in first
        assert "kb sync --rebuild" in second
    assert any(done.returncode for done in told) or problems(vault)


@pytest.mark.parametrize("what", FILE)
@pytest.mark.parametrize("remedy", ["sync --rebuild", "doctor --repair"])
def test_the_remedy_mends_a_damaged_file(vault: Path, what: str, remedy: str) -> None:
    before = contents(vault)
    FILE[what](vault / ".kb" / "base.sqlite3")
    done = run(vault, *remedy.split())
    assert done.returncode == 0, done.stderr
    assert contents(vault) == before
    assert problems(vault) == {}


def test_a_rebuild_deletes_nothing_but_the_base(vault: Path) -> None:
    (vault / ".kb" / "mine.txt").write_text("kept")
    (vault / "kb-review.jsonl").write_text('{"kept": true}\n')
    before = {path.name: path.read_bytes() for path in vault.iterdir() if path.is_file()}
    sync(vault, Settings(), rebuild=True)
    assert {path.name: path.read_bytes() for path in vault.iterdir() if path.is_file()} == before
    assert (vault / ".kb" / "mine.txt").read_text() == "kept"


# Chroma is derived: anything may become of it. ---------------------------------------------------------------


def _garbage(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(random.Random(2).randbytes(3_000))


def _cut(folder: Path) -> None:
    os.truncate(folder / "chroma.sqlite3", 9_000)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


CHROMA: dict[str, Callable[[Path], Any]] = {
    "deleted": shutil.rmtree,
    "emptied": _empty,
    "cut short": _cut,
    "garbage": _garbage,
    "without its seal": lambda folder: (folder / "sealed.json").unlink(),
}


@pytest.mark.parametrize("what", [*CHROMA, "a file"])
def test_without_chroma_all_else_works_and_doctor_tells_and_repair_mends(vault: Path, what: str) -> None:
    {**CHROMA, "a file": _file}[what](vault / ".kb" / "chroma")
    (vault / "new.md").write_text(TEXT.format("New", 99, "n2"))
    for command in ("sync", "status", "notes", "claims"):
        done = run(vault, command, "--json")
        assert done.returncode == 0, (command, done.stderr)
        assert json.loads(done.stdout)
    assert list(problems(vault)) == ["Chroma holds the passages"]
    before = contents(vault)
    assert [check.problems for check in mend(vault, Settings())] == [[]] * 4
    assert contents(vault) == before


def test_doctor_says_at_the_door_what_it_found(vault: Path) -> None:
    shutil.rmtree(vault / ".kb" / "chroma")
    done = run(vault, "doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and not told["sound"]
    assert [check["name"] for check in told["checks"] if check["problems"]] == ["Chroma holds the passages"]
    assert run(vault, "doctor", "--repair").returncode == 0
    assert run(vault, "doctor").returncode == 0


def test_doctor_asked_of_nothing_says_how_to_begin(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    assert "kb sync" in done.stderr and len(done.stderr.splitlines()) == 2
    assert list(tmp_path.iterdir()) == []


def held(vault: Path) -> tuple[int, set[int]]:
    """How many vectors Chroma has, and which passages are found by their own."""
    from ingest.passages import vectors_of
    from kb.chroma import Passages

    with open_store(vault) as store:
        passages = Passages(store.folder / "chroma", store.meta("base"), int(store.meta("chroma_generation")))
        try:
            found = {
                number
                for ids, vectors in vectors_of(store, -1)
                for number, vector in zip(ids, vectors, strict=True)
                if any(n == number and cosine > 0.999 for n, cosine in passages.nearest(vector, 3))
            }
            return passages.count(), found
        finally:
            passages.close()


def test_after_many_changes_chroma_is_what_a_rebuild_makes(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.passages.FEW", 0)
    chance = random.Random(5)
    for round_ in range(6):
        for number in chance.sample(range(12), 4):
            path = vault / f"n{number}.md"
            if path.exists() and chance.random() < 0.3:
                path.unlink()
            else:
                path.write_text(TEXT.format(f"Note {number}", 100 * round_ + number, f"n{chance.randrange(12)}"))
        sync(vault, Settings())
        with open_store(vault) as store:
            passages = {row[0] for row in store.sql.execute("SELECT id FROM passage")}
        count, found = held(vault)
        assert count - len(passages) <= len(passages) // 10 + 1, "what is gone may wait, but not for long"
        assert len(passages - found) <= len(passages) // 10 + 1
        assert problems(vault) == {}


def test_small_changes_wait_and_are_known_to_wait(vault: Path) -> None:
    (vault / "new.md").write_text(TEXT.format("New", 99, "n2"))
    (vault / "n1.md").unlink()
    sync(vault, Settings())
    from ingest import passages

    with open_store(vault) as store:
        assert passages.behind(store) > 0
        assert passages.catch_up(store, Settings(), now=True)
        assert passages.behind(store) == 0
        assert not passages.catch_up(store, Settings(), now=True)
    assert problems(vault) == {}


# What is sound is not called damaged. ------------------------------------------------------------------------


def test_chroma_that_is_not_built_yet_is_no_damage_and_repair_builds_it(vault: Path) -> None:
    with open_store(vault) as store, store.transaction():
        store.set_meta("chroma_high", -1)
    shutil.rmtree(vault / ".kb" / "chroma")
    found = {check.name: check for check in examine(vault, Settings())}["Chroma holds the passages"]
    assert found.problems == [] and "not built yet" in found.remarks[0]
    assert [(check.problems, check.remarks) for check in mend(vault, Settings())] == [([], [])] * 4
    assert held(vault)[0] > 0


def test_a_folder_that_may_only_be_read_is_no_damage(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb import store

    def only_reading(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    with open_store(vault) as whole:
        whole.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr(store, "_connect", only_reading)
    found = examine(vault, Settings())
    assert [check.problems for check in found] == [[]] * 4
    assert "only a folder that can be written" in found[-1].remarks[0]


def test_a_base_that_is_locked_is_no_damage(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.errors import BaseLocked

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, **{**more, "timeout": 0.01}))
    with open_store(vault) as writer, writer.transaction(), pytest.raises(BaseLocked):
        examine(vault, Settings())


def test_a_full_disk_is_no_damage(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.health.is_full", lambda folder: True)
    found = examine(vault, Settings())
    assert [check.problems for check in found] == [[]] * 4 and found[-1].remarks


def test_on_a_full_disk_the_remedy_is_to_free_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.chroma import VectorsUnavailable, _translated
    from kb.store import translated

    monkeypatch.setattr("kb.folder.ROOM", 1 << 62)
    why = translated(sqlite3.OperationalError("unable to open database file"), tmp_path)
    assert why is not None and "Free some disk space" in why.remedy
    with pytest.raises(VectorsUnavailable, match="the disk is full"), _translated(tmp_path):
        raise ValueError
    monkeypatch.setattr("kb.folder.ROOM", 0)
    why = translated(sqlite3.OperationalError("unable to open database file"), tmp_path)
    assert why is not None and "Make the folder writable" in why.remedy

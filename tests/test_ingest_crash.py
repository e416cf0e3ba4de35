"""Whatever stops a sync, the base opens, each note is in its old or its new state, and the next sync completes it.

A crash is tried at every transaction there is, within this process, and by `kill -9` at random instants of
a real `kb sync` (KB_KILLS rounds). Then: two syncs at once, readers meanwhile, a full disk, a folder that
cannot be written.
"""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import warm
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest_rebuild import EXAMPLES, Step, assert_as_rebuilt, contents, flaws, known, quickly, step, take

from ingest.health import examine
from ingest.pipeline import sync
from kb.catalogue import claims
from kb.lock import writing
from kb.settings import Settings
from kb.store import Store, open_store

KILLS = int(os.environ.get("KB_KILLS", "10"))
KB = [sys.executable, "-c", "from kb.cli import main; main()"]
VAULT = Path(__file__).parent.parent / "examples" / "vault"
TEXT = "# A note\n\nStudents learn from rewards that they can reach by themselves [[nowhere]].\n"


def run(vault: Path, *arguments: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    kb = KB if more else [warm.command()]  # what limits a process must limit this one
    return subprocess.run([*kb, "--vault", str(vault), *arguments], capture_output=True, text=True, timeout=60, **more)


def assert_two_lines(done: "subprocess.CompletedProcess[str]") -> None:
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and lines[0].startswith("kb: ") and lines[1].startswith("    "), done.stderr
    assert "mistake of its own" not in done.stderr, done.stderr
    assert done.returncode == 1


# A crash after each transaction. ------------------------------------------------------------------------


class Crash(BaseException):
    """The process is gone."""


@contextmanager
def crashing(after: int) -> Iterator[list[int]]:
    """The process dies once it has committed so many times."""
    real, left = Store.transaction, [after]

    @contextmanager
    def transaction(store: Store) -> Iterator[sqlite3.Connection]:
        with real(store) as sql:
            yield sql
        left[0] -= 1
        if left[0] == 0:
            raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "transaction", transaction)
        patch.setattr("ingest.update.BATCH", 1)
        yield left


BEFORE = {
    "alpha.md": "# Does alpha data always help students?\n\nStudents learn from rewards that they can reach.\n",
    "old.md": "# Old\n\nIt was said of old that students learn little [[alpha]].\n",
    "line.md": "# What is known?\n\nThis explores it.\n\nRewards teach students nothing about style Can beta rewards add ability?. But alpha data helps Does alpha data always help students?.\n",
    "essay.md": "# Essay\n\nWe know by now how little it takes Can beta rewards add ability? and we know Does alpha data always help students? too.\n",
}
AFTER = {
    "alpha.md": "# Is gamma alignment only style?\n\nStudents learn from rewards that they can reach.\n",
    "beta.md": "# Can beta rewards add ability?\n\nRewards teach students nothing about style.\n",
    "old.md": None,
    "new.md": "# New\n\nIt is said by now that students learn little [[old]] and [[beta]].\n",
}


def lay(vault: Path, files: dict[str, Any]) -> None:
    for name, text in files.items():
        (vault / name).unlink() if text is None else (vault / name).write_text(text)


def crash_after(vault: Path, transactions: int) -> bool:
    """A vault whose second sync dies after so many transactions; false if it was done before."""
    vault.mkdir()
    lay(vault, BEFORE)
    sync(vault, Settings())
    lay(vault, AFTER)
    with crashing(transactions):
        try:
            sync(vault, Settings())
        except Crash:
            return True
    return False


def test_a_crash_after_any_transaction_is_made_good_by_the_next_sync(tmp_path: Path) -> None:
    lost = []
    with quickly():
        at = 1
        while crash_after(tmp_path / str(at), at):
            sync(tmp_path / str(at), Settings())
            try:
                assert_as_rebuilt(tmp_path / str(at))
            except (AssertionError, pytest.fail.Exception) as why:
                lost.append((at, str(why)[:200]))
            at += 1
        assert at > 6, "the crash must have been tried in many places"
    assert lost == []


def test_after_a_crash_each_note_is_old_or_new(tmp_path: Path) -> None:
    with quickly():
        for folder, files in (("old", BEFORE), ("new", {**BEFORE, **AFTER})):
            (tmp_path / folder).mkdir()
            lay(tmp_path / folder, {name: text for name, text in files.items() if text is not None})
            sync(tmp_path / folder, Settings())
        old, new = (by_file(tmp_path / folder) for folder in ("old", "new"))
        at = 1
        while crash_after(tmp_path / str(at), at):
            for path, held in by_file(tmp_path / str(at)).items():
                assert held in [state.get(path) for state in (old, new)] or path == "essay.md", path
            at += 1


def by_file(vault: Path) -> dict[str, Any]:
    """The claims of each file as they stand."""
    with open_store(vault) as store:
        found: dict[str, list[Any]] = {path: [] for (path,) in store.sql.execute("SELECT path FROM file")}
        for claim in claims(store):
            found[claim.place.path].append((claim.id, claim.text, claim.quote, claim.place))
    return found


@settings(known, max_examples=max(1, EXAMPLES // 3))
@given(st.lists(step, min_size=6, max_size=16), st.lists(step, min_size=1, max_size=6), st.integers(1, 12))
def test_after_any_changes_and_a_crash_the_base_is_what_a_rebuild_makes(
    first: list[Step], then: list[Step], at: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, quickly():
        vault = Path(folder).resolve() / "vault"
        vault.mkdir()
        for one in first:
            take(vault, one)
        sync(vault, Settings())
        for one in then:
            if one[0] != "sync":
                take(vault, one)
        with crashing(at), suppress(Crash):
            sync(vault, Settings())
        sync(vault, Settings())
        assert_as_rebuilt(vault)


# A base that is not whole. --------------------------------------------------------------------------------


def answered(vault: Path) -> list[str]:
    """What an answer from the base as it is remarks."""
    from contextlib import closing

    from qa.ask import Asker

    with open_store(vault, create=False) as store, closing(Asker(store, Settings())) as asker:
        return [problem.code for problem in asker.ask("What do rewards teach students?").problems]


def test_while_a_base_is_made_anew_and_after_that_was_cut_off_the_old_one_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, BEFORE)
    with quickly():
        sync(tmp_path, Settings())
        before = by_file(tmp_path)
        (tmp_path / "new.md").write_text(TEXT)
        looks = []

        def look(store: Store) -> None:
            assert store.sql.execute("PRAGMA database_list").fetchone()[2].endswith("rebuilt.sqlite3")
            looks.append(by_file(tmp_path))
            assert answered(tmp_path) == []
            raise Crash

        with pytest.MonkeyPatch.context() as patch, suppress(Crash):
            patch.setattr("ingest.update.settle", look)
            sync(tmp_path, Settings(), rebuild=True)
        assert looks == [before] and by_file(tmp_path) == before
        assert not (tmp_path / ".kb" / "rebuilt.sqlite3").exists()
        # One of another version is made anew beside as well; what a kill left of that is swept.
        monkeypatch.setattr("ingest.pipeline.READER", "another")
        (tmp_path / ".kb" / "rebuilt.sqlite3").write_text("left over")
        sync(tmp_path, Settings())
        assert set(by_file(tmp_path)) == {*before, "new.md"}
        assert sorted(path.name for path in (tmp_path / ".kb").glob("[!r]*.sqlite3*")) == ["base.sqlite3"]
        assert not (tmp_path / ".kb" / "rebuilt.sqlite3").exists()


def test_who_has_the_old_base_open_reads_on_in_it(tmp_path: Path) -> None:
    lay(tmp_path, BEFORE)
    with quickly():
        sync(tmp_path, Settings())
        with open_store(tmp_path) as old:
            before = claims(old)
            (tmp_path / "new.md").write_text(TEXT)
            sync(tmp_path, Settings(), rebuild=True)
            assert claims(old) == before
        assert_as_rebuilt(tmp_path)


@pytest.mark.parametrize("before", [{}, BEFORE], ids=["the first", "a later"])
def test_a_base_that_a_sync_left_half_made_says_so_until_the_next_one(tmp_path: Path, before: dict[str, Any]) -> None:
    lay(tmp_path, before)
    with quickly():
        if before:
            sync(tmp_path, Settings())
            assert answered(tmp_path) == []
        lay(tmp_path, {name: text for name, text in AFTER.items() if text is not None})
        with crashing(2), suppress(Crash):
            sync(tmp_path, Settings())
        assert answered(tmp_path) == ["unfinished"]
        with writing(tmp_path / ".kb" / "lock"):
            for command in (["ask", "What do rewards teach?", "--json"], ["status", "--json"], ["claims", "--json"]):
                done = run(tmp_path, *command)
                assert done.returncode == 0 and "not whole" in done.stderr and len(done.stderr.splitlines()) == 2
                told = json.loads(done.stdout)
                if command[0] == "ask":
                    assert [problem["code"] for problem in told["problems"]] == ["unfinished"]
                if command[0] == "status":
                    assert told["whole"] is False
        sync(tmp_path, Settings())
        assert answered(tmp_path) == []
        assert json.loads(run(tmp_path, "status", "--json").stdout)["whole"] is True


# kill -9. -----------------------------------------------------------------------------------------------


def edited(vault: Path, chance: random.Random) -> None:
    """Some notes edited, moved, deleted and made, so that every sync has work."""
    notes = sorted(path for path in vault.rglob("*.md") if ".kb" not in path.parts)
    for path in chance.sample(notes, 12):
        path.write_text(
            path.read_text()
            + f"\n\nIn round {chance.random():.6f} students learn more than before [[note-{chance.randrange(9)}]].\n"
        )
    gone, moved = chance.sample(notes, 2)
    gone.unlink()
    moved.rename(vault / f"moved-{chance.randrange(10**9)}.md")
    title = chance.choice(("Does alpha data always help students?", "Can beta rewards add ability?"))
    (vault / f"note-{chance.randrange(9)}.md").write_text(
        f"# {title}\n\nStudents learn {chance.random():.3f} points from it.\n"
    )
    (vault / f"essay-{chance.randrange(9)}.md").write_text(
        f"# Essay\n\nWe know how little it takes {title} and go on from there.\n"
    )


def remember(vault: Path, states: dict[str, list[str]]) -> None:
    """Every state that a file has been in since the base was last complete."""
    for path in vault.rglob("*.*"):
        if path.is_file() and ".kb" not in path.parts:
            states.setdefault(str(path.relative_to(vault)), []).append(path.read_bytes().decode())


def killed(vault: Path, after: float) -> bool:
    """A real `kb sync`, killed after so many seconds; false if it was done before."""
    child = subprocess.Popen([*KB, "--vault", str(vault), "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        child.wait(after)
        return False
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True


def assert_old_or_new(vault: Path, states: dict[str, list[str]]) -> None:
    """All claims of a file stand in one and the same state of it."""
    with open_store(vault, create=False) as store:
        assert store.sql.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert store.sql.execute("PRAGMA foreign_key_check").fetchall() == []
        of: dict[str, list[Any]] = {}
        for claim in claims(store):
            of.setdefault(claim.place.path, []).append(claim)
    for path, mine in of.items():
        assert any(all(text[c.place.start : c.place.end] == c.quote for c in mine) for text in states[path]), path


@pytest.mark.timeout(600)
def test_killed_at_random_instants_the_base_is_old_or_new_and_the_next_sync_completes_it(tmp_path: Path) -> None:
    chance = random.Random(20)
    vault = tmp_path / "vault"
    shutil.copytree(VAULT, vault, ignore=shutil.ignore_patterns(".kb"))
    began = time.monotonic()
    assert run(vault, "sync").returncode == 0
    longest = time.monotonic() - began
    kills = 0
    states: dict[str, list[str]] = {}
    for number in range(KILLS):
        remember(vault, states)
        edited(vault, chance)
        remember(vault, states)
        if chance.random() < 0.2:
            shutil.rmtree(vault / ".kb", ignore_errors=True)  # from nothing, Chroma and all
        # Most of a sync's first third is imports.
        kills += killed(vault, chance.uniform(0.25, 1.0 if (vault / ".kb").exists() else longest))
        if (vault / ".kb" / "base.sqlite3").exists():
            assert_old_or_new(vault, states)
        if number % 10 == 9 or number == KILLS - 1:
            done = run(vault, "sync")
            assert done.returncode == 0, done.stderr
            states = {}
            with quickly():
                sync(vault, Settings())
                assert_as_rebuilt(vault)
            assert flaws(vault) == []
            for check in examine(vault, Settings()):
                assert check.problems == [] or check.name == "Chroma holds the passages", check
    assert kills > KILLS // 3, "a sync that is done before it is killed tests nothing"


# Several at once. ---------------------------------------------------------------------------------------


def test_two_syncs_at_once_both_succeed_and_the_base_is_sound(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(VAULT, vault, ignore=shutil.ignore_patterns(".kb"))
    run(vault, "sync")
    edited(vault, random.Random(1))
    children = [
        subprocess.Popen([*KB, "--vault", str(vault), "sync", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]  # fmt: skip
    told = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0, 0], told
    added = [json.loads(out)["added"] for out, _ in told]
    assert 0 in added and max(added) > 0, "one of them did the work, the other found it done"
    with quickly():
        assert_as_rebuilt(vault)


def test_while_another_process_holds_the_base_a_reader_answers_and_a_writer_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT)
    run(tmp_path, "sync")
    (tmp_path / "b.md").write_text(TEXT)
    hold = "import sys, time; from pathlib import Path; from kb.lock import writing\nwith writing(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    child = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / ".kb" / "lock")], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        child.stdout.readline()
        answer = run(tmp_path, "claims", "--json")
        assert answer.returncode == 0 and answer.stderr == ""
        assert {claim["path"] for claim in json.loads(answer.stdout)} == {"a.md"}
        patient = run(tmp_path, "sync")
        assert_two_lines(patient)
        assert f"process {child.pid}" in patient.stderr
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert run(tmp_path, "sync").returncode == 0


def test_readers_during_a_sync_never_fail_and_never_see_half_a_note(tmp_path: Path) -> None:
    """Every version of a note has ten claims of one number: a reader that sees two numbers saw half."""

    def write(version: int) -> None:
        for note in range(30):
            body = "\n\n".join(f"In version {version} students learn thing {n} from note {note}." for n in range(10))
            (vault / f"n{note}.md").write_text(f"# Note {note}\n\n{body}\n")

    vault = tmp_path / "vault"
    vault.mkdir()
    write(0)
    with quickly():
        sync(vault, Settings())
        script = "import sys; from pathlib import Path\nfrom ingest.pipeline import sync\nfrom kb.settings import Settings\nimport ingest.passages; ingest.passages.catch_up = lambda *a, **k: False\nimport time, ingest.update; ingest.update.BATCH = 3\nsync(Path(sys.argv[1]), Settings())"
        looks = 0
        for version in range(1, 4):
            write(version)
            child = subprocess.Popen([sys.executable, "-c", script, str(vault)])
            try:
                while child.poll() is None:
                    with open_store(vault, create=False) as store:
                        of: dict[str, list[str]] = {}
                        for claim in claims(store):
                            of.setdefault(claim.place.path, []).append(claim.quote.split()[2])
                    looks += 1
                    assert len(of) == 30
                    for path, versions in of.items():
                        assert len(versions) == 10 and len(set(versions)) == 1, path
            finally:
                child.kill()
                assert child.wait() == 0
    assert looks > 20


@pytest.mark.timeout(120)
def test_the_command_claims_in_a_loop_beside_a_sync(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(VAULT, vault, ignore=shutil.ignore_patterns(".kb"))
    run(vault, "sync")
    edited(vault, random.Random(2))
    child = subprocess.Popen([*KB, "--vault", str(vault), "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(4):
            done = run(vault, "claims", "students", "--json")
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)
    finally:
        child.wait(60)
    assert child.returncode == 0


# A full disk; a folder that cannot be written. -------------------------------------------------------------


def test_a_disk_that_is_full_to_sqlite_is_told_in_two_lines_and_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT)
    run(tmp_path, "sync")
    before = contents(tmp_path)
    for number in range(160):
        (tmp_path / f"n{number}.md").write_text(
            "\n\n".join(f"Students {n} learn from rewards {number} they can reach." for n in range(20))
        )
    size = (tmp_path / ".kb" / "base.sqlite3").stat().st_size

    def small() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, size + 40_000))

    done = run(tmp_path, "sync", preexec_fn=small)
    assert_two_lines(done)
    assert "disk" in done.stderr
    assert contents(tmp_path)["claim"][0] in before["claim"] or contents(tmp_path)["claim"]
    assert flaws(tmp_path) == [] or contents(tmp_path)["unsettled"]
    assert run(tmp_path, "sync").returncode == 0
    assert_as_rebuilt(tmp_path)


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Something mounted there; skipped where we may not."""
    folder.mkdir(exist_ok=True)
    for command in options:
        if subprocess.run(["mount", *command.split(), str(folder)], capture_output=True, check=False).returncode:
            subprocess.run(["umount", str(folder)], capture_output=True, check=False)
            pytest.skip("mounting takes root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root")
@pytest.mark.parametrize("room", [0, 4, 100], ids=lambda room: f"{room} kB left")
def test_a_disk_that_is_really_full_is_told_in_two_lines_and_costs_nothing(tmp_path: Path, room: int) -> None:
    vault = tmp_path / "small"
    with mounted(vault, "-t tmpfs -o size=8m none"):
        (vault / "a.md").write_text(TEXT)
        assert run(vault, "sync").returncode == 0
        for number in range(15):
            (vault / f"n{number}.md").write_text(
                "\n\n".join(f"Students {n} learn from rewards {number} they can reach." for n in range(20))
            )
        free = shutil.disk_usage(vault).free
        ballast = vault / "ballast.bin"
        ballast.write_bytes(b"\0" * max(0, free - room * 1024))
        done = run(vault, "sync")
        assert_two_lines(done)
        assert "disk" in done.stderr or "space" in done.stderr
        ballast.unlink()
        assert run(vault, "sync").returncode == 0
        assert_as_rebuilt(vault)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root")
def test_a_vault_that_may_only_be_read_answers(tmp_path: Path) -> None:
    source, view = tmp_path / "source", tmp_path / "view"
    source.mkdir()
    (source / "a.md").write_text(TEXT)
    run(source, "sync")
    with mounted(view, f"--bind {source}", "-o remount,ro,bind"):
        for command in ("status", "claims", "notes"):
            done = run(view, command, "--json")
            assert done.returncode == 0, done.stderr
            assert done.stderr == ""
            assert json.loads(done.stdout)
        assert_two_lines(run(view, "sync"))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root")
def test_a_vault_that_may_only_be_read_and_has_no_base_is_told_in_two_lines(tmp_path: Path) -> None:
    source, view = tmp_path / "source", tmp_path / "view"
    source.mkdir()
    (source / "a.md").write_text(TEXT)
    with mounted(view, f"--bind {source}", "-o remount,ro,bind"):
        for command in ("sync", "status", "claims"):
            assert_two_lines(run(view, command))
    assert [path.name for path in source.iterdir()] == ["a.md"]


def test_a_file_where_the_base_should_be_is_told_in_two_lines_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT)
    (tmp_path / ".kb").write_text("mine")
    for command in (["sync"], ["sync", "--rebuild"], ["status"], ["doctor"]):
        assert_two_lines(run(tmp_path, *command))
    assert (tmp_path / ".kb").read_text() == "mine"

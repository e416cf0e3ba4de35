"""A `.kb/` made by somebody else: nothing in it is opened, written or removed through a link, and nothing hangs.

And what configures a vault (`kb.toml`, `.kbignore`, `kb-review.jsonl`): not read where a link leads out of it, or where it is a FIFO.
"""

import io
import json
import os
import sqlite3
import struct
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from test_ingest_health import problems

from ingest.health import mend
from ingest.integrity import content_hash
from ingest.pipeline import sync
from ingest.scan import Skipped, walk
from kb.cli import app, door
from kb.errors import BadSettings, BaseBroken, KbError, NotAVault
from kb.files import read_regular
from kb.folder import clear_strangers, is_plain_tree
from kb.review import Judgement, Side, give, judgements
from kb.settings import Settings, load_settings
from kb.store import open_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs are not for everyone there")
TEXT = "# A note\n\nStudents learn from rewards that they can reach by themselves [[nowhere]].\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault, synced; beside it a folder of the person's own."""
    (tmp_path / "vault").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "vault" / "a.md").write_text(TEXT)
    (tmp_path / "mine" / "letter.txt").write_text("Dear friend, " * 30)
    index = tmp_path / "mine" / "0b1f3b7c-0000-4000-8000-000000000000"
    index.mkdir()
    (index / "data.bin").write_text("mine")
    (tmp_path / "mine" / "chroma.sqlite3").write_text("mine")
    other = sqlite3.connect(tmp_path / "mine" / "other.sqlite3")
    other.execute("CREATE TABLE mine (x)")
    other.close()
    return tmp_path / "vault"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def run(vault: Path, *arguments: str, typed: str = "") -> Done:
    """A command, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["kb", "--vault", str(vault), *arguments])
        patch.setattr(sys, "stdin", io.StringIO(typed))
        status = door.run(app)
    return Done(status, out.getvalue(), err.getvalue())


def assert_two_lines(done: Done) -> None:
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 2, done
    assert lines[0].startswith("kb: ") and lines[1].startswith("    ") and "mistake of its own" not in lines[0]


def mine(vault: Path) -> dict[str, str]:
    """All that is the person's own, outside the vault."""
    folder = vault.parent / "mine"
    return {
        str(path.relative_to(folder)): content_hash(path.read_bytes()) if path.is_file() else ""
        for path in folder.rglob("*")
    }


def linked(name: str, to: str) -> Callable[[Path], None]:
    def lay(vault: Path) -> None:
        path = vault / ".kb" / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(vault.parent / "mine" / to)

    return lay


def fifo(name: str) -> Callable[[Path], None]:
    def lay(vault: Path) -> None:
        (vault / ".kb" / name).unlink(missing_ok=True)
        os.mkfifo(vault / ".kb" / name)

    return lay


def deleting_journal(vault: Path) -> None:
    """SQLite, recovering, deletes the file that a journal calls its super-journal."""
    name = os.fsencode(vault.parent / "mine" / "letter.txt")
    magic = bytes.fromhex("d9d505f920a163d7")
    head = (magic + struct.pack(">5I", 0, 0x1234, 1, 512, 4096)).ljust(512, b"\0")
    sums = sum(byte if byte < 128 else byte - 256 for byte in name) & 0xFFFFFFFF
    tail = struct.pack(">I", 0x40000000 // 4096 + 1) + name + struct.pack(">2I", len(name), sums) + magic
    (vault / ".kb" / "base.sqlite3-journal").write_bytes(head + tail)


def folder_for_a_base(vault: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (vault / ".kb" / f"base.sqlite3{end}").unlink(missing_ok=True)
    (vault / ".kb" / "base.sqlite3").mkdir()
    (vault / ".kb" / "base.sqlite3" / "rest").write_text("of something")


STRANGE: dict[str, Callable[[Path], None]] = {
    "the lock is a link": linked("lock", "letter.txt"),
    "the lock is a link that leads nowhere": linked("lock", "new.txt"),
    "the lock is a FIFO": fifo("lock"),
    "the base is a link": linked("base.sqlite3", "other.sqlite3"),
    "the base is a link that leads nowhere": linked("base.sqlite3", "new.sqlite3"),
    "the base is a FIFO": fifo("base.sqlite3"),
    "the base is a folder": folder_for_a_base,
    "its log is a link": linked("base.sqlite3-wal", "letter.txt"),
    "its journal names a file elsewhere": deleting_journal,
}
QUIET: dict[str, Callable[[Path], None]] = {
    ".gitignore leads nowhere": linked(".gitignore", "new.txt"),
    "the replies are a link": linked("replies.sqlite3", "other.sqlite3"),
    "the next base is a link": linked("rebuilt.sqlite3", "letter.txt"),
}


@pytest.mark.parametrize("what", [*STRANGE, *QUIET])
def test_nothing_is_written_through_what_stands_in_the_folder(vault: Path, what: str) -> None:
    sync(vault, Settings())
    {**STRANGE, **QUIET}[what](vault)
    before = mine(vault)
    for command in (["sync"], ["claims", "--json"], ["doctor", "--json"]):
        done = run(vault, *command)
        if what in STRANGE or (command[0] == "doctor" and what != "the next base is a link"):
            assert done.returncode == 1, (command, done.stdout, done.stderr)
        if what in STRANGE and command[0] != "doctor":
            assert_two_lines(done)
            assert "kb sync --rebuild" in done.stderr
        if what in QUIET and command[0] != "doctor":
            assert done.returncode == 0, (command, done.stderr)
        assert mine(vault) == before, command
    run(vault, "chat", typed="What do rewards teach?\n")
    assert mine(vault) == before


@pytest.mark.parametrize("remedy", ["sync --rebuild", "doctor --repair"])
@pytest.mark.parametrize("what", STRANGE)
def test_the_remedy_mends_whatever_stands_in_the_folder_and_touches_nothing_else(
    vault: Path, what: str, remedy: str
) -> None:
    sync(vault, Settings())
    STRANGE[what](vault)
    before = mine(vault)
    done = run(vault, *remedy.split())
    assert done.returncode == 0, done.stderr
    assert mine(vault) == before
    assert problems(vault) == {}
    assert run(vault, "claims", "--json").returncode == 0


def chroma_linked(vault: Path) -> None:
    remove_chroma(vault)
    (vault / ".kb" / "chroma").symlink_to(vault.parent / "mine")


def chroma_index_linked(vault: Path) -> None:
    (vault / ".kb" / "chroma" / "0b1f3b7c-0000-4000-8000-000000000000").symlink_to(
        vault.parent / "mine" / "0b1f3b7c-0000-4000-8000-000000000000"
    )


def chroma_base_linked(vault: Path) -> None:
    (vault / ".kb" / "chroma" / "chroma.sqlite3").unlink()
    (vault / ".kb" / "chroma" / "chroma.sqlite3").symlink_to(vault.parent / "mine" / "chroma.sqlite3")


def chroma_file(vault: Path) -> None:
    remove_chroma(vault)
    (vault / ".kb" / "chroma").write_text("no folder")


def chroma_seal_fifo(vault: Path) -> None:
    (vault / ".kb" / "chroma" / "sealed.json").unlink()
    os.mkfifo(vault / ".kb" / "chroma" / "sealed.json")


def remove_chroma(vault: Path) -> None:
    from shutil import rmtree

    rmtree(vault / ".kb" / "chroma")


@pytest.mark.parametrize("lay", [chroma_linked, chroma_index_linked, chroma_base_linked, chroma_file, chroma_seal_fifo])
def test_nothing_of_chroma_is_opened_or_removed_through_a_link_and_repair_mends_it(
    vault: Path, lay: Callable[[Path], None]
) -> None:
    sync(vault, Settings())
    lay(vault)
    before = mine(vault)
    assert list(problems(vault)) == ["Chroma holds the passages"]
    (vault / "b.md").write_text(TEXT.replace("Students", "Others"))
    assert run(vault, "ask", "--json", "What do rewards teach?").returncode == 0
    with open_store(vault) as store, store.transaction():
        store.set_meta("chroma_high", -1)  # as after a change of embedding: all of Chroma is made anew
    done = sync(vault, Settings())
    (vault / "c.md").write_text(TEXT.replace("Students", "Some"))
    done = sync(vault, Settings())
    assert [remark.code for remark in done.remarks] == ["vectors"]
    assert mine(vault) == before
    assert [check.problems for check in mend(vault, Settings())] == [[]] * 4
    assert mine(vault) == before
    assert is_plain_tree(vault / ".kb" / "chroma")


def test_a_folder_of_links_is_cleared_of_the_links_alone(vault: Path) -> None:
    sync(vault, Settings())
    (vault / ".kb" / "mine.txt").write_text("kept")
    linked("lock", "letter.txt")(vault)
    before = mine(vault)
    clear_strangers(vault / ".kb")
    assert not (vault / ".kb" / "lock").is_symlink()
    assert (vault / ".kb" / "mine.txt").read_text() == "kept"
    assert (vault / ".kb" / "base.sqlite3").exists()
    assert mine(vault) == before


# The folder itself a link. ---------------------------------------------------------------------------------


def test_a_folder_that_is_a_link_is_followed_only_where_its_target_names_the_vault(vault: Path) -> None:
    (vault / ".kb").symlink_to(vault.parent / "mine")
    before = mine(vault)
    for command in (
        ["sync"],
        ["sync", "--rebuild"],
        ["status"],
        ["doctor"],
        ["doctor", "--repair"],
        ["ask", "What do naps help?"],
    ):
        done = run(vault, *command)
        assert_two_lines(done)
        assert "symbolic link" in done.stderr and str(vault.parent / "mine" / "vault") in done.stderr
    assert mine(vault) == before
    (vault.parent / "mine" / "vault").write_text(str(vault.parent))
    with pytest.raises(NotAVault):
        sync(vault, Settings())
    (vault.parent / "mine" / "vault").write_text(f"{vault}\n")
    assert sync(vault, Settings()).notes == 2
    assert (vault.parent / "mine" / "base.sqlite3").is_file()
    assert run(vault, "claims", "--json").returncode == 0


def test_a_folder_that_is_a_link_within_the_vault_is_refused(vault: Path) -> None:
    (vault / "elsewhere").mkdir()
    (vault / "elsewhere" / "vault").write_text(str(vault))
    (vault / ".kb").symlink_to("elsewhere")
    with pytest.raises(NotAVault, match="symbolic link"):
        sync(vault, Settings())
    assert [path.name for path in (vault / "elsewhere").iterdir()] == ["vault"]


# What configures a vault. ----------------------------------------------------------------------------------

JUDGED = Judgement(
    a=Side(quote="a", path="a.md"), b=Side(quote="b", path="b.md"), verdict="accept", relation="supports", date="2020-01-01"
)  # fmt: skip


def test_settings_that_lead_out_of_the_vault_or_are_a_fifo_are_refused_at_once(vault: Path) -> None:
    (vault.parent / "mine" / "kb.toml").write_text("offline = true\n")
    (vault / "kb.toml").symlink_to(vault.parent / "mine" / "kb.toml")
    with pytest.raises(BadSettings, match="leads out of the vault"):
        load_settings(vault)
    (vault / "kb.toml").unlink()
    os.mkfifo(vault / "kb.toml")
    with pytest.raises(BadSettings, match="not a regular file"):
        load_settings(vault)
    (vault / "kb.toml").unlink()
    (vault / "kb.toml").symlink_to("/dev/zero")
    with pytest.raises(BadSettings):
        load_settings(vault)
    (vault / "kb.toml").unlink()
    (vault / "other.toml").write_text("offline = true\n")
    (vault / "kb.toml").symlink_to("other.toml")
    assert load_settings(vault).offline


@pytest.mark.parametrize("name", [".kbignore", ".gitignore"])
def test_an_ignore_file_that_leads_out_of_the_vault_is_not_read(vault: Path, name: str) -> None:
    (vault.parent / "mine" / "ignore").write_text("*.md\n")
    (vault / name).symlink_to(vault.parent / "mine" / "ignore")
    found = {item.problem.path: item.problem.code for item in walk(vault, Settings()) if isinstance(item, Skipped)}
    assert found == {name: "outside"}
    (vault / name).unlink()
    os.mkfifo(vault / name)
    assert sync(vault, Settings()).notes == 2


def test_judgements_that_lead_out_of_the_vault_are_neither_read_nor_written(vault: Path) -> None:
    review = vault / "kb-review.jsonl"
    review.symlink_to(vault.parent / "mine" / "letter.txt")
    before = mine(vault)
    found, remarks = judgements(vault)
    assert found == [] and "leads out of the vault" in remarks[0].message
    with pytest.raises(NotAVault, match="leads out of the vault"):
        give(vault, JUDGED)
    review.unlink()
    review.symlink_to(vault.parent / "mine" / "new.jsonl")
    with pytest.raises(NotAVault):
        give(vault, JUDGED)
    assert mine(vault) == before
    review.unlink()
    os.mkfifo(review)
    assert judgements(vault)[1]
    with pytest.raises(NotAVault):
        give(vault, JUDGED)
    assert sync(vault, Settings()).notes == 2


def test_a_draft_that_is_a_fifo_or_a_device_is_refused_at_once(vault: Path) -> None:
    os.mkfifo(vault / "draft.md")
    sync(vault, Settings())
    for command in ("check", "links"):
        for name in (str(vault / "draft.md"), "/dev/zero"):
            done = run(vault, command, name)
            assert done.returncode and len(done.stderr.splitlines()) == 2, done
            assert "regular file" in done.stderr or "Name a file that can be read" in done.stderr
    with pytest.raises(OSError, match="not a regular file"):
        read_regular(Path("/dev/zero"))


def test_a_broken_folder_leaves_its_words_to_the_door(vault: Path) -> None:
    sync(vault, Settings())
    linked("base.sqlite3-shm", "letter.txt")(vault)
    with pytest.raises(BaseBroken) as told:
        open_store(vault)
    assert "base.sqlite3-shm" in told.value.message and isinstance(told.value, KbError)
    assert json.loads(run(vault, "doctor", "--json").stdout)["sound"] is False

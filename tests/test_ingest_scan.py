"""What is in the folder: every file is told, none twice, and nothing outside is looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest_rebuild import quickly

from ingest.pipeline import sync
from ingest.scan import ALONE, Seen, walk
from kb.settings import Settings
from kb.store import open_store

TEXT = "Students learn from rewards that they can reach by themselves.\n"


def lay(vault: Path, files: str, text: str = TEXT) -> None:
    for name in files.split():
        path = vault / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(vault: Path, asked: Settings | None = None) -> list[str]:
    return [item.path for item in walk(vault, asked or Settings()) if isinstance(item, Seen)]


def skipped(vault: Path, asked: Settings | None = None) -> dict[str, str]:
    return {
        item.problem.path: item.problem.code for item in walk(vault, asked or Settings()) if not isinstance(item, Seen)
    }


def test_notes_are_found_in_a_fixed_order_however_deep(tmp_path: Path) -> None:
    lay(tmp_path, "b.md a.md c/d/e/f.md c/a.txt Z.markdown x.html p.pdf l.bib l.json q.qmd")
    assert read(tmp_path) == [
        "Z.markdown",
        "a.md",
        "b.md",
        "c/a.txt",
        "c/d/e/f.md",
        "l.bib",
        "l.json",
        "p.pdf",
        "q.qmd",
        "x.html",
    ]


def test_endings_count_in_any_case(tmp_path: Path) -> None:
    lay(tmp_path, "A.MD B.Txt C.HTML")
    assert read(tmp_path) == ["A.MD", "B.Txt", "C.HTML"]


def test_what_is_no_note_is_told_with_a_reason(tmp_path: Path) -> None:
    lay(tmp_path, "a.png b c.exe kb.toml kb-review.jsonl .gitignore .DS_Store", "")
    assert skipped(tmp_path) == {
        "a.png": "not-a-note", "b": "not-a-note", "c.exe": "not-a-note", "kb.toml": "ignored",
        "kb-review.jsonl": "ignored", ".gitignore": "ignored", ".DS_Store": "ignored",
    }  # fmt: skip


@pytest.mark.parametrize("folder", sorted(ALONE - {".kb"}))
def test_a_folder_of_another_program_is_named_once(tmp_path: Path, folder: str) -> None:
    lay(tmp_path, f"{folder}/a.md {folder}/deep/b.md deep/{folder}/c.md a.md")
    assert read(tmp_path) == ["a.md"]
    assert skipped(tmp_path) == {f"{folder}/": "ignored", f"deep/{folder}/": "ignored"}


def test_its_own_folder_is_not_even_named(tmp_path: Path) -> None:
    lay(tmp_path, ".kb/a.md a.md")
    assert read(tmp_path) == ["a.md"]
    assert skipped(tmp_path) == {}


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("*.txt", "a.md sub/a.md sub/deep/a.md"),
        ("/a.md", "a.txt sub/a.md sub/a.txt sub/deep/a.md"),
        ("a.md", "a.txt sub/a.txt"),
        ("sub/", "a.md a.txt"),
        ("sub/*\n!sub/a.md", "a.md a.txt sub/a.md"),
        ("*.md\n!/sub/a.md", "a.txt sub/a.md sub/a.txt"),
        ("sub/\n!sub/a.md", "a.md a.txt"),
        ("**/deep/", "a.md a.txt sub/a.md sub/a.txt"),
        ("# a.md\n\n   \n", "a.md a.txt sub/a.md sub/a.txt sub/deep/a.md"),
        ("[", "a.md a.txt sub/a.md sub/a.txt sub/deep/a.md"),
        pytest.param("*\n!*/\n!*.txt", "a.txt sub/a.txt"),
    ],
)
@pytest.mark.parametrize("where", [".gitignore", ".kbignore", "kb.toml"])
def test_patterns_mean_what_git_means_by_them(tmp_path: Path, patterns: str, left: str, where: str) -> None:
    lay(tmp_path, "a.md a.txt sub/a.md sub/a.txt sub/deep/a.md")
    asked = Settings(ignore=tuple(patterns.split("\n"))) if where == "kb.toml" else Settings()
    if where != "kb.toml":
        (tmp_path / where).write_text(patterns)
    assert sorted(read(tmp_path, asked)) == sorted(left.split())


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("*.txt\n/sub/a.md\nother/*\n!other/keep.md\n", "b.md\n!/deep/b.md\n"),
        ("sub/**/b.md\n**/keep.md", "deep/**"),
        ("s*b/d*p/*\n!b.md", "*b*.m*d"),
        ("*.md\n!sub\n![ab].md", ""),
        ("[!a].md\n[[:alpha:]].txt\n[]x]\n[z-a]", "[^b-z].md"),
        ("\\*.md\n\\#a.md\n\\!a.md\nspaced\\ \na.md   ", ""),
        ("**\n!*/\n!**/deep/*", "a.md/\n/"),
        ("su?/a.md\n[a-\nother\\", "?.m[!e]\r"),
        ("*e*e*.md\n*/*/a.md\n/**/deep/b.md", "**"),
    ],
)
def test_git_agrees(tmp_path: Path, outer: str, inner: str) -> None:
    lay(tmp_path, "a.md a.txt sub/a.md sub/b.md sub/deep/a.md sub/deep/b.md other/a.md other/keep.md")
    for name in ("#a.md", "!a.md", "*.md", "spaced /a.md", "x/b.md"):
        lay(tmp_path / Path(name).parent, "a.md")
        (tmp_path / name).write_text(TEXT)
    (tmp_path / ".gitignore").write_text(outer)
    (tmp_path / "sub" / ".gitignore").write_text(inner)
    (tmp_path / "sub" / "deep" / ".gitignore").write_text("!b.md\na.md\n")
    try:
        subprocess.run(
            ["git", "init", "-q", str(tmp_path)], check=True, env={**os.environ, "HOME": str(tmp_path / "none")}
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git here")
    told = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files", "-oz", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    assert sorted(read(tmp_path)) == sorted(name for name in told if name.endswith((".md", ".txt")))


def test_an_inner_file_has_the_last_word_and_kbignore_goes_after_gitignore(tmp_path: Path) -> None:
    lay(tmp_path, "a.md sub/a.md sub/b.md")
    (tmp_path / ".gitignore").write_text("a.md\n")
    (tmp_path / "sub" / ".gitignore").write_text("!a.md\nb.md\n")
    (tmp_path / "sub" / ".kbignore").write_text("!b.md\n")
    assert read(tmp_path) == ["sub/a.md", "sub/b.md"]


def test_what_comes_under_an_ignore_file_leaves_the_base_and_comes_back(tmp_path: Path) -> None:
    with quickly():
        lay(tmp_path, "a.md sub/b.md")
        sync(tmp_path, Settings())
        (tmp_path / ".kbignore").write_text("sub/\n")
        done = sync(tmp_path, Settings())
        assert (done.removed, done.notes) == (1, 1)
        (tmp_path / ".kbignore").unlink()
        done = sync(tmp_path, Settings())
        assert (done.added, done.notes) == (1, 2)


# Links of the file system. ------------------------------------------------------------------------------


def test_links_out_of_the_vault_are_never_followed(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    lay(tmp_path, "secret/s.md secret.md vault/a.md vault-next-door/n.md")
    (vault / "file.md").symlink_to(tmp_path / "secret.md")
    (vault / "folder").symlink_to(tmp_path / "secret")
    (vault / "next.md").symlink_to("../vault-next-door/n.md")
    (vault / "nowhere.md").symlink_to("nowhere")
    (vault / "chain.md").symlink_to("file.md")
    assert read(vault) == ["a.md"]
    assert skipped(vault) == dict.fromkeys(("file.md", "folder", "next.md", "nowhere.md", "chain.md"), "outside")


def test_links_within_the_vault_are_read_as_files_and_not_as_folders(tmp_path: Path) -> None:
    lay(tmp_path, "sub/a.md")
    (tmp_path / "b.md").symlink_to("sub/a.md")
    (tmp_path / "again").symlink_to("sub")
    assert read(tmp_path) == ["b.md", "sub/a.md"]
    assert skipped(tmp_path) == {"again": "outside"}


def test_loops_end(tmp_path: Path) -> None:
    lay(tmp_path, "sub/a.md")
    (tmp_path / "sub" / "up").symlink_to("..")
    (tmp_path / "x.md").symlink_to("y.md")
    (tmp_path / "y.md").symlink_to("x.md")
    (tmp_path / "self.md").symlink_to("self.md")
    assert read(tmp_path) == ["sub/a.md"]
    assert set(skipped(tmp_path)) == {"sub/up", "x.md", "y.md", "self.md"}


def test_a_link_that_is_turned_to_another_file_is_a_change(tmp_path: Path) -> None:
    with quickly():
        lay(tmp_path, "one.md")
        lay(tmp_path, "two.md", TEXT.replace("rewards", "example"))
        (tmp_path / "link.md").symlink_to("one.md")
        sync(tmp_path, Settings())
        (tmp_path / "link.md").unlink()
        (tmp_path / "link.md").symlink_to("two.md")
        assert sync(tmp_path, Settings()).changed == 1


# Odd files and names. -------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert skipped(tmp_path) == {"pipe.md": "not-a-note"}


def test_a_file_that_is_too_large_is_told_with_its_size(tmp_path: Path) -> None:
    lay(tmp_path, "a.md")
    (tmp_path / "large.md").write_bytes(b"x" * 2_000_001)
    (told,) = [item for item in walk(tmp_path, Settings(max_file_mb=2)) if not isinstance(item, Seen)]
    assert told.problem.code == "too-large" and "2 MB" in told.problem.message and "max_file_mb" in told.problem.hint


ODD = [
    "two\nlines.md",
    "\x1b[31mred\x1b[0m.md",
    "🌱 草稿.md",
    "學生.txt",
    "a" * 200 + ".md",
    "\u202egnp.md",
    "a'b\"c.md",
    "%20.md",
    "-rf.md",
    "a\\b.md",
    " .md",
    "[[x]].md",
    ".md",
    "..md",
    "con.md",
    "a#b.md",
    "a?b.md",
    "tab\t.md",
]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse some of these names")
def test_every_name_is_a_name(tmp_path: Path) -> None:
    for name in ODD:
        (tmp_path / name).write_text(TEXT)
    with quickly():
        sync(tmp_path, Settings())
        with open_store(tmp_path) as store:
            known = dict(store.sql.execute("SELECT path, state FROM file"))
            assert set(known) == set(ODD)
            assert {name for name, state in known.items() if state != "note"} == {".md", "..md"} & {
                name for name, state in known.items() if state != "note"
            }
        assert sync(tmp_path, Settings()).touched == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse names that are no text")
def test_a_name_that_is_no_text_is_told_and_harms_no_one(tmp_path: Path) -> None:
    lay(tmp_path, "a.md")
    (tmp_path / os.fsdecode(b"bad\xff.md")).write_text(TEXT)
    with quickly():
        sync(tmp_path, Settings())
        assert states(tmp_path) == {"a.md": "note", "bad\\xff.md": "skipped"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse names that are no text")
def test_two_names_that_are_no_text_are_told_as_two(tmp_path: Path) -> None:
    for name in (b"bad\xff.md", b"bad\xfe.md"):
        (tmp_path / os.fsdecode(name)).write_text(TEXT)
    with quickly():
        sync(tmp_path, Settings())
        assert len(states(tmp_path)) == 2


def states(vault: Path) -> dict[str, str]:
    with open_store(vault) as store:
        return dict(store.sql.execute("SELECT path, state FROM file"))


def test_a_folder_in_the_place_of_a_file_and_back(tmp_path: Path) -> None:
    with quickly():
        lay(tmp_path, "a.md")
        sync(tmp_path, Settings())
        (tmp_path / "a.md").unlink()
        lay(tmp_path, "a.md/b.md")
        sync(tmp_path, Settings())
        assert states(tmp_path) == {"a.md/b.md": "note"}
        (tmp_path / "a.md" / "b.md").unlink()
        (tmp_path / "a.md").rmdir()
        lay(tmp_path, "a.md")
        sync(tmp_path, Settings())
        assert states(tmp_path) == {"a.md": "note"}


def test_a_file_that_goes_between_the_look_and_the_reading_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ingest.changes

    lay(tmp_path, "a.md b.md")
    real = ingest.changes.plan

    def then_gone(*given: Any) -> Any:
        planned = real(*given)
        (tmp_path / "b.md").unlink()
        return planned

    with quickly():
        monkeypatch.setattr(ingest.pipeline, "plan", then_gone)
        sync(tmp_path, Settings())
        assert states(tmp_path) == {"a.md": "note", "b.md": "failed"}
        monkeypatch.undo()
    with quickly():
        sync(tmp_path, Settings())
        assert states(tmp_path) == {"a.md": "note"}


# Nothing is lost in silence. --------------------------------------------------------------------------------


def there(vault: Path) -> int:
    """Files of the vault that are not in a folder left alone."""
    return sum(
        1 for path in vault.rglob("*")
        if path.is_file() and not path.is_symlink() and not ALONE.intersection(path.relative_to(vault).parts[:-1])
    )  # fmt: skip


PIECES = st.sampled_from(
    (
        "a",
        "b",
        "sub",
        "deep",
        "x.md",
        "y.txt",
        "z.png",
        "w.html",
        "v.bib",
        "u.json",
        "t.pdf",
        ".obsidian",
        "node_modules",
        ".hidden.md",
        "草稿.md",
    )
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=12), st.binary(max_size=40)
)
def test_files_indexed_skipped_and_failed_are_the_files_there(names: list[str], data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, quickly():
        vault = Path(folder).resolve()
        for number, name in enumerate(names):
            path = vault / name
            if any(parent.is_file() for parent in path.parents) or path.is_dir():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(TEXT.encode() if number % 2 else data)
        sync(vault, Settings())
        known = states(vault)
        assert sum(1 for path in known if not path.endswith("/")) == there(vault)
        assert set(known.values()) <= {"note", "library", "skipped", "failed"}
        with open_store(vault) as store:
            told = store.sql.execute(
                "SELECT path FROM file WHERE state IN ('skipped', 'failed') AND problems = ''"
            ).fetchall()
        assert told == [], "each with a reason"


def test_status_counts_them_too(tmp_path: Path) -> None:
    lay(tmp_path, "a.md b.txt sub/c.md .obsidian/app.json .obsidian/x.md pic.png")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 no more")
    (tmp_path / "zeros.md").write_bytes(b"\x00" * 100)
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "--vault", str(tmp_path), "status", "--json"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["counts"] == {"indexed": 3, "skipped": 3, "failed": 1}
    assert [file["path"] for file in told["files"] if file["path"].startswith(".obsidian")] == [".obsidian/"]
    assert all(file["problems"] for file in told["files"] if file["status"] != "indexed")

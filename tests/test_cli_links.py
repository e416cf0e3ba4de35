"""`kb links` and `kb new` at the door: the contract of --json, what --apply does to a file, keys, --watch."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import transcript
import warm

NOTES = {
    "notes/spaced-repetition.md": "---\ntitle: Spaced repetition\ndate: 2024-01-02\n---\n\nSpacing reviews improved recall after a month by 24% in 310 pupils.\n",
    "notes/forgetting.md": "---\ntitle: Forgetting curve\ndate: 2024-01-03\n---\n\nHalf of a lesson is gone within a day or so, see [[spaced-repetition]].\n",
}
DRAFT = b"We tried spaced repetition.\r\nThe forgetting curve was steep."


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name, text in NOTES.items():
        file = tmp_path / "vault" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "draft.md").write_bytes(DRAFT)
    return tmp_path / "vault"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))}
    return {**kept, "PYTHONPATH": str(transcript.ROOT), "PYTHONUNBUFFERED": "1"}


def run(vault: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *words],
        input=given, capture_output=True, env=environment(), timeout=120, check=False, cwd=vault.parent,
    )  # fmt: skip


def listed(vault: Path, *words: str, given: bytes = b"") -> list[dict[str, Any]]:
    done = run(vault, "links", *words, "--json", given=given)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_contract_of_json(vault: Path) -> None:
    found = listed(vault, "draft.md")
    keys = ["line", "start", "end", "text", "note", "title", "score", "why", "insert", "at", "claim", "kind"]
    assert all(list(each) == keys for each in found)
    first = {each["note"]: each for each in reversed(found)}["notes/spaced-repetition.md"]
    assert (first["line"], first["start"], first["end"], first["text"]) == (1, 9, 26, "spaced repetition")
    assert (first["title"], first["kind"], first["at"]) == ("Spaced repetition", "mention", [9, 26])
    assert first["insert"] == "[[spaced-repetition|spaced repetition]]"
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)


def test_a_pipe_is_read_and_limits_hold(vault: Path) -> None:
    piped = [(each["note"], each["insert"]) for each in listed(vault, "-", given=DRAFT)]
    assert piped == [(each["note"], each["insert"]) for each in listed(vault, "draft.md")]
    assert len(listed(vault, "-", "--limit", "1", given=DRAFT)) == 1
    assert listed(vault, "-", "--above", "1", given=DRAFT) == []


def test_apply_puts_in_what_the_dry_run_showed_and_nothing_else(vault: Path) -> None:
    draft = vault.parent / "draft.md"
    shown = run(vault, "links", "draft.md", "--dry-run", "--above", "0.2").stdout
    assert draft.read_bytes() == DRAFT
    assert b"+We tried [[spaced-repetition|spaced repetition]].\n" in shown
    done = run(vault, "links", "draft.md", "--apply", "--above", "0.2")
    assert (done.returncode, done.stderr) == (0, b"")
    new = b"We tried [[spaced-repetition|spaced repetition]].\r\nThe [[forgetting|forgetting curve]] was steep."
    assert draft.read_bytes() == new
    again = run(vault, "links", "draft.md", "--apply", "--above", "0.2")
    assert b"0 links put in" in again.stdout
    assert draft.read_bytes() == new


@pytest.mark.parametrize(("keys", "links"), [(b"ny", 1), (b"q", 0), (b"yq", 1), (b"xyy", 2), (b"", 0)])
def test_one_by_one_asks_for_a_key(vault: Path, keys: bytes, links: int) -> None:
    done = run(vault, "links", "draft.md", "--one-by-one", "--above", "0.2", given=keys)
    assert done.returncode == 0
    assert (vault.parent / "draft.md").read_bytes().count(b"[[") == links


def test_a_note_of_the_vault_is_a_draft_as_well(vault: Path) -> None:
    (vault / "notes" / "mine.md").write_text(
        "# Mine\n\nMy spaced repetition, on \x1b[31mred\x1b[0m paper.\n", encoding="utf-8"
    )
    done = run(vault, "links", "vault/notes/mine.md", "--above", "0.2")
    assert b"notes/mine.md:3" in done.stdout
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("nowhere.md",), 1), (("vault",), 1), (("-", "--apply"), 2), (("-", "--watch"), 2), (("draft.md", "--apply", "--json"), 2),
        (("draft.md", "--watch", "--dry-run"), 2), (("draft.md", "--limit", "0"), 2), ((), 2),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_two_lines(vault: Path, words: tuple[str, ...], status: int) -> None:
    done = run(vault, "links", *words)
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.count(b"\n") == 2


def test_watch_tells_again_when_the_file_is_saved(vault: Path) -> None:
    draft = vault.parent / "draft.md"
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "kb", "--vault", str(vault), "links", "draft.md", "--watch", "--above", "0.2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=vault.parent,
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            while b"to consider" not in running.stdout.readline():
                assert running.poll() is None
            seen = b""
            # The watch begins a moment after the first screen; an editor saves more than once.
            for number in range(100):
                draft.write_bytes(b"Only a forgetting curve" + b" now" * number)
                time.sleep(0.1)
                os.set_blocking(running.stdout.fileno(), False)
                seen += running.stdout.read() or b""
                if b"1 link to consider" in seen:
                    break
            assert b"[[forgetting|forgetting curve]]" in seen
            assert b"spaced" not in seen
        finally:
            running.kill()


def test_a_note_is_begun_as_the_vaults_own_notes_are(vault: Path) -> None:
    done = run(vault, "new", 'Do "spaced" reviews help recall?', "--json")
    begun = json.loads(done.stdout)
    assert begun["path"] == "notes/do-spaced-reviews-help-recall.md"
    assert {"note": "notes/spaced-repetition.md", "title": "Spaced repetition"} in begun["near"]
    text = (vault / begun["path"]).read_text(encoding="utf-8")
    assert text.startswith('---\ntitle: "Do \\"spaced\\" reviews help recall?"\ndate: 20')
    # Its nearest notes are named in it, and none of them is linked.
    assert "Spaced repetition  (notes/spaced-repetition.md)" in text
    notes = json.loads(run(vault, "notes", "--json").stdout)
    mine = next(each for each in notes if each["path"] == begun["path"])
    assert (mine["title"], mine["cites"], mine["links"]) == ('Do "spaced" reviews help recall?', [], [])
    assert [each for each in json.loads(run(vault, "claims", "--json").stdout) if each["path"] == begun["path"]] == []


def test_a_note_is_never_written_over(vault: Path) -> None:
    assert run(vault, "new", "Spaced repetition", "--in", "notes").returncode == 1
    assert (vault / "notes" / "spaced-repetition.md").read_text(encoding="utf-8") == NOTES["notes/spaced-repetition.md"]
    assert run(vault, "new", "Elsewhere?", "--in", "..").returncode == 1
    assert run(vault, "new", "?!").returncode == 2
    assert sorted(path.name for path in vault.parent.glob("*.md")) == ["draft.md"]


def test_a_note_in_a_new_folder_and_an_empty_vault(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    done = run(tmp_path / "vault", "new", "Où est-ce ?", "--in", "new/deep")
    assert done.stdout.decode() == "new/deep/où-est-ce.md\n"
    assert (tmp_path / "vault/new/deep/où-est-ce.md").read_text(encoding="utf-8").startswith("# Où est-ce ?\n")

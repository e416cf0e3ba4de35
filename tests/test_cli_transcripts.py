"""The manual of each command, typed again: `transcripts/*.md`, rewritten by `pytest --update`.

Read the difference before keeping it: a transcript is what people will see. A file that begins with
`<!-- vault: examples/vault -->` is typed in a copy of the sample vault with its base (or `, not synced`), the others in an
empty folder.
"""

import re
from pathlib import Path

import pytest
import transcript

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
COMMANDS = {"sync", "status", "notes", "claims", "show", "doctor", "tensions", "review", "audit", "impact"}


@pytest.mark.parametrize("document", TRANSCRIPTS, ids=lambda path: path.stem)
def test_every_transcript_is_what_a_terminal_shows(document: Path, request: pytest.FixtureRequest) -> None:
    begins = document.read_text(encoding="utf-8").split("\n", 1)[0]
    sample = "vault" if begins.startswith("<!-- vault: examples/vault") else ""
    with transcript.home(sample, synced="not synced" not in begins) as folder:
        difference = transcript.replay(document, folder, "vault", request.config.getoption("--update"))
    assert not difference, "\n" + "\n".join(difference)


def test_every_command_has_its_transcript() -> None:
    assert {path.stem for path in TRANSCRIPTS} >= COMMANDS


def test_a_transcript_names_no_machine_and_shows_no_traceback() -> None:
    for path in TRANSCRIPTS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/tmp/|/home/|/root/|/Users/|Traceback|Warning:|mistake of its own", text), path.name


def test_typed_and_seen_are_told_apart() -> None:
    block = "$ cat > a.md <<EOF\n$ not typed\nEOF\n$ kb notes\nOne\n\nTwo\n\n$ false\n[exit 1]\n"
    assert transcript.steps(block) == [
        ("cat > a.md <<EOF\n$ not typed\nEOF", ""),
        ("kb notes", "One\n\nTwo"),
        ("false", "[exit 1]"),
    ]


def test_a_wrong_transcript_fails_and_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "ROOT", tmp_path)
    document = tmp_path / "wrong.md"
    document.write_text("Prose.\n\n```console\n$ cd .. && echo one\ntwo\n$ ls; false\n```\n", encoding="utf-8")
    with transcript.home() as folder:
        assert "-two" in transcript.replay(document, folder, "vault", update=False)
        assert transcript.replay(document, folder, "vault", update=True) == []
        assert transcript.replay(document, folder, "vault", update=False) == []
    assert document.read_text(encoding="utf-8") == (
        "Prose.\n\n```console\n$ cd .. && echo one\none\n$ ls; false\nvault\n[exit 1]\n```\n"
    )

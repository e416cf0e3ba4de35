"""`kb impact`: what rests on a note's words, before and after an edit."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import transcript
import warm

RAISED = "Naps of 20 minutes raised recall by 12% in a trial with 310 adults."
LASTED = "The effect lasted for 2 weeks in those who napped every day."
NOTHING = "Naps changed nothing in the recall of adults who had slept well before."
KEYS = ["note", "changed", "claims", "links", "citing", "reports", "quoting"]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A note; one that contradicts it, one that sets it against another, one that quotes it, and a saved report."""
    files = {
        "naps.md": f"# Do naps help?\n\n{RAISED}\n\n{LASTED}\n",
        "rested.md": f"# Do the rested need naps?\n\n{NOTHING}\n\ncontradicts:: [[naps]]\n",
        "line.md": "---\nkind: line\n---\n# Should students nap?\n\nA trial with adults found that naps of 20 minutes raised recall [[naps]]. But rested adults gained nothing in recall [[rested]].\n",
        "quote.md": "# What did they write?\n\nThey write that “naps of 20 minutes **raised** [[recall|recall]] by 12% in a trial with 310 adults”.\n",
        "short.md": "# What is short?\n\nIn a trial with 310 adults nothing of the kind was ever seen.\n",
        "answer.md": f"---\ntopics: [kb-report]\n---\n# Do naps help recall?\n\n{RAISED} [[naps]]\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(tmp_path, "sync").returncode == 0
    return tmp_path


def run(vault: Path, *words: str, here: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))}
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *words],
        capture_output=True, text=True, encoding="utf-8", env={**environment, "PYTHONPATH": str(transcript.ROOT)},
        timeout=120, check=False, cwd=here or vault,
    )  # fmt: skip


def impact(vault: Path, name: str = "naps", here: Path | None = None) -> dict[str, Any]:
    done = run(vault, "impact", name, "--json", here=here)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert list(found) == KEYS
    return found


def edit(vault: Path, old: str, new: str, name: str = "naps.md") -> None:
    path = vault / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_unchanged_note_shows_what_is_at_stake(vault: Path) -> None:
    found = impact(vault)
    assert (found["changed"], found["note"]["path"]) == (False, "naps.md")
    assert [claim["quote"] for claim in found["claims"]] == [RAISED, LASTED]
    assert [(note["path"], note["lines"]) for note in found["citing"]] == [("line.md", [6]), ("rested.md", [5])]
    assert [note["path"] for note in found["reports"]] == ["answer.md"]
    assert [claim["path"] for claim in found["quoting"]] == ["quote.md"]
    shown = run(vault, "impact", "naps").stdout
    assert "Nothing has changed since the last sync." in shown and "Claims (2)" in shown


def test_an_edit_names_only_what_rested_on_the_words_that_are_gone(vault: Path) -> None:
    edit(vault, "12%", "9%")
    found = impact(vault)
    assert found["changed"] is True
    assert [(claim["quote"], claim["now"]) for claim in found["claims"]] == [(RAISED, RAISED.replace("12%", "9%"))]
    assert found["claims"][0]["line"] == 3
    typed = next(link for link in found["links"] if link["kind"] == "contradicts")
    assert (typed["a"], typed["b"], [other["path"] for other in typed["others"]]) == (
        "rested.md",
        "naps.md",
        ["rested.md"],
    )
    assert any(link["kind"] == "qualifies" for link in found["links"]), "what the line says of both"
    assert [claim["path"] for claim in found["quoting"]] == ["quote.md"]
    assert found["quoting"][0]["old"] == found["claims"][0]["id"]


def test_it_asks_the_base_as_it_was_and_leaves_it_so(vault: Path) -> None:
    edit(vault, "12%", "9%")
    assert impact(vault) == impact(vault)
    run(vault, "sync")
    found = impact(vault)
    assert (found["changed"], found["quoting"]) == (False, [])


def test_a_claim_that_only_moved_within_the_note_is_not_gone(vault: Path) -> None:
    edit(vault, RAISED, f"A new first sentence is written here by the author.\n\n{RAISED}")
    found = impact(vault)
    assert (found["changed"], found["claims"], found["links"], found["quoting"]) == (True, [], [], [])
    assert len(found["citing"]) == 2


def test_an_edit_of_a_line_touches_what_it_says_of_others(vault: Path) -> None:
    edit(vault, "But rested adults gained nothing in recall", "Rested adults were not asked", "line.md")
    found = impact(vault, "Should students nap?")
    (link,) = found["links"]
    assert link["kind"] == "qualifies"
    assert {other["path"] for other in link["others"]} == {"naps.md", "rested.md"}


def test_a_deleted_note_takes_everything_along(vault: Path) -> None:
    (vault / "naps.md").unlink()
    found = impact(vault, "naps.md")
    assert (found["changed"], len(found["claims"])) == (True, 2)
    assert "The file is gone." in run(vault, "impact", "naps.md").stdout


def test_the_note_can_be_named_from_where_one_stands(vault: Path) -> None:
    (vault / "sub").mkdir()
    assert impact(vault, "../naps.md", here=vault / "sub")["note"]["id"] == "naps.md"
    assert impact(vault, str(vault / "naps.md"))["note"]["id"] == "naps.md"


def test_a_note_that_is_not_written_has_those_that_cite_it(vault: Path) -> None:
    found = impact(vault, "recall")
    assert (found["note"]["kind"], found["changed"], found["claims"]) == ("stub", False, [])
    assert [note["path"] for note in found["citing"]] == ["quote.md"]


@pytest.mark.parametrize("name", ["no such note", "x" * 5000, "new.md"])
def test_what_the_base_does_not_know_is_told_in_two_lines(vault: Path, name: str) -> None:
    (vault / "new.md").write_text("# New\n\nThis was written after the last sync of the base.\n", encoding="utf-8")
    done = run(vault, "impact", name)
    assert (done.returncode, done.stdout) == (1, "")
    what, remedy = done.stderr.splitlines()
    assert what.startswith("kb: No note is called") and "kb sync" in remedy


def test_without_a_base_it_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n", encoding="utf-8")
    done = run(tmp_path, "impact", "a")
    assert done.returncode == 1 and "kb sync" in done.stderr
    assert not (tmp_path / ".kb").exists()

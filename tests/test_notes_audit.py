"""`kb audit`: what a line leaves out, of the vault or not, and what it is not blamed for."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import transcript
import warm

from ingest.pipeline import sync
from kb.review import FILE
from kb.settings import load_settings
from kb.store import open_store
from notes.audit import cited_notes
from notes.draft import read_draft

NOTES = {
    "nap-recall": "---\ndate: 2024-02-01\n---\n# Does a nap improve recall?\n\n"
    "A nap of 20 minutes after a lesson improved the recall of students by 12%.\n\ncontradicts:: [[nap-nothing]]\n",
    "nap-nothing": "---\ndate: 2024-03-01\n---\n# Does a nap change nothing?\n\n"
    "A nap after a lesson changed nothing in the recall of students who were rested.\n",
    "nap-length": "---\ndate: 2024-04-01\n---\n# How long should a nap be?\n\n"
    "Naps of 90 minutes help the recall of students no more than naps of 20 minutes.\n\nqualifies:: [[nap-recall]]\n",
    "spindles": "---\ndate: 2024-01-01\n---\n# What are spindles?\n\nSpindles are bursts of 11 to 16 Hz in light sleep.\n",
    "nap-pupils": "---\ndate: 2025-06-01\n---\n# Does a nap after a lesson improve the recall of pupils?\n\n"
    "Pupils of 8 years recalled a lesson better after a nap of 20 minutes.\n",
    "glaciers": "---\ndate: 2025-07-01\n---\n# How fast do glaciers melt?\n\nThe glaciers of the Alps lost 6% of their ice in 2022.\n",
}
LINE = """\
# Does a nap after a lesson improve recall?

This explores whether a nap after a lesson helps what was learnt.

{prose}
"""
BOTH = "A nap of 20 minutes improves recall [[nap-recall]]. It changes nothing in the rested [[nap-nothing]]."
SET_AGAINST = (
    "A nap of 20 minutes improves recall [[nap-recall]]. But it changes nothing in the rested [[nap-nothing]]."
)
REST = " But longer naps help no more [[nap-length]], and pupils gain as well [[nap-pupils]]."


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    for name, text in NOTES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def run(vault: Path, *words: str, here: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))}
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *words],
        capture_output=True, text=True, encoding="utf-8", env={**environment, "PYTHONPATH": str(transcript.ROOT)},
        timeout=120, check=False, cwd=here or vault,
    )  # fmt: skip


def audit(vault: Path, prose: str, *, front: str = "") -> list[dict[str, Any]]:
    """What is found in a line with this prose, kept in the vault."""
    (vault / "line.md").write_text(front + LINE.format(prose=prose), encoding="utf-8")
    done = run(vault, "audit", "line", "--json")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (int(bool(found)), "")
    return found


def told(found: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["code"], each["note"] and each["note"]["id"]) for each in found]


def test_a_tension_among_cited_notes_must_be_mentioned(vault: Path) -> None:
    (omitted,) = audit(vault, BOTH + REST)
    assert (omitted["code"], omitted["note"], omitted["path"], omitted["line"]) == (
        "omitted-tension",
        None,
        "line.md",
        5,
    )
    assert {claim["path"] for claim in omitted["claims"]} == {"nap-recall.md", "nap-nothing.md"}
    assert "Does a nap improve recall?" in omitted["message"] and "Does a nap change nothing?" in omitted["message"]
    assert "nap-nothing" in omitted["why"]


@pytest.mark.parametrize(
    "prose",
    [
        SET_AGAINST + REST,
        "A nap improves recall [[nap-recall]], whereas it changes nothing in the rested [[nap-nothing]]." + REST,
        "A nap improves recall [[nap-recall]]. Many have slept on this since.\n\n"
        "But the result did not survive.\nAmong the rested a nap changes nothing [[nap-nothing]]." + REST,
    ],
)
def test_a_tension_that_the_prose_sets_out_is_mentioned(vault: Path, prose: str) -> None:
    assert audit(vault, prose) == []


def test_a_turn_two_paragraphs_on_is_about_something_else(vault: Path) -> None:
    prose = "A nap improves recall [[nap-recall]].\n\nSpindles are short [[spindles]].\n\nBut among the rested a nap changes nothing [[nap-nothing]]."
    assert "omitted-tension" in {code for code, _ in told(audit(vault, prose + REST))}


def test_words_of_contrast_in_a_source_list_mention_nothing(vault: Path) -> None:
    listed = "\n\n## Sources\n\n- [[nap-recall]] — A nap improves recall.\n- [[nap-nothing]] — But not of the rested."
    assert told(audit(vault, BOTH + REST + listed)) == [("omitted-tension", None)]


def test_a_note_that_pulls_the_other_way_should_be_cited(vault: Path) -> None:
    prose = "A nap of 20 minutes improves recall [[nap-recall]], in pupils as well [[nap-pupils]]."
    found = audit(vault, prose)
    assert sorted(told(found), key=str) == [("one-sided", "nap-length.md"), ("one-sided", "nap-nothing.md")]
    assert all(len(each["claims"]) == 2 for each in found)


def test_a_rejected_tension_is_no_reason_to_cite(vault: Path) -> None:
    prose = "A nap of 20 minutes improves recall [[nap-recall]], in pupils as well [[nap-pupils]]."
    one = next(each for each in audit(vault, prose) if each["note"]["id"] == "nap-nothing.md")
    sides = [{"quote": claim["quote"], "path": claim["path"]} for claim in one["claims"]]
    word = {"a": sides[0], "b": sides[1], "verdict": "reject", "relation": "contradicts", "date": "2026-01-01"}
    (vault / FILE).write_text(json.dumps(word) + "\n", encoding="utf-8")
    assert told(audit(vault, prose)) == [("one-sided", "nap-length.md")]


def test_a_newer_note_on_the_question_is_named_and_others_are_not(vault: Path) -> None:
    prose = SET_AGAINST + " Longer naps help no more [[nap-length]]."
    assert told(audit(vault, prose, front="---\ndate: 2024-06-01\n---\n")) == [("newer-note", "nap-pupils.md")]
    (newer,) = audit(vault, prose)
    assert newer["note"] == {
        "id": "nap-pupils.md",
        "title": "Does a nap after a lesson improve the recall of pupils?",
        "path": "nap-pupils.md",
        "date": "2025-06-01",
    }
    assert "the newest note it cites is of 2024-04-01" in newer["why"]
    assert audit(vault, prose, front="---\ndate: 2025-06-02\n---\n") == []
    assert audit(vault, prose, front="---\ndate: 2025\n---\n") == [], "a year is not earlier than one of its months"


def test_lines_and_saved_reports_are_no_notes_to_cite(vault: Path) -> None:
    for name, front in (("other", "kind: line"), ("report", "topics: [kb-report]"), ("own", "kind: note")):
        text = f"---\ndate: 2025-08-01\n{front}\n---\n# Does a nap after a lesson improve recall in {name}?\n\n"
        (vault / f"{name}.md").write_text(f"{text}A nap after a lesson improves recall in most.\n", encoding="utf-8")
    assert told(audit(vault, SET_AGAINST + REST)) == [("newer-note", "own.md")]


def test_a_draft_outside_the_vault_is_read_and_not_taken_in(vault: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(LINE.format(prose=BOTH + REST), encoding="utf-8")
    assert run(vault, "sync").returncode == 0
    done = run(vault, "audit", "draft.md", "--json", here=tmp_path)
    (omitted,) = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (omitted["code"], omitted["path"], omitted["line"]) == ("omitted-tension", str(draft), 5)
    assert "Does a nap after a lesson improve recall?" not in run(vault, "notes", "--json").stdout
    draft.write_text(LINE.format(prose=SET_AGAINST + REST), encoding="utf-8")
    done = run(vault, "audit", str(draft))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("It cites 4 notes; nothing is left out.\n")


def test_a_draft_means_by_its_links_what_a_line_would(vault: Path, tmp_path: Path) -> None:
    text = "# Draft\n\nBy title [[Does a nap improve recall?]], by path [so](vault/nap-nothing.md), by nothing [[Unheard of]].\n"
    (tmp_path / "draft.md").write_text(text, encoding="utf-8")
    sync(vault, load_settings(vault))
    with open_store(vault) as store:
        draft = read_draft(store, tmp_path / "draft.md")
    assert draft is not None
    assert cited_notes(draft) == {"nap-recall.md": 3, "nap-nothing.md": 3}


def test_the_screen_shows_both_quotes_and_where_to_click(vault: Path) -> None:
    (vault / "line.md").write_text(LINE.format(prose=BOTH), encoding="utf-8")
    done = run(vault, "audit", "line.md")
    assert done.returncode == 1
    for part in ("omitted-tension   line.md:5", "nap-recall.md:6", "nap-nothing.md:6", "one-sided", "newer-note"):
        assert part in done.stdout
    assert done.stdout.rstrip().endswith("left out.")


@pytest.mark.parametrize("name", ["no such line", "x" * 5000, "Unheard of", "picture.md"])
def test_what_cannot_be_audited_is_told_in_two_lines(vault: Path, name: str) -> None:
    (vault / "picture.md").write_bytes(bytes(2000))
    (vault / "citing.md").write_text(
        "# Citing\n\nThis one cites a note that is not there [[Unheard of]].\n", encoding="utf-8"
    )
    done = run(vault, "audit", name)
    assert (done.returncode, done.stdout) == (1, "")
    what, remedy = done.stderr.splitlines()
    assert what.startswith("kb: ") and remedy.startswith("    ")


def test_most_tensions_of_the_sample_lines_are_mentioned_in_them() -> None:
    """Someone wrote these lines to set notes against each other: few of the pairs they cite may count as passed over."""
    with transcript.home(sample="vault") as folder:
        vault = folder / "vault"
        found: list[dict[str, Any]] = []
        for line in sorted((vault / "lines").iterdir()):
            found += json.loads(run(vault, "audit", str(line), "--json").stdout)
    omitted = [each["message"] for each in found if each["code"] == "omitted-tension"]
    assert 1 <= len(omitted) <= 4, "\n".join(omitted)

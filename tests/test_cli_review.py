"""`kb review`: keys in, judgements out, and what becomes of them when notes are moved, edited and built anew."""

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import transcript
import warm

from kb.claim import claim_id
from kb.review import FILE, Given, Judgement, Side, give, judgements, take_back
from kb.store import open_store

RAISED = "Naps of 20 minutes raised recall by 12% in a trial with 310 adults."
NOTHING = "Naps changed nothing in the recall of adults who had slept well before."
STRONGER = "Coffee after a lesson made the memories of students stronger."
WEAKER = "Coffee after a lesson made the memories of students weaker in 4 trials."
BROKEN = "Wax seals broke within ten years in three archives, which contradicts [[old]]."

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))},
    "PYTHONPATH": str(transcript.ROOT),
}


def kb(vault: Path, *words: str, keys: str = "") -> str:
    """What a command prints when these keys come in through a pipe; it must end well and be silent on stderr."""
    done = run(vault, *words, keys=keys)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def run(vault: Path, *words: str, keys: str = "") -> subprocess.CompletedProcess[str]:
    command = [warm.command(), "--vault", str(vault), *words]
    return subprocess.run(
        command, input=keys, capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT, timeout=120, check=False
    )


def tensions(vault: Path) -> list[tuple[str, str, float]]:
    """Who says what kind, and how surely."""
    found: list[dict[str, Any]] = json.loads(kb(vault, "tensions", "--json"))
    return [(each["method"], each["kind"], each["confidence"]) for each in found]


@pytest.fixture
def naps(tmp_path: Path) -> Path:
    """Two notes, of which one contradicts the other by a typed link."""
    (tmp_path / "naps.md").write_text(f"# Do naps help?\n\n{RAISED}\n\ncontradicts:: [[rested]]\n", encoding="utf-8")
    (tmp_path / "rested.md").write_text(f"# Do the rested need naps?\n\n{NOTHING}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def coffee(naps: Path) -> Path:
    """And two whose sentences are set against each other, less surely."""
    (naps / "up.md").write_text(f"# Does coffee help?\n\n{STRONGER}\n", encoding="utf-8")
    (naps / "down.md").write_text(f"# Does coffee harm?\n\n{WEAKER}\n", encoding="utf-8")
    kb(naps, "sync")
    with open_store(naps) as store:
        ends = claim_id("up.md\nup.md", STRONGER, 0), claim_id("down.md\ndown.md", WEAKER, 0)
        row = ("test", "contradicts", *ends, "author", 0.7, "[]", "stronger against weaker", "opposing result")
        store.sql.execute(
            "INSERT INTO link(origin, kind, a, b, method, confidence, evidence, reason, tension) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    return naps


def word(a: str, b: str, verdict: str, day: str, **more: str) -> Judgement:
    sides = {"a": {"quote": a, "path": "naps.md"}, "b": {"quote": b, "path": "rested.md"}}
    return Judgement.model_validate({**sides, "verdict": verdict, "relation": "contradicts", "date": day, **more})


def test_what_waits_is_shown_with_all_that_is_needed_to_judge_it(coffee: Path) -> None:
    shown = kb(coffee, "review", keys="l")
    for part in (
        "1 of 2",
        RAISED,
        "2 of 2",
        "opposing result",
        "stated by an author",
        STRONGER,
        WEAKER,
        "up.md:3",
        "down.md:3",
    ):
        assert part in shown
    assert "stronger against weaker" in shown
    assert shown.endswith("0 accepted, 0 rejected, 2 left.\n")
    assert not (coffee / FILE).exists()


def test_what_authors_state_is_gone_through_whether_asked_for_or_not(coffee: Path) -> None:
    proposed = json.loads(kb(coffee, "review", "--json"))
    told = ("author", "contradicts", "opposing result")
    assert [(each["method"], each["relation"], each["kind"]) for each in proposed] == [told, told]
    assert {claim["quote"] for claim in proposed[1]["claims"].values()} == {STRONGER, WEAKER}
    assert json.loads(kb(coffee, "review", "--author", "--json")) == proposed


@pytest.fixture
def disputed(naps: Path) -> Path:
    """And a sentence that disputes another note, and so holds both sides."""
    (naps / "old.md").write_text("# Seals\n\nSeals of wax keep letters closed for a century.\n", encoding="utf-8")
    said = f"# Broken seals\n\nWax was cold.\n\n{BROKEN}\n"
    (naps / "broken.md").write_text(said, encoding="utf-8")
    (naps / "naps.md").unlink()
    return naps


def test_a_sentence_that_holds_both_sides_is_asked_about_once_with_its_notes(disputed: Path) -> None:
    shown = kb(disputed, "review", keys="l")
    assert shown.count("ten years") == 1
    assert "Broken seals\n" in shown and "Seals\n    old.md" in shown


@pytest.mark.parametrize(("key", "left"), [("r", []), ("a", [("person", "opposing result", 1.0)])])
def test_a_sentence_that_holds_both_sides_can_be_rejected_and_accepted(
    disputed: Path, key: str, left: list[tuple[str, str, float]]
) -> None:
    assert [who for who, _, _ in tensions(disputed)] == ["author"]
    kb(disputed, "review", keys=key)
    assert tensions(disputed) == left
    assert kb(disputed, "review", keys="") == "No link waits for your word.\n"
    assert kb(disputed, "review", "--list").count("ten years") == 1
    kb(disputed, "sync", "--rebuild")
    assert tensions(disputed) == left
    shown = kb(disputed, "show", "broken.md")
    assert ("\ncontradicts" in shown) is bool(left)


def test_words_that_stand_twice_are_asked_about_once(coffee: Path) -> None:
    (coffee / "up.md").write_text(f"# Does coffee help?\n\n{STRONGER}\n\nAs I said:\n\n{STRONGER}\n", encoding="utf-8")
    kb(coffee, "sync")
    with open_store(coffee) as store:
        again = claim_id("up.md\nup.md", STRONGER, 1), claim_id("up.md\nup.md", STRONGER, 0)
        store.sql.execute(
            "INSERT INTO link SELECT 'again', kind, ?, b, method, confidence, evidence, reason, tension, chosen FROM link "
            "WHERE origin = 'test' AND a = ?",
            again,
        )
    assert kb(coffee, "review", keys="la").endswith("1 accepted, 0 rejected, 1 left.\n")
    assert STRONGER not in kb(coffee, "review")


def test_an_accepted_link_is_a_persons_word_of_the_kind_chosen(naps: Path) -> None:
    assert tensions(naps) == [("author", "opposing result", 0.9)]
    assert kb(naps, "review", keys="k2a").endswith("1 accepted, 0 rejected, 0 left.\n")
    assert tensions(naps) == [("person", "scope", 1.0)]
    (written,), problems = judgements(naps)
    assert problems == []
    assert (written.relation, written.tension, written.date) == ("qualifies", "scope", date.today().isoformat())
    assert (written.a, written.b) == (Side(quote=RAISED, path="naps.md"), Side(quote=NOTHING, path="rested.md"))
    assert "No link waits for your word." in kb(naps, "review")


def test_an_accepted_link_outlives_what_proposed_it(coffee: Path) -> None:
    kb(coffee, "review", keys="la\n")
    assert ("person", "opposing result", 1.0) in tensions(coffee)
    kb(coffee, "sync", "--rebuild")
    assert ("person", "opposing result", 1.0) in tensions(coffee)


def test_a_rejected_link_stays_gone_however_the_notes_are_kept(naps: Path) -> None:
    kb(naps, "review", keys="k3r")
    assert judgements(naps)[0][0].tension == "opposing result", "what was proposed, not what was toyed with"
    assert tensions(naps) == []
    kb(naps, "sync", "--rebuild")
    assert tensions(naps) == []
    (naps / "sleep").mkdir()
    (naps / "naps.md").rename(naps / "sleep" / "short.md")
    assert tensions(naps) == []
    moved = naps / "sleep" / "short.md"
    moved.write_text(moved.read_text(encoding="utf-8").replace("raised", "lifted"), encoding="utf-8")
    assert tensions(naps) == []
    assert "sleep/short.md:3" in kb(naps, "review", "--list")


def test_a_changed_number_makes_a_judgement_rest_until_it_is_back(naps: Path) -> None:
    kb(naps, "review", keys="r")
    note = naps / "naps.md"
    before = note.read_text(encoding="utf-8")
    note.write_text(before.replace("12%", "21%"), encoding="utf-8")
    assert tensions(naps) == [("author", "opposing result", 0.9)]
    listed = json.loads(kb(naps, "review", "--list", "--json"))
    assert [(each["verdict"], each["found"], each["claims"][0]) for each in listed] == [("reject", False, None)]
    assert "rests: a quote is not found" in kb(naps, "review", "--list")
    note.write_text(before, encoding="utf-8")
    assert tensions(naps) == []


def links_shown(vault: Path, name: str) -> list[tuple[str, str]]:
    """How `kb show` has the links of a note or a claim: what one does to the other, and who says so."""
    shown = json.loads(kb(vault, "show", name, "--json"))
    return [(link["kind"], link["method"]) for link in shown.get("typed", shown["links"])]


def test_a_rejected_typed_link_is_shown_nowhere(naps: Path) -> None:
    claim = claim_id("naps.md\nnaps.md", RAISED, 0)
    assert links_shown(naps, "naps.md") == links_shown(naps, "rested.md") == [("contradicts", "author")]
    give(naps, word(RAISED, NOTHING, "reject", "2026-01-01"))
    assert links_shown(naps, "naps.md") == links_shown(naps, "rested.md") == links_shown(naps, claim) == []
    assert tensions(naps) == []
    assert "Links" not in kb(naps, "show", "naps.md")


def test_an_accepted_typed_link_is_shown_as_the_person_has_it(naps: Path) -> None:
    changed = word(NOTHING, RAISED, "accept", "2026-01-01", tension="scope").model_copy(
        update={"relation": "qualifies"}
    )
    give(naps, changed)
    assert links_shown(naps, "naps.md") == links_shown(naps, "rested.md") == [("qualifies", "person")]
    (link,) = json.loads(kb(naps, "show", "naps.md", "--json"))["typed"]
    assert (link["a"], link["b"], link["tension"]) == ("rested.md", "naps.md", "scope")
    assert tensions(naps) == [("person", "scope", 1.0)]


def test_later_writes_nothing_and_the_link_comes_again(coffee: Path) -> None:
    assert kb(coffee, "review", keys="lr").endswith("0 accepted, 1 rejected, 1 left.\n")
    assert len(judgements(coffee)[0]) == 1
    assert "1 of 1" in kb(coffee, "review")


def test_each_word_is_written_at_once(coffee: Path) -> None:
    assert kb(coffee, "review", keys="aqr").endswith("1 accepted, 0 rejected, 1 left.\n")
    assert [each.verdict for each in judgements(coffee)[0]] == ["accept"]


def test_undo_leaves_the_file_as_it_was(coffee: Path) -> None:
    assert kb(coffee, "review", keys="u a u").endswith("0 accepted, 0 rejected, 2 left.\n")
    assert not (coffee / FILE).exists()
    assert kb(coffee, "review", keys="l a u u r q").endswith("0 accepted, 1 rejected, 1 left.\n")
    assert [each.a.quote for each in judgements(coffee)[0]] == [RAISED]
    before = (coffee / FILE).read_bytes()
    kb(coffee, "review", keys="a u")
    assert (coffee / FILE).read_bytes() == before


def test_undo_takes_nothing_back_that_others_wrote(naps: Path) -> None:
    mine: Given = give(naps, word(RAISED, NOTHING, "accept", "2026-01-01"))
    give(naps, word(RAISED, NOTHING, "reject", "2026-01-02"))
    assert not take_back(naps, mine)
    assert len(judgements(naps)[0]) == 2


def test_an_unknown_key_is_answered_with_the_keys(naps: Path) -> None:
    shown = kb(naps, "review", keys="x é k9 r")
    assert shown.count("a accept   r reject") == 4, "the screen, x, and é in two bytes"
    assert shown.endswith("0 accepted, 1 rejected, 0 left.\n")


def test_of_two_words_on_one_pair_the_later_date_counts(naps: Path) -> None:
    give(naps, word(NOTHING, RAISED, "accept", "2026-03-02", tension="method"))
    give(naps, word(RAISED, NOTHING, "reject", "2026-03-01"))
    assert tensions(naps) == [("person", "method", 1.0)]
    listed = json.loads(kb(naps, "review", "--list", "--json"))
    assert [(each["verdict"], each["overruled"]) for each in listed] == [("reject", True), ("accept", False)]


def test_broken_lines_are_remarks_and_a_merge_may_leave_its_marks(naps: Path) -> None:
    lines = [
        "no judgement",
        "<<<<<<< ours",
        word(RAISED, NOTHING, "reject", "2026-03-01").model_dump_json(exclude_none=True),
        "=======",
        word(RAISED, NOTHING, "accept", "2026-03-02", tension="scope").model_dump_json(exclude_none=True),
        ">>>>>>> theirs",
        '{"verdict": "accept"}',
        "[" * 10_000,
    ]
    (naps / FILE).write_text("\n".join(lines), encoding="utf-8")
    done = json.loads(kb(naps, "sync", "--json"))
    assert [(each["code"], each["line"]) for each in done["remarks"]] == [("review", 1), ("review", 7), ("review", 8)]
    assert tensions(naps) == [("person", "scope", 1.0)]
    listed = run(naps, "review", "--list")
    assert listed.returncode == 0
    assert f"{FILE}:7: this line is no judgement." in listed.stderr
    assert listed.stdout.count("ed   ") == 2
    kb(naps, "review", keys="q")
    give(naps, word(RAISED, NOTHING, "reject", "2026-03-03"))
    assert tensions(naps) == [], "a line added after one without its end is a line of its own"


def test_a_file_that_cannot_be_written_is_told_in_two_lines(naps: Path) -> None:
    (naps / FILE).mkdir()
    done = run(naps, "review", keys="a")
    assert done.returncode == 1
    assert [line.startswith(start) for line, start in zip(done.stderr.splitlines(), ("kb: ", "    "), strict=True)]
    assert "cannot be written" in done.stderr


def test_on_a_terminal_one_key_press_is_enough(naps: Path) -> None:
    pty = pytest.importorskip("pty")
    kb(naps, "sync")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "kb", "--vault", str(naps), "review"]
    running = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    try:
        for _ in range(300):
            # A key pressed before the screen is there is dropped by the terminal.
            os.write(ours, b"r")
            time.sleep(0.1)
            if (naps / FILE).exists():
                break
            assert running.poll() is None, "it ended before the key was read"
        os.write(ours, b"q")
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
        os.close(ours)
        os.close(theirs)
    assert (running.returncode, err) == (0, b"")
    assert out.decode().endswith("0 accepted, 1 rejected, 0 left.\n")

"""The scope of a question: --in, --tag, --kind and --since, and the tags that a note has."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import warm
from test_cli_contract import ask
from transcript import ROOT

from ingest.formats.inline import inline_tags
from ingest.pipeline import sync
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.settings import Settings
from kb.store import Store, open_store
from qa.retrieve import Retriever
from qa.scope import Scope, Within

NOTES = {
    "naps/trial.md": "---\ntags: [sleep/naps, memory]\ndate: 2024-05-02\n---\n# A nap improves recall\n\nA nap of 20 minutes after a lesson improved recall by 12 percent.\n\n[[light]] tells of lamps, and [[not written]] of nothing yet.\n",
    "naps/old.md": "---\ndate: 2019\n---\n# A nap does nothing for recall\n\n#sleep A nap after a lesson improved nothing about recall in 310 adults.\n\ncontradicts:: [[trial]]\n",
    "light.md": "# Lamps and sleep\n\nBright lamps before bed delay sleep and hurt recall after a lesson. #Light\n",
    "naps/line.md": "---\nkind: line\ntags: naps, review\n---\n# Does a nap after a lesson improve recall?\n\nThis explores whether a nap improves recall. A nap after a lesson improves recall, says [[trial]]; lamps hurt it, says [[light]].\n",
}
QUESTION = "Does a nap after a lesson improve recall?"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scope")
    for path, text in NOTES.items():
        (made / path).parent.mkdir(exist_ok=True)
        (made / path).write_text(text)
    sync(made, Settings())
    return made


@pytest.fixture
def store(vault: Path) -> Any:
    with open_store(vault) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("A nap helps. #sleep/naps, and #memory.", ("sleep/naps", "memory")),
        ("#a#b *#c* ~#d", ("a", "b", "c", "d")),
        ("#y1984 #1984 #日本語 #todo-list_1 #end/", ("y1984", "日本語", "todo-list_1", "end")),
        ("C#minor (#no) [[note#heading]] [x](#anchor) `#code` https://x.org/#top \\#no & # no", ()),
        ("$#math$ <a href='#b'> [#words](x.md)", ()),
    ],
)
def test_inline_tags_are_those_that_obsidian_counts(text: str, tags: tuple[str, ...]) -> None:
    assert inline_tags([text]) == tags


def test_a_note_has_the_tags_of_its_front_matter_and_of_its_prose(store: Store, tmp_path: Path) -> None:
    assert {note.path: note.tags for note in read_notes(store) if note.path} == {
        "naps/trial.md": ("sleep/naps", "memory"),
        "naps/old.md": ("sleep",),
        "light.md": ("Light",),
        "naps/line.md": ("naps", "review"),
    }
    (tmp_path / "a.md").write_text(
        "---\ntags: '#one two'\n---\n# Title #three\n\n- item #four\n\n| a | b |\n|---|---|\n| #five | x |\n\n"
        "```\n#no\n```\n\n<!-- #no -->\n%% #no %%\n\n#ONE again\n"
    )
    sync(tmp_path, Settings())
    with open_store(tmp_path) as other:
        assert read_notes(other)[0].tags == ("one", "two", "three", "four", "five")


@pytest.mark.parametrize(
    ("within", "counted"),
    [
        (Within(folders=("naps",)), {"naps/trial.md", "naps/old.md", "naps/line.md", "stub:not-written"}),
        (Within(folders=("nap",)), set()),
        (Within(tags=("SLEEP",)), {"naps/trial.md", "naps/old.md", "stub:not-written"}),
        (Within(tags=("light", "review")), {"light.md", "naps/line.md"}),
        (Within(kinds=("line",)), {"naps/line.md"}),
        (Within(kinds=("stub",)), {"stub:not-written"}),
        (Within(kinds=("stub",), tags=("light",)), set()),
        (Within(since="2019"), {"naps/trial.md", "naps/old.md", "stub:not-written"}),
        (Within(folders=("naps",), since="2024-05"), {"naps/trial.md", "stub:not-written"}),
    ],
)
def test_which_notes_count(store: Store, within: Within, counted: set[str]) -> None:
    scope = Scope(store, within=within)
    assert {note.id for note in read_notes(store) if scope.counts_note(note.id)} == counted
    assert scope.is_empty == (not counted)
    assert {claim.note for claim in read_claims(store) if scope.counts(claim)} <= counted


def test_the_search_itself_is_narrowed(store: Store) -> None:
    """What is outside does not use up the places of what is inside."""
    found = Retriever(store, Settings()).find(QUESTION, notes=1, claims=1, within=Within(tags=("light",)))
    assert [note for note, _ in found.notes] == ["light.md"]
    assert len(found.claims) == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--in", "naps"),
        ("--in", "./naps/"),
        ("--tag", "#sleep"),
        ("--kind", "note"),
        ("--since", "2024"),
        ("--tag", "Light"),
    ],
)
def test_an_answer_names_nothing_outside_its_scope(vault: Path, options: tuple[str, str]) -> None:
    counted = {
        "--in": {"naps/trial.md", "naps/old.md", "naps/line.md"},
        "--tag": {"naps/trial.md", "naps/old.md"} if options[1] == "#sleep" else {"light.md"},
        "--kind": {"naps/trial.md", "naps/old.md", "light.md"},
        "--since": {"naps/trial.md"},
    }[options[0]]
    answer = ask(vault, "ask", QUESTION, "--json", *options).json
    assert answer["statements"]
    assert {note["path"] for note in answer["notes"]} - {None} <= counted
    assert {claim["path"] for claim in answer["claims"].values()} <= counted
    found = ask(vault, "claims", "--json", *options).json
    assert {claim["path"] for claim in found} == counted
    assert {
        claim["path"] for claim in ask(vault, "claims", "nap lamps", "--json", "--limit", "1", *options).json
    } <= counted
    for each in ask(vault, "tensions", "--all", "--json", *options).json:
        assert {claim["path"] for claim in each["claims"].values()} <= counted


def test_a_tension_counts_where_both_sides_do(vault: Path) -> None:
    def count(*options: str) -> int:
        return len(ask(vault, "tensions", "--all", "--json", *options).json)

    assert count() == count("--in", "naps") == count("--tag", "sleep") == count("--kind", "note") == 1
    assert count("--kind", "opposing", "--kind", "note") == 1
    assert count("--since", "2024") == count("--tag", "memory") == count("--kind", "scope") == 0


def test_an_empty_scope_says_so(vault: Path) -> None:
    done = ask(vault, "ask", QUESTION, "--tag", "nowhere", "--since", "2030")
    assert (done.status, done.err) == (0, "")
    assert "No note is in this scope: tagged #nowhere, since 2030." in done.out
    assert ask(vault, "ask", QUESTION, "--tag", "nowhere", "--json").json["notes"] == []
    assert "No claim tagged #nowhere speaks of “nap”." in ask(vault, "claims", "nap", "--tag", "nowhere").out
    assert "There are no claims tagged #nowhere." in ask(vault, "claims", "--tag", "nowhere").out
    assert "No tension was found tagged #nowhere." in ask(vault, "tensions", "--tag", "nowhere").out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--in", "nap"), "there is no folder “nap”"),
        (("--in", "../x"), "there is no folder"),
        (("--in", ""), "there is no folder “”"),
        (("--kind", "quarrel"), "possible: "),
        (("--since", "May"), "write it like 2026-03-01"),
        (("--tag", "#"), "is no tag"),
    ],
)
@pytest.mark.parametrize("command", [("ask", QUESTION), ("chat",), ("claims",), ("tensions",)])
def test_a_scope_that_cannot_be_is_misuse(
    vault: Path, command: tuple[str, ...], options: tuple[str, str], told: str
) -> None:
    done = ask(vault, *command, *options)
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 2


def test_a_conversation_keeps_its_scope(vault: Path) -> None:
    asked = subprocess.run(
        [warm.command(), "--vault", str(vault), "chat", "--tag", "memory"], input=f"{QUESTION}\nand of 310 adults?\n/sources\n",
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=True,
    )  # fmt: skip
    assert "trial.md" in asked.stdout
    assert not any(other in asked.stdout for other in ("old.md", "light.md", "line.md"))

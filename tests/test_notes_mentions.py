"""`notes.mentions`: what counts as the name of a note standing unlinked in a draft, and what does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import sync
from kb.settings import load_settings
from kb.store import Store, open_store
from notes.draft import draft_of
from notes.mentions import Mentions
from notes.note_names import is_code, word_form

NOTES = {
    "spaced-repetition": "# Spaced repetition\n\nSpacing helps memory more than cramming does.\n",
    "forgetting-curve": "---\naliases: [curve of Ebbinghaus]\n---\n# Forgetting curve\n\nHalf is gone within an hour or so of learning.\n",
    "spaced-repetition-software": "# Spaced repetition software\n\nPrograms that plan reviews are old by now.\n",
    "crdt": "---\naliases: [conflict-free replicated data type]\n---\n# CRDT\n\nReplicas converge without any leader at all.\n",
    "lora": "---\ncitekey: hu2021lora\ntitle: Low-Rank Adaptation (LoRA)\n---\n\nAdapters of low rank are cheap to train.\n",
    "index": "# Index\n\nThis is where it all begins, for now.\n",
    "notes": "# Notes\n\nSome of them are listed here in order.\n",
    "todo": "# TODO\n\nWrite the rest of all of these pages.\n",
    "time": "# Time\n\nWhat clocks measure is not what is lived.\n",
    "trust": "# Trust\n\nWho relies on somebody may be let down.\n",
    "kant": "# Kant\n\nIt was said of Kant that the town set its clocks by Kant. They say that Kant was late once.\n",
    "market": "# What markets do\n\nA market needs [[trust]]. No trade goes without [[trust]] for long. They met on time, in time.\n",
    "hypertext": "# Hypertext\n\nPages that lead to pages were dreamt of early.\n",
    "草稿笔记": "# 草稿笔记\n\n这是一个关于写作的笔记,内容很短。\n",
    "2021": "# 2021\n\nIt was a year like no other in this respect.\n",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Mentions]]:
    vault = tmp_path_factory.mktemp("vault")
    for name, text in NOTES.items():
        (vault / f"{name}.md").write_text(text, encoding="utf-8")
    sync(vault, load_settings(vault))
    with open_store(vault) as store:
        yield store, Mentions(store)


def found(base: tuple[Store, Mentions], text: str, path: str = "draft.md") -> list[tuple[str, str]]:
    """The words that are mentions, as they stand in the draft, and their notes."""
    store, mentions = base
    draft = draft_of(store, text, path)
    assert draft is not None
    return [(draft.text[each.start : each.end], each.note.removesuffix(".md")) for each in mentions.find(draft)]


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("We tried spaced repetition.", "spaced repetition", "spaced-repetition"),
        ("Forgetting curves are steep.", "Forgetting curves", "forgetting-curve"),
        ("It is the spaced-repetition way.", "spaced-repetition", "spaced-repetition"),
        ("The words spaced\nrepetition break.", "spaced\nrepetition", "spaced-repetition"),
        ("> quoted spaced\n> repetition here", "spaced\n> repetition", "spaced-repetition"),
        ("The curve of Ebbinghaus falls.", "curve of Ebbinghaus", "forgetting-curve"),
        ("Use spaced repetition software daily.", "spaced repetition software", "spaced-repetition-software"),
        ("Two CRDTs were merged.", "CRDTs", "crdt"),
        ("A CRDT-based editor.", "CRDT", "crdt"),
        ("It was done with LoRA.", "LoRA", "lora"),
        ("By low-rank adaptation of weights.", "low-rank adaptation", "lora"),
        ("See hu2021lora for that.", "hu2021lora", "lora"),
        ("As Kant's readers know.", "Kant's", "kant"),
        ("Early hypertext was slow.", "hypertext", "hypertext"),
        ("It breaks trust in them.", "trust", "trust"),
        ("我在写草稿笔记的时候。", "草稿笔记", "草稿笔记"),
        ("*Spaced repetition* and **CRDT**s.", "Spaced repetition", "spaced-repetition"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_it_is_written_in_prose(
    base: tuple[Store, Mentions], text: str, words: str, note: str
) -> None:
    assert (words, note) in found(base, text)


@pytest.mark.parametrize(
    "text",
    [
        "Code such as `spaced repetition` stays.", "```\nspaced repetition\n```", "A [[spaced repetition]] link.",
        "A [spaced repetition](https://example.org) link.", "## Spaced repetition", "Spaced repetition\n===",
        "At https://example.org/spaced-repetition there.", "Math $CRDT$ and $$\nCRDT\n$$ here.", "A <b title='CRDT'>tag</b>.",
        "<a href='x'>CRDT</a> is linked.", "<!-- CRDT -->", "%% CRDT %%", "#CRDT and @CRDT and crdt.org", "my_CRDT_name",
        "---\ntitle: CRDT\n---\n\nNothing else.", "| CRDT |\n|---|\n| CRDT |", "![[crdt]] ![CRDT](crdt.png)",
    ],
)  # fmt: skip
def test_nothing_is_found_in_mark_up(base: tuple[Store, Mentions], text: str) -> None:
    assert found(base, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The index of all my notes and the TODO list.", "In 2021 it was time to go.", "No more time is left.",
        "a crdt in small letters", "We met in the market square.", "Google Trust Services and Trust Wallet are firms.",
        "It is spaced. Repetition follows.", "spaced, repetition",
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_name_are_left_alone(base: tuple[Store, Mentions], text: str) -> None:
    assert found(base, text) == []


def test_a_draft_is_not_offered_its_own_note(base: tuple[Store, Mentions]) -> None:
    text = "# CRDT\n\nA CRDT needs spaced repetition to be learnt."
    assert found(base, text, "crdt.md") == [("spaced repetition", "spaced-repetition")]


def test_a_name_of_two_notes_means_neither(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text("# Vector clocks\n\nEvents are put in order by them.\n", encoding="utf-8")
    sync(tmp_path, load_settings(tmp_path))
    with open_store(tmp_path) as store:
        assert found((store, Mentions(store)), "They used vector clocks.") == []


def test_offsets_hold_with_old_line_ends_and_emoji(base: tuple[Store, Mentions]) -> None:
    assert found(base, "One 🌱.\r\n\r\nTwo 👩‍🚀 and a CRDT.\rThree.") == [("CRDT", "crdt")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clock", "clocks"),
        ("category", "categories"),
        ("embedding", "embeddings"),
        ("order", "ordering"),
        ("class", "classes"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert word_form(one) == word_form(other)


def test_words_that_are_no_forms_of_one_another_do_not_meet() -> None:
    assert len({word_form(word) for word in ("new", "news", "bus", "thing", "the", "red", "ring")}) >= 6
    assert [word for word in ("CRDT", "LoRA", "gpt4", "Kant", "trust", "CRDTs") if is_code(word)] == [
        "CRDT",
        "LoRA",
        "gpt4",
        "CRDTs",
    ]

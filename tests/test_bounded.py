"""What grows with the square of its input, or falls over on an odd one, was found once and stays mended."""

import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from ingest.claim_text import whole
from ingest.file_entries import entry_of
from ingest.pipeline import dry_run, sync
from ingest.scan import Seen, ignores_of
from ingest.titles import Titles
from kb.masking import masked
from kb.review import judgements
from kb.settings import Settings
from kb.store import Store, open_store
from notes.broken_links import _is_there
from notes.check import Checker
from notes.draft import draft_of
from notes.lsp.rename import title_span
from notes.mentions import _ADDRESS
from qa.essay import Incoming
from qa.model_words import tidy
from qa.tensions import Held, held

SECONDS = 5.0
"""Of processor time: each takes milliseconds, and took minutes."""


def spent(began: float) -> float:
    return time.process_time() - began


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_without_a_title_is_read_once(newline: str) -> None:
    text = newline.join(["---", *("key: value" for _ in range(2_000)), "---", "", "title: not here", "", "# Here"])
    began = time.process_time()
    span = title_span(text, "Here")
    assert spent(began) < SECONDS
    assert span is not None and text[slice(*span)] == "Here"
    assert title_span(text, "not here") is None


@pytest.mark.parametrize("text", ["a" * 200_000, "a-" * 100_000, "a.b" * 60_000, "x@" * 100_000])
def test_a_run_without_a_blank_is_searched_once_for_addresses(text: str) -> None:
    began = time.process_time()
    list(_ADDRESS.finditer(text))
    assert spent(began) < SECONDS


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 20 + "*b", "a" * 250),
        ("**/" * 400 + "b", "a/" * 400 + "a"),
        ("a/**/" * 40 + "*a*a*a*b", "a/" * 400 + "a" * 200),
    ],
)
def test_an_ignore_pattern_tries_nothing_twice(pattern: str, path: str) -> None:
    began = time.process_time()
    says = ignores_of([pattern])
    assert says(path, False) is None and says(path[:-1] + "b", False) is True
    assert spent(began) < SECONDS


@pytest.mark.parametrize(("name", "asked"), [("large.md", 0), ("draft.md", 1)])
def test_what_authors_say_of_a_large_note_is_read_once_and_not_for_each_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: int
) -> None:
    subjects = ("Sparse", "Dense", "Random", "Spurious", "Curated", "Delayed")
    text = "# Large\n\n" + " ".join(f"{each} rewards lengthen the training of small models." for each in subjects)
    (tmp_path / "large.md").write_text(text)
    sync(tmp_path, Settings())
    calls: list[Iterable[str] | None] = []

    def counted(store: Store, named: Iterable[str] | None = None) -> list[Held]:
        calls.append(named)
        return held(store, named)

    monkeypatch.setattr("notes.claim_index.held", counted)
    with open_store(tmp_path, create=False) as store:
        draft = draft_of(store, text, name)
        assert draft is not None
        Checker(store, Settings()).check(draft)
    assert len(calls) == asked


@pytest.mark.parametrize(
    "text",
    [
        "Alpha data" + " \t" * 30_000 + " helps students learn.",
        "Alpha data" + "\u00a0" * 60_000 + " helps students learn.",
        "# " + "*" * 400 + "\n\nAlpha data helps students learn.",
        "Alpha data helps [[alpha]] students learn. " * 8_000,
    ],
    ids=["blanks", "no-break", "stars", "mentions"],
)
def test_a_line_or_a_paragraph_without_end_is_read_in_linear_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    began = time.process_time()
    entry_of(str(tmp_path), Seen("a.md", 1, 1), Titles())
    assert spent(began) < SECONDS


@pytest.mark.parametrize("text", ["# a" + "\t" * 4_000 + "x", "---\ntitle:" + "\t" * 4_000 + "x\x00"])
def test_a_title_with_blanks_without_end_is_read_once(text: str) -> None:
    began = time.process_time()
    assert title_span(text, "not this") is None
    assert spent(began) < SECONDS


def test_a_link_that_never_ends_is_read_once() -> None:
    began = time.process_time()
    assert whole("[Alpha data](" + "a" * 60_000, 1, 11) == (0, 11)
    assert spent(began) < SECONDS


def test_blanks_without_end_in_what_a_model_writes() -> None:
    began = time.process_time()
    assert tidy("A sentence" + " " * 100_000 + "[c12345]") == "A sentence"
    assert spent(began) < SECONDS


def test_thoughts_are_not_the_answer() -> None:
    incoming = Incoming()
    pieces = (
        '<think>Draft: {"text": "Rejected", "keys": ["a"], "role": "finding"}',
        "</think>",
        '{"opening":[{"text": "Final.", "keys": ["a"], "role": "finding"}',
    )
    assert [each.text for piece in pieces for each in incoming.take(piece)] == ["Final."]
    incoming = Incoming()
    assert [each.text for piece in ("<th", 'ink>{"text": "No", "keys": []}') for each in incoming.take(piece)] == []


def test_plain_words_are_no_keys() -> None:
    assert (
        masked("skipping the skeleton tokens of a package", Settings()) == "skipping the skeleton tokens of a package"
    )
    assert "abcdef1234" not in masked("the key sk-abcdef1234 is wrong; Bearer abcdef1234", Settings())


def test_a_judgement_with_an_odd_line_break_is_one_judgement(tmp_path: Path) -> None:
    side = '{{"quote": "a{}b", "path": "a.md"}}'
    line = (
        '{"a": ' + side.format("\u2028") + ', "b": ' + side.format("\u0085")
        + ', "verdict": "reject", "relation": "contradicts", "date": "2026-01-01"}\n'
    )  # fmt: skip
    (tmp_path / "kb-review.jsonl").write_text(line, encoding="utf-8")
    found, problems = judgements(tmp_path)
    assert len(found) == 1 and problems == [] and "\u2028" in found[0].a.quote


def test_names_of_dashes_and_signs(tmp_path: Path) -> None:
    (tmp_path / "-----.md").write_text("# -----\n\nSparse rewards lengthen the training of small models.\n")
    (tmp_path / "myXfile.png").write_bytes(b"\x89PNG")
    sync(tmp_path, Settings())
    with open_store(tmp_path, create=False) as store:
        draft = draft_of(store, "Sparse rewards lengthen the training of small models.\n", "draft.md")
        assert draft is not None and [each.code for each in Checker(store, Settings()).check(draft)] == ["uncited"]
        assert not _is_there(store, draft, "sub/my_file.png") and not _is_there(store, draft, "sub/%.png")


def test_a_rehearsal_asks_no_embedding_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nSparse rewards lengthen the training of small models.\n")
    done, _ = dry_run(tmp_path, Settings(embed="openai/text-embedding-3-small"))
    assert done.added == 1 and done.claims == 1

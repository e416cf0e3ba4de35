"""Positions of an editor and offsets of Python, addresses of buffers, and text that must stay text."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from notes.lsp.addresses import file_of, in_vault, is_prose
from notes.lsp.buffers import Buffers, sound
from notes.lsp.completion import typed_at
from notes.lsp.positions import Positions
from notes.plain_text import escaped

TEXTS = st.text(st.sampled_from("ab é雪🏔️\n\r\t\u2028\x0b\x85") | st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    ("text", "offset", "line", "character"),
    [
        ("plain words", 6, 0, 6),
        ("🏔️ ice", 3, 0, 4),
        ("雪崩 [[x", 3, 0, 3),
        ("a\r\nb\rc\nd", 7, 3, 0),
        ("form\x0cfeed\u2028and\x85so on", 10, 0, 10),
        ("e\u0301", 2, 0, 2),
    ],
)
def test_an_editor_counts_lines_and_utf_16_units(text: str, offset: int, line: int, character: int) -> None:
    where = Positions(text)
    assert where.position(offset) == types.Position(line, character)
    assert where.offset(types.Position(line, character)) == offset


@given(TEXTS, st.integers(0, 60), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_there_and_back(text: str, offset: int, encoding: str) -> None:
    """Except between the two characters of a line end, where no position is."""
    where, offset = Positions(text, encoding), min(offset, len(text))
    position = where.position(offset)
    inside = text[offset - 1 : offset + 1] == "\r\n"
    assert where.offset(position) == offset - (1 if inside else 0)
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = encoding if width == 1 else f"{encoding}-le"
    start = where.line_span(position.line)[0]
    assert position.character == len(text[start:offset].encode(codec)) // width


@given(TEXTS, st.integers(0, 99), st.integers(0, 99))
def test_a_position_out_of_range_means_the_nearest(text: str, line: int, character: int) -> None:
    assert 0 <= Positions(text).offset(types.Position(line, character)) <= len(text)


def test_half_an_emoji_means_the_whole() -> None:
    assert Positions("🏔x").offset(types.Position(0, 1)) == 0


@given(
    TEXTS,
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), TEXTS), max_size=4),
)
def test_the_buffers_have_what_the_editor_has(text: str, edits: list[tuple[int, int, int, int, str]]) -> None:
    """The same edits made twice: by the buffers in positions, and here in UTF-16."""
    buffers = Buffers()
    buffers.open(types.TextDocumentItem("untitled:1", "markdown", 1, text))
    for line, character, to, end, new in edits:
        where = Positions(text)
        span = types.Range(types.Position(line, character), types.Position(to, end))
        start, stop = sorted((where.offset(span.start), where.offset(span.end)))
        text = text[:start] + new + text[stop:]
        buffers.change("untitled:1", 2, [types.TextDocumentContentChangePartial(span, new)])
    buffer = buffers.get("untitled:1")
    assert buffer is not None and buffer.text == text


def test_text_sent_whole_tells_where_it_was_edited() -> None:
    buffers = Buffers()
    buffers.open(types.TextDocumentItem("untitled:1", "markdown", 1, "A nap helps. So it is."))
    changed = buffers.change("untitled:1", 2, [types.TextDocumentContentChangeWholeDocument("A nap help. So it is.")])
    assert changed is not None and changed.edited == len("A nap help")


def test_halves_of_characters_move_nothing() -> None:
    assert sound("a\ud83db") == "a\ufffdb"
    assert sound("🏔") == "🏔"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///notes/a%20b.md", "/notes/a b.md"),
        ("file://localhost/notes/%E9%9B%AA.md", "/notes/雪.md"),
        ("file:///notes/../x.md", "/x.md"),
        ("untitled:Untitled-1", None),
        ("vscode-notebook-cell:/x.md#W0", None),
        ("file://server/share/x.md", None),
        ("file:///a%00b.md", None),
        ("file://[half", None),
        ("", None),
        pytest.param("file:///C:/notes/x.md", None, marks=pytest.mark.skipif(os.name == "nt", reason="a path there")),
        pytest.param("file:///c%3A/notes/x.md", None, marks=pytest.mark.skipif(os.name == "nt", reason="a path there")),
    ],
)
def test_an_address_is_a_file_of_this_machine_or_none(uri: str, path: str | None) -> None:
    found = file_of(uri)
    assert (found.as_posix() if found else None) == path


def test_a_file_is_of_the_vault_or_not(tmp_path: Path) -> None:
    assert in_vault(tmp_path, (tmp_path / "a" / "b.md").as_uri()) == "a/b.md"
    assert in_vault(tmp_path / "vault", (tmp_path / "vault2" / "b.md").as_uri()) is None


@pytest.mark.parametrize(
    ("uri", "language", "prose"),
    [
        ("file:///x.md", "markdown", True),
        ("file:///x.py", "python", False),
        ("file:///x.py", "markdown", False),
        ("untitled:1", "markdown", True),
        ("untitled:1", "python", False),
        ("git:/x.md", "markdown", False),
    ],
)
def test_code_is_left_alone(uri: str, language: str, prose: bool) -> None:
    assert is_prose(uri, language) is prose


@pytest.mark.parametrize(
    ("text", "kind", "typed", "sentence"),
    [
        ("# Naps\n\nA nap helps [[|", "link", "", "A nap helps"),
        ("It is old. A nap helps [[nap re|", "link", "nap re", "A nap helps"),
        ("- A nap [[a]] helps [@ort|", "source", "ort", "A nap a helps"),
        ("See [@a2020; @b|", "source", "b", "See"),
        ("one [[a]] two|", "sentence", "one a two", "one a two"),
        ("雪崩は危険だ。新雪は [[雪|", "link", "雪", "新雪は"),
        ("mail me@x|", "sentence", "mail me@x", "mail me@x"),
    ],
)
def test_what_is_being_written(text: str, kind: str, typed: str, sentence: str) -> None:
    found = typed_at(text.replace("|", ""), text.index("|"))
    assert found is not None
    assert (found.kind, found.typed, found.sentence) == (kind, typed, sentence)


def test_nothing_is_completed_in_code() -> None:
    assert typed_at("```\n[[", 6) is None
    assert typed_at("```\nx\n```\n[[", 12) is not None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](https://evil.example/x.png)", "x"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("see https://evil.example", "see https\\://evil.example"),
        ("www.evil.example", "www\\.evil.example"),
        ("a@evil.example, pass@k", "a\\@evil.example, pass@k"),
        ("[call](command:evil)", "call"),
        ("[a]\n\n: command:evil", "\\[a\\] : command\\:evil"),
        ("`code` &lt; *bold* _x_ # $(icon)", "\\`code\\` \\&lt; \\*bold\\* \\_x\\_ \\# \\$(icon)"),
        ("\x1b[31mred\u202e", "red"),
        ("plain words, as they are: 5%.", "plain words, as they are: 5%."),
    ],
)
def test_what_a_note_says_is_shown_as_words(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text(st.sampled_from("![]()<>`*\\:/@.wh tp\n") | st.characters(exclude_categories=["Cs"]), max_size=80))
def test_no_note_puts_mark_up_into_a_hover(text: str) -> None:
    """Read by a Markdown parser with raw HTML and links recognised, what is shown is nothing but text."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("js-default", {"html": True, "linkify": False}).parseInline(f"x “{escaped(text)}”")
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "softbreak"}, tokens

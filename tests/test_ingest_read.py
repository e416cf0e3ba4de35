"""From bytes to a page: encodings, endings, looks, and what is refused and why."""

import codecs

import pytest

from ingest.decode import HTML, KNOWN, LIBRARY, MARKDOWN, PLAIN, decode, is_binary, text_of
from ingest.extract import extract
from ingest.page import Lines, Page, Shown, Writer
from ingest.read import Reading, read
from ingest.titles import Titles

SENTENCE = "Grey lichens cover forty walls of the naïve town."


def reading(path: str, text: str | bytes) -> Reading:
    return read(path, text if isinstance(text, bytes) else text.encode(), Titles())


def page(path: str, text: str | bytes) -> Page:
    found = reading(path, text).page
    assert found is not None
    return found


def codes(found: Reading) -> list[str]:
    return [problem.code for problem in found.problems]


# Encodings.


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_count_the_decoded_text_without_its_bom(bom: bytes, encoding: str, newline: str) -> None:
    text = f"# 🐝 title{newline}{newline}{SENTENCE}{newline}"
    found = reading("a.md", bom + text.encode(encoding))
    assert found.text == text
    assert not found.problems
    assert found.page is not None
    (claim,) = extract(found.page, found.text).claims
    assert (claim.place.start, claim.place.line) == (text.index("Grey"), 3)
    assert found.text[claim.place.start : claim.place.end] == claim.quote == SENTENCE


def test_bytes_that_are_not_utf_8_are_read_as_windows_1252_and_remarked_on() -> None:
    text, (problem,) = decode("first\nsecond – naïve".encode("cp1252"), "a.md")
    assert text == "first\nsecond – naïve"
    assert (problem.code, problem.line, problem.path) == ("encoding", 2, "a.md")
    assert "UTF-8" in problem.hint


def test_a_byte_that_no_encoding_knows_costs_one_character_and_no_exception() -> None:
    text, problems = decode(b"caf\xe9 \x81 end", "a.md")
    assert text == "café \ufffd end"
    assert [problem.code for problem in problems] == ["encoding"]


def test_half_a_utf_16_character_at_the_end_is_no_error() -> None:
    text, problems = decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"c", "a.md")
    assert text.startswith("ab") and not problems


def test_a_lone_surrogate_in_a_file_can_be_hashed_and_stored() -> None:
    found = reading(
        "a.md", codecs.BOM_UTF16_LE + "The text \ud83d goes on for a while.".encode("utf-16-le", "surrogatepass")
    )
    assert found.page is not None
    assert all(claim.quote.encode("utf-8") for claim in extract(found.page, found.text).claims)


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"\x00" * 100, True),
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 500, True),
        (b"", False),
        (b"one null \x00 in a text", False),
        (codecs.BOM_UTF16_LE + "ascii in utf-16".encode("utf-16-le"), False),
    ],
)
def test_binary_data_is_told_by_its_null_bytes(data: bytes, binary: bool) -> None:
    assert is_binary(data) == binary


def test_binary_data_is_refused_with_a_reason() -> None:
    found = reading("photo.md", b"\x00\x01\x02\x03" * 100)
    assert found.page is None
    assert codes(found) == ["binary"]
    assert found.problems[0].hint


# Endings and looks.


def test_no_ending_belongs_to_two_kinds() -> None:
    groups = [MARKDOWN, PLAIN, HTML, LIBRARY, {".pdf"}, {".json"}]
    assert set().union(*groups) == KNOWN
    assert sum(map(len, groups)) == len(KNOWN)


@pytest.mark.parametrize("ending", sorted(MARKDOWN | {".MD", ".Markdown"}))
def test_every_markdown_ending_is_read_as_markdown(ending: str) -> None:
    found = page(f"folder/a{ending}", f"# Walls\n\n{SENTENCE}\n")
    assert (found.note.title, found.note.id, found.note.path) == ("Walls", f"folder/a{ending}", f"folder/a{ending}")


@pytest.mark.parametrize("ending", sorted(PLAIN | {".TXT"}))
def test_every_plain_ending_is_read_as_plain_text(ending: str) -> None:
    found = page(f"a{ending}", f"Walls\n\n{SENTENCE}\n")
    assert found.note.title == "Walls"


@pytest.mark.parametrize("ending", sorted(HTML))
def test_every_html_ending_is_read_as_html(ending: str) -> None:
    found = reading(f"a{ending}", f"<html><body><h1>Walls</h1><p>{SENTENCE}</p></body></html>")
    assert found.page is not None
    assert [claim.quote for claim in extract(found.page, found.text).claims] == [SENTENCE]


def test_a_library_is_a_page_of_works() -> None:
    found = page("refs.bib", "@article{smith2020, title={Walls}, author={Smith, A.}, year={2020}}")
    assert [work.citekey for work in found.works] == ["smith2020"]
    assert not found.blocks


def test_json_that_is_no_library_is_refused() -> None:
    found = reading("package.json", '{"name": "walls"}')
    assert found.page is None
    assert codes(found) == ["not-a-note"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n\t\n", "\u00a0", "\ufeff"])
@pytest.mark.parametrize("path", ["a.md", "a.txt", "a.html", ".md"])
def test_an_empty_file_is_a_note_that_says_nothing(path: str, text: str) -> None:
    found = reading(path, text)
    assert found.page is not None
    assert codes(found) == ["empty"]
    assert found.page.note.title
    assert not extract(found.page, found.text).claims


def test_a_file_without_words_is_no_error() -> None:
    found = reading("a.md", "---\n\n***\n\n```\n```\n")
    assert found.page is not None
    assert not extract(found.page, found.text).claims


LINE = "INQUIRING LINE\n\nDo walls age?\n\nThis explores walls.\n\nWalls age in the rain of every winter Does rain age walls?.\n"
NOTE = "SYNTHESIS NOTE\n\nDo walls age?\n\nHow rain ages walls.\n\nNote · 2025-01-01 · sourced from Walls\n\nWalls age in the rain of winter.\n"
HUB = "← All notes\n\nWhy do walls age?\n\nRain and what it does.\n\nTopic Hub · 1 linked notes · 1 sections\n\nRain\n\nDoes rain age walls?\n\nAsks whether it does.\n"
POST = "← Blog\n\nWalls\n\nTL;DR\n\nWalls age in the rain of every winter.\n"


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        (LINE, "line", "Do walls age?"),
        (LINE.removeprefix("INQUIRING LINE\n\n"), "line", "Do walls age?"),
        (NOTE, "note", "Do walls age?"),
        (HUB, "note", "Why do walls age?"),
        (POST, "post", "Walls"),
        ("Do walls age?\n\nWalls age in the rain.\n", "note", "Do walls age?"),
    ],
)
@pytest.mark.parametrize("path", ["a.txt", "a.md"])
def test_the_look_of_a_page_decides_what_it_is_whatever_its_ending(path: str, text: str, kind: str, title: str) -> None:
    found = page(path, text)
    assert (found.note.kind, found.note.title) == (kind, title)


@pytest.mark.parametrize("said", ["type: line", "kind: Inquiring Line", "kind: inquiring-line"])
def test_front_matter_may_say_that_a_note_is_a_line(said: str) -> None:
    assert page("a.md", f"---\n{said}\n---\n\n# Walls\n\n{SENTENCE}\n").note.kind == "line"


@pytest.mark.parametrize("path", ["posts/a.md", "blog/2024/a.md", "_posts/a.md"])
def test_what_lives_among_posts_is_a_post(path: str) -> None:
    assert page(path, f"# Walls\n\n{SENTENCE}\n").note.kind == "post"


def test_identity_is_the_path_and_other_names_are_aliases() -> None:
    text = "---\ntitle: Walls\naliases: [Mauern, walls]\nalias: Old walls\n---\n\n# Walls of the town\n\nA wall.\n"
    note = page("n/town-walls.md", text).note
    assert (note.id, note.title) == ("n/town-walls.md", "Walls")
    assert note.aliases == ("Mauern", "Old walls", "Walls of the town", "town-walls")


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("date: 2024-03-05", "2024-03-05"),
        ("date: 2024-03-05T10:00:00", "2024-03-05"),
        ("created: 'written in 2024-03, in spring'", "2024-03"),
        ("published: 2024", "2024"),
        ("date: tomorrow", ""),
        ("date: 2024-13", "2024"),
    ],
)
def test_dates_are_as_exact_as_they_are_given(given: str, date: str) -> None:
    assert page("a.md", f"---\n{given}\n---\n\n{SENTENCE}\n").note.date == date


def test_sources_come_from_front_matter_and_from_a_source_line() -> None:
    text = "---\ncitekey: '@smith2020'\ndoi: https://doi.org/10.1000/ABC\nauthors: A. Smith and B. Jones\nyear: 2020\n---\n\nSource: https://arxiv.org/abs/2401.00001v2\n\nA wall ages in the rain.\n"
    first, second = page("a.md", text).note.sources
    assert (first.citekey, first.doi, first.year) == ("smith2020", "10.1000/abc", 2020)
    assert first.authors == ("A. Smith", "B. Jones")
    assert second.arxiv == "2401.00001"


def test_terminal_escapes_and_direction_marks_stay_out_of_titles() -> None:
    note = page("a.md", "# Red \x1b[31mwalls\x1b[0m \u202eslla\n\nA wall ages in the rain.\n").note
    assert note.title == "Red walls slla"


def test_a_yaml_bomb_is_refused_and_the_text_read() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    found = reading("a.md", f"---\n{bomb}---\n\n{SENTENCE}\n")
    assert codes(found) == ["front-matter"]
    assert found.page is not None
    assert [claim.quote for claim in extract(found.page, found.text).claims] == [SENTENCE]


@pytest.mark.parametrize(
    "yaml",
    [
        "[",
        "a: b: c",
        "\t- x",
        "!!python/object:os.system x",
        "a: !!binary x",
        "? [a]\n: b",
        "a: 0x",
        "1: 2",
        "- a\n- b",
        "null",
        "a: 2024-99-99",
    ],
)
def test_any_front_matter_leaves_the_text_of_the_note(yaml: str) -> None:
    found = reading("a.md", f"---\n{yaml}\n---\n\n{SENTENCE}\n")
    assert found.page is not None
    assert SENTENCE in [claim.quote for claim in extract(found.page, found.text).claims]


def test_the_text_of_a_file_is_what_its_offsets_count_in() -> None:
    data = codecs.BOM_UTF8 + f"{SENTENCE}\r\n".encode()
    assert text_of(data, "a.md") == (f"{SENTENCE}\r\n", ())
    assert reading("a.md", data).text == text_of(data, "a.md")[0]


# The way back to every character.


def test_a_shown_text_leads_back_to_its_characters() -> None:
    out = Writer()
    out.put("Tom ", 10, 14)
    out.put("&", 14, 19)  # &amp;
    out.put(" Ann", 19, 23)
    shown = out.done()
    assert shown.text == "Tom & Ann"
    assert shown.span(0, 9) == (10, 23)
    assert shown.span(4, 5) == (14, 19)
    assert shown.span(6, 9) == (20, 23)


def test_a_copied_part_of_a_shown_text_leads_to_the_same_place() -> None:
    out = Writer()
    out.copy(Shown.plain("seven walls", 100), 6, 11)
    out.copy(Shown.plain("", 3), 0, 0)
    assert out.done() == Shown.plain("walls", 106)


@pytest.mark.parametrize(
    ("text", "offset", "line"),
    [
        ("", 0, 1),
        ("a\nb", 2, 2),
        ("a\r\nb", 1, 1),
        ("a\r\nb", 3, 2),
        ("a\rb", 2, 2),
        ("\n\n", 2, 3),
        ("a\u2028b", 2, 1),
    ],
)
def test_lines_are_counted_from_one_whatever_ends_them(text: str, offset: int, line: int) -> None:
    assert Lines(text).at(offset) == line


@pytest.mark.parametrize(
    "path, text",
    [
        ("a.md", "---\ntitle: 'It&#x27;s <span class=\"x\">naps</span> &amp; <i>sleep</i>'\n---\n\nNaps help.\n"),
        ("a.html", "<title>It&amp;#x27;s &lt;i&gt;naps&lt;/i&gt; &amp; sleep</title><p>Naps help pilots.</p>"),
        ("a.md", "# It&#39;s naps &amp; sleep\n\nNaps help.\n"),
    ],
)
def test_a_title_is_shown_without_html(path: str, text: str) -> None:
    assert page(path, text).note.title == "It's naps & sleep"


# Titles.


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Walls in the rain [[pdf]](https://example.org/walls.pdf)", "Walls in the rain"),
        (
            "Walls in the rain [[pdf]](https://example.org/a.pdf) [[video 1]](https://example.org/b)",
            "Walls in the rain",
        ),
        ("Walls in the rain [draft]", "Walls in the rain [draft]"),
        ("[[pdf]](https://example.org/walls.pdf)", "[pdf]"),
    ],
)
def test_where_a_paper_can_be_had_is_no_part_of_a_title(heading: str, title: str) -> None:
    assert page("walls.md", f"# {heading}\n\n{SENTENCE}\n").note.title == title


def test_a_quote_that_begins_with_a_link_to_a_heading_has_all_of_it() -> None:
    text = f"# Walls\n\n[[#figure one]] shows how lichens cover the walls of a town.\n\n{SENTENCE}\n"
    first = extract(page("walls.md", text), text).claims[0]
    assert first.quote == "[[#figure one]] shows how lichens cover the walls of a town."

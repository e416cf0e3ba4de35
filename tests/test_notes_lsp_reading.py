"""Reading in an editor: hover, definition, references, links, symbols and hints, over what is in the buffer now."""

from collections.abc import Iterator

import pytest
from editor import ABLE, Editor, make_vault, span


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    running = Editor(make_vault(tmp_path_factory.mktemp("reading")))
    yield running
    assert running.leave() == 0
    assert running.strays == []


@pytest.fixture
def draft(editor: Editor) -> Iterator[str]:
    """A buffer that no file has, with links of every kind."""
    text = (
        "# 草稿 🏔️\n\n"
        "🏔️🏔️ Naps help [[nap-recall]] and ice melts [here](../ice/glaciers.md).\n"
        "Where it says so [[nap-recall#How it was measured|there]]; nobody wrote [[Yedoma deposits]] or [[nothing-at-all]].\n\n"
        "The glaciers of the Alps lost 6% of their ice in 2022.\n"
    )
    uri = editor.open("drafts/new.md", text)
    yield uri
    editor.close(uri)


def hover(editor: Editor, uri: str, line: int, character: int) -> str:
    shown = editor.ask("textDocument/hover", editor.at(uri, line, character))
    return shown["contents"]["value"] if shown else ""


def test_a_link_shows_its_note(editor: Editor, draft: str) -> None:
    shown = editor.ask("textDocument/hover", editor.at(draft, 2, 22))
    assert shown["range"] == span(2, 17, 2, 31), "in UTF-16 units, of which each mountain takes three"
    told = shown["contents"]["value"]
    assert told.startswith("**Does a nap improve recall?**")
    assert "A nap after a lesson improves the recall of students." in told
    assert "Does a nap change nothing?: “A nap after a lesson changed nothing" in told


def test_a_link_to_nothing_says_so(editor: Editor, draft: str) -> None:
    assert hover(editor, draft, 3, 102) == "No note answers to “nothing-at-all”."
    assert "not written yet" in hover(editor, draft, 3, 75)


def test_a_sentence_shows_what_the_notes_say_about_it(editor: Editor, draft: str) -> None:
    assert "How fast do glaciers melt?: “The glaciers of the Alps lost 6% of their ice in 2022.”" in hover(
        editor, draft, 5, 10
    )


@pytest.mark.parametrize(("line", "character"), [(0, 3), (4, 0), (99, 99)])
def test_elsewhere_there_is_nothing_to_show(editor: Editor, draft: str, line: int, character: int) -> None:
    assert hover(editor, draft, line, character) == ""


def test_a_note_cannot_put_mark_up_into_a_hover(editor: Editor) -> None:
    from markdown_it import MarkdownIt

    uri = editor.open("untitled:1", "Look at [[trap]].")
    told = hover(editor, uri, 0, 12)
    assert "evil.example" in told
    tokens = [child for token in MarkdownIt("js-default", {"html": True}).parse(told) for child in token.children or ()]
    assert {each.type for each in tokens} <= {
        "text",
        "text_special",
        "softbreak",
        "hardbreak",
        "strong_open",
        "strong_close",
    }
    editor.close(uri)


def test_a_link_leads_to_its_note_and_to_the_heading_it_names(editor: Editor, draft: str) -> None:
    note = (editor.vault / "sleep/nap-recall.md").as_uri()
    top = editor.ask("textDocument/definition", editor.at(draft, 2, 20))
    assert top == [{"uri": note, "range": span(0, 0, 0, 0)}]
    heading = editor.ask("textDocument/definition", editor.at(draft, 3, 20))
    assert heading == [{"uri": note, "range": span(11, 0, 11, 22)}]
    assert editor.ask("textDocument/definition", editor.at(draft, 3, 75)) == [], "it is not written yet"


def test_a_heading_moved_in_an_unsaved_buffer_is_found_where_it_is(editor: Editor, draft: str) -> None:
    text = (editor.vault / "sleep/nap-recall.md").read_text("utf-8")
    uri = editor.open("sleep/nap-recall.md", text.replace("# Does", "\n\n# Does"))
    heading = editor.ask("textDocument/definition", editor.at(draft, 3, 20))
    assert heading[0]["range"] == span(13, 0, 13, 22)
    editor.close(uri)


def references(editor: Editor, uri: str, line: int, character: int, declared: bool = False) -> list[tuple[str, int]]:
    context = {"includeDeclaration": declared}
    found = editor.ask("textDocument/references", editor.at(uri, line, character, context=context))
    return sorted((each["uri"].rpartition("/")[2], each["range"]["start"]["line"]) for each in found)


def test_references_are_the_links_of_files_and_of_buffers(editor: Editor, draft: str) -> None:
    saved = [("nap-pupils.md", 2), ("nap-pupils.md", 4), ("nap-pupils.md", 4), ("nap-pupils.md", 6)]
    mine = [("new.md", 2), ("new.md", 3)]
    assert references(editor, draft, 2, 20) == [*saved, *mine]
    assert references(editor, draft, 2, 20, declared=True) == [*saved, ("nap-recall.md", 0), *mine]


def test_an_open_buffer_speaks_for_its_file(editor: Editor, draft: str) -> None:
    uri = editor.open("sleep/nap-pupils.md", "# Naps of pupils\n\nThey link to nothing now.\n")
    assert references(editor, draft, 2, 20) == [("new.md", 2), ("new.md", 3)]
    editor.close(uri)


def test_away_from_links_references_are_those_to_the_note_itself(editor: Editor) -> None:
    uri = editor.open("ice/glaciers.md")
    assert references(editor, uri, 0, 3) == [("permafrost.md", 2)]
    editor.close(uri)


def test_every_link_with_a_note_can_be_followed(editor: Editor, draft: str) -> None:
    links = editor.ask("textDocument/documentLink", {"textDocument": {"uri": draft}})
    told = [(each["range"]["start"]["character"], each["target"].rpartition("/")[2], each["tooltip"]) for each in links]
    assert told == [
        (17, "nap-recall.md", "Does a nap improve recall?"),
        (46, "glaciers.md", "How fast do glaciers melt?"),
        (17, "nap-recall.md", "Does a nap improve recall?"),
    ]


def test_notes_and_claims_are_found_by_name(editor: Editor) -> None:
    found = editor.ask("workspace/symbol", {"query": "glaciers"})
    notes = [each["name"] for each in found if each["kind"] == 1]
    claims = [
        (each["name"], each["containerName"], each["location"]["range"]["start"]["line"])
        for each in found
        if each["kind"] != 1
    ]
    assert notes[0] == "How fast do glaciers melt?"
    assert ("The glaciers of the Alps lost 6% of their ice in 2022.", "How fast do glaciers melt?", 2) in claims
    assert editor.ask("workspace/symbol", {"query": "siesta"})[0]["name"] == "Does a nap improve recall?"


def test_hints_are_off_until_they_are_asked_for(editor: Editor, draft: str) -> None:
    asked = {"textDocument": {"uri": draft}, "range": span(0, 0, 9, 0)}
    assert editor.ask("textDocument/inlayHint", asked) is None
    editor.tell("workspace/didChangeConfiguration", {"settings": {"kb": {"inlayHints": True}}})
    hints = editor.ask("textDocument/inlayHint", asked)
    assert [(each["position"], each["label"]) for each in hints][:2] == [
        ({"line": 2, "character": 31}, "2 voices"),
        ({"line": 2, "character": 72}, "1 voice"),
    ]
    editor.tell("workspace/didChangeConfiguration", {"settings": {"kb": {"inlayHints": False}}})
    assert editor.ask("textDocument/inlayHint", asked) is None


def test_an_editor_that_shows_no_markdown_and_counts_otherwise_gets_what_it_can_show(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    able = {"general": {"positionEncodings": ["utf-8"]}, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
    with_less = Editor(make_vault(tmp_path_factory.mktemp("less")), able=able)
    assert with_less.answer["capabilities"]["positionEncoding"] == "utf-8"
    uri = with_less.open("x.md", "🏔️ see [[trap]].")
    shown = with_less.ask("textDocument/hover", with_less.at(uri, 0, 16))
    assert shown["range"] == span(0, 12, 0, 20)
    assert shown["contents"]["kind"] == "plaintext"
    assert "\\" not in shown["contents"]["value"]
    assert ABLE["textDocument"]["hover"]["contentFormat"][0] == "markdown"
    assert with_less.leave() == 0

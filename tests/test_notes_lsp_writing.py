"""Writing in an editor: what is wrong with a draft, when it is said, and the edits that are offered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from editor import Editor, applied, make_vault, span

AGAINST = "A nap after a lesson does not improve the recall of students."


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    running = Editor(make_vault(tmp_path_factory.mktemp("writing")), options={"pause": 0.05})
    yield running
    assert running.leave() == 0
    assert running.strays == []


@pytest.fixture
def write(editor: Editor) -> Iterator[Any]:
    opened: list[str] = []

    def writing(text: str, path: str = "drafts/new.md") -> str:
        opened.append(editor.open(path, text))
        return opened[-1]

    yield writing
    for uri in opened:
        editor.close(uri)


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in found]


def act(actions: list[dict[str, Any]], title: str) -> dict[str, Any]:
    found = [each for each in actions if each["title"].startswith(title)]
    assert found, [each["title"] for each in actions]
    return found[0]


def edits(action: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    """The edits of an action to one buffer; it must touch nothing else."""
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"]["uri"] == uri
    found: list[dict[str, Any]] = change["edits"]
    return found


def test_a_sentence_that_the_notes_contradict_is_marked(editor: Editor, write: Any) -> None:
    uri = write(f"# 草稿\n\n🏔️ 雪。 {AGAINST}\n")
    (found,) = [each for each in editor.published(uri) if each["code"] == "contradicted"]
    start = len("🏔️ 雪。 ".encode("utf-16-le")) // 2
    assert found["range"] == span(2, start, 2, start + len(AGAINST))
    assert found["source"] == "kb"
    (said, *_) = found["relatedInformation"]
    assert "A nap after a lesson improves the recall of students." in said["message"]
    assert said["location"]["uri"].endswith("sleep/nap-recall.md")


def test_what_is_mended_is_unmarked_without_saving(editor: Editor, write: Any) -> None:
    uri = write(f"# Draft\n\n{AGAINST}\n")
    assert "contradicted" in codes(editor.published(uri))
    editor.type(uri, "# Draft\n\nIt may rain tomorrow.\n")
    assert editor.published(uri) == []


def test_nothing_is_said_of_a_sentence_while_it_is_typed(editor: Editor, write: Any) -> None:
    """Not of half a sentence; of a whole one once its full stop is there."""
    uri = write("# Draft\n\nSee [[nothing-here]].\n\n")
    assert codes(editor.published(uri)) == ["broken-link"]
    editor.type(uri, AGAINST[:-1], line=4, start=0)
    assert codes(editor.published(uri)) == ["broken-link"]
    editor.type(uri, ".", line=4, start=len(AGAINST) - 1)
    assert {"broken-link", "contradicted"} <= set(codes(editor.published(uri)))


def test_half_a_link_is_not_called_broken(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\nA quiet day.\n")
    editor.type(uri, " See [[gla]]", line=2, start=12)
    assert editor.published(uri) == []
    editor.type(uri, "\nIt may rain.\n", line=4, start=0)
    assert codes(editor.published(uri)) == ["broken-link"], "the writer has gone on"


def test_words_changed_within_a_sentence_wait_for_a_longer_pause(editor: Editor, write: Any) -> None:
    text = "It may rain tomorrow."
    uri = write(f"# Draft\n\n{text}\n")
    assert "contradicted" not in codes(editor.published(uri))
    editor.type(uri, AGAINST[:-1], line=2, start=0, end=len(text) - 1)
    assert "contradicted" not in codes(editor.published(uri, first=True))
    editor.until(lambda: "contradicted" in codes(editor.published(uri)))


def test_saving_says_that_it_is_written(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\n")
    editor.type(uri, AGAINST[:-1], line=2, start=0)
    assert editor.published(uri) == []
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.until(lambda: "contradicted" in codes(editor.published(uri)))


def test_what_is_closed_is_unmarked(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\nSee [[nothing-here]].\n")
    assert editor.published(uri) != []
    editor.close(uri)
    editor.until(
        lambda: editor.said("textDocument/publishDiagnostics")[-1]["params"] == {"uri": uri, "diagnostics": []}
    )


def test_a_mention_is_linked(editor: Editor, write: Any) -> None:
    text = "# Draft\n\n🏔️ The siesta effect is well known.\n"
    uri = write(text)
    action = act(editor.actions(uri, (2, 10), (2, 10)), "Link “siesta effect” to “Does a nap improve recall?”")
    assert applied(text, edits(action, uri)) == text.replace("siesta effect", "[[nap-recall|siesta effect]]")


def test_a_claim_is_cited(editor: Editor, write: Any) -> None:
    text = "# Draft\n\nThe Alps lost 6% of their ice in 2022.\n"
    uri = write(text)
    action = act(editor.actions(uri, (2, 3), (2, 3)), "Cite “How fast do glaciers melt?”")
    assert applied(text, edits(action, uri)) == text.replace("2022.", "2022 [[glaciers]].")


@pytest.mark.parametrize(
    ("sentence", "code", "title", "after"),
    [
        (
            "Warm summers melt more ice than winter snow restores.",
            "uncited", "Add the citation", "Warm summers melt more ice than winter snow restores [[glaciers]].",
        ),
        (
            "The glaciers of the Alps lost 6% of their ice in 2022 [[nap-pupils]].",
            "miscited", "Replace the citation", "The glaciers of the Alps lost 6% of their ice in 2022 [[glaciers]].",
        ),
    ],
)  # fmt: skip
def test_what_was_found_is_mended(editor: Editor, write: Any, sentence: str, code: str, title: str, after: str) -> None:
    text = f"# Draft\n\n🏔️ {sentence}\n"
    uri = write(text)
    assert code in codes(editor.published(uri))
    action = act(editor.actions(uri, (2, 5), (2, 5), only=["quickfix"]), title)
    assert applied(text, edits(action, uri)) == text.replace(sentence, after)


def test_all_mentions_are_linked_at_once(editor: Editor, write: Any) -> None:
    text = "# Draft\n\nNaps of pupils: the siesta effect.\n\n雪崩 🏔️ は予測できるか? is asked.\n"
    uri = write(text)
    (action,) = editor.actions(uri, (0, 0), (0, 0), only=["source"])
    assert "edit" not in action, "looked for once it is chosen"
    after = applied(text, edits(editor.ask("codeAction/resolve", action), uri))
    assert "[[nap-pupils|Naps of pupils]]" in after
    assert "[[nap-recall|siesta effect]]" in after
    for link in ("[[nap-pupils|", "[[nap-recall|", "[[雪崩|"):
        after = after.replace(link, "")
    assert after.replace("]]", "") == text


def test_a_missing_note_is_begun_from_what_is_known_of_it(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\nThey are [[Yedoma deposits]].\n", "ice/new.md")
    action = act(editor.actions(uri, (2, 15), (2, 15)), "Write the missing note: ice/Yedoma deposits.md")
    create, change = action["edit"]["documentChanges"]
    assert create["kind"] == "create"
    assert unquote(create["uri"]).endswith("/vault/ice/Yedoma deposits.md")
    assert change["edits"][0]["newText"].startswith("# Yedoma deposits\n")


@pytest.mark.parametrize("target", ["../../outside", "glaciers", "picture.png", "https://example.org/x"])
def test_no_note_is_begun_outside_the_vault_or_where_one_is(editor: Editor, write: Any, target: str) -> None:
    uri = write(f"# Draft\n\nSee [[{target}]].\n")
    assert [each["title"] for each in editor.actions(uri, (2, 6), (2, 6), only=["quickfix"])] == []


def renamed(editor: Editor, edit: dict[str, Any]) -> dict[str, str]:
    """What files and buffers hold once an editor has done as it was told, by path."""
    vault = editor.vault
    texts: dict[str, str] = {}

    def path_of(uri: str) -> str:
        return Path(unquote(urlsplit(uri).path)).relative_to(vault).as_posix()

    for change in edit["documentChanges"]:
        if change.get("kind") == "rename":
            old = path_of(change["oldUri"])
            texts[path_of(change["newUri"])] = texts.pop(old, "") or (vault / old).read_text("utf-8")
        else:
            path = path_of(change["textDocument"]["uri"])
            texts[path] = applied((vault / path).read_text("utf-8"), change["edits"])
    return texts


def test_a_note_is_renamed_with_all_links_to_it(editor: Editor) -> None:
    uri = editor.open("sleep/nap-recall.md")
    at = editor.ask("textDocument/prepareRename", editor.at(uri, 7, 5))
    assert at["placeholder"] == "Does a nap improve recall?"
    edit = editor.ask("textDocument/rename", editor.at(uri, 7, 5, newName="What does a nap improve?"))
    texts = renamed(editor, edit)
    assert set(texts) == {"sleep/what-does-a-nap-improve.md", "sleep/nap-pupils.md"}
    assert "\n# What does a nap improve?\n" in texts["sleep/what-does-a-nap-improve.md"]
    pupils = texts["sleep/nap-pupils.md"]
    assert "after a short rest [[what-does-a-nap-improve]]." in pupils
    assert "[the first study](what-does-a-nap-improve.md#how-it-was-measured)" in pupils
    assert "[[what-does-a-nap-improve#How it was measured|its method]]" in pupils
    assert "supports:: [[what-does-a-nap-improve]]" in pupils
    assert edit["documentChanges"][-1]["kind"] == "rename", "the texts change under the names they have"
    (annotation,) = edit["changeAnnotations"].values()
    assert annotation["needsConfirmation"], "to be looked at first"
    editor.close(uri)


def test_a_rename_counts_in_what_was_not_saved(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\n🏔️ [[glaciers|Ice]] and [[ice/glaciers.md#top]] and ![[glaciers]] but [[nap-recall]].\n")
    edit = editor.ask("textDocument/rename", editor.at(uri, 2, 8, newName="Melting"))
    mine = next(each for each in edit["documentChanges"] if each.get("textDocument", {}).get("uri") == uri)
    assert mine["textDocument"]["version"] == editor.versions[uri]
    text = "# Draft\n\n🏔️ [[glaciers|Ice]] and [[ice/glaciers.md#top]] and ![[glaciers]] but [[nap-recall]].\n"
    assert applied(text, mine["edits"]) == (
        "# Draft\n\n🏔️ [[melting|Ice]] and [[ice/melting.md#top]] and ![[melting]] but [[nap-recall]].\n"
    )


def test_a_link_by_an_alias_keeps_it(editor: Editor, write: Any) -> None:
    uri = write("# Draft\n\nThe [[siesta effect]] and [[Does a nap improve recall?]].\n")
    edit = editor.ask("textDocument/rename", editor.at(uri, 2, 8, newName="What does a nap improve?"))
    mine = next(each for each in edit["documentChanges"] if each.get("textDocument", {}).get("uri") == uri)
    assert [each["newText"] for each in mine["edits"]] == ["What does a nap improve?"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("Naps of pupils", "nap"), ("/", "cannot be the name"), ("...", "cannot be the name")],
)
def test_a_name_that_no_file_can_have_is_refused(editor: Editor, name: str, told: str) -> None:
    (editor.vault / "sleep" / "naps-of-pupils.md").write_text("# Here\n", encoding="utf-8")
    uri = editor.open("sleep/nap-recall.md")
    error = editor.error("textDocument/rename", editor.at(uri, 7, 5, newName=name))
    assert told in error["message"]
    (editor.vault / "sleep" / "naps-of-pupils.md").unlink()
    editor.close(uri)


def test_away_from_its_title_and_from_links_nothing_is_renamed(editor: Editor) -> None:
    uri = editor.open("sleep/nap-recall.md")
    assert editor.ask("textDocument/prepareRename", editor.at(uri, 9, 5)) is None
    editor.close(uri)


def test_an_editor_that_cannot_rename_files_is_told_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    able = {"workspace": {"workspaceEdit": {"documentChanges": True}}}
    less = Editor(make_vault(tmp_path_factory.mktemp("less")), able=able)
    uri = less.open("sleep/nap-recall.md")
    assert "cannot rename files" in less.error("textDocument/rename", less.at(uri, 7, 5, newName="X"))["message"]
    draft = less.open("ice/new.md", "See [[Yedoma deposits]] and the siesta effect.")
    offered = less.actions(draft, (0, 8), (0, 8))
    assert "Write the missing note" not in json.dumps(offered)
    assert "edit" in act(offered, "Link all mentions"), "it cannot ask for the edit later"
    assert less.leave() == 0

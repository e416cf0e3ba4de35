"""Completion in an editor: links, citekeys and claims, by name and by meaning, from buffers that were never saved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor import Editor, applied, make_vault


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    running = Editor(make_vault(tmp_path_factory.mktemp("completion")))
    yield running
    assert running.leave() == 0
    assert running.strays == [], "something was printed among the messages"


@pytest.fixture
def write(editor: Editor) -> Iterator[Any]:
    opened: list[str] = []

    def writing(text: str, typed: str = "") -> tuple[str, list[dict[str, Any]]]:
        """Open an unsaved buffer with a bar where the cursor is; the text without it, and what is offered."""
        before, _, after = text.partition("|")
        uri = editor.open(f"drafts/{len(opened)}.md", before + after)
        opened.append(uri)
        character = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
        return before + after, editor.complete(uri, before.count("\n"), character, typed)

    yield writing
    for uri in opened:
        editor.close(uri)


def chosen(text: str, items: list[dict[str, Any]], label: str) -> str:
    """The text after the item of that label was chosen."""
    item = next(each for each in items if each["label"].startswith(label))
    return applied(text, [item["textEdit"], *item.get("additionalTextEdits", [])])


@pytest.mark.parametrize(
    ("draft", "label", "after"),
    [
        ("See [[glac|", "How fast do glaciers melt?", "See [[glaciers]]"),
        ("See [[fast melt|", "How fast do glaciers melt?", "See [[glaciers]]"),
        ("See [[nap rec|]] there.", "Does a nap improve recall?", "See [[nap-recall]] there."),
        ("See [[nap rec|] there.", "Does a nap improve recall?", "See [[nap-recall]] there."),
        ("By alias [[siesta|", "Does a nap improve recall?", "By alias [[nap-recall]]"),
        ("Not written yet [[yedo|", "Yedoma deposits", "Not written yet [[Yedoma deposits]]"),
        ("🏔️ 雪崩 [[雪|]]。", "雪崩 🏔️ は予測できるか?", "🏔️ 雪崩 [[雪崩]]。"),
    ],
)
def test_a_link_is_completed_by_any_of_the_names(write: Any, draft: str, label: str, after: str) -> None:
    text, items = write(draft)
    assert items[0]["label"] == label
    assert chosen(text, items, label) == after


def test_a_link_is_completed_by_the_meaning_of_the_sentence(write: Any) -> None:
    text, items = write("# Ice\n\nNothing here.\n\n- Ice in the mountains shrinks each warm summer [[|", "[")
    assert items[0]["label"] == "How fast do glaciers melt?"
    assert "near in meaning" in items[0]["detail"]
    assert chosen(text, items, "How fast").endswith("each warm summer [[glaciers]]")


def test_the_sentence_at_hand_counts_and_not_the_one_before(write: Any) -> None:
    _, items = write("Glaciers melt in summer. Students who sleep after class remember more [[|", "[")
    assert items[0]["label"] in ("Does a nap improve recall?", "Naps of pupils")


def test_what_is_found_by_meaning_is_not_filtered_away(write: Any) -> None:
    """An editor keeps what has the letters typed; each item says that it has."""
    _, items = write("Ice in the mountains shrinks each warm summer [[zz|")
    assert {each["filterText"] for each in items} == {"[[zz"}
    assert "How fast do glaciers melt?" in [each["label"] for each in items]


def test_a_citekey_is_completed_by_key_and_by_meaning(write: Any) -> None:
    text, items = write("Recall improves [@ort|")
    assert chosen(text, items, "Does a nap") == "Recall improves [@ortega2024nap]"
    text, items = write("Students who sleep after class remember more [@|]", "@")
    assert chosen(text, items, "Does a nap") == "Students who sleep after class remember more [@ortega2024nap]"


def test_a_note_without_a_citekey_is_not_offered_as_one(write: Any) -> None:
    _, items = write("The glaciers of the Alps melt fast [@|", "@")
    assert "How fast do glaciers melt?" not in [each["label"] for each in items]


def test_a_claim_comes_with_its_citation(write: Any) -> None:
    text, items = write("In the Alps: [[glac|")
    assert chosen(text, items, "“The glaciers of the Alps lost") == (
        "In the Alps: The glaciers of the Alps lost 6% of their ice in 2022. [[glaciers]]"
    )


def test_a_sentence_begun_is_completed_by_a_claim(write: Any) -> None:
    text, items = write("# Ice\n\nSo it is. The glaciers of the Alps|")
    assert chosen(text, items, "“The glaciers") == (
        "# Ice\n\nSo it is. The glaciers of the Alps lost 6% of their ice in 2022 [[glaciers]]."
    )


def test_a_sentence_begun_on_the_line_above_is_replaced_whole(write: Any) -> None:
    text, items = write("🏔️ So it is. The glaciers\nof the Alps have|")
    after = chosen(text, items, "“The glaciers")
    assert after == "🏔️ So it is. The glaciers of the Alps lost 6% of their ice in 2022 [[glaciers]]."


@pytest.mark.parametrize(
    "draft", ["Two words|", "```\nx = a[[|", "A sentence that no note has anything to say on: zebras|"]
)
def test_silence_is_an_answer(write: Any, draft: str) -> None:
    assert write(draft)[1] == []


def test_a_note_is_not_offered_to_itself(editor: Editor) -> None:
    uri = editor.open("ice/glaciers.md", "# How fast do glaciers melt?\n\nGlaciers melt, as in [[glac")
    assert "How fast do glaciers melt?" not in [each["label"] for each in editor.complete(uri, 2, 27)]
    editor.close(uri)


def test_what_a_note_says_is_looked_up_for_the_item_looked_at(editor: Editor, write: Any) -> None:
    _, items = write("See [[nap rec|")
    assert "documentation" not in items[0]
    shown = editor.ask("completionItem/resolve", items[0])["documentation"]["value"]
    assert "Does a nap improve recall?" in shown and "improves the recall of students" in shown
    claim = next(each for each in items if each["label"].startswith("“"))
    assert "sleep/nap-recall.md, line" in editor.ask("completionItem/resolve", claim)["documentation"]["value"]


def test_each_letter_asks_again(write: Any, editor: Editor) -> None:
    uri = editor.open("letters.md", "See [[")
    for at, letter in enumerate("glac"):
        editor.type(uri, letter, line=0, start=6 + at)
    assert editor.complete(uri, 0, 10)[0]["label"] == "How fast do glaciers melt?"
    editor.close(uri)


def test_drafts_outside_the_vault_and_without_a_file_are_completed(editor: Editor, tmp_path: Path) -> None:
    for uri in (
        editor.open("untitled:Untitled-1", "See [[glac"),
        editor.open((tmp_path / "x.md").as_uri(), "See [[glac"),
    ):
        assert editor.complete(uri, 0, 10)[0]["textEdit"]["newText"] == "[[glaciers]]"
        editor.close(uri)

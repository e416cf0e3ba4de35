"""`notes.suggest`: which notes are offered for a draft, why, and how the link is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import sync
from kb.settings import Settings, load_settings
from kb.store import open_store
from notes.draft import Draft, draft_of
from notes.edit import Edit, edited
from notes.suggest import SHOWN, Suggester, Suggestion

NOTES = {
    "nap-recall": "---\ncitekey: lahl2008\nauthors: [Olaf Lahl, Jan Born]\nyear: 2008\narxiv: '0801.12345'\n---\n# Does a nap improve recall?\n\n"
    "A nap of 20 minutes after a lesson improved the recall of students by 12.4% over 310 trials.\n\ncontradicts:: [[nap-nothing]]\n",
    "nap-nothing": "# Does a nap change nothing?\n\nA nap after a lesson changed nothing in the recall of students who were rested.\n",
    "spindles": "---\naliases: [sigma bursts]\n---\n# What are sleep spindles?\n\nSpindles are bursts of 11 to 16 Hz in light sleep. "
    "They were seen after learning, see [[nap-recall]].\n",
    "glaciers": "# How fast do glaciers melt?\n\nThe glaciers of the Alps lost 6% of their ice in 2022, see [[spindles]].\n",
    "index": "# Index\n\nAll about a nap, a lesson and the recall of students: [[nap-recall]], [[nap-nothing]].\n",
    "report": "---\ntopics: [kb-report]\n---\n# What is known of naps?\n\nA nap of 20 minutes after a lesson improved the recall of students by 12.4%.\n",
}


def made(folder: Path, notes: dict[str, str] = NOTES) -> Path:
    for name, text in notes.items():
        file = folder / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    sync(folder, load_settings(folder))
    return folder


@pytest.fixture(scope="module")
def suggester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suggester]:
    vault = made(tmp_path_factory.mktemp("vault"))
    with open_store(vault) as store:
        suggester = Suggester(store, Settings())
        yield suggester
        suggester.close()


def read(suggester: Suggester, text: str, path: str = "draft.md") -> Draft:
    draft = draft_of(suggester.store, text, path)
    assert draft is not None
    return draft


def suggested(suggester: Suggester, text: str, path: str = "draft.md") -> list[Suggestion]:
    return suggester.suggest(read(suggester, text, path))


def of(found: list[Suggestion], note: str) -> Suggestion:
    return next(each for each in found if each.note == f"{note}.md")


def test_a_mention_is_linked_where_it_stands(suggester: Suggester) -> None:
    text = "In light sleep there are sigma\nbursts now and then."
    found = of(suggested(suggester, text), "spindles")
    assert (found.kind, found.text, found.why) == ("mention", "sigma\nbursts", "mentions its alias")
    assert (
        edited(text, [Edit(*found.at, found.insert)])
        == "In light sleep there are [[spindles|sigma bursts]] now and then."
    )


def test_the_same_finding_is_known_by_its_numbers(suggester: Suggester) -> None:
    text = "After a short nap students recalled a lesson better by 12.4%. Why is open."
    found = suggested(suggester, text)[0]
    assert (found.note, found.kind, found.why) == ("nap-recall.md", "numbers", "gives the same finding: 12.4%")
    assert found.claim is not None
    new = edited(text, [Edit(*found.at, found.insert)])
    assert new == "After a short nap students recalled a lesson better by 12.4% [[nap-recall]]. Why is open."


@pytest.mark.parametrize(
    "text",
    ["Lahl et al. (2008) put people to bed.", "The work of Lahl and Born is old.", "It is at arXiv:0801.12345 now."],
)
def test_a_source_is_known_by_its_author_and_by_its_number(suggester: Suggester, text: str) -> None:
    found = of(suggested(suggester, text), "nap-recall")
    assert found.kind == "source"
    assert found.score >= SHOWN


@pytest.mark.parametrize("text", ["Lahl was there.", "Lahl et al. (1999) saw it.", "In 2008 people slept more."])
def test_a_name_alone_or_another_year_is_no_source(suggester: Suggester, text: str) -> None:
    assert all(each.kind != "source" for each in suggested(suggester, text))


def test_what_an_author_set_against_a_claim_argues_against_the_sentence(suggester: Suggester) -> None:
    text = "A nap of 20 minutes after a lesson improved the recall of students."
    found = of(suggested(suggester, text), "nap-nothing")
    assert (found.kind, found.why) == ("against", "argues against it (stated by the author)")


def test_what_is_linked_in_the_paragraph_is_not_offered_again(suggester: Suggester) -> None:
    linked = "A nap of 20 minutes improved the recall of students by 12.4% [[nap-recall]]. Recall gained by a nap."
    assert all(each.note != "nap-recall.md" for each in suggested(suggester, linked))
    elsewhere = "It is in [[nap-recall]].\n\nA nap after a lesson improved the recall of students."
    assert of(suggested(suggester, elsewhere), "nap-recall").score > 0


def test_its_own_note_an_index_and_a_saved_report_are_never_offered(suggester: Suggester) -> None:
    text = (
        "# Does a nap improve recall?\n\nA nap of 20 minutes after a lesson improved the recall of students by 12.4%."
    )
    notes = {each.note for each in suggested(suggester, text, "nap-recall.md")}
    assert notes
    assert not notes & {"nap-recall.md", "index.md", "report.md"}


def test_what_no_note_speaks_of_gets_no_suggestion_worth_showing(suggester: Suggester) -> None:
    text = "The violin was tuned before the concert began. Her bicycle had a flat tyre that morning."
    assert [each for each in suggested(suggester, text) if each.score >= SHOWN] == []


def test_a_span_asks_for_its_sentences_only(suggester: Suggester) -> None:
    draft = read(suggester, "Sigma bursts are short.\n\nThe glaciers of the Alps lost ice in 2022.")
    within = suggester.suggest(draft, within=(0, 5))
    assert within
    assert all(each.line == 1 for each in within)


def test_order_and_number(suggester: Suggester) -> None:
    draft = read(suggester, "A nap helps recall. Sigma bursts are short. Glaciers melt fast in the Alps.")
    every = suggester.suggest(draft)
    assert [each.score for each in every] == sorted((each.score for each in every), reverse=True)
    assert all(0 <= each.score <= 1 and draft.text[each.start : each.end] == each.text for each in every)
    assert suggester.suggest(draft, most=2) == every[:2]


def test_a_changed_base_is_noticed(tmp_path: Path) -> None:
    vault = made(tmp_path)
    with open_store(vault) as store:
        suggester = Suggester(store, Settings())
        text = "They spoke of the Tromsø protocol at length."
        assert all("tromso" not in each.note for each in suggested(suggester, text))
        made(vault, {"tromso": "# Tromsø protocol\n\nIt says how long a patient sleeps in the laboratory.\n"})
        assert of(suggested(suggester, text), "tromso").insert == "[[tromso|Tromsø protocol]]"
        suggester.close()


@pytest.mark.parametrize(
    ("link", "over", "behind"),
    [
        ("wikilink", "[[spindles|Sigma bursts]]", " [[nap-recall]]"),
        ("markdown", "[Sigma bursts](spindles.md)", " ([Does a nap improve recall?](nap-recall.md))"),
        ("citekey", "[[spindles|Sigma bursts]]", " [@lahl2008]"),
        ("title", "[[spindles|Sigma bursts]]", " Does a nap improve recall?"),
        ("", "[[spindles|Sigma bursts]]", " [[nap-recall]]"),
    ],
)
def test_a_link_is_written_as_the_setting_says(suggester: Suggester, link: str, over: str, behind: str) -> None:
    other = Suggester(suggester.store, Settings.model_validate({"link": link}), suggester.retriever)
    found = suggested(other, "Sigma bursts are short. Recall of a lesson was 12.4% better after a nap of students.")
    assert (of(found, "spindles").insert, of(found, "nap-recall").insert) == (over, behind)


@pytest.mark.parametrize(
    ("notes", "insert"),
    [
        ({"a/X y": "# X y z\n\nSee [[b/V w]].", "b/V w": "# V w u\n\nSee [[a/X y]], [[a/X y|it]]."}, "[[a/X y|X y z]]"),
        ({"a/X y": "# X y z\n\nSee [[V w u]].", "b/V w": "# V w u\n\nSee [[X y z]], [[X y z]]."}, "[[X y z]]"),
        ({"a/X y": "# X y z\n\n[v](../b/V%20w.md)", "b/V w": "# V w u\n\n[x](../a/X%20y.md) [x](../a/X%20y.md)"}, "[X y z](../a/X%20y.md)"),
    ],
)  # fmt: skip
def test_without_a_setting_links_are_written_as_the_author_writes_them(
    tmp_path: Path, notes: dict[str, str], insert: str
) -> None:
    with open_store(made(tmp_path, notes)) as store:
        suggester = Suggester(store, Settings())
        assert of(suggested(suggester, "Now X y z comes.", "b/draft.md"), "a/X y").insert == insert
        suggester.close()


def test_a_link_goes_behind_mark_up_that_ends_a_sentence(suggester: Suggester) -> None:
    text = "After a nap students recalled a lesson better by 12.4% of [words](https://example.org)"
    found = of(suggested(suggester, text), "nap-recall")
    assert found.at == (len(text), len(text))

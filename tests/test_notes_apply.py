"""`notes.unasked`: what `kb links --apply` puts in: never a note for its opposite, and nothing at the second time."""

from collections.abc import Iterator

import pytest

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from notes.apply import links_to_apply
from notes.draft import Draft, draft_of
from notes.edit import Edit, edited
from notes.suggest import APPLIED, Suggester

NOTES = {
    "coffee": "# Does coffee replace sleep?\n\nCoffee does not restore the attention of drivers after a night without sleep.\n",
    "nap": "---\nauthors: [Olaf Lahl, Jan Born]\nyear: 2008\n---\n# Does a nap improve recall?\n\nA nap of 20 minutes after a lesson improved the recall of students by 12%.\n",
    "dreams": "# What are dreams for?\n\nVivid dreams in early sleep strengthen the memory of faces seen on the same day.\n",
    "lamps": "# Bright lamps\n\nBright lamps in the evening delay the sleep of pupils by an hour.\n",
    "faces": "# Memory of faces\n\nThe memory of faces seen on the same day grows by a quarter after sleep, see [[dreams]].\n",
}


@pytest.fixture(scope="module")
def suggester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suggester]:
    vault = tmp_path_factory.mktemp("vault")
    for name, text in NOTES.items():
        (vault / f"{name}.md").write_text(text, encoding="utf-8")
    sync(vault, Settings())
    with open_store(vault) as store:
        suggester = Suggester(store, Settings())
        yield suggester
        suggester.close()


def read(suggester: Suggester, text: str) -> Draft:
    draft = draft_of(suggester.store, text, "draft.md")
    assert draft is not None
    return draft


def put_in(suggester: Suggester, text: str, least: float = APPLIED, limit: int | None = None) -> str:
    found = links_to_apply(suggester, read(suggester, text), least, limit)
    return edited(text, [Edit(*each.at, each.insert) for each in found])


OPPOSITES = [
    ("coffee.md", "Coffee restores the attention of drivers after a night without sleep."),
    ("coffee.md", "Coffee does restore the attention of drivers after a night without sleep."),
    ("nap.md", "A nap of 20 minutes after a lesson lowered the recall of students by 12%."),
    ("dreams.md", "Vivid dreams in early sleep do not strengthen the memory of faces seen on the same day."),
    ("lamps.md", "Bright lamps in the evening do not delay the sleep of pupils by an hour."),
]
"""Alike in words, in figures and by the title mentioned."""


@pytest.mark.parametrize(("note", "sentence"), OPPOSITES)
def test_a_note_that_opposes_is_offered_as_such_and_never_put_in_unasked(
    suggester: Suggester, note: str, sentence: str
) -> None:
    (found,) = [each for each in suggester.suggest(read(suggester, sentence)) if each.note == note]
    assert found.kind == "against" and "argues against it" in found.why
    assert f"[[{note[:-3]}" not in put_in(suggester, sentence, 0.05)


def test_what_agrees_is_put_in(suggester: Suggester) -> None:
    text = "A nap of 20 minutes after a lesson improved the recall of students by 12%."
    assert put_in(suggester, text) == f"{text[:-1]} [[nap]]."


TEXT = (
    "A nap of 20 minutes after a lesson improved the recall of students by 12%. Vivid dreams in early sleep strengthen the memory of "
    "faces seen on the same day. Bright lamps are bad.\n\nThe memory of faces is better after dreams.\n\nPupils sleep late, by an hour, in the "
    "evening with bright lamps. Coffee restores the attention of drivers after a night without sleep.\n"
)


@pytest.mark.parametrize("least", [0.5, 0.3, 0.15, 0.05])
def test_the_second_time_nothing_changes(suggester: Suggester, least: float) -> None:
    once = put_in(suggester, TEXT, least)
    assert "[[nap" in once and "[[coffee" not in once
    assert put_in(suggester, once, least) == once


def test_no_more_than_the_limit_and_the_best_first(suggester: Suggester) -> None:
    every = links_to_apply(suggester, read(suggester, TEXT), 0.05)
    assert len(every) > 2
    assert links_to_apply(suggester, read(suggester, TEXT), 0.05, 2) == every[:2]


def test_a_sentence_with_a_link_gets_no_second_source(suggester: Suggester) -> None:
    text = "Vivid dreams in early sleep strengthen the memory of faces seen on the same day [[lamps]]."
    assert put_in(suggester, text, 0.05).count("[[dreams]]") == 0

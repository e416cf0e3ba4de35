"""`notes/contradicted.py`: when a claim denies a sentence of a draft, and when it speaks of something else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import sync
from kb.language.judge import BOX
from kb.language.onnx import WEIGHTS
from kb.settings import Settings
from kb.store import Store, open_store
from notes.check import Checker
from notes.draft import draft_of
from notes.finding import Finding

NOTES = {
    "tutors": "# Do tutors help?\n\nHuman tutors raise the scores of weak pupils on algebra but not on geometry.\n\n"
    "Peer tutors lift first-year pupils but not older pupils.\n",
    "checking": "# Can pupils check themselves?\n\nPupils cannot find the errors in their own essays.\n\n"
    "Teachers can predict the grades of unseen essays from one paragraph.\n",
    "hints": "# Which hints help?\n\nOnly accurate hints shorten the time that pupils need for a proof.\n\n"
    "A request to reconsider acts as a hint, which turns correct answers into incorrect ones.\n",
    "praise": "# When does praise help?\n\nSteady praise improves the spelling of shy pupils; sudden or ironic praise does not.\n",
    "pupils-cannot-grade-their-own-essays-without-a-key": "# Can grading be left to pupils?\n\n"
    "Marks that 40 classes gave themselves agreed with those of two examiners on one page in six.\n",
    "short-lessons-beat-long-lectures-on-recall": "# When does length matter?\n\n"
    "Across 40 classes, recall a week later was higher after the ten-minute form than after the hour.\n",
}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    vault = tmp_path_factory.mktemp("school")
    for name, text in NOTES.items():
        (vault / f"{name}.md").write_text(text)
    sync(vault, Settings())
    with open_store(vault, create=False) as store:
        yield store


GUARDS = Settings(judge="guards")


def found(store: Store, sentence: str, settings: Settings = GUARDS) -> list[Finding]:
    draft = draft_of(store, f"# Mine\n\n{sentence}\n", "draft.md")
    assert draft is not None
    return Checker(store, settings).check(draft)


DENIED = {
    "Pupils can find the errors in their own essays.": "cannot find the errors",
    "Teachers cannot predict the grades of unseen essays from one paragraph.": "can predict the grades",
    "Inaccurate hints shorten the time that pupils need for a proof.": "Only accurate hints",
}
IN_OTHER_WORDS = (
    "Peer tutors lift every pupil.",
    "Human tutors raise the scores of weak pupils on geometry.",
    "Sudden or ironic praise improves the spelling of shy pupils.",
    "Steady praise does not improve the spelling of shy pupils.",
    "Long lectures are remembered better than short lessons.",
    "Asking pupils to think again mends their mistakes.",
)
FINE = (
    "Peer tutors lift all pupils of the first year.",
    "Pupils can find the errors in the essays of others.",
    "Teachers cannot predict the grades of unseen essays from their titles.",
    "Short hints shorten the time that pupils need for a proof.",
    "Sudden or ironic praise does not improve the spelling of shy pupils.",
    "Steady praise improves the spelling of shy pupils.",
    "A request to reconsider acts as a hint, which turns correct answers into incorrect ones.",
    "Short lessons beat long lectures on recall.",
)


@pytest.mark.parametrize("sentence", DENIED)
def test_a_claim_denies_it(school: Store, sentence: str) -> None:
    (finding,) = found(school, sentence)
    assert finding.code == "contradicted" and DENIED[sentence] in finding.message


@pytest.mark.parametrize("sentence", FINE)
def test_no_claim_denies_it(school: Store, sentence: str) -> None:
    assert "contradicted" not in [each.code for each in found(school, sentence)]


@pytest.mark.skipif(not (WEIGHTS / BOX).is_file(), reason="the judge's file is not in the wheel")
def test_denials_that_only_a_judge_can_tell(school: Store) -> None:
    """A table with a floor (2 of 6 measured): whoever always warns, or never does, falls under it."""
    said = [bool(found(school, sentence, Settings())) for sentence in IN_OTHER_WORDS]
    alarms = [any(one.code == "contradicted" for one in found(school, sentence, Settings())) for sentence in FINE]
    assert sum(said) > sum(alarms)


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
def test_a_copy_of_a_note_is_not_contradicted_by_the_note(school: Store, text: str) -> None:
    body = text.split("\n\n", 1)[1]
    assert "contradicted" not in [each.code for each in found(school, body)]


ALMOST = {
    "Peer reading and solo reading act differently on recall.": "Peer reading and solo reading act alike on recall.",
    "No class forgets when spaced tests accumulate beside the first lesson.": "Every class forgets when spaced tests accumulate beside the first lesson.",
    "Later trials credit the length of the lesson, not the hour of the day.": "Later trials credit the hour of the day, not the length of the lesson.",
    "Eager pupils spend excessive effort on simple exercises in class.": "Eager pupils spend little effort on simple exercises in class.",
    "Night study works no better than day study for young pupils.": "Night study works better than day study for young pupils.",
}


@pytest.mark.parametrize("said", ALMOST)
def test_a_note_is_not_said_to_say_the_contrary(tmp_path: Path, said: str) -> None:
    (tmp_path / "lessons.md").write_text(f"# What do lessons do?\n\n{said}\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path, create=False) as store:
        assert "uncited" in [each.code for each in found(store, said)]
        assert "uncited" not in [each.code for each in found(store, ALMOST[said])]

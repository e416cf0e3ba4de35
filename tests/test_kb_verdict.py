"""The door of meaning: exact guards, what is asked of the judge, and what it said kept by content."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.language.closed_class import are_antonyms, is_negator
from kb.language.diff import difference
from kb.language.encoder import WEIGHTS
from kb.language.judge import BOX, SHA256, CrossEncoder, Opinion, Pair, boxed
from kb.language.opinions import GUARDS, Opinions, open_opinions
from kb.language.verdict import verdicts
from kb.settings import Settings

LABELS = Path(__file__).resolve().parent.parent / "bench" / "labels"


class Scripted:
    """A judge that says what it was told to, and remembers what it was asked."""

    name = "scripted"

    opinion = Opinion(0.1, 0.7, 0.1, 0.1)

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def opinions(self, pairs: Sequence[Pair]) -> list[Opinion]:
        self.asked += pairs
        return [self.opinion for _ in pairs]


CLAIM = "In small firms the training raised output by 12% within two years, and it often kept staff longer."


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("In small firms the training raised output by 19% within two years, and it often kept staff longer.", "number"),
        ("In small firms the training did not raise output by 12% within two years, and it often kept staff longer.", "negation"),
        ("In small firms the training lowered output by 12% within two years, and it often kept staff longer.", "antonym"),
        ("In small firms the training raised output by 12% within two years, and it always kept staff longer.", "quantifier"),
        ("In small firms the training raised output by 12% within two years, and it often kept workers longer.", ""),
        ("The training raised output by 12% within two years.", ""),
        ("Within two years small firms saw their output rise.", ""),
    ],
)  # fmt: skip
def test_near_copies_are_told_by_the_one_word_that_turns_them(sentence: str, kind: str) -> None:
    found = difference(CLAIM, sentence)
    assert (found.kind if found else "") == kind


def test_how_much_is_no_other_verb() -> None:
    found = difference(
        "Random labels hardly lower accuracy on these tasks.", "Random labels strongly lower accuracy on these tasks."
    )
    assert found is not None and (found.kind, found.said) == ("negation", "labels strongly lower")


def test_two_turns_are_left_to_the_judge() -> None:
    assert (
        difference("Men signed more often than women did there.", "Women signed less often than men did there.") is None
    )
    assert (
        difference("Net wealth was the same after four years.", "Net wealth was no different after four years.") is None
    )


def test_guards_speak_in_words_and_the_judge_is_asked_the_rest() -> None:
    judge = Scripted()
    turned = "In small firms the training lowered output by 12% within two years, and it often kept staff longer."
    found = verdicts([(CLAIM, CLAIM), (CLAIM, turned), (CLAIM, "Training helps.")], judge)
    assert [each.label for each in found] == ["agrees", "denies", "denies"]
    assert found[1].words == "“lowered” against “raised”" and not found[2].words
    assert found[2].probability == 0.7 and judge.asked == [(CLAIM, "Training helps.")]


def test_without_a_judge_the_guards_alone_answer() -> None:
    assert [each.label for each in verdicts([(CLAIM, CLAIM), (CLAIM, "Training helps.")], None)] == [
        "agrees",
        "unrelated",
    ]
    assert verdicts([], None) == []


def test_a_judge_that_cannot_be_read_leaves_the_guards(tmp_path: Path) -> None:
    (tmp_path / "judge.onnx").write_bytes(b"no model")
    found = verdicts([(CLAIM, CLAIM), (CLAIM, "Training helps.")], CrossEncoder(tmp_path / "judge.onnx"))
    assert [each.label for each in found] == ["agrees", "unrelated"]


def test_the_file_is_the_one_that_was_made() -> None:
    assert hashlib.sha256((WEIGHTS / BOX).read_bytes()).hexdigest() == SHA256


def test_the_judge_in_the_box_tells_more_than_the_best_constant() -> None:
    """The open half of the labels; the floor is between the constant (0.25), the old rules (0.44) and what was measured (0.54)."""
    rows = [json.loads(line) for line in (LABELS / "pairs.jsonl").read_text("utf-8").splitlines()]
    fields = list(dict.fromkeys(row["field"] for row in rows))[::2]
    rows = [row for row in rows if row["field"] in fields]
    found = verdicts([(row["claim"], row["sentence"]) for row in rows], boxed())
    right = sum(each.label == row["label"] for each, row in zip(found, rows, strict=True))
    assert right / len(rows) >= 0.48


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    judge = Scripted()
    first = Opinions(judge, tmp_path)
    pairs = [("a claim", "a sentence"), ("a claim", "another"), ("a claim", "a sentence")]
    said = first.opinions(pairs)
    assert len(judge.asked) == 2 and said[0] == said[2]
    first.close()
    again = Opinions(judge, tmp_path)
    assert again.opinions(pairs) == said and len(judge.asked) == 2
    assert again.opinions([("a sentence", "a claim")]) and len(judge.asked) == 3, "the order tells"
    again.close()


def test_a_vault_may_want_guards_alone(tmp_path: Path) -> None:
    assert open_opinions(Settings(judge=GUARDS), tmp_path) is None
    assert open_opinions(Settings(judge="./no-such-folder"), tmp_path / ".kb") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("rises", "falls"), ("stable", "unstable"), ("always", "never"), ("higher", "lower"), ("helps", "hurts")],
)
def test_antonyms(one: str, other: str) -> None:
    assert are_antonyms(one, other) and are_antonyms(other, one)
    assert not are_antonyms(one, one)


def test_negators() -> None:
    assert is_negator("not") and is_negator("doesn't") and not is_negator("note")

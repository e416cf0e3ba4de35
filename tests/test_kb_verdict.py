"""The door of meaning: exact guards, what is asked of the judge, and what it said kept by content."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.language.closed_class import are_antonyms, is_negator
from kb.language.judge import BOX, SHA256, CrossEncoder, Opinion, Pair, boxed
from kb.language.onnx import WEIGHTS
from kb.language.opinions import GUARDS, Opinions, open_opinions
from kb.language.verdict import Verdict, verdicts
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


def test_guards_speak_in_words_and_the_judge_is_asked_the_rest() -> None:
    judge = Scripted()
    turned = "In small firms the training lowered output by 12% within two years, and it often kept staff longer."
    found = verdicts([(CLAIM, CLAIM), (CLAIM, turned), (CLAIM, "Training helps.")], judge)
    assert [each.label for each in found] == ["agrees", "denies", "denies"]
    assert found[1].words == "“lowered” against “raised”" and not found[2].words
    assert found[2].probability == 0.7 and judge.asked == [(CLAIM, "Training helps.")]


def test_a_guards_word_is_worth_more_than_a_models_and_all_for_one_label() -> None:
    says_all = "In small firms the training raised output by 12% within two years, and it all kept staff longer."
    wider, says_more = CLAIM.replace("often", "always"), CLAIM.replace("it often", "it")
    pairs = [(CLAIM, CLAIM), (CLAIM, CLAIM.replace("12%", "19%")), (CLAIM, wider), (says_more, says_all)]
    stands, denied, limited, further = verdicts(pairs, None)
    assert stands == Verdict("agrees", 1.0, "it stands there", denies=0.0, agrees=1.0, limits=0.0)
    assert (denied.label, denied.words) == ("denies", "“19%” against “12%”")
    assert (limited.label, limited.words) == ("limits", "“always” goes further than “often”")
    assert (further.label, further.words) == ("limits", "“all” goes further")
    for found, mine in ((denied, denied.denies), (limited, limited.limits), (further, further.limits)):
        assert 0.95 < found.probability == mine == found.denies + found.agrees + found.limits < 1.0


def test_what_the_judge_says_is_told_whole() -> None:
    assert verdicts([(CLAIM, "Training helps.")], Scripted()) == [Verdict("denies", 0.7, "", 0.7, 0.1, 0.1)]
    assert verdicts([(CLAIM, "Training helps.")], None) == [Verdict("unrelated", 0.0, "", 0.0, 0.0, 0.0)]


@pytest.mark.parametrize("sentence", ["“It helped.”", "it  HELPED", "Staff stayed!", "It helped. Staff stayed."])
def test_a_sentence_that_stands_in_the_claim_is_found_whatever_its_signs(sentence: str) -> None:
    assert verdicts([("It helped. Staff stayed.", sentence)], None)[0].label == "agrees"
    assert verdicts([("It helped. Staff stayed.", "…")], None)[0].label == "unrelated"


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

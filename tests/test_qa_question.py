"""How a question is read: its kind, a grammatical reading, and what it takes for granted."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.question import read_question


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("Why do random rewards work?", "why"),
        ("why do random rewards work", "why"),
        ("So, why do random rewards work?", "why"),
        ("How does RLVR change sampling?", "how"),
        ("Does RLVR add ability?", "whether"),
        ("Hasn't RLVR been shown to fail?", "whether"),
        ("Can’t models reason without training?", "whether"),
        ("Which rewards work best?", "which"),
        ("When does distillation fail?", "when"),
        ("Under what conditions does RL help?", "when"),
        ("In which cases does SFT fail?", "when"),
        ("How do SFT and RL compare?", "compare"),
        ("RLVR vs. SFT", "compare"),
        ("What is the difference between SFT and RL?", "compare"),
        ("How much data is needed?", "what"),
        ("How many examples does it take?", "what"),
        ("To what extent does shaping help?", "what"),
        ("Who proposed RLVR?", "what"),
        ("training data distribution", "topic"),
        ("entropy", "topic"),
        ("does", "topic"),
        ("", "topic"),
        ("为什么模型会推理？", "topic"),
    ],
)
def test_kinds(asked: str, kind: str) -> None:
    assert read_question(asked).kind == kind


@pytest.mark.parametrize(
    ("asked", "reading"),
    [
        ("Why do random rewards work?", "This asks why random rewards work."),
        ("why does rlvr help small models", "This asks why rlvr helps small models."),
        ("Does RLVR add reasoning ability?", "This asks whether RLVR adds reasoning ability."),
        ("Can models reason?", "This asks whether models can reason."),
        ("Is RL better?", "This asks whether RL is better."),
        ("Why didn't distillation work?", "This asks why distillation did not work."),
        ("When does distillation fail?", "This asks when distillation fails."),
        ("will scaling laws hold up?", "This asks whether scaling laws will hold up."),
        ("Does a policy carry over?", "This asks whether a policy carries over."),
        ("Which rewards work best?", "This asks which rewards work best."),
        ("Which model?", "This asks “Which model?”."),
        ("RLVR vs SFT", "This asks for a comparison: “RLVR vs SFT”."),
        ("training data", "This asks what the notes say about “training data”."),
        ("", "This asks nothing yet."),
        ("  \n ", "This asks nothing yet."),
        ("I wonder how RL works", "This asks how RL works."),
        ("???", "This asks nothing yet."),
        ("asks asks", "This asks what the notes say about “asks asks”."),
        (
            "Why does the model's use of tools improve accuracy?",
            "This asks why the model's use of tools improves accuracy.",
        ),
        ("Does the fact that models learn matter?", "This asks whether the fact that models learn matters."),
        (
            "Is what a reasoning model writes what it thinks?",
            "This asks whether what a reasoning model writes is what it thinks.",
        ),
        ("How does L explain why pruning works?", "This asks how L explains why pruning works."),
    ],
)
def test_readings_are_sentences(asked: str, reading: str) -> None:
    assert read_question(asked).reading == reading


@pytest.mark.parametrize(
    ("asked", "presupposes"),
    [
        ("Why do small models contribute less than large ones?", ("Small models contribute less than large ones.",)),
        ("Does RLVR add ability?", ()),
        ("When does distillation fail?", ()),
        ("training data", ()),
        (
            "How does entropy loss explain why scores stop rising?",
            ("Entropy loss explains why scores stop rising.", "Scores stop rising."),
        ),
        ("Given that entropy collapses early, why does RL help?", ("Entropy collapses early.",)),
        ("Why does RL help even though entropy collapses early?", ("Entropy collapses early.",)),
        ("Why do models lie?", ("Models lie.",)),
        ("Why has progress on reasoning slowed down?", ("Progress on reasoning has slowed down.",)),
    ],
)
def test_what_is_taken_for_granted(asked: str, presupposes: tuple[str, ...]) -> None:
    assert set(presupposes) <= set(read_question(asked).presupposes)
    if not presupposes:
        assert read_question(asked).presupposes == ()


def test_a_long_question_is_read_as_one_line() -> None:
    question = read_question("Why do models\n\tfail " + "again and " * 1500 + "again?")
    assert len(question.text) <= 2000 and "\n" not in question.reading
    assert question.reading.startswith("This asks")


_WORDS = st.sampled_from(
    """why how what which who when does do did is are was can should has have will not a the of to and or that if since
    model models data reward use work show results need scale learn learns make makes improve fail explain because , ? . ! ; : “ ” " ( )
    RL GPT-4 o1 i it they there more better so good trained training been be let's can't isn't given than as 'it' (so) … ¿ 为什么 what's""".split()
)
_ASKED = st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=25).map(" ".join))


@settings(max_examples=400)
@given(_ASKED)
def test_any_text_has_a_reading(text: str) -> None:
    question = read_question(text)
    assert re.fullmatch(r"This asks .+[^.,;:]\.", question.reading)
    assert "\n" not in question.reading and not question.reading.startswith(("This asks asks", "This asks This asks"))
    outside = re.sub(r"“.*”", "“”", question.reading)
    assert not re.search(r"[?!.,;:]\s*[?!.,;:]", outside)
    assert not re.search(r"[?!]", outside)
    assert read_question(text) == question


@settings(max_examples=400)
@given(_ASKED)
def test_what_is_granted_is_a_sentence(text: str) -> None:
    granted = read_question(text).presupposes
    assert len(granted) == len(set(granted)) <= 3
    for statement in granted:
        assert statement.endswith(".") and not statement.endswith("..")
        assert "?" not in statement and "\n" not in statement
        assert len(statement.split()) >= 2
        first = statement.split()[0].split("-")[0]
        assert not first[:1].islower() or re.search(r"[A-Z0-9@_]", first[1:])


def test_every_premise_of_the_gold_is_read() -> None:
    entries = tomllib.loads(Path("tests/gold/questions.toml").read_text(encoding="utf-8"))["premise"]
    assert {entry["question"]: read_question(entry["question"]).presupposes for entry in entries} == {
        entry["question"]: (entry["premise"],) for entry in entries
    }


def test_the_questions_of_the_gold_are_turned_round() -> None:
    gold = tomllib.loads(Path("tests/gold/questions.toml").read_text(encoding="utf-8"))
    asked = [entry["question"] for kind in ("answerable", "premise", "silent") for entry in gold[kind]]
    quoted = [question for question in asked if "“" in read_question(question).reading]
    assert len(quoted) <= len(asked) // 10, quoted


def test_a_phrase_that_is_too_long_to_quote_is_cut_at_a_word() -> None:
    reading = read_question("entropy and loss " * 100).reading
    assert len(reading) < 400 and reading.endswith(("and…”.", "entropy…”.", "loss…”."))

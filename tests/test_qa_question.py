"""How a question is read: its kind, a grammatical reading, and what it takes for granted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clause import uninverted
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
        ("Which rewards work best?", "This asks “Which rewards work best?”."),
        ("RLVR vs SFT", "This asks for a comparison: “RLVR vs SFT”."),
        ("training data", "This asks what the notes say about “training data”."),
        ("", "This asks nothing yet."),
        ("  \n ", "This asks nothing yet."),
        ("Why?", "This asks for reasons: “Why?”."),
        ("I wonder how RL works", "This asks by what means: “how RL works”."),
        pytest.param(
            "Why does the model's use of tools improve accuracy?",
            "This asks why the model's use of tools improves accuracy.",
            marks=pytest.mark.xfail(reason="“use” is taken for the verb: “the model's uses of tools improve”"),
        ),
        pytest.param(
            "Does the fact that models learn matter?",
            "This asks whether the fact that models learn matters.",
            marks=pytest.mark.xfail(reason="the verb of a relative clause is inflected: “models learns matter”"),
        ),
        pytest.param(
            "Is what a reasoning model writes what it thinks?",
            "This asks whether what a reasoning model writes is what it thinks.",
            marks=pytest.mark.xfail(reason="a subject clause is cut: “whether what is a reasoning model writes …”"),
        ),
        pytest.param(
            "How does L explain why pruning works?",
            "This asks how L explains why pruning works.",
        ),
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
        pytest.param(
            "Why do models lie?",
            ("Models lie.",),
            marks=pytest.mark.xfail(reason="a presupposition of two words is dropped"),
        ),
        pytest.param(
            "Why has progress on reasoning slowed down?",
            ("Progress on reasoning has slowed down.",),
            marks=pytest.mark.xfail(reason="no participle after has/have/is is known as the start of a predicate"),
        ),
    ],
)
def test_what_is_taken_for_granted(asked: str, presupposes: tuple[str, ...]) -> None:
    assert set(presupposes) <= set(read_question(asked).presupposes)
    if not presupposes:
        assert read_question(asked).presupposes == ()


@pytest.mark.parametrize(
    ("words", "clause"),
    [
        ("does X improve Y", "X improves Y"),
        ("do the models of the world vary", "the models of the world vary"),
        ("did training help", "training did help"),
        ("doesn't RL generalise", "RL does not generalise"),
        ("has X", None),
        ("flurb X improve", None),
        ("does gribble frob", None),
        ("is attention sufficient for reasoning", "attention is sufficient for reasoning"),
        ("does the model have limits", "the model has limits"),
    ],
)
def test_clauses_are_told_from_word_order(words: str, clause: str | None) -> None:
    found = uninverted(words.split())
    assert (str(found) if found else None) == clause


def test_a_long_question_is_read_as_one_line() -> None:
    question = read_question("Why do models\n\tfail " + "again and " * 1500 + "again?")
    assert len(question.text) <= 2000 and "\n" not in question.reading
    assert question.reading.startswith("This asks")


@given(st.text(max_size=300))
def test_any_text_has_a_reading(text: str) -> None:
    question = read_question(text)
    assert re.fullmatch(r"This asks .+\.", question.reading)
    assert all(statement.endswith(".") and len(statement.split()) >= 2 for statement in question.presupposes)
    assert read_question(text) == question

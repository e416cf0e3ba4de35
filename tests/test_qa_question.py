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
        ("What are the limitations of distillation?", "limits"),
        ("What limits distillation?", "limits"),
        ("What is the capacity gap?", "define"),
        ("What does grokking mean?", "define"),
        ("What is known about grokking?", "what"),
        ("What is the effect of scale on loss?", "what"),
        ("Is it true that RL helps?", "whether"),
        ("Can you explain how RL helps?", "how"),
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
        ("Why do random rewards work?", "This asks for reasons: “Why do random rewards work?”."),
        ("Does RLVR add ability?", "This asks for a yes or no, and its conditions: “Does RLVR add ability?”."),
        ("Which model?", "This asks “Which model?”."),
        ("RLVR vs SFT", "This asks for a comparison: “RLVR vs SFT”."),
        ("What are the limits of RLVR?", "This asks for the limits: “What are the limits of RLVR?”."),
        ("What is grokking?", "This asks what is meant: “What is grokking?”."),
        ("training data", "This asks what the notes say about “training data”."),
        ("What do my notes say about training?", "This asks what the notes say about “training”."),
        ("I wonder how RL works", "This asks by what means: “how RL works”."),
        ("Can you explain why RL works?", "This asks for reasons: “why RL works?”."),
        ("Why do models lie?!", "This asks for reasons: “Why do models lie?”."),
        ("", "This asks nothing yet."),
        ("  \n ", "This asks nothing yet."),
        ("???", "This asks nothing yet."),
    ],
)
def test_readings_are_sentences(asked: str, reading: str) -> None:
    assert read_question(asked).reading == reading


@pytest.mark.parametrize(
    ("asked", "presupposes"),
    [
        ("Why do small models contribute less than large ones?", ("Small models contribute less than large ones.",)),
        ("Why is collapse unavoidable with synthetic text?", ("Collapse unavoidable with synthetic text.",)),
        ("Why can't models solve River Crossing?", ("It is not so that models solve River Crossing.",)),
        ("Can you explain why RL helps Qwen more than Llama?", ("RL helps Qwen more than Llama.",)),
        ("How come models overthink easy problems?", ("Models overthink easy problems.",)),
        ("Given that entropy collapses early, why does RL help?", ("Entropy collapses early.",)),
        ("Why does RL help even though entropy collapses early?", ("Entropy collapses early.",)),
        ("Since models never disclose hints, can monitoring work at all?", ("Models never disclose hints.",)),
        ("Why does it fail on hard problems?", ()),
        ("Why might models hide their intent?", ()),
        ("How should models be trained from scratch?", ()),
        ("Does RLVR add ability?", ()),
        ("When does distillation fail?", ()),
        ("training data", ()),
    ],
)
def test_what_is_taken_for_granted(asked: str, presupposes: tuple[str, ...]) -> None:
    assert read_question(asked).presupposes == presupposes


def test_a_lead_in_is_not_looked_for() -> None:
    for asked in (
        "Is it true that labels matter?",
        "So, do you think labels matter",
        "Is it the case that labels matter?",
    ):
        assert read_question(asked).sought == "Labels matter?"
    assert read_question("can you explain why labels matter").sought == "Why labels matter?"


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


def test_nearly_every_premise_of_the_gold_is_read() -> None:
    entries = tomllib.loads(Path("tests/gold/questions.toml").read_text(encoding="utf-8"))["premise"]
    assert sum(bool(read_question(entry["question"]).presupposes) for entry in entries) >= len(entries) - 2


def test_a_phrase_that_is_too_long_to_quote_is_cut_at_a_word() -> None:
    reading = read_question("entropy and loss " * 100).reading
    assert len(reading) < 400 and reading.endswith(("and…”.", "entropy…”.", "loss…”."))

"""Who does what in a turned-round question: where the subject ends, and how the verb is inflected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clause import auxiliary_of, uninverted
from qa.grammar import bare, is_adjective, is_gerund, is_plural
from qa.verbs import is_only_verb, is_participle, is_past, is_third, may_be_noun, participle, past, third


@pytest.mark.parametrize(
    ("words", "clause"),
    [
        ("does X improve Y", "X | improves Y"),
        ("do the models of the world vary", "the models of the world | vary"),
        ("did training help", "training | helped"),
        ("did models learn and forget", "models | learned and forgot"),
        ("doesn't RL generalise", "RL | does not generalise"),
        ("does RL not generalise", "RL | does not generalise"),
        ("can models not count", "models | cannot count"),
        ("has X", None),
        ("flurb X improve", None),
        ("does gribble frob", None),
        ("is attention sufficient for reasoning", "attention | is sufficient for reasoning"),
        ("does the model have limits", "the model | has limits"),
        # nouns that look like verbs
        ("does the model's use of tools improve accuracy", "the model's use of tools | improves accuracy"),
        ("does tool use improve accuracy", "tool use | improves accuracy"),
        ("does tool use matter", "tool use | matters"),
        ("does the need for data shrink", "the need for data | shrinks"),
        ("do changes in scale show results", "changes in scale | show results"),
        ("do students need to show their work", "students | need to show their work"),
        ("do results on toy tasks transfer to real ones", "results on toy tasks | transfer to real ones"),
        ("does work on safety help", "work on safety | helps"),
        ("does weight decay bring about late gains", "weight decay | brings about late gains"),
        ("does a higher minimum wage reduce employment", "a higher minimum wage | reduces employment"),
        ("does phenomenal awareness overflow access", None),
        # clauses inside the subject
        ("does what a model writes show what it thinks", "what a model writes | shows what it thinks"),
        ("is what a model writes what it thinks", "what a model writes | is what it thinks"),
        ("do people who use tools think less", "people who use tools | think less"),
        ("does the order in which examples appear matter", "the order in which examples appear | matters"),
        ("does the way we train models matter", "the way we train models | matters"),
        (
            "could a model which was trained on noise still reason",
            "a model which was trained on noise | could still reason",
        ),
        ("can models that cannot count learn arithmetic", "models that cannot count | can learn arithmetic"),
        ("are the things the machine refers to the same things", None),
        # what is said with "is"
        ("is giving models the answer a good idea", "giving models the answer | is a good idea"),
        ("is pruning a good way to make a model cheaper", None),
        ("is this still right", "this | is still right"),
        ("is RL making models better", None),
        ("are tokens available at test time useful", None),
        # participles
        ("has progress on reasoning slowed down", "progress on reasoning | has slowed down"),
        ("have models trained on text learned to reason", "models trained on text | have learned to reason"),
        # more than one verb
        ("does RL help Qwen but fail on Llama", "RL | helps Qwen but fails on Llama"),
        ("does RL improve and change", "RL | improves and changes"),
        ("does RL make models lie and stall", None),
        ("does RL improve accuracy and cost", "RL | improves accuracy and cost"),
        ("does let's think help", None),
    ],
)
def test_clauses_are_told_from_word_order(words: str, clause: str | None) -> None:
    found = uninverted(words.split())
    assert (" | ".join(found) if found else None) == clause


def test_an_alternative_is_turned_round_only_when_asked_for() -> None:
    words = "are the jumps real, or do they come from the score".split()
    assert uninverted(words) is None
    assert str(uninverted(words, alternative=True)) == "the jumps are real, or they come from the score"


@pytest.mark.parametrize(
    ("plain", "forms"),
    [
        ("improve", "improves improved improved"),
        ("carry", "carries carried carried"),
        ("stop", "stops stopped stopped"),
        ("transfer", "transfers transferred transferred"),
        ("overfit", "overfits overfitted overfitted"),
        ("write", "writes wrote written"),
        ("overthink", "overthinks overthought overthought"),
        ("teach", "teaches taught taught"),
        ("have", "has had had"),
        ("fine-tune", "fine-tunes fine-tuned fine-tuned"),
        ("distil", "distils distilled distilled"),
        ("lie", "lies lied lied"),
    ],
)
def test_verbs_are_inflected_and_known_again(plain: str, forms: str) -> None:
    assert (third(plain), past(plain), participle(plain)) == tuple(forms.split())
    assert is_only_verb(plain) or may_be_noun(plain) or plain == "have"
    assert is_third(third(plain)) and is_past(past(plain)) and is_participle(participle(plain))


def test_small_words_are_told_by_list_and_ending() -> None:
    assert auxiliary_of("Won’t") == ("will", True) and auxiliary_of("cannot") == ("can", True)
    assert auxiliary_of("LESS") == ("", False) and bare("LESS") == "LESS" and bare("“Wait”,") == "wait"
    assert is_adjective("unavoidable") and is_adjective("unsound") and not is_adjective("variable")
    assert is_plural("children") and is_plural("labels") and not is_plural("loss") and not is_plural("bias")
    assert is_gerund("using") and not is_gerund("during")


@given(
    st.lists(
        st.sampled_from("does is can has the model models that use work improve made better of and , to be".split())
    )
)
def test_a_clause_keeps_every_word_of_the_subject(words: list[str]) -> None:
    found = uninverted(words)
    if found:
        assert " ".join(words[1:]).removeprefix("not ").startswith(found.subject)
        assert found.predicate

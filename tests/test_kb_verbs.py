"""Finite verbs: sentences told from phrases, without a parser."""

import pytest

from kb.language.verbs import has_finite_verb


@pytest.mark.parametrize(
    "text",
    [
        "The result is not robust.",
        "They don't agree.",
        "Accuracy rises with the size of the model.",
        "These include patients with asthma.",
        "This results in longer chains.",
        "Reward models also capture style.",
        "Most agree on this.",
        "Walls that face the rain",
        "The application directly contests Becker on deterrence.",
        "Releases an open dataset",
        "Size → accuracy",
        "The model fell apart.",
    ],
)
def test_a_sentence_holds_a_verb(text: str) -> None:
    assert has_finite_verb(text)


@pytest.mark.parametrize("text", ["The markups cascade into the final price.", "Damp air rusts widgets."])
def test_a_form_that_may_be_a_noun_is_a_verb_where_the_text_ends_like_a_sentence(text: str) -> None:
    assert has_finite_verb(text, ends=True)


@pytest.mark.parametrize(
    "text",
    [
        "The concept of the Wiki Gardener from the 1990s.",
        "A taxonomy of errors in chains of thought.",
        "Methods for fault tolerance in data transmission",
        "Theorem 2 (symmetric, out-of-sample ordinal).",
        "Learning about clocks and causal order",
        "Static threshold vs. sequential search.",
        "",
    ],
)
def test_a_phrase_holds_none(text: str) -> None:
    assert not has_finite_verb(text, ends=text.endswith("."))

"""`ingest/ellipsis.py`: what a sentence says of a second thing by leaving it out."""

import pytest

from ingest.ellipsis import gainsaid, plain

READ_OUT = {
    "Large models follow flipped labels; small ones do not.": (
        "Large models follow flipped labels", "NOT small models do not follow flipped labels",
    ),
    "Dense rewards help, whereas sparse rewards do not.": ("Dense rewards help", "NOT sparse rewards do not help"),
    "Small models do not copy long chains; large ones do.": (
        "NOT Small models do not copy long chains", "large models copy long chains",
    ),
    "Process rewards help on hard problems, and so do outcome rewards.": (
        "Process rewards help on hard problems", "outcome rewards help on hard problems",
    ),
    "Old tutors can revise their notes, but new tutors can too.": (
        "Old tutors can revise their notes", "new tutors revise their notes",
    ),
    "Base models cannot revise their answers, nor can tuned models.": (
        "NOT Base models cannot revise their answers", "NOT tuned models do not revise their answers",
    ),
    "Spurious rewards lift Qwen but not Llama.": ("Spurious rewards lift Qwen", "NOT Spurious rewards do not lift Llama"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", READ_OUT)
def test_both_halves_in_full(sentence: str) -> None:
    assert tuple(f"{'NOT ' if each.denied else ''}{each.text}" for each in plain(sentence)) == READ_OUT[sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "Students learn, but not always.",
        "Students learn from peers, but not because of rewards.",
        "It works, and so it should.",
        "Teachers say that they help; they do not.",
        "The gap closes on seen tasks; on unseen ones it does not.",
        "Rewards are what models seek, and what they do not.",
        "Rewards do not help weak students.",
        "",
        "; do not.",
    ],
)
def test_nothing_is_read_out_where_nothing_plain_is_left_out(sentence: str) -> None:
    assert plain(sentence) == ()


TRUE_ONLY = "True rewards bring steady gains on held-out arithmetic; random or inverted rewards do not."


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("Random or inverted rewards bring steady gains on held-out arithmetic.", TRUE_ONLY),
        ("True rewards do not bring steady gains on held-out arithmetic.", TRUE_ONLY),
        ("Small models follow flipped labels.", "Large models follow flipped labels; small ones do not."),
        ("Spurious rewards lift Llama.", "Spurious rewards lift Qwen but not Llama."),
    ],
)
def test_a_half_denies(said: str, claim: str) -> None:
    assert gainsaid(said, claim) is not None


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("True rewards bring steady gains on held-out arithmetic.", TRUE_ONLY),
        ("Random or inverted rewards do not bring steady gains on held-out arithmetic.", TRUE_ONLY),
        (TRUE_ONLY, TRUE_ONLY),
        ("Small models follow instructions.", "Large models follow flipped labels; small ones do not."),
        ("Large models follow flipped labels.", "Large models follow flipped labels; small ones do not."),
        ("Process rewards help on hard problems.", "Outcome rewards help on hard problems, and so do process rewards."),
    ],
)  # fmt: skip
def test_a_half_that_agrees_or_speaks_of_something_else_denies_nothing(said: str, claim: str) -> None:
    assert gainsaid(said, claim) is None

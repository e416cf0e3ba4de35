"""Near-copies compared word by word: which are compared, where the one change may stand, and what it is called."""

import pytest

from kb.language.diff import Difference, difference

CLAIM = "In small firms the training raised output by 12% within two years, and it often kept staff longer."


def told(claim: str, sentence: str) -> tuple[str, ...]:
    """Kind, the sentence's word, the claim's word; nothing where there is no difference."""
    return tuple(difference(claim, sentence) or ())


def words(first: int, last: int, cycle: int = 1_000) -> str:
    """Words that mean nothing: "w3 w4 w5"; with a cycle, a few that come again and again."""
    return " ".join(f"w{number % cycle}" for number in range(first, last + 1))


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
    assert told(CLAIM, sentence)[:1] == ((kind,) if kind else ())


def test_how_much_is_no_other_verb() -> None:
    assert told(
        "Random labels hardly lower accuracy on these tasks.", "Random labels strongly lower accuracy on these tasks."
    ) == ("negation", "labels strongly lower", "labels hardly lower")


def test_two_turns_are_left_to_the_judge() -> None:
    assert not told("Men signed more often than women did there.", "Women signed less often than men did there.")
    assert not told("Net wealth was the same after four years.", "Net wealth was no different after four years.")
    assert not told(f"{words(1, 9)} 10 {words(11, 20)}", f"{words(1, 4)} {words(6, 9)} 20 {words(11, 20)}")


@pytest.mark.parametrize(("length", "compared"), [(4, False), (5, True), (200, True), (201, False)])
def test_sentences_of_five_to_two_hundred_words_are_compared(length: int, compared: bool) -> None:
    """However often the same few words come in them."""
    before = words(2, length, cycle=8)
    assert bool(told(f"{before} 10", f"{before} 20")) == compared


def test_three_words_of_four_must_be_the_claims() -> None:
    assert told(f"{words(1, 6)} 10 old", f"{words(1, 6)} 20 new") == ("number", "20", "10")
    assert not told(f"{words(1, 5)} 10 old x", f"{words(1, 5)} 20 new y")


def test_a_stretch_of_more_than_five_words_says_another_thing() -> None:
    before = words(1, 30)
    assert told(f"{before} 10 a b c d", f"{before} 20 e f g h") == ("number", "20", "10")
    assert not told(f"{before} 10 a b c d e", f"{before} 20 f g h i j")


def test_the_first_word_and_the_last_count_and_what_is_left_out_around_does_not() -> None:
    assert told(f"10 {words(1, 9)}", f"20 {words(1, 9)}") == ("number", "20", "10")
    assert told(f"{words(1, 9)} 10", f"{words(1, 9)} 20") == ("number", "20", "10")
    around = f"The opening, {words(1, 5)} 10 {words(6, 9)}, and the closing."
    assert told(around, f"{words(1, 5)} 20 {words(6, 9)}") == ("number", "20", "10")


def test_a_negation_is_told_with_the_words_around_it() -> None:
    plain, denied = words(1, 9), f"{words(1, 4)} not {words(5, 9)}"
    assert told(plain, denied) == ("negation", "w4 not w5", "w4 w5")
    assert told(denied, plain) == ("negation", "w4 w5", "w4 not w5")
    assert told(plain, f"Never {plain}") == ("negation", "never w1", "w1")
    assert told(f"Ten {plain}", f"Not ten {plain}") == ("negation", "not ten", "ten")


def test_two_negations_are_none() -> None:
    plain, twice = words(1, 9), f"{words(1, 4)} never not {words(5, 9)}"
    assert not told(plain, twice) and not told(twice, plain)


@pytest.mark.parametrize("before", ["not", "not so"])
def test_a_negation_that_both_have_denies_neither(before: str) -> None:
    assert told(f"{words(1, 4)} {before} 10 {words(5, 9)}", f"{words(1, 4)} {before} 20 {words(5, 9)}")[:1] == (
        "number",
    )


@pytest.mark.parametrize(
    ("claim", "sentence", "found"),
    [
        ("10,000", "10000", ()), ("10%", "10.0%", ()), ("10", "10.5", ("number", "10.5", "10")), ("ten", "10", ()), ("10", "ten", ()),
        ("1.2.3", "1.2.4", ("number", "1.2.4", "1.2.3")), ("3.5.2024", "3.5.2024", ()), ("often", "always", ("quantifier", "always", "often")),
        ("helps often", "always helps", ()), ("sleep", "all sleep", ("quantifier", "all", "")), ("all", "every", ()),
    ],
)  # fmt: skip
def test_other_numbers_and_wider_words(claim: str, sentence: str, found: tuple[str, ...]) -> None:
    before, after = words(1, 5), words(6, 12)
    assert told(f"{before} {claim} {after}", f"{before} {sentence} {after}") == found


def test_a_copy_is_no_difference() -> None:
    assert difference(CLAIM, CLAIM.upper()) is None
    assert isinstance(difference(CLAIM, CLAIM.replace("12%", "13%")), Difference)

"""Citations that have lost their mark-up: a question title standing in the prose."""

import pytest

from ingest.extract import extract
from ingest.read import read
from ingest.titles import Titles, cited_titles, is_known_by_sight, tails

DAMP = "Does damp air rust widgets?"
SLOW = "Is corrosion slow?"


def told(text: str, *known: str, by_shape: bool = True) -> list[str]:
    return [title for _, _, title in cited_titles(text, Titles(known), by_shape)]


# Every form that has been seen.


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param(f"Damp rooms rust widgets {DAMP}.", [DAMP], id="before the full stop"),
        pytest.param(f"In the middle {DAMP}, the sentence goes on.", [DAMP], id="mid-sentence"),
        pytest.param(f"Rust spreads in damp rooms ({SLOW}, {DAMP}).", [SLOW, DAMP], id="in brackets"),
        pytest.param(f"Rust spreads ({SLOW}).", [SLOW], id="alone in brackets"),
        pytest.param(f"{DAMP} shows that a title can be the subject.", [DAMP], id="as the subject"),
        pytest.param(f"All agree. {DAMP} shows that it can.", [DAMP], id="as the subject of a later sentence"),
        pytest.param(f"Two studies agree {DAMP} {SLOW}.", [DAMP, SLOW], id="side by side"),
        pytest.param(f"Two studies agree {DAMP}, {SLOW}.", [DAMP, SLOW], id="side by side with a comma"),
        pytest.param(f"One study counts for both {SLOW} {SLOW}.", [SLOW, SLOW], id="twice"),
        pytest.param(f"Whole {SLOW}. The excerpt stops inside a tit", [SLOW], id="text cut short"),
        pytest.param("Rust spreads in damp rooms Does damp air ru", [], id="title cut short"),
        pytest.param(f"Rust is the rule — {SLOW}.", [SLOW], id="after a dash"),
        pytest.param(f"Rust is the rule. {SLOW}.", [SLOW], id="after a full stop, before another"),
        pytest.param("Rust spreads Under what conditions does iron last?.", ["Under what conditions does iron last?"], id="with a preposition first"),
        pytest.param("Rust spreads Aren't alloys safe enough?.", ["Aren't alloys safe enough?"], id="with a contraction"),
        pytest.param("It fails Do o1-like models lose 73.6% of it?.", ["Do o1-like models lose 73.6% of it?"], id="with numbers and hyphens"),
        pytest.param("It helps Do models “understand” rust?; so it goes.", ["Do models “understand” rust?"], id="with quotation marks"),
    ],
)  # fmt: skip
def test_a_title_is_told_by_its_shape(text: str, titles: list[str]) -> None:
    assert told(text) == titles


@pytest.mark.parametrize("text", [f"Damp rooms rust widgets {DAMP}.", f"({SLOW}, {DAMP}) and {DAMP} shows"])
def test_a_title_stands_where_it_is_said_to_stand(text: str) -> None:
    for start, end, title in cited_titles(text, Titles(), True):
        assert text[start:end] == title


# Known titles come first.


@pytest.mark.parametrize(
    ("text", "known", "title"),
    [
        ("Rust Why, in short, does Rust matter?.", "Rust Why, in short, does Rust matter?", "Rust Why, in short, does Rust matter?"),
        (f"No shape is asked for here. {DAMP} Next.", DAMP, DAMP),
        ("It pits Is “stainless” steel the engineer’s answer?.", "Is \"stainless\" steel the engineer's answer?", "Is \"stainless\" steel the engineer's answer?"),
        ("It pits Is \"stainless\" steel the engineer's answer?.", "Is “stainless” steel the engineer’s answer?", "Is “stainless” steel the engineer’s answer?"),
        ("Rust Does damp\u00a0air rust widgets?.", DAMP, DAMP),
        ("Rust DOES DAMP AIR RUST WIDGETS?.", DAMP, DAMP),
        ("It says Is it alive? Or dead in its box?.", "Is it alive? Or dead in its box?", "Is it alive? Or dead in its box?"),
        ("Widgets: a survey. LoRA: does it learn less?.", "LoRA: does it learn less?", "LoRA: does it learn less?"),
    ],
)  # fmt: skip
def test_a_known_title_is_found_in_any_typography(text: str, known: str, title: str) -> None:
    assert told(text, known, by_shape=False) == [title]


def test_the_longest_known_title_wins_in_any_order() -> None:
    short, long = "Does it rust in rain?", "In which rooms and when Does it rust in rain?"
    assert told(f"As asked {long}.", short, long) == told(f"As asked {long}.", long, short) == [long]
    assert told(f"As asked {short}.", short, long) == [short]


def test_a_known_title_is_not_found_inside_a_word() -> None:
    assert told("It redoes damp air rust widgets?", "does damp air rust widgets?", by_shape=False) == []


def test_titles_may_touch_and_never_overlap() -> None:
    assert told(f"Both {DAMP}{SLOW}", DAMP, SLOW, by_shape=False) == [DAMP, SLOW]
    inner = "rust widgets? Is corrosion slow?"
    assert told(f"Both {DAMP} {SLOW}", DAMP, inner, by_shape=False) == [DAMP]


@pytest.mark.parametrize(
    ("title", "by_sight"),
    [(DAMP, True), ("Why not?", False), ("Rust in widgets", False), ("Is it so?", True), ("?", False)],
)
def test_only_questions_of_three_words_are_known_by_sight(title: str, by_sight: bool) -> None:
    assert is_known_by_sight(title) is by_sight
    assert (told(f"As one asks {title} Next.", title, by_shape=False) == [title]) is by_sight


def test_what_a_text_asks_is_what_new_titles_could_change() -> None:
    text = f"One {DAMP}. Two {SLOW}. Three."
    assert list(tails(text)) == ["rust-widgets", "corrosion-slow"]


# An author who asks is not citing.


@pytest.mark.parametrize(
    "text",
    [
        "But does it? Why would anyone care? Does it matter? It does.",
        "What does that mean? This means that all is well.",
        "So why do they do that? The reason is simple.",
        "The question is: does it work? Yes.",
        "They ask “Does it rust in rain?” and leave.",
        "Everything hinges on one thing. How much data is enough? Nobody knows.",
    ],
)
def test_a_rhetorical_question_is_no_title(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("path", ["notes/a.md", "posts/a.md"], ids=["in a vault note", "in a post"])
@pytest.mark.parametrize(
    "text",
    [
        "We asked Does damp air rust widgets?, and nobody answered.",
        "And then, Is it slow? shows up on the exam.",
        "It is all about one thing (Can we afford it?).",
    ],
)
def test_nothing_is_told_by_shape_outside_lines_and_synthesis_notes(path: str, text: str) -> None:
    page = read(path, f"# Rust\n\n{text}\n".encode(), Titles()).page
    assert page is not None and page.mentions == ()
    knowing = read(path, f"# Rust\n\nRooms differ {DAMP}.\n".encode(), Titles([DAMP])).page
    assert knowing is not None and [mention.target for mention in knowing.mentions] == [DAMP]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Does the widget last? If kept dry, {DAMP}.", DAMP),
        (f"Under what conditions? Mostly in rain {DAMP}.", DAMP),
    ],
)
def test_a_title_does_not_reach_back_over_a_question_of_the_author(text: str, title: str) -> None:
    assert told(text) == [title]


@pytest.mark.parametrize(
    "text",
    [
        "All is well. Does it stay that way? (Maybe.) We shall see.",
        "All is well. How can that be? — by luck.",
        "How can that be? and yet it is.",
    ],
)
def test_a_question_that_the_author_answers_at_once_is_no_title(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "title", ["Does sanding vs. painting matter for rust?", "Do alloys (e.g. brass) outlast iron?"]
)
def test_a_title_may_hold_an_abbreviation(title: str) -> None:
    assert told(f"The finish decides {title}.") == [title]


def test_a_title_ends_no_sentence_and_starts_none() -> None:
    """A cited title is passed over when sentences are cut, wherever it stands."""
    text = f"INQUIRING LINE\n\nDo widgets last?\n\nThis explores.\n\nRooms differ {DAMP}, which settles most of it. {SLOW} shows that it does not. Most agree on iron in rooms {DAMP} {SLOW}. The rest is open to debate.\n"
    page = read("a.txt", text.encode(), Titles()).page
    assert page is not None
    assert [claim.text for claim in extract(page, text).claims] == [
        "Rooms differ, which settles most of it.",
        f"{SLOW} shows that it does not.",
        "Most agree on iron in rooms.",
        "The rest is open to debate.",
    ]

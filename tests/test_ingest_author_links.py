"""How an author sets one cited statement against another."""

import pytest

from ingest.author_links import AuthorLink, author_links
from ingest.extract import extract
from ingest.formats.inline import is_inverse, relation_named
from ingest.read import read
from ingest.titles import Titles
from kb.claim import Claim

DAMP = "Does damp air rust widgets?"
SLOW = "Is corrosion slow?"
FIRST = f"Widgets rust in any room with air {DAMP}."
HEAD = "INQUIRING LINE\n\nDo widgets last?\n\nThis explores widgets.\n\n"


def related(body: str, path: str = "a.txt", head: str = HEAD) -> list[tuple[AuthorLink, Claim, Claim]]:
    """What the author relates, with the claims on both sides."""
    text = f"{head}{body}\n"
    page = read(path, text.encode(), Titles()).page
    assert page is not None
    found = extract(page, text)
    claims = {claim.id: claim for claim in found.claims}
    return [(said, claims[said.a], claims[said.b]) for said in author_links(found.sentences)]


def relations(body: str) -> list[str]:
    return [said.relation for said, _, _ in related(body)]


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("A second study of rooms argues the opposite", "contradicts"),
        ("The survey of boats shows almost the reverse", "contradicts"),
        ("A survey of boats contradicts the first one", "contradicts"),
        ("The survey of boats is at odds with it", "contradicts"),
        ("This runs counter to a survey of boats", "contradicts"),
        ("By contrast, sealed rooms show no rust", "contradicts"),
        ("On the contrary, sealed rooms show no rust", "contradicts"),
        ("But sealed rooms show none of the rust", "qualifies"),
        ("Yet sealed rooms show none of the rust", "qualifies"),
        ("Still, sealed rooms show none of the rust", "qualifies"),
        ("However, sealed rooms show none of the rust", "qualifies"),
        ("On the other hand, sealed rooms show no rust", "qualifies"),
        ("This holds only when the rooms are damp", "qualifies"),
        ("Only when a room is damp does it matter", "qualifies"),
        ("Beyond that point the zinc is gone", "qualifies"),
        ("Sealing the rooms weakens the effect of air", "qualifies"),
        ("Similarly, boats rust in any kind of sea", "supports"),
        ("Likewise, boats rust in any kind of sea", "supports"),
        ("In the same vein, boats rust in any sea", "supports"),
        ("A survey of boats confirms this in full", "supports"),
        ("This is consistent with the survey of boats", "supports"),
        ("A second survey replicates it in boats", "supports"),
    ],
)
def test_a_connective_relates_what_it_stands_between(words: str, relation: str) -> None:
    ((said, later, earlier),) = related(f"{FIRST} {words} {SLOW}.")
    assert said.relation == relation
    assert (later.quote, earlier.quote) == (words, "Widgets rust in any room with air")
    assert (said.a_key, said.b_key) == ("is-corrosion-slow", "does-damp-air-rust-widgets")
    assert 0.5 < said.confidence <= 1
    quoted = said.reason.split("“")[1].split("”")[0]
    assert quoted and quoted in words


def test_the_word_may_stand_in_a_sentence_of_its_own() -> None:
    ((said, later, earlier),) = related(f"{FIRST} The corpus pushes back. Sealed rooms show none of it {SLOW}.")
    assert (said.relation, later.quote) == ("contradicts", "Sealed rooms show none of it")
    assert earlier.quote == "Widgets rust in any room with air"


def test_the_earlier_side_may_stand_at_the_end_of_the_paragraph_before() -> None:
    assert relations(f"{FIRST}\n\nBut sealed rooms show none of the rust {SLOW}.") == ["qualifies"]


def test_of_two_words_for_one_pair_the_plainer_counts() -> None:
    body = f"{FIRST} But the corpus is not of one mind. A survey of boats argues the opposite {SLOW}."
    ((said, _, _),) = related(body)
    assert (said.relation, said.reason) == ("contradicts", "the author relates them with “argues the opposite”")


def test_one_paragraph_may_relate_three_notes() -> None:
    third = "Can paint stop rust?"
    body = f"{FIRST} But sealed rooms show none of the rust {SLOW}. Similarly, painted rooms show little of it {third}."
    links = related(body)
    assert [(said.relation, said.a_key, said.b_key) for said, _, _ in links] == [
        ("qualifies", "is-corrosion-slow", "does-damp-air-rust-widgets"),
        ("supports", "can-paint-stop-rust", "is-corrosion-slow"),
    ]


# What says nothing.


@pytest.mark.parametrize(
    "words",
    [
        "A survey of boats does not contradict this",
        "A survey of boats doesn't contradict this",
        "A survey of boats doesn’t contradict this",
        "A survey of boats never disputes the point",
        "A survey of boats is not at odds with it",
        "No other study confirms the same rust",
        "A survey of boats could not confirm the rust",
        "A survey of boats fails to confirm the rust",
        "A survey of boats cannot fully confirm this",
    ],
)
def test_a_relation_denied_is_none(words: str) -> None:
    assert relations(f"{FIRST} {words} {SLOW}.") == []


@pytest.mark.parametrize(
    "words",
    [
        "A survey of boats failed to replicate the rust",
        "A survey of boats neither confirms nor refutes that",
        "A survey was unable to confirm the rust of rooms",
        "No study of any boats confirms the same rust",
    ],
)
def test_a_relation_denied_in_other_words_is_none_either(words: str) -> None:
    assert "supports" not in relations(f"{FIRST} {words} {SLOW}.")
    assert "contradicts" not in relations(f"{FIRST} {words} {SLOW}.")


@pytest.mark.parametrize(
    "words",
    ["Models that contradict themselves rust no sooner", "A printer reproduces the texture of rust on paper"],
)
def test_a_verb_about_something_else_relates_no_notes(words: str) -> None:
    assert relations(f"{FIRST} {words} {SLOW}.") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"But sealed rooms show none of the rust {SLOW}.", id="nothing before it"),
        pytest.param(f"{FIRST} But sealed rooms show none of the rust.", id="nothing cited after it"),
        pytest.param(f"{FIRST} But sealed rooms show none of the rust {DAMP}.", id="the same note on both sides"),
        pytest.param(f"{FIRST} The rooms still rust in the second year of it {SLOW}.", id="not a connective here"),
        pytest.param(f"{FIRST} Sealed rooms show none of the rust {SLOW}.", id="no connective"),
        pytest.param(f"{FIRST}\n\nRooms are many things.\n\nRooms are few.\n\nRooms are.\n\nBut sealed rooms show none of the rust {SLOW}.", id="too far away"),
    ],
)  # fmt: skip
def test_an_author_who_does_not_relate_two_notes_is_not_made_to(body: str) -> None:
    assert relations(body) == []


@pytest.mark.parametrize("word", ["but", "whereas", "while"])
def test_both_sides_may_stand_in_one_sentence(word: str) -> None:
    assert relations(f"Widgets rust in any room with air {DAMP}, {word} sealed rooms show none of it {SLOW}.")


def test_words_linked_in_a_vault_note_are_words() -> None:
    """In a line every link cites; in a note "[[rust]] is slow" may only name its subject."""
    body = "Widgets [[rust]] in any room with air. But [[zinc]] shows none of it, which argues the opposite."
    assert related(body, "a.md", "# Widgets\n\n") == []


def test_citations_in_a_vault_note_relate() -> None:
    body = "Widgets rust in any room with air [@damp2020]. But sealed rooms show none of the rust [@slow2021]."
    ((said, _, _),) = related(body, "a.md", "# Widgets\n\n")
    assert (said.relation, said.a_key, said.b_key) == ("qualifies", "slow2021", "damp2020")


def test_wikilinks_of_a_line_relate() -> None:
    body = "Widgets rust in any room with air [[damp-air-rusts]]. By contrast, sealed rooms stay clean [[a|for years]]."
    ((said, later, _),) = related(body, "a.md", "# Do widgets last?\n\nThis explores widgets.\n\n")
    assert (said.relation, said.a_key, said.b_key) == ("contradicts", "a", "damp-air-rusts")
    assert "for years" in later.text


# Typed by a word.


@pytest.mark.parametrize(
    ("word", "relation", "inverse"),
    [
        ("contradicts", "contradicts", False),
        ("Contradicted by", "contradicts", True),
        ("contradicted_by", "contradicts", True),
        ("refuted-by", "contradicts", True),
        ("Supports", "supports", False),
        ("supported  by", "supports", True),
        ("confirms", "supports", False),
        ("qualifies", "qualifies", False),
        ("limited by", "qualifies", True),
        ("fault lines", None, False),
        ("same as", "restates", False),
        ("related", None, False),
        ("", None, False),
        ("by", None, False),
        ("tags", None, False),
    ],
)
def test_a_relation_has_a_name_and_a_direction(word: str, relation: str | None, inverse: bool) -> None:
    assert relation_named(word) == relation
    assert relation is None or is_inverse(word) is inverse

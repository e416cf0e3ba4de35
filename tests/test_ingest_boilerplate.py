"""What of a note is no claim, rule by rule, and what looks like it and is one."""

import pytest

from ingest.boilerplate import is_bibliographic
from ingest.extract import extract
from ingest.read import read
from ingest.titles import Titles

PLAIN = "The walls of the town lost half of their mortar in the rain."


def claims(text: str, path: str = "a.md") -> list[str]:
    page = read(path, text.encode(), Titles()).page
    assert page is not None
    return [claim.quote for claim in extract(page, text).claims]


def stated(*blocks: str) -> list[str]:
    """The claims of some paragraphs that stand in a note of English prose, without those of the prose."""
    return [quote for quote in claims("# Head\n\n" + "\n\n".join([PLAIN, *blocks])) if quote != PLAIN]


@pytest.mark.parametrize(
    "entry",
    [
        "Smith, J. A., & van der Berg, B. (2021). Why walls fall in the rain. *Journal of Mortar*, 12(3), 33-63.",
        "Farrés, P. R., Masali, A. (2025). Walls fail to keep out the rain. Proceedings of the ACM on Walls, 9, 1–43.",
        "- Baier, Annette (1986). Trust in walls. Ethics 96(2), pp. 231-260.",
        "> Bouchard, P. (2026). Walls are worth keeping. arXiv preprint arXiv:2601.01234.",
    ],
)
def test_a_line_of_a_bibliography_is_no_claim_though_its_title_has_a_verb(entry: str) -> None:
    assert stated(entry) == []


@pytest.mark.parametrize(
    "text",
    [
        "Smith et al. (2020) find that walls fall in the rain.",
        "Walls fall in the rain, as Smith (2020) shows for forty towns.",
        "As J. Smith wrote in 1999, the rain takes the mortar first (pp. 3-5).",
    ],
)
def test_a_sentence_that_cites_is_no_bibliography(text: str) -> None:
    assert not is_bibliographic(text)
    assert stated(text) == [text]


def test_what_stands_under_references_is_none_if_it_names_a_year_or_begins_with_a_link() -> None:
    page = f"# Head\n\n{PLAIN}\n\n## See also\n\n- [[Lime]] — what the mortar is made of and how it sets\n"
    assert claims(page) == [PLAIN]


def test_a_page_of_links_states_nothing_but_whole_sentences() -> None:
    links = "\n".join(f"- [[Wall {number}]] (by the sea)" for number in range(6))
    assert claims(f"# Map of walls\n\n{links}\n\n{PLAIN}\n") == [PLAIN]


def test_a_link_within_a_sentence_is_part_of_it() -> None:
    assert stated("- [[Lime]] washes out of the mortar") == ["[[Lime]] washes out of the mortar"]
    assert stated("- [[Lime that washes out of the mortar]]") == []


@pytest.mark.parametrize(
    "text",
    [
        "There are four kinds of mortar in the walls of the town:",
        "**Confidence:** Contested **Evidence Level:** 2 (trials, conflicting) **Replication Status:** Failed",
        "Figure 3: The mortar falls with the years of rain.",
        "![A wall](wall.png)\n*Image: the wall that fell in the rain of winter*",
        "Tags: mortar, walls, the rain of winter",
        "Home · About the walls · Contact the masons",
        "All rights reserved by the masons of the town.",
        "This work is licensed under a Creative Commons Attribution licence.",
        "The concept of the Wall Gardener from the 1990s.",
        "- A survey of mortar in six towns",
        "Generally, the most successful kind of mortar (with the exception of lime)",
    ],
)
def test_furniture_and_phrases_are_no_claims(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "- Mortar: the stuff between the stones of a wall",
        "- Rain washes the lime out of the mortar",
        "The masons pin down what mortar needs.",
        "This decouples the wall from the mortar.",
        "Damp air rusts iron within a year.",
    ],
)
def test_what_states_something_in_few_words_is_one(text: str) -> None:
    assert len(stated(text)) == 1


def test_results_and_limits_may_be_told_without_a_verb() -> None:
    page = f"# Head\n\n{PLAIN}\n\n## Findings\n\n- No effect of rain on stone.\n- A new kind of mortar.\n\n## Limitations\n\n- A sample of six walls.\n"
    assert claims(page) == [PLAIN, "No effect of rain on stone.", "A sample of six walls."]


def test_a_licence_is_a_note_without_claims() -> None:
    text = "# MIT\n\nPermission is hereby granted, free of charge, to any person who obtains a copy.\n\n" + PLAIN
    assert claims(text) == []
    assert claims(f"# Conduct\n\n{PLAIN}\n", "CODE_OF_CONDUCT.md") == []


def test_no_text_in_another_language_is_judged_by_its_verbs() -> None:
    german = "Der Mörtel der alten Mauern in der Stadt."
    assert (
        claims(f"# Mauern\n\nDie Mauern der Stadt verloren im Regen die Hälfte ihres Mörtels.\n\n{german}\n")[1]
        == german
    )

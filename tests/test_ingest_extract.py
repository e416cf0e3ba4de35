"""Sentences and claims: what is asserted, in words that can be read alone, and what is not."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.claim_text import leans
from ingest.extract import Extract, extract
from ingest.page import Mention
from ingest.quantities import quantities
from ingest.read import read
from ingest.roles import role_of, speaks
from ingest.sentences import sentences
from ingest.titles import Titles


def split(text: str, mentions: tuple[Mention, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in sentences(text, mentions)]


def extracted(text: str, path: str = "a.md") -> Extract:
    page = read(path, text.encode(), Titles()).page
    assert page is not None
    return extract(page, text)


def claims(text: str, path: str = "a.md") -> list[str]:
    return [claim.text for claim in extracted(text, path).claims]


# Sentences.


@pytest.mark.parametrize(
    "whole",
    [
        "Smith et al. (2020) found the same.",
        "Smith et al. disagree with Jones et al. on this.",
        "It rises, e.g. in winter, i.e. when rooms are damp.",
        "It rises in Fig. 3 and in Figs. 4 and 5, cf. Eq. 2 and Tab. 1.",
        "It is told in Sec. 3.2, Ch. 4, App. B, Vol. 3, No. 4, pp. 5-9.",
        "Accuracy rose from 36.0% to 73.6% in v2.0.1 of it.",
        "The o1-like models, GPT-4.1 and Llama 3.1 among them, do not.",
        "It stands at https://example.org/a.b?c=d.e#f.g for all to see.",
        "J. R. R. Tolkien and A. Smith wrote it with M. E. Jones.",
        "Dr. Smith met Prof. Jones and Mrs. Brown in St. Louis.",
        "The score was 3.5 vs. 4.1 in the U.S. and the U.K. last year.",
        "Both M. tuberculosis and E. coli grow on it.",
        "He asked “Does it work?” and left the room.",
        "The method (which works.) is a good one.",
        "It takes approx. 3 hours, resp. 2 on a laptop.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(whole: str) -> None:
    assert split(whole) == [whole]
    assert split(f"{whole} The rest follows.") == [whole, "The rest follows."]


@pytest.mark.parametrize(
    "parts",
    [
        ["Is it slow?", "No.", "It is fast!", "Really."],
        ["The work is by Miller et al.", "The effect is small."],
        ["It runs on GPU A.", "The rest runs on GPU B."],
        ["It holds for n = 1.", "For n = 2 it fails."],
        ["They met in 2019.", "We follow them."],
        ["“It works.”", "He said so."],
        ["First... then nothing.", "Well… maybe."],
        ["It came at 5 p.m.", "The door was shut."],
        ["路灯附近的蜜蜂减少了62%。", "它们看不见！", "为什么？", "不知道。"],
        ["翌朝の訪花が減った。", "光は見えない。"],
    ],
)
def test_sentences_end_where_they_end(parts: list[str]) -> None:
    joined = "".join(parts) if "。" in parts[0] else " ".join(parts)
    assert split(joined) == parts


@pytest.mark.parametrize(
    "parts",
    [
        ["The cost grows with the square of n.", "Two results agree on that."],
        ["It stays ahead at all k.", "But few are asked."],
        ["Training took 3 h.", "Inference took less."],
    ],
)
def test_a_variable_or_a_unit_may_end_a_sentence(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


def test_a_japanese_quotation_stays_in_its_sentence() -> None:
    assert split("「光は見えない。」と著者は言う。次の文。") == ["「光は見えない。」と著者は言う。", "次の文。"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Rooms differ T, which settles it. The rest follows.", ["Rooms differ T, which settles it.", "The rest follows."]),
        ("Rooms differ T. The rest follows.", ["Rooms differ T.", "The rest follows."]),
        ("Rooms differ T The rest follows.", ["Rooms differ T", "The rest follows."]),
        ("T shows that rooms differ. The rest follows.", ["T shows that rooms differ.", "The rest follows."]),
        ("Rooms differ (T, T). The rest follows.", ["Rooms differ (T, T).", "The rest follows."]),
        ("Rooms differ T T. The rest follows.", ["Rooms differ T T.", "The rest follows."]),
    ],
)  # fmt: skip
def test_a_cited_title_is_one_word_of_its_sentence(text: str, parts: list[str]) -> None:
    title = "Is it alive? Or, vs. all hope, dead?"
    mentions: list[Mention] = []
    whole = ""
    for piece in _pieces(text):
        at = len(whole)
        whole += title if piece == "T" else piece
        if piece == "T":
            mentions.append(Mention(title, "title", at, len(whole), shown=(at, len(whole))))
    assert split(whole, tuple(mentions)) == [_spelled(part, title) for part in parts]


def _pieces(text: str) -> list[str]:
    """A text cut at its lone letters T."""
    out = [""]
    for index, char in enumerate(text):
        alone = char == "T" and not text[index + 1 : index + 2].isalpha()
        if alone:
            out += ["T", ""]
        else:
            out[-1] += char
    return out


def _spelled(text: str, title: str) -> str:
    return "".join(title if piece == "T" else piece for piece in _pieces(text))


_FRAGMENTS = st.sampled_from(
    ["Smith et al. ", "Fig. 3 ", "73.6% ", "k. ", "It is so. ", "Is it? ", "“No.” ", "(e.g. this) ", "。", "见！", "\n", "\r\n", " ", "\u00a0", "...", "A. B. ", "http://a.b/?c=d. ", "«x» ", "\u2028", "?!", "\x00", "\ufffd", "🐝. ", "e\u0301. "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(_FRAGMENTS, max_size=30).map("".join), st.text(max_size=300)))
def test_nothing_is_lost_between_sentences(text: str) -> None:
    spans = sentences(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_text_longer_than_the_segmenter_is_given_at_once_loses_nothing() -> None:
    text = "One more wall. " * 30_000
    kept = [text[start:end] for start, end in sentences(text)]
    assert "".join("".join(kept).split()) == "".join(text.split())
    assert 30_000 <= len(kept) <= 30_010


# What is a claim.


@pytest.mark.parametrize(
    "text",
    [
        "Walls age in the rain.",
        "Rain ages walls, and 40% of them fall.",
        "- walls that face the rain for years",
        "> Walls age in the rain of every winter.",
        "路灯附近的蜜蜂减少了62%。",
        "Mauern altern im Regen jedes Jahr.",
        "Стены стареют под дождём каждый год.",
    ],
)
def test_an_assertion_is_a_claim(text: str) -> None:
    assert claims(f"# Head\n\n{text}\n") == [text.lstrip("->").strip()]


@pytest.mark.parametrize(
    "text",
    [
        "Do walls age in the rain of every winter?",
        "墙会在雨中变老吗？它们会倒下吗？",
        "This explores how walls age in the rain.",
        "This note looks at how walls age in rain.",
        "In this section I collect what is known of walls.",
        "Let's look at the walls of the old town first.",
        "Here are some thoughts on the walls of the town.",
        "See also [[walls of the old town]] and [[rain]].",
        "We now turn to the walls of the old town.",
        "Table 3 lists all of the walls of the town.",
        "TODO write about the walls of the old town",
        "Tags: walls, rain, towns, and the ageing of stone",
        "Photo by a walker of the walls of the old town",
        "Connects to the question of roofs in old towns.",
        "Last updated by the author on a rainy day in May.",
        "# How walls age in the rain of every winter",
        "[[Walls]]",
        "- [[Walls]]\n- [Rain](rain.md)",
        "https://example.org/walls/and/rain/and/the/town",
        "[[Home]] | [[Walls]] | [[Rain]] | [[Towns]]",
        "Walls: rain",
        "The walls of the town are these:",
        "12 / 40 / 60 / 80 / 100 / 120 / 140 / 160 / 180.",
        "| walls | age in the rain |\n|---|---|\n| of | every winter here |",
        "```\nWalls age in the rain of every winter.\n```",
        "%% Walls age in the rain of every winter. %%",
        "{{a sentence on how walls age in the rain}}",
        "---",
    ],
)
def test_what_asserts_nothing_is_no_claim(text: str) -> None:
    assert claims(f"# Head\n\n{text}\n") == []


def test_a_signpost_may_have_two_helping_words() -> None:
    assert claims("# Head\n\nWe will now turn to the walls of the old town.\n") == []


def test_a_sentence_that_repeats_the_title_is_no_claim() -> None:
    assert claims("---\ntitle: Walls age in the rain\n---\n\nWalls age in the rain.\n") == []


def test_the_same_sentence_twice_is_two_claims_with_two_ids() -> None:
    found = extracted("# Head\n\nWalls age in the rain.\n\nWalls age in the rain.\n").claims
    assert [claim.place.line for claim in found] == [3, 5]
    assert len({claim.id for claim in found}) == 2


def test_an_edit_elsewhere_leaves_the_id_of_a_claim_alone() -> None:
    before = extracted("# Head\n\nWalls age in the rain.\n").claims[0]
    after = extracted("# Head\n\nA new first paragraph stands here.\n\nWalls age in the rain.\n").claims[1]
    assert (before.quote, before.id) == (after.quote, after.id)
    assert before.place != after.place


def test_every_claim_belongs_to_one_passage_and_passages_stay_short() -> None:
    text = "# Head\n\n" + "\n\n".join("Walls age in the rain of winter. " * 12 for _ in range(4)) + "\n"
    found = extracted(text)
    assert [claim for passage in found.passages for claim in passage.claims] == [claim.id for claim in found.claims]
    for passage in found.passages:
        assert len(text[passage.start : passage.end].split()) <= 121
        assert passage.line == text.count("\n", 0, passage.start) + 1


# What a claim says alone.


def only(text: str, path: str = "a.md") -> tuple[str, str]:
    """Text and quote of the last claim."""
    last = extracted(text, path).claims[-1]
    return last.text, last.quote


@pytest.mark.parametrize(
    "leaning",
    [
        "This weakens them year by year.",
        "It weakens the mortar first.",
        "They lose their mortar first.",
        "These losses add up in a decade.",
        "But this is not what kills them.",
        "However, it does not kill them.",
        "The latter holds of roofs in town.",
        "The former is worse for the walls.",
        "Such losses add up in a decade.",
        "Neither is a reason to tear it down.",
        "Its mortar goes before its stones.",
        "The effect is larger in the north.",
    ],
)
def test_a_leaning_sentence_carries_what_it_leans_on(leaning: str) -> None:
    before = "Walls age in the rain."
    assert leans(leaning)
    assert only(f"# Head\n\n{before} {leaning}\n") == (f"{before} {leaning}", leaning)


@pytest.mark.parametrize(
    "upright",
    [
        "It is known that walls age in rain.",
        "It turns out that walls age in rain.",
        "Not all walls age in the same rain.",
        "Both walls and roofs age in the rain.",
        "Rain is worse than frost for walls.",
    ],
)
def test_a_sentence_that_stands_stands_alone(upright: str) -> None:
    assert not leans(upright)
    assert only(f"# Head\n\nWalls are very old. {upright}\n") == (upright, upright)


def test_a_leaning_sentence_with_nothing_before_it_leans_on_its_title() -> None:
    assert only("# Old walls\n\nThey lose their mortar first.\n")[0] == "Old walls: They lose their mortar first."


def test_a_leaning_sentence_leans_over_the_break_of_a_paragraph_and_not_of_a_section() -> None:
    text = "# Old walls\n\nRain ages the mortar.\n\n{}They lose their mortar first.\n"
    assert only(text.format(""))[0].startswith("Rain ages the mortar. They")
    assert only(text.format("## Later\n\n"))[0] == "Old walls: They lose their mortar first."


def test_the_same_is_true_leans() -> None:
    assert leans("The same is true of roofs in town.") and not leans("The same walls fall in every winter.")


def test_a_short_sentence_is_whole() -> None:
    assert only("# Head\n\nWalls crumble slowly. Rain is worse than frost for them.\n")[0] == (
        "Rain is worse than frost for them."
    )


def test_what_a_sentence_leans_on_does_not_lean_itself() -> None:
    text, _ = only("# Head\n\nWalls age in the rain. It washes out their mortar. This takes a decade.\n")
    assert text == "Walls age in the rain. It washes out their mortar. This takes a decade."


def test_a_connective_with_nothing_to_connect_is_left_out_of_the_text() -> None:
    assert only("# Head\n\nRain ages walls. But frost ages them sooner.\n") == (
        "Frost ages them sooner.",
        "But frost ages them sooner.",
    )


def test_an_item_that_is_no_sentence_takes_the_one_that_leads_its_list() -> None:
    assert only("# Head\n\nIn winter the walls are:\n\n- wet down to the last of their stones\n") == (
        "In winter the walls are: wet down to the last of their stones",
        "wet down to the last of their stones",
    )


def test_mark_up_is_in_the_quote_and_not_in_the_text() -> None:
    text, quote = only("# Head\n\nThe *old* [[walls|town walls]] age&nbsp;in the `rain` of **winter**, as ever.\n")
    assert text == "The old town walls age in the rain of winter, as ever."
    assert quote == "The *old* [[walls|town walls]] age&nbsp;in the `rain` of **winter**, as ever."


def test_a_wrapped_sentence_is_one_line_in_the_text() -> None:
    assert only("# Head\n\n> Walls age in\n> the rain of\n> winter.\n") == (
        "Walls age in the rain of winter.",
        "Walls age in\n> the rain of\n> winter.",
    )


@pytest.mark.parametrize(
    ("sentence", "text", "quote"),
    [
        ("Walls age in the rain of winter Does rain age walls?.", "Walls age in the rain of winter.", "Walls age in the rain of winter"),
        ("Walls age in the rain of winter (Does rain age walls?).", "Walls age in the rain of winter.", "Walls age in the rain of winter"),
        ("Walls age in rain Does rain age walls?, not in snow.", "Walls age in rain, not in snow.", "Walls age in rain Does rain age walls?, not in snow."),
        ("Does rain age walls? shows that they age.", "Does rain age walls? shows that they age.", "Does rain age walls? shows that they age."),
        ("Walls age, as shown in Does rain age walls?.", "Walls age, as shown in Does rain age walls?.", "Walls age, as shown in Does rain age walls?."),
    ],
)  # fmt: skip
def test_a_citation_is_not_what_is_claimed(sentence: str, text: str, quote: str) -> None:
    page = f"INQUIRING LINE\n\nDo walls last?\n\nThis explores walls.\n\n{sentence}\n"
    (claim,) = extracted(page, "a.txt").claims
    assert (claim.text, claim.quote) == (text, quote)
    assert [reference.claim for reference in extracted(page, "a.txt").references] == [claim.id]


# Roles.


def test_a_title_is_no_section() -> None:
    said = "Training on synthetic data lowers the accuracy of models in most tests.\n"
    assert [claim.role for claim in extracted(f"# Does synthetic data cause collapse?\n\n{said}").claims] == ["finding"]
    assert [claim.role for claim in extracted(f"# Collapse\n\n## Synthetic data\n\n{said}").claims] == ["method"]


@pytest.mark.parametrize(
    ("section", "role"),
    [
        ("limitations", "caveat"),
        ("head / limitations of the study", "caveat"),
        ("limitations and future work", "position"),
        ("strengths & limitations", "finding"),
        ("pros and cons", "finding"),
        ("fault lines", "caveat"),
        ("open questions", "position"),
        ("method", "method"),
        ("data", "method"),
        ("experimental set-up", "method"),
        ("mechanism", "mechanism"),
        ("when it holds", "condition"),
        ("definitions", "definition"),
        ("what i think", "position"),
        ("key findings", "finding"),
        ("results", "finding"),
        ("", "finding"),
        ("method / something else", "method"),
    ],
)
def test_a_section_tells_what_stands_under_it(section: str, role: str) -> None:
    assert role_of("Walls age in the rain.", section, "", "note") == role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("It remains unclear whether walls age in snow.", "caveat"),
        ("Walls age only when the rain is warm.", "condition"),
        ("Walls age as long as there is rain.", "condition"),
        ("Ageing is defined as the loss of mortar.", "definition"),
        ("Walls age because rain washes out the lime.", "mechanism"),
        ("I think that walls are worth keeping.", "position"),
        ("We measured the mortar of forty walls.", "method"),
        ("The walls were sampled from six towns.", "method"),
        ("Forty walls fell in the rain of winter.", "finding"),
    ],
)
def test_where_no_section_tells_the_words_do(text: str, role: str) -> None:
    assert role_of(text, "", "", "note") == role


def test_a_post_states_positions_unless_it_shows_results() -> None:
    assert role_of("Walls are worth keeping.", "", "", "post") == "position"
    assert role_of("Walls lost 40% of their mortar.", "", "", "post") == "finding"


@pytest.mark.parametrize(
    "text",
    [
        "Students lose the epistemic caution of their teachers.",
        "Models often disclose a hint they used in the answer.",
        "The result holds for gas as well as for coal.",
    ],
)
def test_a_word_used_in_passing_is_no_cue(text: str) -> None:
    assert role_of(text, "", "", "note") == "finding"


# Quantities.


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("accuracy rose from 36% to 73.6%", [("accuracy", 36, "%"), ("accuracy", 73.6, "%")]),
        ("from ~36% to over 70%", [("", 36, "%"), ("", 70, "%")]),
        ("after 1,400 steps and 1.5 million tokens", [("", 1400, "steps"), ("", 1.5e6, "tokens")]),
        ("a 3x speedup, or 2.5× at best", [("", 3, "x"), ("speedup", 2.5, "x")]),
        ("a drop of −3.5 points", [("drop", -3.5, "points")]),
        ("12 percentage points, or 100 percent", [("", 12, "points"), ("", 100, "%")]),
        ("$5 or €20 for 4 epochs", [("", 5, "$"), ("", 20, "€"), ("", 4, "epochs")]),
        ("at 20 °C over 3 km", [("", 20, "°C"), ("", 3, "km")]),
        ("7B parameters", [("", 7e9, "parameters")]),
        ("GPT-4, Llama-3 and Qwen2.5 in 2019 and 1998", []),
        ("one of 3 walls", [("", 3, "walls")]),
        ("walls of 2 or 4", []),
        ("no number at all", []),
    ],
)
def test_quantities_carry_what_is_measured_and_its_unit(text: str, numbers: list[tuple[str, float, str]]) -> None:
    assert [(each.quantity, each.value, each.unit) for each in quantities(text)] == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("keep 80-90% of it", [(80, "%"), (90, "%")], id="a range with a hyphen"),
        pytest.param("keep 80–90% of it", [(80, "%"), (90, "%")], id="a range with a dash"),
        pytest.param("fell from 21 to 8 per hour", [(21, ""), (8, "")], id="small numbers beside larger ones"),
        pytest.param("about 10^5 walls", [(1e5, "walls")], id="a power of ten"),
        pytest.param("a wall of 100ms", [(100, "ms")], id="a unit without a space"),
        pytest.param("the rooms of the 60s and 70s", [], id="decades"),
        pytest.param("as Section 12 and Fig. 30 say on p. 45", [], id="places in a paper"),
    ],
)
def test_quantities_that_are_still_misread(text: str, numbers: list[tuple[float, str]]) -> None:
    assert [(each.value, each.unit) for each in quantities(text)] == numbers


def test_a_claim_holds_its_quantities() -> None:
    (claim,) = extracted("# Head\n\nWalls lost 40% of their mortar in 12 years.\n").claims
    assert [(number.value, number.unit) for number in claim.numbers] == [(40, "%"), (12, "years")]


@pytest.mark.parametrize(
    ("text", "role", "states"),
    [
        ("Self-correction lowers reasoning accuracy.", "finding", True),
        ("We also find that self-correction lowers accuracy.", "finding", True),
        ("Self-correction lowers reasoning accuracy.", "method", False),
        ("Does self-correction raise accuracy?", "finding", False),
        ("Self-correction should raise reasoning accuracy.", "finding", False),
        ("I think self-correction raises reasoning accuracy.", "position", False),
        ("“Self-correction raises reasoning accuracy.”", "finding", False),
        ("It is unclear whether self-correction raises accuracy.", "caveat", False),
        ("This raises the reasoning accuracy.", "finding", False),
        ("self-correction raises accuracy", "finding", False),
    ],
)
def test_what_another_could_deny_is_stated(text: str, role: str, states: bool) -> None:
    assert speaks(text, role) is states

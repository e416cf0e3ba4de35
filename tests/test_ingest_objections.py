"""What authors set against what without citing anybody: ordinary notes and posts."""

import pytest

from ingest.author_links import OWN, AuthorLink
from ingest.extract import extract
from ingest.objections import objections
from ingest.read import read
from ingest.titles import Titles

DAMP = "Damp air rusts widgets within a year."


def found(body: str) -> list[tuple[AuthorLink, str, str]]:
    """What the author sets against what, as quotes; nothing for the note's own finding."""
    text = f"# Widgets\n\n{body}\n"
    page = read("a.md", text.encode(), Titles()).page
    assert page is not None
    extracted = extract(page, text)
    quotes = {claim.id: claim.quote for claim in extracted.claims}
    return [(said, quotes[said.a], quotes.get(said.b, "")) for said in objections(extracted.sentences)]


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        (DAMP, "This is not true of widgets made of zinc."),
        (DAMP, "Though this is questionable, since half of them were old."),
        (DAMP, "A friend at the works said that this isn't true for zinc."),
        (DAMP, "Yet the evidence does not support the conclusion."),
        (DAMP, "I'm not sure I fully agree, since zinc lasts for ever."),
        (DAMP, "I don't agree with this, since zinc lasts for ever."),
        (DAMP, "However, Miller rejects every account of rust by air."),
        (DAMP, "Objection: widgets of zinc lasted for ten years."),
        (DAMP, "Miller's counter-argument: widgets of zinc lasted for ten years."),
        ("Many people believe that damp air rusts widgets.", "Yet those of zinc lasted for ten years."),
        ("Scientific theorists argue that air rusts widgets.", "But zinc lasted for ten years."),
        ("The assumption was that only air could rust a widget.", "However, salt does it as well and faster."),
        ("It is easy to think that simple widgets exist.", "But they look simple from afar only."),
        ("In theory, sealed rooms keep the widgets clean.", "In practice they rust there as well."),
        ("Some people say that the rust came with the rain.", "Others say that it came with the sea."),
        ("Smith and Jones argue that air rusts widgets.", "However, those of zinc lasted for ten years."),
        ("- Position A — air is what rusts the widgets.", "- Position B — salt is what rusts the widgets."),
        (
            "**Claim A (Smith 2020)**: air is what rusts the widgets.",
            "**Claim B (Jones)**: salt is what rusts the widgets.",
        ),
    ],
)
def test_an_author_who_speaks_against_a_statement_is_taken_at_his_word(view: str, answer: str) -> None:
    apart = "\n\n" if view.startswith(("-", "**")) else " "
    ((said, later, earlier),) = found(f"{view}{apart}{answer}")
    if said.reason.startswith("the author sets two positions"):
        later, earlier = earlier, later  # the first position first
    assert (said.relation, later, earlier) == ("contradicts", answer.removeprefix("- "), view.removeprefix("- "))
    assert said.a_key == said.b_key == "" and 0.7 < said.confidence < 0.9
    quoted = said.reason.split("“")[-1].split("”")[0]
    assert quoted and quoted in answer


@pytest.mark.parametrize(
    "body",
    [
        f"{DAMP} However, the rooms were all in one town.",
        f"{DAMP} But this needs a room with no window at all.",
        f"{DAMP} This is not the case for widgets of zinc.",
        f"{DAMP} It is false that they were ever sealed.",
        f"- {DAMP}\n- Critique of sealed rooms: the survey shows how few of them are dry.",
        f"{DAMP} Unlike widgets, boats are painted every year.",
        "They believed that air rusts widgets. Yet those of zinc lasted for ten years.",
        "I think of widgets when it rains. But the rain ends at some time.",
        "Many people believe that air rusts widgets.\n\n## Zinc\n\nYet those of zinc lasted for ten years.",
        "Many people believe that air rusts widgets. “But those of zinc lasted,” says the maker of them.",
        "Some say that rust came with rain. Others were painted green in the same year.",
        f"{DAMP} Then what? I disagree.",
        "Current research has made strides on what rusts widgets. However, there remain gaps.",
        "Many people believe that air rusts widgets. However, there is no consensus on zinc.",
        "In particular, we assume that air rusts widgets. However, those of zinc lasted.",
        "One can imagine that air rusts widgets. However, those of zinc lasted.",
        "The hope is that sealed rooms keep widgets clean. But zinc lasted anyhow.",
        "In theory, sealed rooms keep the widgets clean. However, we look at damp ones.",
        "The condition above assumes that the room is damp. However, in a dry one the result holds too.",
        f"{DAMP} The results do not support the hypothesis, that salt does it as well.",
        f"{DAMP} It is questionable whether zinc does.",
        f"{DAMP} This was not true three months ago.",
        f"{DAMP} However, the test rejects the null hypothesis for zinc.",
        f"{DAMP} However, there remain gaps and challenges that need more trials.",
        f"{DAMP} But zinc brings with it many challenges that need more trials.",
        f"{DAMP} That is not quite right, actually.",
        f"{DAMP} This is false by default.",
        f"{DAMP} But when reviewers disagree with the maker, the mark tells who was right.",
        f"{DAMP} But this then contradicts the order that we gave to widgets.",
        "Many people believe that air rusts widgets. But before looking at zinc, it is as well to look at brass.",
        f"{DAMP} However, they do not rust at once, as this would contradict the first lemma.",
        "Suppose a widget rusts in dry air. But then the sum of all its rust contradicts the first lemma.",
        "- Initial sampling: the model answers a question.\n- Critique: the model names the faults of its own answer.",
        "- The model answers a question.\n- Critique: the model names faults of its answer.\n- Revision: it writes the answer anew.",
        "- Damp air rusts widgets.\n- Counterargument: [[zinc]]",
        "The obvious objection — that zinc lasts — is measured away in the second trial.",
        "Position A claims that air rusts them. Position B's gains are few.",
        "Philip Johnson thinks that air rusts widgets. However, Johnson argues, salt is what counts.",
        "- Position A — the long model of rust\n- Position B — the short model of rust",
        f"{DAMP} Yet the makers of widgets in their dispute with buyers keep silent.",
        f"{DAMP} It's debatable *what* rusts them in a dry one.",
        "Some critics argue that air rusts widgets. Others suggest that salt does.",
        f"{DAMP} But makers keep them dry to avoid conflicts with those who buy them.",
        "This is wrong, but easy to remember. It is wrong because the widgets of the trial were new.",
    ],
)
def test_what_only_sounds_so_is_left_out(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    "words", ["This isn't exactly true, as zinc shows.", "That is not always true of zinc widgets."]
)
def test_what_is_partly_untrue_is_qualified(words: str) -> None:
    ((said, _, _),) = found(f"{DAMP} {words}")
    assert said.relation == "qualifies"


def test_an_objection_is_set_against_what_it_takes_up() -> None:
    body = "- Vouchers let the poor pay rent.\n- The state pays for the rest of it.\n- Critique: landlords pocket the vouchers.\n- Objection: vouchers are few."
    assert [(later, earlier) for _, later, earlier in found(body)] == [
        ("Critique: landlords pocket the vouchers.", "Vouchers let the poor pay rent."),
        ("Objection: vouchers are few.", "Vouchers let the poor pay rent."),
    ]


def test_a_result_that_breaks_down_is_what_the_note_finds() -> None:
    ((said, later, _),) = found(f"{DAMP}\n\nThe proof takes a page.\n\nThis result breaks down in sealed rooms.")
    assert (said.relation, said.b, later) == ("qualifies", OWN, "This result breaks down in sealed rooms.")


@pytest.mark.parametrize(
    ("words", "relation", "label"),
    [
        ("Zinc widgets last, contrary to [[damp|what the old survey says]].", "contradicts", "contrary to what the old survey says"),
        ("Zinc lasts for ever, the opposite of what the [[damp]] survey says.", "contradicts", "opposite of what the damp"),
        ("Widgets of zinc lasted for ten years, which contradicts [[damp]].", "contradicts", "contradicts damp"),
        ("This holds in rain (unlike the [[damp|damp result]]), so air is no cause.", "qualifies", "unlike the damp result"),
    ],
)  # fmt: skip
def test_a_link_that_is_disputed_is_the_other_side(words: str, relation: str, label: str) -> None:
    ((said, later, _),) = found(words)
    assert (said.relation, said.b_key, later) == (relation, "damp", words)
    assert said.b == said.a and label in said.reason


@pytest.mark.parametrize(
    "words",
    [
        "Unlike [[boats]], widgets of zinc last for ever.",
        "The [[damp]] survey was large, and zinc contradicts it in no way.",
        "Miller set out to refute the claims of the [[damp]] survey that",
        "Zinc lasts for ten years, which does not flatly contradict [[damp]].",
        "What zinc does could qualify rather than refute [[damp]] in part.",
        "A longer trial of zinc in rooms might well contradict [[damp]].",
        "Rust is natural, contrary to the [picture](damp.md) that makers paint of it.",
        "A trial of zinc in rooms can contradict [[damp]] and still be right.",
    ],
)
def test_a_link_that_is_only_named_is_not_disputed(words: str) -> None:
    assert found(words) == []


@pytest.mark.parametrize(
    "said",
    [
        "The bath trial found no effect of breakfast on weight gain. This contradicts what I wrote in [[other]].",
        "The bath trial found no effect of breakfast on weight gain. That disagrees with the advice in [[other]].",
        "In contrast to [[other]], the bath trial found no effect of breakfast on weight gain.",
        "Unlike [[other]] says, breakfast has no effect on weight gain in adults.",
        "I now doubt [[other]]: breakfast has no effect on weight gain in trials.",
    ],
)
def test_another_note_is_spoken_against(said: str) -> None:
    assert [each.b_key for each, _, _ in found(said)] == ["other"]


@pytest.mark.parametrize(
    "said",
    [
        "Unlike [[other]], this note is about dinner and its place in the day.",
        "In contrast to [[other]], the trial looked at adults over sixty years of age.",
        "I do not doubt that [[other]] was read by many of those who came.",
    ],
)
def test_another_note_is_only_named(said: str) -> None:
    assert found(said) == []

"""What a note sets against its own finding, and which kind of tension an author's words make it."""

from pathlib import Path

import pytest

from ingest.author_links import kind_of
from ingest.pipeline import sync
from kb.link import TensionKind
from kb.settings import Settings
from kb.store import open_store
from qa.tensions import Held, held

OTHER = "# Do sealed rooms keep widgets clean?\n\n## Finding\n\nIn sealed rooms no widget rusted within ten years.\n"
NOTE = """# Does damp air rust widgets?

## Finding

Damp air rusts nine widgets in ten within a year. The rate doubles by the sea.

## {heading}

{counter}
"""


def tensions(folder: Path, counter: str, heading: str = "Counterpoint") -> list[Held]:
    (folder / "damp.md").write_text(NOTE.format(heading=heading, counter=counter))
    (folder / "sealed.md").write_text(OTHER)
    sync(folder, Settings())
    with open_store(folder) as store:
        return held(store)


@pytest.mark.parametrize(
    ("counter", "relation"),
    [
        ("[[sealed|A later survey]] finds no rust in sealed rooms.", "scope"),
        ("[[sealed]] reports the opposite for widgets in rooms.", "opposing result"),
        ("The claim conflicts with [[sealed]], where widgets stay clean.", "opposing result"),
        ("[[sealed|A later survey]] attributes the rust to salt, an artefact of how rooms were chosen.", "method"),
    ],
)
def test_a_counterpoint_that_names_somebody_is_set_against_the_finding(
    tmp_path: Path, counter: str, relation: str
) -> None:
    (each,) = tensions(tmp_path, counter)
    assert each.tension.kind == relation and each.tension.method == "author"
    assert each.notes == {"damp.md", "sealed.md"}
    assert each.a == each.b and each.tension.stated == each.a.id and each.a.quote == counter
    assert "counterpoint" in each.tension.why


def test_a_counterpoint_whose_words_lean_on_others_is_no_quote(tmp_path: Path) -> None:
    counter = "A survey looked at rooms without a window. It finds no rust, as [[sealed]] reports."
    assert tensions(tmp_path, counter) == []


@pytest.mark.parametrize(
    ("counter", "heading"),
    [
        ("All the rooms were in one town, and none was heated.", "Counterpoint"),
        ("[[sealed|A later survey]] agrees with this in full.", "Counterpoint"),
        ("[[sealed|A later survey]] finds no rust in sealed rooms.", "Related"),
        ("[[sealed|A later survey]] finds no rust in sealed rooms.", "Method"),
        ("The rate is high but not everywhere.", "Limitations"),
        ("It sharpens [[sealed|a later survey]] rather than contradicting it in full.", "Tensions"),
        ("It converges with [[sealed|a later survey]] by the opposite way of asking.", "Tensions"),
        ("Both ways of asking can be at odds, see the [[sealed|later survey]] of rooms.", "Tensions"),
    ],
)
def test_what_only_narrows_or_agrees_disputes_nothing(tmp_path: Path, counter: str, heading: str) -> None:
    assert tensions(tmp_path, counter, heading) == []


def test_a_but_within_one_sentence_is_no_contradiction(tmp_path: Path) -> None:
    assert tensions(tmp_path, "Damp rusts widgets, but it does not rust brass.", "Finding in short") == []


@pytest.mark.parametrize(
    ("said", "is_quote"),
    [
        ("Widgets of brass stayed clean for ten years, which contradicts [[sealed]].", True),
        ("This directly contradicts [[sealed]], where widgets of brass stayed clean.", True),
        ("This finding is in tension with [[sealed]].", True),
        ("These rooms of theirs contradict what is said in [[sealed]].", False),
        ("Does a widget that stays clean for ten years contradict [[sealed]]?", False),
    ],
)
def test_a_sentence_that_disputes_another_note_and_reads_alone_is_the_quote(
    tmp_path: Path, said: str, is_quote: bool
) -> None:
    found = [each for each in tensions(tmp_path, said, "Brass") if each.tension.stated]
    assert [(each.a.quote, each.pair) for each in found] == ([(said, ("damp.md", "sealed.md"))] if is_quote else [])


def test_two_notes_of_which_claims_must_be_guessed_are_only_named(tmp_path: Path) -> None:
    (tmp_path / "line.md").write_text(
        "---\nkind: line\n---\n# Do widgets last?\n\nAir rusts most of the widgets [[damp]]. However, some last in rooms [[sealed]].\n"
    )
    assert tensions(tmp_path, "The rooms were all of one kind.") == []
    with open_store(tmp_path) as store:
        (each,) = held(store, unsure=True)
    assert each.notes == {"damp.md", "sealed.md"} and not each.is_quotable


@pytest.mark.parametrize(
    ("word", "is_shown"),
    [
        ("In contrast, rooms are dry", False),
        ("However, rooms are dry", False),
        ("The survey of rooms argues the opposite", True),
    ],
)
def test_a_contrast_of_two_sentences_that_cite_is_a_tension_where_it_is_said_to_be(
    tmp_path: Path, word: str, is_shown: bool
) -> None:
    (tmp_path / "essay.md").write_text(
        f"# On widgets\n\nMost widgets rust by the sea within a year [@damp2001]. {word} in most of the towns [@sealed2002].\n"
    )
    assert bool(tensions(tmp_path, "The rooms were all of one kind.")) == is_shown


def test_a_note_that_is_not_written_is_not_disputed(tmp_path: Path) -> None:
    assert tensions(tmp_path, "Flag what a page says with a mark: it contradicts [[x]] of somebody.", "Rules") == []


def test_a_typed_link_to_what_says_nothing_has_no_quote(tmp_path: Path) -> None:
    assert tensions(tmp_path, "contradicts:: [[unwritten]]", "Links") == []
    assert tensions(tmp_path, "Weakens: [[claim-id]], and say how this run contradicts it.", "Template") == []


def test_a_typed_link_that_says_why_is_the_quote(tmp_path: Path) -> None:
    said = "Contradicts: [[sealed]] (in damp air none of the widgets of zinc stayed clean)"
    (each,) = tensions(tmp_path, said, "Links")
    assert each.pair == ("damp.md", "sealed.md") and each.tension.stated and each.a.quote == said
    assert each.tension.why.endswith("“Contradicts”")
    said = "Critique from [[sealed]] (table 1): the widgets here were the oldest ones, which rust anyhow."
    (each,) = tensions(tmp_path, said, "Notes")
    assert each.pair == ("damp.md", "sealed.md") and each.tension.stated and each.a.quote == said


def test_a_but_in_a_list_of_notes_sets_none_against_another(tmp_path: Path) -> None:
    (tmp_path / "line.md").write_text(
        "---\nkind: line\n---\n# Do widgets last?\n\nTwo surveys exist, [[damp]] and [[sealed]], but some of the widgets were lost.\n"
    )
    assert tensions(tmp_path, "The rooms were all of one kind.") == []
    with open_store(tmp_path) as store:
        assert held(store, unsure=True) == []


def test_swapping_the_files_names_changes_nothing_but_places(tmp_path: Path) -> None:
    (one,) = tensions(tmp_path, "[[sealed]] reports the opposite for widgets in rooms.")
    (tmp_path / "damp.md").rename(tmp_path / "zz.md")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        (other,) = held(store)
    assert (one.a.quote, one.b.quote, one.tension.kind, one.tension.why) == (
        other.a.quote, other.b.quote, other.tension.kind, other.tension.why,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "cue", "a", "b", "kind"),
    [
        ("contradicts", "the opposite", "Rust spreads.", "Rust does not spread.", "opposing result"),
        ("qualifies", "only when", "Rust spreads only in damp.", "Rust spreads.", "scope"),
        ("contradicts", "", "Format accounts for most of the gain.", "The gain is 37 points.", "method"),
        ("qualifies", "", "The rise is an artefact of the metric.", "The rise is sudden.", "method"),
        ("qualifies", "", "The revised version reports 800.", "It used 817 examples.", "superseded"),
    ],
)
def test_the_kind_is_told_from_the_words(relation: str, cue: str, a: str, b: str, kind: TensionKind) -> None:
    assert kind_of(relation, cue, a, b) == kind_of(relation, cue, b, a) == kind


TOPIC = "# Rust\n\n## Cross-paper tensions\n\n- **Air or salt.** {bullet}\n"


def stated(folder: Path, bullet: str, heading: str = "Cross-paper tensions") -> list[Held]:
    (folder / "rust.md").write_text(TOPIC.format(bullet=bullet).replace("Cross-paper tensions", heading))
    return [each for each in tensions(folder, "The rooms were all of one kind.") if each.tension.stated]


@pytest.mark.parametrize(
    "bullet",
    [
        "[[damp]] finds that air rusts widgets, whereas [[sealed]] finds that none rust within ten years.",
        "[[damp]] and [[sealed]] disagree on what rusts a widget.",
        "[[damp]] reports rust everywhere, directly contradicting [[sealed]].",
    ],
)
@pytest.mark.parametrize("heading", ["Cross-paper tensions", "Disagreements", "Open conflicts"])
def test_a_sentence_that_holds_both_sides_is_the_quote_and_its_notes_are_named(
    tmp_path: Path, bullet: str, heading: str
) -> None:
    (each,) = stated(tmp_path, bullet, heading)
    assert each.a == each.b
    assert each.a.id == each.tension.a == each.tension.b == each.tension.stated
    assert each.a.quote.rstrip(".") in bullet
    assert each.notes == {"damp.md", "sealed.md"} == set(each.tension.notes)


def test_under_tensions_what_goes_together_is_none(tmp_path: Path) -> None:
    for said in ("[[sealed]] adds a second lens on dry rooms.", "Both [[sealed]] and this show a sharp rise of rust."):
        assert tensions(tmp_path, said, "Tensions") == []
    (each,) = tensions(tmp_path, "Rooms without air refute what [[sealed]] says of brass.", "Tensions")
    assert each.pair == ("damp.md", "sealed.md")


@pytest.mark.parametrize(
    "bullet",
    [
        "[[sealed]] finds no rust in sealed rooms, which few believe.",
        "Against all doubt, [[damp]] and [[sealed]] find rust of one kind.",
        "[[damp]] does not contradict [[sealed]] on anything of note.",
        "[[damp]] agrees with [[sealed]], but more slowly.",
        "[[damp]] had no answer why iron but not brass rusts, and [[sealed]] admits the same gap.",
    ],
)
def test_under_tensions_what_names_no_two_sides_is_set_against_nothing(tmp_path: Path, bullet: str) -> None:
    (tmp_path / "rust.md").write_text(TOPIC.format(bullet=bullet))
    assert [
        each
        for each in tensions(tmp_path, "The rooms were all of one kind.")
        if "rust.md" in (each.a.place.path, each.b.place.path)
    ] == []


def test_a_sentence_that_leans_on_what_is_not_told_is_no_side_of_another_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "They kept widgets clean" says nothing alone, however sure it is that it is meant; the notes are opposed all the same."""
    monkeypatch.setattr("qa.tensions.SURE", 0.4)
    (tmp_path / "damp.md").write_text(
        "# Damp\n\nDamp air rusts nine widgets in ten within a year.\n\ncontradicts:: [[sealed]]\n"
    )
    for who, shown in (("They", 0), ("Sealed rooms", 1)):
        (tmp_path / "sealed.md").write_text(
            f"# Sealed rooms\n\n{who} kept widgets free of rust in damp air for a year.\n"
        )
        sync(tmp_path, Settings())
        with open_store(tmp_path) as store:
            assert len(held(store)) == shown
            (each,) = held(store, unsure=True)
        assert each.notes == {"damp.md", "sealed.md"} and each.is_quotable == bool(shown)

"""Tensions that no author states: found across notes, gone with their reason, the same after any history."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest_rebuild import assert_as_rebuilt, quickly

import ingest.clashes
from ingest.clashes import pull, speaks, subjects
from ingest.pipeline import sync
from kb.catalogue import by_name, claims
from kb.edges import links
from kb.link import Link
from kb.settings import Settings
from kb.store import open_store

RAISES = "# One\n\nSelf-correction raises the reasoning accuracy of students.\n"
LOWERS = "# Two\n\nSelf-correction lowers the reasoning accuracy of students.\n"
RAISES_IN_MATHS = "# Three\n\nSelf-correction raises reasoning accuracy when feedback is given.\n"
NEVER = "# Four\n\nSelf-correction does not raise reasoning accuracy.\n"
BY_MUCH = "# Five\n\nRandom rewards raise the benchmark accuracy of Qwen by 21%.\n"
BY_LITTLE = "# Six\n\nRandom rewards raise the benchmark accuracy of Qwen by 5%.\n"


@pytest.fixture
def vault(tmp_path: Path) -> Any:
    folder = tmp_path / "vault"
    folder.mkdir()
    with quickly():
        yield folder


def lay(vault: Path, **files: str | None) -> list[Link]:
    """Write files, delete those that are None, sync, and give the links found by rule."""
    for name, text in files.items():
        path = vault / f"{name}.md"
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    sync(vault, Settings())
    return found(vault)


def found(vault: Path) -> list[Link]:
    with open_store(vault) as store:
        return [link for link in links(store) if link.tension]


def paths(vault: Path) -> list[set[str]]:
    with open_store(vault) as store:
        place = {claim.id: claim.place.path for claim in claims(store)}
    return [{place[link.a], place[link.b]} for link in found(vault)]


def test_two_notes_that_say_the_opposite_are_linked_by_their_words(vault: Path) -> None:
    (link,) = lay(vault, a=RAISES, b=LOWERS)
    assert (link.kind, link.tension, link.method) == ("contradicts", "opposing result", "rule")
    assert link.a < link.b
    assert link.confidence <= 0.9
    assert "“raises”" in link.reason and "“lowers”" in link.reason
    for place in link.evidence:
        assert (vault / place.path).read_text()[place.start : place.end].startswith("Self-correction")
    with open_store(vault) as store:
        rows = list(by_name(store, "SELECT a, evidence FROM link", "a", [link.a]))
        assert len(rows) > 1, "found under several subjects, and still one link"


def test_where_a_condition_differs_it_is_a_matter_of_scope(vault: Path) -> None:
    (link,) = lay(vault, a=RAISES_IN_MATHS, b=NEVER)
    assert (link.kind, link.tension) == ("qualifies", "scope")
    assert "when feedback is given" in link.reason


def test_where_only_the_figures_differ_it_is_a_matter_of_how_much(vault: Path) -> None:
    (link,) = lay(vault, a=BY_MUCH, b=BY_LITTLE)
    assert (link.kind, link.tension) == ("qualifies", "magnitude")
    assert "21%" in link.reason and "5%" in link.reason


def test_one_note_does_not_clash_with_itself(vault: Path) -> None:
    assert lay(vault, a=RAISES + "\nSelf-correction lowers the reasoning accuracy of students.\n") == []


def test_a_saved_report_and_a_list_of_sources_clash_with_nothing(vault: Path) -> None:
    listing = "# Line one asks what?\n\nThis explores it.\n\n## Sources\n\n- [[nowhere|Nowhere]] — Self-correction lowers the reasoning accuracy of students.\n"
    report = f"---\ntopics: [kb-report]\n---\n{LOWERS}"
    assert lay(vault, a=RAISES, b=report, c=listing) == []
    with open_store(vault) as store:
        assert {row[0] for row in store.sql.execute("SELECT path FROM subject JOIN claim ON claim.id = subject.claim JOIN file ON file.id = claim.file")} == {"a.md"}  # fmt: skip


def test_two_readings_of_one_source_are_left_to_their_authors(vault: Path) -> None:
    assert lay(vault, a=RAISES.replace(" of students.", " [[source]]."), b=LOWERS.replace(" of students.", " [[source]].")) == []  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Does self-correction raise accuracy?", "Self-correction lowers reasoning accuracy."),
        ("Self-correction should raise reasoning accuracy.", "Self-correction lowers reasoning accuracy."),
        ("I think self-correction raises reasoning accuracy.", "Self-correction lowers reasoning accuracy."),
        ("“Self-correction raises reasoning accuracy.”", "Self-correction lowers reasoning accuracy."),
        ("It is unclear whether self-correction raises accuracy.", "Self-correction lowers reasoning accuracy."),
        ("This raises the reasoning accuracy.", "Self-correction lowers reasoning accuracy."),
        ("self-correction raises accuracy", "Self-correction lowers reasoning accuracy."),
    ],
    ids=["a question", "a goal", "of oneself", "a quotation", "open", "leaning", "a fragment"],
)
def test_what_is_not_stated_is_not_held_against_anyone(vault: Path, a: str, b: str) -> None:
    assert lay(vault, a=f"# One\n\n{a}\n", b=f"# Two\n\n{b}\n") == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("No serious adverse events were reported.", "Minimal adverse events were reported."),
        ("Adverse events did not differ between groups.", "Adverse events were more frequent in one group."),
        ("Ethanol stress decreases the expression of IBP in bacteria.", "Ethanol stress increases the expression of PSP in bacteria."),
        ("Common polymorphisms of BRCA1 do not raise the risk of breast cancer.", "Common polymorphisms of BRCA2 raise the risk of breast cancer."),
        ("Patients with diabetes are at independent risk of cardiovascular death.", "Patients with diabetes have an excess risk of cardiovascular death."),
        ("The runtime stores this state, not your program.", "A state is a program state in this model."),
        ("Retrieval reduces hallucinations of models.", "Retrieval lowers hallucinations of models."),
        ("Chains of 12 weeks raise recall of facts.", "Chains of 26 weeks raise recall of facts."),
    ],
)  # fmt: skip
def test_what_only_looks_opposed_is_not(a: str, b: str) -> None:
    assert pull(a, b, 0.9) is None


def test_another_place_is_another_scope() -> None:
    stance = pull("Low expression of miR7a represses target genes in ovaries.", "Low expression of miR7a does not repress target genes in testis.", 0.9)  # fmt: skip
    assert stance is not None
    assert stance.kind == "scope"
    assert "in ovaries" in stance.why and "in testis" in stance.why


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_which_file_came_first_changes_nothing(vault: Path, order: str) -> None:
    texts = {"a": RAISES, "b": LOWERS}
    for name in order:
        lay(vault, **{name: texts[name]})
    assert paths(vault) == [{"a.md", "b.md"}]
    before = found(vault)
    sync(vault, Settings())
    sync(vault, Settings(), rebuild=True)
    assert found(vault) == before
    assert_as_rebuilt(vault)


def test_a_renamed_note_is_found_again_under_its_new_claims(vault: Path) -> None:
    (before,) = lay(vault, a=RAISES, b=LOWERS)
    (vault / "b.md").rename(vault / "z.md")
    (after,) = lay(vault)
    assert (before.a, before.b) != (after.a, after.b)
    assert paths(vault) == [{"a.md", "z.md"}]
    assert_as_rebuilt(vault)


def test_an_edit_ends_it_and_another_brings_it_back(vault: Path) -> None:
    before = lay(vault, a=RAISES, b=LOWERS)
    assert lay(vault, b=LOWERS.replace("lowers", "raises")) == []
    assert_as_rebuilt(vault)
    assert lay(vault, b=LOWERS) == before
    assert lay(vault, a=None) == []
    assert_as_rebuilt(vault)


def test_a_subject_that_becomes_a_crowd_says_nothing_until_it_is_one_no_more(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.clashes, "_CROWD", 2)
    before = lay(vault, a=RAISES, b=LOWERS)
    assert len(before) == 1
    assert lay(vault, c=LOWERS) == []
    assert_as_rebuilt(vault)
    assert lay(vault, c=None) == before


def test_a_sync_that_broke_off_before_the_links_is_made_good_by_the_next(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(vault, a=RAISES)
    (vault / "b.md").write_text(LOWERS)
    with monkeypatch.context() as patch:
        patch.setattr("ingest.connect.clashes", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sync(vault, Settings())
    assert len(lay(vault)) == 1
    assert_as_rebuilt(vault)


SUBJECTS = st.sampled_from(["Self-correction", "Longer chains", "Weight decay", "Random rewards", "Label noise"])
VERBS = st.sampled_from(["raises", "lowers", "does not raise", "improves", "has no effect on", "causes", "does not cause"])  # fmt: skip
OBJECTS = st.sampled_from(["reasoning accuracy", "grokking of students", "hallucinations in testis", "errors by 21%", "errors by 5%"])  # fmt: skip
SENTENCES = st.builds(lambda a, b, c: f"{a} {b} the {c}.", SUBJECTS, VERBS, OBJECTS)


@given(SENTENCES, SENTENCES, st.floats(0, 1))
@settings(deadline=None, derandomize=True, database=None)
def test_neither_side_counts_for_more_and_what_pulls_meets_under_a_subject(a: str, b: str, nearness: float) -> None:
    one, other = pull(a, b, nearness), pull(b, a, nearness)
    assert (one and (one.kind, one.strength)) == (other and (other.kind, other.strength))
    if one is not None:
        assert speaks(a, "finding") and speaks(b, "finding")
        assert subjects(a).keys() & subjects(b).keys()

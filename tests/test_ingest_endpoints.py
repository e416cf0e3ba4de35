"""How sure it is that the sentences chosen for what an author opposes are the ones meant."""

from pathlib import Path

import pytest

from ingest.endpoint_confidence import SURE, of_finding, of_link
from ingest.pipeline import sync
from kb.edges import link_counts, links
from kb.settings import Settings
from kb.store import open_store
from qa.tensions import Held, held

DAMP = "Damp air rusts nine widgets in ten within a year."


def told(folder: Path, *, unsure: bool = False) -> list[Held]:
    sync(folder, Settings())
    with open_store(folder) as store:
        return held(store, unsure=unsure)


@pytest.mark.parametrize(
    "sentence",
    [
        "[[sealed|A later survey]] finds no rust in sealed rooms.",
        "The benefit is narrower than first thought: [[sealed]].",
        "A second objection is that [[sealed|rooms were chosen by hand]].",
        "The claim conflicts with [[sealed]], where widgets stay clean.",
        "[[sealed]] reports the opposite for widgets in rooms.",
    ],
)
def test_who_is_named_as_a_source_is_opposed_to_the_finding(sentence: str) -> None:
    assert of_finding(sentence, DAMP, 0.6) >= SURE


@pytest.mark.parametrize(
    "sentence",
    [
        "The rust on widgets runs against [[sealed]].",
        "This sits uneasily with the strict reading of [[sealed]].",
        "The claim about salt conflicts with [[sealed]].",
        "The widget explanation of [[sealed]] is therefore incomplete: widgets rust anyhow.",
    ],
)
def test_what_points_elsewhere_is_not_opposed_to_the_finding(sentence: str) -> None:
    assert of_finding(sentence, DAMP, 0.6) < SURE


def test_what_is_near_to_nothing_was_only_found_first() -> None:
    assert of_finding("[[sealed|A survey]] finds no rust.", DAMP, 0.1) < SURE


def test_a_link_means_findings_that_share_words_and_that_its_author_names() -> None:
    dry = "In dry rooms no widget rusted."
    guide = "[[damp|The widget survey]] says otherwise."
    assert of_link(DAMP, dry, [], findings=True) >= SURE
    assert of_link(DAMP, dry, [guide], findings=True) > of_link(DAMP, dry, [], findings=True)
    assert of_link(DAMP, dry, [guide], findings=False) < SURE
    assert of_link(DAMP, dry, ["Compare [[widgets-in-rooms]]."], findings=True) < SURE, "a file's name is no word on it"
    assert of_link(DAMP, "They stayed as clean as a new widget.", [guide], findings=True) < SURE
    assert of_link(DAMP, "Sealed rooms kept everything clean.", [], findings=True) < SURE
    assert (
        of_link(DAMP, "Sealed rooms kept brass clean.", ["In sealed rooms brass lasts: [[x]]."], findings=True) >= SURE
    )


def test_a_guess_is_not_quoted_and_stays_to_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# Does damp matter?\n\n{DAMP}\n\ncontradicts:: [[b]]\n")
    (tmp_path / "b.md").write_text("# Do ships sink?\n\nTankers were lost on two of five winter crossings.\n")
    assert told(tmp_path) == []
    (each,) = told(tmp_path, unsure=True)
    assert not each.is_quotable and each.tension.confidence == 0.5
    with open_store(tmp_path) as store:
        assert [(link.kind, link.confidence) for link in links(store, "a.md")] == [("contradicts", 1.0)]


def test_links_are_counted_as_they_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# Does damp matter?\n\n{DAMP}\n\ncontradicts:: [[b]]\n")
    (tmp_path / "b.md").write_text("# Do rooms help?\n\nIn sealed rooms no widget rusted within ten years.\n")
    (each,) = told(tmp_path)
    with open_store(tmp_path) as store:
        before = dict(link_counts(store))
    word = '{{"a": {{"quote": "{}", "path": "a.md"}}, "b": {{"quote": "{}", "path": "b.md"}}, "verdict": "reject", "relation": "contradicts", "date": "2026-05-02"}}\n'
    (tmp_path / "kb-review.jsonl").write_text(word.format(each.a.quote, each.b.quote))
    assert told(tmp_path) == []
    with open_store(tmp_path) as store:
        after = dict(link_counts(store))
        assert store.meta("links") == str(sum(after.values()))
    assert before["contradicts (author)"] == 1 and "contradicts (author)" not in after

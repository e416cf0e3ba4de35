"""`kb eval`: each inquiring line asked without itself."""

from pathlib import Path

import pytest
from transcript import synced_sample

from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import Store, open_store
from qa.evaluate import MEASURES, evaluate, measured
from qa.retrieve import CHANNELS, Retriever

EXAMPLE = Path(__file__).parent.parent / "examples" / "vault"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Store:
    vault = tmp_path_factory.mktemp("vaults") / "vault"
    return open_store(synced_sample(vault))


def test_measures_count_what_was_expected_by_depth() -> None:
    ranked = ["a", "x", "b", "y", "z", "c"]
    assert measured(ranked, ["a", "b", "c"]) == {
        "recall@5": 2 / 3, "recall@10": 1.0, "R-precision": 2 / 3, "recall@2R": 1.0
    }  # fmt: skip


def test_the_sample_vault_brings_back_what_its_lines_cite(example: Store) -> None:
    found = evaluate(example, Retriever(example, Settings()))
    assert len(found.lines) == 6
    assert set(found.averages) == {*CHANNELS, "fused"}
    mean = {name: sum(figures.values()) / len(MEASURES) for name, figures in found.averages.items()}
    assert mean["fused"] > max(mean[channel] for channel in CHANNELS), mean
    assert found.averages["fused"]["R-precision"] > 0.5


def test_the_line_asked_never_answers_itself(example: Store) -> None:
    retriever = Retriever(example, Settings())
    for name, title in example.sql.execute("SELECT name, title FROM note WHERE kind = 'line'").fetchall():
        assert name in {note for note, _ in retriever.find(title).notes}
        found = retriever.find(title, without={name})
        assert name not in {note for note, _ in found.notes}
        own = {row[0] for row in example.sql.execute(
            "SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE path = ?", (name,)
        )}  # fmt: skip
        assert own and not own & {claim for claim, _ in found.claims}


LINE = """INQUIRING LINE

{title}

This explores {lead}

{body}

Sources {n} notes

{sources}
"""
NOTES = {
    "Do tides slow the rotation of the earth?": "Friction of tides lengthens the day by two milliseconds a century.",
    "Does the moon drift away from the earth?": "Laser ranging shows the moon receding by 38 millimetres a year.",
    "Can coral growth rings count ancient days?": "Devonian corals show about 400 daily rings in each yearly band.",
}


def line(path: Path, title: str, *titles: str) -> None:
    body = " ".join(f"One finding bears on it {cited}." for cited in titles)
    sources = "\n\n".join(f"{cited}\n\n{NOTES[cited]}" for cited in titles)
    path.write_text(LINE.format(title=title, lead="how days change.", body=body, n=len(titles), sources=sources))


def test_a_note_that_only_the_left_out_line_describes_is_not_expected(tmp_path: Path) -> None:
    tides, moon, coral = NOTES
    line(tmp_path / "one.md", "Why were days shorter in the past?", tides, moon, coral)
    line(tmp_path / "two.md", "Where does the moon go?", tides, moon)
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        retriever = Retriever(store, Settings())
        found = {each.note: each for each in evaluate(store, retriever).lines}
        assert [len(found[name].expected) for name in ("one.md", "two.md")] == [2, 2]
        assert [found[name].unknowable for name in ("one.md", "two.md")] == [1, 0]
        shared = retriever.find("tides and corals", without={"one.md"})
        names = {name for name, _ in shared.notes}
        assert any("tides" in name for name in names)
        assert not any("coral" in name for name in names)


def test_the_share_of_lines_half_answered_comes_from_the_answer(tmp_path: Path) -> None:
    tides, moon, coral = NOTES
    line(tmp_path / "one.md", "Why were days shorter in the past?", tides, moon, coral)
    line(tmp_path / "two.md", "How do tides, moon and corals tell of days?", tides, moon, coral)
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        retriever = Retriever(store, Settings())

        def answered(question: str, without: object) -> set[str]:
            found = [name for name, _ in retriever.find(question).notes if name.startswith("stub:")]
            return set(found[: 3 if question.startswith("Why") else 1])

        assert evaluate(store, retriever, answered).half_answered == 0.5


def test_a_vault_without_lines_has_nothing_to_compare(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Tides\n\nTides slow the earth by friction on the sea floor.\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        found = evaluate(store, Retriever(store, Settings()))
        assert (found.lines, dict(found.averages), found.half_answered) == ((), {}, None)

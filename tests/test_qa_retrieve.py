"""Retrieval: words, nearness and graph, odd questions, changes while it is warm, Chroma and exact search."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import qa.nearness
from ingest.passages import catch_up
from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import Store, open_store
from qa.acronyms import written_out
from qa.retrieve import Found, Retriever

NOTES = {
    "verifiable": "# Rewards that can be checked\n\nReinforcement learning with verifiable rewards (RLVR) sharpens "
    "sampling on mathematics. The gain is largest where the base model already succeeds sometimes.",
    "spurious": "# Spurious rewards\n\nRLVR with random rewards still lifts some model families. The effect is absent in others.",
    "fewshot": "# Examples in the prompt\n\nFew-shot prompting improves accuracy when labels are consistent.",
    "joined": "# One word\n\nFewshot evaluation is noisy across seeds.",
    "coral": "# Coral growth\n\nCoral bands record the length of ancient days. See [[tides]].",
    "tides": "# Friction of the sea\n\nThe ocean lengthens the day by two milliseconds a century.",
    "chinese": "# 潮汐\n\n潮汐摩擦使地球自转变慢。月球每年远离地球三十八毫米。",
    "teacher": "# Strong teachers\n\nStudents distilled from a much stronger teacher often learn less than from a medium one.",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name, text in NOTES.items():
        (tmp_path / f"{name}.md").write_text(text + "\n", "utf-8")
    sync(tmp_path, Settings())
    return tmp_path


@pytest.fixture
def store(vault: Path) -> Iterator[Store]:
    with open_store(vault) as opened:
        yield opened


@pytest.fixture
def retriever(store: Store) -> Iterator[Retriever]:
    made = Retriever(store, Settings())
    yield made
    made.close()


def first(found: Found) -> str:
    return found.notes[0][0].removesuffix(".md")


def names(found: Found) -> list[str]:
    return [name.removesuffix(".md") for name, _ in found.notes]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Do students of a medium teacher learn more?", "teacher"),
        ("what do studnets of strong techers learn", "teacher"),
        ("coral band", "coral"),
        ("潮汐摩擦", "chinese"),
    ],
)
def test_words_find_plurals_typos_and_other_scripts(retriever: Retriever, question: str, note: str) -> None:
    assert first(retriever.find(question, channels=("words",))) == note


def test_hyphens_do_not_matter(retriever: Retriever) -> None:
    for question in ("few-shot", "few shot"):
        assert "fewshot" in names(retriever.find(question, channels=("words",)))
    assert "joined" in names(retriever.find("few-shot", channels=("words",)))


def test_words_run_together_are_taken_apart(vault: Path, retriever: Retriever) -> None:
    (vault / "more.md").write_text("# Days\n\nAncient days were shorter. Ancient days had fewer hours.\n")
    sync(vault, Settings())
    assert set(names(retriever.find("ancientdays", channels=("words",)))) == {"coral", "more"}


def test_an_acronym_and_its_long_form_find_each_other(retriever: Retriever) -> None:
    long = retriever.find("reinforcement learning with verifiable rewards", channels=("words",))
    assert {"verifiable", "spurious"} <= set(names(long)[:2])
    # One note holds all of it, and the mean of the best two is then at least a half.
    assert retriever.find("Do verifiable rewards sharpen sampling?").covered >= 0.5
    spelt = retriever.find("reinforcement learning with verifiable rewards", without={"verifiable.md"})
    assert first(spelt) == "spurious"
    assert first(retriever.find("What does RLVR sharpen?", channels=("words",))) == "verifiable"


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We train by low-rank adaptation (LoRA) here.", "lora", ["low rank adaptation"]),
        ("CFT (critique fine-tuning) needs one problem.", "cft", ["critique fine tuning"]),
        ("All of these (RLVR) are unclear.", "rlvr", []),
        ("No such thing.", "rlvr", []),
    ],
)
def test_long_forms_are_read_from_the_notes(text: str, short: str, long: list[str]) -> None:
    assert written_out(text, short) == long


def test_the_graph_reaches_what_shares_no_word(retriever: Retriever) -> None:
    assert "tides" not in names(retriever.find("coral bands", channels=("words",)))
    assert "tides" in names(retriever.find("coral bands", channels=("words", "graph")))
    assert "tides" not in names(retriever.find("coral bands", channels=("words", "graph"), without={"coral.md"}))


@pytest.mark.parametrize(
    "question",
    [
        "", "   \n", "?", "the of and", 'AND OR NEAR("x" * ^: "', '"unclosed', "a* OR b", "title:coral NOT x", "🌱🔥", "\x00",
        "\ud800 half a pair", "word " * 2_000, "x" * 10_000, "Что такое прилив?", "'; DROP TABLE claim; --", "-1", "NULL",
    ],
)  # fmt: skip
def test_odd_questions_get_an_answer_or_nothing(retriever: Retriever, question: str) -> None:
    found = retriever.find(question)
    assert all(score == score for _, score in (*found.notes, *found.claims))
    assert 0 <= found.covered <= 1


def test_coverage_tells_what_the_notes_know_from_what_they_do_not(retriever: Retriever) -> None:
    known = retriever.find("How do coral bands record ancient days?")
    unknown = retriever.find("Which medieval guild taxed saffron?")
    assert known.covered > 0.5 > 0.2 > unknown.covered
    assert known.nearness > unknown.nearness


def test_an_empty_base_answers_with_nothing(tmp_path: Path) -> None:
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        found = Retriever(store, Settings()).find("Does anything follow?", without={"not-there.md"})
        assert (found.notes, found.claims) == ((), ())


def test_a_warm_retriever_sees_what_another_sync_wrote(vault: Path, retriever: Retriever) -> None:
    retriever.find("volcanic ash")
    (vault / "ash.md").write_text("# Ash\n\nVolcanic ash cools the climate for two years.\n")
    (vault / "coral.md").unlink()
    (vault / "teacher.md").write_text("# Strong teachers\n\nA medium teacher is enough for volcanic students.\n")
    sync(vault, Settings())
    warm = retriever.find("volcanic ash and coral teacher")
    with open_store(vault) as store:
        assert Retriever(store, Settings()).find("volcanic ash and coral teacher") == warm
    assert "ash" in names(warm) and "coral" not in names(warm)


def test_chroma_and_exact_search_agree(
    vault: Path, store: Store, retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(store, Settings(), now=True)
    (vault / "late.md").write_text("# Late\n\nThe moon recedes by millimetres, which no passage in the index says.\n")
    (vault / "joined.md").unlink()
    sync(vault, Settings())
    assert int(store.meta("chroma_high")) < store.sql.execute("SELECT max(id) FROM passage").fetchone()[0]
    monkeypatch.setattr(qa.nearness, "INDEX_FROM", 0)
    questions = ["How far does the moon recede?", "coral days", "strong teachers and students", "few-shot seeds"]
    for _ in range(5):
        retriever.find("warm up")
    by_index = [retriever.find(question) for question in questions]
    assert retriever._near._index._passages is not None, "Chroma was asked"
    monkeypatch.setattr(qa.nearness, "INDEX_FROM", 10**9)
    for one, other in zip(by_index, [retriever.find(question) for question in questions], strict=True):
        assert names(one)[:3] == names(other)[:3]
        assert one.claims[0][0] == other.claims[0][0]
        assert one.nearness == pytest.approx(other.nearness, abs=1e-4)
    assert first(by_index[0]) == "late"


def test_a_broken_index_falls_back_to_exact_search(
    vault: Path, store: Store, retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(store, Settings(), now=True)
    (vault / ".kb" / "chroma" / "sealed.json").unlink()
    for _ in range(5):
        retriever.find("warm up")
    monkeypatch.setattr(qa.nearness, "INDEX_FROM", 0)
    assert first(retriever.find("coral bands")) == "coral"
    assert first(retriever.find("coral bands")) == "coral"


def test_no_server_no_harm(store: Store) -> None:
    made = Retriever(store, Settings(vectors="http://127.0.0.1:9"))
    store.set_meta("chroma_where", "http://127.0.0.1:9")
    store.set_meta("chroma_high", 1)
    assert first(made.find("coral bands")) == "coral"


def test_another_embedding_than_the_base_was_made_with_leaves_words(store: Store) -> None:
    store.set_meta("embed", "something-else")
    found = Retriever(store, Settings()).find("coral bands")
    assert first(found) == "coral"
    assert found.nearness == 0.0

"""Retrieval: words, nearness and graph, odd questions, changes while it is warm, Chroma and exact search."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from transcript import synced_sample

import qa.claim_vectors
import qa.vector_search
from ingest.passages import catch_up
from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import Store, open_store
from qa.coverage import is_silent
from qa.retrieve import Found, Retriever
from qa.terms import content_words

ROOT = Path(__file__).resolve().parent.parent

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


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How should I take notes?", ["notes"]),
        ("What do my own notes say about sleep?", ["sleep"]),
        ("What do these notes hold of Ryle's regress?", ["hold", "ryle", "regress"]),
    ],
)
def test_whose_notes_are_asked_is_not_what_they_are_asked_about(question: str, words: list[str]) -> None:
    assert content_words(question) == (words, True)


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
    assert found.read is None or -1 <= found.read <= 1.001


def test_coverage_tells_what_the_notes_know_from_what_they_do_not(retriever: Retriever) -> None:
    known = retriever.find("How do coral bands record ancient days?")
    unknown = retriever.find("Which medieval guild taxed saffron?")
    assert known.read is not None and unknown.read is not None
    assert known.read > 0.5 > 0.3 > unknown.read
    assert known.nearness > unknown.nearness
    assert not is_silent(known) and is_silent(unknown)


def test_a_word_that_no_note_speaks_of_is_named_when_it_leads_away(retriever: Retriever) -> None:
    found = retriever.find("Do students of a strong teacher often learn less electricity?")
    assert found.lacking[0][0] == "electricity"


def test_words_in_most_notes_still_count(tmp_path: Path) -> None:
    for number in range(8):
        other = "about rivers and their sand" if number else "about teachers and models and models"
        (tmp_path / f"{number}.md").write_text(f"# Note {number}\n\nThis one on models is {other}.\n")
    (tmp_path / "none.md").write_text("# Last\n\nA page on rivers and their sand and nothing else at all.\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        found = Retriever(store, Settings()).find("models", channels=("words",))
    assert len(found.notes) == 8 and first(found) == "0"


def test_without_the_reader_there_is_no_second_reading(store: Store) -> None:
    made = Retriever(store, Settings(embed="wordllama"))
    found = made.find("coral bands")
    assert (first(found), found.read, made.readings) == ("coral", None, None)
    assert not (store.folder / "readings.sqlite3").exists()


def test_lines_that_cite_others_count_half_and_posts_that_cite_nobody_in_full(tmp_path: Path) -> None:
    said = "Coral bands record the length of ancient days."
    for number in range(9):
        (tmp_path / f"other{number}.md").write_text(
            f"# Other {number}\n\nRivers carry sand and silt to the sea {number}.\n"
        )
    (tmp_path / "note.md").write_text(f"# Corals\n\n{said}\n")
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "alone.md").write_text(f"# Corals again\n\n{said}\n")
    (tmp_path / "posts" / "citing.md").write_text(f"# Corals once more\n\n{said} See [[note]].\n")
    sync(tmp_path, Settings())
    with open_store(tmp_path) as store:
        scores = dict(Retriever(store, Settings()).find("coral bands", channels=("words", "nearness")).notes)
    assert scores["posts/alone.md"] > 0.6 * scores["note.md"] > scores["posts/citing.md"]


WORDING = tomllib.loads((ROOT / "tests" / "gold" / "wording.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with open_store(synced_sample(tmp_path_factory.mktemp("sample") / "vault")) as store:
        yield Retriever(store, Settings())


def test_two_wordings_of_one_question_find_the_same_notes(sample: Retriever) -> None:
    """Pairs in the notes' words and in everyday words that share none; bm25 finds a right note for 12 of 20 of both."""
    found = 0
    for pair in WORDING["pair"]:
        wanted = set(pair["notes"])
        found += all(wanted & {note for note, _ in sample.find(pair[side], notes=10).notes} for side in "ab")
    assert found >= 14


def test_questions_in_other_words_are_answered_and_foreign_ones_are_not(sample: Retriever) -> None:
    def silent(kind: str) -> int:
        return sum(is_silent(sample.find(each["question"])) for each in WORDING[kind])

    assert silent("foreign") == 12
    assert silent("answerable") <= 1
    near = [sample.find(each["question"]) for each in WORDING["near"]]
    assert sum(is_silent(each) or bool(each.lacking) for each in near) >= 22


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


def test_the_vectors_of_a_base_that_nobody_writes_to_are_read_once(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    stored = qa.claim_vectors._stored

    def counted(store: Store, dimensions: int) -> object:
        reads.append(dimensions)
        return stored(store, dimensions)

    monkeypatch.setattr(qa.claim_vectors, "_stored", counted)
    for question in ("rewards that can be checked", "strong teachers", "rewards that can be checked"):
        assert retriever.find(question).notes
        assert len(retriever.claim_vectors().claims)
    assert len(reads) == 1


def test_chroma_and_exact_search_agree(
    vault: Path, store: Store, retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(store, Settings(), now=True)
    (vault / "late.md").write_text("# Late\n\nThe moon recedes by millimetres, which no passage in the index says.\n")
    (vault / "joined.md").unlink()
    sync(vault, Settings())
    assert int(store.meta("chroma_high")) < store.sql.execute("SELECT max(id) FROM passage").fetchone()[0]
    monkeypatch.setattr(qa.vector_search, "INDEX_FROM", 0)
    questions = ["How far does the moon recede?", "coral days", "strong teachers and students", "few-shot seeds"]
    for _ in range(5):
        retriever.find("warm up")
    by_index = [retriever.find(question) for question in questions]
    assert retriever._near._index._passages is not None, "Chroma was asked"
    monkeypatch.setattr(qa.vector_search, "INDEX_FROM", 10**9)
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
    monkeypatch.setattr(qa.vector_search, "INDEX_FROM", 0)
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

"""Contradictions that a model reads: which pairs it is asked, what is kept, and what a failure costs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from test_kb_entailment import judge_folder

from ingest import judging
from ingest.judges import is_settled, unsettle
from ingest.judging import Candidate, candidates, informative, judge_candidates, judged
from ingest.pipeline import sync
from ingest.sides import Sides
from kb.catalogue import claims
from kb.edges import link_counts, links
from kb.entailment import LABELS, Judge, Verdict, open_judge
from kb.errors import Unavailable
from kb.link import Link
from kb.settings import Settings
from kb.store import Store, open_store

NOTES = {
    "a": "# Sleep\n\nLong sleep improves memory consolidation in healthy adults after training.\n",
    "b": "# Wakefulness\n\nLong sleep never improves memory consolidation in healthy adults after training.\n",
    "c": "# Children\n\nLong sleep also improves memory consolidation in healthy adults after training.\n",
    "d": "# Prices\n\nHouse prices never followed the wages of young families in that decade.\n",
}
SETTINGS = Settings(judge="models/nli")


class Counting:
    """A judge that remembers what it was asked."""

    def __init__(self, judge: Judge, fails_after: int | None = None) -> None:
        self._judge = judge
        self.name = judge.name
        self.asked: list[tuple[str, str]] = []
        self.fails_after = fails_after

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        if self.fails_after is not None and len(self.asked) >= self.fails_after:
            raise Unavailable("The judge fell asleep.", "Wake it.")
        self.asked += pairs
        return self._judge.judge(pairs)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name, text in NOTES.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    judge_folder(tmp_path / "models" / "nli")
    sync(tmp_path, Settings())
    return tmp_path


@pytest.fixture
def store(vault: Path) -> Iterator[Store]:
    with open_store(vault) as opened:
        with opened.transaction() as sql:
            sql.execute("DELETE FROM subject")
            sql.execute("INSERT INTO subject SELECT 'consol improv', id FROM claim")
            sql.execute("INSERT INTO subject SELECT 'memor sleep', id FROM claim WHERE text LIKE '%sleep%'")
        yield opened


@pytest.fixture
def judge(vault: Path) -> Counting:
    return Counting(open_judge(vault / "models" / "nli"))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[Counting]:
    """The judges that the room opens."""
    opened: list[Counting] = []

    def opens(folder: Path) -> Judge:
        opened.append(Counting(open_judge(folder)))
        return opened[-1]

    monkeypatch.setattr(judging, "open_judge", opens)
    return opened


def by_model(store: Store) -> list[Link]:
    # The rule finds some of these pairs too, and of two links on one pair the surer is listed.
    store.sql.execute("DELETE FROM link WHERE method = 'rule'")
    return [link for link in links(store) if link.method == "model"]


def quoted(store: Store, link: Link) -> list[str]:
    known = {claim.id: claim.quote for claim in claims(store, [link.a, link.b])}
    return [known[link.a], known[link.b]]


def test_pairs_are_near_of_two_notes_and_share_words(store: Store) -> None:
    found = list(candidates(store))
    paths = [{claim.place.path for claim in claims(store, [pair.a, pair.b])} for pair in found]
    assert sorted(map(sorted, paths)) == [["a.md", "b.md"], ["a.md", "c.md"], ["b.md", "c.md"]]
    assert all(pair.a < pair.b and "memory" in pair.a_text and "memory" in pair.b_text for pair in found)


def test_what_is_judged_can_be_read_alone(vault: Path) -> None:
    linked = NOTES["b"].replace("Long sleep", "[[a|Long sleep]]").replace("training.", "training [@lee2020].")
    (vault / "b.md").write_text(linked, encoding="utf-8")
    sync(vault, Settings())
    with open_store(vault) as store:
        store.sql.execute("INSERT OR IGNORE INTO subject SELECT 'memor sleep', id FROM claim")
        texts = {text for pair in candidates(store) for text in (pair.a_text, pair.b_text)}
    assert not [text for text in texts if "[" in text] and len([text for text in texts if "never" in text]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Memory chips and sleep modes drain the batteries of cheap laptops.",  # two words in common, and far
        "Sleeping benefits the recall of older people who exercise and sleep well after sleeping.",  # near, and one
    ],
)
def test_neither_words_nor_nearness_alone_make_a_pair(vault: Path, text: str) -> None:
    for name in "bcd":
        (vault / f"{name}.md").unlink()
    (vault / "e.md").write_text(f"# Another\n\n{text}\n", encoding="utf-8")
    sync(vault, Settings())
    with open_store(vault) as store:
        store.sql.execute("INSERT OR IGNORE INTO subject SELECT 'memor sleep', id FROM claim")
        vectors = {known.id: known.vector for (file,) in _files(store) for known in Sides(store).claims_in(file)}
        texts = dict(store.sql.execute("SELECT name, text FROM claim").fetchall())
        (a, b) = vectors
        words = informative(texts[a]) & informative(texts[b])
        assert (len(words) >= 2) is not (float(vectors[a] @ vectors[b]) >= 0.55), (words, vectors[a] @ vectors[b])
        assert list(candidates(store)) == []


def _files(store: Store) -> list[tuple[int]]:
    return store.sql.execute("SELECT DISTINCT file FROM claim").fetchall()


def test_claims_of_one_note_are_no_pair(store: Store) -> None:
    store.sql.execute("UPDATE claim SET owner = 'one'")
    assert list(candidates(store)) == []


def test_a_subject_that_a_crowd_shares_is_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_CROWD", 2)
    assert list(candidates(store)) == []


def test_words_that_are_everywhere_are_not_shared() -> None:
    assert informative("The model was not better in many of these results") <= {"better", "bet"}
    assert len(informative("Sleep improves memory") & informative("memories improved by sleeping")) == 3


def test_a_contradiction_becomes_a_link_with_both_places(store: Store, judge: Counting) -> None:
    rows = list(judged(store, judge, candidates(store)))
    assert {(row.kind, row.method, row.tension) for row in rows} == {("contradicts", "model", "opposing result")}
    (denied,) = [row for row in rows if "also" not in str(claims(store, [row.a, row.b]))]
    assert denied.a < denied.b and denied.confidence == 0.84
    assert denied.reason == "a local model reads them as contradicting (0.84)"
    known = {claim.id: claim.place.model_dump() for claim in claims(store, [denied.a, denied.b])}
    assert denied.evidence == [known[denied.a], known[denied.b]]


@pytest.mark.parametrize(("probability", "confidence"), [(0.7999, None), (0.8, 0.8), (0.87, 0.87), (0.99, 0.9)])
def test_the_bar_and_the_cap(store: Store, probability: float, confidence: float | None) -> None:
    class Sure:
        name = "sure"

        def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
            return [Verdict(probability, 0.0, 1 - probability)] * len(pairs)

    found = list(judged(store, Sure(), list(candidates(store))[:1]))
    assert [row.confidence for row in found] == ([confidence] if confidence else [])
    assert all(row.reason.endswith(f"({probability:.2f})") for row in found)


def test_nothing_is_judged_twice(store: Store, judge: Counting) -> None:
    given = list(candidates(store))
    rows = list(judged(store, judge, given))
    assert len(judge.asked) == 3 and store.count("opinion") == 3
    swapped = [Candidate(pair.b, pair.b_text, pair.a, pair.a_text) for pair in given]
    assert list(judged(store, judge, swapped)) == rows
    assert list(judged(store, judge, [(pair.a, pair.a_text, pair.b, pair.b_text) for pair in given])) == rows
    assert len(judge.asked) == 3


def test_another_model_is_asked_anew(vault: Path, store: Store, judge: Counting) -> None:
    given = list(candidates(store))
    list(judged(store, judge, given))
    other = Counting(open_judge(judge_folder(vault / "models" / "nli", max_position_embeddings=64)))
    list(judged(store, other, given))
    assert len(other.asked) == 3 and store.count("opinion") == 6


def test_texts_that_stand_in_several_notes_are_asked_once(store: Store, judge: Counting) -> None:
    (pair, *_) = candidates(store)
    again = pair._replace(a="c0", b="c1")
    rows = list(judged(store, judge, [pair, again]))
    assert len(judge.asked) == 1 and len(rows) <= 1, "and a claim that is gone has no link"


def test_what_an_author_relates_is_not_gone_over(store: Store, judge: Counting) -> None:
    (pair, *others) = candidates(store)
    store.sql.execute(
        "INSERT INTO link VALUES ('file:1', 'qualifies', ?, ?, 'author', 0.6, '[]', 'but', 'scope', 1)",
        (pair.b, pair.a),
    )
    list(judged(store, judge, [pair, *others]))
    assert (pair.a_text, pair.b_text) not in judge.asked and len(judge.asked) == len(others)


def test_it_may_be_called_within_a_transaction(store: Store, judge: Counting) -> None:
    given = list(candidates(store))
    with store.transaction():
        list(judged(store, judge, given))
    assert store.count("opinion") == 3


def test_a_second_sync_asks_nothing(store: Store, watched: list[Counting]) -> None:
    said: list[tuple[str, int, int]] = []
    assert not is_settled(store, SETTINGS)
    assert judge_candidates(store, SETTINGS, candidates(store), lambda *told: said.append(told)) == []
    counted = sum(count for _, count in link_counts(store))
    first = by_model(store)
    assert first and is_settled(store, SETTINGS) and said == [("judging", 0, 3)]
    assert all(len(link.evidence) == 2 and link.tension == "opposing result" for link in first)
    assert {"never" in quote for quote in quoted(store, first[0])} == {True, False}
    assert store.meta("links") == str(counted)
    unsettle(store)
    assert not is_settled(store, SETTINGS)
    assert judge_candidates(store, SETTINGS, candidates(store)) == []
    assert by_model(store) == first and is_settled(store, SETTINGS)
    assert [len(each.asked) for each in watched] == [3, 0]


def test_a_changed_claim_is_judged_and_the_others_are_not(store: Store, watched: list[Counting]) -> None:
    judge_candidates(store, SETTINGS, candidates(store))
    changed = [
        pair._replace(a_text=pair.a_text + " again") if number == 0 else pair
        for number, pair in enumerate(candidates(store))
    ]
    judge_candidates(store, SETTINGS, changed)
    assert [len(each.asked) for each in watched] == [3, 1]


def test_without_the_setting_no_link_by_a_model_stays(store: Store, watched: list[Counting]) -> None:
    judge_candidates(store, SETTINGS, candidates(store))
    assert by_model(store) and not is_settled(store, Settings())
    assert judge_candidates(store, Settings(), candidates(store)) == []
    assert by_model(store) == [] and is_settled(store, Settings()) and len(watched) == 1
    assert store.meta("links") == str(len(links(store)))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", [None, b"damaged"])
def test_a_judge_that_fails_is_a_remark(vault: Path, store: Store, name: str, damage: bytes | None) -> None:
    judge_candidates(store, SETTINGS, candidates(store))
    file = vault / "models" / "nli" / name
    whole = file.read_bytes()
    file.unlink() if damage is None else file.write_bytes(damage)
    (problem,) = judge_candidates(store, SETTINGS, candidates(store))
    assert (problem.code, problem.path) == ("judge", "models/nli")
    assert problem.message.startswith(str(vault / "models" / "nli")) and problem.hint
    assert by_model(store) == [] and not is_settled(store, SETTINGS), "the next sync tries again"
    file.write_bytes(whole)
    assert judge_candidates(store, SETTINGS, candidates(store)) == [] and by_model(store)


def test_what_was_judged_before_a_failure_is_kept(
    store: Store, judge: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_BATCH", 1)
    judge.fails_after = 2
    monkeypatch.setattr(judging, "open_judge", lambda folder: judge)
    (problem,) = judge_candidates(store, SETTINGS, candidates(store))
    assert (problem.message, problem.hint) == ("The judge fell asleep.", "Wake it.")
    assert store.count("opinion") == 2 and by_model(store) == []
    judge.fails_after = None
    assert judge_candidates(store, SETTINGS, candidates(store)) == []
    assert len(judge.asked) == 3 and by_model(store)


def test_the_folder_may_lie_anywhere(vault: Path, store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = judge_folder(tmp_path_factory.mktemp("models"), labels=LABELS[::-1])
    assert judge_candidates(store, Settings(judge=str(elsewhere)), candidates(store)) == []
    assert by_model(store)

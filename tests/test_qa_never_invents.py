"""Whatever is asked: nothing is raised, every statement carries claims, every quote stands in its file."""

import atexit
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transcript import ROOT, synced_sample

from ingest.decode import text_of
from ingest.pipeline import sync
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker

GOLD = tomllib.loads((ROOT / "tests" / "gold" / "questions.toml").read_text("utf-8"))
GARDEN = ROOT.parent / "shared" / "data" / "garden" / "vault"


def folded(text: str) -> str:
    return " ".join(text.split())


@cache
def _file(path: Path, changed: int) -> str:
    return folded(text_of(path.read_bytes(), path.name)[0])


def file_text(path: Path) -> str:
    return _file(path, path.stat().st_mtime_ns)


def quoted(text: str, lead: str = "") -> str:
    """What stands between the outer quotation marks: quotes may hold quotes."""
    # A sentence that closes with a citation is quoted without it, and its full stop comes after the quote.
    said = text.removeprefix(lead).strip()
    said = said.removesuffix(".") if said.endswith("”.") else said
    assert said.startswith("“") and said.endswith("”"), f"no quote, or words after it: {text!r}"
    return said[1:-1]


def faults(answer: Answer, vault: Path) -> list[str]:
    """Where an answer says what no note says."""
    found = []
    for statement in answer.statements:
        if not statement.claims or not set(statement.claims) <= set(answer.claims):
            found.append(f"without claims: {statement.text}")
            continue
        quote = folded(quoted(statement.text, statement.lead)).removesuffix("…").rstrip()
        files = {file_text(vault / answer.claims[key].path) for key in statement.claims}
        if not quote or not any(quote in text for text in files):
            found.append(f"not verbatim: {quote}")
    for claim in answer.claims.values():
        text = text_of((vault / claim.path).read_bytes(), claim.path)[0]
        if text[claim.start : claim.end] != claim.quote or text.count("\n", 0, claim.start) + 1 != claim.line:
            found.append(f"not at its place: {claim.path}:{claim.line}: {claim.quote}")
    used = {
        *(key for premise in answer.premises for key in premise.claims),
        *(key for tension in answer.tensions for key in (tension.a, tension.b)),
    }
    found += [f"names a claim that is not shown: {key}" for key in used - set(answer.claims)]
    return found


@cache
def _asker() -> Asker:
    vault = synced_sample(Path(tempfile.mkdtemp(prefix="kb-gold-")) / "vault")
    store = open_store(vault)
    atexit.register(shutil.rmtree, vault.parent, ignore_errors=True)
    atexit.register(store.close)
    return Asker(store, Settings())


@cache
def answer_to(question: str) -> Answer:
    """The answer of the sample vault, asked once for each process that runs tests."""
    return _asker().ask(question)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    vault = tmp_path_factory.mktemp("invents") / "vault"
    synced_sample(vault)
    with open_store(vault) as store:
        yield Asker(store, Settings())


def test_gold_questions_are_answered_from_the_notes_alone() -> None:
    questions = [str(entry["question"]) for kind in ("answerable", "premise", "silent") for entry in GOLD[kind]][::2]
    assert len(questions) >= 60
    said = 0
    for question in questions:
        answer = answer_to(question)
        assert faults(answer, _asker().store.vault) == [], question
        said += len(answer.statements)
    assert said > 200, "hardly anything was said, so hardly anything was tested"


@pytest.mark.skipif(not GARDEN.is_dir(), reason="the garden is not at hand")
def test_titles_of_a_garden_are_answered_from_its_notes_alone(tmp_path: Path) -> None:
    vault = tmp_path / "garden"
    shutil.copytree(GARDEN, vault, ignore=shutil.ignore_patterns(".kb"))
    sync(vault, Settings())
    with open_store(vault) as store:
        asker = Asker(store, Settings())
        rows = store.sql.execute("SELECT title FROM note WHERE kind = 'note' ORDER BY name").fetchall()
        titles = [row[0] for row in rows][:: max(1, len(rows) // 25)][:25]
        assert len(titles) == 25
        said = 0
        for number, title in enumerate(titles):
            question = (f"What is {title}?", f"why does {title} matter", title)[number % 3]
            answer = asker.ask(question)
            assert faults(answer, vault) == [], question
            said += len(answer.statements)
        assert said > 50, said


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                ["why", "does", "RLVR", "not", "AND", "NEAR(", '"', "*", "reward", "models", "?", "—", "the"]
            ),
            max_size=12,
        ).map(" ".join),
    )
)
def test_any_text_may_be_asked(sample: Asker, question: str) -> None:
    answer = sample.ask(question)
    assert faults(answer, sample.store.vault) == []
    assert answer.reading.startswith("This asks ") and answer.reading.endswith(".")
    assert (answer.coverage == "silent") == (not answer.statements)

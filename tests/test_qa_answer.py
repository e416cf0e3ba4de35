"""The contract of `kb ask --json`, key by key, and what holds of every answer over the sample vault."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Any

import pytest
from test_cli_contract import ask, fits
from test_qa_never_invents import faults, folded
from transcript import synced_sample

from ingest.extract import extract
from ingest.pipeline import sync
from ingest.read import read
from ingest.titles import Titles
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.export.markdown import report
from qa.export.save import save
from qa.material import read_material
from qa.next_lines import plain_question
from qa.question import read_question

SOURCE = {
    "citekey": str, "doi": str, "arxiv": str, "url": str, "authors": [str], "year": (int, NoneType), "title": str,
}  # fmt: skip
CONTRACT: dict[str, Any] = {
    "question": str,
    "reading": str,
    "premises": [{"text": str, "verdict": str, "claims": [str]}],
    "coverage": str,
    "statements": [{"text": str, "claims": [str], "thread": int, "role": str, "lead": str, "opens": bool, "goes_on": bool}],
    "threads": [{"title": str, "notes": [str]}],
    "tensions": [
        {"kind": str, "a": str, "b": str, "method": str, "confidence": float, "why": str, "reconcile": (str, NoneType),
         "settled_by": [str]}
    ],
    "next": [{"question": str, "because": [str], "why": str}],
    "claims": {
        ...: {
            "text": str, "quote": str, "note": str, "path": str, "line": int, "start": int, "end": int, "sources": [SOURCE],
        }
    },
    "notes": [{"id": str, "title": str, "path": (str, NoneType), "summary": str, "cited": bool, "kind": str}],
    "problems": [{"code": str, "message": str, "path": str, "line": (int, NoneType), "hint": str}],
    "stance": NoneType,
    "engine": {"embed": str, "reader": str, "judge": (str, NoneType), "llm": NoneType, "seconds": float},
    "voices": int,
    "missing": str,
    "apart": [{"a": str, "b": str, "why": str}],
    "withheld": [{"text": str, "why": str}],
}  # fmt: skip
CONTESTED = "Why would meaningless reward signals make Qwen better at maths?"
QUESTIONS = (
    CONTESTED,
    "Is a single maths problem really enough to train a reasoner with RL?",
    "does reinforcement learning with verifiable rewards give a model abilites it did not have before",
    "Does what a base model already does before training decide how much it will gain from RL?",
    "SFT or RL: which of the two carries over when the rules change after training?",
    "Why do bigger teachers always make better students?",
    "How does a single training problem teach a model to reason?",
    "policy entropy",
)
SILENT = "How are influenza vaccines updated from year to year?"
_DANGLES = re.compile(r"(?:This|It|They|These|Those|He|She|Its|Their)\b")
_STANDS = re.compile(r"It (?:is|was|seems|has been)\b|This (?:note|line)\b")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("answers") / "vault"
    return synced_sample(copy)


@pytest.fixture(scope="module")
def asker(vault: Path) -> Iterator[Asker]:
    with open_store(vault) as store:
        yield Asker(store, Settings())


@pytest.fixture(scope="module")
def answers(asker: Asker) -> list[Answer]:
    return [asker.ask(question) for question in QUESTIONS]


def test_the_contract_key_by_key(vault: Path) -> None:
    for question in (CONTESTED, SILENT, "Why do bigger teachers always make better students?"):
        done = ask(vault, "ask", question, "--json")
        assert (done.status, done.err) == (0, "")
        answer = done.json
        fits(answer, CONTRACT)
        assert answer["question"] == question
        assert answer["coverage"] in ("silent", "thin", "one-sided", "contested", "settled")
        assert {p["verdict"] for p in answer["premises"]} <= {"supported", "contested", "contradicted", "unknown"}
        assert {s["role"] for s in answer["statements"]} <= {"finding", "tension", "caveat", "link", "inference"}
        assert all(0 <= s["thread"] < len(answer["threads"]) for s in answer["statements"])
        known = set(answer["claims"]) | {note["id"] for note in answer["notes"]}
        assert all(
            set(line["because"]) <= known | {b for b in line["because"] if b.startswith("stub:")} and line["because"]
            for line in answer["next"]
        )


def test_the_json_is_the_answer(vault: Path, asker: Asker) -> None:
    printed = ask(vault, "ask", CONTESTED, "--json").json
    made = json.loads(asker.ask(CONTESTED).model_dump_json())
    printed["engine"]["seconds"] = made["engine"]["seconds"] = 0
    assert printed == made


def test_every_statement_stands_on_claims_and_every_quote_in_its_file(vault: Path, answers: list[Answer]) -> None:
    for answer in answers:
        assert answer.statements, answer.question
        assert faults(answer, vault) == []


def test_no_sentence_is_said_twice(answers: list[Answer]) -> None:
    for answer in answers:
        said = [folded(statement.text.removeprefix(statement.lead)) for statement in answer.statements]
        sentences = [one for text in said for one in re.split(r"(?<=[.!?])\s+", text.strip(" “”")) if len(one) > 20]
        assert len(sentences) == len(set(sentences)), answer.question


def test_no_statement_begins_with_a_word_that_points_at_nothing(answers: list[Answer]) -> None:
    for answer in answers:
        for statement in answer.statements:
            quote = statement.text.removeprefix(statement.lead).strip(" “")
            assert statement.goes_on or not _DANGLES.match(quote) or _STANDS.match(quote), statement.text


def test_a_statement_is_not_cut_in_the_middle_of_a_clause(answers: list[Answer]) -> None:
    for answer in answers:
        for statement in answer.statements:
            assert statement.text.rstrip("”").endswith((".", "!", "?", "…", ")", ":", "。")), statement.text


def test_at_least_twenty_five_notes_are_listed_the_cited_ones_marked(answers: list[Answer]) -> None:
    for answer in answers:
        assert len(answer.notes) >= 25
        assert len({note.id for note in answer.notes}) == len(answer.notes)
        cited = {answer.claims[key].note for statement in answer.statements for key in statement.claims}
        assert {note.id for note in answer.notes if note.cited} == cited


def test_notes_come_best_first(asker: Asker, answers: list[Answer]) -> None:
    for answer in answers:
        found = [note for note, _ in asker.retriever.find(read_question(answer.question).sought, notes=40).notes]
        listed = [note.id for note in answer.notes]
        assert set(listed[: len(found)]) == set(found)
        assert listed[0] in found[:3], answer.question  # a title that asks alike goes before, by a little
        ranks = [rank for rank, note in enumerate(answer.notes) if note.cited]
        assert min(ranks) < 5, answer.question


def test_voices_are_counted_by_source(answers: list[Answer]) -> None:
    for answer in answers:
        assert 1 <= answer.voices <= sum(note.cited for note in answer.notes)


def test_tensions_show_both_sides_and_say_why(answers: list[Answer]) -> None:
    assert sum(len(answer.tensions) for answer in answers) >= 3
    for answer in answers:
        for tension in answer.tensions:
            a, b = answer.claims[tension.a], answer.claims[tension.b]
            assert a.quote and b.quote and a.note != b.note
            assert tension.why.strip() and tension.method in ("author", "rule", "model", "person")
            assert 0 < tension.confidence <= 1


def test_a_contested_question_shows_its_tension(asker: Asker) -> None:
    answer = asker.ask(CONTESTED)
    assert answer.coverage == "contested" and answer.tensions


def test_silence_has_no_statements_but_the_nearest_notes_and_what_is_missing(vault: Path, asker: Asker) -> None:
    answer = asker.ask(SILENT)
    assert answer.coverage == "silent"
    assert (answer.statements, answer.threads, answer.tensions, answer.next, answer.voices) == ((), (), (), (), 0)
    assert answer.missing and not any(note.cited for note in answer.notes)
    shown = ask(vault, "ask", SILENT).out
    assert "silent" in shown and "Nearest" in shown
    unfolded = "".join(line.strip() for line in shown.splitlines())
    assert all((note.path or "") in unfolded for note in [note for note in answer.notes if note.path][:3])


def test_next_lines_are_new_questions(asker: Asker, answers: list[Answer]) -> None:
    titles = {
        folded(row[0]).casefold() for row in asker.store.sql.execute("SELECT title FROM note WHERE kind <> 'stub'")
    }
    for answer in answers:
        assert len(answer.next) <= 5
        asked = [line.question for line in answer.next]
        assert len(set(asked)) == len(asked)
        for line in answer.next:
            assert line.question.endswith("?") and line.why and line.because
            elsewhere = set() if line.why.startswith("a near note asks it") else titles
            assert folded(line.question).casefold() not in elsewhere | {answer.question.casefold()}


@pytest.mark.parametrize("limit", [80, 150, 300, 600])
def test_the_words_said_stay_within_the_limit(asker: Asker, limit: int) -> None:
    for question in QUESTIONS[:4]:
        answer = asker.ask(question, words=limit)
        assert answer.statements
        # A lead ("On Wang et al. (2025):") is not counted by the limit; a quote is.
        said = sum(len(s.text.removeprefix(s.lead).split()) for s in answer.statements)
        assert said <= limit * 1.15, (question, said)


def test_the_same_question_gets_the_same_answer(asker: Asker, answers: list[Answer]) -> None:
    for answer in answers[:3]:
        again = asker.ask(answer.question)
        assert again.model_copy(update={"engine": answer.engine}) == answer


@pytest.fixture(scope="module")
def around_a_report(vault: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Answer]:
    """The answer before and after its own report was saved among the notes."""
    copy = tmp_path_factory.mktemp("saved") / "vault"
    shutil.copytree(vault, copy, ignore=shutil.ignore_patterns(".kb"))
    sync(copy, Settings())
    with open_store(copy) as store:
        before = Asker(store, Settings()).ask(CONTESTED)
    save(copy / "report.md", report([before], "wikilink", "2026-01-01"))
    assert sync(copy, Settings()).added == 1
    with open_store(copy) as store:
        return before, Asker(store, Settings()).ask(CONTESTED)


def test_a_report_saved_into_the_vault_is_no_voice(around_a_report: tuple[Answer, Answer]) -> None:
    before, after = around_a_report
    assert abs(after.voices - before.voices) <= 1 and after.coverage == before.coverage
    assert "report.md" not in {note.id for note in after.notes if note.cited}
    assert "report.md" not in {claim.path for claim in after.claims.values()}


def test_a_report_saved_into_the_vault_changes_hardly_anything_that_is_said(
    around_a_report: tuple[Answer, Answer],
) -> None:
    """Its words count in the index, so that how rare a word is shifts a little; what it says is never quoted."""
    before, after = (
        [statement.text for statement in answer.statements if statement.opens] for answer in around_a_report
    )
    assert before == after
    before, after = ([key for s in answer.statements for key in s.claims] for answer in around_a_report)
    assert len(set(before) & set(after)) >= 0.7 * len(set(before) | set(after))


def test_notes_set_against_each_other_are_named_where_no_sentence_is_sure_enough(vault: Path, tmp_path: Path) -> None:
    asked = "When does more thinking make answers worse?"
    answer = ask(vault, "ask", asked, "--json").json
    (apart,) = answer["apart"]
    titles = {note["id"]: note["title"] for note in answer["notes"] if note["cited"]}
    a, b = titles[apart["a"]], titles[apart["b"]]
    assert (a, b) == ("Can more reasoning make answers worse?", "Can thinking longer replace a larger model?")
    assert apart["why"].startswith("the author")
    told = f"An author sets “{a}” and “{b}”"
    assert ask(vault, "ask", asked, "--report", str(tmp_path / "out.html")).status == 0
    assert told in html.unescape((tmp_path / "out.html").read_text(encoding="utf-8"))
    assert ask(vault, "ask", asked, "--report", str(tmp_path / "out.md")).status == 0
    page = read("out.md", (tmp_path / "out.md").read_bytes(), Titles()).page
    assert page is not None
    named = f"[[{apart['a'].removesuffix('.md')}|{a}]] and [["
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert named in text
    assert not [
        claim for claim in extract(page, text).claims if "sure enough" in claim.quote or named[:60] in claim.quote
    ]
    assert told in " ".join(ask(vault, "ask", asked).out.split())


def test_tensions_of_notes_that_the_answer_does_not_rest_on_stay_out(vault: Path) -> None:
    answer = ask(
        vault, "ask", "Does fine-tuning on ChatGPT's outputs make an open model as good as ChatGPT?", "--json"
    ).json
    assert answer["tensions"] == []
    answer = ask(
        vault, "ask", "Process supervision versus outcome supervision: which gives the better final answers?", "--json"
    ).json
    cited = {note["id"] for note in answer["notes"] if note["cited"]}
    assert answer["tensions"] and all(
        {answer["claims"][each[side]]["note"] for side in "ab"} & cited for each in answer["tensions"]
    )


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What did Min et al. find?", "label-correctness-barely-matters-in-context"),
        ("what does Yue et al. (2025) show", "rlvr-sharpens-sampling-rather-than-adding-ability"),
        (
            "What do Shumailov and colleagues say about collapse?",
            "recursive-training-erases-the-tails-of-the-distribution",
        ),
    ],
)
def test_a_work_that_is_named_is_what_the_answer_is_about(asker: Asker, question: str, note: str) -> None:
    answer = asker.ask(question)
    assert answer.coverage not in ("silent", "near") and answer.notes[0].id == f"notes/{note}.md"
    assert {claim.note for key, claim in answer.claims.items() if key in answer.statements[0].claims} == {
        f"notes/{note}.md"
    }


@pytest.mark.parametrize("name", ["Shumailov", "Zhou"])
def test_who_somebody_is_is_told_by_the_works_of_that_name(asker: Asker, name: str) -> None:
    answer = asker.ask(f"Who is {name}?")
    assert answer.coverage not in ("silent", "near") and answer.missing == ""
    assert "on works of that name" in answer.statements[0].text


@pytest.mark.parametrize("question", ["What did Min et al. (1997) find?", "What did Nobody et al. find?"])
def test_a_work_that_is_not_there_is_not_made_up(asker: Asker, question: str) -> None:
    assert asker.ask(question).coverage == "silent"


def test_however_it_is_typed_a_question_has_one_answer(asker: Asker) -> None:
    asked = ("Does RLVR add ability beyond the base model?", "does RLVR add ability beyond the base model")
    first, second = (asker.ask(question) for question in asked)
    assert first.statements == second.statements and first.coverage == second.coverage


def test_what_is_synced_meanwhile_does_not_disturb_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = synced_sample(tmp_path / "vault")

    def synced_first(*given: Any) -> Any:
        """As if another process wrote while the answer is made."""
        for note in (folder / "notes").glob("*.md"):
            note.write_text(note.read_text("utf-8").replace(". ", " indeed. "), "utf-8")
        sync(folder, Settings())
        return read_material(*given)

    monkeypatch.setattr("qa.ask.read_material", synced_first)
    with open_store(folder) as store, closing(Asker(store, Settings())) as asker:
        answer = asker.ask(CONTESTED)
        assert answer.problems and all(each.code == "quote-changed" for each in answer.problems), "each is told"
        monkeypatch.undo()
        assert asker.ask(CONTESTED).statements, "the next one is of what stands there now"


def test_a_passage_is_quoted_as_its_author_wrote_it(vault: Path, answers: list[Answer]) -> None:
    """Sentences that go on from each other stand one after the other in one file, and are shown as one quotation."""
    gone_on = 0
    for answer in answers:
        for before, statement in pairwise(answer.statements):
            if statement.goes_on:
                first, second = answer.claims[before.claims[0]], answer.claims[statement.claims[0]]
                between = (vault / first.path).read_text("utf-8")[first.end : second.start]
                assert first.path == second.path and len(between) < 100 and "\n\n" not in between, (before, statement)
                gone_on += 1
        for shown in (*answer.in_brief(), *(each for at in range(len(answer.threads)) for each in answer.said_in(at))):
            assert not shown.goes_on and "” “" not in shown.text.removeprefix(shown.lead)
    assert gone_on > 5


@pytest.mark.parametrize(
    "asked", ["(ii) Specifically: does it hold?", "Specifically: (1) does it hold?", "2. Finally, does it hold?", "Does it hold?"]
)  # fmt: skip
def test_a_next_line_begins_with_what_it_asks(asked: str) -> None:
    assert plain_question(asked) == "Does it hold?"

"""Notes that change between sync and ask: what no longer stands is withdrawn, and said to be."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from test_qa_never_invents import faults
from transcript import synced_sample

from ingest.pipeline import sync
from kb.claim import Claim, Place, fingerprint
from kb.link import Tension
from kb.settings import Settings
from kb.store import open_store
from qa.answer import Answer, Statement
from qa.ask import Asker
from qa.export.markdown import report
from qa.export.page import page
from qa.ground import grounded
from qa.render import show

QUESTION = "Is a single maths problem really enough to train a reasoner with RL?"


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vault = tmp_path_factory.mktemp("ground") / "vault"
    return synced_sample(vault)


@pytest.fixture
def asker(synced: Path, tmp_path: Path) -> Iterator[Asker]:
    vault = tmp_path / "vault"
    shutil.copytree(synced, vault)
    with open_store(vault) as store:
        yield Asker(store, Settings())


def first(answer: Answer) -> tuple[str, str]:
    """The claim of the first statement, and its file."""
    key = answer.statements[0].claims[-1]
    return key, answer.claims[key].path


def test_untouched_notes_have_no_problems(asker: Asker) -> None:
    assert asker.ask(QUESTION).problems == ()


def test_an_edited_quote_withdraws_its_statement_and_is_shown(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    key, path = first(before)
    file = asker.store.vault / path
    claim = before.claims[key]
    text = file.read_bytes().decode()
    changed = claim.quote[:-3] + "xyz"
    file.write_bytes((text[: claim.start] + changed + text[claim.end :]).encode())

    after = asker.ask(QUESTION)
    assert key not in after.claims
    assert before.statements[0].text not in [statement.text for statement in after.statements]
    assert [(p.code, p.path, p.line) for p in after.problems] == [("quote-changed", path, claim.line)]
    assert claim.quote[:40] in after.problems[0].message and "kb sync" in after.problems[0].hint
    assert faults(after, asker.store.vault) == []


def test_a_word_put_in_front_moves_every_quote_of_the_file(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    _, path = first(before)
    file = asker.store.vault / path
    file.write_bytes(b"New. " + file.read_bytes())
    after = asker.ask(QUESTION)
    assert path not in {claim.path for claim in after.claims.values()}
    assert {problem.path for problem in after.problems} == {path}
    sync(asker.store.vault, Settings())
    healed = asker.ask(QUESTION)
    assert healed.problems == () and faults(healed, asker.store.vault) == []


def test_a_file_that_is_gone_takes_its_statements_with_it(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    _, path = first(before)
    (asker.store.vault / path).unlink()
    after = asker.ask(QUESTION)
    assert path not in {claim.path for claim in after.claims.values()}
    assert after.problems and {problem.path for problem in after.problems} == {path}
    assert all("cannot be read" in problem.message for problem in after.problems)
    sync(asker.store.vault, Settings())
    assert asker.ask(QUESTION).problems == ()


def test_a_note_that_moved_is_found_where_it_went(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    _, path = first(before)
    there = asker.store.vault / "elsewhere" / Path(path).name
    there.parent.mkdir()
    (asker.store.vault / path).rename(there)
    assert {problem.path for problem in asker.ask(QUESTION).problems} == {path}
    sync(asker.store.vault, Settings())
    after = asker.ask(QUESTION)
    assert after.problems == ()
    paths = {claim.path for claim in after.claims.values()}
    assert f"elsewhere/{there.name}" in paths and path not in paths
    assert faults(after, asker.store.vault) == []


def test_a_note_that_became_binary_or_a_folder_is_a_problem_too(asker: Asker) -> None:
    _, path = first(asker.ask(QUESTION))
    file = asker.store.vault / path
    file.write_bytes(b"\x00\xff\xfe" * 500)
    assert {problem.path for problem in asker.ask(QUESTION).problems} == {path}
    file.unlink()
    file.mkdir()
    assert {problem.path for problem in asker.ask(QUESTION).problems} == {path}


def test_when_every_file_changed_nothing_is_said(asker: Asker) -> None:
    for file in [*asker.store.vault.rglob("*.md"), *asker.store.vault.rglob("*.txt")]:
        if ".kb" not in file.parts:
            file.write_text("Everything is different now.\n", "utf-8")
    answer = asker.ask(QUESTION)
    assert (answer.statements, answer.threads, answer.tensions, answer.next, answer.claims) == ((), (), (), (), {})
    assert answer.coverage == "silent" and answer.problems


def test_problems_are_shown_on_every_way_out(asker: Asker, capsys: pytest.CaptureFixture[str]) -> None:
    _, path = first(asker.ask(QUESTION))
    (asker.store.vault / path).unlink()
    answer = asker.ask(QUESTION)
    show(answer, Console(width=100, highlight=False, emoji=False, markup=False), asker.store.vault)
    shown = capsys.readouterr().out
    assert f"! {path}" in shown
    assert answer.problems[0].path in shown
    # What is left can still be written down.
    assert answer.question in page([answer]) and answer.question in report([answer])


def test_a_tension_that_lost_a_side_is_not_shown(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    assert before.tensions
    gone = before.tensions[0].a
    (asker.store.vault / before.claims[gone].path).unlink()
    after = asker.ask(QUESTION)
    assert gone not in {key for tension in after.tensions for key in (tension.a, tension.b)}


def test_what_settled_a_tension_is_withdrawn_with_its_claim(tmp_path: Path) -> None:
    claims = {}
    for name in "abcd":
        quote = f"Naps help in the year of {name}."
        (tmp_path / f"{name}.md").write_text(quote)
        place = Place(path=f"{name}.md", start=0, end=len(quote), line=1, sha=fingerprint(quote))
        claims[name] = Claim(id=name, text=quote, quote=quote, place=place, note=f"{name}.md", role="finding")
    open_one = Tension(kind="scope", a="a", b="b", method="author", confidence=1.0, why="years")
    settled = [open_one.model_copy(update={"reconcile": "a survey", "settled_by": (by,)}) for by in "cd"]
    statements = [
        Statement(text="Naps help.", claims=tuple(keys), thread=0, role="finding") for keys in ("a", "ac", "d")
    ]

    def told() -> tuple[list[Statement], list[Tension], list[str], set[str]]:
        standing, pulling, problems, gone = grounded(tmp_path, list(claims.values()), statements, [open_one, *settled])
        return standing, pulling, [each.path for each in problems], gone

    assert told() == (statements, [open_one, *settled], [], set())
    (tmp_path / "c.md").write_text("Nothing of it.")
    assert told() == ([statements[0], statements[2]], [open_one, open_one, settled[1]], ["c.md"], {"c"})
    (tmp_path / "b.md").unlink()
    assert told() == ([statements[0], statements[2]], [], ["b.md", "c.md"], {"b", "c"})


def test_threads_left_empty_are_not_listed(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    last = before.statements[-1].thread
    for path in {before.claims[key].path for s in before.statements if s.thread == last for key in s.claims}:
        (asker.store.vault / path).unlink()
    after = asker.ask(QUESTION)
    said = {statement.thread for statement in after.statements}
    assert said <= set(range(len(after.threads)))
    assert said == set(range(len(after.threads))), "a thread nobody says anything in"


def test_the_count_of_sources_is_of_what_still_stands(asker: Asker) -> None:
    before = asker.ask(QUESTION)
    path = before.claims[before.statements[-1].claims[0]].path
    (asker.store.vault / path).unlink()
    after = asker.ask(QUESTION)
    cited = {after.claims[key].note for statement in after.statements for key in statement.claims}
    assert {note.id for note in after.notes if note.cited} == cited
    assert after.voices <= len(cited)

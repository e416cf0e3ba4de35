"""A conversation: follow-ups, numbers, commands; through `kb chat` as from a pipe."""

import os
import subprocess
from pathlib import Path

import pytest
import transcript
import warm

from qa.answer import Answer, Engine, Next
from qa.session import Session

FIRST = "Why do random rewards help Qwen?"


def answer(question: str, *following: str) -> Answer:
    return Answer(
        question=question,
        reading="This asks.",
        coverage="thin",
        next=tuple(Next(question=each, because=("c1",), why="open") for each in following),
        engine=Engine(embed="none", llm=None, seconds=0.0),
    )


@pytest.fixture
def session() -> Session:
    made = Session()
    made.add(FIRST, FIRST, answer(FIRST, "Does it hold for Llama?", "Is it recall?"))
    return made


def test_the_first_thing_said_is_the_question() -> None:
    assert Session().resolve("  and for small models? ") == "and for small models?"
    assert Session().resolve("1") == "1"


@pytest.mark.parametrize("said", ["and for small models?", "what about Llama?", "does it last?", "why?", "only Qwen"])
def test_a_follow_up_carries_the_subject(session: Session, said: str) -> None:
    meant = session.resolve(said)
    assert meant.startswith(f"{said.rstrip('?')} — ") and meant.endswith("random rewards help Qwen?")
    assert "Why" not in meant


def test_a_question_that_stands_alone_is_left_alone(session: Session) -> None:
    for said in (
        "How does distillation differ from reinforcement learning in what is learned?",
        "Which teachers make the best students of small models overall?",
    ):
        assert session.resolve(said) == said


def test_a_number_takes_up_a_next_line(session: Session) -> None:
    assert session.resolve("1") == "Does it hold for Llama?"
    assert session.resolve(" 2 ") == "Is it recall?"
    assert "Does it hold" not in session.resolve("3")


@pytest.mark.parametrize(
    "said",
    [
        "0", "9", "٣", "-1", "1.5",
        pytest.param("²"),
    ],
)  # fmt: skip
def test_odd_numbers_do_no_harm(session: Session, said: str) -> None:
    assert bool(session.resolve(said)) is not said.strip().isdecimal()


def test_the_subject_stays_through_a_chain_of_follow_ups(session: Session) -> None:
    meant = session.resolve("and for small models?")
    session.add("and for small models?", meant, answer(meant))
    meant = session.resolve("and for Llama?")
    assert meant.startswith("and for Llama — ") and meant.endswith("random rewards help Qwen?")
    assert "small" not in meant


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("chat") / "vault"
    return transcript.synced_sample(copy)


def chat(vault: Path, *said: str) -> tuple[str, str, int]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))},
        "PYTHONPATH": str(transcript.ROOT),
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        [warm.command(), "--vault", str(vault), "chat"],
        input="\n".join(said).encode(), capture_output=True, env=environment, cwd=vault.parent, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def test_a_chat_from_a_pipe(vault: Path) -> None:
    out, err, status = chat(
        vault,
        FIRST,
        "",
        "and for Llama?",
        "Does RLVR teach a model to reason?",
        "1",
        "/sources",
        "/tensions",
        "/save out.md",
        "/help",
        "/what",
        "/quit",
        "never",
    )
    assert (status, err) == (0, "")
    assert out.startswith(FIRST)
    assert "\nand for Llama — " in out
    assert out.count("\nCoverage   ") == 4, "four questions were asked, nothing after /quit"
    assert "Written: out.md" in out and (vault.parent / "out.md").is_file()
    assert "/save FILE" in out and "That is no command" in out
    assert "\x1b" not in out and "? \n" not in out
    assert not [path for path in (vault / ".kb").rglob("*") if path.is_file() and FIRST.encode() in path.read_bytes()]


def test_commands_before_a_question_and_reports_in_the_way(vault: Path) -> None:
    (vault.parent / "mine.md").write_text("mine\n")
    out, err, status = chat(vault, "/sources", "/help", FIRST, "/save mine.md", "/save", "/save no/such/folder/a.md")
    assert status == 0
    assert out.startswith("Nothing has been asked yet.")
    assert (vault.parent / "mine.md").read_text() == "mine\n"
    assert "mine.md: this file is not as kb wrote it" in err and "could not be written" in err
    assert "Traceback" not in err and len(err.splitlines()) == 4


def test_a_chat_that_says_nothing_ends_well(vault: Path) -> None:
    assert chat(vault) == ("", "", 0)
    assert chat(vault, "  ", "") == ("", "", 0)


@pytest.mark.parametrize("said", ["what about it", "🙂", "NEAR( OR", "x" * 9000])
def test_odd_follow_ups_are_answered(vault: Path, said: str) -> None:
    out, err, status = chat(vault, FIRST, said)
    assert (status, err) == (0, "") and out.count("Coverage ") == 2

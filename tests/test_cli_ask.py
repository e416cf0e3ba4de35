"""`kb ask` as it is typed: from stdin, from a file, with anything for a question, in any width, into any pipe."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import transcript
import warm
from rich.cells import cell_len

QUESTION = "Why would meaningless reward signals make Qwen better at maths?"
SILENT = "How are influenza vaccines updated from year to year?"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("ask") / "vault"
    return transcript.synced_sample(copy)


def ask(vault: Path, *words: str, said: str | bytes = b"", **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS", "NO_COLOR"))},
        "PYTHONPATH": str(transcript.ROOT),
        "PYTHONUTF8": "1",
        **settings,
    }
    done = subprocess.run(
        [warm.command(), "--vault", str(vault), "ask", *words],
        input=said.encode() if isinstance(said, str) else said, capture_output=True, env=environment, timeout=120, check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def objects(done: "subprocess.CompletedProcess[str]") -> list[Any]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_question_from_stdin_is_the_same_question(vault: Path) -> None:
    (typed,) = objects(ask(vault, QUESTION, "--json"))
    (piped,) = objects(ask(vault, "-", "--json", said=f"  {QUESTION}\n\n"))
    typed["engine"]["seconds"] = piped["engine"]["seconds"] = 0
    assert piped == typed


def test_several_questions_are_lines_of_json(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"# mine\n{QUESTION}\r\n\n   \n{SILENT}\npolicy entropy", "utf-8")
    found = objects(ask(vault, "--from", str(file), "--json"))
    assert [answer["question"] for answer in found] == [QUESTION, SILENT, "policy entropy"]
    assert found[1]["coverage"] == "silent" and found[0]["statements"]


def test_several_questions_make_one_report(vault: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "questions.txt", tmp_path / "out.md"
    file.write_text(f"{QUESTION}\n{SILENT}\n", "utf-8")
    done = ask(vault, "--from", str(file), "--report", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Coverage ") == 2
    text = out.read_text("utf-8")
    assert text.count("\n# ") == 2 and text.startswith("---\n")


def test_a_file_without_questions_or_none_at_all(vault: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("\n# nothing\n", "utf-8")
    assert objects(ask(vault, "--from", str(empty), "--json")) == []
    for missing in (tmp_path / "none.txt", tmp_path):
        done = ask(vault, "--from", str(missing))
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 2 and missing.name in done.stderr


@pytest.mark.parametrize("words", [(), ("",), ("  ",), (QUESTION, "--limit", "3"), (QUESTION, "--limit", "many")])
def test_misuse_is_told_in_two_lines(vault: Path, words: tuple[str, ...]) -> None:
    done = ask(vault, *words)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 2 and "ask --help" in done.stderr


def test_nothing_on_stdin_is_misuse_too(vault: Path) -> None:
    assert ask(vault, "-", said="\n").returncode == 2


ODD = (
    "x" * 10_000,
    "why " * 2_500,
    'reward OR model NEAR("a" b) AND NOT *',
    "title:reward^2 -model {a b}: + \\",
    "🙂🙂",
    "“reward” 'model' \"policy\"",
    "Warum machen zufällige Belohnungen Sprachmodelle besser?",
    "なぜランダムな報酬で性能が上がるのか",
    "the of and is it to",
    "?",
    "'; DROP TABLE note; --",
    "\x1b[31mred\x1b[0m \u202e reversed \x07",
)


def test_odd_questions_are_answered_like_any_other(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.txt"
    file.write_bytes("\n".join(ODD).encode() + b"\n\xff\xfe broken\n")
    found = objects(ask(vault, "--from", str(file), "--json"))
    assert len(found) == len(ODD) + 1
    for answer in found:
        assert answer["reading"].startswith("This asks ") and len(answer["reading"]) < 3_000
        assert (answer["coverage"] == "silent") == (not answer["statements"])
        assert "\x1b" not in answer["question"] and "\u202e" not in answer["reading"]
    assert {answer["coverage"] for answer in found[:2]} == {"silent"}
    assert found[4]["coverage"] == found[8]["coverage"] == found[9]["coverage"] == "silent"
    shown = ask(vault, "--from", str(file))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\x1b" not in shown.stdout and "\x07" not in shown.stdout and "\u202e" not in shown.stdout


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_lines_fit_the_width(vault: Path, columns: int) -> None:
    for question in (QUESTION, SILENT, "潮汐 🙂 なぜ報酬"):
        done = ask(vault, question, COLUMNS=str(columns), NO_COLOR="1")
        assert (done.returncode, done.stderr) == (0, "")
        assert max(cell_len(line.rstrip()) for line in done.stdout.splitlines()) <= columns
        assert "\x1b" not in done.stdout


def test_a_pipe_gets_no_escape_codes(vault: Path) -> None:
    done = ask(vault, QUESTION)
    assert "\x1b" not in done.stdout and done.stdout.startswith(QUESTION)
    for part in ("Coverage ", "“", "[1]", "Sources"):
        assert part in done.stdout


def test_every_number_cited_is_in_the_list_of_sources(vault: Path) -> None:
    text, _, sources = ask(vault, QUESTION, COLUMNS="200").stdout.rpartition("\nSources\n")
    listed = {word for line in sources.splitlines() for word in line.split()[:1] if word.startswith("[")}
    assert listed and all(f"[{number}]" in text for number in range(1, len(listed) + 1))
    assert listed == {f"[{number}]" for number in range(1, len(listed) + 1)}


def test_a_limit_shortens(vault: Path) -> None:
    def said(limit: str) -> int:
        (answer,) = objects(ask(vault, QUESTION, "--json", "--limit", limit))
        return sum(len(statement["text"].split()) for statement in answer["statements"])

    assert 0 < said("60") < said("300") <= said("900")


def test_a_reader_that_leaves_is_no_error(vault: Path) -> None:
    command = f'"{sys.executable}" -P -m kb --vault "{vault}" ask "{QUESTION}" | head -n 1'
    environment = {**os.environ, "PYTHONPATH": str(transcript.ROOT)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment, timeout=120, check=False)
    assert done.stderr == b"" and done.stdout.decode().strip() == QUESTION


def test_asking_loads_no_model_library_and_no_chroma(vault: Path) -> None:
    code = (
        "import sys\nfrom kb.cli import main\n"
        f"sys.argv = ['kb', '--vault', {str(vault)!r}, 'ask', {QUESTION!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'llama_index', 'chromadb', 'torch', 'pypdf'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(transcript.ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, timeout=120, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("HEAVY []\n"), done.stdout[-200:]

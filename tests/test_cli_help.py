"""The front door: options before and after the command, the help, the overview of the base, and what is asked before it is done."""

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import typer
import warm
from transcript import ROOT, environment

from kb.cli import app
from kb.cli.consent import MANY
from kb.cli.help import EXAMPLES, GROUPS, in_order, told
from kb.manual import USAGE, Usage, usages
from kb.store import open_store
from qa.language import languages, other_language
from qa.question import is_question

NOTE = "# Do naps help the recall of words?\n\nA nap of ninety minutes improved the recall of words by 12 points in young adults.\n"
QUESTION = "Do naps help recall of words?"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "nap.md").write_text(NOTE, encoding="utf-8")
    (folder / "kb.toml").touch()
    return folder


def kb(here: Path, *words: str, home: Path | None = None, env: dict[str, str] | None = None, **more: Any) -> Any:
    """The command; a fresh start where the environment says what only that reads."""
    command = [sys.executable, "-P", "-m", "kb"] if set(env or ()) - {"PYTHONIOENCODING"} else [warm.command()]
    return subprocess.run(
        [*command, *words], cwd=here, timeout=120, check=False, text=True, encoding="utf-8", errors="replace",
        env={**environment(home or here.parent / "home"), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0", **(env or {})},
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ask x --vault v", "--vault v ask x"),
        ("ask --vault v x", "--vault v ask x"),
        ("ask x --vault=v --json", "--vault=v ask x --json"),
        ("--json ask x", "ask --json x"),
        ("--vault v --json notes", "--vault v notes --json"),
        ("--json", "--json"),
        ("--version ask", "--version ask"),
        ("ask -- --vault v", "ask -- --vault v"),
        ("ask x --vault", "--vault"),
        ("", ""),
    ],
)
def test_the_doors_options_are_understood_anywhere(typed: str, meant: str) -> None:
    assert in_order(typed.split()) == meant.split()


def test_a_vault_named_after_the_command_is_the_one_that_is_read(vault: Path, tmp_path: Path) -> None:
    for words in (
        ("notes", "--vault", str(vault), "--json"),
        ("--json", "--vault", str(vault), "notes"),
        ("notes", "--json", f"--vault={vault}"),
    ):
        done = kb(tmp_path, *words)
        assert [note["path"] for note in json.loads(done.stdout)] == ["nap.md"], done
    done = kb(tmp_path, "notes", "--vault")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 2 and "requires an argument" in done.stderr


def test_the_help_is_whole_in_groups_and_fits_80_columns() -> None:
    door: Any = typer.main.get_command(app)
    shown = door.get_help(typer.Context(door, info_name="kb"))
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 80 and "..." not in shown.replace("[...]", "") and "…" not in shown
    assert [line for line in lines if line in GROUPS] == list(GROUPS)
    for name in door.commands:
        (told,) = (line.split(maxsplit=1)[1] for line in lines if line.startswith(f"  {name} "))
        assert door.get_command(None, name).get_short_help_str(200).rstrip(".") == told, name
    assert len(EXAMPLES) == 3 and all(f"  {example}" in lines for example in EXAMPLES)


def usage_of(command: Any) -> Usage:
    """What a command takes, as its help says it."""
    context = typer.Context(command, info_name=command.name, help_option_names=["-h", "--help"])
    found: Any = {"takes": " ".join(command.collect_usage_pieces(context)), "help": command.help}
    for each in command.get_params(context):
        heading = "Arguments" if each.param_type_name == "argument" else "Options"
        if row := each.get_help_record(context):
            found.setdefault(heading, []).append(row)
    return cast("Usage", found)


def test_what_a_command_takes_is_kept_as_it_says_it(request: pytest.FixtureRequest) -> None:
    door: Any = typer.main.get_command(app)
    said = {name: usage_of(door.get_command(None, name)) for name in door.commands}
    if request.config.getoption("--update"):
        text = re.sub(
            r'\[\n\s+("[^\n]*",)\n\s+("[^\n]*")\n\s+\]', r"[\1 \2]", json.dumps(said, indent=1, ensure_ascii=False)
        )
        USAGE.write_text(f"{text}\n", encoding="utf-8")
    assert json.loads(json.dumps(said)) == usages(), "make docs writes it again"
    context = typer.Context(door, info_name="kb", help_option_names=["-h", "--help"])
    for name, usage in usages().items():
        command = door.get_command(context, name)
        own = typer.Context(command, info_name=name, parent=context, help_option_names=["-h", "--help"])
        assert told(context, name, usage) == command.get_help(own), name


@pytest.mark.parametrize("words", [("ask", "--help"), ("ask", "-h", "x"), ("--vault", ".", "ask", "x", "--help")])
def test_the_help_of_a_command_is_shown_wherever_it_is_asked_for(vault: Path, words: tuple[str, ...]) -> None:
    done = kb(vault, *words)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("Usage: kb ask [OPTIONS] [question]")
    assert "Usage" not in kb(vault, "notes", "--", "--help").stdout, "behind -- it is a word"
    assert max(map(len, kb(vault, *words, env={"COLUMNS": "60"}).stdout.splitlines())) <= 60


def test_kb_alone_says_how_the_base_stands_and_what_to_type(vault: Path, tmp_path: Path) -> None:
    empty = kb(vault).stdout
    assert "none yet" in empty and "kb sync" in empty and not (vault / ".kb").exists()
    kb(vault, "sync")
    shown = kb(vault).stdout
    assert "1 note, 1 claim, 0 tensions" in shown and 'kb ask "Do naps help the recall of words?"' in shown
    found = json.loads(kb(tmp_path, "--json", "--vault", "vault").stdout)
    assert found["base"]["claims"] == 1 and found["next"][-1] == "kb --help"
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    assert kb(outside).stdout.startswith("Usage: kb ")


@pytest.mark.parametrize("said", ["hi", "Hello there!", "???", "?!", " … ", "thanks", "🙂"])
def test_what_asks_nothing_is_told_as_no_question(vault: Path, said: str) -> None:
    assert not is_question(said)
    done = kb(vault, "ask", said, "--json")
    assert (
        (done.returncode, done.stdout) == (2, "")
        and "is no question" in done.stderr
        and len(done.stderr.splitlines()) == 2
    )


def test_a_topic_or_another_script_is_a_question(vault: Path) -> None:
    for said in ("naps", "why naps?", "hi, do naps help?", "睡眠", "What is it like to be?"):
        assert is_question(said)
    chat = kb(vault, "chat", stdin=None, input="hi\n???\nDo naps help?\n???\nthanks\n").stdout
    assert chat.count("That is no question") == 4 and "12 points" in chat


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Does an afternoon nap improve recall?", ("English",)),
        ("Warum hilft Schlaf?", ("German",)),
        ("Pourquoi le sommeil est-il utile ?", ("French",)),
        ("¿Mejora la siesta la memoria de los niños?", ("Spanish",)),
        ("Waarom helpt slaap het geheugen?", ("Dutch",)),
        ("Улучшает ли сон память?", ("Cyrillic script",)),
        ("睡眠是否改善记忆", ("East Asian script",)),
        ("Van Gogh and Georges de la Tour", ()),
        ("Do cells die?", ()),
        ("RLVR Llama", ()),
        ("123 ?", ()),
    ],
)
def test_a_language_is_guessed_where_it_is_plain(text: str, found: tuple[str, ...]) -> None:
    assert languages(text) == found


def test_a_question_in_another_language_than_the_notes_is_told_so(vault: Path) -> None:
    asked = "Warum hilft ein Nickerchen dem Gedächtnis?"
    (problem,) = json.loads(kb(vault, "ask", asked, "--json").stdout)["problems"]
    assert problem["code"] == "language" and "German" in problem["message"] and "English" in problem["hint"]
    assert "another language (German)" in " ".join(kb(vault, "ask", asked).stdout.split())
    assert json.loads(kb(vault, "ask", QUESTION, "--json").stdout)["problems"] == []
    (vault / "schlaf.md").write_text(
        "# Schlaf\n\nEin Nickerchen hilft dem Gedächtnis, und das ist gut belegt.\n", encoding="utf-8"
    )
    kb(vault, "sync")
    with open_store(vault) as store:
        assert other_language(store, asked) is None and other_language(store, QUESTION) is None


@pytest.fixture
def large(tmp_path: Path) -> Path:
    folder = tmp_path / "large"
    for number in range(MANY + 1):
        (folder / str(number % 3)).mkdir(parents=True, exist_ok=True)
        (folder / str(number % 3) / f"{number}.log").touch()
    (folder / "nap.md").write_text(NOTE, encoding="utf-8")
    return folder


def test_a_large_folder_that_is_no_vault_is_not_read_unasked(large: Path) -> None:
    for words in (
        ("ask", QUESTION),
        ("sync",),
        ("sync", "--dry-run"),
        ("notes", "--json"),
        ("ask", QUESTION, "--vault", str(large)),
    ):
        done = kb(large, *words)
        told, remedy = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "") and f"more than {MANY:,} files" in told
        assert f"touch {large}/kb.toml" in remedy and not (large / ".kb").exists()
    (large / "kb.toml").touch()
    assert kb(large, "ask", QUESTION).returncode == 0


def test_the_home_folder_is_not_read_unasked_however_small(vault: Path) -> None:
    (vault / "kb.toml").unlink()
    assert "home folder" in kb(vault, "ask", QUESTION, home=vault).stderr
    assert kb(vault, "ask", QUESTION).returncode == 0


@pytest.mark.parametrize("said", ["yes\n", "\n"])
def test_a_terminal_is_asked_before_a_large_folder_is_read(large: Path, said: str) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, said.encode())
        done = kb(large, "ask", QUESTION, stdin=theirs, stderr=theirs)
        shown = ""
        while select.select([ours], [], [], 0.2)[0]:  # what was typed is echoed apart from what was asked
            shown += os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "Read all notes" in " ".join(shown.split()) and "in it and in 0, 1, 2" in " ".join(shown.split())
    assert (done.returncode, (large / ".kb").exists()) == ((0, True) if said == "yes\n" else (1, False))


def test_an_output_that_knows_no_such_letters_is_no_mistake_of_ours(vault: Path) -> None:
    (vault / "café.md").write_text(
        "# “Café” 雪\n\nTwo of three cafés in 雪崩 sold 12% more coffee — in winter.\n", encoding="utf-8"
    )
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    for words in (
        ("sync",),
        ("status", "--files"),
        ("claims",),
        ("ask", "Do cafés sell coffee?"),
        ("show", "café.md"),
        ("ask", "“hi”"),
    ):
        done = kb(vault, *words, env=ascii_only)
        assert "mistake" not in done.stderr and done.stdout.isascii() and done.stderr.isascii()
    claims = json.loads(kb(vault, "claims", "--json", env=ascii_only).stdout)
    assert any("cafés in 雪崩 sold" in claim["quote"] for claim in claims)
    asked = kb(vault, "ask", "-", "--json", env=ascii_only, stdin=None, input="Do cafés sell coffee?")
    assert json.loads(asked.stdout)["question"] == "Do cafés sell coffee?"

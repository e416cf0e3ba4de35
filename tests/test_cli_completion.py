"""Completion in real shells: commands, options and titles of notes, and nothing that a title could do there."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from transcript import synced_sample

from ingest.pipeline import sync
from kb.completion import complete
from kb.settings import Settings

ROOT = Path(__file__).parent.parent
KB = f'kb() {{ PYTHONPATH="{ROOT}" "{sys.executable}" -m kb "$@"; }}'


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synced_sample(tmp_path_factory.mktemp("completion") / "vault")


def completed(vault: Path, *typed: str) -> list[str]:
    """What bash offers for the last of these words."""
    words = " ".join(f"'{word}'" for word in ("kb", *typed))
    script = f"{KB}\nsource <(kb completion bash)\nCOMP_WORDS=({words})\nCOMP_CWORD={len(typed)}\n_kb\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", script], cwd=vault, capture_output=True, text=True, timeout=60, check=True)
    return [line for line in done.stdout.split("\n") if line]


def test_commands_options_and_titles(vault: Path) -> None:
    assert completed(vault, "te") == ["tensions"]
    assert completed(vault, "comp") == ["completion"], "what shells call is nobody's command"
    assert completed(vault, "ask", "--li") == ["--limit"]
    titles = completed(vault, "show", "do larger")
    assert titles == ["Do\\ larger\\ models\\ learn\\ in\\ context\\ differently\\?"]
    assert completed(vault, "show", "do\\ larger") == titles
    assert completed(vault, "show", "%") == completed(vault, "show", "_") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("--ver", ["--version"]),
        ("--v ../vault", []),
        ("--vault .. as", ["ask"]),
        ("export --o", ["--output"]),
        ("export -", ["--site", "--topic", "--question", "-o", "--output", "--force", "--json", "-h", "--help", "--vault"]),
        ("export g", ["graphml"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("tensions in-cont", ["in-context learning"]),
        ("tensions --limit 3 in-cont", ["in-context learning"]),
        ("tensions --limit in-cont", []),
        ("tensions --note do-larger", []),
        ("tensions --all do_larger", []),
        ("check do", []),
        ("links --json DO", []),
        ("nosuch in", []),
        ("show --json does in-context", ["Does in-context learning learn anything from its examples?"]),
    ],
)  # fmt: skip
def test_each_place_is_completed_by_what_can_stand_there(vault: Path, monkeypatch: pytest.MonkeyPatch, typed: str, expected: list[str]) -> None:  # fmt: skip
    monkeypatch.chdir(vault)
    *before, begun = typed.split(" ")
    if before[:2] == ["show", "--json"]:
        before, begun = before[:2], "does in-context"
    assert complete([*before, begun]) == expected


def test_a_vault_named_in_the_line_is_the_one_that_is_read(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert complete(["show", "do larger"]) == []
    for before in (["--vault", str(vault), "show"], ["show", "--vault", str(vault)], [f"--vault={vault}", "show"]):
        assert complete([*before, "do larger"]) == ["Do larger models learn in context differently?"]
    assert complete(["--vault", str(tmp_path / "nowhere"), "show", "do"]) == []
    (tmp_path / ".kb").mkdir()
    (tmp_path / ".kb" / "base.sqlite3").write_bytes(b"x" * 5000)
    assert complete(["show", "do"]) == [], "a base that cannot be read completes nothing"


def test_a_title_stays_words(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntags: [zebra/stripes]\n---\n# Zebra $(touch made) `touch made` ; touch made\n\nStripes confuse flies at dawn.\n"
    )
    sync(tmp_path, Settings())
    assert completed(tmp_path, "ask", "--tag", "ZEB") == ["zebra/stripes"]
    (found,) = completed(tmp_path, "show", "zeb")
    again = subprocess.run(["bash", "-c", f"echo {found}"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("Zebra $(touch made)") and not (tmp_path / "made").exists()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_complete_as_bash_does(vault: Path, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    command = vault / "bin" / "kb"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kb "$@"\n')
    command.chmod(0o755)
    asked = {
        "zsh": "compdef() { }; compadd() { shift 2; print -rl -- $@ }; _files() { print hub.md }; source <(kb completion zsh); words=($WORDS); CURRENT=$#words; _kb",
        "fish": 'mkdir -p ~/.config/fish/completions; kb completion fish > ~/.config/fish/completions/kb.fish; complete -C "$LINE"',
    }[shell]
    for words, expected in ((["te"], "tensions"), (["show", "do larger"], "Do larger models learn in context differently?"), (["check", "hu"], "hub.md")):  # fmt: skip
        quoted = shlex.join(["kb", *words])
        script = asked.replace("$WORDS", quoted).replace('"$LINE"', json.dumps(quoted.replace("''", "")))
        done = subprocess.run([shell, "-c", script], cwd=vault, capture_output=True, text=True, timeout=60, env={**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "HOME": str(vault)})  # fmt: skip
        shown = done.stdout.replace("\\", "")
        assert expected in shown.splitlines() and done.stderr == "", done

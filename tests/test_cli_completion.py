"""Completion in real shells: commands, options and titles of notes, and nothing that a title could do there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from transcript import synced_sample

from ingest.pipeline import sync
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
    assert "complete" not in completed(vault, "comp"), "what shells call is nobody's command"
    assert completed(vault, "ask", "--li") == ["--limit"]
    titles = completed(vault, "show", "do larger")
    assert titles == ["Do\\ larger\\ models\\ learn\\ in\\ context\\ differently\\?"]
    assert completed(vault, "show", "do\\ larger") == titles
    assert completed(vault, "show", "%") == completed(vault, "show", "_") == []


def test_a_title_stays_words(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Zebra $(touch made) `touch made` ; touch made\n\nStripes confuse flies at dawn.\n"
    )
    sync(tmp_path, Settings())
    (found,) = completed(tmp_path, "show", "zeb")
    again = subprocess.run(["bash", "-c", f"echo {found}"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("Zebra $(touch made)") and not (tmp_path / "made").exists()


@pytest.mark.parametrize(("shell", "flag"), [("zsh", "-n"), ("fish", "--no-execute")])
def test_the_other_shells_can_read_theirs(vault: Path, shell: str, flag: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = f"{KB}\nkb completion {shell}"
    written = subprocess.run(["bash", "-c", script], cwd=vault, capture_output=True, text=True, check=True).stdout
    (vault / "script").write_text(written)
    subprocess.run([shell, flag, str(vault / "script")], check=True, timeout=60)

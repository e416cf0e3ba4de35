"""`kb.toml` and the door: what is not right is told in two lines, and is never guessed at."""

import subprocess
import sys
from pathlib import Path

import pytest
from transcript import ROOT, environment

from kb.errors import BadSettings
from kb.files import from_home
from kb.settings import load_settings


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('offline = "no"', "offline: this must be true or false"),
        ("offline = 1", "offline: this must be true or false"),
        ('llm = "ollama"', "llm: this must be a provider and a model"),
        ('llm = "/x"', "llm: this must be a provider and a model"),
        ('llm_url = "file:///etc"', "llm_url: this must be an address"),
        ('vectors = "ftp://x"', "vectors: this must be an address"),
        ('extract = "gpt"', 'extract: this must be "llm", or empty'),
        ("max_file_mb = -1", "max_file_mb: this must be a number above 0"),
    ],
)
def test_a_setting_that_cannot_be_meant(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "kb.toml").write_text(line + "\n")
    with pytest.raises(BadSettings) as why:
        load_settings(tmp_path)
    assert told in why.value.message


def test_a_home_that_nobody_has_stays_as_it_is() -> None:
    assert from_home("~nosuchuser-at-all/x") == Path("~nosuchuser-at-all/x")
    assert from_home("~/x") == Path.home() / "x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("door")
    (made / "note.md").write_text("# Do rewards help?\n\nSparse rewards lengthen the training of small models.\n")
    (made / "kb.toml").write_text("")
    return made


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_device_is_told_in_two_lines(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m kb ask rewards < /dev/null > /dev/full'], cwd=folder,
        env={**environment(folder), "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    told = done.stderr.decode()
    assert done.returncode == 1 and len(told.splitlines()) == 2 and "No space left" in told and "mistake" not in told


def test_a_closed_stdin_is_no_question(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m kb ask - <&-'], cwd=folder, env={**environment(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and b"There is no question." in done.stderr

"""With the cable pulled, no home and no environment: all of it works, and nothing is written but `.kb`.

The sockets of the child are blocked from outside, by a `sitecustomize` of its own: whoever tries one of
them leaves a line in a file, even if he catches the error.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTE = "# Does scale help?\n\nScale helps by 12 points in large models.\n\nA matter of scale\n"
BLOCK = """
import socket, sys

def refuse(name):
    def refused(*given, **more):
        with open({log!r}, "a") as log:
            import traceback
            print(name, given[1:] if name != "getaddrinfo" else given, file=log)
            traceback.print_stack(file=log)
        raise OSError("the cable is pulled")
    return refused

for name in ("connect", "connect_ex", "sendto", "sendmsg", "bind"):
    setattr(socket.socket, name, refuse(name))
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse(name))
"""


class Sealed:
    """A vault, an empty home, another folder to stand in, and a process that can reach nothing."""

    def __init__(self, folder: Path) -> None:
        self.vault, self.home, self.here, self.block = (folder / name for name in ("vault", "home", "here", "block"))
        self.vault.mkdir()
        (self.vault / "note.md").write_text(NOTE)
        for made in (self.home, self.here, self.block):
            made.mkdir()
        self.log = folder / "sockets.log"
        (self.block / "sitecustomize.py").write_text(BLOCK.format(log=str(self.log)))

    def kb(self, *arguments: str, home: bool = True) -> "subprocess.CompletedProcess[str]":
        # What an empty environment needs to find this very kb; PYTHONPATH brings the block, and our own rooms.
        env = {"PATH": os.defpath, "PYTHONPATH": f"{self.block}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        if home:
            env["HOME"] = str(self.home)
        return subprocess.run(
            [sys.executable, "-c", "from kb.cli import main; main()", "--vault", str(self.vault), *arguments],
            capture_output=True, text=True, encoding="utf-8", env=env, cwd=self.here, timeout=100,
        )  # fmt: skip

    def notes(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.vault)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.vault.rglob("*"))
            if path.is_file() and ".kb" not in path.relative_to(self.vault).parts
        }


COMMANDS = (
    ["sync", "--json"], ["status", "--json"], ["notes", "--json"], ["claims", "scale", "--json"],
    ["show", "note.md", "--json"], ["doctor", "--repair", "--json"],
)  # fmt: skip


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return Sealed(tmp_path_factory.mktemp("sealed"))


def test_everything_works_and_reaches_for_nothing(sealed: Sealed) -> None:
    before = sealed.notes()
    stamps = {path: path.stat().st_mtime_ns for path in sealed.vault.rglob("*") if ".kb" not in path.parts}
    for command in COMMANDS:
        done = sealed.kb(*command)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stderr == "", command
        assert done.stdout.strip(), command
        if "--json" in command:
            assert json.loads(done.stdout), command
    assert not sealed.log.exists(), sealed.log.read_text()[:3_000]
    assert list(sealed.home.iterdir()) == [], "nothing is left at home"
    assert list(sealed.here.iterdir()) == [], "nothing is left where one stands"
    assert sealed.notes() == before, "notes are never touched"
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    allowed = {"base.sqlite3", "base.sqlite3-wal", "base.sqlite3-shm", "chroma", "lock", ".gitignore"}
    assert {path.name for path in (sealed.vault / ".kb").iterdir()} <= allowed


def test_the_block_would_have_noticed(sealed: Sealed, tmp_path: Path) -> None:
    for attempt in (
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket().connect(('127.0.0.1', 9))",
        "urllib.request.urlopen('http://127.0.0.1:9')",
    ):
        sealed.log.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", f"import socket, urllib.request\ntry:\n    {attempt}\nexcept OSError: pass"],
            env={"PYTHONPATH": str(sealed.block)}, cwd=tmp_path, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        assert sealed.log.exists(), attempt
    sealed.log.unlink()


def test_without_a_home_or_a_terminal_it_still_works(sealed: Sealed) -> None:
    done = sealed.kb("status", home=False)
    assert done.returncode == 0, done.stderr
    assert "nothing: all of it happens on this machine" in " ".join(done.stdout.split())


def test_a_server_that_is_asked_for_and_not_there_is_a_remark_and_no_condition(tmp_path: Path) -> None:
    alone = Sealed(tmp_path)
    (alone.vault / "kb.toml").write_text('vectors = "http://127.0.0.1:9"\n')
    done = alone.kb("sync", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [remark["code"] for remark in told["remarks"]] == ["vectors"]
    assert alone.log.exists(), "it was asked for"


def test_a_model_that_is_named_is_not_asked_offline_or_when_told_not_to(tmp_path: Path) -> None:
    alone = Sealed(tmp_path)
    named = 'llm = "openai-like/x"\nllm_url = "http://127.0.0.1:9/v1"\nextract = "llm"\n'
    (alone.vault / "kb.toml").write_text(named + "offline = true\n")
    done = alone.kb("sync", "--json")
    assert [remark["code"] for remark in json.loads(done.stdout)["remarks"]] == ["extract"], done.stderr
    (alone.vault / "kb.toml").write_text(named)
    for command in (["sync", "--no-llm"], ["sync", "--dry-run"], ["status"], ["ask", "--no-llm", "Does scale help?"]):
        assert alone.kb(*command).returncode == 0
    assert not alone.log.exists(), alone.log.read_text()[:3_000]
    assert alone.kb("sync").returncode == 0
    assert alone.log.exists(), "it was asked for"


def test_nothing_is_written_outside_by_the_names_of_temporary_files(sealed: Sealed, tmp_path: Path) -> None:
    """The folder for temporary files is left as it was, too."""
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "--vault", str(sealed.vault), "sync", "--rebuild"],
        env={"PATH": os.defpath, "HOME": str(sealed.home), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=sealed.here, capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []

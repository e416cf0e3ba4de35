"""What the operating system sees of `kb` in a vault whose `.kb/` somebody hostile made: no write outside `.kb/`, and no socket."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_kb_folder import deleting_journal, linked

from ingest.pipeline import sync
from kb.settings import Settings

STRACE = shutil.which("strace")
CALLS = (
    "openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,"
    "truncate,chmod,fchmodat,chown,fchownat,mknod,mknodat,socket,connect,bind,sendto"
)
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|^(?!open)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NETWORK = ("socket", "connect", "bind", "sendto")
_HARMLESS = ("/dev/null", "/dev/tty", "/proc/")
SAYS = (
    {"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {"id": 2, "method": "workspace/symbol", "params": {"query": "note"}},
    {"id": 3, "method": "shutdown"},
    {"method": "exit"},
)


def kb(vault: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-c", "from kb.cli import main; main()", "--vault", str(vault), *arguments]


def seen(vault: Path, command: list[str], typed: bytes = b"") -> tuple[list[str], list[str]]:
    """What a command did to files outside `.kb/`, and its sockets, as strace tells them."""
    # Not among what a vault brings: Python's own compiled files, and a home folder that is the person's.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(vault.parent / "mine")}
    logs = vault.parent / "logs"
    logs.mkdir()
    try:
        # A log for each thread, so that no call is torn in two by another's.
        done = subprocess.run(
            [str(STRACE), "-ff", "--seccomp-bpf", "-y", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(logs / "log"), *command],
            input=typed, env=environment, cwd=vault, capture_output=True, timeout=200, check=False,
        )  # fmt: skip
        calls = [line for log in logs.iterdir() for line in log.read_text(errors="replace").splitlines()]
    finally:
        shutil.rmtree(logs)
    assert b"Traceback" not in done.stderr and done.returncode in (0, 1), done.stderr.decode()
    outside = [call for call in calls if any(not _is_ours(path, vault) for path in written(call, vault))]
    return outside, [call for call in calls if call.startswith("socket(")]


def written(call: str, vault: Path) -> list[str]:
    """The paths that a call made, changed or removed; none where it only read, or failed."""
    name = call.split("(", 1)[0]
    if not name.isidentifier() or name in _NETWORK or " = -1 " in call or not _WRITES.search(call):
        return []
    # A descriptor is shown with where it led in the end.
    if led := re.search(r"= \d+<([^>]*)>", call):
        return [led[1]]
    folder = re.search(r"\((?:AT_FDCWD|\d+)<([^>]*)>", call)
    return [os.path.join(folder[1] if folder else vault, path) for path in _PATH.findall(call)]  # noqa: PTH118


def _is_ours(path: str, vault: Path) -> bool:
    return path == f"{vault}/.kb" or path.startswith((f"{vault}/.kb/", *_HARMLESS))


def spoken() -> bytes:
    said = b""
    for each in SAYS:
        body = json.dumps({"jsonrpc": "2.0", **each}).encode()
        said += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    return said


@pytest.mark.skipif(
    STRACE is None, reason="strace is not installed here: what the operating system sees was NOT checked"
)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hostile", ["links that can be passed over", "what stops every command", "none"])
def test_nothing_is_written_outside_the_folder_of_the_base_and_no_socket_opened(tmp_path: Path, hostile: str) -> None:
    vault = tmp_path / "vault"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear friend")
    vault.mkdir()
    for number in range(3):
        (vault / f"n{number}.md").write_text(f"# Note {number}\n\nStudents learn {number + 7} points from rewards.\n")
    sync(vault, Settings())
    if hostile == "links that can be passed over":
        for name in (".gitignore", "replies.sqlite3", "rebuilt.sqlite3"):
            linked(name, "new.txt")(vault)
        (vault / ".kb" / "chroma" / "chroma.sqlite3-wal").symlink_to(tmp_path / "mine" / "letter.txt")
    elif hostile == "what stops every command":
        linked("lock", "letter.txt")(vault)
        deleting_journal(vault)
    (vault / "n4.md").write_text("# New\n\nPupils learn nothing from rewards [[n1]].\n")
    control = [sys.executable, "-c", "import socket; open('../new', 'w'); open('../new'); socket.socket().close()"]
    try:
        caught = seen(vault, control)
    except AssertionError as why:
        pytest.skip(f"strace may not trace here, so what the operating system sees was NOT checked: {str(why)[:200]}")
    assert [len(calls) for calls in caught] == [1, 1], "strace must see a write and a socket where there are some"
    for command in (["sync"], ["ask", "What do rewards teach?"], ["links", "n4.md"], ["check", "n4.md"]):
        assert seen(vault, kb(vault, *command)) == ([], []), command
    assert seen(vault, kb(vault, "lsp"), typed=spoken()) == ([], [])
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["letter.txt"]
    assert (tmp_path / "mine" / "letter.txt").read_text() == "Dear friend"

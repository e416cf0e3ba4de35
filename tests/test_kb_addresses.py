"""The address of a place in the vault, and where a terminal is given it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import warm
from transcript import ROOT

from kb.addresses import Style, address, address_within


@pytest.mark.parametrize(
    ("path", "style", "whole"),
    [
        ("a b.md", "file", "file:///notes/a%20b.md"),
        ("a#b?%.md", "vscode", "vscode://file/notes/a%23b%3F%25.md:7"),
        ("ü/[x].md", "obsidian", "obsidian://open?path=%2Fnotes%2F%C3%BC%2F%5Bx%5D.md"),
        ("page.html", "obsidian", "file:///notes/page.html"),
        ("\x1b]8;;\n\x07.md", "file", "file:///notes/%1B%5D8%3B%3B%0A%07.md"),
        ("\udcff.md", "file", "file:///notes/%FF.md"),
    ],
)
def test_an_address_is_all_of_plain_characters(path: str, style: Style, whole: str) -> None:
    assert address(Path("/notes"), path, 7, style) == whole


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("more", "opens", "told"),
    [
        ({}, "vscode", "vscode://file"), ({}, "file", "file:///"), ({"NO_COLOR": "1"}, "file", ""), ({"TERM": "dumb"}, "file", ""),
    ],
)  # fmt: skip
def test_only_a_terminal_that_takes_links_is_given_them(
    tmp_path: Path, more: dict[str, str], opens: str, told: str
) -> None:
    (tmp_path / "a.md").write_text("# Naps\n\nA nap after a lesson improves recall in children.\n")
    (tmp_path / "kb.toml").write_text(f'open = "{opens}"\n')
    shell, terminal = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KB_") and key != "NO_COLOR"}
    environment = {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}
    subprocess.run([warm.command(), "claims"], cwd=tmp_path, env=environment, stdout=terminal, timeout=60, check=True)
    os.close(terminal)
    seen = b""
    try:
        while part := os.read(shell, 65536):
            seen += part
    except OSError:
        pass  # all is read, and the other end is closed
    os.close(shell)
    assert b"a.md:3" in seen
    assert (b"\x1b]8;" in seen) == bool(told)
    assert told.encode() in seen


def test_a_page_that_is_handed_on_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    assert address_within(tmp_path / "out" / "a.html", tmp_path, "naps/a b.md", 3) == "../naps/a%20b.md"
    assert address_within(tmp_path / "a.html", tmp_path, "a.md", 3, "vscode") == address(tmp_path, "a.md", 3, "vscode")

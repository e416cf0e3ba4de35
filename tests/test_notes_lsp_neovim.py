"""The editor server in a real editor: a writing session in Neovim, without a screen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from editor import ROOT, make_vault

SCRIPT = Path(__file__).parent / "fixtures" / "neovim.lua"


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_a_writing_session(tmp_path: Path) -> None:
    vault = make_vault(tmp_path)
    draft = vault / "drafts" / "new.md"
    draft.parent.mkdir()
    draft.write_text("# Draft\n\n", "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS", "XDG_"))}
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    command = [sys.executable, "-P", "-m", "kb", "--vault", str(vault), "lsp"]
    environment = {
        **kept, **homes, "PYTHONPATH": str(ROOT), "KB_COMMAND": json.dumps(command), "KB_VAULT": str(vault),
        "KB_TOLD": str(tmp_path / "told.json"),
    }  # fmt: skip
    done = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", str(draft), "-S", str(SCRIPT)],
        env=environment, cwd=vault, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    assert "trouble" not in told, (told["trouble"], done.stderr)
    assert told["completed"] == "How fast do glaciers melt?"
    assert told["contradicted"]["line"] == 4
    assert told["contradicted"]["source"] == "kb"
    assert "does" in told["action"].casefold()
    assert draft.read_text("utf-8") == (
        "# Draft\n\n"
        "🏔️ Ice in the mountains shrinks each warm summer [[glaciers]]\n\n"
        "A nap after a lesson does not improve the recall of students.\n\n"
        "The [[nap-recall|siesta effect]] is well known.\n"
    )

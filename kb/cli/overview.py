"""Overview (`kb` without a command): in a vault the state of its base, as it is, and what to type next."""

import time
from pathlib import Path
from typing import Any

from rich.text import Text

from kb.cli import door
from kb.cli.screen import console, counted
from kb.cli.status import ago
from kb.edges import link_counts
from kb.folder import BASE, base_folder
from kb.oneline import one_line
from kb.settings import find_vault, is_vault
from kb.store import foreign_errors, open_store


def overview(as_json: bool) -> bool:
    """Say how the base stands; False where there is no vault."""
    vault = find_vault(door.named_vault)
    if not is_vault(vault):
        return False
    found = _state(vault)
    if as_json:
        door.print_json(found)
    else:
        _screen(found)
    return True


def _state(vault: Path) -> dict[str, Any]:
    path = base_folder(vault) / BASE
    if not path.exists():
        return {"vault": str(vault), "base": None, "next": ['kb ask "QUESTION"', "kb sync", "kb --help"]}
    with open_store(vault, create=False) as store, foreign_errors(store.folder):
        pulling = sum(count for kind, count in link_counts(store) if kind.startswith(("contradicts", "qualifies")))
        failed = store.sql.execute("SELECT count(*) FROM file WHERE state = 'failed'").fetchone()[0]
        asked = store.sql.execute(
            "SELECT title FROM note WHERE title LIKE '%?' AND file IS NOT NULL ORDER BY kind <> 'line', length(title), title"
        ).fetchone()
        base = {
            "notes": store.count("note"),
            "claims": store.count("claim"),
            "tensions": pulling,
            "failed": failed,
            "age_seconds": round(max(0.0, time.time() - path.stat().st_mtime)),
        }
    following = [f'kb ask "{_typed(asked[0]) if asked else "QUESTION"}"']
    following += ["kb tensions"] if base["tensions"] else []
    following += ["kb status"] if failed else []
    return {"vault": str(vault), "base": base, "next": [*following, "kb --help"]}


def _typed(title: str) -> str:
    """Between quotation marks a shell reads these four."""
    return "".join(f"\\{char}" if char in '"\\$`' else char for char in one_line(title))


def _screen(found: dict[str, Any]) -> None:
    out = console(whole=True)
    base = found["base"]
    out.print(Text.assemble(("Vault   ", "bold"), one_line(found["vault"])))
    if base:
        told = [counted(base[f"{word}s"], word) for word in ("note", "claim", "tension")]
        told += [f"{counted(base['failed'], 'file')} could not be read"] if base["failed"] else []
        out.print(Text.assemble(("Base    ", "bold"), f"{', '.join(told)}; written {ago(base['age_seconds'])}"))
    else:
        out.print(Text.assemble(("Base    ", "bold"), "none yet; the first question makes it"))
    for number, line in enumerate(found["next"]):
        out.print(Text.assemble(("Next    " if not number else " " * 8, "bold"), line))

"""Overview (`kb` without a command): in a vault the state of its base, as it is, and what to type next."""

import time
from pathlib import Path
from typing import Any

from kb.cli import door
from kb.cli.screen import console, counted
from kb.cli.status import ago
from kb.edges import link_counts
from kb.folder import BASE, base_folder
from kb.oneline import one_line
from kb.store import foreign_errors, open_store
from kb.vault import find_vault, is_vault


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
        titles = store.sql.execute(
            "SELECT title FROM note WHERE title LIKE '%?' AND file IS NOT NULL ORDER BY kind <> 'line', length(title), title"
        ).fetchone() or ("QUESTION",)
        base = {
            "notes": store.count("note"),
            "claims": store.count("claim"),
            "tensions": pulling,
            "failed": failed,
            "age_seconds": round(max(0.0, time.time() - path.stat().st_mtime)),
        }
    # Between quotation marks a shell reads these four.
    typed = "".join(f"\\{char}" if char in '"\\$`' else char for char in one_line(titles[0]))
    following = [f'kb ask "{typed}"', *["kb tensions"] * bool(pulling), *["kb status"] * bool(failed), "kb --help"]
    return {"vault": str(vault), "base": base, "next": following}


def _screen(found: dict[str, Any]) -> None:
    out, base = console(whole=True), found["base"]
    out.block(("Vault   ", "bold"), one_line(found["vault"]), by=0)
    told = "none yet; the first question makes it"
    if base:
        counts = [counted(base[f"{word}s"], word) for word in ("note", "claim", "tension")]
        counts += [f"{counted(base['failed'], 'file')} could not be read"] if base["failed"] else []
        told = f"{', '.join(counts)}; written {ago(base['age_seconds'])}"
    out.block(("Base    ", "bold"), told, by=0)
    for number, line in enumerate(found["next"]):
        out.block(("Next    " if not number else " " * 8, "bold"), line, by=0)

"""`kb status`: what the base holds, what became of each file, and what it runs on."""

import time
from collections import Counter
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from ingest import model_replies
from kb.allowed import shown
from kb.catalogue import files
from kb.cli import door
from kb.cli.listing import AsJson
from kb.cli.screen import console, counted
from kb.edges import link_counts
from kb.embed import is_own
from kb.folder import BASE, size_of
from kb.language.opinions import which_judge
from kb.oneline import one_line
from kb.providers import destination, may_ask
from kb.settings import Settings
from kb.store import Store


def status(
    files: Annotated[bool, typer.Option("--files", help="List every file, not only those that were not read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what became of each file, and what the base runs on."""
    with door.base() as (store, settings):
        found = _gathered(store, settings)
        if as_json:
            door.print_json(found)
        else:
            _screen(found, files, model_replies.waiting(store) if model_replies.asks_model(settings) else 0)


def _gathered(store: Store, settings: Settings) -> dict[str, Any]:
    words = {"note": "indexed", "library": "indexed"}
    listed = [{"path": path, "status": words.get(state, state), "problems": some} for path, state, some in files(store)]
    counts = Counter(file["status"] for file in listed)
    kinds = dict(store.sql.execute("SELECT kind, count(*) FROM note GROUP BY kind ORDER BY kind").fetchall())
    text = store.sql.execute("SELECT coalesce(sum(size), 0) FROM file WHERE state IN ('note', 'library')").fetchone()[0]
    return {
        "vault": str(store.vault),
        "counts": {word: counts[word] for word in ("indexed", "skipped", "failed")},
        "notes": kinds,
        "claims": store.count("claim"),
        "links": dict(link_counts(store)),
        "engine": {
            "embed": store.meta("embed") or None,
            "vectors": shown(settings.vectors) if settings.vectors else "chroma, in the base",
            "reader": settings.embed == "reader",
            "judge": which_judge(settings),
            "llm": settings.llm or None,
            "sends": _sends(settings),
        },
        "whole": store.is_whole,
        "bytes": {"base": size_of(store.folder), "text": text},
        "age_seconds": round(max(0.0, time.time() - (store.folder / BASE).stat().st_mtime)),
        "files": listed,
    }


def _sends(settings: Settings) -> list[str]:
    """What would leave this machine, and where to."""
    if settings.offline:
        return []
    sends = []
    if not is_own(settings.embed):
        sends.append(f"the text of claims and questions to {settings.embed.split('/')[0]}, for embedding")
    if settings.vectors:
        sends.append(f"vectors, without text, to {shown(settings.vectors)}")
    if settings.llm:
        where = destination(settings) + ("" if may_ask(settings) else " (once allowed: kb allow)")
        sends.append(f"a question and the claims chosen for its answer to {where}, when kb ask is asked")
        if model_replies.asks_model(settings):
            sends.append(f"notes with sentences that may be claims to {where}, at kb sync, each once")
    return sends


def _screen(found: dict[str, Any], every: bool, waiting: int) -> None:
    out = console()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    counts, size, engine = found["counts"], found["bytes"], found["engine"]
    stub = " (cited, not written yet)"
    notes = ", ".join(counted(count, kind) + stub * (kind == "stub") for kind, count in found["notes"].items())
    reader = "read again by the reader in the box" if engine["reader"] else "no second reading"
    wait = f" (not asked yet: {counted(waiting, 'note')})" if waiting else ""
    model = f"{engine['llm']}{wait}" if engine["llm"] else "no language model"
    whole = "" if found["whole"] else "; not whole yet: kb sync"
    for name, told in {
        "Vault": found["vault"],
        "Files": f"{counts['indexed']:,} indexed, {counts['skipped']:,} skipped, {counts['failed']:,} failed",
        "Notes": notes or "none",
        "Claims": f"{found['claims']:,}",
        "Links": ", ".join(f"{count:,} {kind}" for kind, count in found["links"].items()),
        "Engine": f"{engine['embed'] or 'none yet'}; {engine['vectors']}; {reader}; judged by {engine['judge']}; {model}",
        "Sends": "; ".join(engine["sends"]) or "nothing: all of it happens on this machine",
        "Base": f"{size['base'] / 1e6:.1f} MB for {size['text'] / 1e6:.1f} MB of text, written {ago(found['age_seconds'])}{whole}",
    }.items():
        grid.add_row(name, Text(one_line(told, 2_000)))
    out.print(grid, soft_wrap=False)
    for file in found["files"]:
        if file["status"] == "indexed" and not file["problems"] and not every:
            continue
        style = {"failed": "red", "skipped": "dim"}.get(file["status"], "")
        line = Text.assemble("\n", (f"{file['status']:8}", style), one_line(file["path"]))
        for problem in file["problems"]:
            at = f" line {problem.line}:" if problem.line else ""
            line.append(f"\n        {at} {one_line(problem.message)}", style="dim" if style == "dim" else "")
        out.print(line, end="")
    out.print()


def ago(seconds: int) -> str:
    """How long ago, in the largest whole unit."""
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(seconds // size, word)} ago"
    return "just now"

"""`kb sync`: bring the base up to date."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ingest.changes import Synced
from ingest.mirror import data_folder, is_behind
from ingest.model_replies import asks_model
from ingest.pipeline import dry_run
from ingest.pipeline import sync as bring_up_to_date
from ingest.scan import ALONE
from ingest.zotero_library import DATABASE
from kb.cli import door
from kb.cli.listing import AsJson
from kb.cli.screen import at_problem, console, counted, progress
from kb.language.opinions import unavailable
from kb.language.readings import open_readings
from kb.oneline import one_line
from kb.providers import destination
from kb.replies import Budget
from kb.settings import Settings
from kb.store import open_store
from qa.rerank import read_ahead

_QUIET, _QUIET_WORK = 5, 1.0
"""Seconds without a change after which `--watch` reads ahead, and for how long at a time."""


def sync(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw the base away and read everything again.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and follow every change of the files.")] = False,
    budget: Annotated[
        int | None, typer.Option(min=0, help="Tokens that a language model may be asked for.", metavar="N")
    ] = None,
    ahead: Annotated[
        float | None, typer.Option("--read-ahead", min=0, help="Seconds to read ahead afterwards.", metavar="S")
    ] = None,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Ask no language model, whatever kb.toml says.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing and ask nobody; say what would be done and what it costs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the base up to date with the folder."""
    if dry_run and (rebuild or watch):
        raise typer.BadParameter("--dry-run goes with neither --rebuild nor --watch.")
    vault, settings = door.here(sends=not dry_run)
    if dry_run:
        _dry_run(vault, settings, as_json)
        return
    if not no_llm and asks_model(settings):
        door.model_allowed(settings)
    may_spend = None if no_llm else Budget(budget)
    with progress() as report:
        done = bring_up_to_date(vault, settings, rebuild=rebuild, progress=report, budget=may_spend)
    if settings.judge:
        done.remarks += unavailable(settings, vault)
    _tell(done, as_json)
    if may_spend and may_spend.spent and not as_json:
        print(f"Spent   about {may_spend.spent:,} tokens of {one_line(settings.llm)}")
    # Unasked only where somebody watches.
    _read_ahead(vault, settings, ahead if ahead is not None else settings.read_ahead if sys.stderr.isatty() else 0.0)
    if watch:
        _watch(vault, settings, as_json, may_spend)
    elif done.failed:
        raise typer.Exit(1)


def _read_ahead(vault: Path, settings: Settings, seconds: float) -> None:
    """Have the reader read what no question has come near yet, so that the next one waits for less."""
    if not seconds or settings.embed != "reader":
        return
    with open_store(vault, create=False) as store, progress() as report:
        if readings := open_readings(settings, store.folder):
            with closing(readings):
                read_ahead(store, readings, seconds, report)


def _dry_run(vault: Path, settings: Settings, as_json: bool) -> None:
    with progress() as report:
        done, outlook = dry_run(vault, settings, report)
    zotero_changed = is_behind(vault, settings)
    if as_json:
        told = {key: getattr(done, key) for key in ("added", "changed", "moved", "removed", "unchanged", "skipped")}
        told |= {"asks": settings.llm if outlook.calls else None, **outlook._asdict()}
        door.print_json(told | ({"zotero_changed": zotero_changed} if settings.zotero else {}))
        return
    asked = "ask no language model"
    if outlook.calls:
        calls, notes = counted(outlook.calls, "call"), counted(outlook.notes, "note")
        asked = f"ask {destination(settings)}: {calls} on {notes}, about {outlook.tokens:,} tokens"
    out = console(whole=True)
    out.block(("Would", "bold"), f"   {_changes(done)}", by=0)
    out.block(f"Would   {one_line(asked)}", by=0)
    if zotero_changed:
        out.print("Zotero  its library has changed since it was last read; what that brings is not counted here.")


def _changes(done: Synced) -> str:
    counts = [(done.added, "added"), (done.changed, "changed"), (done.moved, "moved"), (done.removed, "removed")]
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing to do"
    rest = ((done.unchanged, "unchanged"), (done.skipped, "skipped"))
    return told + "".join(f", {count:,} {word}" for count, word in rest if count)


def _tell(done: Synced, as_json: bool) -> None:
    if as_json:  # the contract of `kb sync --json`
        keys = "added changed moved removed unchanged failed skipped remarks notes claims links seconds"
        door.print_json({key: getattr(done, key) for key in keys.split()})
        return
    out = console(whole=True)
    out.block(("Synced", "bold"), f"  {_changes(done)}", by=0)
    held = ", ".join(counted(getattr(done, f"{word}s"), word) for word in ("note", "claim", "link"))
    out.print(f"Base    {held}   ({done.seconds:.1f} s)")
    problems = [*done.failed, *done.remarks]
    for problem in problems[:20]:
        style = "red" if problem in done.failed else "yellow"
        out.print()
        out.block((one_line(at_problem(problem)), style), "  ", one_line(problem.message), by=0)
        out.say(problem.hint, "dim", by=2)
    if len(problems) > 20:
        out.print(f"\n… and {len(problems) - 20} more: kb status", style="dim")


def _watch(vault: Path, settings: Settings, as_json: bool, budget: Budget | None) -> None:
    """Sync again whenever files change. The base's own folder and other programs' are not watched."""
    from watchfiles import watch

    if sys.stderr.isatty():
        print("Watching; Ctrl-C stops.", file=sys.stderr)

    def ours(change: object, path: str) -> bool:
        return not ALONE.intersection(path[len(str(vault)) :].replace("\\", "/").split("/"))

    database = data_folder(vault, settings) / DATABASE if settings.zotero else vault
    changes = watch(
        vault, *[database] * database.is_file(), watch_filter=ours, raise_interrupt=False, step=200,
        rust_timeout=1000 * _QUIET, yield_on_timeout=settings.read_ahead > 0,
    )  # fmt: skip
    for some in changes:
        if not some:
            _read_ahead(vault, settings, _QUIET_WORK)
            continue
        done = bring_up_to_date(vault, settings, patience=60.0, budget=budget)
        if done.touched or done.failed:
            _tell(done, as_json)
            sys.stdout.flush()

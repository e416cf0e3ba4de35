"""`kb sync`: bring the base up to date."""

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import door

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.synced import Synced
    from kb.settings import Settings


def add_to(app: typer.Typer) -> None:
    """Put the command on the door."""
    app.command("sync")(sync)


def sync(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw the base away and read everything again.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and follow every change of the files.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Bring the base up to date with the folder."""
    vault, settings = door.here()
    done = _once(vault, settings, rebuild, as_json)
    if watch:
        _watch(vault, settings, as_json)
    elif done.failed:
        raise typer.Exit(1)


def _once(vault: "Path", settings: "Settings", rebuild: bool, as_json: bool) -> "Synced":
    from ingest.pipeline import sync as bring_up_to_date
    from kb.cli.screen import progress

    with progress() as report:
        done = bring_up_to_date(vault, settings, rebuild=rebuild, progress=report)
    if as_json:
        door.print_json(as_dict(done))
    else:
        _table(done)
    return done


def as_dict(done: "Synced") -> dict[str, object]:
    """The contract of `kb sync --json`."""
    keys = (
        "added",
        "changed",
        "moved",
        "removed",
        "unchanged",
        "failed",
        "skipped",
        "remarks",
        "notes",
        "claims",
        "links",
        "seconds",
    )
    return {key: getattr(done, key) for key in keys}


def _table(done: "Synced") -> None:
    from rich.text import Text

    from kb.cli.screen import console, counted
    from kb.oneline import one_line

    out = console(whole=True)
    counts = [(done.added, "added"), (done.changed, "changed"), (done.moved, "moved"), (done.removed, "removed")]
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing to do"
    rest = "".join(
        f", {count:,} {word}" for count, word in ((done.unchanged, "unchanged"), (done.skipped, "skipped")) if count
    )
    out.print(Text.assemble(("Synced", "bold"), f"  {told}{rest}"))
    held = ", ".join(
        counted(count, word) for count, word in ((done.notes, "note"), (done.claims, "claim"), (done.links, "link"))
    )
    out.print(Text(f"Base    {held}   ({done.seconds:.1f} s)"))
    for problem in (*done.failed, *done.remarks)[:20]:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        style = "red" if problem in done.failed else "yellow"
        out.print(
            Text.assemble(
                "\n", (one_line(where), style), "  ", one_line(problem.message), "\n  ", (one_line(problem.hint), "dim")
            )
        )
    more = len(done.failed) + len(done.remarks) - 20
    if more > 0:
        out.print(Text(f"\n… and {more} more: kb status", style="dim"))


def _watch(vault: "Path", settings: "Settings", as_json: bool) -> None:
    """Sync again whenever files change. The base's own folder and other programs' are not watched."""
    import sys

    from watchfiles import watch

    from ingest.scan import ALONE

    if sys.stderr.isatty():
        print("Watching; Ctrl-C stops.", file=sys.stderr)

    def ours(change: object, path: str) -> bool:
        return not ALONE.intersection(path[len(str(vault)) :].replace("\\", "/").split("/"))

    for _ in watch(vault, watch_filter=ours, raise_interrupt=False, step=200):
        done = _quietly(vault, settings)
        if done.touched or done.failed:
            door.print_json(as_dict(done)) if as_json else _table(done)
            sys.stdout.flush()


def _quietly(vault: "Path", settings: "Settings") -> "Synced":
    from ingest.pipeline import sync as bring_up_to_date

    return bring_up_to_date(vault, settings, patience=60.0)

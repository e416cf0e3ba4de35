"""`kb links`: notes to link in a draft, with reasons; put in when asked, changing nothing else."""

import sys
from contextlib import closing
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from kb.cli import door
from kb.cli.listing import AsJson, draft_named
from kb.cli.review import key_presses
from kb.cli.screen import Screen, console, counted, place
from kb.errors import KbError
from kb.files import from_home
from kb.oneline import on_lines, one_line
from kb.store import Store
from notes.apply import links_to_apply, without_overlaps
from notes.draft import Draft
from notes.edit import edited, write_edits
from notes.suggest import APPLIED, SHOWN, Suggester, Suggestion

KEYS = "y put it in   n leave it   q stop"


def links(
    draft: Annotated[
        str, typer.Argument(help="The file of a draft, or - for what comes through a pipe.", metavar="DRAFT|-")
    ],
    above: Annotated[
        float | None, typer.Option(help="Only suggestions that score at least this, 0 to 1.", metavar="SCORE")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="At most so many: else 20 shown, and all put in.", min=1, max=1000, metavar="N")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Put the links into the file, and change nothing else.")
    ] = False,
    one_by_one: Annotated[bool, typer.Option("--one-by-one", help="Ask before each, one key.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what --apply would change, and write nothing.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and suggest again whenever the file is saved.")] = False,
    as_json: AsJson = False,
) -> None:
    """Suggest notes to link in a draft. Where each link goes, what is written, and why."""
    puts = apply or one_by_one
    if draft == "-" and (puts or watch):
        raise typer.BadParameter("What comes through a pipe is no file that can be changed or watched; use --dry-run.")
    if puts and (dry_run or watch or as_json):
        raise typer.BadParameter("--apply goes with none of --dry-run, --watch and --json.")
    if watch and (dry_run or as_json):
        raise typer.BadParameter("--watch goes with neither --dry-run nor --json.")
    all_at_once = (apply and not one_by_one) or dry_run
    least = above if above is not None else APPLIED if all_at_once else 0.0 if as_json else SHOWN
    with door.base() as (store, settings), closing(Suggester(store, settings)) as suggester:
        read = draft_named(store, draft)
        if all_at_once and not as_json:
            found = links_to_apply(suggester, read, least, limit)
        else:
            found = _found(suggester, read, least, limit or 20)
        if as_json:
            door.print_json([each._asdict() for each in found])
        elif dry_run:
            sys.stdout.write(_difference(read, found))
        elif puts:
            _put(store, from_home(draft), read, _one_by_one(read, found) if one_by_one else found)
        else:
            _screen(read, found)
            if watch:
                _watch(store, suggester, draft, least, limit or 20)


def _found(suggester: Suggester, read: Draft, least: float, limit: int) -> list[Suggestion]:
    return [each for each in suggester.suggest(read, most=1000) if each.score >= least][:limit]


def _difference(read: Draft, found: list[Suggestion]) -> str:
    before, after = (
        on_lines(text).split("\n") for text in (read.text, edited(read.text, [each.edit for each in found]))
    )
    name = one_line(Path(read.path).name if Path(read.path).is_absolute() else read.path)
    return "".join(f"{line}\n" for line in unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))


def _put(store: Store, file: Path, read: Draft, found: list[Suggestion]) -> None:
    if found:
        write_edits(store, file, read.sha, [each.edit for each in found], [each.note for each in found])
    out = console()
    for each in sorted(found, key=lambda each: each.at):
        out.print(one_line(f"{each.line}: {each.insert.strip()}", 200))
    out.print(f"{counted(len(found), 'link')} put in; the rest of {one_line(read.path)} is as it was.")


def _one_by_one(read: Draft, found: list[Suggestion]) -> list[Suggestion]:
    out = console()
    keys = key_presses()
    chosen: list[Suggestion] = []
    for number, each in enumerate(options := without_overlaps(found), 1):
        _one(out, read, each)
        out.print(f"{number} of {len(options)}   {KEYS}", style="dim")
        while (key := next(keys, "q")) not in ("y", "n", "q"):
            out.print(KEYS, style="dim")
        out.print()
        if key == "q":
            break
        if key == "y":
            chosen.append(each)
    return chosen


def _screen(read: Draft, found: list[Suggestion]) -> None:
    out = console()
    for each in found:
        _one(out, read, each)
        out.print()
    if found:
        out.print(f"{counted(len(found), 'link')} to consider. Put them in: kb links --apply, or --one-by-one.")
    else:
        out.print("No note is near enough to suggest. More, less sure: --above 0.1")


def _one(out: Screen, read: Draft, each: Suggestion) -> None:
    out.row(place(read.path, each.line, within=False), (f"   {each.score:.2f}", "dim"))
    out.block(_in_place(read, each))
    out.block(("→ ", "dim"), (one_line(each.title), "bold"), "   ", (one_line(each.why, 300), "dim"))


def _in_place(read: Draft, each: Suggestion) -> Text:
    """The words around, with what would be written in them."""
    start, end = each.at
    before, after = read.text[max(0, start - 80) : start], read.text[end : end + 40]
    before = before.rsplit("\n\n", 1)[-1]
    cut = "…" if len(before) == 80 else ""
    before = before.split(" ", 1)[-1] if cut and " " in before else before
    after = after.split("\n\n", 1)[0]
    tail = "…" if len(after) == 40 else ""
    after = after.rsplit(" ", 1)[0] if tail and " " in after else after
    opens = " " if before[-1:].isspace() or each.insert[:1].isspace() else ""
    closes = " " if after[:1].isspace() else ""
    return Text.assemble(
        f"{cut}{one_line(before, 200)}{opens}" if one_line(before, 200) else "",
        (one_line(each.insert), "green"),
        f"{closes}{one_line(after, 200)}{tail}",
    )


def _watch(store: Store, suggester: Suggester, name: str, least: float, limit: int) -> None:
    """Suggest again whenever the draft is saved, and tell only what is new."""
    from watchfiles import watch

    file = from_home(name).resolve()
    if sys.stderr.isatty():
        print("Watching; Ctrl-C stops.", file=sys.stderr)
    # The folder is watched: editors save by putting a new file in the old one's place.
    for _ in watch(
        file.parent, watch_filter=lambda _, path: Path(path) == file, recursive=False, raise_interrupt=False, step=100
    ):
        try:
            read = draft_named(store, name)
        except KbError:
            continue
        print()
        _screen(read, _found(suggester, read, least, limit))
        sys.stdout.flush()

"""`kb check`: what a draft says against its notes, beyond them, or without naming them."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.decode import MARKDOWN, PLAIN
from kb.catalogue import claims
from kb.cli import door
from kb.cli.listing import AsJson, draft_named
from kb.cli.sarif import as_sarif
from kb.cli.screen import console, counted, place, quoted
from kb.errors import KbError
from kb.files import from_home
from kb.oneline import one_line
from kb.store import Store
from notes.check import Checker, without_quotes
from notes.draft import UNNAMED, Draft, known_titles, path_of
from notes.finding import Finding

Checked = list[tuple[str, Draft, list[Finding]]]


def check(
    drafts: Annotated[list[str], typer.Argument(help="Files or folders, or - for stdin.", metavar="DRAFT|-...")],
    path: Annotated[
        str, typer.Option(help="With -: where the text would lie, so that its links are read from there.")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", help="screen, short (path:line:col: code message) or sarif.", metavar="FORM")
    ] = "screen",
    as_json: AsJson = False,
) -> None:
    """Say what a draft says against its notes, or beyond them. Contradicted, miscited, overstated, uncited; exit status 1 if any."""
    if form not in ("screen", "short", "sarif"):
        raise typer.BadParameter(f"There is no format “{form}”; it is screen, short or sarif.")
    if as_json and form != "screen":
        raise typer.BadParameter("--json and --format name two forms; choose one.")
    if path and drafts != ["-"]:
        raise typer.BadParameter("--path says where a text from stdin would lie; name it with - alone.")
    files = list(dict.fromkeys(_files(drafts)))
    with door.base() as (store, settings), closing(Checker(store, settings)) as checker:
        found = [(shown, draft, checker.check(draft)) for shown, draft in _read(store, files, path)]
        if as_json:
            door.print_json([row for shown, _, some in found for row in _as_dicts(shown, some, len(files) > 1)])
        elif form == "short":
            _short(found)
        elif form == "sarif":
            door.print_json(as_sarif(store, found))
        else:
            _screen(store, found)
    if any(findings for _, _, findings in found):
        raise typer.Exit(1)


def _files(named: Sequence[str]) -> Iterator[str]:
    """Every file meant, in order; of a folder its texts, hidden folders apart. A file that is named is checked whatever its ending."""
    for name in named:
        place = Path(name)
        if name == "-" or place.is_file():
            yield name
        elif place.is_dir():
            for file in sorted(place.rglob("*")):
                hidden = any(part.startswith(".") for part in file.relative_to(place).parts)
                if file.suffix.lower() in MARKDOWN | PLAIN and file.is_file() and not hidden:
                    yield file.as_posix()
        elif place.exists():
            raise typer.BadParameter(f"“{name}” is not a regular file; a pipe is read with -.")
        else:
            raise typer.BadParameter(f"There is no file or folder “{name}”.")


def _read(store: Store, files: Sequence[str], path: str) -> Iterator[tuple[str, Draft]]:
    """Each draft, with the name by which its findings call it; of several one that cannot be read is told, and passed by."""
    titles, inside = known_titles(store), path_of(store, from_home(path)) if path else UNNAMED
    for name in files:
        try:
            draft = draft_named(store, name, inside, titles)
        except KbError as why:
            if len(files) == 1:
                raise
            door.complain(why.message, "The other drafts are checked.", 1)
        else:
            yield (path or "-") if name == "-" else name, draft


def _as_dicts(shown: str, findings: Sequence[Finding], several: bool) -> list[dict[str, Any]]:
    """The contract of `kb check --json`."""
    return [
        ({"path": shown} if several else {})
        | {
            "line": each.line, "start": each.start, "end": each.end, "code": each.code, "message": each.message,
            "claims": list(each.claims), "hint": each.hint,
        }
        for each in findings
    ]  # fmt: skip


def _short(found: Checked) -> None:
    for shown, draft, findings in found:
        for each in findings:
            column = each.start - draft.text.rfind("\n", 0, each.start)
            print(f"{one_line(shown)}:{each.line}:{column}: {each.code} {one_line(each.message, 1000)}")


def _screen(store: Store, found: Checked) -> None:
    out = console()
    for shown, draft, findings in found:
        for each in findings:
            out.row(place(shown, each.line, within=False), "   ", (each.code, "yellow"))
            out.block(quoted(draft.text[each.start : each.end]))
            out.say(without_quotes(each), by=2, most=600)
            for claim in claims(store, each.claims):
                out.claim(claim, 4)
            out.say(each.hint, "dim", by=2)
            out.print()
    total = sum(len(findings) for _, _, findings in found)
    read = counted(len(found), "draft")
    out.print(f"{read} checked; {counted(total, 'thing')} to look at." if total else f"{read} checked; nothing to say.")

"""`kb impact`: what an edit of a note made stale, or would."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from kb.catalogue import named, notes
from kb.claim import Claim
from kb.cli import door
from kb.cli.listing import print_claim
from kb.cli.screen import console, indented, place, quoted
from kb.errors import NotFound
from kb.files import from_home
from kb.note import Note
from kb.oneline import one_line
from kb.store import Store
from qa.impact import Impact, Resting
from qa.impact import impact as impact_of


def impact(
    name: Annotated[str, typer.Argument(help="A note's title, path, alias or file name.", metavar="NOTE|PATH")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Say what an edit made stale, or would. Claims, links, citing notes, reports, quotations; ask before the next sync."""
    vault, _ = door.here()
    # Without a sync: the base still holds the words from before the edit, and they are what is asked for.
    with door.open_base(vault) as store:
        found = impact_of(store, _note(store, name))
        if as_json:
            door.print_json(as_dict(found))
        else:
            _screen(store, found)


def _note(store: Store, name: str) -> Note:
    if not name.strip():
        raise typer.BadParameter("There is no name.")
    wanted = _path_in(store, name) or named(store, name)
    found = notes(store, [wanted]) if wanted else []
    if not found:
        raise NotFound("note", name, "A new file comes with: kb sync. List what there is with: kb notes")
    return found[0]


def _path_in(store: Store, name: str) -> str | None:
    """The note whose file this path names from where one stands, be the file gone or not."""
    try:
        path = from_home(name).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    if not path.is_relative_to(store.vault):
        return None
    inside = path.relative_to(store.vault).as_posix()
    return inside if notes(store, [inside]) else None


def as_dict(found: Impact) -> dict[str, Any]:
    """The contract of `kb impact --json`."""
    return {
        "note": _brief(found.note),
        "changed": found.changed,
        "claims": [{**_place(each.claim), "now": each.now or None} for each in found.claims],
        "links": [_link(each) for each in found.links],
        "citing": [{**_brief(each.note), "lines": list(each.lines)} for each in found.citing],
        "reports": [_brief(note) for note in found.reports],
        "quoting": [{**_place(each.claim), "old": each.old.id} for each in found.quoting],
    }


def _brief(note: Note) -> dict[str, Any]:
    return {"id": note.id, "title": note.title, "kind": note.kind, "path": note.path}


def _place(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id, "quote": claim.quote, "note": claim.note, "path": claim.place.path, "line": claim.place.line,
    }  # fmt: skip


def _link(each: Resting) -> dict[str, Any]:
    link = each.link
    others = [*map(_place, each.claims), *map(_brief, each.notes)]
    return {
        "kind": link.kind, "a": link.a, "b": link.b, "method": link.method, "confidence": link.confidence,
        "reason": link.reason, "tension": link.tension, "others": others,
    }  # fmt: skip


def _screen(store: Store, found: Impact) -> None:
    out, vault = console(), str(store.vault)
    out.print(Text(one_line(found.note.title), style="bold"))
    if found.changed:
        gone = "" if found.note.path and (store.vault / found.note.path).exists() else " The file is gone."
        out.print(f"It has changed since the last sync.{gone} What that makes stale:")
    else:
        out.print("Nothing has changed since the last sync. Were it to change, this would be at stake:")

    _heading(out, "Claims", len(found.claims))
    for lost in found.claims:
        print_claim(out, lost.claim, vault)
        if lost.now:
            out.print(indented(Text.assemble(("now ", "dim"), quoted(lost.now)), 4))
    _heading(out, "Links and tensions that rest on them", len(found.links))
    for each in found.links:
        sure = "stated" if each.link.method in ("author", "person") else f"possible, {each.link.confidence:.2f}"
        told = f"   {sure}: {one_line(each.link.reason)}"
        out.print(indented(Text.assemble((each.link.kind, "yellow"), (told, "dim"))))
        for claim in each.claims:
            print_claim(out, claim, vault, 4)
        for note in each.notes:
            _named(out, note, 4)
    _heading(out, "Notes that cite it", len(found.citing))
    for citing in found.citing:
        _named(out, citing.note, 2)
        for line in citing.lines[:3]:
            out.print(Text(" " * 4) + place(citing.note.path or "", line, vault), soft_wrap=True)
    _heading(out, "Saved reports", len(found.reports))
    for note in found.reports:
        _named(out, note, 2)
    _heading(out, "Quoted word for word in", len(found.quoting))
    for quoting in found.quoting:
        print_claim(out, quoting.claim, vault)


def _heading(out: Console, words: str, number: int) -> None:
    out.print(Text(f"\n{words} ({number:,})", style="bold" if number else "dim"))


def _named(out: Console, note: Note, by: int) -> None:
    mark = "" if note.kind == "note" else f" ({note.kind})"
    out.print(indented(Text.assemble(one_line(note.title), (f"{mark}   {note.path or ''}", "dim")), by), soft_wrap=True)

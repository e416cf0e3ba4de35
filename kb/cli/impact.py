"""`kb impact`: what an edit of a note made stale, or would."""

from typing import Annotated, Any

import typer

from kb.catalogue import notes
from kb.claim import Claim
from kb.cli import door
from kb.cli.listing import AsJson, note_named, path_named
from kb.cli.screen import Screen, console, place, quoted, sure
from kb.note import Note
from kb.store import Store
from qa.impact import Impact
from qa.impact import impact as impact_of


def impact(
    name: Annotated[str, typer.Argument(help="A note's title, path, alias or file name.", metavar="NOTE|PATH")],
    as_json: AsJson = False,
) -> None:
    """Say what an edit made stale, or would. Claims, links, citing notes, reports, quotations; ask before the next sync."""
    vault, _ = door.here()
    # Without a sync: the base still holds the words from before the edit, and they are what is asked for.
    with door.open_base(vault) as store:
        remedy = "A new file comes with: kb sync. List what there is with: kb notes"
        found = impact_of(store, _note_at(store, name) or note_named(store, name, remedy=remedy))
        if as_json:
            door.print_json(as_dict(found))
        else:
            _screen(store, found)


def _note_at(store: Store, name: str) -> Note | None:
    """The note whose file this path names from where one stands, be the file gone or not."""
    path = path_named(name)
    inside = [path.relative_to(store.vault).as_posix()] if path and path.is_relative_to(store.vault) else []
    return next(iter(notes(store, inside)), None)


def as_dict(found: Impact) -> dict[str, Any]:
    """The contract of `kb impact --json`."""
    return {
        "note": _brief(found.note),
        "changed": found.changed,
        "claims": [{**_place(each.claim), "now": each.now or None} for each in found.claims],
        "links": [
            each.link.model_dump(exclude={"evidence"})
            | {"others": [*map(_place, each.claims), *map(_brief, each.notes)]}
            for each in found.links
        ],
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


def _screen(store: Store, found: Impact) -> None:
    out = console()
    out.say(found.note.title, "bold")
    if found.changed:
        gone = "" if found.note.path and (store.vault / found.note.path).exists() else " The file is gone."
        out.print(f"It has changed since the last sync.{gone} What that makes stale:")
    else:
        out.print("Nothing has changed since the last sync. Were it to change, this would be at stake:")

    _heading(out, "Claims", len(found.claims))
    for lost in found.claims:
        out.claim(lost.claim)
        if lost.now:
            out.block(("now ", "dim"), quoted(lost.now), by=4)
    _heading(out, "Links and tensions that rest on them", len(found.links))
    for each in found.links:
        out.link(each.link.kind, sure(each.link.method, each.link.confidence), each.link.reason, by=2)
        for claim in each.claims:
            out.claim(claim, 4)
        for note in each.notes:
            out.note(note, 4)
    _heading(out, "Notes that cite it", len(found.citing))
    for citing in found.citing:
        out.note(citing.note)
        for line in citing.lines[:3]:
            out.row(place(citing.note.path or "", line), by=4)
    _heading(out, "Saved reports", len(found.reports))
    for note in found.reports:
        out.note(note)
    _heading(out, "Quoted word for word in", len(found.quoting))
    for quoting in found.quoting:
        out.claim(quoting.claim)


def _heading(out: Screen, words: str, number: int) -> None:
    out.print()
    out.say(f"{words} ({number:,})", "bold" if number else "dim")

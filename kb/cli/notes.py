"""`kb notes`: the notes of the base, all of them or those that a query names."""

from typing import Any

from kb.catalogue import cited, find_notes, links_as_written
from kb.catalogue import notes as read
from kb.cli import door
from kb.cli.listing import AsJson, Folders, Kinds, Limit, Since, Tags, Words, found_by, print_list, within
from kb.cli.screen import Screen
from kb.note import REPORT, Note
from kb.oneline import one_line
from kb.store import Store
from qa.scope import Scope


def notes(
    words: Words = None,
    limit: Limit = None,
    folders: Folders = None,
    tags: Tags = None,
    kinds: Kinds = None,
    since: Since = "",
    as_json: AsJson = False,
) -> None:
    """List notes, stubs among them."""
    query = " ".join(words or ()).strip()
    with door.base() as (store, _):
        scope = Scope(store, within=within(store, folders, tags, kinds, since))

        def counts(note: Note) -> bool:
            # A page of `kb graph` or `kb matrix` that lies among the notes is none.
            return scope.counts_note(note.id) and (note.kind == "line" or REPORT not in note.topics)

        found = found_by(store, query, limit, find_notes, read, counts, scope)
        facts = {each["id"]: each for each in as_dicts(store, found)} if as_json else {}
        print_list(found, (lambda note: facts[note.id]) if as_json else None, _show, "note", query, scope)


def as_dicts(store: Store, found: list[Note]) -> list[dict[str, Any]]:
    """The contract of `kb notes --json`."""
    cites: dict[str, list[str]] = {}
    cited_by: dict[str, list[str]] = {}
    for source, target in cited(store):
        cites.setdefault(source, []).append(target)
        cited_by.setdefault(target, []).append(source)
    links = links_as_written(store)
    return [
        {
            "id": note.id, "title": note.title, "kind": note.kind, "path": note.path, "summary": note.summary,
            "aliases": list(note.aliases), "sources": list(note.sources), "date": note.date, "topics": list(note.topics),
            "tags": list(note.tags), "cites": cites.get(note.id, []), "cited_by": cited_by.get(note.id, []),
            "links": [{"line": c.line, "target": c.target, "to": c.to} for c in links.get(note.path or "", [])],
        }
        for note in found
    ]  # fmt: skip


def _show(out: Screen, note: Note) -> None:
    mark = {"note": "", "stub": " (not written yet)"}.get(note.kind, f" ({note.kind})")
    out.block((one_line(note.title), "bold"), (mark, "dim"), by=0)
    if note.path:
        out.row((one_line(note.path), "cyan"), by=2)
    if note.summary and note.summary != note.title:
        out.say(note.summary, "dim", by=2, most=200)

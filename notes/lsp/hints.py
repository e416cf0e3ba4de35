"""Inlay hints: beside a citation, how many independent voices say what it is cited for."""

from lsprotocol import types

from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.edges import links
from notes.lsp.desk import Buffer
from notes.lsp.positions import Positions
from notes.lsp.shelf import Shelf
from qa.evidence import voice_of

_WITH = ("restates", "supports")


def hints(shelf: Shelf, buffer: Buffer, where: Positions, span: types.Range) -> list[types.InlayHint]:
    """One for each link in a range whose note makes claims."""
    draft = shelf.draft(buffer)
    if draft is None:
        return []
    start, end = where.span(span)
    found = []
    known: dict[str, int] = {}
    for each in draft.links:
        if each.note and start <= each.end <= end and each.note != draft.note:
            if each.note not in known:
                known[each.note] = voices(shelf, each.note)
            if count := known[each.note]:
                label = f"{count} voice{'' if count == 1 else 's'}"
                tip = "Independent sources among the notes that say this: those that share a source count once."
                found.append(types.InlayHint(where.position(each.end), label, padding_left=True, tooltip=tip))
    return found


def voices(shelf: Shelf, note: str) -> int:
    """The sources of a note and of those that restate or support its claims, each once."""
    claims = [claim.id for claim in claims_of(shelf.store, note)]
    if not claims:
        return 0
    ends = {end for link in links(shelf.store, note, *claims) if link.kind in _WITH for end in (link.a, link.b)}
    marks = ",".join("?" * len(ends))
    rows = shelf.store.sql.execute(
        f"SELECT DISTINCT coalesce(claim.owner, claim.about, file.path) FROM claim JOIN file ON file.id = claim.file WHERE claim.name IN ({marks})",
        tuple(ends),
    )
    names = {note, *(row[0] for row in rows), *(end for end in ends if end in shelf.names.all)}
    return len({voice_of(each) for each in read_notes(shelf.store, sorted(names))})

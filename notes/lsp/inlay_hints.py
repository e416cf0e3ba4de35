"""Inlay hints: beside a citation, how many independent voices say what it is cited for."""

from functools import cache

from lsprotocol import types

from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.edges import links
from notes.lsp.open_base import OpenBase
from notes.lsp.request import Request
from qa.evidence import voice_of

_TIP = "Independent sources among the notes that say this: those that share a source count once."


def inlay_hints(request: Request) -> list[types.InlayHint] | None:
    """One for each link in a range whose note makes claims; none unless the editor was set to show them."""
    draft = request.draft
    if draft is None or not request.client.hints:
        return None
    start, end = request.positions.span(request.params.range)
    voices = cache(lambda note: count_voices(request.base, note))
    found = []
    for link in draft.links:
        if link.note and start <= link.end <= end and link.note != draft.note and (count := voices(link.note)):
            label = f"{count} voice{'' if count == 1 else 's'}"
            found.append(types.InlayHint(request.positions.position(link.end), label, padding_left=True, tooltip=_TIP))
    return found


def count_voices(base: OpenBase, note: str) -> int:
    """The sources of a note and of those that restate or support its claims, each once."""
    claims = [claim.id for claim in claims_of(base.store, note)]
    if not claims:
        return 0
    agreeing = [link for link in links(base.store, note, *claims) if link.kind in ("restates", "supports")]
    ends = {end for link in agreeing for end in (link.a, link.b)}
    owner = "SELECT coalesce(claim.owner, claim.about, file.path) FROM claim JOIN file ON file.id = claim.file WHERE claim.name IN"
    names = {note, *ends, *(row[0] for row in base.store.rows(owner, sorted(ends)))}
    return len({voice_of(each) for each in read_notes(base.store, sorted(names))})

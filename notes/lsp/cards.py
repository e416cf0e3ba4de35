"""What is shown of a note or a claim beside the text: by hand, not by the mouse of a note."""

from collections.abc import Sequence

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import Note, slug
from notes.lsp.shelf import Shelf
from notes.plain_text import escaped, plain_text
from qa.tensions import Held, held

_CLAIMS = 4
_TENSIONS = 3
_FIRST = ("finding", "position", "mechanism")
"""Roles of the claims shown first: what a note finds says more of it than how it went about it."""


def note_card(shelf: Shelf, note: str, markdown: bool) -> str:
    """Title, summary, claims and tensions of a note; empty for one that is not there."""
    found = read_notes(shelf.store, [note])
    if not found:
        return ""
    each = found[0]
    said = sorted(claims_of(shelf.store, note), key=lambda claim: claim.role not in _FIRST)
    summary = each.summary if each.summary != each.title else ""
    lines = [_strong(each.title, markdown), _told(each, markdown)]
    if summary:
        lines += ["", escaped(summary, markdown)]
    others = [claim for claim in said if claim.quote.strip() != summary.strip()][:_CLAIMS]
    if others:
        lines += ["", *(quoted(claim, markdown) for claim in others)]
    pulls = held(shelf.store, [note])[:_TENSIONS]
    if pulls:
        lines += ["", _strong("Tensions", markdown), "", *(tension_line(shelf, each, note, markdown) for each in pulls)]
    return "\n".join(lines)


def claim_card(shelf: Shelf, claim: str, markdown: bool) -> str:
    """A claim in its author's words, and where it stands."""
    found = read_claims(shelf.store, [claim])
    if not found:
        return ""
    title = title_of(shelf, found[0].note)
    return "\n".join([_strong(title, markdown), "", quoted(found[0], markdown), "", place_of(found[0], markdown)])


def tension_line(shelf: Shelf, each: Held, note: str, markdown: bool) -> str:
    """One tension, told from the side of a note."""
    other = each.b if each.a.note == note else each.a
    by = {"rule": "possible ", "model": "possible "}.get(each.tension.method, "")
    kind = escaped(f"{by}{each.tension.kind}", markdown)
    return f"- {kind}, {escaped(title_of(shelf, other.note), markdown)}: {_quote(other.quote, markdown)}"


def quoted(claim: Claim, markdown: bool) -> str:
    """One line of a list: what a claim says."""
    return f"- {_quote(claim.quote, markdown)}"


def said_by(shelf: Shelf, claims: Sequence[Claim], markdown: bool) -> list[str]:
    """Claims with the notes that make them."""
    return [f"- {escaped(title_of(shelf, claim.note), markdown)}: {_quote(claim.quote, markdown)}" for claim in claims]


def distinct(claims: Sequence[Claim]) -> list[Claim]:
    """What several files quote alike is shown once, from its own note where that is among them."""
    once: dict[str, Claim] = {}
    for each in claims:
        key = slug(plain_text(each.quote, 2_000))
        if key not in once or each.place.path == each.note:
            once[key] = each
    return list(once.values())


def title_of(shelf: Shelf, note: str) -> str:
    """What a note is called."""
    named = shelf.names.all.get(note)
    return named.title if named else note


def place_of(claim: Claim, markdown: bool) -> str:
    """Path and line."""
    return escaped(f"{claim.place.path}, line {claim.place.line}", markdown)


def _told(note: Note, markdown: bool) -> str:
    parts = [
        note.path or "not written yet",
        note.date,
        *(source.citekey and f"@{source.citekey}" for source in note.sources[:2]),
    ]
    return escaped(", ".join(filter(None, parts)), markdown)


def _strong(text: str, markdown: bool) -> str:
    shown = escaped(text, markdown)
    return f"**{shown}**  " if markdown and shown else shown


def _quote(text: str, markdown: bool) -> str:
    return f"“{escaped(text, markdown, 300)}”"

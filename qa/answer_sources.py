"""What an answer cites: the claims with their places and literature, and the notes that were looked at."""

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import Note
from kb.store import Store
from qa.answer import Cited, Looked
from qa.evidence import names_of, quotable, vectors_of
from qa.retrieve import Found
from qa.scope import Scope

MEANT = 0.35
"""Cosine from which a claim of a cited note is what the citing sentence speaks of."""


def looked_at(store: Store, found: Found, cited: set[str], touched: set[str]) -> tuple[list[Note], tuple[Looked, ...]]:
    """The notes found, best first, as they are and as an answer lists them."""
    names = list(dict.fromkeys([*(note for note, _ in found.notes), *sorted(touched)]))
    notes = read_notes(store, names)
    return notes, tuple(
        Looked(
            id=note.id, title=note.title, path=note.path, summary=note.summary, cited=note.id in cited, kind=note.kind
        )
        for note in notes
    )


def cited_claims(store: Store, scope: Scope, citing: Claim) -> list[str]:
    """Of each note that a sentence cites the claim that it speaks of."""
    if not citing.citations:
        return []
    names = [key for note in citing.citations for key in names_of(store, note)]
    claims = [claim for claim in read_claims(store, list(dict.fromkeys(names))) if scope.counts(claim)]
    vectors = vectors_of(store, [citing, *claims])
    best: dict[str, tuple[float, str]] = {}
    for claim in claims:
        near = float(vectors[claim.id] @ vectors[citing.id]) if claim.id in vectors else 0.0
        if near >= MEANT and quotable(claim):
            best[claim.note] = max(best.get(claim.note, (0.0, "")), (near, claim.id))
    return [key for _, key in best.values()]


def cited_claim(claim: Claim, notes: list[Note]) -> Cited:
    """A claim with its place and its literature."""
    sources = next((note.sources for note in notes if note.id == claim.note), ())
    place = claim.place.model_dump(exclude={"sha"})
    return Cited(text=claim.text, quote=claim.quote, note=claim.note, sources=sources, **place)

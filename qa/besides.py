"""What an answer shows besides its statements: the notes looked at, the claims cited, what is missing."""

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import Note, slug
from kb.store import Store
from qa.answer import Cited, Coverage, Looked
from qa.evidence import names_of, quotable, vectors_of
from qa.question import Question
from qa.retrieve import Found
from qa.scope import Scope

MEANT = 0.35
"""Cosine from which a claim of a cited note is what the citing sentence speaks of."""
_SAYS = -0.005
"""A word without which the question is farther from the notes than this is lacking in letter only: told of 26 gold questions with
an answer and of 49 without one, where every word is told of 37 and 50."""
_NEAREST = "No sentence of these notes was found to answer this."
_LACKING = 2
"""Words named that no note speaks of."""


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


def lacking(question: Question, found: Found) -> list[str]:
    """The words of a question that none of the notes found speaks of."""
    # "limitations" of "What are the limitations of RL?" is no word that a note must have.
    asked = set(slug(question.subject).split("-")) if question.subject else None
    return [word for word, pull in found.lacking if pull > _SAYS and (asked is None or word in asked)]


def missing(question: Question, found: Found, coverage: Coverage, scope: Scope) -> str:
    """What the notes lack, in a sentence."""
    if scope.is_narrow and scope.is_empty:
        return f"No note is in this scope: {scope.within}."
    if coverage == "silent":
        return f"A note that speaks of this would be needed: {question.text}" if question.text else ""
    named = lacking(question, found)
    if coverage != "near":  # of what is answered a word that other notes use is none that these lack
        named = [word for word in named if word in found.unused]
    words = " or ".join(f"“{word}”" for word in named[:_LACKING])
    if coverage != "near":
        return f"No note uses {words}." if words else ""
    return f"These notes do not speak of {words}." if words else _NEAREST

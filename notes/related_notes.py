"""Notes related to a sentence of a draft: what retrieval finds for it, each with its claim nearest to the sentence."""

from collections.abc import Collection
from typing import NamedTuple

from kb.catalogue import claims as read_claims
from kb.note import Note
from notes.claim_index import ClaimIndex, NearClaim
from qa.retrieve import Retriever

_NOTES, _CLAIMS = 10, 40
"""Notes and claims that are looked at for one sentence."""


class RelatedNote(NamedTuple):
    """A note beside a sentence."""

    note: Note
    score: float = 0.0
    """What retrieval gave it, the best note having 1, times how similar the nearest claim of all is to the sentence."""
    nearest: NearClaim | None = None
    """Its claim nearest to the sentence."""


def related_notes(
    index: ClaimIndex, retriever: Retriever, sentence: str, without: Collection[str]
) -> dict[str, RelatedNote]:
    """The notes most like a sentence, by id, in the order of retrieval."""
    found = retriever.find(
        sentence, notes=_NOTES, claims=_CLAIMS, without=without, channels=("words", "nearness", "graph")
    )
    nearest: dict[str, NearClaim] = {}
    for each in index.beside(sentence, read_claims(index.store, [claim for claim, _ in found.claims])):
        best = nearest.get(each.claim.note)
        if best is None or each.similarity > best.similarity:
            nearest[each.claim.note] = each
    scores = {note: score for note, score in found.notes if note not in without}
    notes = {name: note for name in scores if (note := index.note(name)) is not None and note.path is not None}
    high = max(scores.values(), default=0.0) or 1.0
    strength = max((nearest[name].similarity for name in notes if name in nearest), default=0.0)
    return {name: RelatedNote(note, scores[name] / high * strength, nearest.get(name)) for name, note in notes.items()}

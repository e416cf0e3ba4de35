"""How an answer begins: with what comes nearest to answering, in the fewest words.

A writer who has drawn a conclusion on this very question is quoted first. Else it is what comes nearest to
the question. Where an author opposes the claim that would open, both open: an answer does not take sides by order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.claim import Claim
from kb.link import Link
from qa.choose import worth
from qa.evidence import CLOSED, Piece

_CONCLUDES = re.compile(
    r"^(?:But |So |And )?(?:in short|in sum|taken together|on balance|all in all|overall,|to sum up|the (?:\w+ )?(?:summary|answer|upshot|conclusion|synthesis"
    r"|lesson|reconciliation|reading|picture|short version) is\b|what (?:follows|this adds up to|emerges) is\b)",
    re.I,
)
_ON_IT = 0.62
"""Cosine of a line's title with the question from which its conclusion is one on the question."""
_LONGEST, _SHORTEST = 48, 8
"""Words of what may open."""
_AMONG = 3
"""Notes from which an answer may open."""
_OPENS = ("finding", "position", "mechanism", "condition")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said before the strands."""

    piece: Piece
    lead: str
    is_tension: bool = False


def opening(
    pieces: Sequence[Piece],
    notes: Sequence[str],
    links: Sequence[Link],
    question: NDArray[np.float32],
    titles: dict[str, float],
) -> list[Opening]:
    """One statement or two; none where nothing is fit to stand first. `titles` are cosines of titles with the question."""
    concluded = _concluded(pieces, titles, question)
    if concluded is not None:
        return [
            Opening(concluded, f"The {_KINDS.get(concluded.note.kind, 'note')} “{concluded.note.title}” concludes:")
        ]
    fit = [piece for piece in pieces if piece.note.id in notes[:_AMONG] and _is_fit(piece)]
    if not fit:
        return []
    first = max(fit, key=lambda piece: (worth(piece), piece.claim.id))
    against = _opposed(first, pieces, links)
    found = [Opening(first, "")]
    if against is not None:
        found.append(Opening(against, "Against this, as an author states:", True))
    return found


_KINDS = {"line": "line", "post": "post"}


def _is_fit(piece: Piece) -> bool:
    whole = piece.shown[:1].isupper() and piece.shown.endswith(CLOSED) and piece.words >= _SHORTEST
    return whole and piece.claim.role in _OPENS and piece.words <= _LONGEST and not concludes(piece.claim)


def concludes(claim: Claim) -> bool:
    """Whether its author announces a conclusion."""
    return bool(_CONCLUDES.match(claim.quote))


def _concluded(pieces: Sequence[Piece], titles: dict[str, float], question: NDArray[np.float32]) -> Piece | None:
    mine = [
        piece
        for piece in pieces
        if piece.note.kind in ("line", "post")
        and titles.get(piece.note.id, 0.0) >= _ON_IT
        and concludes(piece.claim)
        and piece.words <= _LONGEST
    ]
    return max(mine, key=lambda piece: (titles[piece.note.id], float(piece.vector @ question)), default=None)


def _opposed(piece: Piece, pieces: Sequence[Piece], links: Sequence[Link]) -> Piece | None:
    """What an author sets against a claim."""
    known = {each.claim.id: each for each in pieces}
    for link in links:
        if link.kind == "contradicts" and link.method in ("author", "person") and piece.claim.id in (link.a, link.b):
            other = known.get(link.b if link.a == piece.claim.id else link.a)
            if other is not None and other.note.id != piece.note.id and other.words <= _LONGEST:
                return other
    return None

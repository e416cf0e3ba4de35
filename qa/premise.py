"""What a question takes for granted, held against the notes before it is answered."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.bearing import Bearing, bears_on
from ingest.overlap import Akin
from kb.embed import Embedding
from kb.link import Link
from qa.answer import Premise, Verdict
from qa.evidence import Piece

_IF = re.compile(r"^(?:if|were|suppose|unless|whether)\b", re.I)

_DISPUTES = 0.5
"""Cosine below which a claim is not said to dispute a statement: a false dispute changes how the answer opens."""


def test_premise(
    statement: str, pieces: Sequence[Piece], nearness: Sequence[float], links: Sequence[Link], akin: Akin | None = None
) -> Premise:
    """The verdict on one statement, from the claims that speak of just that."""
    found: dict[Bearing, list[Piece]] = {"for": [], "against": [], "limits": []}
    for piece, near in zip(pieces, nearness, strict=True):
        if _IF.match(piece.claim.quote):
            continue
        bearing = bears_on(statement, piece.claim.text, near, akin=akin)
        if bearing == "for" or (bearing and near >= _DISPUTES):
            found[bearing].append(piece)
    disputed = _disputed([*found["for"], *found["limits"]], links)
    verdict: Verdict = "unknown"
    if (found["for"] or found["limits"]) and (found["against"] or disputed):
        verdict = "contested"
    elif found["for"]:
        verdict = "supported"
    elif found["limits"]:
        verdict = "contested"
    elif found["against"]:
        verdict = "contradicted"
    shown = [piece.claim.id for bearing in ("for", "against", "limits") for piece in found[bearing][:3]]
    return Premise(text=statement, verdict=verdict, claims=tuple(dict.fromkeys([*shown, *disputed[:2]])))


def kinship(embedding: Embedding) -> Akin | None:
    """How near single words are in meaning; none where an embedding is made for sentences, or would be asked over a network."""
    if not embedding.name.startswith("wordllama"):
        return None
    known: dict[str, NDArray[np.float32]] = {}

    def near(one: str, other: str) -> float:
        for word in (one, other):
            if word not in known:
                known[word] = embedding.embed([word.lower()])[0]
        return float(known[one] @ known[other])

    return near


def _disputed(bearing: Sequence[Piece], links: Sequence[Link]) -> list[str]:
    """The other sides of author-stated oppositions to the claims that bear it out."""
    ids = {piece.claim.id for piece in bearing}
    return [
        other
        for link in links
        if link.kind == "contradicts" and link.method in ("author", "person")
        for mine, other in ((link.a, link.b), (link.b, link.a))
        if mine in ids and other.startswith("c")
    ]

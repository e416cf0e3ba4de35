"""The tensions in an answer: those among the claims used and one step from them."""

from collections.abc import Sequence

import numpy as np

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of, links
from kb.claim import Claim
from kb.link import Link, Tension, TensionKind
from kb.store import Store
from qa.evidence import Piece, excerpt, vectors_of

_MOST = 5
_NEAR = 0.35
"""How near to the question both sides must be, unless the answer itself states one of them."""
_KINDS: dict[str, TensionKind] = {"contradicts": "opposing result", "qualifies": "scope"}


def tensions_near(
    store: Store, pieces: Sequence[Piece], used: Sequence[Piece], question: "np.ndarray"
) -> list[Tension]:
    """Pairs that pull apart, surest and nearest first; each pair of notes once."""
    said = {key for piece in used for key in piece.keys}
    ends = dict.fromkeys([*(piece.claim.id for piece in pieces), *(piece.note.id for piece in pieces)])
    found: dict[frozenset[str], tuple[float, Tension]] = {}
    for link in links(store, *ends):
        if link.kind not in _KINDS:
            continue
        pair = _claims(store, link)
        if pair is None:
            continue
        a, b = pair
        vectors = vectors_of(store, pair)
        if len(vectors) < 2 or not excerpt(a.quote) or not excerpt(b.quote):
            continue
        near = sorted(float(vectors[claim.id] @ question) for claim in pair)
        stated = bool({a.id, b.id} & said)
        if near[0] < _NEAR and not (stated and near[1] >= _NEAR):
            continue
        tension = Tension(
            kind=_KINDS[link.kind], a=a.id, b=b.id, method=link.method, confidence=link.confidence, why=link.reason, reconcile=None,
        )  # fmt: skip
        worth = link.confidence * 0.5 + sum(near) / 2 + 0.2 * stated + 0.1 * (link.kind == "contradicts")
        notes = frozenset((a.note, b.note))
        if len(notes) == 2 and (notes not in found or worth > found[notes][0]):
            found[notes] = (worth, tension)
    ordered = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].a))
    return [tension for _, tension in ordered[:_MOST]]


def _claims(store: Store, link: Link) -> tuple[Claim, Claim] | None:
    """The two claims of a link; a typed link between notes shows them as its evidence."""
    a, b = _end(store, link, link.a, 0), _end(store, link, link.b, -1)
    return (a, b) if a and b and a.id != b.id else None


def _end(store: Store, link: Link, end: str, side: int) -> Claim | None:
    found = read_claims(store, [end])
    if found:
        return found[0]
    if len(link.evidence) < 2:
        return None
    place = link.evidence[side]
    return next((claim for claim in claims_of(store, end) if claim.place == place), None)

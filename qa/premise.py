"""What a question takes for granted, held against the notes before it is answered."""

import re
from collections.abc import Sequence

from kb.link import Link
from qa.answer import Premise, Verdict
from qa.evidence import Piece

_WORD = re.compile(r"[a-z][a-z-]{2,}")
_EMPTY = frozenset(
    "the and that this with from for are was were has have had does did can could should would will may might must all any some "
    "what when where which who why how than then its their they them not but also only more most less very explains explain why".split()
)
_DENIES = re.compile(
    r"\b(?:not|never|no longer|nor|cannot|can[’']t|is[n’']+t|are[n’']+t|does[n’']+t|do[n’']+t|did[n’']+t|won[’']t|hardly|rarely|barely|without|"
    r"fails? to|failed to|far from|rather than|instead of|myth|illusion|no evidence|unequal(?:ly)?|neither|opposite)\b",
    re.I,
)
_IF = re.compile(r"^(?:if|were|suppose|unless|whether)\b", re.I)
_MET = 0.75
_LEAST = 3
"""Stems: of a statement with two words that matter, a claim on the same subject holds both without saying it."""
_NEAR = 0.5


def test_premise(statement: str, pieces: Sequence[Piece], nearness: Sequence[float], links: Sequence[Link]) -> Premise:
    """The verdict on one statement, from the claims that speak of just that."""
    wanted = _stems(statement)
    denied = bool(_DENIES.search(statement))
    bearing = [
        piece
        for piece, near in zip(pieces, nearness, strict=True)
        if near >= _NEAR
        and wanted
        and _speaks_of(wanted, _stems(piece.claim.text))
        and not _IF.match(piece.claim.quote)
    ]
    against = [piece for piece in bearing if bool(_DENIES.search(piece.claim.quote)) != denied]
    bearing_for = [piece for piece in bearing if piece not in against]
    disputed = _disputed(bearing_for, links)
    verdict: Verdict = "unknown"
    if bearing_for and (against or disputed):
        verdict = "contested"
    elif bearing_for:
        verdict = "supported"
    elif against:
        verdict = "contradicted"
    claims = [*(piece.claim.id for piece in bearing_for[:3]), *(piece.claim.id for piece in against[:3]), *disputed[:2]]
    return Premise(text=statement, verdict=verdict, claims=tuple(dict.fromkeys(claims)))


def _speaks_of(wanted: set[str], held: set[str]) -> bool:
    shared = len(wanted & held)
    return shared >= _LEAST and shared / len(wanted) >= _MET


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


def _stems(text: str) -> set[str]:
    return {word[:6] for word in _WORD.findall(text.lower()) if word not in _EMPTY}

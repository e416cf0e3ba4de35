"""What a question takes for granted (its premises), held against the notes before it is answered."""

from collections.abc import Sequence

from kb.language.judge import Judge
from kb.language.verdict import verdicts
from kb.link import Link
from qa.answer import Premise, Verdict
from qa.evidence import Piece
from qa.word_support import content

NEAREST = 5
"""Claims that are asked; what speaks of just the premise is among the first few."""
_NEAR = 0.45
"""Cosine below which a claim speaks of something else, whatever a judge of pairs makes of it."""
_SHARED = 2
"""Content words in common that make two sentences of one subject."""
_SURE = 0.8
"""How likely a verdict must be: a false dispute changes how the answer opens."""


def premise_verdict(
    statement: str, pieces: Sequence[Piece], nearness: Sequence[float], links: Sequence[Link], judge: Judge | None
) -> Premise:
    """The verdict on one statement, from the claims nearest to it."""
    stems = {word.stem for word in content(statement)}
    ranked = sorted(zip(nearness, range(len(pieces)), strict=True), reverse=True)
    near = [
        pieces[at]
        for nearness_, at in ranked
        if nearness_ >= _NEAR and len(stems & {word.stem for word in content(pieces[at].claim.text)}) >= _SHARED
    ][:NEAREST]
    found: dict[str, list[Piece]] = {"agrees": [], "denies": [], "limits": [], "unrelated": []}
    for piece, said in zip(near, verdicts([(piece.claim.text, statement) for piece in near], judge), strict=True):
        found[said.label if said.probability >= _SURE else "unrelated"].append(piece)
    agree, deny, limit = found["agrees"], found["denies"], found["limits"]
    disputed = _disputed(agree, links)
    verdict: Verdict = "unknown"
    if limit or (agree and (deny or disputed)):
        verdict = "contested"
    elif agree or deny:
        verdict = "supported" if agree else "contradicted"
    shown = [piece.claim.id for side in (agree, deny, limit) for piece in side[:3]]
    return Premise(text=statement, verdict=verdict, claims=tuple(dict.fromkeys([*shown, *disputed[:2]])))


def _disputed(agreeing: Sequence[Piece], links: Sequence[Link]) -> list[str]:
    """The other sides of author-stated oppositions to the claims that bear it out."""
    ids = {piece.claim.id for piece in agreeing}
    return [
        other
        for link in links
        if link.kind == "contradicts" and link.method in ("author", "person")
        for mine, other in ((link.a, link.b), (link.b, link.a))
        if mine in ids and other.startswith("c")
    ]

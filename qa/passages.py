"""Passages: sentences of one paragraph that answer together, quoted as their author wrote them.

A sentence alone seldom answers: what it rests on, and what takes it back, stands beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.readable import as_read
from kb.store import Store
from qa.evidence import CLOSED, Piece, is_leaning, only_places, quotable
from qa.rerank import in_context
from qa.scope import Scope

SHORTEST, LONGEST = 25, 100
"""Words of a passage."""
_AS_NEAR = 0.85
"""Share of the nearest passage's cosine that a longer one of its paragraph must have to be quoted instead."""

_BREAKS = "length(coalesce(other.quote, other.text)) - length(replace(coalesce(other.quote, other.text), char(10), ''))"
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Paragraphs = Mapping[str, Sequence[Claim]]


def paragraphs(store: Store, keys: Sequence[str], scope: Scope) -> Paragraphs:
    """For each claim the claims of its paragraph, in order: nothing but white space is between them, and no empty line."""
    rows = store.rows(
        f"SELECT claim.name, other.start, other.stop, other.line, {_BREAKS}, other.name FROM claim JOIN claim AS other ON other.passage = claim.passage "
        "AND other.owner IS claim.owner AND other.about IS claim.about WHERE claim.name IN",
        keys,
    )
    beside: dict[str, list[tuple[int, int, int, int, str]]] = {}
    for mine, *other in rows:
        beside.setdefault(mine, []).append(tuple(other))
    runs = {mine: _around(mine, sorted(others)) for mine, others in beside.items()}
    claims = {claim.id: claim for claim in read_claims(store, list({name for run in runs.values() for name in run}))}
    return {
        mine: [claims[name] for name in run if name in claims and scope.counts(claims[name])]
        for mine, run in runs.items()
    }


def _around(mine: str, others: Sequence[tuple[int, int, int, int, str]]) -> list[str]:
    run: list[str] = []
    end = at = -9
    for start, stop, line, breaks, name in others:
        if not (0 <= start - end <= 2 and line - at <= 1):
            if mine in run:
                break
            run = []
        run.append(name)
        end, at = stop, line + breaks
    return run


def text_of(paragraph: Sequence[Claim]) -> str:
    """A paragraph as a reader sees it."""
    return as_read(" ".join(claim.quote for claim in paragraph))


def lengthened(
    piece: Piece,
    paragraph: Sequence[Claim],
    of: Embed,
    asked: NDArray[np.float32],
    most: int = LONGEST,
    *,
    begins: bool = False,
) -> Piece:
    """A piece with the sentences before and behind it: the longest passage that comes nearly as near to the question as any; one that
    `begins` has none before."""
    held = [at for at, claim in enumerate(paragraph) if claim.id in piece.keys]
    if not held or len(paragraph) == len(held) or not piece.shown.endswith(CLOSED):
        return piece
    words = ["" if only_places(claim, piece.note) else quotable(claim) for claim in paragraph]
    able = [as_read(said).endswith(CLOSED) and not said.endswith(":") for said in words]
    runs = [piece]
    first, last = held[0], held[-1]
    for start in range(first, first - 1 if begins else -1, -1):
        ahead = sum(len(said.split()) for said in words[start:first])
        if start < first and (not able[start] or ahead + piece.words > most):
            break
        if start < first and is_leaning(paragraph[start], piece.note):
            continue
        for stop in range(last, len(paragraph)):
            if stop > last and not able[stop]:
                break
            shown = as_read(" ".join([*words[start:first], piece.written, *words[last + 1 : stop + 1]]))
            longer = replace(
                piece, shown=shown, ahead=tuple(paragraph[start:first]), behind=tuple(paragraph[last + 1 : stop + 1])
            )
            if longer.words > most:
                break
            if longer.keys != piece.keys:
                runs.append(longer)
    if len(runs) == 1:
        return piece
    long = [run for run in runs if run.words >= SHORTEST] or [max(runs, key=lambda run: run.words)]
    near = of([in_context(piece.note.title, run.shown) for run in long]) @ asked
    nearest = [run for run, cosine in zip(long, near, strict=True) if cosine >= _AS_NEAR * near.max()]
    return max(nearest or long, key=lambda run: run.words)

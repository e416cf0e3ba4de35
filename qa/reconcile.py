"""What an author says would make two claims fit together, or would decide between them.

Looked for in the two notes themselves and in the pages that cite both, close after the place where they do. The
words are the author's, and are quoted; none are made here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.store import Store
from qa.evidence import names_of, quotable, vectors_of
from qa.scope import Scope

_FITS = re.compile(
    r"\b(?:the reconciliation (?:is|lies|comes)|(?:can|may|could|might) both (?:be (?:true|right)|hold|stand)"
    r"|both (?:\w+ ){0,2}(?:can|may|could|might) (?:be (?:true|right)|hold|stand)|is reconciled by|reconciles (?:the two|both|with)"
    r"|the (?:disagreement|conflict|contradiction|discrepancy) (?:dissolves|disappears|goes away|is only apparent|comes down to|turns on))\b",
    re.I,
)
_DECIDES = re.compile(
    r"\b(?:would (?:settle|decide (?:between|the)|distinguish|resolve|tell (?:them|the two) apart)|decisive (?:control|test|experiment))\b",
    re.I,
)
_NEAR = 0.15
_REACH = 3
"""Paragraphs after the later of two citations in which a page may still speak of both."""
_ANNOUNCES = 9
"""Words of a sentence that only announces what the next one says."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What would settle a tension, in an author's words."""

    text: str
    claims: tuple[str, ...]


def settled(store: Store, a: Claim, b: Claim, scope: Scope) -> Settled | None:
    """The sentence nearest to both claims; one that reconciles before one that would only decide."""
    said = (*_in_notes(store, a, b), *_on_pages(store, a, b))
    candidates = {claim.id: claim for claim in said if scope.counts(claim)}
    if not candidates:
        return None
    vectors = vectors_of(store, [a, b, *candidates.values()])
    if a.id not in vectors or b.id not in vectors:
        return None
    middle = vectors[a.id] + vectors[b.id]
    middle = middle / (float(np.linalg.norm(middle)) or 1.0)
    ranked = sorted(
        (
            (bool(_FITS.search(claim.quote)), float(vectors[key] @ middle), key)
            for key, claim in candidates.items()
            if key in vectors and quotable(claim)
        ),
        reverse=True,
    )
    best = next((key for _, near, key in ranked if near >= _NEAR), None)
    return _said(store, candidates[best], scope) if best else None


def _said(store: Store, claim: Claim, scope: Scope) -> Settled:
    after = _after(store, claim) if len(claim.quote.split()) <= _ANNOUNCES else None
    said = [claim, *([after] if after and quotable(after) and scope.counts(after) else [])]
    return Settled(" ".join(quotable(each) for each in said), tuple(each.id for each in said))


def _after(store: Store, claim: Claim) -> Claim | None:
    row = store.sql.execute(
        "SELECT later.name FROM claim JOIN claim AS later ON later.passage = claim.passage AND later.start >= claim.stop "
        "WHERE claim.name = ? ORDER BY later.start LIMIT 1",
        (claim.id,),
    ).fetchone()
    return next(iter(read_claims(store, [row[0]])), None) if row else None


def _is_cue(quote: str) -> bool:
    return bool(_FITS.search(quote) or _DECIDES.search(quote))


def _in_notes(store: Store, a: Claim, b: Claim) -> Iterator[Claim]:
    for note in (a.note, b.note):
        for claim in read_claims(store, names_of(store, note)):
            if claim.place.path == note and claim.id not in (a.id, b.id) and _is_cue(claim.quote):
                yield claim


def _on_pages(store: Store, a: Claim, b: Claim) -> Iterator[Claim]:
    """The cue sentences of pages that cite both notes, soon after they have."""
    pages = store.sql.execute(
        "SELECT x.file FROM mention AS x JOIN mention AS y ON y.file = x.file JOIN note ON note.file = x.file "
        "WHERE x.note = ? AND y.note = ? AND note.kind IN ('line', 'post') GROUP BY x.file",
        (a.note, b.note),
    ).fetchall()
    for (file,) in pages:
        passages = [row[0] for row in store.sql.execute("SELECT id FROM passage WHERE file = ? ORDER BY id", (file,))]
        order = {passage: number for number, passage in enumerate(passages)}
        cited = []
        for note in (a.note, b.note):
            rows = store.sql.execute(
                "SELECT claim.passage FROM mention JOIN claim ON claim.name = mention.claim AND claim.file = mention.file "
                "WHERE mention.file = ? AND mention.note = ?",
                (file, note),
            ).fetchall()
            cited.append({order[row[0]] for row in rows if row[0] in order})
        if not all(cited):
            continue
        later = max(min(cited[0]), min(cited[1]))
        names = store.sql.execute(
            "SELECT name, passage FROM claim WHERE file = ? AND owner IS NULL AND about IS NULL", (file,)
        ).fetchall()
        near = [name for name, passage in names if passage in order and 0 <= order[passage] - later <= _REACH]
        yield from (claim for claim in read_claims(store, near) if _is_cue(claim.quote))

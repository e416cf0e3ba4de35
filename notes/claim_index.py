"""The claims near a sentence, and those of a note beside it: vectors and words, kept while the base stays as it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.errors import Unavailable
from kb.language.stems import stem
from kb.note import Note
from kb.store import Store
from qa.evidence import vectors_of
from qa.retrieve import Retriever
from qa.tensions import Held, held
from qa.terms import STOP

_OF_A_NOTE = 256
"""Claims of one note that are compared word by word, nearest in meaning first; of a longer note the rest is far off."""
NEAREST = 16
"""Claims looked at for each sentence: what says the same, or the opposite, is among the first few."""
_FARTHEST = 0.25
"""A cosine of word vectors below which no sentence says what another says, in whatever words."""
_UNREAD = 100
"""Claims that the reader reads while a draft waits, about half a second; the others are near by their words."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")  # "the model's 3 heads" -> the, model's, 3, heads


@dataclass(frozen=True, slots=True)
class NearClaim:
    """A claim beside a sentence."""

    claim: Claim
    cosine: float
    """Of their word vectors."""
    of_sentence: float
    """Share of the sentence's content words that the claim has."""
    reader_cosine: float | None = None
    """Their cosine by the reader, where it has read both."""

    @property
    def similarity(self) -> float:
        """How far the claim speaks of what the sentence speaks of, by its words."""
        return (self.cosine + self.of_sentence) / 2

    @property
    def subject_similarity(self) -> float:
        """The same by the reader, where it has read both."""
        return self.similarity if self.reader_cosine is None else self.reader_cosine


class Opposing(NamedTuple):
    """What an author or a person sets against a claim."""

    other: Claim
    pair: Held


def base_state(store: Store) -> tuple[object, ...]:
    """What is another as soon as the base is, written by this process or by another."""
    sql = store.sql
    return (
        sql.execute("PRAGMA data_version").fetchone()[0],
        *sql.execute("SELECT seq FROM sqlite_sequence ORDER BY name").fetchall(),
        sql.execute("SELECT count(*) FROM verdict").fetchone()[0],
    )


class ClaimIndex:
    """The claims of one open base, by nearness and by note."""

    def __init__(self, store: Store, retriever: Retriever) -> None:
        self.store, self._retriever = store, retriever
        self.forget()

    def forget(self) -> None:
        """The base has changed: read it again."""
        self._claims: dict[int, Claim] = {}
        self._of_note: dict[str, tuple[list[Claim], NDArray[np.float32]]] = {}
        self._notes: dict[str, Note | None] = {}
        self._opposing: dict[str, dict[str, list[Opposing]]] = {}

    def nearest(self, texts: Sequence[str]) -> list[list[NearClaim]]:
        """The claims nearest to each sentence, nearest first; none where there are no vectors."""
        vectors = self._retriever.vectors(texts)
        rows = self._retriever.claim_vectors() if vectors is not None else None
        if vectors is None or rows is None or not len(rows.claims):
            return [[] for _ in texts]
        found: list[list[tuple[int, float]]] = []
        for cosines in rows.each_cosines(vectors):
            best = np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]
            best = best[np.argsort(-cosines[best], kind="stable")]
            found.append([(int(rows.claims[i]), float(cosines[i])) for i in best if cosines[i] >= _FARTHEST])
        new = {claim for row in found for claim, _ in row} - self._claims.keys()
        names = dict(self.store.rows("SELECT id, name FROM claim WHERE id IN", new))
        known = {claim.id: claim for claim in read_claims(self.store, list(names.values()))}
        self._claims |= {number: known[name] for number, name in names.items() if name in known}
        beside = [
            [_beside(text, self._claims[claim], cosine) for claim, cosine in row if claim in self._claims]
            for text, row in zip(texts, found, strict=True)
        ]
        return self._reread(texts, beside)

    def of_note(self, note: str, text: str) -> list[NearClaim]:
        """What a note says, beside a sentence, most similar first."""
        if note not in self._of_note:
            own = claims_of(self.store, note)
            vectors = self._retriever.vectors([claim.text for claim in own]) if own else None
            self._of_note[note] = own, np.zeros((len(own), 1), np.float32) if vectors is None else vectors
        claims, vectors = self._of_note[note]
        asked = self._retriever.vectors([text]) if claims else None
        cosines = np.zeros(len(claims)) if asked is None else vectors @ asked[0]
        first = np.argsort(-cosines, kind="stable")[:_OF_A_NOTE]
        found = [_beside(text, claims[at], float(cosines[at])) for at in first]
        return sorted(found, key=lambda each: (-each.similarity, each.claim.id))

    def beside(self, text: str, claims: Sequence[Claim]) -> list[NearClaim]:
        """Given claims beside a sentence, in the order given; without vectors, by their words alone."""
        asked = self._retriever.vectors([text])
        known = vectors_of(self.store, claims) if asked is not None else {}
        found = []
        for claim in claims:
            cosine = max(0.0, float(asked[0] @ known[claim.id])) if asked is not None and claim.id in known else 0.0
            near = _beside(text, claim, cosine)
            found.append(near if asked is not None else replace(near, cosine=near.of_sentence))
        return found

    def opposing(self, note: str) -> dict[str, list[Opposing]]:
        """What authors and persons set against each claim of a note, from another note; read once for all of them."""
        if note not in self._opposing:
            found: dict[str, list[Opposing]] = {}
            for each in held(self.store, [note]):
                if len(each.notes) > 1:
                    mine, other = (each.a, each.b) if each.a.note == note else (each.b, each.a)
                    found.setdefault(mine.id, []).append(Opposing(other, each))
            self._opposing[note] = found
        return self._opposing[note]

    def note(self, name: str) -> Note | None:
        if name not in self._notes:
            self._notes[name] = next(iter(read_notes(self.store, [name])), None)
        return self._notes[name]

    def title(self, name: str) -> str:
        """What a note is called; what is not there, by its id."""
        found = self.note(name)
        return found.title if found else name

    def _reread(self, texts: Sequence[str], found: list[list[NearClaim]]) -> list[list[NearClaim]]:
        """The same in the order of the reader, as far as it has read them."""
        readings = self._retriever.readings
        if readings is None:
            return found
        claims = list(dict.fromkeys(near.claim.text for row in found for near in row))
        late = {*readings.lacking(claims)[_UNREAD:]}
        known = [text for text in claims if text not in late]
        known += [text for text, row in zip(texts, found, strict=True) if row]
        try:
            vectors = dict(zip(known, readings.of(known), strict=True))
        except Unavailable:
            return found

        def reread(text: str, near: NearClaim) -> NearClaim:
            theirs = vectors.get(near.claim.text)
            return near if theirs is None else replace(near, reader_cosine=float(vectors[text] @ theirs))

        rows = ([reread(text, near) for near in row] for text, row in zip(texts, found, strict=True))
        return [sorted(row, key=lambda each: -each.subject_similarity) for row in rows]


def _beside(text: str, claim: Claim, cosine: float) -> NearClaim:
    return NearClaim(claim, cosine, word_overlap(text, claim.text)[0])


@lru_cache(16_384)
def content_stems(text: str) -> frozenset[str]:
    """The stems of the content words of a sentence."""
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(stem(word) for word in words if word not in STOP)


def word_overlap(text: str, other: str) -> tuple[float, int]:
    """What share of the one's content words the other has, and how many both have."""
    mine = content_stems(text)
    both = len(mine & content_stems(other))
    return both / (len(mine) or 1), both

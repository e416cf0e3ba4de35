"""The claims near a sentence, and those of a note beside it: vectors and words, kept while the base stays as it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.embed import Embedding, open_embedding
from kb.errors import Unavailable
from kb.language.readings import Readings, open_readings
from kb.language.stems import stem
from kb.note import Note
from kb.settings import Settings
from kb.store import Store
from qa.nearest import Rows
from qa.retrieve import Retriever
from qa.scope import Scope
from qa.tensions import Held, held
from qa.terms import STOP

_MOST_OF_A_NOTE = 256
"""Claims of one note that are read word by word, nearest in meaning first; of a longer note the rest is far off."""
MOST = 16
"""Claims looked at for each sentence: what says the same, or the opposite, is among the first few."""
_FARTHEST = 0.25
"""A cosine of word vectors below which no sentence says what another says, in whatever words."""
_UNREAD = 100
"""Claims that the reader reads while a draft waits, about half a second; the others are near by their words."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")  # "the model's 3 heads" -> the, model's, 3, heads


@dataclass(frozen=True, slots=True)
class Near:
    """A claim beside a sentence."""

    claim: Claim
    cosine: float
    covers: float
    """How much of the sentence's words, by what they say, the claim holds."""
    covered: float
    """How much of the claim's words the sentence holds."""
    telling: int
    """Content words in common."""
    read: float | None = None
    """Their cosine by the reader, where it has read both."""

    @property
    def alike(self) -> float:
        """How far the claim speaks of what the sentence speaks of, by its words."""
        return (self.cosine + self.covers) / 2

    @property
    def subject(self) -> float:
        """The same by the reader, where it has read both."""
        return self.alike if self.read is None else self.read


class Side(NamedTuple):
    """What an author sets against a claim."""

    other: Claim
    pair: Held


Opposed = Mapping[str, Sequence[Side]]
"""By claim."""


class Neighbours:
    """The claims of one open base."""

    def __init__(self, store: Store, settings: Settings, retriever: Retriever | None = None) -> None:
        """What a retriever has loaded is used as well."""
        self.store, self.settings = store, settings
        self._retriever = retriever
        self._embedding: Embedding | None = retriever.embedding if retriever else None
        self._rows: Rows | None = None
        self._view: tuple[object, ...] | None = None
        self._claims: dict[int, Claim] = {}
        self._said: dict[str, tuple[list[Claim], NDArray[np.float32]]] = {}
        self._notes: dict[str, Note | None] = {}
        self._opposed: dict[str, Opposed] = {}

    def in_step(self) -> bool:
        """Whether the base is as it was; else forget what was read of it."""
        sql = self.store.sql
        view = (
            sql.execute("PRAGMA data_version").fetchone()[0],
            *sql.execute("SELECT seq FROM sqlite_sequence ORDER BY name").fetchall(),
            sql.execute("SELECT count(*) FROM verdict").fetchone()[0],
        )
        if view == self._view:
            return True
        self._view = view
        self._claims, self._said, self._notes, self._opposed = {}, {}, {}, {}
        if self._rows is not None:
            self._rows.read(self.store)
        return False

    def near(self, texts: Sequence[str]) -> list[list[Near]]:
        """The claims nearest to each sentence, nearest first; none where there are no vectors."""
        vectors = self._vectors(texts)
        if vectors is None or self._rows is None or not len(self._rows.claims):
            return [[] for _ in texts]
        found: list[list[tuple[int, float]]] = []
        for vector in vectors:
            cosines = self._rows.cosines(vector)
            best = np.argpartition(-cosines, min(MOST, len(cosines) - 1))[:MOST]
            best = best[np.argsort(-cosines[best], kind="stable")]
            found.append([(int(self._rows.claims[i]), float(cosines[i])) for i in best if cosines[i] >= _FARTHEST])
        self._fetch({claim for row in found for claim, _ in row})
        return self._read_again(
            texts,
            [
                [_beside(text, self._claims[claim], cosine) for claim, cosine in row if claim in self._claims]
                for text, row in zip(texts, found, strict=True)
            ],
        )

    def _read_again(self, texts: Sequence[str], found: Sequence[list[Near]]) -> list[list[Near]]:
        """The same in the order of the reader, as far as it has read them."""
        readings = self._readings
        if readings is None:
            return list(found)
        claims = list(dict.fromkeys(near.claim.text for row in found for near in row))
        late = {*readings.lacking(claims)[_UNREAD:]}
        known = [text for text in claims if text not in late]
        known += [text for text, row in zip(texts, found, strict=True) if row]
        try:
            vectors = dict(zip(known, readings.of(known), strict=True))
        except Unavailable:
            return list(found)

        def read(text: str, near: Near) -> Near:
            theirs = vectors.get(near.claim.text)
            return near if theirs is None else replace(near, read=float(vectors[text] @ theirs))

        rows = ([read(text, near) for near in row] for text, row in zip(texts, found, strict=True))
        return [sorted(row, key=lambda each: -each.subject) for row in rows]

    @cached_property
    def _readings(self) -> Readings | None:
        return self._retriever.readings if self._retriever else open_readings(self.settings, self.store.folder)

    def said(self, note: str, text: str) -> list[Near]:
        """What a note says, most alike first."""
        if note not in self._said:
            own = claims_of(self.store, note)
            vectors = self._vectors([claim.text for claim in own])
            self._said[note] = own, np.zeros((len(own), 1), np.float32) if vectors is None else vectors
        claims, vectors = self._said[note]
        asked = self._vectors([text])
        if not claims:
            return []
        cosines = np.zeros(len(claims)) if asked is None else vectors @ asked[0]
        read = np.argsort(-cosines, kind="stable")[:_MOST_OF_A_NOTE]
        found = [_beside(text, claims[at], float(cosines[at])) for at in read]
        return sorted(found, key=lambda each: (-each.alike, each.claim.id))

    def opposed(self, note: str) -> Opposed:
        """What authors and persons set against the claims of a note, where it stands in another; read once for all of them."""
        if note not in self._opposed:
            found: dict[str, list[Side]] = {}
            for each in held(self.store, [note]):
                stated = each.tension.method in ("author", "person") and each.tension.kind == "opposing result"
                if stated and len(each.notes) > 1:
                    mine, other = (each.a, each.b) if each.a.note == note else (each.b, each.a)
                    found.setdefault(mine.id, []).append(Side(other, each))
            self._opposed[note] = found
        return self._opposed[note]

    def close(self) -> None:
        """Let go of what was kept."""
        readings = None if self._retriever else self.__dict__.get("_readings")
        if readings is not None:
            readings.close()

    def note(self, name: str) -> Note | None:
        """A note of the base by its id."""
        if name not in self._notes:
            found = read_notes(self.store, [name])
            self._notes[name] = found[0] if found else None
        return self._notes[name]

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        try:
            if self._embedding is None:
                self._embedding = open_embedding(self.settings.embed, self.store.vault, self.settings.offline)
            if self.store.meta("embed") != self._embedding.name:
                return None
            if self._rows is None:
                self._rows = Rows(self._embedding.dimensions, self._embedding.name)
                self._rows.read(self.store)
            return np.asarray(self._embedding.embed(list(texts)), np.float32) if texts else None
        except Unavailable:
            return None

    def _fetch(self, wanted: set[int]) -> None:
        new = [claim for claim in wanted if claim not in self._claims]
        names = dict(Scope(self.store).by_id("SELECT id, name FROM claim WHERE id IN", new))
        known = {claim.id: claim for claim in read_claims(self.store, list(names.values()))}
        self._claims |= {number: known[name] for number, name in names.items() if name in known}


def _beside(text: str, claim: Claim, cosine: float) -> Near:
    return Near(claim, cosine, *overlap(text, claim.text))


@lru_cache(16_384)
def content(text: str) -> frozenset[str]:
    """The stems of the content words of a sentence."""
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(stem(word) for word in words if word not in STOP)


def overlap(text: str, other: str) -> tuple[float, float, int]:
    """How much of the one's words the other holds, how much of the other's the one holds, and how many both do."""
    mine, theirs = content(text), content(other)
    both = len(mine & theirs)
    return both / (len(mine) or 1), both / (len(theirs) or 1), both

"""Notes that a sentence of a draft may be about: what retrieval finds for it, each with its claim nearest to the sentence."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from kb.catalogue import by_name
from kb.language.stems import stem
from kb.store import Store
from kb.vectors import unit
from qa.nearest import Floats
from qa.retrieve import Retriever
from qa.terms import STOP

MOST = 10
"""Notes that are looked at for one sentence, besides those it names."""
_CLAIMS = 40
_COUNTED = 2_000
_NAMES = 5
"""Aliases that are told."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")  # "the model's 3 heads" -> the, model's, 3, heads


class ClaimText(NamedTuple):
    """A claim, as far as it is compared."""

    id: str
    note: str
    text: str
    numbers: str


@dataclass(slots=True)
class Candidate:
    """A note beside a sentence."""

    note: str
    title: str
    kind: str
    aliases: tuple[str, ...] = ()
    claim: ClaimText | None = None
    """The claim nearest to the sentence."""
    score: float = 0.0
    """What retrieval gave it, the best note having 1, times how much the nearest claim of all has of the sentence."""
    near: float = 0.0
    """Cosine of the sentence with its claim."""
    said: float = 0.0
    """Share of the sentence's words, by rarity, that the claim has."""


class Candidates:
    """Finds, and keeps what it has read while the base stays as it is."""

    def __init__(self, store: Store, retriever: Retriever) -> None:
        self.store = store
        self.retriever = retriever
        self.total = max(2, store.count("claim"))
        self._rarity: dict[str, float] = {}

    def of(self, sentence: str, without: Collection[str]) -> list[Candidate]:
        """The notes most like a sentence, in the order of retrieval."""
        found = self.retriever.find(
            sentence, notes=MOST, claims=_CLAIMS, without=without, channels=("words", "nearness", "graph")
        )
        notes = self.named([note for note, _ in found.notes if note not in without])
        self._compare(sentence, notes, [claim for claim, _ in found.claims])
        scores = dict(found.notes)
        high = max(scores.values(), default=0.0) or 1.0
        strength = max(((each.near + each.said) / 2 for each in notes), default=0.0)
        for each in notes:
            each.score = scores[each.note] / high * strength
        return notes

    def named(self, names: Sequence[str]) -> list[Candidate]:
        """Notes that have a file, in the order given."""
        rows = by_name(self.store, "SELECT name, title, kind, aliases FROM note", "file IS NOT NULL AND name", names)
        known = {
            name: Candidate(
                name, title, kind, tuple(alias.replace("-", " ") for alias in aliases.split("\n") if alias)[:_NAMES]
            )
            for name, title, kind, aliases in rows
        }
        return [known[name] for name in names if name in known]

    def _compare(self, sentence: str, notes: Sequence[Candidate], claims: Sequence[str]) -> None:
        of = {each.note: each for each in notes}
        held = [claim for claim in self._claims(claims) if claim.note in of]
        vectors = self._vectors([sentence, *(claim.text for claim in held)])
        mine = self._words(sentence)
        total = sum(mine.values()) or 1.0
        for at, claim in enumerate(held, 1):
            theirs = {stem(word) for word in _WORD.findall(claim.text.casefold())}
            said = sum(worth for word, worth in mine.items() if word in theirs) / total
            near = said if vectors is None else max(0.0, float(vectors[0] @ vectors[at]))
            candidate = of[claim.note]
            if near + said > candidate.near + candidate.said:
                candidate.claim, candidate.near, candidate.said = claim, near, said

    def _vectors(self, texts: Sequence[str]) -> Floats | None:
        embedding = self.retriever.embedding
        if embedding is None or not embedding.name.startswith("wordllama"):
            return None  # others take long for forty texts; words must do
        vectors: Floats = np.asarray(embedding.embed(list(texts)), np.float32)
        return unit(vectors)

    def _words(self, text: str) -> dict[str, float]:
        """The content words of a text by stem, each with its rarity."""
        found: dict[str, float] = {}
        for match in _WORD.finditer(text[:2000]):
            word = match[0].casefold()
            if word not in STOP and len(word) > 1:
                found.setdefault(stem(word), self._rare(word))
        return found

    def _rare(self, word: str) -> float:
        if word not in self._rarity:
            bare = re.sub(r"\W", " ", word)
            row = self.store.sql.execute(
                "SELECT count(*) FROM (SELECT 1 FROM claim_words WHERE claim_words MATCH ? LIMIT ?)",
                (f'"{bare}"', _COUNTED),
            ).fetchone()
            self._rarity[word] = log(1 + self.total / (1 + int(row[0])))
        return self._rarity[word]

    def _claims(self, names: Sequence[str]) -> list[ClaimText]:
        query = (
            "SELECT claim.name, coalesce(claim.owner, claim.about, file.path), claim.text, claim.numbers "
            "FROM claim JOIN file ON file.id = claim.file"
        )
        found = {row[0]: ClaimText(*row) for row in by_name(self.store, query, "claim.name", list(names))}
        return [found[name] for name in names if name in found]

"""How much a sentence of a draft has in common with a note: what is measured, before it is weighed."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from ingest.lexicon import stem
from kb.catalogue import by_name
from kb.quantised import unit
from kb.store import Store
from qa.nearest import Floats
from qa.retrieve import Retriever
from qa.terms import STOP

CANDIDATES = 10
"""Notes that are looked at for one sentence, besides those it names."""
_CLAIMS = 40
_COUNTED = 2_000
_NAMES = 5
"""Aliases that are compared."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_LEAST = 4
"""Content words that a sentence needs to be near anything."""


class Held(NamedTuple):
    """A claim, as far as it is compared."""

    id: str
    note: str
    text: str
    numbers: str


@dataclass(slots=True)
class Like:
    """A note beside a sentence."""

    note: str
    title: str
    kind: str
    aliases: tuple[str, ...] = ()
    claim: Held | None = None
    """The claim nearest to the sentence."""
    fused: float = 0.0
    """What retrieval gave it, where the best note of the sentence has 1."""
    near: float = 0.0
    """Cosine of the sentence with that claim."""
    said: float = 0.0
    """Share of the sentence's words, by rarity, that the claim has."""
    told: float = 0.0
    """What the words of the sentence that the claim has weigh together, by rarity."""
    whole: float = 0.0
    """The same for all that the note says."""
    share: float = 0.0
    """Share of the sentence's words, by rarity, that the note has anywhere."""
    titled: float = 0.0
    """Share of the words of its title or of an alias, by rarity, that the sentence has."""
    called: float = 0.0
    """Cosine of the sentence with the title or an alias."""
    kin: float = 0.0
    """How closely it is linked with what the draft links to and with the draft itself."""


class Likeness:
    """Compares, and keeps what it has read while the base stays as it is."""

    def __init__(self, store: Store, retriever: Retriever) -> None:
        self.store = store
        self.retriever = retriever
        self.total = max(2, store.count("claim"))
        self._rarity: dict[str, float] = {}
        self._said: dict[str, set[str]] = {}

    def likes(self, sentence: str, without: Collection[str]) -> list[Like]:
        """The notes most like a sentence, in the order of retrieval."""
        mine = self.words(sentence)
        if len(mine) < _LEAST:
            return []
        found = self.retriever.find(
            sentence, notes=CANDIDATES, claims=_CLAIMS, without=without, channels=("words", "nearness"), brief=True
        )
        held = self._claims([claim for claim, _ in found.claims])
        fused = dict(found.notes)
        high = max(fused.values(), default=0.0) or 1.0
        wanted = dict.fromkeys([*fused, *(held[claim].note for claim, _ in found.claims[:CANDIDATES] if claim in held)])
        notes = self.notes([note for note in wanted if note not in without])
        for like in notes:
            like.fused = fused.get(like.note, 0.0) / high
        self._compare(sentence, mine, notes, list(held.values()))
        return notes

    def like(self, sentence: str, names: Sequence[str]) -> list[Like]:
        """Notes that were found in another way, compared with a sentence by their titles."""
        notes = self.notes(names)
        self._compare(sentence, self.words(sentence), notes, ())
        return notes

    def _compare(self, sentence: str, mine: dict[str, float], notes: Sequence[Like], held: Sequence[Held]) -> None:
        by_note: dict[str, list[int]] = {}
        for number, claim in enumerate(held):
            by_note.setdefault(claim.note, []).append(number)
        called = [(number, name) for number, like in enumerate(notes) for name in (like.title, *like.aliases)]
        vectors = self._vectors([sentence, *(name for _, name in called), *(claim.text for claim in held)])
        total = sum(mine.values()) or 1.0
        for at, (number, name) in enumerate(called):
            title, like = self.words(name), notes[number]
            here = sum(worth for word, worth in title.items() if word in mine) / (sum(title.values()) or 1.0)
            like.titled = max(like.titled, here)
            if vectors is not None:
                like.called = max(like.called, float(vectors[0] @ vectors[1 + at]))
        for like in notes:
            theirs = self._all(like.note)
            like.whole = sum(worth for word, worth in mine.items() if word in theirs)
            like.share = like.whole / total
            best = 0.0
            for at in by_note.get(like.note, ()):
                theirs = self._stems(held[at].text)
                told = sum(worth for word, worth in mine.items() if word in theirs)
                said = told / total
                near = max(0.0, float(vectors[0] @ vectors[1 + len(called) + at])) if vectors is not None else said
                if near + said > best:
                    best, like.claim, like.near, like.said, like.told = near + said, held[at], near, said, told

    def _vectors(self, texts: Sequence[str]) -> Floats | None:
        embedding = self.retriever.embedding
        if embedding is None or not embedding.name.startswith("wordllama"):
            # Others take long for forty texts; words must do.
            return None
        vectors: Floats = np.asarray(embedding.embed(list(texts)), np.float32)
        return unit(vectors)

    def words(self, text: str) -> dict[str, float]:
        """The content words of a text by stem, each with its rarity."""
        found: dict[str, float] = {}
        for match in _WORD.finditer(text[:2000]):
            word = match[0].casefold()
            if word not in STOP and len(word) > 1:
                found.setdefault(stem(word), self._rare(word))
        return found

    def _stems(self, text: str) -> set[str]:
        return {stem(word) for word in _WORD.findall(text.casefold())}

    def _all(self, note: str) -> set[str]:
        """The stems of all that a note says."""
        if note not in self._said:
            rows = self.store.sql.execute(
                "SELECT title || ' ' || aliases || ' ' || summary FROM note WHERE name = ?1 UNION ALL "
                "SELECT claim.text FROM claim JOIN file ON file.id = claim.file WHERE file.path = ?1 AND about IS NULL",
                (note,),
            )
            self._said[note] = self._stems(" ".join(row[0] for row in rows))
        return self._said[note]

    def _rare(self, word: str) -> float:
        if word not in self._rarity:
            bare = re.sub(r"\W", " ", word)
            row = self.store.sql.execute(
                "SELECT count(*) FROM (SELECT 1 FROM claim_words WHERE claim_words MATCH ? LIMIT ?)",
                (f'"{bare}"', _COUNTED),
            ).fetchone()
            self._rarity[word] = log(1 + self.total / (1 + int(row[0])))
        return self._rarity[word]

    def notes(self, names: Sequence[str]) -> list[Like]:
        """Notes that have a file, in the order given."""
        rows = by_name(self.store, "SELECT name, title, kind, aliases FROM note", "file IS NOT NULL AND name", names)
        known = {
            name: Like(
                name, title, kind, tuple(alias.replace("-", " ") for alias in aliases.split("\n") if alias)[:_NAMES]
            )
            for name, title, kind, aliases in rows
        }
        return [known[name] for name in names if name in known]

    def _claims(self, names: Sequence[str]) -> dict[str, Held]:
        query = (
            "SELECT claim.name, coalesce(claim.owner, claim.about, file.path), claim.text, claim.numbers "
            "FROM claim JOIN file ON file.id = claim.file"
        )
        found = {row[0]: Held(*row) for row in by_name(self.store, query, "claim.name", list(names))}
        return {name: found[name] for name in names if name in found}


def kinship(store: Store, linked: Collection[str], own: str) -> dict[str, float]:
    """Notes linked with those that a draft links to, or that link to it: more for a link of few."""
    found: dict[str, float] = {}
    for note in sorted(linked):
        beside = _neighbours(store, note)
        for other in beside:
            if other != own:
                found[other] = found.get(other, 0.0) + 1 / log(2 + len(beside))
    for other in _neighbours(store, own) if own else ():
        found[other] = found.get(other, 0.0) + 1.0
    return {note: worth / (1 + worth) for note, worth in found.items() if note not in linked}


def _neighbours(store: Store, note: str) -> list[str]:
    rows = store.sql.execute(
        "SELECT DISTINCT file.path FROM mention JOIN file ON file.id = mention.file WHERE mention.note = ?1 "
        "UNION SELECT DISTINCT mention.note FROM mention JOIN file ON file.id = mention.file WHERE file.path = ?1",
        (note,),
    )
    return [row[0] for row in rows if row[0] and row[0] != note]

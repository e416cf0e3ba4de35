"""The notes found first, read again by the reader in the box: each title with the best claim, against the question.

What was read once is kept by content, so the next question that comes near it pays for itself alone.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kb.embed import Embedding
from kb.language.answering import Fits
from kb.language.readings import Readings
from kb.store import Store
from qa.claim_vectors import Floats

NOTES, CLAIMS = 50, 2
"""Notes that are read again, and of each its title with so many claims: as many as the first time may cost. SciFact
nDCG@10 on every second query, from 0.725: 0.748 so, 0.733 where title and claim are read apart, 0.743 with 30 notes. Of the
notes labelled for 20 questions in everyday words 0.65 are among the first ten, with one claim 0.61."""
_PORTION, _AT_ONCE = 1_000, 64
_KEPT = 20_000
"""Texts and words whose vectors are kept: 20 MB at most."""
Progress = Callable[[str, int, int], None]


class Note(NamedTuple):
    """What is read of one note."""

    title: str
    claims: Sequence[str]
    """Words, best first."""


class Read:
    """A question and the notes found for it, as the reader sees them."""

    def __init__(self, readings: Readings, question: str, texts: Mapping[int, Note]) -> None:
        self._readings, self._question = readings, question
        claims = [(note, said) for note, mine in texts.items() for said in mine.claims]
        alone = [note for note, mine in texts.items() if not mine.claims]
        read = [
            *(in_context(texts[note].title, said) for note, said in claims),
            *(texts[note].title for note in alone),
        ]
        self._rows = readings.of(read)
        near = (self._rows @ readings.of([question])[0]).tolist()
        self.notes: dict[int, float] = {}
        """How near each note is, by the best of its claims read with its title, or by its title alone."""
        for note, cosine in zip([*(note for note, _ in claims), *alone], near, strict=True):
            self.notes[note] = max(self.notes.get(note, -1.0), cosine)
        self.top = max(self.notes.values(), default=0.0)

    def pulls_away(self, words: Iterable[str]) -> dict[str, float]:
        """How much nearer the notes come when a word is taken out of the question: much, where they do not speak of it."""
        words = list(words)
        if not words or not len(self._rows):
            return dict.fromkeys(words, 0.0)
        left = [re.sub(rf"\S*{re.escape(word)}\S*\s?", "", self._question, flags=re.I) for word in words]
        whole, *without = (self._rows @ self._readings.of([self._question, *left]).T).max(axis=0).tolist()
        return {word: near - whole for word, near in zip(words, without, strict=True)}


class KeptVectors:
    """Texts and their vectors; an embedding is asked about each once."""

    def __init__(self, embedding: Embedding) -> None:
        self._embedding = embedding
        self._known: dict[str, Floats] = {}

    def of(self, texts: Sequence[str]) -> Floats:
        """One row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(new) > _KEPT:
            self._known, new = {}, list(dict.fromkeys(texts))
        self._known |= zip(new, self._embedding.embed(new), strict=True) if new else ()
        return np.array([self._known[text] for text in texts], np.float32)


class ByNearness(KeptVectors):
    """What stands in for the reader where none is wanted, or none can be had: the search's own embedding."""

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """As near as a text is to a question, so well it answers: told so weakly that what was found with its note decides, and never so
        badly that the notes are said not to speak of it."""
        near = np.clip(self.of(texts) @ self.of([question])[0], 0.0, 1.0)
        return Fits(near, near)

    def surer(self, question: str, texts: Sequence[str], fits: Fits) -> Fits:
        """Nothing is known better."""
        return fits


def read_ahead(store: Store, readings: Readings, seconds: float, progress: Progress | None = None) -> int:
    """Read what no question has come near yet, what came last first, for some seconds; how many texts that was."""
    until = time.monotonic() + seconds
    rows = store.sql.execute(
        "SELECT note.title, claim.text FROM claim JOIN note ON note.file = claim.file ORDER BY claim.id DESC"
    )
    done = 0
    while time.monotonic() < until and (some := rows.fetchmany(_PORTION)):
        new = readings.lacking([in_context(title, text) for title, text in some])
        for start in range(0, len(new), _AT_ONCE):
            if time.monotonic() > until:
                break
            part = new[start : start + _AT_ONCE]
            readings.answers(part)
            done += len(part)
            if progress:
                progress("reading ahead", done, 0)
    return done


def in_context(title: str, claim: str) -> str:
    """A claim as the reader gets it: a sentence alone knows nothing of its subject."""
    return f"{title} {claim}"


def mixed_scores(found: Floats, read: Floats, low: float) -> Floats:
    """Scores as they were found and as they were read again, both standardised and added: the lowest has `low`, the best 1."""
    mixed = standardised(found) + standardised(read)
    spread: Floats = low + (1 - low) * (mixed - mixed.min()) / (float(np.ptp(mixed)) or 1.0)
    return spread


def standardised(values: Floats) -> Floats:
    """Mean 0, spread 1; 0 where nothing is known."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    spread = float(values[known].std()) or 1.0
    return np.where(known, (values - values[known].mean()) / spread, 0).astype(np.float32)

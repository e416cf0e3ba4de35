"""How good retrieval is on a vault's own gold: ask each inquiring line, with that line left out of the base.

What its author cited is what should come back. A note that only the line left out describes cannot be
expected, and is counted apart.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from kb.catalogue import cited
from kb.store import Store
from qa.retrieve import CHANNELS, Retriever

FUSED = "fused"
MEASURES = ("recall@5", "recall@10", "R-precision", "recall@2R")
_FEWEST = 2
"""Notes that a line must cite to be asked."""

Answered = Callable[[str, Collection[str]], Collection[str]]
"""The notes that an answer to a question cites, given what is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One inquiring line, asked."""

    note: str
    question: str
    expected: tuple[str, ...]
    """Notes that it cites and that others speak for too."""
    unknowable: int
    """Notes that it cites and that nobody else describes."""
    measures: Mapping[str, Mapping[str, float]]
    """By channel, then by measure."""
    answered: float | None = None
    """The share of its notes that the answer cites."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All lines of a vault, asked."""

    lines: tuple[Line, ...]
    skipped: tuple[str, ...]
    """Lines that cite too little to be asked."""
    averages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    half_answered: float | None = None
    """The share of lines with at least half of their notes cited in the answer."""


def evaluate(store: Store, retriever: Retriever, answered: Answered | None = None) -> Evaluation:
    """Ask every line of the vault."""
    asked: list[Line] = []
    skipped: list[str] = []
    cites: dict[str, list[str]] = {}
    for page, note in cited(store):
        cites.setdefault(page, []).append(note)
    for name, title in store.sql.execute("SELECT name, title FROM note WHERE kind = 'line' ORDER BY name").fetchall():
        expected = [note for note in cites.get(name, ()) if _is_known_without(store, note, name)]
        if len(expected) < _FEWEST:
            skipped.append(name)
            continue
        measures = {}
        for label, channels in (*((channel, (channel,)) for channel in CHANNELS), (FUSED, CHANNELS)):
            deep = max(40, 2 * len(expected))
            found = retriever.find(title, notes=deep, without={name}, channels=channels)
            measures[label] = measured([note for note, _ in found.notes], expected)
        share = None
        if answered is not None:
            share = len(set(answered(title, {name})) & set(expected)) / len(expected)
        unknowable = len(cites[name]) - len(expected)
        asked.append(Line(name, title, tuple(expected), unknowable, measures, share))
    averages = {
        label: {measure: fmean(line.measures[label][measure] for line in asked) for measure in MEASURES}
        for label in ((*CHANNELS, FUSED) if asked else ())
    }
    shares = [line.answered for line in asked if line.answered is not None]
    half = fmean(share >= 0.5 for share in shares) if shares else None
    return Evaluation(tuple(asked), tuple(skipped), averages, half)


def measured(ranked: Sequence[str], expected: Collection[str]) -> dict[str, float]:
    """How much of what was expected stands how high.

    >>> measured(["a", "x", "b", "y"], ["a", "b"])
    {'recall@5': 1.0, 'recall@10': 1.0, 'R-precision': 0.5, 'recall@2R': 1.0}
    """
    many = len(expected)
    depths = (5, 10, many, 2 * many)
    return {name: len(set(ranked[:depth]) & set(expected)) / many for name, depth in zip(MEASURES, depths, strict=True)}


def _is_known_without(store: Store, note: str, line: str) -> bool:
    """Whether any claim speaks for a note besides those of one line."""
    row = store.sql.execute(
        "SELECT 1 FROM claim JOIN file ON file.id = claim.file WHERE file.path <> ?2 AND "
        "(claim.owner = ?1 OR (file.path = ?1 AND claim.about IS NULL)) LIMIT 1",
        (note, line),
    ).fetchone()
    return row is not None

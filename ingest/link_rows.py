"""Links and claims as linking reads and writes them: rows of the base."""

from typing import NamedTuple

from ingest.endpoint_confidence import SPOKEN
from kb.claim import Place
from kb.vectors import Matrix


class Row(NamedTuple):
    """A link as the base has it."""

    kind: str
    a: str
    b: str
    method: str
    confidence: float
    evidence: list[dict[str, object]] | str
    """Places; as JSON where it is written."""
    reason: str
    tension: str = ""
    chosen: float = SPOKEN
    """How sure it is that the evidence are the words meant."""


class Known(NamedTuple):
    """A claim as linking needs it."""

    place: Place
    id: str
    role: str
    owner: str | None
    """Another note whose claim it is."""
    words: str
    vector: Matrix

    @property
    def length(self) -> int:
        """In characters."""
        return self.place.end - self.place.start

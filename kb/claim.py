"""What a note asserts, and exactly where it asserts it."""

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["finding", "mechanism", "method", "condition", "caveat", "definition", "position"]


class Fact(BaseModel):
    """A value that never changes and knows nothing it was not told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paged(Fact):
    """A fact with a page, if it stands in a PDF; else it has no such key when it is written as JSON."""

    page: int | None = Field(default=None, exclude_if=lambda page: page is None)
    """Counted from 1."""


class Place(Paged):
    """A span of one file of the vault. The quote is always read back from here."""

    path: str
    """Relative to the vault, with forward slashes."""
    start: int
    """Offset of the first character in the decoded file: newlines untouched, a BOM not counted."""
    end: int
    """Offset just past the last character."""
    line: int
    """Line of `start`, counted from 1."""
    sha: str
    """Hash of the quoted text (`fingerprint`), so that a changed span is noticed."""


class Quantity(Fact):
    """A number that a claim states: "accuracy rose to 73.6%" is (accuracy, 73.6, %)."""

    quantity: str
    """What is measured, in the claim's own words; empty when the sentence does not say."""
    value: float
    """The number, with "k", "million" and thousands separators resolved."""
    unit: str
    """"%", "steps", "examples", "x" ...; empty for a bare number."""


class Claim(Fact):
    """One assertion worth citing."""

    id: str
    """Hash of the note, the quote and which occurrence of it this is: see `claim_id`."""
    text: str
    """Readable on its own; a leaning sentence ("This shows ...") carries what it leans on."""
    quote: str
    """The note's own words, character for character."""
    place: Place
    """Where the quote stands."""
    note: str
    """Id of the note whose claim this is: for a summary in a source list, the note it summarises."""
    role: Role
    """What the sentence does in its note."""
    citations: tuple[str, ...] = ()
    """Ids of the notes that the sentence cites."""
    numbers: tuple[Quantity, ...] = ()
    """The quantities stated."""


def where(path: str, line: int, page: int | None = None) -> str:
    """ "papers/a.md:12", of a PDF "paper.pdf p. 4"."""
    return f"{path} p. {page}" if page else f"{path}:{line}"


def hash_of(*parts: str, size: int) -> bytes:
    """A hash of several texts, of which none can run into the next."""
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def fingerprint(text: str) -> str:
    """A short, stable hash of a text; 64 bits are plenty within one vault."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def claim_id(note: str, quote: str, occurrence: int) -> str:
    """The id of a claim. Free of offsets, so an edit elsewhere in the file leaves it alone."""
    return "c" + fingerprint(f"{note}\n{occurrence}\n{quote}")[:12]

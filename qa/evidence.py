"""What an answer is made from: the claims found, each with its note, its voice, its words and its neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.roles import is_scope_line
from ingest.wording import leans
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import REPORT, Note
from kb.quantised import Matrix, unpacked
from kb.store import Store

_MARKUP = re.compile(
    r"\s*\(?!?\[\[[^\]]*\]\]\)?|\[[^\]]*\]\([^)]*\)|\s*\[-?@[^\]]*\]|\s*\[\^[^\]]*\]|\*\*|(?<!\w)[*_]|[*_](?!\w)|`"
    r"|<[A-Za-z/][^>]*>|==|~~|\n[ \t]*>|&\w+;|&#\w+;|[\[\]]"
)
_BREAKS = re.compile(r"\s+")
_SHORTEST = 30
_DANGLING = re.compile(
    r"\b(?:the|a|an|of|in|to|by|and|or|as|from|with|that|than|is|are|see|like|such|through|into|on|for|at|between|over|about|via|using|this|these|which|when|where|because|but|if)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A claim that could be said, and what saying it needs."""

    claim: Claim
    note: Note
    score: float
    voice: str
    """Notes with the same voice are one witness."""
    vector: NDArray[np.float32]
    before: Claim | None
    """The claim just before it, when it cannot be understood without."""
    shown: str
    """Its words, without mark-up in them; an excerpt where there is some."""

    @property
    def words(self) -> int:
        return len(self.shown.split())

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.before.id, self.claim.id) if self.before else (self.claim.id,)


def gather(store: Store, ranked: Sequence[tuple[str, float]]) -> list[Piece]:
    """The claims found as pieces, best first. Those that cannot be quoted so as to be understood are left out."""
    scores = dict(ranked)
    found = read_claims(store, list(scores))
    notes = {note.id: note for note in read_notes(store, list({claim.note for claim in found}))}
    vectors = vectors_of(store, found)
    earlier = _before(store, [claim for claim in found if leans(claim.quote)])
    pieces = []
    for claim in found:
        note = notes.get(claim.note)
        shown = excerpt(claim.quote)
        before = earlier.get(claim.id) if leans(claim.quote) else None
        if (
            note is None
            or not shown
            or is_scope_line(shown)
            or claim.id not in vectors
            or (leans(claim.quote) and before is None)
            or is_report(note)
        ):
            continue
        if before is not None:
            first = excerpt(before.quote)
            if not first or leans(before.quote):
                continue
            shown = f"{first} {shown}"
        pieces.append(Piece(claim, note, scores[claim.id], voice_of(note), vectors[claim.id], before, shown))
    return pieces


def is_report(note: Note) -> bool:
    """A report of ours, saved among the notes, repeats what others say."""
    return REPORT in note.topics


def voice_of(note: Note) -> str:
    """Two notes from one source are one voice."""
    return note.sources[0].voice() if note.sources else note.id


def excerpt(quote: str) -> str:
    """The quote, or the longest run of it without mark-up; nothing where too little would be left."""
    if not _MARKUP.search(quote):
        return _BREAKS.sub(" ", quote).strip()
    # Only a run from the sentence's start can be understood; one that goes on is cut with an ellipsis.
    first = _MARKUP.search(quote)
    run = _BREAKS.sub(" ", quote[: first.start() if first else len(quote)]).rstrip(" ,;:—–-(“")
    shown = _BREAKS.sub(" ", _MARKUP.sub("", quote))
    if len(run) < max(_SHORTEST, 0.6 * len(shown)) or _DANGLING.search(run):
        return ""
    # A link that closes the quote was part of its grammar: a citation beside a sentence is not quoted at all.
    cut = bool(shown[len(run) :].strip(" .,;)")) or (
        first is not None and "[" in first[0] and "@" not in first[0] and "^" not in first[0]
    )
    return f"{run} …" if cut else run


def vectors_of(store: Store, claims: Sequence[Claim]) -> dict[str, NDArray[np.float32]]:
    """The vector of each claim; a file's vectors stand in the order of its claims."""
    wanted = {claim.id for claim in claims}
    found: dict[str, NDArray[np.float32]] = {}
    for path in dict.fromkeys(claim.place.path for claim in claims):
        row = store.sql.execute(
            "SELECT vector.rows, vector.data, file.id FROM vector JOIN file ON file.id = vector.file WHERE file.path = ?",
            (path,),
        ).fetchone()
        if row is None:
            continue
        names = [name for (name,) in store.sql.execute("SELECT name FROM claim WHERE file = ? ORDER BY id", (row[2],))]
        if len(names) == row[0]:
            matrix: Matrix = unpacked(row[1], row[0])
            found |= {name: vector for name, vector in zip(names, matrix, strict=True) if name in wanted}
    return found


def _before(store: Store, leaning: Sequence[Claim]) -> dict[str, Claim]:
    """For each claim the one before it in its passage, if nothing but white space stands between them."""
    found: dict[str, str] = {}
    for claim in leaning:
        row = store.sql.execute(
            "SELECT earlier.name, earlier.stop FROM claim JOIN claim AS earlier ON earlier.passage = claim.passage "
            "AND earlier.stop <= claim.start WHERE claim.name = ? ORDER BY earlier.stop DESC LIMIT 1",
            (claim.id,),
        ).fetchone()
        if row and claim.place.start - row[1] <= 2:
            found[claim.id] = row[0]
    known = {claim.id: claim for claim in read_claims(store, list(set(found.values())))}
    return {claim: known[name] for claim, name in found.items() if name in known}

"""Stance: how a work stands to a point - for, against, on a condition - or that it only speaks of it, or is silent.

It is for or against only where an author, a person or the judge says so. Notes on one source are one work.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from ingest.claim_text import leans
from ingest.endpoint_confidence import SURE
from ingest.roles import is_scope_line
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim, Fact
from kb.edges import links as read_links
from kb.language.judge import Pair
from kb.language.verdict import NEARLY_ITS_WORDS, PARAPHRASE, SURELY_AGREES, SURELY_DENIES, Verdict, verdicts
from kb.link import Link
from kb.note import SYNTHESES, Note
from qa.answer_sources import MEANT
from qa.ask import Asker
from qa.evidence import names_of, quotable, vectors_of, voice_of
from qa.material import SAME
from qa.scope import Scope
from qa.tensions import end_claim

Stance = Literal["for", "against", "condition", "speaks", "silent"]
By = Literal["itself", "author", "person", "model", "guard", "judge", "citation", "nearness", "nothing"]

_AGREES_NEAR = 0.7
"""How near it must be to agree with a point: of HealthVer's pairs (dev) that are as near as a paraphrase the judge is right of
10 in 13, from here on of 5 in 5."""
_TRIED = 3
"""Claims of a note that are read beside a point: those nearest by their vectors."""
_ORDER: tuple[By, ...] = ("itself", "person", "author", "model", "guard", "judge", "citation", "nearness", "nothing")
"""Whose word goes first."""
STANCE_OF: dict[str, Stance] = {
    "supports": "for",
    "restates": "for",
    "contradicts": "against",
    "qualifies": "condition",
}
"""What a link makes of the two it is between."""


class Cell(Fact):
    """What one work says to one point."""

    stance: Stance
    claim: str | None = None
    """The sentence that says so; none where it is silent."""
    by: By = "nothing"
    """Who says that it stands so: the point is its own sentence, an author, a person, a language model, exact guards, the judge,
    the sentence that cites it, nearness alone, nobody."""
    why: str = ""
    """In words, where these are known."""


class Work(NamedTuple):
    """The notes on one source, with what they say."""

    notes: list[Note]
    claims: list[Claim]


class Stances:
    """Finds them over one open base."""

    def __init__(self, asker: Asker, scope: Scope) -> None:
        self.asker, self.store, self.scope = asker, asker.store, scope
        self._links: dict[str, list[tuple[Link, Claim, Stance]]] = {}

    def works(self, names: Iterable[str]) -> list[Work]:
        """Notes by voice, each with its own sentences; of a note that is not written yet, with what others tell of it."""
        by_voice: dict[str, list[Note]] = {}
        for note in read_notes(self.store, list(dict.fromkeys(names))):
            if self.scope.counts_note(note.id):
                by_voice.setdefault(voice_of(note), []).append(note)
        made = []
        for notes in by_voice.values():
            notes.sort(key=lambda note: note.kind in SYNTHESES)
            keys = [key for note in notes for key in names_of(self.store, note.id)]
            own = {note.path for note in notes if note.path}
            claims = [claim for claim in read_claims(self.store, keys) if self.scope.counts(claim)]
            claims = [claim for claim in claims if not own or claim.place.path in own]
            made.append(Work(notes, [claim for claim in claims if stands_alone(claim)]))
        return made

    def distinct(self, points: Sequence[Claim]) -> list[Claim]:
        """Without those that say what an earlier one says."""
        near = self._nearness(list(combinations(points, 2)))
        kept: list[Claim] = []
        for point in points:
            if all(near[other.text, point.text] < SAME for other in kept):
                kept.append(point)
        return kept

    def linked_notes(self, point: Claim) -> list[str]:
        """Of a point with links, the notes that it and the claims it is linked with speak for and cite."""
        others = [claim for _, claim, _ in self.linked(point)]
        return [note for claim in (*others, point) for note in (claim.note, *claim.citations)] if others else []

    def linked(self, point: Claim) -> list[tuple[Link, Claim, Stance]]:
        """The links that touch a point, or its note by a typed link, each with the claim at its other end and how that stands."""
        if point.id not in self._links:
            found: list[tuple[Link, str, Stance]] = []
            for link in read_links(self.store, point.id, point.note):
                a, b = end_claim(self.store, link, link.a, 0), end_claim(self.store, link, link.b, -1)
                if link.kind in STANCE_OF and link.chosen >= SURE and a and b and a != b and point.id in (a, b):
                    # What a point limits is no condition on the point.
                    limited = link.kind == "qualifies" and b != point.id
                    found.append((link, b if a == point.id else a, "speaks" if limited else STANCE_OF[link.kind]))
            known = {claim.id: claim for claim in read_claims(self.store, [other for _, other, _ in found])}
            self._links[point.id] = [(link, known[other], stance) for link, other, stance in found if other in known]
        return self._links[point.id]

    def cells(self, given: Sequence[Claim], works: Sequence[Work]) -> list[list[Cell]]:
        """The cells, row by row; what the reader and the judge are asked, they are asked at once."""
        tried = [[self._nearest(point, work) for point in given] for work in works]
        beside = [(claim, point) for row in tried for point, some in zip(given, row, strict=True) for claim in some]
        near = self._nearness(beside)
        pairs = list(dict.fromkeys(pair for pair, cosine in near.items() if cosine >= PARAPHRASE))
        judged = dict(zip(pairs, verdicts(pairs, self.asker.judge), strict=True))
        return [
            [
                min(self._found(point, work, some, near, judged), key=lambda cell: _ORDER.index(cell.by))
                for point, some in zip(given, row, strict=True)
            ]
            for work, row in zip(works, tried, strict=True)
        ]

    def _nearest(self, point: Claim, work: Work) -> list[Claim]:
        vectors = vectors_of(self.store, [point, *work.claims]) if work.claims else {}
        if point.id not in vectors:
            return []
        known = [claim for claim in work.claims if claim.id in vectors and claim.id != point.id]
        return sorted(known, key=lambda claim: -float(vectors[claim.id] @ vectors[point.id]))[:_TRIED]

    def _nearness(self, pairs: Sequence[tuple[Claim, Claim]]) -> dict[Pair, float]:
        """The cosine of each two, as the reader has read them."""
        texts = list(dict.fromkeys(claim.text for pair in pairs for claim in pair))
        readings = self.asker.retriever.readings
        rows = (readings.of if readings else self.asker.embedding.embed)(texts) if texts else ()
        row_of = dict(zip(texts, rows, strict=True))
        return {(a.text, b.text): float(row_of[a.text] @ row_of[b.text]) for a, b in pairs}

    def _found(
        self, point: Claim, work: Work, some: Sequence[Claim], near: Mapping[Pair, float], judged: Mapping[Pair, Verdict]
    ) -> Iterator[Cell]:  # fmt: skip
        """All that can be said of one work and one point."""
        names = {note.id for note in work.notes}
        if point.note in names:
            yield Cell(stance="for", claim=point.id, by="itself")
        yield from self._by_links(point, names)
        said = [(claim, judged[pair], near[pair]) for claim in some if (pair := (claim.text, point.text)) in judged]
        agreed = max((verdict.agrees for _, verdict, _ in said), default=0.0)
        for claim, verdict, cosine in said:
            if stance := judged_stance(verdict, cosine, agreed):
                yield Cell(stance=stance, claim=claim.id, by="guard" if verdict.words else "judge", why=verdict.words)
        nearest = max(some, key=lambda claim: near[claim.text, point.text], default=None)
        cosine = near[nearest.text, point.text] if nearest else 0.0
        if names & set(point.citations):
            key = nearest.id if nearest and cosine >= MEANT else None
            yield Cell(stance="speaks" if key else "silent", claim=key, by="citation")
        elif nearest and cosine >= PARAPHRASE:
            yield Cell(stance="speaks", claim=nearest.id, by="nearness")
        yield Cell(stance="silent")

    def _by_links(self, point: Claim, names: set[str]) -> Iterator[Cell]:
        """What authors and persons say: of a work's own sentence first, then of one in which a note tells of the work."""
        told: list[Cell] = []
        for link, other, stance in self.linked(point):
            if link.method == "rule" or not self.scope.counts(other):
                continue
            cell = Cell(stance=stance, claim=other.id, by=link.method, why=link.reason)
            if other.note in names:
                yield cell
            elif other.note == point.note and names & set(other.citations):
                told.append(cell)
        yield from told


def stands_alone(claim: Claim) -> bool:
    """Whether a claim can be quoted, and understood without what stands around it."""
    shown = quotable(claim)
    return bool(shown) and not (is_scope_line(shown) or shown.endswith(":") or leans(claim.quote))


def judged_stance(verdict: Verdict, near: float, agreed: float) -> Stance | None:
    """What a verdict makes of a claim beside a point; a work that says both ways denies nothing."""
    if verdict.agrees >= SURELY_AGREES and (verdict.words or near >= _AGREES_NEAR):
        return "for"
    if not verdict.words and (near < NEARLY_ITS_WORDS or verdict.denies <= agreed):
        return None
    if verdict.denies >= SURELY_DENIES:
        return "against"
    return "condition" if verdict.limits >= SURELY_DENIES else None

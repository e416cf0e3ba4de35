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
from kb.language.verdict import Verdict, verdicts
from kb.link import Link
from kb.note import SYNTHESES, Note
from qa.ask import Asker
from qa.evidence import excerpt, names_of, vectors_of, voice_of
from qa.scope import Scope
from qa.tensions import end_claim

Stance = Literal["for", "against", "condition", "speaks", "silent"]
By = Literal["itself", "author", "person", "model", "guard", "judge", "citation", "nearness", "nothing"]

_NEAR = 0.62
"""How near a work's sentence must be to a point to speak of it, as `kb check` knows a paraphrase: of 19 pairs in the sample vault 14
were on the very matter, below of every other one."""
_AGREES, _PARAPHRASE = 0.9, 0.7
"""How surely it must agree with a point to be for it, and how near the two must be: of HealthVer's pairs (dev) that are as near as
0.62 the judge is right of 10 in 13, from here on of 5 in 5."""
_DENIES, _ITS_WORDS = 0.85, 0.85
"""How surely it must deny or limit it, and how near they must be where no guard spoke: the judge takes what is farther off to
deny what it does not speak of (as in `kb check`)."""
_MEANT = 0.35
"""The same where the point's own sentence cites the work (as in `qa.besides`)."""
_SAME = 0.86
"""Two points this near are one (as in `qa.material`)."""
_TRIED = 3
"""Claims of a note that are read beside a point: those nearest by their vectors."""
_ORDER: tuple[By, ...] = ("itself", "person", "author", "model", "guard", "judge", "citation", "nearness", "nothing")
"""Whose word goes first."""
_KINDS: dict[str, Stance] = {"supports": "for", "restates": "for", "contradicts": "against", "qualifies": "condition"}


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
        self._links: dict[str, list[tuple[Link, str, str]]] = {}

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
            made.append(Work(notes, [claim for claim in claims if is_quotable(claim.quote)]))
        return made

    def distinct(self, points: Sequence[Claim]) -> list[Claim]:
        """Without those that say what an earlier one says."""
        near = self._nearness(list(combinations(points, 2)))
        kept: list[Claim] = []
        for point in points:
            if all(near[other.text, point.text] < _SAME for other in kept):
                kept.append(point)
        return kept

    def linked_notes(self, point: Claim) -> list[str]:
        """The notes of the claims that an author or a person links to a point, and those that these claims cite."""
        ends = [end for _, a, b in self.linked(point) for end in (a, b)]
        return [note for claim in read_claims(self.store, ends) for note in (claim.note, *claim.citations)]

    def linked(self, point: Claim) -> list[tuple[Link, str, str]]:
        """The links that touch a point, or its note by a typed link, with the claims at their ends."""
        if point.id not in self._links:
            ends = [
                (link, end_claim(self.store, link, link.a, 0), end_claim(self.store, link, link.b, -1))
                for link in read_links(self.store, point.id, point.note)
                if link.kind in _KINDS and link.chosen >= SURE
            ]
            self._links[point.id] = [(link, a, b) for link, a, b in ends if point.id in (a, b) and a and b and a != b]
        return self._links[point.id]

    def cells(self, given: Sequence[Claim], works: Sequence[Work]) -> list[list[Cell]]:
        """The cells, row by row; what the reader and the judge are asked, they are asked at once."""
        tried = [[self._nearest(point, work) for point in given] for work in works]
        beside = [(claim, point) for row in tried for point, some in zip(given, row, strict=True) for claim in some]
        near = self._nearness(beside)
        pairs = list(dict.fromkeys(pair for pair, cosine in near.items() if cosine >= _NEAR))
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
            if stance := _judged(verdict, cosine, agreed):
                yield Cell(stance=stance, claim=claim.id, by="guard" if verdict.words else "judge", why=verdict.words)
        nearest = max(some, key=lambda claim: near[claim.text, point.text], default=None)
        cosine = near[nearest.text, point.text] if nearest else 0.0
        if names & set(point.citations):
            key = nearest.id if nearest and cosine >= _MEANT else None
            yield Cell(stance="speaks" if key else "silent", claim=key, by="citation")
        elif nearest and cosine >= _NEAR:
            yield Cell(stance="speaks", claim=nearest.id, by="nearness")
        yield Cell(stance="silent")

    def _by_links(self, point: Claim, names: set[str]) -> Iterator[Cell]:
        """What authors and persons say: of a work's own sentence first, then of one in which a note tells of the work."""
        told: list[Cell] = []
        for link, a, b in self.linked(point):
            other = read_claims(self.store, [b if a == point.id else a])
            if not other or not self.scope.counts(other[0]) or link.method == "rule":
                continue
            # What a point limits is no condition on the point.
            stance = "speaks" if link.kind == "qualifies" and b != point.id else _KINDS[link.kind]
            cell = Cell(stance=stance, claim=other[0].id, by=link.method, why=link.reason)
            if other[0].note in names:
                yield cell
            elif other[0].note == point.note and names & set(other[0].citations):
                told.append(cell)
        yield from told


def is_quotable(quote: str) -> bool:
    """Whether it says something that can be understood alone."""
    shown = excerpt(quote)
    return bool(shown) and not (is_scope_line(shown) or shown.endswith(":") or leans(quote))


def _judged(verdict: Verdict, near: float, agreed: float) -> Stance | None:
    """What a verdict makes of a claim beside a point; a work that says both ways denies nothing."""
    if verdict.agrees >= _AGREES and (verdict.words or near >= _PARAPHRASE):
        return "for"
    if not verdict.words and (near < _ITS_WORDS or verdict.denies <= agreed):
        return None
    if verdict.denies >= _DENIES:
        return "against"
    return "condition" if verdict.limits >= _DENIES else None

"""The outline of an answer: what stands first, then two to four strands; and the desk on which it is made.

The desk keeps count of the words, says nothing twice and lets no note speak too long.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.link import Link
from qa.answer import StatementRole
from qa.cues import is_limit
from qa.evidence import CLOSED, Piece
from qa.material import Material, says_the_same
from qa.passages import LONGEST
from qa.question import Question

_LONGEST, _SHORTEST = 90, 5
"""Words of what may open: of fewer than five few are sentences, and one that is nearly as long as a passage leaves no room for what explains it."""
_ADDS = re.compile(
    r"(?:in addition|additionally|moreover|furthermore|also|besides|similarly|likewise|finally|lastly|second(?:ly)?|third(?:ly)?),",
    re.I,
)  # "In addition, we elicit forecasts": to what stands before it
_NEARLY = 0.7
"""Share of the best claim's score from which a claim is among the nearest."""
NEAREST = 3
"""How many times less is said where the notes do not speak of the very point."""
STRANDS = 4
_A_NOTE = 6
"""Statements that a note has."""
_LEAST, _AT_ALL, _FEW = 0.6, 0.4, 3
"""Share of the best claim's score below which a claim is not said; below which not even as the best of one of the few best notes."""


@dataclass(slots=True)
class Point:
    """A claim to be said, with the claims that say the same."""

    piece: Piece
    lead: str = ""
    role: StatementRole = "finding"
    echoes: list[Piece] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        return [self.piece, *self.echoes]


@dataclass(slots=True)
class Section:
    """A strand: headed by a title, or by the words of its first claim."""

    points: list[Point]
    title: str = ""


@dataclass(slots=True)
class Outline:
    """What is to be said, in order."""

    opening: list[Point] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def used(self) -> list[Piece]:
        """Every claim in it."""
        points = [*self.opening, *(point for section in self.sections for point in section.points)]
        return [piece for point in points for piece in point.pieces]


class Desk:
    """What can be said on a question, and what has been said so far."""

    def __init__(
        self,
        question: Question,
        material: Material,
        links: Sequence[Link],
        words: int,
        cited_by: Mapping[str, int] | None = None,
    ) -> None:
        """`cited_by` is how many notes cite each, where it matters."""
        self.question, self.material, self.links = question, material, links
        self.cited_by = cited_by or {}
        self.left = float(words)
        self.strands = STRANDS
        """How many strands there may be."""
        self.pieces = sorted(material.pieces, key=lambda piece: (-piece.score, piece.claim.id))
        top = max((piece.score for piece in self.pieces), default=0.0)
        self._least, self._at_all = _LEAST * top, _AT_ALL * top
        self._said: list[Point] = []
        self._apart = {frozenset((link.a, link.b)) for link in links if link.kind in ("contradicts", "qualifies")}

    def fit_to_open(self) -> list[Piece]:
        """Whole sentences, those first that the reader would put first; a caveat opens no answer, a condition may."""
        fit = [piece for piece in self.pieces if is_fit(piece) and piece.claim.role != "caveat"]
        return sorted(fit, key=lambda piece: (-piece.opens, piece.claim.id))

    def take(
        self,
        piece: Piece,
        lead: str = "",
        *,
        role: StatementRole | None = None,
        most: int = _A_NOTE,
        longest: int = LONGEST,
        begins: bool = False,
    ) -> Point | None:
        """Say a claim, with the sentences beside it up to `longest` words; nothing where it is said already, is too long, or where
        its note has spoken `most` times."""
        echo = next((point for point in self._said if says_the_same(piece, point.piece)), None)
        if echo and frozenset((piece.claim.id, echo.piece.claim.id)) not in self._apart:
            if piece.voice not in {each.voice for each in echo.pieces}:
                echo.echoes.append(piece)
            return None
        if piece.words > self.left or sum(each.piece.note.id == piece.note.id for each in self._said) >= most:
            return None
        piece = self.material.whole(piece, min(longest, int(self.left)), begins=begins)
        if any(
            set(piece.keys) & set(each.piece.keys) or piece.shown in each.piece.shown or each.piece.shown in piece.shown
            for each in self._said
        ):
            return None
        point = Point(piece, lead, role or ("caveat" if is_limit(piece) else "finding"))
        self._said.append(point)
        self.left -= piece.words
        return point

    def take_all(self, pieces: Iterable[Piece], most: int, a_note: int = _A_NOTE) -> list[Point]:
        """The first few of these that can be said."""
        found: list[Point] = []
        for piece in pieces:
            if len(found) < most and (point := self.take(piece, most=a_note)):
                found.append(point)
        return found

    def opposed(self, piece: Piece) -> Piece | None:
        """What an author sets against a claim."""
        known = {each.claim.id: each for each in self.pieces}
        stated = (each for each in self.links if each.kind == "contradicts" and each.method in ("author", "person"))
        ends = ({link.a, link.b} - {piece.claim.id} for link in stated if piece.claim.id in (link.a, link.b))
        others = (known[end] for pair in ends for end in pair if end in known)
        return next((each for each in others if each.note.id != piece.note.id and each.words <= _LONGEST), None)

    def nearest(self) -> list[Piece]:
        """Claims that answer nearly as well as any: what else has the form that is asked for is on something else."""
        least = _NEARLY * max((piece.score for piece in self.pieces), default=0.0)
        return [piece for piece in self.pieces if piece.score >= least]

    def near(self, among: Sequence[Piece] | None = None) -> list[Piece]:
        """Claims good enough to be said, of all or of some, best first: of the few best notes more than of others."""
        known = self.pieces if among is None else among
        few = list(dict.fromkeys(piece.note.id for piece in self.pieces))[:_FEW]
        return [piece for piece in known if piece.score >= (self._at_all if piece.note.id in few else self._least)]


def is_fit(piece: Piece) -> bool:
    """Whether a claim is a whole sentence that can stand first."""
    whole = piece.shown[:1].isupper() and piece.shown.endswith(CLOSED) and not piece.shown.endswith("?")
    return whole and _SHORTEST <= piece.words <= _LONGEST and not _ADDS.match(piece.shown)

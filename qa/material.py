"""What an answer can be made from: claims that the reader has read, each with how well it answers.

A claim belongs in the answer as well as it was found with its note, and as it, alone and with its note's title, and its paragraph answer
the question; it stands first where it belongs and, to the reader, could open an answer.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.restatements import is_telling
from kb.claim import Claim
from kb.language.answering import Fits
from kb.language.assertion import assertions
from kb.language.diff import difference
from kb.note import SYNTHESES
from qa.evidence import Piece
from qa.passages import Embed, Paragraphs, lengthened, text_of
from qa.rerank import in_context, mixed_scores

PARAGRAPHS, READ, ALONE = 60, 60, 40
"""Paragraphs that the reader reads; and claims, with their titles and alone."""
LIKE_IT = 0.55
"""Cosine of a line's title with the question from which all that the line says is read, and its conclusion is one on the question."""
_FOUND = 2
"""How many times as much as each reading it counts how well a claim was found with its note."""
_UNREAD = 0.5
"""How likely a sentence asserts something that was not read alone; above it nothing is taken off."""
SAME, _SAME_FIGURES = 0.86, 0.6
"""Two claims this near say the same, or with two figures in common this near: the second is cited with the first, not said again."""
_EVEN = 4.0
"""Odds below the best at which a share is a little more than half."""


class Reader(Protocol):
    """What reads texts for a question."""

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What each means: a row of length one."""

    def fits(self, question: str, texts: Sequence[str]) -> Fits:
        """How well each answers."""

    def surer(self, question: str, texts: Sequence[str], fits: Fits) -> Fits:
        """The same with more care, once that is known."""


@dataclass(frozen=True, slots=True)
class Material:
    """The claims of one question, best first, as the reader sees them."""

    pieces: Sequence[Piece]
    asked: NDArray[np.float32]
    """The question's vector."""
    titles: Mapping[str, float]
    """How near the title of each note is to the question."""
    paragraphs: Paragraphs
    of: Embed
    """Reads texts."""
    odds: float = 0.0
    """How likely it is that anything read could open an answer: the logarithm of the odds of the best."""

    def whole(self, piece: Piece, most: int, *, begins: bool = False) -> Piece:
        """A claim with the sentences beside it that belong to what it answers; only those behind it where it `begins`."""
        paragraph = self.paragraphs.get(piece.claim.id, ())
        return lengthened(piece, paragraph, self.of, self.asked, most, begins=begins)

    def led_by(self, notes: Collection[str]) -> "Material":
        """With what these notes say before all else."""
        led = [
            replace(piece, score=piece.score + 1, opens=piece.opens + 1) if piece.note.id in notes else piece
            for piece in self.pieces
        ]
        return replace(self, pieces=sorted(led, key=lambda piece: (-piece.score, piece.claim.id)))

    def of_note(self, note: str) -> list[Piece]:
        """What one note can say, in its own order."""
        mine = [piece for piece in self.pieces if piece.note.id == note and piece.claim.place.path == piece.note.path]
        return sorted(mine, key=lambda piece: piece.claim.place.start)


def read_material(
    reader: Reader,
    question: str,
    pieces: Sequence[Piece],
    notes: Sequence[tuple[str, float]],
    searched: NDArray[np.float32],
    paragraphs: Callable[[Sequence[str]], Paragraphs],
) -> Material:
    """The likeliest paragraphs and their claims, read by `reader`; `searched` is the question's vector among those of the pieces."""
    of = reader.of
    asked = of([question])[0]
    if not pieces:
        return Material((), asked, {}, {}, of)
    within = paragraphs([piece.claim.id for piece in pieces])
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(_paragraph(piece, within)[0].id, []).append(piece)
    read = sorted(groups.values(), key=lambda group: -_likely(group, searched))[:PARAGRAPHS]
    texts = [in_context(group[0].note.title, text_of(_paragraph(group[0], within))) for group in read]
    around = reader.fits(question, texts).opens
    near = {piece.claim.id: float(fit) for group, fit in zip(read, _shares(around), strict=True) for piece in group}
    pieces = _ranked_again(pieces, notes, near)
    heads = list(dict.fromkeys(piece.note for piece in pieces))
    titles = dict(zip((note.id for note in heads), (of([note.title for note in heads]) @ asked).tolist(), strict=True))
    lines = {note.id for note in heads if note.kind in SYNTHESES and titles[note.id] >= LIKE_IT}
    first = sorted(pieces, key=lambda piece: (piece.note.id not in lines, -piece.score - near.get(piece.claim.id, 0.0)))
    first = first[: READ + sum(1 for piece in pieces if piece.note.id in lines)]
    texts = [in_context(piece.note.title, piece.claim.text) for piece in first]
    fits = reader.fits(question, texts)
    # Whether anything answers is told by these odds: of 56 gold questions without an answer so told are 29, by the surer ones 23.
    odds = float(max(around.max(), fits.opens.max()))
    return Material(
        _scored(of, reader.surer(question, texts, fits), asked, first, near), asked, titles, within, of, odds
    )


def _paragraph(piece: Piece, within: Paragraphs) -> Sequence[Claim]:
    return within.get(piece.claim.id) or (piece.claim,)


def _ranked_again(
    pieces: Sequence[Piece], notes: Sequence[tuple[str, float]], near: Mapping[str, float]
) -> list[Piece]:
    """Claims, each with the score of its note as it was found and as the best of its paragraphs reads: both standardised and added."""
    if not notes:
        return list(pieces)
    best: dict[str, float] = {}
    for piece in pieces:
        if piece.claim.id in near:
            best[piece.note.id] = max(best.get(piece.note.id, -1.0), near[piece.claim.id])
    found = np.array([score for _, score in notes], np.float32)
    read = np.array([best.get(note, min(best.values())) for note, _ in notes], np.float32)
    new = mixed_scores(found, read, float(found.min()) / (float(found.max()) or 1.0))
    share = {
        note: float(now) / (before / float(found.max()) or 1.0) for (note, before), now in zip(notes, new, strict=True)
    }
    return [replace(piece, score=piece.score * share.get(piece.note.id, 1.0)) for piece in pieces]


def _likely(group: Sequence[Piece], searched: NDArray[np.float32]) -> float:
    """How likely a paragraph is to answer, before it is read: by its best claim and by all that it says."""
    total = np.sum([piece.vector for piece in group], axis=0)
    return max(piece.score for piece in group) + float(total @ searched) / (float(np.linalg.norm(total)) or 1.0)


def _scored(
    of: Embed, fits: Fits, asked: NDArray[np.float32], first: Sequence[Piece], paragraph: Mapping[str, float]
) -> list[Piece]:
    """Claims that have been read, best first."""
    opens, belongs = _shares(fits.opens), _shares(fits.belongs)
    order = sorted(range(len(first)), key=lambda at: -float(belongs[at]))
    near, asserts = np.full(len(first), np.nan, np.float32), np.full(len(first), _UNREAD, np.float32)
    vectors = list(of([in_context(piece.note.title, piece.claim.text) for piece in first]))
    alone = of([first[at].claim.text for at in order[:ALONE]])
    for at, row, likely in zip(order, alone, assertions(alone), strict=False):
        near[at], vectors[at], asserts[at] = float(row @ asked), row, likely
    low = float(np.nanmin(near))
    near = np.where(np.isnan(near), min(low, 0.3), near)
    top = max(piece.score for piece in first) or 1.0
    least = min(paragraph.values())
    nearest = max(float(near.max()), 0.1)
    scored = []
    for at, piece in enumerate(first):
        parts = (belongs[at], max(0.0, float(near[at])) / nearest, paragraph.get(piece.claim.id, least))
        fits_in = (_FOUND * piece.score / top + float(sum(parts))) / (_FOUND + len(parts))
        # What may only announce something is worth a quarter, where it surely does.
        likely = 0.25 + 0.75 * min(1.0, float(asserts[at]) / _UNREAD)
        fits_first = (fits_in + float(opens[at])) / 2
        scored.append(replace(piece, score=fits_in * likely, opens=fits_first * likely, vector=vectors[at]))
    return sorted(scored, key=lambda piece: (-piece.score, piece.claim.id))


def _shares(odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Odds (their logarithm) as shares of the best, which has 1."""
    return np.asarray(2 / (1 + np.exp((odds.max(initial=-np.inf) - odds) / _EVEN)), np.float32)


def says_the_same(piece: Piece, other: Piece) -> bool:
    """Whether the second adds nothing to the first (a paraphrase, or the same figures in one note)."""
    near = float(np.dot(piece.vector, other.vector))
    if piece.shown == other.shown:
        return True
    if near >= SAME:
        # Unless a negation, an antonym, a number or the like sets them apart.
        mine, its = piece.claim.text, other.claim.text
        return difference(mine, its) is None and difference(its, mine) is None
    shared = len(_figures(piece) & _figures(other))
    return shared >= 1 if piece.note.id == other.note.id else shared >= 2 and near >= _SAME_FIGURES


def _figures(piece: Piece) -> set[tuple[float, str]]:
    return {(number.value, number.unit) for number in piece.claim.numbers if is_telling(number)}


def widely(pieces: Sequence[Piece], words: int, turns: int = 6) -> list[Piece]:
    """Of every note in turn what serves best, within a number of words: what a writer is given to choose from."""
    by_note: dict[str, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda piece: piece.score, reverse=True):
        by_note.setdefault(piece.note.id, []).append(piece)
    given: list[Piece] = []
    for turn in range(turns):
        for mine in by_note.values():
            if (
                turn < len(mine)
                and words >= mine[turn].words
                and not any(says_the_same(mine[turn], each) for each in given)
            ):
                given.append(mine[turn])
                words -= mine[turn].words
    return given

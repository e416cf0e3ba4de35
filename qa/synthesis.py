"""An author's own synthesis: the line or post that asks the very question, and the conclusion of one that nearly does."""

from kb.note import SYNTHESES
from qa.cues import CONCLUDES
from qa.evidence import Piece
from qa.material import LIKE_IT, says_the_same
from qa.outline import Desk, Point, Section

_ON_IT, _THE_VERY = 0.72, 0.9
"""Cosine of a line's title with the question from which its author has asked nearly the same, and from which the very same."""
_OTHERWISE = ("define", "limits", "reading", "notes", "who")
"""Kinds of question that no line on the subject asks: "What is grokking?" is not asked by a post called "Grokking"."""
_SHORTEST = 7
"""Words of a line's sentence."""
_LINE_SHARE, _LINE_MOST = 0.6, 8
"""Of the words, and statements, that the author of the very line has."""
_CITING = 0.15
"""What it adds to a sentence of a line that it cites notes not cited yet."""


def authors_line(desk: Desk) -> Section | None:
    """The author's own synthesis: sentences of the line that asks nearly this, in its order, conclusion first."""
    titles = desk.material.titles
    kinds = {piece.note.id: piece.note.kind for piece in desk.pieces}
    asks = [note for note, cosine in titles.items() if cosine >= _ON_IT and kinds.get(note) in SYNTHESES]
    if not asks or desk.question.kind in _OTHERWISE:
        return None
    note = max(asks, key=lambda each: (titles[each], each))
    mine = [piece for piece in desk.material.of_note(note) if piece.words >= _SHORTEST]
    if len(mine) < 3:
        return None
    room, cited, chosen = _LINE_SHARE * desk.left, set[str](), list[Piece]()
    left = list(mine)
    while left and len(chosen) < _LINE_MOST:
        best = max(
            left,
            key=lambda piece: (
                piece.score
                + _CITING * min(2, len(set(piece.claim.citations) - cited))
                + 0.3 * bool(CONCLUDES.match(piece.claim.quote))
            ),
        )
        left.remove(best)
        if best.words <= room and not any(says_the_same(best, each) for each in chosen):
            chosen.append(best)
            room -= best.words
            cited |= set(best.claim.citations)
    first = max(chosen, key=lambda piece: (bool(CONCLUDES.match(piece.claim.quote)), piece.score), default=None)
    if first is None:
        return None
    rest = sorted((piece for piece in chosen if piece is not first), key=lambda piece: piece.claim.place.start)
    kind = "line" if first.note.kind == "line" else "post"
    this = "this" if titles[note] >= _THE_VERY else "nearly this"
    led = desk.take(first, f"The {kind} “{first.note.title}” asks {this}. Its author says:", most=_LINE_MOST)
    points = desk.take_all(rest, _LINE_MOST, _LINE_MOST)
    return Section([led, *points], first.note.title) if led else None


def conclusion(desk: Desk) -> Point | None:
    """What the author of a line that asks nearly this concludes."""
    mine = [
        piece
        for piece in desk.pieces
        if piece.note.kind in SYNTHESES
        and CONCLUDES.match(piece.claim.quote)
        and desk.material.titles[piece.note.id] >= LIKE_IT
    ]
    best = max(mine, key=lambda piece: piece.score, default=None)
    return desk.take(best, f"The {best.note.kind} “{best.note.title}” concludes:") if best else None

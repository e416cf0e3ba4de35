"""Strands of an answer: claims that say the like, under the title of the note that most of them come from."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kb.oneline import one_line
from qa.cues import is_limit
from qa.evidence import Piece
from qa.outline import STRANDS, Desk, Point, Section

_ALIKE, _KIN = 0.65, 0.5
"""Claims this near make one strand; and once there are enough strands."""
_OWN = 0.3
"""How much nearer two claims of one note are."""


def strands(desk: Desk, pieces: Iterable[Piece], most: int = STRANDS) -> list[Section]:
    """Claims that say the like, in strands; the best claim of each leads it, limits close it."""
    most = min(most, desk.strands)
    groups: list[list[Point]] = []
    for piece in {piece.claim.id: piece for piece in pieces}.values():
        near = [
            max(
                float(piece.vector @ point.piece.vector) + _OWN * (piece.note.id == point.piece.note.id)
                for point in group[:3]
            )
            for group in groups
        ]
        best = max(range(len(groups)), key=near.__getitem__, default=-1)
        if best >= 0 and near[best] >= (_ALIKE if len(groups) < most else _KIN):
            group = groups[best]
        elif len(groups) < most and not is_limit(piece):
            group = []
        else:
            continue
        if point := desk.take(piece):
            group.append(point)
            if len(group) == 1:
                groups.append(group)
    sections: dict[str, Section] = {}
    for group in groups:
        section = section_of(group)
        sections.setdefault(section.title or group[0].piece.claim.id, Section([], section.title)).points.extend(group)
    for section in sections.values():
        section.points[1:] = _ordered(section.points)
    return list(sections.values())


def section_of(points: Sequence[Point]) -> Section:
    """A strand under the title of the note that most of it comes from."""
    note, count = Counter(point.piece.note for point in points).most_common(1)[0]
    return Section(list(points), one_line(note.title) if 2 * count > len(points) else "")


def _ordered(points: Sequence[Point]) -> list[Point]:
    """What follows the first: note by note as each was written, limits last."""
    notes = list(dict.fromkeys(point.piece.note.id for point in points))
    return sorted(
        points[1:],
        key=lambda point: (is_limit(point.piece), notes.index(point.piece.note.id), point.piece.claim.place.start),
    )

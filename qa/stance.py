"""Stance: which of the claims found say yes to a question, which no, and which only on a condition.

The question is put as a statement, and the judge says of each claim near it whether it bears the statement out. Voices are
counted, not claims: notes that rest on one work are one witness.
"""

from collections.abc import Sequence

from kb.language.judge import Judge
from kb.language.readings import Readings
from kb.language.verdict import verdicts
from qa.answer import Stance, Voices
from qa.evidence import Piece
from qa.reread import in_context

ASKED, OF_A_NOTE = 24, 3
"""Claims that the judge is asked about, the nearest first, and how many of one note."""
BAR = 0.8
"""What the judge must be sure of for a claim to be counted: a vote that was not cast costs more trust than one left out."""
NEAR = 0.45
"""Cosine that the reader must find between the statement and the claim with its title: of other subjects no judge of pairs
knows anything."""


def stance_of(statement: str, pieces: Sequence[Piece], readings: Readings | None, judge: Judge | None) -> Stance | None:
    """How the claims stand to a statement; nothing where no judge can tell, or where none takes a side."""
    if judge is None or readings is None or not statement or not pieces:
        return None
    asked = _on_subject(statement, _first(pieces), readings)
    found = verdicts([(piece.claim.text, statement) for piece in asked], judge)
    sides: dict[str, list[tuple[float, Piece]]] = {"agrees": [], "denies": [], "limits": []}
    for piece, verdict in zip(asked, found, strict=True):
        if verdict.label in sides and verdict.probability >= BAR:
            sides[verdict.label].append((verdict.probability, piece))
    if not any(sides.values()):
        return None
    yes, no, depends = (_ranked(sides[label]) for label in ("agrees", "denies", "limits"))
    return Stance(
        statement=statement,
        yes=tuple(piece.claim.id for piece in yes),
        no=tuple(piece.claim.id for piece in no),
        depends=tuple(piece.claim.id for piece in depends),
        voices=_voices(yes, no, depends),
    )


def _on_subject(statement: str, pieces: Sequence[Piece], readings: Readings) -> list[Piece]:
    rows = readings.of([statement, *(in_context(piece.note.title, piece.claim.text) for piece in pieces)])
    return [piece for piece, near in zip(pieces, rows[1:] @ rows[0], strict=True) if near >= NEAR]


def _first(pieces: Sequence[Piece]) -> list[Piece]:
    """The likeliest claims, few of each note; what lines and posts say of notes is no voice of its own."""
    count: dict[str, int] = {}
    chosen: list[Piece] = []
    for piece in pieces:
        count[piece.note.id] = count.get(piece.note.id, 0) + 1
        if count[piece.note.id] <= OF_A_NOTE and piece.note.kind != "line":
            chosen.append(piece)
    return chosen[:ASKED]


def _ranked(side: list[tuple[float, Piece]]) -> list[Piece]:
    return [piece for _, piece in sorted(side, key=lambda each: (-each[0], each[1].claim.id))]


def _voices(yes: Sequence[Piece], no: Sequence[Piece], depends: Sequence[Piece]) -> Voices:
    """Each voice once: one that speaks both ways says that it depends."""
    says: dict[str, set[str]] = {}
    for label, pieces in (("yes", yes), ("no", no), ("depends", depends)):
        for piece in pieces:
            says.setdefault(piece.voice, set()).add(label)
    counts = {"yes": 0, "no": 0, "depends": 0}
    for labels in says.values():
        counts[next(iter(labels)) if len(labels) == 1 else "depends"] += 1
    return Voices(**counts)


def in_words(stance: Stance) -> str:
    """ "Two notes say yes, one no, one only on a condition."; nothing where none says yes or no."""
    told = [
        (stance.voices.yes, "yes"),
        (stance.voices.no, "no"),
        (stance.voices.depends, "only on a condition"),
    ]
    if not stance.voices.yes and not stance.voices.no:
        return ""
    (count, word), *others = [(count, word) for count, word in told if count]
    head = f"{_number(count).capitalize()} {'note says' if count == 1 else 'notes say'} {word}"
    return ", ".join([head, *(f"{_number(count)} {word}" for count, word in others)]) + "."


def _number(count: int) -> str:
    words = "no one two three four five six seven eight nine ten".split()
    return words[count] if count < len(words) else str(count)


def is_disputed(stance: Stance | None) -> bool:
    """Whether independent voices answer in opposite directions."""
    return stance is not None and stance.voices.yes > 0 and stance.voices.no > 0

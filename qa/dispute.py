"""Where the notes disagree: the tensions of a topic, or of all notes, as an answer to whoever asks for them."""

from collections.abc import Iterable, Sequence

from kb.link import Tension
from kb.store import Store
from qa.evidence import Piece, gather
from qa.outline import Outline, Point
from qa.question import Question
from qa.scope import Scope
from qa.tensions import Held, held, on_topic, spread, with_remedies

_PAIRS = 6
"""Tensions listed."""


def disputed(
    store: Store, question: Question, notes: Sequence[tuple[str, float]], used: Sequence[Piece], scope: Scope
) -> tuple[list[Tension], Outline | None]:
    """Tensions, each pair of notes once, and an outline that opens with the plainest; no outline where none can be quoted."""
    pairs: dict[frozenset[str], Held] = {}
    for each in _asked_for(store, question, notes, used, scope):
        if len(pairs) < _PAIRS and len(each.notes) > 1:
            pairs.setdefault(each.notes, each)
    tensions = with_remedies(store, [each.tension for each in pairs.values()], scope)
    ends = dict.fromkeys(key for each in tensions for key in (each.a, each.b))
    sides = {piece.claim.id: piece for piece in gather(store, [(key, 1.0) for key in ends], scope)}
    plain = next((each for each in tensions if each.a in sides and each.b in sides), None)
    if plain is None:
        return tensions, None
    lead = "One pair of notes is" if len(tensions) == 1 else f"{len(tensions)} pairs of notes are"
    opening = [Point(sides[plain.a], f"{lead} set against each other; the plainest:", "tension")]
    if not plain.stated:
        opening.append(Point(sides[plain.b], "Against it:", "tension"))
    return tensions, Outline(opening)


def _asked_for(
    store: Store, question: Question, notes: Sequence[tuple[str, float]], used: Sequence[Piece], scope: Scope
) -> Iterable[Held]:
    """Those between notes on the topic, else those that touch what would be answered; without a topic all."""
    if not question.subject:
        return spread(held(store, scope=scope))
    cited = {piece.note.id for piece in used}
    return on_topic(store, notes, scope=scope) or [
        each for each in held(store, cited, scope=scope) if each.notes & cited
    ]

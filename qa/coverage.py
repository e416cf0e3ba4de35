"""How much the notes know: silent, near, thin, one-sided, contested or settled; and what they lack.

Silent is told of a question that is foreign to the notes; near of one that they come near to, where the reader finds nothing that
would answer it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.catalogue import notes
from kb.note import SYNTHESES, slug
from kb.store import Store
from qa.answer import Coverage
from qa.cues import is_limit
from qa.evidence import Piece
from qa.named_works import named_in
from qa.question import Question
from qa.retrieve import Found
from qa.scope import Scope

MET = 0.63
"""Least sum of the cosines of the nearest note, read again, and of the nearest claim as it was found.

The middle between the 13 foreign gold questions (0.55 at most) and the 64 that can be answered (0.71 at least). Of other
hands' questions 12 of 12 foreign ones stay below, and 24 of 25 in everyday words above."""
FOUND = 0.3
"""The same where nothing reads again: the cosine of the nearest claim alone."""
UNLIKELY = -0.7
"""Odds (their logarithm) of the best sentence below which nothing answers: the end learnt from questions of which one in five has no answer."""
THIN, VOICE = 0.9, 0.75
"""Share of the nearest claim's cosine that a second voice must reach not to be thin, and a third to settle anything."""
NEAR, AGREED = 0.45, 0.5
"""And the cosine with the question that they must reach whatever the nearest does."""
_SAYS = -0.005
"""A word without which the question is farther from the notes than this is lacking in letter only: told of 26 gold questions with
an answer and of 49 without one, where every word is told of 37 and 50."""
_NEAREST = "No sentence of these notes was found to answer this."
_LACKING = 2
"""Words named that no note speaks of."""


def is_silent(found: Found) -> bool:
    """Whether the question is foreign to the notes."""
    if found.read is None:
        return found.nearness < FOUND
    return found.read + found.nearness < MET


def speaks_of(store: Store, topic: str, found: Found) -> bool:
    """Whether the notes speak of a topic, or it names a work of theirs; else the nearest of them are on something else."""
    return not is_silent(found) or bool(named_in(topic, notes(store, [note for note, _ in found.notes])))


def is_near_miss(odds: float) -> bool:
    """Whether the notes speak of the matter and not of the very point: nothing that was read is likely enough to open an answer.

    So told are 29 of 56 gold questions without an answer, beside 14 that are foreign, and 2 of 64 with one; of 54 of another hand with one 3."""
    return odds < UNLIKELY


def coverage_of(
    pieces: Sequence[Piece], used: Sequence[Piece], asked: NDArray[np.float32], is_contested: bool
) -> Coverage:
    """The verdict on what is going to be said; `pieces` are all that could have been.

    A voice counts when its nearest claim is nearly as near to the question as the nearest of all: a note that was found
    is not yet one that answers.
    """
    if not used:
        return "silent"
    if is_contested:
        return "contested"
    near: dict[str, float] = {}
    for piece in pieces:
        if piece.note.kind not in SYNTHESES:
            near[piece.voice] = max(near.get(piece.voice, 0.0), float(piece.vector @ asked))
    top = max(near.values(), default=0.0)
    if sum(1 for cosine in near.values() if cosine >= max(NEAR, THIN * top)) <= 1:
        return "thin"
    limits = any(map(is_limit, used))
    agreed = sum(1 for cosine in near.values() if cosine >= max(AGREED, VOICE * top))
    return "settled" if limits and agreed >= 3 else "one-sided"


def lacking(question: Question, found: Found) -> list[str]:
    """The words of a question that none of the notes found speaks of."""
    # "limitations" of "What are the limitations of RL?" is no word that a note must have.
    asked = set(slug(question.subject).split("-")) if question.subject else None
    return [word for word, pull in found.lacking if pull > _SAYS and (asked is None or word in asked)]


def missing(question: Question, found: Found, coverage: Coverage, scope: Scope) -> str:
    """What the notes lack, in a sentence."""
    if scope.is_narrow and scope.is_empty:
        return f"No note is in this scope: {scope.within}."
    if coverage == "silent":
        return f"A note that speaks of this would be needed: {question.text}" if question.text else ""
    named = lacking(question, found)
    if coverage != "near":  # of what is answered a word that other notes use is none that these lack
        named = [word for word in named if word in found.unused]
    words = " or ".join(f"“{word}”" for word in named[:_LACKING])
    if coverage != "near":
        return f"No note uses {words}." if words else ""
    return f"These notes do not speak of {words}." if words else _NEAREST

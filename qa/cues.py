"""Cues of what a claim does for an answer: explains, limits, advises, concludes."""

import re

from kb.claim import Role
from qa.evidence import Piece
from qa.word_support import content

LIMITS: tuple[Role, ...] = ("caveat", "condition")
"""Roles of what limits something."""
CONCLUDES = re.compile(
    r"^(?:But |So |And )?(?:in short|in sum|taken together|on balance|all in all|overall,|to sum up|the (?:\w+ )?(?:summary|answer|upshot|conclusion|synthesis"
    r"|lesson|reconciliation|reading|picture|short version) is\b|what (?:follows|this adds up to|emerges) is\b)",
    re.I,
)  # "Taken together, these notes say ..."
_ADVISES = re.compile(
    r"\b(?:(?<!that )(?<!which )should|ought to|recommend\w*|advis\w+|suggests? (?:using|that)|best (?:practice|way)|need to|must|avoid|instead of|rather than|better to|it helps to|works best)\b",
    re.I,
)  # "Start from problems of medium difficulty."


def stems(text: str) -> set[str]:
    """The stems of a text's words that say something."""
    return {word.stem for word in content(text)}


def initials(option: str) -> set[str]:
    """What an option of several words is called for short: "operational transform" is OT."""
    words = re.findall(r"[A-Za-z]+", option)
    return stems("".join(word[0] for word in words).upper()) if 2 <= len(words) <= 5 else set()


def is_limit(piece: Piece) -> bool:
    """Whether a claim limits something, as its author states."""
    return piece.claim.role in LIMITS


def is_advice(piece: Piece) -> bool:
    """Whether a claim says what to do."""
    return piece.claim.role != "method" and bool(_ADVISES.search(piece.shown))

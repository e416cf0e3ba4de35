"""Cues of what a claim does for an answer: defines, explains, limits, advises, concludes."""

import re

from qa.evidence import Piece
from qa.likeness import content

CONCLUDES = re.compile(
    r"^(?:But |So |And )?(?:in short|in sum|taken together|on balance|all in all|overall,|to sum up|the (?:\w+ )?(?:summary|answer|upshot|conclusion|synthesis"
    r"|lesson|reconciliation|reading|picture|short version) is\b|what (?:follows|this adds up to|emerges) is\b)",
    re.I,
)  # "Taken together, these notes say ..."
_COPULA = re.compile(
    r"^(?!(?:whether|if|when|how|what|why|that|where|as|while|since)\b)(?P<subject>[^.;:?!]{2,90}?)(?: \([^)]{1,60}\))?,? (?:refers? to|means?|denotes?|describes?|stands? for"
    r"|(?:is|are|can be) (?:(?:just|simply|basically|essentially|usually|often) )*(?:an?|the|when|where|what|one|any|defined|understood|seen|thought of|about|how)|happens when|occurs when)\b",
    re.I,
)  # "A CRDT (conflict-free replicated data type) is a data structure that ..."
_DASHED = re.compile(
    r"^(?P<subject>[^.;:?!]{2,60}?)\s*(?:[:—–→]| - )\s*\w"
)  # "Grokking: generalisation long after overfitting"
_ADVISES = re.compile(
    r"\b(?:should|ought to|recommend\w*|advis\w+|suggests? (?:using|that)|best (?:practice|way)|need to|must|avoid|instead of|rather than|better to|it helps to|works best)\b",
    re.I,
)  # "Start from problems of medium difficulty."


def stems(text: str) -> set[str]:
    """The stems of a text's words that say something."""
    return {word.stem for word in content(text)}


def defines(text: str, subject: set[str]) -> bool:
    """Whether a sentence says what the subject is: its own subject has all of the words, and beside a verb one more at most."""
    for pattern, besides in ((_COPULA, 1), (_DASHED, 0)):
        if subject and (match := pattern.match(text)):
            words = stems(match["subject"])
            if subject <= words and len(words - subject) <= besides:
                return True
    return False


def is_explanation(piece: Piece) -> bool:
    """Whether a claim explains something (a mechanism)."""
    return piece.claim.role == "mechanism"


def is_limit(piece: Piece) -> bool:
    """Whether a claim limits something, as its author states (a caveat or a condition)."""
    return piece.claim.role in ("caveat", "condition")


def is_advice(piece: Piece) -> bool:
    """Whether a claim says what to do."""
    return piece.claim.role != "method" and bool(_ADVISES.search(piece.shown))

"""Cues of what a claim does for an answer: defines, explains, limits, advises, concludes."""

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
_COPULA = re.compile(
    r"^(?!(?:whether|if|when|how|what|why|that|where|as|while|since)\b)(?P<subject>[^.;:?!]{2,90}?)(?: \([^)]{1,60}\))?,? (?:refers? to|means?|denotes?|describes?|measures?|quantif(?:y|ies)|stands? for"
    r"|(?:is|are|can be) (?:(?:just|simply|basically|essentially|usually|often|less(?: so)?|not (?:just|only)) )*(?:an?|the|when|where|what|one|any|defined|understood|seen|thought of|about|how)|happens when|occurs when)\b",
    re.I,
)  # "A CRDT (conflict-free replicated data type) is a data structure that ..."
_DASHED = re.compile(
    r"^(?P<subject>[^.;:?!]{2,60}?)\s*(?:[:—–→]| - )\s*\w"
)  # "Grokking: generalisation long after overfitting"
_APPOSED = re.compile(
    r"\W{0,3}(?: \([^)]{1,40}\))?\W{0,2}(?:[—–] ?\w|, (?:i\.e\.|that is|meaning|which (?:is|means|refers))\b|(?:,? (?:is |are |was |were )?| [\w ,]{3,60}, )(?:defined|understood|conceived|conceptuali[sz]ed) as\b"
    r"|,? (?:the (?:idea|notion|view|claim|tendency|practice|process|phenomenon) (?:that|of)|or how)\b)",
    re.I,
)  # "what they call X (CLSB) — networks that ..."; "X as a new dimension, defined as ..."
_ADVISES = re.compile(
    r"\b(?:(?<!that )(?<!which )should|ought to|recommend\w*|advis\w+|suggests? (?:using|that)|best (?:practice|way)|need to|must|avoid|instead of|rather than|better to|it helps to|works best)\b",
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


def defines_within(text: str, subject: str) -> bool:
    """Whether a sentence on something else says in passing what the subject is, in the subject's own words."""
    name = r"[\W_]+".join(re.findall(r"\w+", subject))
    found = re.finditer(rf"\b{name}(?:e?s)?", text, re.I) if name else ()
    return any(_APPOSED.match(text, match.end()) for match in found)


def initials(option: str) -> set[str]:
    """What an option of several words is called for short: "operational transform" is OT."""
    words = re.findall(r"[A-Za-z]+", option)
    return stems("".join(word[0] for word in words).upper()) if 2 <= len(words) <= 5 else set()


def is_explanation(piece: Piece) -> bool:
    """Whether a claim explains something (a mechanism)."""
    return piece.claim.role == "mechanism"


def is_limit(piece: Piece) -> bool:
    """Whether a claim limits something, as its author states."""
    return piece.claim.role in LIMITS


def is_advice(piece: Piece) -> bool:
    """Whether a claim says what to do."""
    return piece.claim.role != "method" and bool(_ADVISES.search(piece.shown))

"""Cues of what a claim does for an answer: defines, explains, limits, advises, concludes."""

import re

from kb.language.closed_class import DETERMINERS
from kb.language.stems import stem
from qa.evidence import Piece

CONCLUDES = re.compile(
    r"^(?:But |So |And )?(?:in short|in sum|taken together|on balance|all in all|overall,|to sum up|the (?:\w+ )?(?:summary|answer|upshot|conclusion|synthesis"
    r"|lesson|reconciliation|reading|picture|short version) is\b|what (?:follows|this adds up to|emerges) is\b)",
    re.I,
)  # "Taken together, these notes say ..."
_COPULA = re.compile(
    r"^(?P<subject>[^.;:?!]{2,90}?)(?: \([^)]{1,60}\))?,? (?:is|are|refers? to|means?|denotes?|describes?|stands? for|can be (?:seen|understood|defined|thought of) as"
    r"|(?:is|are) defined as|is when|happens when|occurs when)\b",
    re.I,
)  # "A CRDT (conflict-free replicated data type) is a data structure that ..."
_DASHED = re.compile(
    r"^(?P<subject>[^.;:?!]{2,60}?)\s*(?:[:—–→]| - )\s*\w"
)  # "Grokking: generalisation long after overfitting"
_WORD = re.compile(r"[^\W_]+")
_EXPLAINS = re.compile(
    r"\b(?:because|due to|owing to|the reasons?\b|the mechanism|explain(?:s|ed)?|arises? from|stems? from|driven by|caused? by|causes?|leads? to|led to|results? (?:in|from)"
    r"|through|thereby|by (?:\w+ )?\w+ing|since|so that|makes? (?:it|them|people|models)|allow(?:s|ing)?|enabl(?:es|ing)|attribut\w+ to|accounts? for|comes? from|as a consequence)\b",
    re.I,
)  # "Entropy falls because the reward sharpens the policy."
_LIMITS = re.compile(
    r"\b(?:limitations?\b|limits\b|limited (?:to|by|in)\b|caveats?|only (?:when|if|where|for|under|in|on)|unless|except|does(?:n['’]t| not) (?:generali[sz]e|transfer|hold|apply|scale)|fails? (?:to|when|on|at|in)\b"
    r"|breaks? down|cannot\b|can['’]t\b|weakness(?:es)?|drawbacks?|shortcomings?|downsides?|(?:the|a|one|main|big(?:gest)?) problems? (?:with|is|are)|violated|unable to|at the (?:cost|expense) of|remains? (?:unclear|open|unresolved)"
    r"|depends? (?:heavily )?on|prone to|hallucinat\w+|underestimat\w+|overestimat\w+|biased?|vulnerab\w+|not (?:account|captur|address|consider)\w*)",
    re.I,
)  # "It fails when the student is weak."
_ADVISES = re.compile(
    r"\b(?:should|ought to|recommend\w*|advis\w+|suggests? (?:using|that)|best (?:practice|way)|need to|must|avoid|instead of|rather than|better to|it helps to|works best)\b",
    re.I,
)  # "Start from problems of medium difficulty."


def stems(text: str) -> set[str]:
    """The stems of a text's words."""
    return {stem(word) for word in _WORD.findall(text.casefold())}


def defines(text: str, subject: set[str]) -> bool:
    """Whether a sentence says what the subject is: its own subject has all of the words, and few besides."""
    for pattern in (_COPULA, _DASHED):
        if match := pattern.match(text):
            words = stems(match["subject"]) - DETERMINERS
            if subject and subject <= words and len(words - subject) <= 2:
                return True
    return False


def is_explanation(piece: Piece) -> bool:
    """Whether a claim explains something."""
    return piece.claim.role == "mechanism" or (piece.claim.role != "method" and bool(_EXPLAINS.search(piece.shown)))


def is_limit(piece: Piece) -> bool:
    """Whether a claim limits something, as its author states."""
    return piece.claim.role in ("caveat", "condition")


def sounds_limiting(piece: Piece) -> bool:
    """Whether it states a limit, by its place or its words; a condition alone ("if agents are averse") is none."""
    return piece.claim.role == "caveat" or (piece.claim.role != "method" and bool(_LIMITS.search(piece.shown)))


def is_advice(piece: Piece) -> bool:
    """Whether a claim says what to do."""
    return piece.claim.role != "method" and bool(_ADVISES.search(piece.shown))

"""Confidence in the endpoints of a link: how sure it is that the sentences chosen are those that the author means.

Nearness does not tell a good choice from a bad one: what does is whether the two sentences take up one another's words, and
whether the author's sentence has a place for what was chosen.
"""

import re
from collections.abc import Sequence

from kb.language.stems import stem

SURE = 0.8
"""From here on two sentences are quoted as pulling apart; below it only the notes are known to."""
SPOKEN = 1.0
"""Both sides stand in the author's own sentences, and nothing was chosen."""
UNSURE = 0.5
_FITS, _LIKELY = 0.95, 0.9
"""In both halves of the labels a fitting choice is right 19 times in 20 or more. Another is right about as often as
not: too seldom to be quoted."""
_FAR = 0.2
"""The cosines of a finding to the opposing sentence and to what the named notes say, together: below this it is only
what the note happens to find first."""
_NAMED = 2
"""Words of a claim that the author's own must hold, where the two claims share none."""
_WORD = re.compile(r"[a-z]{4,}|\d+(?:\.\d+)?")
_EVERYWHERE = frozenset(
    "that this with from were have been than they their which these those also more most when where while about after before "
    "between both such into over under model models language trained training data task tasks".split()
)
_LINK = re.compile(r"\[\[[^\]|]*(?:\|([^\]]*))?\]\]|\[([^\]]*)\]\([^)]*\)")
SOURCE = re.compile(
    r"^\W*(?:(?:moreover|further(?:more)?|also|but|yet|still|however|though|and|nor)\W+)?$"
    r"|[:;,]\W*$|\b(?:that|as|as in|if|yet|but|while|whereas|where|since|because|although|according to)\W*$",
    re.I,
)
"""Before a link: it is named as who says the statement, not as the object of the sentence's own verb."""
_BARE = re.compile(
    r"^\W*th(?:e|is|at) (?:claim|finding|result|conclusion|theorem|bound|effect|account)\W+"
    r"(?:conflicts?|contradicts?|disputes?|breaks? down|no longer|does(?: not|n[’']t) (?:hold|fit)|fails?|runs?|sits?|is at odds)\b",
    re.I,
)
"""What the note as a whole finds is named, and nothing more of it."""
_BELONGS = re.compile(
    r"\b(?:explanation|account|reading|claim|view|prediction|argument|result|finding)s? (?:of|in|by)\W*$", re.I
)
"""What is disputed is what the other note says."""
_POINTS = re.compile(r"^\W*(?:it|this|that|they|these|those|he|she|(?:the|these) (?:two|three|latter|former))\b", re.I)
"""What it speaks of stands in the sentence before it."""


def telling(text: str) -> set[str]:
    """The stems of the words by which one sentence takes up another."""
    return {stem(word) for word in _WORD.findall(text.lower()) if word not in _EVERYWHERE}


def of_link(a: str, b: str, guides: Sequence[str], *, findings: bool) -> float:
    """Of two claims chosen for a link between their notes, where `guides` are the sentences in which one note names the other:
    both must be findings, and speak of one thing by name, or the author's own words name what one of them says."""
    if not findings or _POINTS.search(a) or _POINTS.search(b):
        return UNSURE
    said = telling(_named(a)), telling(_named(b))
    named = max((len(telling(_named(guide)) & side) for guide in guides for side in said), default=0)
    if said[0] & said[1]:
        return _FITS if named else _LIKELY if not guides else UNSURE
    return _LIKELY if named >= _NAMED else UNSURE


def of_finding(sentence: str, finding: str, nearness: float) -> float:
    """Of a note's own finding, chosen because a sentence of the note names somebody who opposes it."""
    if _BARE.search(sentence):
        return _FITS
    if nearness < _FAR or _POINTS.search(sentence):
        return UNSURE
    link = _LINK.search(sentence)
    before = sentence[: link.start()] if link else ""
    if _BELONGS.search(before):
        return UNSURE
    # Who is named as a source speaks to the whole finding; else the sentence may speak of any part of it.
    return _FITS if SOURCE.search(before) else UNSURE


def _named(text: str) -> str:
    """A sentence without the names of the files that it links to."""
    return _LINK.sub(lambda link: link[1] or link[2] or " ", text)

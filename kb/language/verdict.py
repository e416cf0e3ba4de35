"""The one door of meaning: what a claim says of a sentence - agrees, denies, limits, or unrelated.

Exact guards speak first, and in words: a sentence that stands in the claim, and one on the same things with a negation, an
antonym, its sides, a number or a quantifier changed. All else is asked of the judge; without one, the guards alone answer.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from kb.errors import Unavailable
from kb.language.alignment import Alignment
from kb.language.diff import Difference, difference
from kb.language.judge import LABELS, Judge, Opinion, Pair

Label = Literal["agrees", "denies", "limits", "unrelated"]
SURELY_AGREES, SURELY_DENIES = 0.9, 0.85
"""How likely a claim must agree with a sentence to say the same, and deny or limit it to be told: a false alarm costs more than a miss."""
PARAPHRASE = 0.62
"""Cosine from which a claim speaks of what a sentence speaks of: of 19 pairs in the sample vault 14 were on the very matter, below of
every other one."""
NEARLY_ITS_WORDS = 0.85
"""The same where no guard spoke for a denial: further off, the judge takes "stayed as it was" to deny "did not change"."""
_SURE = 0.97
"""What a guard's word is worth: more than a model's, less than an author's."""
_BETWEEN = re.compile(r"(?<=[.!?])\s+")  # "It rose. It fell." -> It rose., It fell.
_ENDS = re.compile(r"^\W+|\W+$")  # "“It rose.”" -> It rose


class Verdict(NamedTuple):
    """What a claim says of a sentence."""

    label: Label
    probability: float
    words: str = ""
    """Why, where a guard spoke; a model gives no reasons."""
    denies: float = 0.0
    """How likely it is denied, whatever the label."""
    agrees: float = 0.0
    limits: float = 0.0


def verdicts(pairs: Sequence[Pair], judge: Judge | None) -> list[Verdict]:
    """One for each claim and sentence; what the guards decide the judge is not asked."""
    exact = [guarded(claim, sentence) for claim, sentence in pairs]
    open_ = [pair for pair, found in zip(pairs, exact, strict=True) if found is None]
    opinions = iter(_asked(judge, open_) if judge and open_ else [])
    return [found or _of(next(opinions, None), *pair) for pair, found in zip(pairs, exact, strict=True)]


def _asked(judge: Judge, pairs: Sequence[Pair]) -> Sequence[Opinion]:
    """What the judge says; nothing where it cannot be read, which stops no answer."""
    try:
        return judge.opinions(pairs)
    except Unavailable:
        return ()


def guarded(claim: str, sentence: str) -> Verdict | None:
    """What can be told exactly, if anything."""
    said = _folded(sentence)
    if said and said in {_folded(each) for each in (claim, claim.partition(", which ")[0], *_BETWEEN.split(claim))}:
        return Verdict("agrees", 1.0, "it stands there", agrees=1.0)
    found = difference(claim, sentence)
    if found is None:
        return None
    if found.kind == "quantifier":
        return Verdict("limits", _SURE, _told(found), limits=_SURE)
    return Verdict("denies", _SURE, _told(found), denies=_SURE)


def _told(found: Difference) -> str:
    if found.kind == "exchange":
        return f"“{found.said}” and “{found.claimed}” have changed places"
    if not found.claimed:
        return f"“{found.said}” goes further"
    verb = "goes further than" if found.kind == "quantifier" else "against"
    return f"“{found.said}” {verb} “{found.claimed}”"


def _of(opinion: Opinion | None, claim: str, sentence: str) -> Verdict:
    """What the judge says; of a sentence in the claim's words alone, where no guard found a difference, it is not believed to be denied."""
    if opinion is None:
        return Verdict("unrelated", 0.0)
    if opinion.denies >= max(opinion) and not Alignment(claim, sentence).lacking:
        opinion = opinion._replace(denies=0.0)
    best = max(range(len(LABELS)), key=opinion.__getitem__)
    label: Label = LABELS[best]  # type: ignore[assignment]
    return Verdict(label, opinion[best], "", opinion.denies, opinion.agrees, opinion.limits)


def _folded(text: str) -> str:
    return _ENDS.sub("", " ".join(text.casefold().split()))

"""Near-copies compared word by word: a negation put in or taken out, an antonym, another number, a wider quantifier.

Who copies so much means what the claim means, and the little that differs is easy to compare; freer wording is the judge's.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from kb.language.closed_class import AUXILIARIES, DEGREES, PARTIALS, UNIVERSALS, are_antonyms, is_negator
from kb.language.stems import stem

UNIVERSAL_STEMS, PARTIAL_STEMS = frozenset(map(stem, UNIVERSALS)), frozenset(map(stem, PARTIALS))
COPIED = 0.75
"""The share of a sentence's words that must stand in the claim, in its order."""
_LEAST, _MOST = 5, 200
"""Words of a sentence that is compared."""
_GAP = 5
"""Words between two stretches in common, beyond which another thing is said there."""
_TOKEN = re.compile(r"[^\W_][\w.,’'@%-]*[\w%]|[^\W_]")  # "GPT-4's 73.6% don't" -> GPT-4's, 73.6%, don't
_NUMBER = re.compile(r"\d[\d.,]*%?")  # "73.6%" -> 73.6%


class Difference(NamedTuple):
    """What was changed in a near-copy so that it says something else."""

    kind: Literal["negation", "antonym", "number", "quantifier"]
    said: str
    """As the sentence has it."""
    claimed: str
    """As the claim has it."""


def difference(claim: str, sentence: str) -> Difference | None:
    """How a near-copy departs from its claim; nothing where it is no copy, or says the same."""
    mine, theirs = _words(sentence), _words(claim)
    if not _LEAST <= len(mine) <= _MOST or len({*mine} & {*theirs}) < COPIED * len({*mine}) - 2:
        return None
    steps = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    if sum(i2 - i1 for step, i1, i2, _, _ in steps if step == "equal") < COPIED * len(mine):
        return None
    return _of(mine, theirs, [each[1:] for each in steps if each[0] != "equal"])


def _of(mine: Sequence[str], theirs: Sequence[str], changes: Sequence[tuple[int, int, int, int]]) -> Difference | None:
    """The one change there is: with two, one may undo the other ("women less often than men")."""
    inner = [each for each in changes if not (each[0] == each[1] and each[0] in (0, len(mine)))]
    if len(inner) != 1:
        return None
    i1, i2, j1, j2 = inner[0]
    put, taken = mine[i1:i2], theirs[j1:j2]
    if max(len(put), len(taken)) > _GAP:
        return None
    denied = sum(map(is_negator, put)) % 2 != sum(map(is_negator, taken)) % 2
    if denied and _left(put) == _left(taken):
        said, claimed = mine[max(0, i1 - 1) : i2 + 1], theirs[max(0, j1 - 1) : j2 + 1]
        return Difference("negation", " ".join(said), " ".join(claimed))
    if denied:
        return None  # "no different" for "the same"
    if pair := next(((a, b) for a in put for b in taken if are_antonyms(a, b)), None):
        return Difference("antonym", *pair)
    if len(put) == len(taken) and (numbers := _other_number(put, taken)):
        return Difference("number", *numbers)
    wider = next((word for word in put if word in UNIVERSALS), "")
    if wider and not UNIVERSALS & {*taken} and _left(put) - UNIVERSAL_STEMS == _left(taken) - PARTIAL_STEMS:
        return Difference("quantifier", wider, next((word for word in taken if word in PARTIALS), ""))
    return None


def _left(words: Sequence[str]) -> set[str]:
    """What a stretch says besides its negation and how much of it: "does hardly raise" is "strongly raises" then."""
    return {stem(word) for word in words if not is_negator(word) and word not in AUXILIARIES | DEGREES}


def _other_number(put: Sequence[str], taken: Sequence[str]) -> tuple[str, str] | None:
    pairs = [(a, b) for a, b in zip(put, taken, strict=True) if _NUMBER.fullmatch(a) and _NUMBER.fullmatch(b)]
    return next(((a, b) for a, b in pairs if _value(a) != _value(b)), None)


def _value(number: str) -> float | str:
    digits = re.sub(r"[^\d.]", "", number).strip(".")
    return digits if digits.count(".") > 1 else float(digits)  # "1.2.4" names a version


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _TOKEN.findall(text)]

"""How a sentence differs from the claim that it is about, told exactly: a negation put in or taken out, an antonym, sides
exchanged, a wider quantifier, another number.

Both must speak of the same things in the same words, by their stems; freer wording is the judge's. Two turns in one clause may
undo each other ("women less often than men" for "men more often than women"), and so say nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from math import isclose
from typing import Literal, NamedTuple

from kb.language.alignment import Alignment, Pair, crossing
from kb.language.clauses import COMPARATIVES, LIGHT, SUBORDINATORS, Clauses, Word
from kb.language.closed_class import NEGATORS, PARTIALS, UNIVERSALS, are_antonyms
from kb.language.exchange import exchanged_sides

Kind = Literal["negation", "antonym", "exchange", "number", "quantifier"]

COVERED = 2 / 3
"""The share of a sentence's content words that must stand in the claim for the rest to be compared."""
_LEAST, _MOST = 3, 200
"""Content words of a sentence that is compared."""
_TURNS = frozenset("until unless only except neither".split())
"""Words that turn a clause in ways that are not counted here."""
_CONTRASTS = frozenset("than whereas while latter former as".split())
_COMPARING = COMPARATIVES | {"than", "as"}
_TOGETHER = 0.6
"""The share of a clause's words that must stand in one clause of the claim."""
_ROUNDED, _ROUGHLY = 0.06, 0.12
"""How far a number may be from the one it rounds, and with "about" before it."""
_BESIDE = 3
"""Words from a number in which what it counts is named."""
_NUMBER = re.compile(r"\d[\d.,]*%?")  # "73.6%" -> 73.6%


class Difference(NamedTuple):
    """What was changed so that a sentence says something else than the claim."""

    kind: Kind
    said: str
    """As the sentence has it."""
    claimed: str
    """As the claim has it; empty where only the sentence says it."""


def difference(claim: str, sentence: str) -> Difference | None:
    """How a sentence departs from a claim on the same things; nothing where it is on other things, or says the same."""
    aligned = Alignment(claim, sentence)
    if not _LEAST <= len(aligned.sentence.words) <= _MOST or len(aligned.pairs) < 2 or aligned.coverage < COVERED:
        return None
    return next(filter(None, (rule(aligned) for rule in RULES)), None)


def turned(aligned: Alignment) -> Difference | None:
    """A clause that is denied in one of the two and not in the other, or has an antonym."""
    found = [(clause, turn) for clause in _clauses(aligned) for turn in [_turn(aligned, clause)] if turn]
    subordinate = {_opener(aligned.sentence, clause) in SUBORDINATORS for clause, _ in found}
    if len(subordinate) > 1:
        return None  # "who did not ..., had less": one for the other
    told = [turn for _, turn in found if isinstance(turn, Difference)]
    return told[0] if told else None


def _turn(aligned: Alignment, clause: int) -> Difference | bool:
    """The one turn of a clause; True where there are several, or one that cannot be told."""
    pairs = [each for each in aligned.pairs if each[0].clause == clause]
    opposed = [each for each in aligned.opposed if each[0].clause == clause]
    turns: list[Difference | None] = []
    if any(mine.denied != theirs.denied for mine, theirs in pairs):
        turns.append(_negation(aligned, pairs))
    turns += [
        Difference("antonym", mine.text, theirs.text) if mine.denied == theirs.denied or not pairs else None
        for mine, theirs in opposed
    ]
    turns += [Difference("antonym", *each) for each in _light_antonyms(aligned, pairs)]
    if not turns:
        return False
    if len(turns) > 1 or turns[0] is None or _is_unclear(aligned):
        return True
    if turns[0].kind == "antonym":
        compares = "than" in aligned.sentence.tokens, "than" in aligned.claim.tokens
        if compares[0] != compares[1] or not aligned.is_ordered or (all(compares) and not aligned.is_in_order):
            return True
    return turns[0]


def _is_unclear(aligned: Alignment) -> bool:
    """Whether one of the two is turned by what is not counted: "not ... until", "only"."""
    around = {clause + by for clause in aligned.claim_clauses for by in (0, 1)}
    turns = _TURNS & ({*aligned.sentence.tokens} ^ aligned.claim.tokens_in(around))
    return bool(turns - ({"only"} if aligned.opposed else set()))


def _negation(aligned: Alignment, pairs: list[Pair]) -> Difference | None:
    """A clause whose every word stands denied in one of the two, the very word that is denied among them."""
    if aligned.opposed or not all(mine.denied != theirs.denied for mine, theirs in pairs):
        return None
    said = aligned.sentence.tokens_in({mine.clause for mine, _ in pairs})
    claimed = aligned.claim.tokens_in({theirs.clause for _, theirs in pairs})
    lacking = any(word.clause == pairs[0][0].clause for word in aligned.lacking)
    there, taken = ({getattr(theirs, name) for _, theirs in pairs} for name in ("clause", "at"))
    if lacking and any(word.clause in there and word.at not in taken for word in aligned.claim.words):
        return None
    if _COMPARING & (said ^ claimed) or (aligned.sentence.is_partial and not UNIVERSALS & claimed):
        return None
    apart = aligned.sentence.negations({*aligned.sentence.clause_of}) - aligned.claim.negations(aligned.claim_clauses)
    if not aligned.is_ordered and (apart % 2 == 0 or crossing(pairs)):
        return None
    for mine, theirs in pairs:
        is_of_clause = sum(other.clause == theirs.clause for _, other in pairs) >= _TOGETHER * len(pairs)
        if (mine.is_head or theirs.is_head) and "part" not in (mine.scope, theirs.scope) and is_of_clause:
            if aligned.claim.is_partial and not UNIVERSALS & said:
                return Difference("quantifier", mine.text, f"not always {theirs.text}")
            return Difference("negation", _with_negation(mine), _with_negation(theirs))
    return None


def _with_negation(word: Word) -> str:
    return f"not {word.text}" if word.denied else word.text


def _light_antonyms(aligned: Alignment, pairs: list[Pair]) -> list[tuple[str, str]]:
    """ "more faithful" for "less faithful"; "before" for "after"."""
    degrees = [(mine.degree, theirs.degree) for mine, theirs in pairs if are_antonyms(mine.degree, theirs.degree)]
    if degrees or not pairs:
        return degrees[:1]
    mine = aligned.sentence.tokens_in({each.clause for each, _ in pairs})
    theirs = aligned.claim.tokens_in({each.clause for _, each in pairs})
    return [
        (a, b)
        for a in sorted(mine - theirs - NEGATORS)
        for b in sorted(theirs - mine - NEGATORS)
        if (a in LIGHT or b in LIGHT) and are_antonyms(a, b)
    ][:1]


def _clauses(aligned: Alignment) -> Iterator[int]:
    """The clauses of the sentence that the claim has nearly whole."""
    is_whole = len(aligned.lacking) <= 1
    for clause in sorted({word.clause for word in aligned.sentence.words}):
        held = sum(mine.clause == clause for mine, _ in aligned.pairs)
        lacking = sum(word.clause == clause for word in aligned.lacking)
        if lacking <= held // 3 and (held >= 2 or is_whole):
            yield clause


def _opener(text: Clauses, clause: int) -> str:
    return text.tokens[text.clause_of.index(clause)]


def excluded(aligned: Alignment) -> Difference | None:
    """What the claim leaves out ("A, not B"; "A does; B does not"), said of it all the same."""
    leaves_out = any(word.scope == "part" for word in aligned.sentence.words)
    if aligned.opposed or (not leaves_out and _CONTRASTS & {*aligned.sentence.tokens}):
        return None
    asserted = {word.stem for word in aligned.sentence.words if not word.denied}
    once = Counter(word.stem for word in aligned.claim.words)
    for mine, theirs in aligned.pairs:
        if mine.denied or not theirs.denied or theirs.scope not in ("part", "elided"):
            continue
        left_out = [word for word in aligned.claim.words if word.clause == theirs.clause and word.scope == theirs.scope]
        own = {word.stem for word in left_out if once[word.stem] == 1}
        whole = own <= asserted and (leaves_out or aligned.is_ordered)
        if own & asserted and left_out[-1].stem in asserted and (whole or theirs.scope == "elided"):
            return Difference("negation", theirs.text, f"not {theirs.text}")
    return None


def exchanged(aligned: Alignment) -> Difference | None:
    """Two sides that have changed places."""
    sides = exchanged_sides(aligned)
    return Difference("exchange", *sides) if sides else None


def wider(aligned: Alignment) -> Difference | None:
    """A quantifier that leaves nothing out, where the claim has none: "always" for "often", "every" for "the"."""
    mine, theirs = {*aligned.sentence.tokens}, {*aligned.claim.tokens}
    if UNIVERSALS & theirs or NEGATORS & mine or not aligned.is_ordered or aligned.opposed:
        return None
    said = next((token for token in aligned.sentence.tokens if token in UNIVERSALS), None)
    less = next((token for token in aligned.claim.tokens if token in PARTIALS), "")
    return Difference("quantifier", said, less) if said else None


def hedge_dropped(aligned: Alignment) -> Difference | None:
    """A flat statement of what the claim says only of some, or holds possible: "outperforms" for "can outperform"."""
    is_same = len(aligned.lacking) <= 1 and aligned.is_ordered and not aligned.opposed
    if not is_same or (PARTIALS | NEGATORS) & {*aligned.sentence.tokens}:
        return None
    for mine, theirs in aligned.pairs:
        hedge = aligned.claim.tokens[theirs.at - 1] if theirs.at else ""
        if hedge in PARTIALS and not theirs.text[0].isdigit():
            return Difference("quantifier", mine.text, f"{hedge} {theirs.text}")
    return None


def other_number(aligned: Alignment) -> Difference | None:
    """Another number of the same things."""
    wrong = [word for word in aligned.lacking if _NUMBER.fullmatch(word.text)]
    is_denied = any(mine.denied != theirs.denied for mine, theirs in aligned.pairs)
    if len(wrong) != 1 or len(aligned.lacking) > 2 or is_denied:
        return None
    taken = {theirs.at for _, theirs in aligned.pairs}
    theirs = [word for word in aligned.claim.words if word.at not in taken and _NUMBER.fullmatch(word.text)]
    is_rough = wrong[0].at > 0 and aligned.sentence.tokens[wrong[0].at - 1] in PARTIALS
    apart = _ROUGHLY if is_rough else _ROUNDED
    if any(_is_near(wrong[0].text, other.text, apart) for other in theirs):
        return None
    other = next((other for other in theirs if _is_of_one_thing(aligned, wrong[0], other)), None)
    return Difference("number", wrong[0].text, other.text) if other else None


def _is_of_one_thing(aligned: Alignment, mine: Word, theirs: Word) -> bool:
    near = [
        {word.stem for word in text.words if 0 < abs(word.at - number.at) <= _BESIDE}
        for text, number in ((aligned.sentence, mine), (aligned.claim, theirs))
    ]
    return mine.text.endswith("%") == theirs.text.endswith("%") and bool(near[0] & near[1])


def _is_near(said: str, claimed: str, apart: float) -> bool:
    mine, theirs = (re.sub(r"[^\d.]", "", each).strip(".") for each in (said, claimed))
    if max(mine.count("."), theirs.count(".")) > 1:
        return mine == theirs  # "1.2.4" names a version
    return isclose(float(mine), float(theirs), rel_tol=apart)


RULES: tuple[Callable[[Alignment], Difference | None], ...] = (
    turned,
    excluded,
    exchanged,
    other_number,
    wider,
    hedge_dropped,
)
"""Each is asked in turn; the first that finds something is heard."""

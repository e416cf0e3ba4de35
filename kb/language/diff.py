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
from kb.language.clauses import LIGHT, NUMBER, SUBORDINATORS, Word
from kb.language.closed_class import NEGATORS, PARTIALS, UNIVERSALS, are_antonyms
from kb.language.exchange import exchanged_sides

Kind = Literal["negation", "antonym", "exchange", "number", "quantifier"]

COVERED = 3 / 5
"""The share of a sentence's content words that must stand in the claim for the rest to be compared."""
_LEAST, _MOST, _LONGEST = 3, 200, 600
"""Content words of a sentence that is compared; and words of any kind, beyond which a text is not taken apart."""
_TURNS = frozenset("until unless only except neither".split())
"""Words that turn a clause in ways that are not counted here."""
_CONTRASTS = frozenset("than whereas while latter former as".split())
_COMPARING = frozenset("more less fewer than as".split())
_TOGETHER = 0.6
"""The share of a clause's words that must stand in one clause of the claim."""
# "works as well as", "the same loss", not "twice as often as"
_ALIKE = re.compile(
    r"(?<!twice )(?<!times )(?<!half )\b(?:as (?!long|soon|far)\w+ as|the same|similar|equally|alike)\b"
)
_NEARLY = 0.75
"""The share of the words that must be the claim's for a comparison to be the same one."""
_WEAK = frozenset("hardly barely rarely seldom scarcely".split())
"""Negators that leave something."""
_ROUGHLY, _ROUNDED = 0.12, 0.05
"""How far a number with "about" before it may be from another."""
_BESIDE = 3
"""Words from a number in which what it counts is named."""


class Difference(NamedTuple):
    """What was changed so that a sentence says something else than the claim."""

    kind: Kind
    said: str
    """As the sentence has it."""
    claimed: str
    """As the claim has it; empty where only the sentence says it."""


def difference(claim: str, sentence: str) -> Difference | None:
    """How a sentence departs from a claim on the same things; nothing where it is on other things, or says the same."""
    if max(claim.count(" "), sentence.count(" ")) > _LONGEST:
        return None
    aligned = Alignment(claim, sentence)
    if not _LEAST <= len(aligned.sentence.words) <= _MOST or len(aligned.pairs) < 2 or aligned.coverage < COVERED:
        return None
    return next(filter(None, (rule(aligned) for rule in RULES)), None)


def negated_or_opposite(aligned: Alignment) -> Difference | None:
    """A clause that is denied in one of the two and not in the other, or has an antonym."""
    found = [(clause, turn) for clause in _clauses(aligned) for turn in [_turn(aligned, clause)] if turn]
    said = aligned.sentence
    subordinate = {said.tokens[said.clause_of.index(clause)] in SUBORDINATORS for clause, _ in found}
    if len(subordinate) > 1:
        return None  # "who did not ..., had less": one for the other
    return next((turn for _, turn in found if isinstance(turn, Difference)), None)


def _turn(aligned: Alignment, clause: int) -> Difference | bool:
    """The one turn of a clause; True where there are several, or one that cannot be told."""
    pairs = [each for each in aligned.pairs if each[0].clause == clause]
    opposed = [each for each in aligned.opposed if each[0].clause == clause]
    turns: list[Difference | None] = []
    if any(mine.denied != theirs.denied for mine, theirs in pairs):
        turns.append(_negation(aligned, pairs))
    turns += [
        Difference("antonym", mine.text, theirs.text) if mine.denied == theirs.denied else None
        for mine, theirs in opposed
    ]
    turns += [Difference("antonym", *each) for each in _light_antonyms(aligned, pairs)]
    if not turns:
        return False
    if len(turns) > 1 or turns[0] is None:
        return True
    if len(pairs) < 2 and any(word.clause == clause for word in aligned.lacking):
        return True  # "with unsolvable cases removed"
    if turns[0].kind == "antonym":
        compares = "than" in aligned.sentence.tokens, "than" in aligned.claim.tokens
        if compares[0] != compares[1] or not aligned.is_ordered or (all(compares) and not aligned.is_in_order):
            return True
    return turns[0]


def _is_unclear(aligned: Alignment) -> bool:
    """Whether one of the two is turned by what is not counted: "not ... until", "only"."""
    around = {clause + by for clause in aligned.claim_clauses for by in (0, 1)}
    return bool(_TURNS & ({*aligned.sentence.tokens} ^ aligned.claim.tokens_in(around)))


def _negation(aligned: Alignment, pairs: list[Pair]) -> Difference | None:
    """A clause whose every word stands denied in one of the two, the very word that is denied among them."""
    if aligned.opposed or _is_unclear(aligned) or not all(mine.denied != theirs.denied for mine, theirs in pairs):
        return None
    apart = aligned.sentence.negations({*aligned.sentence.clause_of}) - aligned.claim.negations(aligned.claim_clauses)
    if not aligned.is_ordered and (apart % 2 == 0 or crossing(pairs)):
        return None
    for mine, theirs in pairs:
        is_of_clause = sum(other.clause == theirs.clause for _, other in pairs) >= _TOGETHER * len(pairs)
        if (mine.is_head or theirs.is_head) and "part" not in (mine.scope, theirs.scope) and is_of_clause:
            return _denial(aligned, mine, theirs)
    return None


def _denial(aligned: Alignment, mine: Word, theirs: Word) -> Difference | None:
    """What it says that a word is denied in one clause and not in the other."""
    taken = {other.at for _, other in aligned.pairs}
    is_lacking = any(word.clause == mine.clause for word in aligned.lacking)
    if is_lacking and any(word.clause == theirs.clause and word.at not in taken for word in aligned.claim.words):
        return None  # of "others", and not of "their own"
    said, claimed = aligned.sentence.tokens_in({mine.clause}), aligned.claim.tokens_in({theirs.clause})
    if _COMPARING & (said ^ claimed) or (aligned.sentence.is_partial and not UNIVERSALS & claimed):
        return None
    if aligned.claim.is_partial and not UNIVERSALS & said:
        return Difference("quantifier", mine.text, f"not always {theirs.text}")
    return Difference("negation", _with_negation(mine), _with_negation(theirs))


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
    ]


def _clauses(aligned: Alignment) -> Iterator[int]:
    """The clauses of the sentence that the claim has nearly whole."""
    is_whole = len(aligned.lacking) <= 1
    for clause in sorted({word.clause for word in aligned.sentence.words}):
        held = sum(mine.clause == clause for mine, _ in aligned.pairs)
        lacking = sum(word.clause == clause for word in aligned.lacking)
        if is_whole or (held >= 2 and lacking <= held // 3):
            yield clause


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
        if theirs.scope == "elided" and any(word.clause == mine.clause for word in aligned.lacking):
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


def equated(aligned: Alignment) -> Difference | None:
    """One that says two things are alike, where the other puts one before the other: "as well as" for "better than"."""
    texts = [" ".join(text.tokens) for text in (aligned.sentence, aligned.claim)]
    alike = [_ALIKE.search(text) for text in texts]
    if aligned.coverage < _NEARLY or any(NEGATORS & {*text.tokens} for text in (aligned.sentence, aligned.claim)):
        return None
    for mine, theirs in ((0, 1), (1, 0)):
        same = alike[mine]
        if same and not alike[theirs] and "than" in texts[theirs].split() and "than" not in texts[mine].split():
            return Difference("antonym", *((same[0], "than") if mine == 0 else ("than", same[0])))
    return None


def wider(aligned: Alignment) -> Difference | None:
    """A quantifier that leaves nothing out, where the claim has none: "always" for "often", "every measure" for "the stricter measure"."""
    mine, theirs = aligned.sentence.tokens, aligned.claim.tokens
    if NEGATORS & {*mine} or not aligned.is_ordered or aligned.opposed:
        return None
    said = [token for token in mine if token in UNIVERSALS and token != "each"]
    if len(said) <= sum(token in UNIVERSALS for token in theirs):
        return None
    new = next(token for token in said if said.count(token) > theirs.count(token))
    return Difference("quantifier", new, next((token for token in theirs if token in PARTIALS), ""))


def denied_further(aligned: Alignment) -> Difference | None:
    """A denial without the bound that the claim has: "never" for "hardly ever", "do not" for "do not always"."""
    if aligned.opposed or any(mine.denied != theirs.denied for mine, theirs in aligned.pairs):
        return None
    said, claimed = {*aligned.sentence.tokens}, {*aligned.claim.tokens}
    if _WEAK & claimed and not (_WEAK | PARTIALS) & said and NEGATORS & said:
        return Difference("quantifier", min(NEGATORS & said), min(_WEAK & claimed))
    for _, theirs in aligned.pairs:
        match aligned.claim.tokens[: theirs.at]:
            case (*_, "not", bound) if (
                theirs.is_head and (bound in UNIVERSALS or bound.endswith("ly")) and bound not in said
            ):
                return Difference("quantifier", f"not {theirs.text}", f"not {bound} {theirs.text}")
    return None


def hedge_dropped(aligned: Alignment) -> Difference | None:
    """A flat statement of what the claim says only of some, or holds possible: "outperforms" for "can outperform"."""
    is_same = len(aligned.lacking) <= 1 and aligned.is_ordered and not aligned.opposed
    said = {*aligned.sentence.tokens}
    if not is_same or NEGATORS & said or PARTIALS & said - {*aligned.claim.tokens}:
        return None
    for mine, theirs in aligned.pairs:
        hedge = aligned.claim.tokens[theirs.at - 1] if theirs.at else ""
        if hedge in PARTIALS - said and not theirs.text[0].isdigit():
            return Difference("quantifier", mine.text, f"{hedge} {theirs.text}")
    return None


def other_number(aligned: Alignment) -> Difference | None:
    """Another number of the same things."""
    wrong = [word for word in aligned.lacking if NUMBER.fullmatch(word.text)]
    is_denied = any(mine.denied != theirs.denied for mine, theirs in aligned.pairs)
    if len(wrong) != 1 or len(aligned.lacking) > 2 or is_denied:
        return None
    taken = {theirs.at for _, theirs in aligned.pairs}
    theirs = [word for word in aligned.claim.words if word.at not in taken and NUMBER.fullmatch(word.text)]
    [mine] = wrong
    is_rough = mine.at > 0 and aligned.sentence.tokens[mine.at - 1] in PARTIALS
    if any(_rounds(mine.text, other.text, is_rough) for other in theirs):
        return None
    other = next((other for other in theirs if _is_of_one_thing(aligned, mine, other)), None)
    return Difference("number", mine.text, other.text) if other else None


def _is_of_one_thing(aligned: Alignment, mine: Word, theirs: Word) -> bool:
    near = [
        {word.stem for word in text.words if abs(word.at - number.at) <= _BESIDE}
        for text, number in ((aligned.sentence, mine), (aligned.claim, theirs))
    ]
    return mine.text.endswith("%") == theirs.text.endswith("%") and bool(near[0] & near[1])


def _rounds(said: str, claimed: str, is_rough: bool) -> bool:
    """Whether a number may stand for another: "74%" for "73.6%", "40,000" for "39,736", "about 11" for "12"."""
    mine, theirs = (re.sub(r"[^\d.]", "", each).strip(".") for each in (said, claimed))
    if max(mine.count("."), theirs.count(".")) > 1:
        return False  # "1.2.4" names a version
    decimals = len(mine.partition(".")[2]) or -(len(mine) - len(mine.rstrip("0")))
    is_rounded = round(float(theirs), decimals) == float(mine)
    if is_rounded and decimals >= 0:
        return True  # "0.3" for "0.34"
    return isclose(float(mine), float(theirs), rel_tol=_ROUGHLY if is_rough else _ROUNDED) and (is_rounded or is_rough)


RULES: tuple[Callable[[Alignment], Difference | None], ...] = (
    negated_or_opposite,
    excluded,
    exchanged,
    other_number,
    equated,
    denied_further,
    wider,
    hedge_dropped,
)
"""Each is asked in turn; the first that finds something is heard."""

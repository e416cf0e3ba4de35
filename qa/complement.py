"""Where what is said of a thing begins after "is": "Is | choosing data | better than having more of it?"

There is no verb to look for; an adjective, a participle or a new name that comes after a whole name is the sign.
"""

from collections.abc import Sequence

from qa.grammar import (
    DETERMINERS,
    JOINERS,
    OPENERS,
    ends_a_name,
    is_adjective,
    is_adverb,
    is_gerund,
    is_plural,
    is_preposition,
)
from qa.verbs import is_participle, is_third, may_be_noun

_POSTPOSED = frozenset(
    "available capable able present similar close relevant specific typical necessary large small common large likely good".split()
)
_DEGREE = frozenset(
    "always also still really only so too as more less most very both just merely simply actually already ever never often rarely not even all either".split()
)


def said_of(auxiliary: str, rest: Sequence[str], words: list[str], i: int) -> int:
    """How far this word may begin what is said: 0 not, 1 perhaps, 2 plainly."""
    word, before = words[i], words[i - 1]
    if word.endswith("er") and "than" in words[i + 1 : i + 2] and ends_a_name(before):
        return 2
    if not may_be_said(word) or not ends(before) or made(before):
        return 0
    if is_participle(word) and may_be_noun(word) and not is_adjective(word):
        return 0
    after = words[i + 1] if i + 1 < len(words) else ""
    if word in ("a", "an", "the", "more", "less", "most", "all", "both", "either"):
        return 1 if is_gerund(before) else 2
    if word in _DEGREE:
        return 2 if after else 0
    return 1 if is_participle(word) and not is_adjective(word) else 2


def made(word: str) -> bool:
    """A participle that is no noun: after "trained" the name goes on, after "chain of thought" it may end."""
    return is_participle(word) and not may_be_noun(word) and word != "thought"


def ends(word: str) -> bool:
    """Whether a name may end with this word."""
    return ends_a_name(word) or (is_plural(word) and word not in DETERMINERS and not is_adverb(word))


def choose_said(words: list[str], places: list[int]) -> int | None:
    """The place among these where it does begin; None where two readings stay open."""
    if not places:
        return None
    first, *others = places
    word = words[first]
    rest = words[first + 1 :]
    if word in ("a", "an", "the") and _goes_on(rest):
        return None
    if is_participle(word) and not is_adjective(word) and rest and len(places) == 1:
        after = rest[0]
        if not (is_preposition(after) or is_adverb(after) or after == "to" or after in OPENERS | JOINERS):
            return None
        if words[0] == "the" and after in ("in", "by") and len(rest) > 3 and rest[1] in DETERMINERS:
            return None
    if len(places) == 1:
        return None if is_gerund(words[first - 1]) and word in ("a", "an", "the") else first
    if is_gerund(words[first - 1]) and word in ("a", "an", "the"):
        return None if "to" in words[first : others[0]] or len(others) > 1 else others[0]
    if is_gerund(words[0]) and word in ("a", "an", "the"):
        return others[-1]
    after = words[first + 1] if first + 1 < len(words) else ""
    if (is_participle(word) and not is_adjective(word)) or word in _POSTPOSED:
        if not (is_preposition(after) or after == "to"):
            return first
        later = [each for each in others if not (is_participle(words[each]) and not is_adjective(words[each]))]
        return later[0] if len(others) == 1 and later and word not in _POSTPOSED else None
    if is_adjective(word) and after and not is_preposition(after) and others[0] == first + 2:
        return None
    return first


def _goes_on(words: list[str]) -> bool:
    """Whether "the" opens a clause within the subject ("the things the machine refers to") and no predicate."""
    for word in words:
        if word in OPENERS or word in JOINERS:
            return False
        if is_third(word) and not may_be_noun(word.removesuffix("s")) and not may_be_noun(word.removesuffix("es")):
            return True
    return False


def may_be_said(word: str) -> bool:
    """Whether this may be the first word of what is said."""
    return is_adjective(word) or is_participle(word) or word in _DEGREE or word in ("a", "an", "the")

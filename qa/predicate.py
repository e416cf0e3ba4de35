"""Where the subject of a turned-round question ends and what is said of it begins.

"Does | what a model writes | show what it thinks": every word that could be the verb is weighed by its neighbours, clauses
inside the subject use up a verb of their own, and where two readings stay open there is none.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.complement import choose_said, ends, made, may_be_said, said_of
from qa.grammar import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    DO,
    HAVE,
    JOINERS,
    OBJECTS,
    OPENERS,
    PARTICLES,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECTS,
    bare,
    ends_a_name,
    is_adjective,
    is_adverb,
    is_gerund,
    is_plural,
    is_preposition,
    may_be_finite,
    may_be_plain_verb,
)
from qa.verbs import is_only_verb, is_participle, is_past, is_third, may_be_noun

_SINGULAR = frozenset(("does", "is", "has", "was"))
_CAUSE = frozenset("make making let letting help helping makes lets helps made".split())
_THESE = frozenset("this that these those".split())
_BETWEEN = frozenset("still really also always ever even just actually only never already not".split())
_LONGEST_SUBJECT = 16
_BREAKS = frozenset("as than after before since until".split())


class _Candidate(NamedTuple):
    at: int
    """The verb, or the first word of what is said."""
    strong: bool


_Weigh = Callable[[str, Sequence[str], list[str], int], int]
"""How far a word may start the predicate: 0 not, 1 perhaps, 2 plainly."""


def start_of_predicate(auxiliary: str, rest: Sequence[str]) -> tuple[int, int] | None:
    """Where the subject ends, and where the verb is, in the words after the auxiliary."""
    words = [bare(word) for word in rest]
    if any(word == "" for word in words[:-1]) or is_preposition(words[0]):
        return None
    following = words[1] if len(words) > 1 else ""
    if words[0] in _THESE and auxiliary in BE and is_gerund(following) and words[2:3] not in (["to"], ["the"], ["a"]):
        return None
    if words[0] in _THESE and auxiliary not in BE | HAVE and is_only_verb(following):
        return 1, 1
    if words[0] in PRONOUNS or (
        words[0] in _THESE and (following in _BETWEEN | OPENERS | DETERMINERS or is_gerund(following))
    ):
        return _after_pronoun(auxiliary, words) if rest[0].isalpha() else None
    kind = "be" if auxiliary in BE else "have" if auxiliary in HAVE else "verb"
    weigh = {"be": said_of, "have": _participle, "verb": _plain_verb}[kind]
    titled = sum(word[:1].isupper() for word in rest) * 2 > len(rest)
    candidates = _candidates(auxiliary, rest, words, weigh, titled)
    choose = {"be": _choose_complement, "have": _choose_participle, "verb": _choose_verb}[kind]
    at = choose(auxiliary, words, candidates)
    if at is None and words[0] in _THESE | {"one", "all"} and len(words) > 1:
        fits = (
            may_be_plain_verb(words[1])
            if kind == "verb"
            else is_participle(words[1])
            if kind == "have"
            else may_be_said(words[1])
        )
        at = 1 if fits and not candidates else None
    if not at or at > _LONGEST_SUBJECT:
        return None
    ends = at
    while ends > 1 and is_adverb(words[ends - 1]) and not rest[ends - 1].endswith(","):
        ends -= 1
    if words[ends - 2 : ends] == ["no", "longer"] and ends > 2:
        ends -= 2
    return (ends, at) if _whole(rest[:ends], words[:ends], auxiliary) else None


def _whole(subject: Sequence[str], words: list[str], auxiliary: str) -> bool:
    """Whether these words can be one name: no comma that is left open, no second thing that is being done."""
    if words[-1] in ("a", "an", "the", "my", "your", "its", "their", "our", "no", "every"):
        return False
    if auxiliary in BE and (is_preposition(words[-1]) or any("(" in word for word in subject)):
        return False
    commas = [i for i, word in enumerate(subject) if word.endswith(",")]
    if any(is_preposition(words[i]) or words[i] in OPENERS for i in commas):
        return False
    if len(commas) == 1 and not JOINERS & set(words[commas[0] :]):
        return False
    return auxiliary not in BE or not any(
        is_gerund(word)
        and subject[i + 1].islower()
        and ends_a_name(words[i])
        and not is_gerund(words[i])
        and not is_preposition(words[i + 2])
        for i, word in enumerate(words[1:-1])
    )


def _after_pronoun(auxiliary: str, words: list[str]) -> tuple[int, int] | None:
    at = 1
    while at < len(words) - 1 and is_adverb(words[at]) and auxiliary not in BE:
        at += 1
    if (
        at >= len(words)
        or (auxiliary in DO and words[at] in (PREPOSITIONS - {"like"}) | DETERMINERS | OPENERS)
        or (auxiliary in DO and not words[at].isalpha() and "-" not in words[at])
    ):
        return None
    return 1, at


def _candidates(auxiliary: str, rest: Sequence[str], words: list[str], weigh: _Weigh, titled: bool) -> list[_Candidate]:
    found: list[_Candidate] = []
    waiting = 1 if words[0] in OPENERS and words[0] not in ("that", "which") else 0
    after_auxiliary = False
    for i in range(1, len(words)):
        word, before = words[i], words[i - 1]
        if after_auxiliary:
            after_auxiliary = is_adverb(word)
            continue
        strong = any(each.strong for each in found)
        if word in _BREAKS and before != "such" and found:
            if auxiliary in BE and not strong and word == "as":
                pass
            else:
                break
        if word in OPENERS and not (word in ("that", "which", "what") and is_preposition(before) and word == "that"):
            if (
                auxiliary in BE
                and word in ("what", "how", "why")
                and not waiting
                and (ends_a_name(before) or may_be_finite(before))
                and not is_preposition(before)
            ):
                found.append(_Candidate(i, True))
                break
            if strong:
                break
            waiting += 1
            continue
        if waiting:
            if _finite(words, i):
                waiting -= 1
                after_auxiliary = word in AUXILIARIES or word == "cannot" or word.endswith("n't")
            continue
        if word in SUBJECTS or (word in ("it", "you") and ends_a_name(before) and not is_gerund(before)):
            if strong:
                break
            if ends_a_name(before) and not is_gerund(before):
                waiting += 1
                continue
        if rest[i][:1] in "\"“'(" or (rest[i][:1].isupper() and not titled and auxiliary not in BE):
            continue
        weight = weigh(auxiliary, rest, words, i)
        if weight:
            found.append(_Candidate(i, weight > 1))
    return found


def _finite(words: list[str], i: int) -> bool:
    """Whether this is the verb of a clause inside the subject."""
    word, before = words[i], words[i - 1]
    after = next((each for each in words[i + 1 :] if not is_adverb(each)), "")
    auxiliary = word in AUXILIARIES or word == "cannot" or word.endswith("n't")
    if auxiliary or is_only_verb(word) or word == "be":
        return auxiliary or before not in ("to", "a", "an", "the")
    if before in DETERMINERS - OPENERS or is_preposition(before) or before == "to":
        return False
    if is_third(word):
        noun_too = may_be_noun(word.removesuffix("s")) or may_be_noun(word.removesuffix("es"))
        return not (
            noun_too
            and (
                after in AUXILIARIES
                or is_only_verb(after)
                or is_third(after)
                or (before in OPENERS and may_be_noun(after) and is_plural(word))
            )
        )
    if may_be_noun(word):
        return (before in OPENERS or before in PRONOUNS or is_plural(before) or is_adverb(before)) and not is_only_verb(
            after
        )
    return is_past(word)


def _before(words: list[str], i: int) -> int:
    at = i - 1
    while at > 0 and is_adverb(words[at]):
        at -= 1
    return at


def _plain_verb(auxiliary: str, rest: Sequence[str], words: list[str], i: int) -> int:
    word = words[i]
    only = word in ("be", "have") or is_only_verb(word)
    if not only and not may_be_noun(word):
        return 0
    at = _before(words, i)
    before, adverb = words[at], at < i - 1
    after = next((each for each in words[i + 1 :] if not is_adverb(each)), "")
    directly = words[i + 1] if i + 1 < len(words) else ""
    if before in DETERMINERS | JOINERS | {"to", "own"} or before.endswith("'s") or rest[at].endswith(("s'", "s’")):
        return 0
    if only:
        return 1 if is_preposition(before) else 2
    if (
        is_preposition(before)
        or directly == "of"
        or after == "be"
        or (is_only_verb(after) and after not in ("equal", "lower", "slow", "point"))
    ):
        return 0
    if (is_adjective(before) or not ends_a_name(before)) and not adverb and not is_plural(before):
        return 0
    if made(before) and at > 0 and not ends_a_name(words[at - 1]):
        return 0
    if auxiliary == "do" and not any(is_plural(each) or each == "and" for each in words[:i]):
        return 0
    if rest[at].endswith(","):
        return 1
    if adverb or directly in DETERMINERS | OBJECTS | OPENERS | PARTICLES:
        return 2
    if is_plural(before) and auxiliary not in _SINGULAR:
        return 2
    return 2 if auxiliary == "does" and is_plural(directly) and not is_plural(before) else 1


def _choose_verb(auxiliary: str, words: list[str], candidates: list[_Candidate]) -> int | None:
    strong = [each.at for each in candidates if each.strong]
    if not strong:
        if (
            len(candidates) > 1
            and auxiliary == "does"
            and words[-1] in ("matter", "work", "fall", "rise", "collapse")
            and candidates[-1].at - candidates[0].at == len(candidates) - 1 == len(words) - 1 - candidates[0].at
        ):
            return candidates[-1].at
        left = [each.at for each in candidates if len(candidates) == 1 or not is_gerund(words[each.at - 1])]
        return left[0] if len(left) == 1 else None
    first = strong[0]
    later = next((each.at for each in candidates if each.at > first), None)
    if later is None or words[first] in _CAUSE:
        return first
    if any(word in _CAUSE for word in words[:first]):
        return strong[1] if len(strong) > 1 else first
    plural = _before(words, first)
    if (
        auxiliary in _SINGULAR
        and is_plural(words[plural])
        and plural > 1
        and ends_a_name(words[plural - 1])
        and not is_gerund(words[plural - 1])
    ):
        if any(is_preposition(word) or is_gerund(word) for word in words[:plural]):
            return first if len(strong) == 1 else None
        return later
    return first


def _participle(auxiliary: str, rest: Sequence[str], words: list[str], i: int) -> int:
    if words[i] == "been":
        return 2
    if not is_participle(words[i]):
        return 0
    at = _before(words, i)
    if not ends(words[at]):
        return 0
    return 2 if at < i - 1 else 1


def _choose_participle(auxiliary: str, words: list[str], candidates: list[_Candidate]) -> int | None:
    strong = [each.at for each in candidates if each.strong]
    if strong:
        return strong[0]
    if len(candidates) == 2 and is_preposition(words[candidates[0].at + 1]):
        return candidates[1].at
    return candidates[0].at if len(candidates) == 1 else None


def _choose_complement(auxiliary: str, words: list[str], candidates: list[_Candidate]) -> int | None:
    return choose_said(words, [each.at for each in candidates])

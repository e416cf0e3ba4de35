"""Exchanged sides (semantic roles): "B outperforms A" for "A outperforms B", "is outperformed by" for "outperforms".

Each way is one that two sides may have changed places: around a verb, around "than", between two clauses, or the two words alone
by which the texts differ. An antonym, a negation or a "less" for a "more" besides may undo it, and so nothing is told.
"""

from collections import Counter
from collections.abc import Callable

from kb.language.alignment import Alignment
from kb.language.clauses import Clauses, Word
from kb.language.closed_class import PREPOSITIONS
from kb.language.stems import stem
from kb.language.verbs import may_be_verb

_DOWN = frozenset("less least fewer".split())
_MUTUAL = frozenset(
    stem(verb).removesuffix("y")
    for verb in "border adjoin resemble equal marry meet match accompany correlate coincide".split()
)
"""Verbs of which the sides may change places."""
_BE = frozenset("is are was were be been being am get gets got".split())


def exchanged_sides(aligned: Alignment) -> tuple[str, str] | None:
    """Two sides that have changed places: of a verb, of "than", of two clauses, or of the whole."""
    if aligned.opposed or any(mine.denied != theirs.denied or mine.stem in _MUTUAL for mine, theirs in aligned.pairs):
        return None
    if bool(_DOWN & {*aligned.sentence.tokens}) != bool(_DOWN & {*aligned.claim.tokens}):
        return None
    return next(filter(None, (way(aligned) for way in WAYS)), None)


def _around_verb(aligned: Alignment) -> tuple[str, str] | None:
    shared = {mine.stem for mine, _ in aligned.pairs}
    for mine, theirs in aligned.pairs:
        if not may_be_verb(mine.text) or _governed(aligned.sentence, mine) != _governed(aligned.claim, theirs):
            continue
        agent, patient = _arguments(aligned.sentence, mine)
        doer, done = _arguments(aligned.claim, theirs)
        agent, patient, doer, done = (each & shared for each in (agent, patient, doer, done))
        both = (agent & patient) | (doer & done)
        agent, patient, doer, done = (each - both for each in (agent, patient, doer, done))
        if agent and patient and agent == done and patient == doer:
            texts = {word.stem: word.text for word in aligned.sentence.words}
            return texts[min(agent)], texts[min(patient)]
    return None


def _governed(text: Clauses, verb: Word) -> str:
    """The preposition that a verb takes: "depends on" and "depends on" may have their sides exchanged, "access to" and "access for" not."""
    after = text.tokens[verb.at + 1 : verb.at + 2]
    return after[0] if after and after[0] in PREPOSITIONS and after[0] != "by" else ""


def _arguments(text: Clauses, verb: Word) -> tuple[set[str], set[str]]:
    """The stems of who acts and what is acted on, if a word is a verb: "A is beaten by B" -> B, A."""
    here = [word for word in text.words if word.clause == verb.clause]

    def until_preposition(words: list[Word], start: int) -> set[str]:
        stop = next((i for i in range(start, len(text.tokens)) if text.tokens[i] in PREPOSITIONS), len(text.tokens))
        return {word.stem for word in words if word.at < stop}

    before = [word for word in here if word.at < verb.at]
    after = [word for word in here if word.at > verb.at]
    first = until_preposition(before, before[0].at) if before else set()
    tokens = text.tokens[max(0, verb.at - 3) : verb.at]
    if _BE & {*tokens} and (
        tokens[-1] in _BE or verb.text.endswith(("ed", "en")) or "by" in text.tokens[verb.at + 1 :]
    ):  # "were lost", "were often flooded", "were often lost by"
        if "by" not in text.tokens[verb.at + 1 :]:
            return set(), first
        by = text.tokens.index("by", verb.at + 1)
        return until_preposition([word for word in after if word.at > by], by + 1), first
    return first, until_preposition(after, verb.at + 1) or {word.stem for word in after}


def _around_than(aligned: Alignment) -> tuple[str, str] | None:
    shared = {mine.stem for mine, _ in aligned.pairs}
    sides = [_halves(text, shared) for text in (aligned.sentence, aligned.claim)]
    if sides[0] is None or sides[1] is None or len(aligned.lacking) > 1:
        return None
    (first, second), (lead, other) = sides[0], sides[1]
    both = (first & second) | (lead & other)
    first, second, lead, other = (each - both for each in (first, second, lead, other))
    if second and other and second <= lead and other <= first:
        texts = {word.stem: word.text for word in aligned.sentence.words if word.stem in second | other}
        return next(texts[each] for each in texts if each in other), next(
            texts[each] for each in texts if each in second
        )
    return None


def _halves(text: Clauses, shared: set[str]) -> tuple[set[str], set[str]] | None:
    if "than" not in text.tokens:
        return None
    at = text.tokens.index("than")
    return {w.stem for w in text.words if w.at < at} & shared, {w.stem for w in text.words if w.at > at} & shared


def _between_clauses(aligned: Alignment) -> tuple[str, str] | None:
    """ "X rises, and Y falls" for "Y rises, and X falls"; "X reads and writes, while Y does not" for the reverse."""
    once = [Counter(word.stem for word in text.words) for text in (aligned.sentence, aligned.claim)]
    for unit in ("clause", "span"):
        at = [(getattr(mine, unit), getattr(theirs, unit), mine) for mine, theirs in aligned.pairs]
        votes: dict[int, Counter[int]] = {}
        for here, there, _ in at:
            votes.setdefault(here, Counter())[there] += 1
        most = {here: each.most_common(2) for here, each in votes.items()}
        goes_to = {here: two[0][0] for here, two in most.items() if len(two) == 1 or two[0][1] > two[1][1]}
        strays = {
            (goes_to[here], there): word.text
            for here, there, word in at
            if goes_to.get(here, there) != there and once[0][word.stem] == once[1][word.stem] == 1
        }
        if found := next(((text, strays[to, of]) for (of, to), text in strays.items() if (to, of) in strays), None):
            return found
    return None


def _transposed(aligned: Alignment) -> tuple[str, str] | None:
    """The same words but for two that have changed places."""
    mine, theirs = ([word.stem for word in text.words] for text in (aligned.sentence, aligned.claim))
    if sorted(aligned.sentence.tokens) != sorted(aligned.claim.tokens):
        return None
    other = [i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
    if (
        len(other) == 2
        and other[1] - other[0] > 1
        and not _are_listed(aligned.sentence, *(aligned.sentence.words[i].at for i in other))
    ):
        return aligned.sentence.words[other[0]].text, aligned.sentence.words[other[1]].text
    return None


def _are_listed(text: Clauses, first: int, second: int) -> bool:
    """Whether two words stand in one list, whose order says nothing: "Rome, Milan and Paris"."""
    content = {word.at for word in text.words}
    joined = {token for at, token in enumerate(text.tokens[:second]) if first < at and at not in content}
    return bool(joined) and joined <= {"and", "or", "nor"}


WAYS: tuple[Callable[[Alignment], tuple[str, str] | None], ...] = (
    _around_verb,
    _around_than,
    _between_clauses,
    _transposed,
)

"""Alignment of a sentence with a claim: the words they share by their stems, and those that are opposites."""

from collections import Counter
from functools import cached_property

from kb.language.clauses import Clauses, Word, clauses
from kb.language.closed_class import are_antonyms

Pair = tuple[Word, Word]


class Alignment:
    """A sentence beside a claim, word by word."""

    def __init__(self, claim: str, sentence: str) -> None:
        self.sentence, self.claim = clauses(sentence), clauses(claim)
        self.pairs = _aligned(self.sentence, self.claim)
        mine, theirs = ({each[side].at for each in self.pairs} for side in (0, 1))
        self.lacking = [word for word in self.sentence.words if word.at not in mine]
        """Words of the sentence that the claim has not."""
        self.opposed: list[Pair] = [
            (word, other)
            for word in self.lacking
            for other in self.claim.words
            if other.at not in theirs and are_antonyms(word.text, other.text)
        ]
        turned = {word.at for word, _ in self.opposed}
        self.lacking = [word for word in self.lacking if word.at not in turned]

    @property
    def coverage(self) -> float:
        """The share of the sentence's words that the claim has, or has the opposite of."""
        count = len(self.sentence.words)
        return (count - len(self.lacking)) / count if count else 0.0

    @cached_property
    def is_ordered(self) -> bool:
        """Whether the two tell it in one order: nothing stands before a word in one and after it in the other, and the reverse."""
        return not crossing(self.pairs)

    @cached_property
    def is_in_order(self) -> bool:
        """Whether no two of the words have changed places."""
        places = [theirs.at for _, theirs in self.pairs]
        return places == sorted(places)

    @cached_property
    def claim_clauses(self) -> set[int]:
        """The clauses of the claim that the sentence has words of."""
        return {theirs.clause for _, theirs in self.pairs}


def crossing(pairs: list[Pair]) -> bool:
    """Whether something stands before a word in the sentence and after it in the claim, and something else the reverse."""
    for mine, theirs in pairs:
        moved = {(a.at < mine.at, b.at < theirs.at) for a, b in pairs if a.at != mine.at}
        if {(True, False), (False, True)} <= moved:
            return True
    return False


def _aligned(sentence: Clauses, claim: Clauses) -> list[Pair]:
    """Words of one stem; of several in the claim, those in the clause that has most of this one's."""
    stems = Counter(word.stem for word in sentence.words)
    beside: dict[int, set[str]] = {}
    for word in claim.words:
        beside.setdefault(word.clause, set()).add(word.stem)
    seen: Counter[str] = Counter()
    found: list[Pair] = []
    for word in sentence.words:
        there = [other for other in claim.words if other.stem == word.stem]
        if stems[word.stem] < len(there):
            own = {each.stem for each in sentence.words if each.clause == word.clause}
            there.sort(key=lambda other: -len(own & beside[other.clause]))
        if seen[word.stem] < len(there):
            found.append((word, there[seen[word.stem]]))
        seen[word.stem] += 1
    return found

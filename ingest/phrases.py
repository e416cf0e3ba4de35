"""The words of a clause, and which of its content words there is said to be more or less of."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.lexicon import EMPTY, FAULTS, HEDGES, PREPOSITIONS, Sense, Word, sense
from kb.language.stems import stem

Words = tuple[Word, ...]


class Line(NamedTuple):
    """A clause word for word."""

    shown: Sequence[str]
    lower: Sequence[str]
    senses: Sequence[Sense | None]

    def until(self, stop: int) -> "Line":
        return Line(self.shown[:stop], self.lower[:stop], self.senses[:stop])


_TOKEN = re.compile(r"[A-Za-z][\w'’+]*(?:-\w+|\.\d\w*)*(?:/\w+)?|[,;:()—–]|\d[\d.,]*%?")
_SLUG = 3
"""More hyphens than any word has: the name of a note."""
_BREAKS = (PREPOSITIONS - {"of", "in"}) | frozenset(("and", "or", ",", "but", "which", "that", "who", "using"))
_NOUNS = frozenset("cost costs learning training teaching high long short great".split())
_OPENS = frozenset("of in the to against from rate rates level levels result results case cases use data".split())
_MEASURES = frozenset(("more", "less", "fewer"))
_REACHES = frozenset(("to", "against", "from"))
"""Prepositions across which "resistance" and "protection" reach."""
_NEAR = 3
"""Words back to which "reduction" reaches in "tau phosphorylation reduction"."""


def line_of(text: str, *, carries_on: bool = False) -> Line:
    """The words of a text; where it has no subject, "it" stands for that."""
    shown = _TOKEN.findall(text)
    return line_from(["it", *shown] if carries_on else shown)


def line_from(shown: Sequence[str]) -> Line:
    """The same, of words already apart."""
    lower = [token.lower().replace("’", "'") for token in shown]
    return Line(shown, lower, [sense(token) for token in lower])


def words_of(line: Line, start: int, stop: int, head: int = -1) -> tuple[Word, ...]:
    """The content words of a span, each with the sign that the words around it give it."""
    found: list[Word] = []
    sign, phrase = 1, 0
    for i in range(start, stop):
        word, means = line.lower[i], line.senses[i]
        governs = i > start and (before := line.senses[i - 1]) is not None and before.kind == "change"
        follows = line.lower[i + 1] if i + 1 < stop else "."
        if word in _BREAKS:
            if not (word in _REACHES and governs):
                sign = 1
            phrase = len(found)
        elif word == "no" and 0 <= head < i - 3:
            sign = -sign
        elif means is not None and means.kind in ("change", "worth") and word not in _NOUNS:
            opens = follows in _OPENS or (follows[0].isalnum() and follows not in EMPTY)
            if i > start and len(found) > phrase and not opens:
                _turn(found, max(phrase, len(found) - _NEAR), means.sign)
            elif opens:
                sign *= means.sign
            elif word not in _MEASURES:
                found.append(Word(line.shown[i], stem(word), sign))
        elif word in EMPTY or word in HEDGES or not word[0].isalpha() or word.count("-") > _SLUG:
            continue
        elif means is None:
            if stem(word) in FAULTS:
                _turn(found, max(phrase, len(found) - 2), -1)
            found += [Word(part, stem(part), sign) for part in _parts(line.shown[i])]
        elif means.kind in ("quality", "opposite"):
            found.append(Word(line.shown[i], means.of or stem(word), sign * means.sign))
            if means.kind == "quality" and follows not in EMPTY:
                sign *= means.sign
        else:
            found.append(Word(line.shown[i], stem(word), sign))
    return tuple(found)


def _turn(found: list[Word], start: int, sign: int) -> None:
    for j in range(start, len(found)):
        found[j] = found[j]._replace(sign=found[j].sign * sign)


def _parts(token: str) -> list[str]:
    """A word of several words, "chain-of-thought", but not the name of a gene."""
    parts = token.split("-")
    if len(parts) == 1 or not all(part.isalpha() for part in parts) or min(map(len, parts)) < 3:
        return [token]
    return [part for part in parts if part.lower() not in EMPTY]

"""Two claims held against each other: whether one denies, limits or outbids the other, and with which words.

A rule, and called so: it asks that both speak of the same, and then compares what they say of it. A false opposition
costs a reader more than a missed one, so words in common weigh more here than a clash of directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Literal

from ingest.effects import Effect
from ingest.lexicon import GENERAL, Word
from ingest.meeting import Pair, firm, pairs
from ingest.overlap import Akin, Rarity
from ingest.quantities import quantities
from kb.claim import Quantity
from kb.link import TensionKind

Kind = TensionKind | Literal["agrees"]
_MUTUAL = 0.5
"""How much of the longer side both must have in common; half as much where three telling words are."""
_BALANCE = 0.8
"""Claims that agree nearly as much as they clash say both things both times."""
_WEIGHTS = (-3.6, 11.0, -5.0, 1.0)
"""Of the logistic that makes a strength: a constant, the clash, the accord beside it, and numbers that differ."""
_NEAR = 0.6
"""The cosine from which nearness takes nothing away."""
_SAME_RESULT = 0.6
"""How surely both must speak of one result before their figures are compared."""
_AGREES = 0.45
LEAST = 0.3
"""The strength from which two claims are said to pull apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one side says, as far as it was compared."""

    word: str
    """The words that pull: "does not improve"."""
    about: str
    """Its words for what both speak of."""
    conditions: tuple[str, ...]
    hedge: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Stance:
    """How two claims stand to each other."""

    kind: Kind
    strength: float
    """0 to 1."""
    why: str
    """The words of each side."""
    a: Part
    b: Part


def compare(
    a: str, b: str, *, nearness: float = 1.0, rarity: Rarity | None = None, akin: Akin | None = None
) -> Stance | None:
    """The stance of two claims, or nothing where they do not speak of the same. `nearness` is their cosine."""
    met = pairs(a, b, rarity, akin)
    clash = max((pair for pair in met if pair.turn < 0), key=_rank, default=None)
    accord = max((pair for pair in met if pair.turn > 0), key=_rank, default=None)
    figures = apart(quantities(a), quantities(b))
    near = min(1.0, max(0.0, nearness) / _NEAR)
    if clash is not None and _meets(clash) and (accord is None or _level(accord) < _BALANCE * _level(clash)):
        strength = near * likelihood(clash, accord, bool(figures))
        if strength >= LEAST:
            return _stance("scope" if _other_scope(clash) else "opposing result", strength, clash)
    if accord is None or not _meets(accord):
        return None
    level = near * accord.turn * accord.strength
    if figures and level >= _SAME_RESULT:
        return _stance("magnitude", level, accord, figures)
    return _stance("agrees", level, accord) if level >= _AGREES else None


def _level(pair: Pair) -> float:
    return abs(pair.turn) * pair.strength


def likelihood(clash: Pair | None, accord: Pair | None, differing: bool = False) -> float:
    """How likely a contradiction is, 0 to 1."""
    against = -clash.turn * clash.strength if clash else 0.0
    same = accord.turn * accord.strength if accord else 0.0
    constant, of_clash, of_accord, of_numbers = _WEIGHTS
    return 1 / (1 + exp(-(constant + of_clash * against + of_accord * same + of_numbers * differing)))


def _meets(pair: Pair) -> bool:
    """Both must name what is affected, and who or what does it where both say so, in more than a word or two."""
    matched = {x.stem for x, _ in (*pair.outcome.words, *pair.cause.words)}
    if not pair.outcome.words or len(matched) < 2 or not matched - GENERAL:
        return False
    if pair.whole.mutual < _MUTUAL and (len(matched - GENERAL) < 3 or pair.whole.mutual < _MUTUAL / 2):
        return False
    return pair.cause.share >= 0.3 if pair.a.cause and pair.b.cause else pair.outcome.share >= 0.5


def _other_scope(pair: Pair) -> bool:
    return _limits(pair.a) != _limits(pair.b)


def _limits(effect: Effect) -> set[frozenset[str]]:
    """The conditions that limit it, by their words; a condition may run into the predicate."""
    own = set(effect.word.lower().split())
    return {frozenset(each.lower().split()) - own for each in firm(effect.conditions)}


def apart(mine: Sequence[Quantity], other: Sequence[Quantity]) -> tuple[Quantity, Quantity] | None:
    """The first two figures of one measure that differ by more than rounding; nothing where any two agree."""
    comparable = [(x, y) for x in mine for y in other if x.unit == y.unit and x.quantity == y.quantity and x.unit]
    if not comparable or any(_close(x, y) for x, y in comparable):
        return None
    return min(comparable, key=lambda each: (abs(each[0].value - each[1].value), each[0].value + each[1].value))


def _close(x: Quantity, y: Quantity) -> bool:
    return abs(x.value - y.value) <= 0.1 * max(abs(x.value), abs(y.value))


def _rank(pair: Pair) -> tuple[float, list[str]]:
    return round(abs(pair.turn) * pair.strength, 9), sorted((repr(pair.a), repr(pair.b)))


def _stance(kind: Kind, strength: float, pair: Pair, figures: tuple[Quantity, Quantity] | None = None) -> Stance:
    words = pair.outcome.words or pair.cause.words
    flipped = next(((x, y) for x, y in (*words, *pair.cause.words) if x.sign != y.sign), None)
    flips = flipped or (None, None)
    a, b = _part(pair.a, [x for x, _ in words], flips[0]), _part(pair.b, [y for _, y in words], flips[1])
    if figures:
        a, b = replace(a, word=_figure(figures[0])), replace(b, word=_figure(figures[1]))
    why = f"“{a.word}” {'like' if kind == 'agrees' else 'against'} “{b.word}”, "
    why += f"both of “{a.about}”" if a.about.lower() == b.about.lower() else f"of “{a.about}” and “{b.about}”"
    if kind == "scope":
        said = [
            f"the {which} says “{firm(part.conditions)[0]}”"
            for which, part in (("first", a), ("second", b))
            if firm(part.conditions)
        ]
        why += "; " + ", ".join(said)
    return Stance(kind, round(min(1.0, strength), 3), why, a, b)


def _part(effect: Effect, about: Sequence[Word], flipped: Word | None) -> Part:
    held = {word.stem for word in about}
    sides = [
        " ".join(dict.fromkeys(each.text for each in side if each.stem in held))
        for side in (effect.outcome, (*effect.cause, *effect.against))
    ]
    shown = sides[0] or sides[1]
    word = effect.word or (flipped.text if flipped else "") or (effect.outcome[0].text if effect.outcome else "")
    return Part(word, shown, effect.conditions, effect.hedge, effect)


def _figure(number: Quantity) -> str:
    return f"{number.value:g}{number.unit}" if number.unit in ("%", "x") else f"{number.value:g} {number.unit}".strip()

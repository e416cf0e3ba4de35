"""Whether a claim bears out what a question takes for granted, denies it, or holds it true only in part."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from ingest.effects import Effect, effects
from ingest.meeting import Pair, meeting
from ingest.overlap import Akin, Rarity, shared, weight_of
from kb.language.stems import stem

Bearing = Literal["for", "against", "limits"]
_ALWAYS = frozenset(
    "always never all every equally any none unavoidable inevitably inevitable only best whatever".split()
)
_LIMITS = ("only", "unless", "if", "when", "once", "until", "for", "at", "on task", "beyond")
_RELATIVE = re.compile(r"\w\s(?:that|which|who|whom)\s(.*)$")
_NEAREST = 0.38
"""Cosine below which a claim that holds the words of a statement speaks of something else."""
_COVERS = 0.6
"""How much of what is stated a claim must hold, its predicate among it."""
_ENOUGH = 4
_PLAIN = 0.4
"""A vaguer likeness of two predicates bears nothing out, unless nearly all words are the same."""
_NEARLY_ALL = 0.75
_SOME = frozenset(
    "most only mostly mainly sometimes some few rarely seldom partly partially largely often said may might could hardly barely".split()
)


@lru_cache(4096)
def _quantifiers(text: str) -> frozenset[str]:
    return frozenset(word.strip(".,;:()").lower() for word in text.split())


def bears_on(
    statement: str, claim: str, nearness: float = 1.0, *, rarity: Rarity | None = None, akin: Akin | None = None
) -> Bearing | None:
    """Whether a claim speaks of just this statement, and bears it out, denies it, or holds it true only in part."""
    if nearness < _NEAREST:
        return None
    stated = [effect for effect in effects(statement) if effect.main] or list(effects(statement))
    said = effects(claim)
    best: Pair | None = None
    covered = 0.0
    lesser = _in_relative(statement)

    def weigh(key: str) -> float:
        return weight_of(key, rarity) * (0.5 if key in lesser else 1.0)

    for mine in stated:
        # The predicate's own verb counts as the one that its direction covers, where enough is left to be met.
        wanted = [*mine.cause, *mine.outcome]
        others = [word for word in wanted if word.text not in mine.word.split()]
        wanted = others if len(others) >= _ENOUGH else wanted
        total = 1.0 + sum(weigh(key) for key in {word.stem for word in wanted})
        for effect in said:
            pair = meeting(mine, effect, rarity, akin)
            if pair is None or not pair.turn:
                continue
            held = shared(wanted, (*effect.cause, *effect.outcome), weigh, akin).weight
            slots = pair.cause.weight + pair.outcome.weight
            share = (0.5 * held + 0.5 * min(slots, held) + min(1.0, 1.5 * abs(pair.turn))) / total
            if best is None or (share, pair.strength) > (covered, best.strength):
                best, covered = pair, share
    ordered = _ordered(stated, said, rarity, akin)
    if ordered is not None:
        return "for" if ordered > 0 else "against"
    if best is None or covered < _COVERS or not _speaks_of(best):
        return None
    if abs(best.turn) < _PLAIN and (best.turn < 0 or covered < _NEARLY_ALL):
        return None
    if best.turn < 0:
        return "against"
    limited = (
        bool(_quantifiers(claim) & _SOME - _quantifiers(statement))
        or any(each.lower().startswith(_LIMITS) for each in best.b.conditions)
        or _but_after(best.b, said)
    )
    if limited:
        return "against" if _quantifiers(statement) & _ALWAYS else "limits"
    return "for"


def _in_relative(statement: str) -> frozenset[str]:
    """The stems of what only describes: "the hint that led them to it"."""
    described = _RELATIVE.search(statement)
    return frozenset(stem(word.strip(".,;:")) for word in described[1].split()) if described else frozenset()


def _speaks_of(pair: Pair) -> bool:
    """The outcome must be met, and every name in it; a comparison needs its other side as well."""
    if not pair.outcome.words and pair.a.outcome and (pair.a.cause or pair.b.outcome):
        return pair.turn <= -0.6 and pair.cause.share > 0.99 and len(pair.cause.words) > 2
    if len(pair.outcome.words) + len(pair.cause.words) < 2:
        return False
    causes = {word.stem for word in pair.a.cause}
    if causes and pair.b.cause and len({x.stem for x, _ in pair.cause.words}) < len(causes) / 2:
        return False
    met = {x.stem for x, _ in pair.outcome.words}
    named = [word for word in pair.a.outcome if word.text[0].isupper()]
    if any(word.stem not in met for word in named):
        return False
    return not pair.a.against or bool(pair.b.against) or pair.b.denied


def _ordered(stated: Sequence[Effect], said: Sequence[Effect], rarity: Rarity | None, akin: Akin | None) -> int | None:
    """Of a statement that this gains more than that: what a claim about both says, 1 for the same order, -1 for the other."""
    for mine in stated:
        if not mine.against or mine.kind not in ("change", "worth"):
            continue
        firsts = {word.stem for word in mine.outcome or mine.cause} - {word.stem for word in mine.against}
        seconds = {word.stem for word in mine.against} - {word.stem for word in mine.outcome or mine.cause}
        subject = shared(mine.cause, [word for each in said for word in (*each.cause, *each.outcome)], rarity, akin)
        if mine.outcome and mine.cause and subject.share < 0.5:
            continue
        gains = {1: 0, 2: 0}
        for effect in said:
            held = {word.stem for word in (*effect.outcome, *effect.cause)}
            beside = {word.stem for word in effect.against}
            up = effect.direction if effect.kind in ("change", "worth", "plain") else 0
            if firsts & held and seconds & beside:
                return up * mine.push or None
            if seconds & held and firsts & beside:
                return -up * mine.push or None
            for side, names in ((1, firsts), (2, seconds)):
                if names & held and not ({1: seconds, 2: firsts}[side] & held):
                    gains[side] = 1 if effect.direction > 0 else -1
        if gains[1] and gains[2] and gains[1] != gains[2]:
            return gains[1] * mine.push
    return None


def _but_after(effect: Effect, said: Sequence[Effect]) -> bool:
    """Whether the claim goes on to take something back: "is said to, but ..."."""
    at = said.index(effect)
    return any(later.direction != effect.direction for later in said[at + 1 :])

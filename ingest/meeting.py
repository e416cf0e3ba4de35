"""How two effects meet: what both speak of, and whether they say the same of it."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from ingest.effects import Effect, effects
from ingest.lexicon import BAD, Word
from ingest.overlap import NOTHING, Akin, Rarity, Shared, rivals, shared

_TURNED = 0.25
"""What a contradiction counts for that rests on "reduced" or "loss of" within a phrase alone. In SciFact every fourth is one."""
_ASIDE = 0.7
"""What a conceded clause counts for."""
_RIVAL = 0.35
"""What is left where the two speak of "bladder cancer" and "prostate cancer"."""
_CROSSED = 1.2
_BOTH = 0.5
"""Two comparisons are of the same where both sides of them meet so far."""
_OTHER_VERB = 0.6
"""What a denial counts for against another verb than its own."""
_PUSHED = -0.8
"""What "raises" against "lowers" counts for, where "raises" against "does not raise" is 1."""


class Pair(NamedTuple):
    """An effect of each side, and how they meet."""

    turn: float
    """1 for the same said of the same, -1 for the opposite."""
    strength: float
    """0 to 1: how sure it is that both speak of the same."""
    a: Effect
    b: Effect
    cause: Shared
    outcome: Shared
    whole: Shared


def pairs(a: str, b: str, rarity: Rarity | None = None, akin: Akin | None = None) -> list[Pair]:
    """Every effect of one claim beside every effect of the other that speaks of something it speaks of."""
    found = []
    for mine in effects(a):
        for other in effects(b):
            pair = meeting(mine, other, rarity, akin)
            if pair is not None:
                found.append(pair)
    return found


def meeting(a: Effect, b: Effect, rarity: Rarity | None, akin: Akin | None) -> Pair | None:
    """How two effects stand to each other; nothing where they have no word in common."""
    all_a, all_b = (*a.cause, *a.outcome, *a.against), (*b.cause, *b.outcome, *b.against)
    whole = shared(all_a, all_b, rarity, akin)
    if not whole.weight:
        return None
    outcome, cause = shared(a.outcome, b.outcome, rarity, akin), shared(a.cause, b.cause, rarity, akin)
    turn = clash_of(a, b)
    if a.against and b.against:
        straight, crossed = _order(a, b, rarity, akin)
        turn *= -1.0 if crossed.weight > _CROSSED * straight.weight else 1.0
        cause = crossed if crossed.weight > _CROSSED * straight.weight else straight
        outcome = outcome if a.outcome and b.outcome else cause
    sign = (outcome.sign if outcome.weight else 1.0) * (cause.sign if cause.weight else 1.0)
    turn *= sign if sign > 0 or turn < 0 else _TURNED * sign
    strength = sqrt(whole.share) * (0.25 + 0.75 * outcome.share) * (0.5 + 0.5 * cause.share)
    if rivals(_unconditional(a), _unconditional(b)):
        strength *= _RIVAL
    if not (a.main and b.main):
        strength *= _ASIDE
    return Pair(turn, strength, a, b, cause, outcome, whole)


def _unconditional(effect: Effect) -> list[Word]:
    """Its words, without those of a condition: small k and large k are two scopes, not two things."""
    stated = " ".join(firm(effect.conditions)).split()
    return [word for word in (*effect.cause, *effect.outcome, *effect.against) if word.text not in stated]


def clash_of(a: Effect, b: Effect) -> float:
    """1 where two predicates say the same of the same, -1 where they say the opposite, 0 where neither follows."""
    if not a.word or not b.word:
        return 0.2 if a.direction == b.direction else 0.0
    if a.direction == 0 or b.direction == 0:
        if a.direction == b.direction:
            return 1.0
        flat, other = (a, b) if a.direction == 0 else (b, a)
        if flat.against and not other.against:
            # As good as another thing is still good.
            return -_OTHER_VERB if other.direction < 0 else 0.3
        return 0.6 if other.denied else -0.3 if _vague(other) else -1.0
    if a.kind == "touch" or b.kind == "touch":
        if a.kind == b.kind:
            return 1.0
        return -0.6 if a.denied or b.denied else 0.4
    if _vague(a) is not _vague(b):
        return -0.5 if a.denied is not b.denied else 0.3 if a.push == b.push else 0.0
    push_a, push_b = _push(a), _push(b)
    if a.denied is not b.denied and a.kind == b.kind == "plain" and not _same_verb(a, b):
        return -_OTHER_VERB if push_a == push_b else _OTHER_VERB
    if a.denied is b.denied:
        return 1.0 if push_a == push_b else 0.0 if a.denied else _PUSHED
    return -1.0 if push_a == push_b else 0.4


def _same_verb(a: Effect, b: Effect) -> bool:
    first, second = a.outcome[:1], b.outcome[:1]
    return (
        not first
        or not second
        or first[0].stem in {word.stem for word in b.outcome}
        or second[0].stem in {word.stem for word in a.outcome}
    )


def _vague(effect: Effect) -> bool:
    return effect.kind == "plain" and not effect.causal


def _push(effect: Effect) -> int:
    """Which way the quantity goes: to improve an error is to reduce it."""
    bad = effect.kind == "worth" and not effect.against and any(word.stem in BAD for word in effect.outcome[:2])
    return -effect.push if bad else effect.push


def _order(a: Effect, b: Effect, rarity: Rarity | None, akin: Akin | None) -> tuple[Shared, Shared]:
    """What two comparisons share if they are in one order, and if one says that this beats that, the other that that beats this."""
    straight = _both(shared(a.cause, b.cause, rarity, akin), shared(a.against, b.against, rarity, akin))
    return straight, _both(shared(a.cause, b.against, rarity, akin), shared(a.against, b.cause, rarity, akin))


def _both(one: Shared, other: Shared) -> Shared:
    """Of two pairs of sides, both of which must meet."""
    if min(one.share, other.share) < _BOTH:
        return NOTHING
    signs = one.sign * other.sign
    return Shared(
        one.weight + other.weight,
        min(one.share, other.share),
        min(one.mutual, other.mutual),
        signs,
        (*one.words, *other.words),
    )


_FIRM = ("only", "when", "whenever", "if", "unless", "once", "until", "under", "without", "where", "among", "during", "beyond", "for", "at", "given", "on task")  # fmt: skip


def firm(conditions: Sequence[str]) -> tuple[str, ...]:
    """The conditions that limit a claim; a bare "in mice" tells where it was seen."""
    return tuple(each for each in conditions if each.lower().startswith(_FIRM))

"""Whether a sentence says more than the claim it cites: another number, "always" for "often", a limit left out."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.clauses import conditions_in
from ingest.meeting import firm
from ingest.overlap import Akin
from ingest.quantities import quantities
from kb.claim import Claim, Quantity
from notes.neighbours import Near, content, overlap

_COVERS = 0.5
"""How much of the sentence a claim must hold before the two are compared word by word."""
_COVERS_NEARLY_ALL = 0.8
_NEAR = 0.55
_ALL = re.compile(
    r"\b(?:always|invariably|inevitably|never|all|every|everywhere|any|no|none|entirely|completely|universally|in every case|without exception|guarantees?d?|proves?|proven)\b", re.I
)  # fmt: skip
_NOT_ALL = re.compile(
    r"\bnot (?:all|every|always|any)\b|\bat all\b|\ball the (?:way|more|same|time)\b|\bafter all\b|\ball (?:but|of (?:which|it|them|this|that)|k)\b|\bno (?:longer|doubt|matter|more than|less than|fewer than)\b|\babove all\b|\bany(?:one|body|thing|way|how)\b|\bif any\b|\bof any\b"
    r"|\b(?:hardly|barely|without|than|as|can|before|from|nor|not) (?:\w+ )?any\b|\bfirst of all\b|\bevery (?:other|now)\b|\balmost (?:all|every|no|always|never)\b|\bnearly (?:all|every)\b",
    re.I,
)  # fmt: skip
_SOME = re.compile(
    r"\b(?:often|sometimes|usually|mostly|mainly|many|most|some|several|typically|generally|tends?|largely|partly|partially|occasionally|frequently|may|might|can|could|suggests?|appears?|nearly|almost|often|in part|up to|as much as|at a [\w ]{2,20} rate|rarely|seldom|a few|a range of|about|roughly|limited|not (?:all|every|always))\b", re.I
)  # fmt: skip
_CAN = re.compile(r"\b(?:can|may|might|could|sometimes|often|in some (?:cases|settings|models|tasks))\b", re.I)
_AT_MOST = re.compile(r"\b(?:up to|as much as|as many as|as little as|at most|no more than|less than|fewer than|under|below|a maximum of)\s*$", re.I)  # fmt: skip
_AROUND = re.compile(
    r"(?:\b(?:up to|as much as|as many as|as little as|at most|at least|no more than|less than|fewer than|more than|over|under|below|above|about|around|roughly|nearly|almost|some|close to|well over|a maximum of|between|from|to)|[~≈<>≤≥])\s*$", re.I
)  # fmt: skip
_ABOUT = re.compile(r"(?:\b(?:about|around|roughly|nearly|almost|some|close to|well over|over|more than|at least|up to|under|less than)|[~≈<>≤≥])\s*$", re.I)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?")
_ROUNDED = 0.03
"""How far a number may lie from the note's to pass for a rounded one; 0.15 where the draft says "about"."""
_LOOSELY = 0.15


class Excess(NamedTuple):
    """In what a sentence goes beyond a claim."""

    mine: str
    theirs: str
    why: str
    number: bool


def overstated(text: str, said: Sequence[Near], akin: Akin | None = None) -> tuple[Excess, Claim] | None:
    """How a sentence goes beyond what a cited note says, and the claim that says it."""
    close = [near for near in said if (near.covers >= _COVERS and near.cosine >= _NEAR) or near.alike >= _NEAR]
    if not close:
        return None
    best = close[0]
    everything = [number for near in said for number in quantities(near.claim.text)]
    for near in close[:3]:
        if (found := _number(text, near, everything, akin)) is not None:
            return found, near.claim
    found = _every(text, close) or _limit(text, best)
    return (found, best.claim) if found else None


def _number(text: str, near: Near, everything: Sequence[Quantity], akin: Akin | None) -> Excess | None:
    """A figure of the sentence that the note gives otherwise."""
    ours, theirs = quantities(text), quantities(near.claim.text)
    for mine in ours:
        rivals = [each for each in theirs if each.unit == mine.unit and mine.unit]
        if not rivals or len(ours) > len(theirs):
            continue
        at = _stands(text, mine)
        loosely = at is not None and bool(_ABOUT.search(text[:at]))
        same = [each for each in rivals if _equal(mine, each, loosely)]
        if same:
            excess = _bound(text, near.claim.text, mine) or _swapped(text, near.claim.text, mine, rivals, akin)
            if excess is not None:
                return excess
        elif not any(each.unit == mine.unit and _equal(mine, each, loosely) for each in everything):
            if any(_equal(mine, each, True) for each in rivals) and loosely:
                continue
            left = [
                each for each in rivals if not any(each.unit == one.unit and _equal(one, each, False) for one in ours)
            ]
            nearest = _aligned(text, near.claim.text, mine, left or rivals, akin)
            return Excess(_shown(mine), _shown(nearest), f"it says {_shown(nearest)}, not {_shown(mine)}", True)
    return None


def _equal(one: Quantity, other: Quantity, loosely: bool) -> bool:
    return abs(one.value - other.value) <= (_LOOSELY if loosely else _ROUNDED) * max(abs(one.value), abs(other.value))


def _bound(text: str, other: str, mine: Quantity) -> Excess | None:
    """ "By as much as 36%" told as "by 36%"."""
    at, there = _stands(text, mine), _stands(other, mine)
    if at is None or there is None or _AROUND.search(text[:at]):
        return None
    bound = _AT_MOST.search(other[:there])
    return (
        Excess(_shown(mine), f"{bound[0].strip()} {_shown(mine)}", f"it says “{bound[0].strip()} {_shown(mine)}”", True)
        if bound
        else None
    )


def _swapped(text: str, other: str, mine: Quantity, rivals: Sequence[Quantity], akin: Akin | None) -> Excess | None:
    """A figure of the claim that belongs to something else there: its own words are not in the sentence, another's are."""
    beside = [(each, _beside(other, each, rivals)) for each in rivals]
    if len({round(each.value, 6) for each in rivals}) < 2:
        return None
    shares = {round(each.value, 6): _share(words, text, akin) for each, words in beside if content(words)}
    own = shares.get(round(mine.value, 6))
    best = max(shares, key=lambda value: (shares[value], value), default=None)
    if own is None or best is None or own > 0 or shares[best] < 1.0:
        return None
    right = next(each for each in rivals if round(each.value, 6) == best)
    return Excess(
        _shown(mine), _shown(right), f"there {_shown(mine)} is of something else; of this it says {_shown(right)}", True
    )


def _share(words: str, text: str, akin: Akin | None) -> float:
    """How much of the words beside a figure a sentence holds."""
    return overlap(words, text, akin)[0] if content(words) else 0.0


def _aligned(text: str, other: str, mine: Quantity, rivals: Sequence[Quantity], akin: Akin | None) -> Quantity:
    """The figure of the claim in the place of ours: by the words beside it, else by its order."""
    mates = [each for each in quantities(text) if each.unit == mine.unit]
    place = mates.index(mine)
    if len(mates) == len(rivals):
        return rivals[place]
    before = [at for at, each in enumerate(rivals[:-1], 1) if place and _equal(mates[place - 1], each, False)]
    if before:
        return rivals[before[0]]
    return max(rivals, key=lambda each: (_share(_beside(other, each, rivals), text, akin), -rivals.index(each)))


def _beside(other: str, number: Quantity, rivals: Sequence[Quantity]) -> str:
    """What follows a figure, as far as the next one or the end of the clause."""
    at = _stands(other, number)
    if at is None:
        return ""
    ends = [there for each in rivals if (there := _stands(other, each)) is not None and there > at]
    rest = other[at : min(ends, default=len(other))]
    return re.split(r"[,;.]\s|\bwhile\b|\bbut\b", _NUMBER.sub("", rest, count=1), maxsplit=1)[0]


def _stands(text: str, number: Quantity) -> int | None:
    for match in _NUMBER.finditer(text):
        bare = float(match[0].replace(",", "").rstrip("."))
        if bare == number.value:
            return match.start()
    return None


def _every(text: str, close: Sequence[Near]) -> Excess | None:
    """ "Always" where the note says "often"."""
    said = _ALL.search(_NOT_ALL.sub("", text))
    if said is None:
        return None
    word = said[0].lower()
    held = [near for near in close if near.alike >= close[0].alike - 0.1]
    if any(_ALL.search(near.claim.text) for near in held):
        return None
    limits = [match for near in held[:2] if (match := _SOME.search(near.claim.text))]
    if word in ("no", "none", "never", "any", "proves", "proven", "prove") and not limits:
        return None
    if limits:
        return Excess(said[0], limits[0][0], f"it says “{limits[0][0]}”, not “{said[0]}”", False)
    return None if close[0].covers < _COVERS_NEARLY_ALL else Excess(said[0], "", f"it does not say “{said[0]}”", False)


def _limit(text: str, near: Near) -> Excess | None:
    """Nearly the note's words, with both its "can" and the condition under which it holds left out."""
    if near.covers < _COVERS_NEARLY_ALL:
        return None
    hedge = _CAN.search(near.claim.text)
    if hedge is None or _SOME.search(text):
        return None
    ours = {word.stem for word in content(text)}
    for condition in [*firm(conditions_in(near.claim.text)), *_where(near.claim.text)]:
        words = {word.stem for word in content(condition)}
        if len(words - ours) >= 3 and len(words - ours) > len(words) / 2:
            return Excess("", hedge[0], f"it says “{hedge[0]}”, and only “{condition}”", False)
    return None


def _where(text: str) -> list[str]:
    return [
        match[0].rstrip(" .,;")
        for match in re.finditer(r"\b(?:on|in) \w+ (?:where|in which|that|on which)\b[^,;.]*", text)
    ]


def _shown(number: Quantity) -> str:
    value = f"{number.value:,.10g}"
    return f"{value}{number.unit}" if number.unit in ("%", "x") else f"{value} {number.unit}".strip()


_SAME_MATTER = 0.75


def other_figure(text: str, near: Near, others: Sequence[Near], akin: Akin | None = None) -> Excess | None:
    """Another figure than a claim gives for the very same, of a result, and that no other claim near gives."""
    if near.cosine < _SAME_MATTER or near.covers < _COVERS_NEARLY_ALL or near.covered < _SAME_MATTER:
        return None
    figures = [number for each in others for number in quantities(each.claim.text)]
    found = _number(text, near, figures, akin)
    return found if found and any(number.unit in ("%", "x", "points") for number in quantities(text)) else None

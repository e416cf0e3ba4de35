"""Whether two sentences on the same matter say opposite things of it, told from small words.

`ingest/opposition.py` compares causes and outcomes, and is asked first. A draft is written by somebody who has read the
notes, so its sentences often share most words with a claim and differ in how often, how much, which way or whether: these
are compared here, and only where nearly all words are shared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.bearing import bears_on
from ingest.clauses import conditions_in
from ingest.lexicon import Word
from ingest.meeting import firm
from ingest.opposition import compare
from ingest.overlap import Akin, shared
from notes.neighbours import Near, content
from notes.wide import able, alone, excepted

_COVERS = 0.6
"""How much of a sentence a claim must hold before small words are compared."""
_COVERS_NEARLY_ALL = 0.85
_COVERS_ALL = 0.75
"""The same for signs that are weaker alone: a direction, a "can"."""
_TELLING = 3
_COMPARED = 0.6
"""The strength of `compare` from which it is believed, where the words meet as well."""
_LEAST_COSINE = 0.5
_NEARLY = 0.6
_NEAREST = 0.7
"""The cosine from which one telling word in common may be missing."""
_COVERS_MOST = 0.8
_NEAR = 0.65
"""The cosine from which fewer words in common are enough for "as well as" against "far better than"."""

_EVEN = re.compile(
    r"\b(?:just |nearly |almost |about |exactly )?as (?:well|good|much|often|many|far|strong(?:ly)?|reliabl[ey]|accurate(?:ly)?|large|likely|fast|effective(?:ly)?|\w+ly) as\b|\bjust as\b"
    r"|(?<!^)(?<!^\W)\bthe same\b(?! (?:time|study|paper|authors?|way|reason)\b)|\bin (?:just |exactly |much )?the same way(?=\.|$)|\b(?:equal|equally|equals|similar|similarly|comparable|comparably|identical|identically|interchangeabl[ey])\b|\bon (?:a )?par\b|\bmakes? no difference\b|\balike\b|\bno (?:better|worse|different|less|more) than\b",
    re.I,
)
_UNEVEN = re.compile(
    r"\b(?:far|much|considerably|substantially|significantly|clearly|markedly) (?:better|worse|more|less|fewer|smaller|larger|higher|lower|greater|slower|faster|weaker|stronger)\b"
    r"|\b(?:outperforms?|outperformed|surpass(?:es|ed)?|exceeds?|beats?|lags?|trails?|differs?|differently|in (?:very |quite )?different ways|mainly|mostly only|only \w+ (?:do|did|does|show|showed|learn|have)"
    r"|(?:often |yields? |yield |gains? |almost |next to )nothing|none at all|(?:better|worse|more|less|fewer|smaller|larger|higher|lower|greater|stronger|weaker) (?:\w+ ){0,4}than)\b",
    re.I,
)
_NOT_EVEN = re.compile(
    r"\b(?:not|no|never|neither|hardly|cannot|\w+n't) (?:\w+ ){0,3}(?:comparable|comparably|the same|equal|equally|similar|similarly|interchangeable|alike|as \w+ as|on a par)\b", re.I
)  # fmt: skip
_UP = re.compile(
    r"\b(?:rises?|rose|risen|rising|increas(?:es?|ed|ing)|grows?|grew|growing|rais(?:es?|ed|ing)|climbs?|climbed|gains?|gained|above|high|higher|widens?|widened|improv(?:es?|ed|ing)|boosts?|lifts?|lifted|lengthens?|stays? (?:high|up)|expands?|strengthens?|speeds? up|(?:keeps?|retains?|preserves?)(?! \w+ing\b))\b", re.I
)  # fmt: skip
_DOWN = re.compile(
    r"\b(?:falls?|fell|fallen|falling|declin(?:es?|ed|ing)|drops?|dropped|decreas(?:es?|ed|ing)|reduc(?:es?|ed|ing)|lowers?|lowered|below|low|lower|shrinks?|shrank|narrows?|narrowed|worsens?|worsened|degrad(?:es?|ed|ing)|hurts?|harms?|vanish(?:es|ed)?|collapses?|shortens?|weakens?|slows?|loses?|lost|takes? away|destroys?|wipes? out|erases?)\b", re.I
)  # fmt: skip
_MUCH = re.compile(
    r"\b(?:always|invariably|reliabl[ey]|consistently|usually|in (?:most|all|nearly all|every|the majority of) (?:\w+ )?(?:cases?|settings?|tasks?|times?|models?)|most of the time|nearly always|every time|(?:nearly |almost )?(?:all(?! \w+ (?:are|were)\b)|everything|the whole|the entire)|most of|closes most|completely|entirely|wholly|greatly|strongly|considerably|substantially|markedly|a great deal|as a rule|essential|indispensable|crucial)\b", re.I
)  # fmt: skip
_LITTLE = re.compile(
    r"\b(?:rarely|seldom|never|hardly|barely|scarcely|almost (?:never|nothing|none|no)|little or (?:none|no|nothing)|(?:in |for )?(?:less|fewer) than (?:an? \w+\b|[0-4]?\d ?%)|inconsistent(?:ly)?|unreliabl[ey]|not (?:reliably|consistently|always|usually|often)|few|little|only (?:a |an? )?(?:few|small|little|slight(?:ly)?|\d[\d.]* ?(?:%|points?))|costs? only|useless|worthless|pointless|superfluous|irrelevant|minimal|negligible)(?!\w)", re.I
)  # fmt: skip
_CANNOT = re.compile(r"\b(?:cannot|can't|can not|unable to|struggles? to|fails? to|fail|fails|failed to|incapable of|never manages?|is not able to|are not able to|has no solution|have no solution)\b", re.I)  # fmt: skip
_CAN = re.compile(r"\b(?:can|able to|manages? to|succeeds?|capable of|know how to)\b(?! ?not\b)", re.I)
_NOT = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|without|hardly|barely|rarely|seldom|unless|nothing|none|\w+n't)\b", re.I
)
_ONLY = re.compile(r"\b(?:only|unless|until|if|when|once|except|as long as|provided)\b", re.I)
_THAN = re.compile(r"\bthan\b|\bcompared (?:with|to)\b|\brather\b", re.I)
_POLES = tuple(
    tuple(frozenset(side.split("/")) for side in pair.split(" "))
    for pair in ("more less/fewer", "before after", "better worse", "always never", "above/over below/under", "easier harder", "faster slower", "sooner later", "follow/follows/obey/obeys ignore/ignores/disregard/disregards")
)  # fmt: skip
"""Words that turn a sentence round when all others stay."""
_DENIED = re.compile(r"^(?:None|No|Nobody|Neither|Nothing)\b|\b(?:(?:do|does|did|is|are|was|were|has|have|can|will) ?not|cannot|never|\w+n't)\b", re.I)  # fmt: skip
_TURNS = re.compile(r"\b(?:not|no|cannot|neither|nor|without|hardly|\w+n['’]t)\b", re.I)
_LEFT_OUT = re.compile(r"\b(?:once|without|remov\w+|exclud\w+|drop\w+)\b|\bonly\b|, (?:but )?not\b|\bnot (?:only|just|merely|always|all|every|necessarily)\b|\brather than\b|\binstead\b|\bunless\b|\buntil\b", re.I)  # fmt: skip
_PREFIXES = ("un", "in", "im", "ir", "non", "dis")
_LONG = 6
"""Letters of a word that may be denied by "un-" or "in-"."""
_OWN = re.compile(r"\bown\b|sel(?:f|ves)\b", re.I)
_OTHERS = re.compile(r"\bothers?\b|\banother(?:'s|’s)?\b|\bsomeone else", re.I)
_PLACED = re.compile(
    r"\b(?P<by>from|in|on|with|for|at|across|among)\s(?P<what>(?:(?!(?:from|in|on|with|for|at|across|among|to|by|than|when|if|but|as|that|which|while)\b)[\w'’-]+\s?){1,9})", re.I
)  # fmt: skip
_WIDE = re.compile(r"(?:for|at|in) (?:most|all|every|each|least|any)\b", re.I)
"""Conditions that limit little."""
_YES_NO = re.compile(r"(?<=\w )\b(?:Yes|No)\b")


@dataclass(frozen=True, slots=True)
class Sign:
    """Why two sentences are said to pull apart."""

    why: str
    strength: float


def turned(text: str, near: Near, akin: Akin | None = None) -> Sign | None:
    """What speaks for a claim denying a sentence; nothing where it plainly does not, or speaks of something else."""
    other = _YES_NO.sub("so", near.claim.text)
    text = _YES_NO.sub("so", text)
    if near.telling > 1 and (words := excepted(text, other)) is not None:
        return _sign(*words, near)
    if near.cosine < _LEAST_COSINE or near.telling < 2 or near.covers < _COVERS / 1.5:
        return None
    if _elsewhere(text, other, akin):
        return None
    stance = compare(text, other, nearness=near.cosine, akin=akin)
    bearing = bears_on(text, other, near.cosine, akin=akin)
    if (
        stance is not None
        and stance.kind == "opposing result"
        and stance.strength >= _COMPARED
        and bearing == "against"
    ):
        return Sign(stance.why, stance.strength)
    if (words := able(text, other, near) or alone(text, other, near)) is not None:
        return _sign(*words, near)
    near_enough = near.cosine >= (_NEARLY if near.covers >= _COVERS_MOST else _NEAR)
    nearly = near.covers >= _COVERS_ALL and near.telling + (near.cosine >= _NEAREST) > _TELLING and near_enough
    if nearly and (sign := _by_one_word(text, other, near)) is not None:
        return sign
    if near.covers < _COVERS or near.telling < _TELLING:
        return None
    return _by_small_words(text, other, near)


def _elsewhere(text: str, other: str, akin: Akin | None) -> bool:
    """Whether the two are said of different things: "from one paragraph", "from their titles"; "in their own", "of others"."""
    if bool(_OWN.search(text)) is not bool(_OWN.search(other)) and bool(_OTHERS.search(f"{text} {other}")):
        return True
    mine, theirs = _placed(text), _placed(other)
    return any(not shared(mine[word], theirs[word], akin=akin).words for word in mine.keys() & theirs.keys())


def _placed(text: str) -> dict[str, tuple[Word, ...]]:
    """What stands behind each preposition that a sentence has once."""
    found: dict[str, list[str]] = {}
    for match in _PLACED.finditer(text):
        found.setdefault(match["by"].lower(), []).append(match["what"])
    return {by: words for by, said in found.items() if len(said) == 1 and (words := content(said[0]))}


def _by_one_word(text: str, other: str, near: Near) -> Sign | None:
    """Two sentences nearly alike, of which one holds "before" and the other "after", or only one is denied."""
    mine, theirs = (re.findall(r"[a-z]+", each.lower()) for each in (text, other))
    for one, two in _POLES if bool(_TURNS.search(text)) is bool(_TURNS.search(other)) else ():
        for first, second in ((one, two), (two, one)):
            here, there = [word for word in mine if word in first], [word for word in theirs if word in second]
            if len(here) == len(there) == 1 and not second.intersection(mine) and not first.intersection(theirs):
                return _sign(here[0], there[0], near)
    if _LEFT_OUT.search(text) or _LEFT_OUT.search(other):
        return None
    if (pair := _unlike(mine, theirs)) is not None:
        return _sign(*pair, near)
    if near.covers < _COVERS_NEARLY_ALL or near.covered < _COVERS or _NOT.search(text):
        return None
    denied = list(_DENIED.finditer(other))
    if any(one.sign != two.sign for one, two in shared(content(text), content(other)).words):
        return None  # "something good will happen", "something bad will never happen"
    verb = content(other[denied[0].end() :])[:1] if len(denied) == 1 else ()
    if verb and verb[0].stem in {word.stem for word in content(text)}:
        return Sign(f"“{denied[0][0]}” on one side only", near.alike)
    return None


def _unlike(mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, str] | None:
    """A word of each alone that are one but for an "un-" or "in-": "unpredictably" beside "predictable"."""
    for one in sorted({*mine} - {*theirs}):
        for two in sorted({*theirs} - {*mine}):
            for prefix in _PREFIXES:
                a, b = one.removeprefix(prefix), two.removeprefix(prefix)
                alike = len(a) > _LONG < len(b) and a[:-2] == b[: len(a) - 2]
                if alike and one.startswith(prefix) is not two.startswith(prefix):
                    return one, two
    return None


def _by_small_words(text: str, other: str, near: Near) -> Sign | None:
    """Signs of evenness, of how often or how much, of direction, of ability; the first that turns."""
    mine, theirs = _signs(text), _signs(other)
    sure = near.covers >= _COVERS_ALL
    even = mine["even"] and not mine["uneven"] and theirs["uneven"] and not theirs["even"]
    uneven = theirs["even"] and not theirs["uneven"] and mine["than"] and mine["uneven"] and not mine["even"]
    if (even or uneven) and (sure or near.cosine >= _NEAR):
        return _sign(mine["even" if even else "uneven"], theirs["uneven" if even else "even"], near)
    if not _same_scope(text, other):
        return None
    often, its_often = mine["much"] or mine["little"], theirs["much"] or theirs["little"]
    one_way = bool(mine["much"]) != bool(mine["little"]) and bool(theirs["much"]) != bool(theirs["little"])
    if one_way and bool(mine["much"]) != bool(theirs["much"]) and bool(mine["not"]) == bool(theirs["not"]):
        return _sign(often, its_often, near)
    if not sure or any(signs[word] for signs in (mine, theirs) for word in ("than", "not")):
        return _ability(mine, theirs, near) if sure else None
    for way, opposite in (("up", "down"), ("down", "up")):
        if mine[way] and not mine[opposite] and theirs[opposite] and not theirs[way]:
            return _sign(mine[way], theirs[opposite], near)
    return None


def _ability(mine: dict[str, str], theirs: dict[str, str], near: Near) -> Sign | None:
    if mine["can"] and not mine["not"] and theirs["cannot"] and not theirs["can"] and not theirs["only"]:
        return _sign(mine["can"], theirs["cannot"], near)
    return None


def _sign(mine: str, other: str, near: Near) -> Sign:
    return Sign(f"“{mine}” against “{other}”", near.alike)


def _same_scope(text: str, other: str) -> bool:
    """Whether what limits the claim is met in the sentence: "on the hardest problems" is another matter than on all."""
    own = frozenset(word.stem for each in firm(conditions_in(other)) if not _WIDE.match(each) for word in content(each))
    if not own:
        return True
    mine = {word.stem for word in content(text)}
    return len(own & mine) >= len(own) / 2


@lru_cache(8_192)
def _signs(text: str) -> dict[str, str]:
    found = {}
    denied = _NOT_EVEN.search(text)
    bare = _NOT_EVEN.sub("", text)
    for name, pattern in (
        ("even", _EVEN), ("uneven", _UNEVEN), ("up", _UP), ("down", _DOWN), ("much", _MUCH), ("little", _LITTLE), ("can", _CAN), ("cannot", _CANNOT), ("not", _NOT), ("only", _ONLY), ("than", _THAN),
    ):  # fmt: skip
        match = pattern.search(bare if name == "even" else text)
        found[name] = match[0] if match else ""
    if found["not"] and not _NOT.search(_LITTLE.sub(" ", text)):
        found["not"] = ""  # "hardly" says how much, and is compared as that
    if denied:
        found["uneven"] = found["uneven"] or denied[0]
    return found

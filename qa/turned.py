"""Whether a statement says the opposite of the claims it rests on.

Both speak of the same, or the statement would not rest on them; so it is enough to look which way the words of direction
point on each side, which of two things does what, and what the stance of two claims (`ingest.meeting`) makes of them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from typing import NamedTuple

from ingest.lexicon import EMPTY, NEGATORS, sense
from ingest.meeting import pairs
from ingest.overlap import Akin
from kb.language.stems import stem

_CLASH = 0.55
"""How plainly one effect must deny the other, beyond what the two agree on."""
_BACK = 4
"""Words back to which a "not" reaches."""
_POLES = """
    rise rises rising rose increase raise grow climb boost lift higher gain elevate jump surge leap / fall falls falling drop decrease decline lower reduce shrink diminish cut depress
    better best improve improvement help benefit outperform beat exceed surpass win superior pay / worse worst worsen degrade deteriorate deterioration hurt harm underperform lag trail inferior fall-short
    keep retain preserve maintain / lose loses lost
    succeed success / fail failure
    follow obey / ignore disregard
    admit disclose reveal mention verbalise expose detect catch / hide conceal omit
    widen broaden expand / narrow
    strengthen stronger / weaken weaker
    longer lengthen / shorter shorten
    faster accelerate / slower slow
    effective / ineffective
    agree / disagree
    cheap cheaper / expensive costly costlier
    sudden suddenly abrupt / gradual gradually
    predictable predictably / unpredictable unpredictably
    possible / impossible
    alike similarly identically / differently
    excessive excessively / little minimal sparing
    resist / succumb
    necessary needed / unnecessary dispensable
    plentiful abound abundant / scarce
    begin start / end stop
    common frequent / rare
    sufficient enough suffice / insufficient
"""
"""Words that cannot both be meant: what stands on one side of the stroke against what stands on the other."""
_TELLS_APART = """
    more / less fewer
    many most much / few little
    large larger largest big bigger / small smaller smallest
    strong stronger strongest / weak weaker weakest
    long longer longest / short shorter shortest
    high higher highest / low lower lowest
    early earlier / late later
    easy easier easiest simple / hard harder hardest complex
    first / last
    before / after
    with / without
    above over / below under
    gain gains / loss losses
    always / never rarely seldom
    all every / none
    supports / contradicts
    correct right true / incorrect wrong false
"""
"""Words that tell two things apart; they turn a sentence round where one takes the other's place and all else stays."""
_PHRASES = (
    (re.compile(r"\b(?:falls?|fell|fallen|falling) short\b", re.I), "fall-short"),
    (re.compile(r"\b(?:falls?|fell|fallen|falling) (?:back|behind|into|within|under)\b", re.I), " "),
    (re.compile(r"\b(?:at (?:the )?(?:least|most|best|worst)|more or less|no (?:more|less) than|in (?:the )?end|better (?:regarded|understood|seen)|needless|(?<!-)short of|in short|no longer)\b", re.I), " "),
    (re.compile(r"\b(?:no|not any) longer\b", re.I), "not"),
    (re.compile(r"\b(?:not|nor) (?:only|just|merely|simply)\b", re.I), " "),
)  # fmt: skip
_DENIES = NEGATORS | frozenset(
    "rather instead neither few fewest trouble difficulty difficult hard harder less".split()
)
_LESS = frozenset("less fewer lower least reduced".split())
_MORE = frozenset("more greater higher increased".split())
_TOKEN = re.compile(r"[A-Za-z][\w’'-]*|[,;:.()—–]")
_CLAUSE = re.compile(r"[;:()—–]|,\s|\.\s|\b(?:while|whereas|but|although|though|yet|because|since|which|so|when|once|if|and (?=\w+ \w+ (?:is|are|was|were|does|do|did|can)\b))\b", re.I)  # fmt: skip
_CONTRAST = re.compile(r";|\b(?:while|whereas|but|although|though|yet)\b|\.\s", re.I)
_ELLIPTIC = re.compile(
    r"\b(?:do|does|did|can|could|is|are|was|were|has|have|may|will)(?:n['’]t| not)?\s*(?:[.;,:]|$)|\b(?:hardly|barely|scarcely|not|little|none) at all\b|,\s(?:but )?not\s|\bnor\b",
    re.I,
)
"""What is said of one thing and taken back of another in the same breath: "random ones do not", "..., not by chance"."""
_LEVELS = ("low", "high", "long", "short", "strong", "weak")
"""They tell things apart and do not say where they go."""
_SUBJECT = 3
_MOST = 600


def _read(poles: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(each for each in poles.splitlines() if each.strip()):
        for sign, side in zip((1, -1), line.split("/"), strict=True):
            for word in side.split():
                found.setdefault(word, (number, sign))
                found.setdefault(stem(word), (number, sign))
    return found


_POLE = _read(_POLES)
_NOUNS = ("effect", "effects")


_APART = _read(_TELLS_APART)


def opposed(one: str, other: str) -> bool:
    """Whether one word is the contrary of another."""
    one, other = one.lower(), other.lower()
    for table in (_POLE, _APART):
        a, b = table.get(one) or table.get(stem(one)), table.get(other) or table.get(stem(other))
        if a is not None and b is not None and a[0] == b[0] and a[1] != b[1]:
            return True
    x, y = sense(one), sense(other)
    if x is None or y is None or "quality" not in (x.kind, y.kind):
        return False
    return x.kind == y.kind == "quality" and (x.of or stem(one)) == (y.of or stem(other)) and x.sign != y.sign


class Turn(NamedTuple):
    """What is turned round."""

    stated: str
    """The words of the statement."""
    claimed: str
    """The words of the claim that say otherwise."""


def turned(statement: str, claims: Sequence[str], akin: Akin | None = None) -> Turn | None:
    """How a statement says the opposite of its claims, if it does."""
    statement = statement[: _MOST * 4]
    return _exchanged(statement, claims) or _against(statement, claims) or _denies(statement, claims, akin)


def _denies(statement: str, claims: Sequence[str], akin: Akin | None) -> Turn | None:
    """By the stance of the statement to each claim: no other may bear it out nearly as much."""
    met = [pair for claim in claims for pair in pairs(statement, claim, None, akin)]
    clash = max((pair for pair in met if pair.turn < 0), key=lambda pair: -pair.turn * pair.strength, default=None)
    if clash is None or not clash.outcome.words:
        return None
    accord = max((pair.turn * pair.strength for pair in met if pair.turn > 0), default=0.0)
    if -clash.turn * clash.strength - accord < _CLASH:
        return None
    return Turn(clash.a.word or clash.outcome.words[0][0].text, clash.b.word or clash.outcome.words[0][1].text)


class _Way(NamedTuple):
    """A word that points somewhere."""

    group: object
    sign: int
    word: str


def _ways(text: str) -> list[_Way]:
    """Every word of direction with its sign, turned by what denies it."""
    for pattern, instead in _PHRASES:
        text = pattern.sub(instead, text)
    found: list[_Way] = []
    for clause in _CLAUSE.split(text[: 4 * _MOST]):
        words = [word.lower().replace("’", "'") for word in _TOKEN.findall(clause)][:_MOST]
        for at, word in enumerate(words):
            before = words[max(0, at - _BACK) : at]
            after = words[at + 1 : at + 2] in (["nothing"], ["little"])
            sign = -1 if after + sum(each in _DENIES or each.endswith("n't") for each in before) % 2 else 1
            pole = None if word in _LEVELS else _POLE.get(word) or _POLE.get(stem(word))
            if pole is not None:
                if "only" not in words[at + 1 : at + 3]:  # "helps only up to a point" says neither
                    found.append(_Way(pole[0], sign * pole[1], word))
                continue
            means = sense(word)
            if means is not None and means.kind in ("quality", "opposite") and word not in _NOUNS:
                near = words[max(0, at - 2) : at]
                sign *= means.sign * (-1 if any(each in _LESS for each in near) else 1)
                shown = " ".join([*(each for each in near if each in _LESS | _MORE or each in NEGATORS), word])
                found.append(_Way(means.of or stem(word), sign, shown))
    if _ELLIPTIC.search(text):
        found += [way._replace(sign=-way.sign) for way in found]
    return found


def _against(statement: str, claims: Sequence[str]) -> Turn | None:
    """A word of direction whose other pole alone is in the claims."""
    theirs = [way for claim in claims for way in _ways(claim)]
    mine = _ways(statement)
    for way in mine:
        if any(each.group == way.group and each.sign != way.sign for each in mine):
            continue
        same = [each for each in theirs if each.group == way.group]
        if same and all(each.sign != way.sign for each in same):
            return Turn(way.word, same[0].word)
    return None


class _Part(NamedTuple):
    """One side of a contrast."""

    subject: frozenset[str]
    """Its first words: who or what."""
    words: frozenset[str]


def _parts(text: str) -> Iterator[_Part]:
    for part in _CONTRAST.split(text[:_MOST]):
        words = [word for word in _TOKEN.findall(part) if word[0].isalpha() and word.lower() not in EMPTY]
        if len(words) > 1:
            stems = [stem(word) for word in words]
            yield _Part(frozenset(stems[:_SUBJECT]), frozenset(stems))


def _exchanged(statement: str, claims: Sequence[str]) -> Turn | None:
    """Two things that change places: "small models follow, large ones ignore" for the reverse."""
    mine = list(_parts(statement))[:6]
    theirs = [part for claim in claims for part in _parts(claim)][:12]
    for a, b in combinations(mine, 2):
        for x, y in permutations(theirs, 2):
            only_a, only_b, only_x, only_y = a.words - b.words, b.words - a.words, x.words - y.words, y.words - x.words
            who, other = a.subject & x.subject & only_a & only_x, b.subject & y.subject & only_b & only_y
            if not who or not other:
                continue
            crossed = (only_a & only_y, only_b & only_x)
            straight = (only_a & only_x) - who, (only_b & only_y) - other
            if all(crossed) and sum(map(len, crossed)) > sum(map(len, straight)):
                return Turn(_shown(statement, crossed[0]), _shown(statement, who))
    return None


def _shown(text: str, stems: frozenset[str]) -> str:
    """The first word of a text with one of these stems, as it stands."""
    return next((word for word in _TOKEN.findall(text) if stem(word) in stems), min(stems))

"""Tensions that no author states: two notes that say the opposite of the same, found by rule.

Claims meet under subjects, each a word of what does it and a word of what it is done to, so that no claim is held
against all others. A false opposition costs a reader more than a missed one: both sides must be nearly alike in what
they speak of, and whatever is asked, wished, supposed or told of oneself is left out.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ingest.effects import Effect, effects
from ingest.lexicon import EMPTY, GENERAL, Word, sense, stem
from ingest.meeting import Pair, meeting
from ingest.names import SELF
from ingest.opposition import Stance, compare
from ingest.phrases import Words
from ingest.quantities import quantities
from ingest.sides import Row, Sides
from ingest.wording import leans
from kb.link import Relation
from kb.quantised import Matrix, unpacked
from kb.store import Store

_CROWD = 60
"""A subject on which so many claims speak says nothing about any two of them."""
_FARTHEST = 0.35
BAR = 0.65
"""The strength from which a pair is shown."""
_ALIKE, _BOTH_ALIKE = 0.5, 1.1
"""How much of the longer side the causes and the outcomes must have in common, each and together."""
_TURN = 0.7
"""What the predicates themselves must turn: "reduced" within a phrase is not enough."""
_SAME_RESULT = 0.6
"""How near and how alike two claims must be before their figures are compared."""
_MOST = 4
"""Words of a side that make subjects."""
_SURE = 0.9
_OF_RESULTS = frozenset(("%", "x", "points"))
"""Units in which results are given; weeks, patients and grams say how they were obtained."""
_OBJECT = 3
"""Words after a predicate among which its object is."""
_FEWEST, _FEWEST_UNENDED = 4, 6
"""Words of a sentence, and of an item of a list that does not end like one."""
_BLAND = frozenset(
    map(
        stem,
        """report observe find group patient women men people difference significant study analysis reveal effect role increase thing way work
        participant subject number time year week month day case event control measurement example part kind lot point""".split(),
    )
)
"""Words that two sentences may share without a subject in common: "were reported", "between groups"."""
_UNSAID = re.compile(
    r"\?|\$|`|https?:|\b(?:I|I['’]\w+|[Mm]y|[Mm]e|[Mm]yself|[Yy]ou|[Yy]our|[Yy]ou['’]\w+|[Ll]et['’]s)\b|^\W*[\"“”>]"
    r"|\b[Ww]e\b(?! (?:also |further |here |have |now )*(?:show|find|found|report|observe|demonstrate|identif|conclude|confirm|see|saw))"
)
_UNASSERTED = re.compile(
    r"\b(?:should|must|ought|would|could|wants?|wish(?:es)?|hopes?|hypothes\w+|suppose\w*|imagine|perhaps|whether|assum\w+|intend\w*|proposed?|please"
    r"|aim(?:s|ed)?|goals?|objectives?|purpose|unknown|unclear|controvers\w+|poorly understood|not (?:\w+ )?understood|remains? to be|if (?:there|one|it|they|he|she)\b"
    r"|(?:is|are) (?:called|defined|termed)|refers? to|stands for|for example|e\.g\.|said|says|asks?|title)\b",
    re.I,
)
# "MATH", "GPT4" and "Qwen-base", and not "Reward"; each way is tried once, since a word may be as long as a claim
_NAME = re.compile(r"(?=[^A-Z]*[A-Z][^A-Z]*[A-Z])\w+|(?=\D*\d)\w+|(?=[^\WA-Z]*[A-Z]).*-\w*")
_SIDES: Mapping[int, int] = {-1: 1, 0: 2, 1: 4}
_FIGURES = 8
"""Bits of what a claim says of a subject: less, no difference, more, and whether it gives figures with a unit."""


class Stated(NamedTuple):
    """A claim as it is held against others."""

    id: int
    name: str
    file: int
    quote: str


def speaks(quote: str, role: str) -> bool:
    """Whether a claim states something of the world that another could deny."""
    words = quote.count(" ") + 1
    return (
        role not in ("method", "definition")
        and words >= (_FEWEST if quote.rstrip("*_ ").endswith((".", "!", ")")) else _FEWEST_UNENDED)
        and not leans(quote)
        and not _UNSAID.search(quote)
        and not _UNASSERTED.search(quote)
    )


def subjects(quote: str) -> dict[str, int]:
    """What a claim speaks of: pairs of stems, with the sides it takes on each."""
    found: dict[str, int] = defaultdict(int)
    for effect in effects(quote):
        if not _tells(effect):
            continue
        side = _side(effect)
        for mine in _telling(effect.cause)[-_MOST:]:
            for other in _telling(effect.outcome)[:_MOST]:
                if _is_subject(mine, other):
                    found[_key(mine, other)] |= _SIDES[side * mine.sign * other.sign]
            for other in _telling(effect.against)[:_MOST]:
                if _is_subject(mine, other):
                    turned = side if mine.stem < other.stem else -side
                    found[_key(mine, other)] |= _SIDES[turned * mine.sign * other.sign]
    return dict(found)


def _tells(effect: Effect) -> bool:
    """Whether its predicate is one that another can turn round; "is a" is not."""
    if not effect.main or not effect.word or not effect.cause or effect.word.isupper():
        return False
    last = effect.word.split()[-1].lower()
    if last.startswith("independent"):
        return False  # an "independent risk" is one
    if effect.kind != "plain" or effect.causal:
        return True
    means = sense(last)
    return means is not None and means.kind == "plain"


def _side(effect: Effect) -> int:
    if effect.direction == 0:
        return 0
    return -effect.push if effect.denied else effect.push


def _telling(words: Words) -> list[Word]:
    return [word for word in words if len(word.stem) > 2 and word.stem not in _BLAND and word.text.lower() not in EMPTY]


def _is_subject(one: Word, other: Word) -> bool:
    return one.stem != other.stem and not (one.stem in GENERAL and other.stem in GENERAL)


def _key(one: Word, other: Word) -> str:
    return " ".join(sorted((one.stem, other.stem)))


def clashes(store: Store, sides: Sides) -> Iterator[tuple[str, Row]]:
    """The pairs under every subject that has changed, each with the subject under which it was found."""
    held: dict[tuple[int, int], Row | None] = {}
    search = _Search(store, sides)
    for key, claims in sorted(_crowds(store).items()):
        for (a, mine), (b, its) in combinations(claims, 2):
            if a.file == b.file or not _may_clash(mine, its):
                continue
            if (a.id, b.id) not in held:
                held[a.id, b.id] = search.row(*sorted((a, b), key=lambda claim: claim.name))
            if (row := held[a.id, b.id]) is not None:
                yield key, row


def _may_clash(mine: int, other: int) -> bool:
    """Cheaply, before any words are compared."""
    ways = (mine | other) & ~_FIGURES
    return bool(ways & (ways - 1)) or bool(mine & other & _FIGURES)


def _crowds(store: Store) -> dict[str, list[tuple[Stated, int]]]:
    """Who speaks on each changed subject on which more than one speaks, but no crowd. Each claim is read once."""
    rows = store.sql.execute(
        "SELECT claim.id, name, claim.file, coalesce(quote, text), numbers, group_concat(met.key, char(10)) FROM ("
        "SELECT key FROM dirty_subject JOIN subject USING (key) GROUP BY key HAVING count(*) BETWEEN 2 AND ?) AS met "
        "JOIN subject ON subject.key = met.key JOIN claim ON claim.id = subject.claim GROUP BY claim.id ORDER BY claim.id",
        (_CROWD,),
    )
    found: dict[str, list[tuple[Stated, int]]] = defaultdict(list)
    for number, name, file, quote, numbers, keys in rows:
        ways = subjects(quote)
        figures = _FIGURES if any(unit in _OF_RESULTS for _, _, unit in json.loads(numbers or "[]")) else 0
        claim = Stated(number, name, file, quote)
        for key in keys.split("\n"):
            found[key].append((claim, ways[key] | figures))
    return found


class _Search:
    """What two claims have to do with each other, as far as it must be looked up."""

    def __init__(self, store: Store, sides: Sides) -> None:
        self.store = store
        self.sides = sides
        self._vectors = lru_cache(2_000)(self._read_vectors)

    def row(self, a: Stated, b: Stated) -> Row | None:
        """The link between two claims, if any."""
        nearness = float(self._vector(a) @ self._vector(b))
        if nearness < _FARTHEST:
            return None
        stance = pull(a.quote, b.quote, nearness)
        if stance is None or self._cites(a) & self._cites(b):
            return None
        kind: Relation = "contradicts" if stance.kind == "opposing result" else "qualifies"
        evidence = [self._place(claim) for claim in (a, b)]
        confidence = round(min(_SURE, stance.strength), 2)
        return Row(kind, a.name, b.name, "rule", confidence, evidence, stance.why, stance.kind)

    def _vector(self, claim: Stated) -> Matrix:
        first, vectors = self._vectors(claim.file)
        return np.asarray(vectors[claim.id - first], np.float32)

    def _read_vectors(self, file: int) -> tuple[int, Matrix]:
        """The vectors of a file, and the row of its first claim: those of one file were numbered in one go."""
        first, rows, data = self.store.sql.execute(
            "SELECT (SELECT min(id) FROM claim WHERE file = ?1), rows, data FROM vector WHERE file = ?1", (file,)
        ).fetchone()
        return first, unpacked(data, rows)

    def _cites(self, claim: Stated) -> set[str]:
        """What it rests on: two readings of one source are for their authors to settle."""
        rows = self.store.sql.execute(
            "SELECT key FROM mention WHERE file = ? AND claim = ? AND key <> ?", (claim.file, claim.name, SELF)
        )
        return {row[0] for row in rows}

    def _place(self, claim: Stated) -> dict[str, object]:
        return next(known.place for known in self.sides.claims_in(claim.file) if known.id == claim.name).model_dump()


def pull(a: str, b: str, nearness: float) -> Stance | None:
    """How two sentences pull apart, where it is plain that they do."""
    stance = compare(a, b, nearness=nearness)
    if stance is None or stance.kind == "agrees" or stance.strength < BAR:
        return None
    one, other = stance.a.effect, stance.b.effect
    pair = meeting(_unbound(one, other), _unbound(other, one), None, None)
    if pair is None or not (_tells(one) and _tells(other)) or not _of_one_subject(pair) or _named_apart(one, other):
        return None
    where = _seen_in(one, other), _seen_in(other, one)
    if stance.kind == "magnitude":
        alike = min(nearness, pair.cause.mutual, pair.outcome.mutual) >= _SAME_RESULT
        return stance if alike and not any(where) and _gives_results(a) and _gives_results(b) else None
    if pair.turn > -_TURN or _of_other_sorts(one, other):
        return None
    return _scoped(stance, *where) if stance.kind == "opposing result" and any(where) else stance


def _of_other_sorts(a: Effect, b: Effect) -> bool:
    """ "Is essential to the number" and "constrains the number": neither denies the other."""
    return {a.kind, b.kind} == {"plain", "change"} and a.denied is b.denied and 0 not in (a.direction, b.direction)


def _unbound(effect: Effect, other: Effect) -> Effect:
    """Without the words of its conditions that the other has not: they limit what is said, and are not what it is said of."""
    words = {word.stem for word in (*other.cause, *other.outcome, *other.against)}
    bound = _content(" ".join(effect.conditions)) - _content(effect.word) - words
    cause, outcome = (tuple(w for w in side if w.stem not in bound) for side in (effect.cause, effect.outcome))
    return replace(effect, cause=cause or effect.cause, outcome=outcome or effect.outcome)


def _of_one_subject(pair: Pair) -> bool:
    causes, outcomes = ({x.stem for x, _ in side.words} - _BLAND for side in (pair.cause, pair.outcome))
    if not causes or not outcomes or not (causes | outcomes) - GENERAL or len(causes | outcomes) < 2:
        return False
    alike = pair.cause.mutual, pair.outcome.mutual
    objects = ({word.stem for word in effect.outcome[:_OBJECT]} for effect in (pair.a, pair.b))
    return min(alike) >= _ALIKE and sum(alike) >= _BOTH_ALIKE and not set.isdisjoint(*objects)


def _names(effect: Effect) -> set[str]:
    return {word.stem for word in (*effect.cause, *effect.outcome, *effect.against) if _NAME.fullmatch(word.text)}


def _named_apart(a: Effect, b: Effect) -> bool:
    """Whether each names what the other does not, and not as the place where it was seen."""
    mine, its = _names(a) - _names(b), _names(b) - _names(a)
    seen = {stem(word) for each in (*a.conditions, *b.conditions) for word in each.split()}
    return bool(mine and its) and not mine | its <= seen


def _seen_in(effect: Effect, other: Effect) -> str:
    """Where it was seen, as far as the other does not speak of that."""
    words = {word.stem for word in (*other.cause, *other.outcome, *other.against)}
    words |= _content(" ".join(other.conditions)) | _content(effect.word) | {word.stem for word in effect.cause}
    for each in effect.conditions:
        if each.lower().startswith(("in ", "on ", "among ")) and (told := _content(each)) and not told & words:
            return each
    return ""


def _gives_results(text: str) -> bool:
    return any(number.unit in _OF_RESULTS for number in quantities(text))


def _content(words: str) -> set[str]:
    return {stem(word) for word in re.findall(r"[^\W_][\w-]*", words) if word.lower() not in EMPTY}


def _scoped(stance: Stance, mine: str, other: str) -> Stance:
    said = [f"the {which} says “{each}”" for which, each in (("first", mine), ("second", other)) if each]
    return replace(stance, kind="scope", why=f"{stance.why}; {', '.join(said)}")

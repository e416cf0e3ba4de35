"""What a sentence says is done to what: cause, outcome, which way, and under which conditions.

No grammar is parsed. A clause is split at its predicate, found by its auxiliary or by a verb of the lexicon; what stands
before is the cause and what stands after the outcome, unless a passive or a verb without object turns it round. Words such
as "reduced" and "loss of" set the sign of what they govern within either side.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.clauses import Clause, clauses, conditions_in
from ingest.lexicon import (
    AUXILIARIES,
    BAD,
    CAUSAL,
    DETERMINERS,
    HEDGES,
    NEGATORS,
)
from ingest.parties import Parties, compared_at, parties_of
from ingest.phrases import Line, Words, line_from, line_of, words_of
from ingest.predicates import STATES, Direction, Kind, Said, head_of, is_denied, is_odd, predicate_of
from kb.language.stems import stem


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a sentence asserts."""

    cause: Words
    """What does it; the subject of a plain statement."""
    outcome: Words
    """What it is done to, or what is said of the subject."""
    against: Words
    """What the cause is compared with."""
    kind: Kind
    """What the predicate is: see `ingest.lexicon.Sense`."""
    push: Direction
    """Which way it points before any "not": of the quantity itself for a `change`."""
    denied: bool
    word: str
    """The words that say so, as they stand; none where only words stand side by side."""
    causal: bool = True
    """Whether a plain predicate says which way, as "leads to" does and "regulates" does not."""
    conditions: tuple[str, ...] = ()
    """The circumstances stated, as they stand."""
    hedge: str = ""
    """The word that limits how far it is meant: "may", "some", "always"."""
    main: bool = True
    """Not conceded by an "although" or set off by a "whereas"."""

    @property
    def direction(self) -> Direction:
        """Better or more (1), worse, less or not (-1), no difference (0): fewer errors are an improvement."""
        if self.push == 0 or (self.denied and self.kind == "touch"):
            return 0
        turned = self.kind == "change" and any(word.stem in BAD for word in self.outcome[:2])
        return 1 if (self.push > 0) is not (self.denied is not turned) else -1


_NO_DIFFERENCE = re.compile(
    r"\bno (?:\w+ ){0,3}?(?:effects?|differences?|changes?|impact|influence|associations?|correlations?|links?|relations?(?:hips?)?|improvements?|gains?|benefits?|bearing)\b|"
    r"\b(?:little|hardly any|barely any|without|zero) (?:\w+ )?(?:effect|difference|change|impact|influence)\b|\b(?:makes?|made) no difference\b|"
    r"\b(?:the )?same (?:\w+ )?as\b|\b(?:almost|nearly|just|about|roughly) (?:as \w+|the same|equal)\b|\bcosts? (?:only|little|hardly|barely)\b|"
    r"\b(?:barely|hardly|scarcely) (?:matters?|changes?|differs?|affects?)\b|\b(?:almost|next to|costs?) nothing\b",
    re.I,
)
_FAR_FROM = re.compile(r"\bfar from\b|\banything but\b", re.I)
_ALIKE = frozenset("same similar similarly comparable identical equal equally equivalent unchanged".split())
_LONGEST = 5
"""Words of a predicate that are shown in full."""


@lru_cache(8192)
def effects(sentence: str) -> tuple[Effect, ...]:
    """The effects a sentence states, in its order; a clause without a verb that we know states its words."""
    found: list[Effect] = []
    for clause in clauses(sentence):
        line = line_of(clause.text, carries_on=clause.carries_on)
        told = _told(line, clause, found[-1].cause if clause.carries_on and found else ())
        if clause.fronted and told:
            scene = line_of(clause.fronted)
            told[0] = replace(told[0], outcome=(*told[0].outcome, *words_of(scene, 0, len(scene.lower))))
        found += told
    return tuple(found)


def _told(line: Line, clause: Clause, subject: Words) -> list[Effect]:
    """The effect of each predicate of a clause."""
    if not line.lower:
        return []
    at = predicate_of(line)
    conditions = conditions_in(clause.whole)
    hedge = next((word for word in line.lower if word in HEDGES), "")
    if at is None:
        return _bare(line, clause, conditions, hedge)
    head, last = head_of(line, at)
    subject = subject or words_of(line, 0, at)
    rest: list[Effect] = []
    excepted: Words = ()
    cut = next(
        (
            i
            for i in range(head + 1, len(line.lower))
            if _left_out(line.lower, i) or (i > head + 1 and _joined(line, i))
        ),
        None,
    )
    if cut is not None:
        if _left_out(line.lower, cut):
            excepted = words_of(line, cut + 1, len(line.lower))
        else:
            rest = _told(line_from(["it", *line.shown[cut:]]), clause, subject)
        line = line.until(cut)
    said = _said(line, clause, at, head, last)
    said, sides = _folded(said, parties_of(line, subject, said, at, head))
    if excepted:
        rest = [
            Effect(
                sides.cause,
                excepted,
                (),
                said.kind,
                said.push,
                not said.denied,
                "not",
                said.causal,
                (),
                hedge,
                clause.main,
            )
        ]
    return [
        Effect(*sides, said.kind, said.push, said.denied, said.word, said.causal, conditions, hedge, clause.main),
        *rest,
    ]


def _bare(line: Line, clause: Clause, conditions: tuple[str, ...], hedge: str) -> list[Effect]:
    words = words_of(line, 0, len(line.lower))
    if not words:
        return []
    same = _NO_DIFFERENCE.search(clause.whole)
    if same:
        return [Effect((), words, (), "touch", 0, False, same[0], True, conditions, hedge, clause.main)]
    word = " ".join(shown for shown, low in zip(line.shown, line.lower, strict=True) if low in NEGATORS)
    denied = is_odd([low for low in line.lower if low != "without"]) is not clause.denied
    return [Effect((), words, (), "plain", 1, denied, word, False, conditions, hedge, clause.main)]


def _said(line: Line, clause: Clause, at: int, head: int, last: int) -> Said:
    means = line.senses[head]
    kind: Kind = "plain"
    push: Direction = 1
    if means is not None and means.kind == "same":
        kind, push = "touch", 0
    elif means is not None:
        push = 1 if means.sign > 0 else -1
        if means.kind == "change" or means.kind == "worth" or means.kind == "touch":
            kind = means.kind
    denied = (is_denied(line, at, last) is not clause.denied) is not bool(_FAR_FROM.search(clause.whole))
    same = _NO_DIFFERENCE.search(clause.whole)
    alike = any(word in _ALIKE for word in line.lower[head : min(head + _LONGEST, compared_at(line, head))])
    if kind == "plain" and alike:
        kind, push = "touch", 0
    if kind == "touch" and push == 0 and denied:
        push, denied = 1, False
    word = " ".join(line.shown[at : head + 1]) if head - at <= _LONGEST else f"{line.shown[at]} … {line.shown[head]}"
    if same and (kind != "worth" or "cost" in same[0] or "nothing" in same[0]):
        kind, push, denied = "touch", 0, False
    if same:
        word = same[0]
    elif denied and not any(low in NEGATORS or low.endswith("n't") for low in line.lower[at : head + 1]):
        word = " ".join([*(shown for shown, low in zip(line.shown, line.lower, strict=True) if low in NEGATORS), word])
    causal = stem(line.lower[head]) in CAUSAL or (means is not None and means.kind in ("quality", "opposite"))
    return Said(kind, push, denied, word, causal)


def _folded(said: Said, sides: Parties) -> tuple[Said, Parties]:
    """ "Leads to a lower risk" is "lowers the risk"."""
    if said.kind != "plain" or not said.causal or said.push < 0 or not sides.outcome or sides.outcome[0].sign > 0:
        return said, sides
    outcome = tuple(word._replace(sign=-word.sign) for word in sides.outcome)
    return said._replace(kind="change", push=-1), sides._replace(outcome=outcome)


def _left_out(lower: Sequence[str], i: int) -> bool:
    """ "..., but not Llama", "... and often nothing for Llama"."""
    if i + 1 == len(lower):
        return False
    return lower[i - 1 : i + 1] == ["but", "not"] or (lower[i] == "nothing" and "and" in lower[max(0, i - 3) : i])


def _joined(line: Line, i: int) -> bool:
    """Whether a second predicate of the same subject begins here: "limits this and raises that"."""
    lower, word, means = line.lower, line.lower[i], line.senses[i]
    if word in AUXILIARIES and word not in ("being", "been", "be", "need"):
        return lower[i - 1] == "and"
    if means is None or means.kind not in STATES or not word.endswith(("s", "ed")):
        return False
    back = i - 1
    while back > 0 and (lower[back].endswith("ly") or lower[back] in ("also", "thus", "then")):
        back -= 1
    after = lower[i + 1] if i + 1 < len(lower) else "."
    if after == ".":
        return lower[back] == "and" and means.kind == "worth"
    finite = (
        word.endswith("s")
        and not word.endswith(("ss", "ments", "tions"))
        and after not in ("of", "in", "and", ",", ".")
    )
    return lower[back] in ("and", ",") and (after in DETERMINERS or finite)

"""The clauses of a sentence, and what is denied in each: the scope of "not", "no", "never", "no longer", "rather than".

No parser: a clause ends at a mark or at a word that opens another. A negation of the verb denies its whole clause, one of a
part ("A, not B", "without B") what follows it.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from kb.language.closed_class import AUXILIARIES, DEGREES, DETERMINERS, NEGATORS, PREPOSITIONS, UNIVERSALS
from kb.language.stems import stem

Scope = Literal["", "clause", "part", "elided"]

SUBORDINATORS = frozenset(
    "who whose which that if unless until when whenever where because since although though".split()
)
"""Words that open a clause which serves another."""
_CONTRASTING = frozenset("but while whereas although though yet".split())
_OPENERS = SUBORDINATORS | _CONTRASTING | {"so", "nor"}
COMPARATIVES = frozenset("more less fewer most least".split())
LIGHT = (AUXILIARIES | DETERMINERS | PREPOSITIONS | NEGATORS | DEGREES | _OPENERS | COMPARATIVES) | frozenset(
    """also still only always ever then thus often never just already simply merely and or i we they he she it you there one what more so
    yet such same other as""".split()
)
"""Words that are compared as what they do to others, not as what is spoken of."""
_TOKEN = re.compile(r"[^\W_]+(?:[-'.,][^\W_]+)*%?|[,;:()–—.!?]")  # "GPT-4's 73.6%, not" -> gpt-4's, 73.6%, ",", not
NUMBER = re.compile(r"\d[\d.,]*%?")  # "73.6%" -> 73.6%
_ABBREVIATION = re.compile(r"\([^()\d]{1,24}\)")  # "chain of thought (CoT)" -> chain of thought
# What denies without a word of denial, what denies nothing with one, and what only says that something is so.
_REWRITTEN = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\b(?:cannot|can['’]t)\b", "can not"),
        (r"\bwon['’]t\b", "will not"),
        (r"n['’]t\b", " not"),  # "doesn't" -> does not
        (
            r"\b(?:not (?:only|just|merely|simply|least)|no (?:matter|doubt)|(?:whether )?or not|if not|nothing but|each other)\b",
            " ",
        ),
        (r"\b(?:more|less|fewer) than (?=\d)|\bor (?:more|less|fewer)\b", " "),
        (r"\bneed not\b", "not necessarily"),
        (r"\ball that\b", "what"),
        (r"\b(?:nearly|almost) (?:all|every|always)\b", "most"),
        (
            r"\b(?:no longer|fail(?:s|ed|ing)? to|far from|by no means|absent|(?:little|few) or (?:no|none)(?: of)?)\b",
            " never ",
        ),
        (r"\b(?:rather than|instead of|as opposed to|lack(?:s|ed|ing)?|free (?:of|from))\b", " without "),
        (r"\b(\w+)-free\b", r" without \1 "),  # "predator-free islands" -> without predator islands
        (r"\b(?:succeed(?:s|ed|ing)? in|manage[sd]? to|turn(?:s|ed)? out to|(?:is|are|was|were) found to)\b", " "),
    )
)


class Word(NamedTuple):
    """A content word in its clause."""

    text: str
    stem: str
    at: int
    """Its place among the tokens."""
    clause: int
    span: int
    """What stands between full stops, semicolons and "while"."""
    denied: bool
    scope: Scope
    """What sort of negation reaches it, if any."""
    is_head: bool
    """The first content word after a negation: what is denied."""
    degree: str
    """ "more" before "faithful"."""


class Clauses(NamedTuple):
    """A sentence as its words."""

    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    clause_of: tuple[int, ...]
    """The clause of each token."""
    is_partial: bool
    """It denies only that something is always so: "not all", "does not help everyone"."""

    def tokens_in(self, clauses: set[int]) -> set[str]:
        """What stands in some clauses."""
        return {token for token, clause in zip(self.tokens, self.clause_of, strict=True) if clause in clauses}

    def negations(self, clauses: set[int]) -> int:
        """How many negators stand in some clauses."""
        return sum(t in NEGATORS for t, clause in zip(self.tokens, self.clause_of, strict=True) if clause in clauses)


@lru_cache(16_384)
def clauses(text: str) -> Clauses:
    """The words of a sentence, each with its clause and whether it stands denied."""
    tokens, clause_of, spans = _tokens(text)
    denied: list[bool] = [False] * len(tokens)
    scope: list[Scope] = [""] * len(tokens)
    heads: set[int] = set()
    for at, token in enumerate(tokens):
        if token not in NEGATORS:
            continue
        here = [i for i, clause in enumerate(clause_of) if clause == clause_of[at]]
        before = tokens[at - 1] if at and at - 1 in here else ""
        kind: Scope = "part" if token == "without" or (token == "not" and before not in AUXILIARIES) else "clause"
        head = next((i for i in here if i > at and not _is_light(tokens[i])), None)
        if head is None:
            kind = "elided"
        else:
            heads.add(head)
        for i in here:
            if kind != "part" or i > at:
                denied[i], scope[i] = not denied[i], kind
    words = tuple(
        Word(
            token, token if NUMBER.fullmatch(token) else stem(token).removesuffix("y"),  # 1000 has the stem of 100
            at, clause_of[at], spans[at], denied[at], scope[at], at in heads,
            tokens[at - 1] if at and tokens[at - 1] in COMPARATIVES else "",
        )
        for at, token in enumerate(tokens)
        if token not in LIGHT
    )  # fmt: skip
    partial = any(
        clause_of[i] == clause_of[at] and tokens[i] in UNIVERSALS
        for at, token in enumerate(tokens)
        if token == "not"
        for i in range(at, len(tokens))
    )
    return Clauses(words, tuple(tokens), tuple(clause_of), partial)


def _is_light(token: str) -> bool:
    """Whether a negation reaches past it to what it denies: "does not always consistently help"."""
    return token in LIGHT or token.endswith("ly") or token in UNIVERSALS


def _tokens(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of a text, with the clause and the span of each."""
    text = _ABBREVIATION.sub("", text.casefold())
    for pattern, by in _REWRITTEN:
        text = pattern.sub(by, text)
    rows: list[tuple[str, int, int]] = []
    clause = span = 0
    for token in _TOKEN.findall(text):
        if not token[0].isalnum():
            clause += 1
            span += token in ".;:!?"
            continue
        clause += token in _OPENERS and not (rows and rows[-1][0] in NEGATORS)
        span += token in _CONTRASTING
        rows.append((token, clause, span))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]

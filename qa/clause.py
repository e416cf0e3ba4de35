"""The clause inside a question: who does what. Told from word order alone, and only where it is plain.

English inverts: "does X improve Y" states "X improves Y". Where the subject ends is seen from the first word
that can only be a verb, or that starts a predicate; where no such word is found there is no clause.
"""

import re
from typing import NamedTuple

_VERBS = frozenset(
    """accelerate achieve acquire activate adapt add affect agree allow amplify apply approach arise ask avoid beat become
    behave believe bring build carry cause collapse come compete consume contain contradict contribute converge correlate
    create decide decline decrease degrade deliver demand depend derive destroy determine develop differ diminish discover
    dominate drop emerge enable encode encourage enhance ensure exceed exhibit exist expand explain exploit explore express
    extend fail fall follow forget gain generalise generalize generate give get go grow happen harm have help hinder hold
    hurt ignore imitate improve include increase induce infer inherit introduce keep know lack last lead learn lie limit live
    lose lower make manage matter mean memorise memorize need obtain occur offer outperform overfit perform persist predict
    prefer preserve prevent produce protect prove provide raise reach read reason receive recover reduce reflect reinforce
    rely remain remove replace require resemble resist respond retain reveal rise saturate say see seem select serve
    sharpen shift shrink slow solve speed stall stay stop strengthen struggle succeed suffer suppress survive sustain take
    teach tell tend think transfer trust understand unlock use vary verbalise verbalize verify want weaken widen win work
    write yield""".split()
)
_PREDICATES = frozenset(
    """better worse more less so such not only also still already never always often rarely a an the able unable likely
    unlikely needed necessary enough sufficient possible impossible bad good hard easy difficult important essential reliable
    unreliable faithful effective ineffective useful useless brittle robust stable unstable sensitive insensitive limited bound
    superior inferior equal unequal different similar due caused driven explained trained learned made used found seen given
    real true false settled known unknown""".split()
)
_MODALS = frozenset("can could may might must shall should will would".split())
_DO = frozenset(("do", "does", "did"))
_BE = frozenset(("is", "are", "was", "were"))
_HAVE = frozenset(("has", "have", "had"))
AUXILIARIES = _MODALS | _DO | _BE | _HAVE


class Clause(NamedTuple):
    """A subject and what is said of it."""

    subject: str
    predicate: str

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate}"


def uninverted(words: list[str]) -> Clause | None:
    """The clause that "does X improve Y" asks about; `words` begin with the auxiliary."""
    if len(words) < 3:
        return None
    auxiliary = words[0].lower().replace("’", "'")
    negated = auxiliary.endswith("n't")
    auxiliary = {"can't": "can", "won't": "will"}.get(auxiliary, auxiliary.removesuffix("n't"))
    rest = words[1:]
    starts = _PREDICATES if auxiliary in _BE else _VERBS
    at = next((i for i in range(1, len(rest)) if _bare(rest[i]) in starts and _can_follow(rest[i - 1])), None)
    if at is None or auxiliary not in AUXILIARIES:
        return None
    subject, tail = " ".join(rest[:at]), rest[at:]
    if auxiliary in _DO:
        verb = tail[0] if auxiliary == "do" else _third(tail[0]) if auxiliary == "does" else f"did {tail[0]}"
        if negated:
            verb = f"{auxiliary} not {tail[0]}"
        return Clause(subject, " ".join((verb, *tail[1:])))
    return Clause(subject, " ".join((auxiliary, *(("not",) if negated else ()), *tail)))


def _bare(word: str) -> str:
    return word.lower().strip(",.;:“”\"'()")


def _can_follow(word: str) -> bool:
    """A verb cannot come right after "the" or "of": there it is part of a name."""
    return _bare(word) not in (
        "a",
        "an",
        "the",
        "of",
        "to",
        "by",
        "in",
        "on",
        "for",
        "and",
        "or",
        "with",
        "from",
        "that",
    )


def _third(verb: str) -> str:
    lower = verb.lower()
    if lower == "have":
        return "has"
    if lower.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", lower) else f"{verb}s"

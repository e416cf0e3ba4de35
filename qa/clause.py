"""The clause inside a question: who does what. Told from word order, and only where it is plain.

English inverts: "does X improve Y" states "X improves Y". Where the subject ends is the whole difficulty; `qa.predicate`
says, and where it cannot say there is no clause.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.grammar import (
    AUXILIARIES,
    DETERMINERS,
    DO,
    JOINERS,
    OBJECTS,
    PARTICLES,
    PRONOUNS,
    bare,
    is_adverb,
    is_preposition,
    may_be_plain_verb,
)
from qa.predicate import start_of_predicate
from qa.verbs import is_only_verb, may_be_noun, past, third

_LONGEST = 80
_TAKES_A_PLAIN_VERB = frozenset("make let help have see watch making letting helping makes lets helps".split())
_WITHOUT_MARK = frozenset(
    "dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt shouldnt couldnt wouldnt".split()
)
_ASKS = frozenset("why how when where what which who".split())


class Clause(NamedTuple):
    """A subject and what is said of it."""

    subject: str
    predicate: str

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate}"


def auxiliary_of(word: str) -> tuple[str, bool]:
    """Which auxiliary a word is, if it is one, and whether it says no."""
    given = bare(word)
    if given in ("cant", "can't", "cannot", "won't", "shan't"):
        return {"cant": "can", "can't": "can", "cannot": "can", "won't": "will", "shan't": "shall"}[given], True
    if given in _WITHOUT_MARK:
        given = f"{given[:-1]}'t"
    plain = given.removesuffix("n't")
    return (plain, plain != given) if plain in AUXILIARIES else ("", False)


def uninverted(words: Sequence[str], alternative: bool = False) -> Clause | None:
    """The clause that "does X improve Y" asks about; `words` begin with the auxiliary.

    With `alternative`, "or does Z" may follow.
    """
    if not 3 <= len(words) <= _LONGEST:
        return None
    auxiliary, negated = auxiliary_of(words[0])
    rest = list(words[1:])
    if rest and rest[0].lower() == "not":
        rest, negated = rest[1:], True
    if not auxiliary or not rest or "let's" in map(bare, rest):
        return None
    found = start_of_predicate(auxiliary, rest)
    if found is None:
        return None
    ends, verb = found
    subject = " ".join("I" if word == "i" else word for word in rest[:ends])
    tail = turned_tail(rest[ends:], alternative)
    if tail is None:
        return None
    return Clause(subject, said) if (said := _said(auxiliary, negated, tail, verb - ends)) else None


def _said(auxiliary: str, negated: bool, tail: list[str], verb: int) -> str | None:
    """The predicate, with the auxiliary where a statement has it."""
    if auxiliary == "do" and not negated and "not" not in map(bare, tail[:verb]):
        return " ".join(tail)
    if auxiliary in DO and not negated and "not" not in map(bare, tail[:verb]):
        inflect = third if auxiliary == "does" else past
        joined = _joined_verbs(tail, verb)
        if joined is None:
            return None
        return " ".join(_inflected(word, inflect) if i == verb or i in joined else word for i, word in enumerate(tail))
    if negated:
        auxiliary = "cannot" if auxiliary == "can" else f"{auxiliary} not"
    if auxiliary == "can" and bare(tail[0]) == "not":
        return " ".join(("cannot", *tail[1:]))
    return " ".join((auxiliary, *tail))


def _inflected(word: str, inflect: Callable[[str], str]) -> str:
    plain = word.rstrip(',;:"”)')
    return f"{inflect(plain)}{word[len(plain) :]}"


def _joined_verbs(tail: list[str], verb: int) -> list[int] | None:
    """Further verbs of the same subject ("helps Qwen and stalls"); None where they cannot be told."""
    found = []
    lower = [bare(word) for word in tail]
    for i in range(verb + 1, len(lower) - 1):
        if lower[i] not in ("and", "or", "but", "then"):
            continue
        at = i + 1
        while (
            at < len(lower) - 1
            and is_adverb(lower[at])
            and lower[at] not in ("better", "best", "more", "less", "most", "long")
        ):
            at += 1
        if lower[at] == "not" or lower[at - 1] == "not":
            continue
        after = lower[at + 1] if at + 1 < len(lower) else ""
        if not (is_only_verb(lower[at]) or lower[at] in ("be", "have") or may_be_noun(lower[at])):
            continue
        if may_be_noun(lower[at]) and not is_only_verb(lower[at]):
            if i == verb + 1 or after in DETERMINERS | OBJECTS | PARTICLES:
                pass
            elif (is_preposition(after) and after != "of") or after == "to":
                return None
            else:
                continue
        between = lower[verb + 1 : i]
        caused = any(word in _TAKES_A_PLAIN_VERB for word in lower[verb:i]) and any(map(may_be_plain_verb, between))
        inside = caused or any(
            word in _ASKS or word in ("to", "that", "if", "while", "because", "can", "will", "do") for word in between
        )
        if inside and not tail[i - 1].endswith(","):
            return None
        found.append(at)
    return found


def turned_tail(tail: list[str], alternative: bool) -> list[str] | None:
    """The rest of a question; where a second one hangs on it, None, but an alternative ("or do they ...") is turned round."""
    lower = [bare(word) for word in tail]
    for i in range(1, len(tail) - 1):
        auxiliary, after = auxiliary_of(tail[i])[0], lower[i + 1]
        joined = lower[i - 1] in JOINERS or tail[i - 1].endswith(",")
        if (
            auxiliary
            and joined
            and (auxiliary in DO - {"do"} or after in PRONOUNS | DETERMINERS or lower[i - 1] == "or")
        ):
            if not alternative or lower[i - 1] != "or":
                return None
            second = uninverted(tail[i:])
            return [*tail[:i], *str(second).split(" ")] if second else None
        if lower[i] in _ASKS and auxiliary_of(tail[i + 1])[0]:
            then = lower[i + 2] if i + 2 < len(lower) else ""
            if lower[i + 1] in DO or then in PRONOUNS | DETERMINERS or lower[i - 1] in JOINERS:
                return None
    return tail

"""The same question inside a sentence: "Why do models lie?" is "why models lie".

What asks (`lead`) comes first, then a clause turned round, or, where what asks is itself the subject ("Which rewards
work?"), the words as they stand. Where neither is plain there is no indirect question.
"""

import re
from typing import NamedTuple

from qa.clause import Clause, auxiliary_of, turned_tail, uninverted
from qa.grammar import (
    BE,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    OPENERS,
    PRONOUNS,
    bare,
    is_adjective,
    is_adverb,
    is_gerund,
    is_plural,
    is_preposition,
    may_be_finite,
    may_be_plain_verb,
    starts_a_name,
)
from qa.verbs import is_only_verb, is_participle, is_past, is_third, may_be_noun

_ASKS = frozenset("why how when where what which who whom whose".split())
_PLAIN = re.compile(r"[^?!;:…\n]+$")
_FULL_STOP = re.compile(r"\.\s|\.\.|,,|\s[.,]")
_REASON = re.compile(
    r"what(?:'s|’s| is| was| are) the (?:main |real |best )?(?:reasons?|explanations?) (?:that|why)(?= )", re.I
)
_AS_VERB = frozenset("better well worse best so as not badly".split())
_SUPERLATIVES = frozenset("most least only worst right wrong".split())
_AMOUNTS = frozenset("much many few little".split())
_NOWHERE = frozenset("today now here there left going doing coming headed".split())
_LONGEST_NAME = 8


class Indirect(NamedTuple):
    """An indirect question."""

    lead: str
    """What asks: "why", "which varnish", "whether"."""
    said: str
    """The rest, in the order of a statement."""
    clause: Clause | None = None
    """Who does what, where a question was turned round."""
    auxiliary: str = ""
    """What stood before the subject."""

    def __str__(self) -> str:
        return f"{self.lead} {self.said}"


def indirect(question: str, embedded: bool = False) -> Indirect | None:
    """Read a question without its mark; `embedded`, where it followed "I wonder" and is in a statement's order already."""
    words = question.rstrip("?？!. ,").split()
    if len(words) < 2 or not _PLAIN.match(question.rstrip("?？!. ")) or _FULL_STOP.search(question.rstrip("?？!. ")):
        return None
    if (
        question.count('"') % 2
        or question.count("(") != question.count(")")
        or question.count("“") != question.count("”")
    ):
        return None
    lower = [bare(word) for word in words]
    if words[0].lower().replace("’", "'") != lower[0] or (
        lower[0] == "what" and is_adverb(lower[1]) and lower[1] not in ("more", "else")
    ):
        return None
    if auxiliary_of(words[0])[0]:
        clause = uninverted(words, alternative=True)
        return Indirect("whether", str(clause), clause, auxiliary_of(words[0])[0]) if clause else None
    if embedded and lower[0] in ("whether", "if"):
        return Indirect("whether", " ".join(words[1:])) if turned_tail(words, alternative=False) else None
    if lower[0] not in _ASKS and not (
        (is_preposition(lower[0]) or lower[0] == "to") and lower[1] in ("what", "which", "whom", "whose")
    ):
        return None
    if lower[:2] == ["how", "come"] and len(words) > 3 and not auxiliary_of(words[2])[0]:
        return _stated("why", words[2:])
    if lower[0] in ("why", "how") and lower[1] in BE and lower[2:4] == ["it", "that"] and len(words) > 5:
        return _stated(lower[0], words[4:])
    if reason := _REASON.match(" ".join(words)):
        return _stated("why", words[len(reason[0].split()) :])
    at = _auxiliary_at(words, lower)
    if at is None or (embedded and at > 1):
        return _as_it_stands(words, lower, embedded)
    return _turned(words, lower, at)


def _stated(lead: str, words: list[str]) -> Indirect | None:
    rest = turned_tail(words, alternative=False)
    return Indirect(lead, " ".join(rest), Clause("", " ".join(rest))) if rest and is_statement(rest) else None


def _auxiliary_at(words: list[str], lower: list[str]) -> int | None:
    """Where the auxiliary is that stands before the subject, or after what asks as the subject."""
    then = words[2] if len(words) > 2 else ""
    does = (is_third(lower[1]) or is_past(lower[1])) and lower[1] not in DO | BE | HAVE
    if lower[0] in ("what", "who") and does and not auxiliary_of(then)[0]:
        return None
    for i in range(1, min(len(words) - 1, 16)):
        if auxiliary_of(words[i])[0]:
            return i
        if (
            (lower[i] in OPENERS and not (i == 1 and (is_preposition(lower[0]) or lower[0] == "to")))
            or lower[i] in PRONOUNS
            or words[i].endswith(",")
        ):
            return None
        if lower[0] in ("why", "where", "when") and i > 1:
            return None
    return None


def _as_it_stands(words: list[str], lower: list[str], embedded: bool = False) -> Indirect | None:
    if turned_tail(words, alternative=False) is None or words[-1].endswith(","):
        return None
    lead = _lead(words, 1)
    if lower[0] in ("what", "who") and (is_third(lower[1]) or is_past(lower[1]) or lower[1] in MODALS):
        return Indirect(lead, " ".join(words[1:]))
    if lower[0] in ("why", "how", "when", "where") and lower[1] not in _AMOUNTS and not embedded:
        return None
    if lower[0] == "why":
        return _stated("why", words[1:])
    if lower[1] in ("about", "if", "else", "next", "not", "to", "then"):
        return None
    if is_preposition(lower[0]) and not embedded:
        return None
    return Indirect(lead, " ".join(words[1:])) if is_statement(words[1:]) and len(words) > 2 else None


def _turned(words: list[str], lower: list[str], at: int) -> Indirect | None:
    auxiliary = auxiliary_of(words[at])[0]
    lead, tail = _lead(words, at), words[at:]
    after = lower[at + 1] if at + 1 < len(lower) else ""
    then = lower[at + 2] if at + 2 < len(lower) else ""
    next_word = next((word for word in lower[at + 1 :] if not is_adverb(word)), "")
    by_itself = lower[0] in ("what", "who", "which", "whose") or lower[1] in _AMOUNTS
    bare_lead = at == 1
    stands = _as_subject(words, at) if by_itself else None
    if auxiliary in DO:
        if by_itself and after in _AS_VERB:
            return stands
    elif after in PRONOUNS:
        pass
    elif auxiliary in MODALS:
        if by_itself and (next_word in ("be", "have") or is_only_verb(next_word)):
            return stands
        if by_itself and may_be_plain_verb(next_word):
            return stands if next_word == after and then in DETERMINERS else None
    elif auxiliary in HAVE and by_itself:
        if is_participle(next_word):
            return stands
        if not bare_lead and after in DETERMINERS and not any(is_participle(word) for word in lower[at + 2 :]):
            return stands
    elif auxiliary in BE and by_itself and not bare_lead and lower[1:at] != ["many"]:
        if is_adjective(next_word) or is_participle(next_word) or is_adverb(after):
            return stands
        if (
            lower[0] != "how"
            and after in DETERMINERS
            and not (after == "the" and (then.endswith("est") or then in _SUPERLATIVES))
        ):
            return None
        return stands if uninverted(tail) is None and not is_preposition(lower[-1]) else None
    elif auxiliary in BE and by_itself:
        if after == "to":
            return stands
        if (
            (is_participle(next_word) or is_adjective(next_word))
            and (not then or is_preposition(then) or then in ("to", "when", "if"))
            and next_word == after
        ):
            return stands
        if is_preposition(after) and lower[0] == "who":
            return stands
        if is_gerund(after) and then in DETERMINERS | PRONOUNS:
            return stands
    elif auxiliary in BE and lower[0] == "how" and all(is_adjective(word) for word in lower[1:at]) and at > 1:
        return _named(lead, tail) if len(tail) < 7 and not any(is_preposition(word) for word in lower[at:]) else None
    clause = uninverted(tail)
    if clause and auxiliary in BE and by_itself and bare_lead and after not in PRONOUNS and not _left_open(lower[-1]):
        clause = None
    if clause:
        return Indirect(lead, str(clause), clause, auxiliary)
    return _named(lead, tail) if auxiliary in BE and bare_lead and lower[0] in ("what", "who", "where") else None


def _as_subject(words: list[str], at: int) -> Indirect | None:
    return None if turned_tail(words, alternative=False) is None else Indirect(_lead(words, 1), " ".join(words[1:]))


def _named(lead: str, tail: list[str]) -> Indirect | None:
    """ "What is the X of Y" asks what the X of Y is."""
    name = [bare(word) for word in tail[1:]]
    limit = _LONGEST_NAME if name[0] in DETERMINERS else 4
    if not 1 <= len(name) <= limit or PRONOUNS & set(name) or is_adverb(name[0]) or name[-1] in _NOWHERE:
        return None
    if name[0] in ("this", "that", "these", "those"):
        return None
    if any(word in OPENERS or word == "to" or auxiliary_of(word)[0] or word in ("not", "like") for word in name):
        return None
    if any(is_gerund(word) and not is_preposition(name[i]) and i + 2 < len(name) for i, word in enumerate(name[1:])):
        return None
    if is_preposition(name[-1]) or is_adverb(name[-1]) or is_adjective(name[-1]) or any("," in word for word in tail):
        return None
    return Indirect(lead, f"{' '.join(tail[1:])} {tail[0].lower()}")


def _left_open(word: str) -> bool:
    return is_preposition(word) or word == "to"


def _lead(words: list[str], at: int) -> str:
    return " ".join((words[0].lower() if words[0][1:].islower() or len(words[0]) == 1 else words[0], *words[1:at]))


def is_statement(words: list[str]) -> bool:
    """Whether there is plainly a verb with its subject in these words."""
    lower = [bare(word) for word in words]
    for i in range(1, len(lower)):
        word, before = lower[i], lower[i - 1]
        if before in DETERMINERS or before == "to" or is_preposition(before) or before == "as":
            continue
        if auxiliary_of(words[i])[0]:
            return True
        if is_only_verb(word) or (is_past(word) and not may_be_noun(word)):
            return True
        if is_third(word) and not is_adjective(before):
            noun_too = may_be_noun(word.removesuffix("s")) or may_be_noun(word.removesuffix("es"))
            if (
                not noun_too
                or (i + 1 < len(lower) and (starts_a_name(lower[i + 1]) or is_plural(lower[i + 1])))
                or (
                    i == 1
                    and i + 1 < len(lower)
                    and not is_preposition(lower[2])
                    and not may_be_finite(lower[2])
                    and not is_plural(before)
                )
                or (i + 1 == len(lower) and before[:1].isalpha() and not is_plural(before) and i == 1)
            ):
                return True
        if may_be_noun(word) and (is_plural(before) or before in PRONOUNS or (i > 1 and is_adverb(before))):
            return True
    return False

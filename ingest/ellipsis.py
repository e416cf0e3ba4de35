"""What a sentence says of a second thing by leaving it out: "random rewards do not", "and so does RL", "but not Llama".

    "Large models follow flipped labels; small ones do not."
    -> "Large models follow flipped labels", "small models do not follow flipped labels"

Read as a bag of words, the second half repeats the first; read out, it denies it. No grammar is parsed: the half that is
left out is found by its closing auxiliary, and put behind its own subject.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ingest.lexicon import Word
from ingest.overlap import shared, weight_of
from ingest.phrases import line_of, words_of
from ingest.predicates import predicate_of
from kb.language.stems import stem


class Plain(NamedTuple):
    """A clause with nothing left out."""

    text: str
    denied: bool
    """It says that something is not so."""


_AUX = r"do|does|did|can|could|will|would|is|are|was|were|has|have|may"
_JOINED = r"(?:\s*[;:—–,]\s*(?:(?:and|but|while|whereas|although|though|yet|where)\s)?|\s(?:while|whereas|although|though|but)\s)"
_SUBJECT = r"(?P<of>[^,;:.()—–]{2,60}?)"
_STANDS_IN = re.compile(r"\b(?:which|that|it|they|this|these|those|he|she|we|who|what)\b", re.I)
"""A subject with one of these is only known from elsewhere."""
_ENDS = r"(?=\s*(?:[.;,:()—–]|$))"
_DENIED = re.compile(
    rf"{_JOINED}{_SUBJECT}\s(?:(?:{_AUX})(?:n['’]t|\s?not)(?:\sat\sall|\sso)?|(?:never|hardly|rarely)\s(?:{_AUX})){_ENDS}",
    re.I,
)
_ALSO = re.compile(rf"\s*[;,]\s*(?:and\s)?(?:so|as|just as)\s(?:{_AUX})\s{_SUBJECT}{_ENDS}", re.I)
_TOO = re.compile(rf"{_JOINED}{_SUBJECT}\s(?:{_AUX})\s(?:too|also|as well|likewise){_ENDS}", re.I)
_NOR = re.compile(rf"\s*[;,]\s*(?:and\s)?(?:nor|neither)\s(?:{_AUX})\s{_SUBJECT}{_ENDS}", re.I)
_STILL = re.compile(rf"{_JOINED}{_SUBJECT}\s(?:{_AUX}){_ENDS}", re.I)
_BUT_NOT = re.compile(
    r",?\sbut\snot\s(?P<of>(?!always|necessarily|when|if|because|only|just|to\b|yet|enough|so\b|as\b|by\b|all\b|every)[^,;:.()—–]{2,50})", re.I
)  # fmt: skip
_UNLIKE = re.compile(r"(?:^|,\s)unlike\s(?P<of>[^,;:.]{2,50}),\s", re.I)
_FRONT = re.compile(
    r"^(?:(?:when|whenever|if|once|as|on|in|for|at|with|without|under|among|across|given|after)\s(?:[^,]{2,90},\s|\S+\s(?=(?:only|the|a|an|all|most|many|some)\s)))", re.I
)  # fmt: skip
_NOT = re.compile(r"\b(?:not|cannot|never|\w+n['’]t|no|none|neither|nor|hardly|barely|rarely)\b", re.I)
_LEADING = re.compile(rf"^(?:(?:{_AUX})(?:n['’]t|\s?not)?|cannot|never)\s", re.I)
_ONES = re.compile(r"\bones?$", re.I)
_PLACES = "on in for at with from to across among under during against by of".split()
_LONGEST = 1000
_CLAUSE = re.compile(r"[;:.—–]\s|,\s(?:but|and|while|whereas|although|though)\s(?=\w+ \w+)|\s(?:while|whereas)\s")


@lru_cache(8_192)
def plain(sentence: str) -> tuple[Plain, ...]:
    """The clauses of a sentence that leaves something out, read out in full; none where it does not."""
    text = sentence[:_LONGEST].strip().rstrip(".")
    return tuple(dict.fromkeys(_read_out(text)))


def _read_out(text: str) -> Iterator[Plain]:
    for pattern, denies in ((_DENIED, True), (_ALSO, False), (_TOO, False), (_NOR, True)):
        for match in pattern.finditer(text):
            yield from _second(text[: match.start()], match["of"], denies)
    for match in _STILL.finditer(text):
        if _NOT.search(_last(text[: match.start()])):
            yield from _second(text[: match.start()], match["of"], False, turned=True)
    for match in _BUT_NOT.finditer(text):
        yield from _excepted(_last(text[: match.start()]), match["of"])
    if (unlike := _UNLIKE.search(text)) is not None:
        rest = _last(f"{text[: unlike.start()]} {text[unlike.end() :]}".strip())
        yield from _second(rest, unlike["of"], not _NOT.search(rest), turned=bool(_NOT.search(rest)))


def _last(before: str) -> str:
    """The clause that the half leans on."""
    cuts = [match.end() for match in _CLAUSE.finditer(before) if before.count(" ", match.end()) >= 2]
    return before[cuts[-1] :] if cuts else before


def _second(before: str, subject: str, denies: bool, turned: bool = False) -> Iterator[Plain]:
    """The clause before, and the same of another subject."""
    subject = re.sub(r"^(?:and|but|yet|so|that)\s", "", subject.strip(), flags=re.I)
    if not subject or _STANDS_IN.search(subject):
        return
    clause = _last(before)
    front, own, rest = _sides(clause, subject)
    was_denied = bool(_NOT.search(rest) or _NOT.match(own))
    if not rest or (denies and was_denied and not _NOT.search(rest)):
        return
    subject = _ONES.sub(own.split()[-1] if own else "", subject)
    yield Plain(clause.strip(" ,"), was_denied)
    bare = _LEADING.sub("", rest)
    is_denied = False if turned else denies or was_denied
    said = f"{subject} do not {bare}" if is_denied else f"{subject} {bare}"
    yield Plain(f"{front}{said}".strip(" ,"), is_denied)


def _sides(clause: str, other: str) -> tuple[str, str, str]:
    """What stands before the subject, the subject, and what is said of it; nothing is said where no verb is found."""
    found = _FRONT.match(clause)
    front = found[0] if found else ""
    words = clause[len(front) :].split()
    head = "" if _ONES.search(other) else stem(other.split()[-1].strip("’'"))
    for at, word in enumerate(words[:8]):
        if at + 1 < len(words) and stem(word) == head:
            return front, " ".join(words[: at + 1]), " ".join(words[at + 1 :])
    for at, word in enumerate(words[:5]):
        follows = words[at + 1].lower() if at + 1 < len(words) else ""
        plural = word.endswith("s") and not word.endswith("ss") and word[:-1].isalpha()
        if plural and at + 2 < len(words) and follows not in (*_PLACES, "and", "or", "that", "which") and at:
            return front, " ".join(words[: at + 1]), " ".join(words[at + 1 :])
    line = line_of(" ".join(words))
    at_verb = predicate_of(line)
    if not at_verb:
        return front, "", ""
    return front, " ".join(line.shown[:at_verb]), " ".join(line.shown[at_verb:])


def _excepted(clause: str, left_out: str) -> Iterator[Plain]:
    """ "Lifts Qwen on algebra, but not Llama": what is said of the one is denied of the other."""
    line = line_of(clause)
    at = predicate_of(line)
    if not at or _NOT.search(clause):
        return
    subject, rest = line.shown[:at], list(line.shown[at:])
    first = left_out.split()[0].lower()
    kept = rest[:1]
    if first in _PLACES:
        places = [i for i, word in enumerate(rest) if word.lower() == first]
        if not places:
            return
        kept = rest[: places[-1]]
    said = _LEADING.sub("", " ".join(kept) + " ").strip()
    yield Plain(clause.strip(" ,"), False)
    yield Plain(f"{' '.join(subject)} do not {said} {left_out}".strip(), True)


_HELD = 0.8
"""How much of a statement a clause must hold to deny it."""
_FEWEST = 3
_AHEAD = 0.1
"""By how much more than the clause that bears it out."""


def gainsaid(statement: str, claim: str) -> Plain | None:
    """The clause of a claim that denies a statement by what it leaves out; nothing where another bears it out as well."""
    read = plain(claim)
    if not any(clause.denied != read[0].denied for clause in read):
        return None
    said = plain(statement) or (Plain(statement, bool(_NOT.search(statement))),)
    return next((found for each in said if (found := _against(each, read)) is not None), None)


def _against(said: Plain, read: tuple[Plain, ...]) -> Plain | None:
    mine = _content(_NOT.sub(" ", said.text))
    whole = sum(sorted(weight_of(key) for key in {word.stem for word in mine}))
    level = {True: 0.0, False: 0.0}
    found = None
    for clause in read:
        both = shared(mine, _content(_NOT.sub(" ", clause.text)))
        held = [x.stem for x, y in both.words if x.sign == y.sign]  # "small" and "large" are two poles of one word
        share = sum(sorted(map(weight_of, held))) / whole if whole else 0.0
        agrees = clause.denied is said.denied
        if share > level[agrees]:
            level[agrees] = share
            found = found if agrees else clause if len(held) >= _FEWEST else None
    return found if level[False] >= max(_HELD, level[True] + _AHEAD) else None


def _content(text: str) -> tuple[Word, ...]:
    line = line_of(text)
    return words_of(line, 0, len(line.lower))

"""A sentence cut into the clauses that assert something each, and what those clauses depend on.

What a sentence reports ("studies show that") is taken for said; questions and what is only asked ("whether") are not.
"""

import re
from typing import NamedTuple


class Clause(NamedTuple):
    """A part of a sentence with a predicate of its own, or so it looks."""

    text: str
    """Without what is said before its subject."""
    whole: str
    """As it stands."""
    fronted: str
    """What stands before the subject: "On hard problems, "."""
    denied: bool
    """By words around it: "there is no evidence that"."""
    main: bool
    """Not conceded by an "although"."""
    carries_on: bool
    """It has no subject but that of the clause before it."""


_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_ASIDE = re.compile(
    r",\s(?:which|indicating|suggesting|including|such as|consistent with|due to|through|via|by \w+ing)\b[^,;]*(?=[,;.]|$)|,? but not [^,;]{1,60}(?=,)",
    re.I,
)
_CLAUSE = re.compile(
    r"\s*(?:;|—| – |\swhile (?=\w+ \w+)|:\s|\.\s(?=[A-Z])|,\s(?=(?:neither|no)\s)|,?\s\b(?:but(?! also| not)|whereas|although|though|even though|however|yet)\b|,\s(?:while|after which|and (?=(?:the|an?|its|their|this|these|it|they|\w+s)\s\w+\s\w+)|and (?=(?:\w+ ){1,4}(?:is|are|was|were|do|does|did|can|may|has|have)\b)|so|thus)\b)\s*",
    re.I,
)
_CONCEDES = re.compile(r"^\W*(?:although|though|even though|while|whereas|despite|unlike)\b", re.I)
_REPORTED = re.compile(
    r"^.{0,120}?\b(?:show(?:s|ed|n)?|suggest(?:s|ed|ing)?|indicat(?:es?|ed|ing)|demonstrat(?:es?|ed|ing)|f(?:ind|inds|ound)|report(?:s|ed)?|argu(?:es?|ed)|reveal(?:s|ed)?|"
    r"conclud(?:es?|ed)|claim(?:s|ed)?|confirm(?:s|ed)?|propos(?:es?|ed)|observ(?:es?|ed)|evidence|hypothesis|hypothesi[sz]ed?|demonstration)\b(?: here| also)? that\b\s*",
    re.I,
)
_NO_EVIDENCE = re.compile(
    r"\b(?:no|little|not|lack of|without|insufficient)\s(?:\w+\s){0,2}(?:evidence|support|indication|sign|reason)\b",
    re.I,
)
_INSTEAD = re.compile(r",?\s(?:rather than|instead of|as opposed to)\s", re.I)
_CARRIES_ON = re.compile(
    r"(?:(?:also|then|only|even|\w+ly)\s)?(?:is|are|was|were|does|do|did|has|have|can|cannot|may|will|fails?|(?:improve|raise|lower|hurt|harm|help|reduce|increase|decrease|cost|lose|worsen|degrade|weaken|impair|boost)s?d?)\s",
    re.I,
)
_ASKED = re.compile(r"[^.?!]*\?(?:\s+|$)")
_LEAVE_OUT = re.compile(r"\b(?:leav(?:e|es|ing)|left) out\b", re.I)
_RARELY = re.compile(r"\b(?:in|for) (?:less|fewer) than (?:an? \w+|[0-4]?\d%)(?: of (?:the )?\w+)?", re.I)
_WHETHER = re.compile(
    r"^.*\b(?:decides?|determines?|asks?|asked|tests?|tested|unclear|examines?|examined|investigated?|know) (?:whether|if|how)\b",
    re.I,
)
_FRONTED = re.compile(
    r"\W*(?:on|in|with|when|once|if|without|under|given|at|for|after|during|as|across|among|within|unlike|beyond|before|since|because|despite)\s[^,]{3,90},\s(?=\S+\s\S)",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:only (?:when|if|where|for|in|on|with|under|after|once|while)|when|whenever|if|unless|once|until|under|without|where|provided|given (?=\w)|among|during|"
    r"on tasks?|for (?=(?:small|large|long|short|easy|hard|some|most|many|strong|weak|smaller|larger|\w+er)\b)|at (?:large|small|high|low|equal|the same|scale)|"
    r"beyond|in (?=\w)|on (?=\w))\b",
    re.I,
)  # fmt: skip
_STOPS = re.compile(r"\s*(?:[,;:.()—]|\b(?:but|and|than|is|are|was|were|does|do|has|have|can|will|may)\b)")
_ENDS_CLAUSE = re.compile(r"\s*(?:[,;:.()—]|\b(?:but|and|than)\b)")
_SUBORDINATE = ("when", "whenever", "if", "unless", "once", "until", "where", "while")
_LONGEST = 2000
_REACH = 80
"""Characters of a condition that are kept at most."""


def clauses(sentence: str) -> list[Clause]:
    """The clauses in order."""
    found: list[Clause | None] = []
    text = _plain(sentence[:_LONGEST])
    start = 0
    conceded = bool(_CONCEDES.match(text))
    for cut in [*_CLAUSE.finditer(text), None]:
        part = text[start : cut.start() if cut else len(text)].strip()
        if len(part) > 2:
            if conceded and start == 0 and "," in part:
                first, _, rest = part.partition(",")
                found += [_clause(first, False, False), _clause(rest.strip(), True, False)]
            else:
                found.append(_clause(part, not conceded, any(found)))
        if cut is None:
            break
        conceded = bool(_CONCEDES.match(cut[0].strip(" ,")))
        start = cut.end()
    return [clause for clause in found if clause]


def _plain(text: str) -> str:
    """Without questions, brackets and asides, and with "leave out" in one word. Most sentences have none of it."""
    if "?" in text:
        text = _ASKED.sub("", text)
    if "(" in text or "[" in text:
        text = _BRACKETS.sub("", text)
    if "," in text:
        text = _ASIDE.sub("", text)
    if " out" in text:
        text = _LEAVE_OUT.sub("omit", text)
    return _RARELY.sub("rarely", text) if " than " in text else text


def _clause(text: str, main: bool, follows: bool) -> Clause | None:
    denied = False
    if (reported := _REPORTED.match(text)) is not None:
        denied = bool(_NO_EVIDENCE.search(reported[0])) or " not " in reported[0]
        text = text[reported.end() :]
    elif (nothing := _NO_EVIDENCE.search(text)) is not None:
        denied = True
        text = text[: nothing.start()] + text[nothing.end() :]
    if _INSTEAD.search(text, 12):
        text = _INSTEAD.split(text, maxsplit=1)[0]
    if _WHETHER.match(text):
        return None
    if follows and _CARRIES_ON.match(text):
        return Clause(text, text, "", denied, main, True)
    rest = text
    while (front := _FRONTED.match(rest)) is not None:
        rest = rest[front.end() :]
    return Clause(rest, text, text[: len(text) - len(rest)], denied, main, False)


def conditions_in(text: str) -> tuple[str, ...]:
    """The circumstances that a clause states, as it states them."""
    found: list[str] = []
    at = 0
    while (match := _CONDITION.search(text, at)) is not None:
        end = (_ENDS_CLAUSE if match[0].lower().endswith(_SUBORDINATE) else _STOPS).search(text, match.end())
        nearer = _CONDITION.search(text, match.end() + 1)
        stop = min(end.start() if end else len(text), nearer.start() if nearer else len(text), match.end() + _REACH)
        words = text[match.start() : stop].strip(" ,.;:")
        if " " in words:
            found.append(words)
        at = max(stop, match.end())
    return tuple(found)

"""Whether a statement claims more than its claims do: all for some, always for often, proved for found, everywhere for one place."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.lexicon import EMPTY
from kb.language.stems import stem

_ALWAYS = re.compile(
    r"\b(?:always|whenever|invariably|every time|each time|without exception|in general|universally|everywhere|in (?:all|every) cases?)\b",
    re.I,
)
_ALWAYS_SAID = re.compile(
    _ALWAYS.pattern
    + r"|\b(?:all|every|each|any|never|none|no|consistently|generally|regardless|whatever|irrespective|monotonically|necessar(?:y|ily)|must|(?:follow|law|inherent)\w*)\b",
    re.I,
)
_ALL = re.compile(
    r"\b(?:all|every|everyone|everything|wherever|entirely|completely|anything|any|whatever|whichever|"
    r"guarantees?d?|must|inevitabl[ey]|cannot but|throughout|regardless of|irrespective of|perfectly)\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:never|none|nothing|nobody|nowhere|no \w+ (?:ever|whatsoever|at all)|at no point|under no|in no case|not a single|impossible)\b",
    re.I,
)
_ALL_OF = re.compile(r"\b(?:all|every|any|each)\s(?:the\s)?(?:\w+\s)??(\w{4,})\b", re.I)
_SOME_OF = re.compile(r"\b(?:some|many|most|several|few|certain)\s(?:of the\s)?(?:\w+\s)??(\w{4,})\b", re.I)
_PROVED = re.compile(
    r"\b(?:prov(?:e|es|ed|en|ing)|proof|conclusively|beyond doubt|undoubtedly|without doubt|undeniabl[ey]|settles? the)\b",
    re.I,
)
_IDLE = re.compile(
    r"\b(?:at all|after all|above all|all in all|first of all|all (?:the )?(?:same|two|three|four|five|six|seven|\d+)|not (?:all|every|always|entirely|completely|everything|any)|n['’]t (?:all|always|entirely)|"
    r"nearly all|almost all|all but|if any|in any case|at any rate|without any|hardly any|scarcely any|than any|all of (?:these|this|them)|in all (?:these|three|four)|all (?:that|this|these|those|it|one|is)|"
    r"(?:next|close) to nothing|almost nothing|nearly nothing|almost never|hardly ever|almost always|need not|must (?:be|have) (?:trained|been)|"
    r"(?:no|not|nor|never|neither|without|few|hardly|cannot|fails?|failed)\b[^.;,]{0,40}\bany|not (?:prove|proven|proof)\w*|(?:whether|if|not|nor|neither|which|does|do|did)\b[^.;,]{0,30}\bprov\w+)\b",
    re.I,
)
"""Where such a word says less, or nothing of the kind."""
_ALL_SAID = re.compile(
    _ALL.pattern
    + r"|\b(?:always|whenever|both|only|each|none|never|no|full|whole|exactly|across|strict(?:ly)?|inherent(?:ly)?|of any|as such|consistently|long as|unless|necessar(?:y|ily))\b",
    re.I,
)
_NONE_SAID = re.compile(
    r"\b(?:never|none|nothing|nobody|no|zero|neither|nor|without|impossible|cannot|not at all|unable|silent|0(?:\.0+)?%)\b",
    re.I,
)
_PROVED_SAID = re.compile(_PROVED.pattern + r"|\b(?:theor(?:y|em|ems|etically)|formal(?:ly)?|derives?|derived)\b", re.I)
_LIMITED_NOT = re.compile(
    r"\b(?:not|n['’]t|nor|never) (?:\w+ )?(?:always|consistently|necessarily|all|every|entirely|wholly|completely|fully|reliably|uniformly|alone|exclusive\w*|solely|equally|everywhere|generally|merely|usually|often)\b",
    re.I,
)
_SOFT = re.compile(
    r"\b(?:always|consistent\w*|inconsistent\w*|necessar\w+|need not|sometimes|occasionally|often|may|might|can|could|not all|not every|every|unreliab\w+|reliab\w+|partly|partial\w*|entirely|wholly|fully|completely|uniform\w*|"
    r"alone|by itself|on its own|mixed|varies|vary|equally|everywhere|general|generally|merely|only|just|usually|hardly|guarantee\w*|solely|exclusive\w*|some|certain|limited)\b",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|nothing|none|neither|cannot|fails? to|without|useless|n['’]t)\b|n['’]t\b", re.I
)
_HEADS = r"(?:models?|networks?|students?|teachers?|transformers?|llms?|reasoners?)"
_BARE = re.compile(r"(?:^|[,;:.]\s+|\bthat\s+|\b(?:and|but|so)\s+)((?:language |neural |reasoning |trained )?" + _HEADS + r")\s+(?!of\b|with\b|whose\b|that\b|which\b|in\b|from\b|trained\b|fine\b|under\b|asked\b|told\b|built\b|as\b|at\b|on\b|for\b|up\b|and\b)\w", re.I)  # fmt: skip
_NARROW = re.compile(
    r"^(?:\W*(?:for|in|on|with|at|among)\s)?\W*(?:the\s)?(?P<which>small(?:er)?|larger?|weak(?:er)?|strong(?:er)?|bigger|tiny|base)\s(?:and \w+ \w+ |language )?" + _HEADS
    + r"\b|^\W*(?P<head>" + _HEADS + r") (?:of|with|below|under|above) (?P<size>[^,;.]{2,30}?)(?= (?:do|does|did|are|is|can|may|have|has|show|gain|\w+ly|or|and|not)\b)",
    re.I,
)  # fmt: skip
_SIZES = re.compile(
    r"\b(?:small\w*|large\w*|big\w*|weak\w*|strong\w*|tiny|base|capable|size|sizes|parameters|under|below|above|\d+(?:\.\d+)?[BM]|compact|modest|lesser|mid\w*|great\w*|certain|some|such|these|those|many|most)\b",
    re.I,
)
_WORD = re.compile(r"[A-Za-z][\w’'-]*")
_REACH = 4000


class Overreach(NamedTuple):
    """What goes too far."""

    word: str
    """As the statement has it."""
    instead: str
    """What the claims say, in their words; nothing where they do not say how far."""


_HEDGED = re.compile(
    r"\b(?:often|sometimes|usually|mostly|mainly|many|most|some|may|might|can|could|rarely|seldom|nearly|almost|partly|in part|tends?|largely|typically|generally|several|hardly|varies|at least|up to|over \d+%|one|two|three|certain)\b",
    re.I,
)


def overreach(statement: str, claims: Sequence[str]) -> Overreach | None:
    """The first word of a statement that goes further than every claim of it."""
    text, said = _IDLE.sub(" ", statement[:_REACH]), " ".join(claims)
    for stated, known in ((_PROVED, _PROVED_SAID), (_ALWAYS, _ALWAYS_SAID), (_ALL, _ALL_SAID), (_NONE, _NONE_SAID)):
        match = stated.search(text)
        if match is not None and not known.search(said):
            hedge = _HEDGED.search(said)
            return Overreach(match[0], hedge[0] if hedge else "")
    some = {stem(noun[1]): noun[0] for noun in _SOME_OF.finditer(said)}
    for each in _ALL_OF.finditer(text):
        if stem(each[1]) in some and not any(stem(noun[1]) == stem(each[1]) for noun in _ALL_OF.finditer(said)):
            return Overreach(each[0], some[stem(each[1])])
    limited = _LIMITED_NOT.search(said)
    if limited is not None and len(claims) == 1 and _DENIAL.search(statement) and not _SOFT.search(statement):
        return Overreach(_first(_DENIAL, statement), limited[0])
    return _unbound(statement, claims)


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""


def _unbound(statement: str, claims: Sequence[str]) -> Overreach | None:
    """ "Models" of which the claims say "small models": whose they speak of is not told."""
    bare = _BARE.search(statement)
    if bare is None or _SIZES.search(statement):
        return None
    for claim in claims:
        narrow = _NARROW.match(claim)
        if narrow is None:
            return None
        names = {stem(word) for word in _WORD.findall(narrow[0])} - EMPTY
        if len(names & {stem(word) for word in _WORD.findall(statement)}) > 1:
            return None
    narrow = _NARROW.match(claims[0]) if claims else None
    return Overreach(bare[1], narrow[0].strip()) if narrow else None

"""The text and the quote of a claim: what stands beside a sentence, what it leans on, where its quotation begins and ends."""

import re
from collections.abc import Sequence

from ingest.page import Mention
from kb.oneline import one_line

_NEAR = 80
"""Characters before a title in which is said whether it is part of the sentence."""
LONGEST = 2_000
_LEANS = re.compile(
    r"(?:(?:And|But|So|Yet|Still|Thus|Hence|Instead|However|Therefore|Moreover|Furthermore|Similarly|Likewise|Conversely"
    r"|Also|Then|Rather|Indeed|Nevertheless|In fact|In short|As a result|For (?:example|instance)|By contrast"
    r"|In contrast|On the other hand|In other words|That said|At the same time|More(?:over| importantly)),?\s+)?"
    r"(?:This|These|Those|That(?:['’]s)?|It(?:['’]s)?|Its|They|Their|Them|He|She|His|Her|Such|Neither|The (?:former|latter|same|other|reason|effect"
    r"|opposite|reverse|two|result|authors?|paper|study|post|gain|gap|difference)|Another|Not|Nor|One of (?:them|these)|Both(?! \w+ and))\b",
    re.I,
)
_EXPLETIVE = re.compile(
    r"(?:It(?:['’]s| is| was| has been| seems| appears| turns out| may be)\s+(?:\w+\s+){0,2}(?:that|to|whether|how|why)\b"
    r"|This (?:note|line|essay|question)\b|Not (?:all|every|only|enough|many)\b|That \w+ \w+ (?:is|was|has)\b|The same (?!is\b|was\b|holds\b|applies\b|goes\b)\w+ \w+)", re.I
)  # fmt: skip
_ANAPHOR = re.compile(
    r"\b(?:the former|the latter|in this (?:way|case|sense)|this (?:style|effect|means|shows|suggests|is why))\b", re.I
)
_CONNECTIVE = re.compile(
    r"(?:(?:However|But|And|Yet|So|Also|Moreover|Furthermore|Similarly|Likewise|In addition|Additionally|Still|Indeed|Thus|Hence"
    r"|Therefore|Conversely|By contrast|In contrast|Nevertheless),?\s+)(?=[\w“\"])"
)
# "is shown ( , )." -> "is shown."; a run of blanks is tried from its beginning alone
_MARKED_CITATION = re.compile(r"(?<!\s)\s*+[\[(][,;\s]*+[\])]")
_BEFORE_STOP = re.compile(r"(?<!\s)\s++([.,;:!?])")  # "is shown ." -> "is shown."
_QUOTES = re.compile(r"[“\"'(]*+\s*+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){2,}")
_SUBJECT_BEFORE = re.compile(
    r"\b(?:see|in|of|by|from|as|since|because|with|and|or|to|than|on|for|about|is|are|was|that|if|while|whether|answers?|asks?"
    r"|reads?|titled?|called|question|note|per|via|after|like|unlike|both|behind|against|under|over|beyond|into|between|around|through|at|beside|before|within|which|which \w+s|recalls?|resembles?|mirrors?|echoes|extends?|supports?|contradicts?|qualif(?:y|ies)|disputes?|follows?|matche?s?|fits?|explains?|restates?|repeats?|confirms?|answers?|joins?|meets?|limits?|refines?|builds on|yet|:)\s*[“\"'(]?$",
    re.I,
)
# Mark-up that a sentence starts or ends in belongs to its quote: half a link is no quotation.
_OPENING = re.compile(r"(?>\*+|(?<!\w)_{1,3}|~~|==|`|!?\[\[[^\[\]|\n]{0,400}\||\[\[#?|(?<!\[)\[(?!\[))++\Z")
_CLOSING = re.compile(
    r"(?:\*+|_+|~~|==|`|\]\]|\]\((?:<[^<>\n]*>|[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)?)(?:\s+\"[^\"]*\")?\)|\]\[[^\]]*\])+"
)


def leans(text: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return bool((_LEANS.match(text) and not _EXPLETIVE.match(text)) or _ANAPHOR.search(text[:60]))


def beside(shown: str, start: int, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Question titles and bare slugs that stand beside the sentence rather than in its grammar."""
    spans: list[tuple[int, int]] = []
    quotes = _QUOTES.match(shown, start)
    opened = quotes.end() if quotes else start
    for mention in mentions:
        left, right = mention.shown or (0, 0)
        if right <= left or not (shown[left:right].rstrip().endswith("?") or _SLUG.fullmatch(shown, left, right)):
            continue
        before = shown[max(start, left - 2 * _NEAR) : left].rstrip()
        joined = spans and not shown[spans[-1][1] : left].strip(" ,;()")
        subject = opened >= left or (
            re.match(r"\s+[a-z]", shown[right : right + 3]) and not joined and shown[left:right].endswith("?")
        )
        if joined or (not subject and not _SUBJECT_BEFORE.search(before[-_NEAR:])):
            spans.append((left, right))
    return spans


def before_citation(shown: str, start: int, end: int, pure: Sequence[tuple[int, int]]) -> int:
    """Where the quote ends: before a citation that only closes the sentence."""
    stop = end
    for left, right in reversed(pure):
        if shown[right:stop].strip(" .,;)!?。"):
            break
        stop = start + len(shown[start:left].rstrip(" (,;"))
    return stop


def readable(shown: str, start: int, end: int, pure: Sequence[tuple[int, int]], mentions: Sequence[Mention]) -> str:
    """The sentence without the citations beside it, as one line."""
    if not pure:
        text = _MARKED_CITATION.sub("", shown[start:end])
        return one_line(re.sub(r"(?<=\w) ++([.,;])(?=\s|$)", r"\1", text) if mentions else text, LONGEST)
    out: list[str] = []
    done = start
    for left, right in pure:
        out.append(shown[done:left].rstrip(" (,;") if not shown[done:left].strip(" (,;") else shown[done:left].rstrip())
        done = right
    out.append(shown[done:end])
    text = _MARKED_CITATION.sub("", "".join(out)).strip()
    text = re.sub(r"\(\s*+(?=[.,;]|$)|(?<=\s)\)", "", text)
    text = _BEFORE_STOP.sub(r"\1", re.sub(r"([.,;])\1+", r"\1", text))
    return one_line(text if text.endswith((".", "!", "?", ":", "。")) else f"{text}.", LONGEST)


def _is_open(quote: str) -> bool:
    """Whether mark-up that begins in a quote ends after it."""
    return quote.count("[") > quote.count("]") or any(quote.count(m) % 2 for m in ("**", "`", "==", "~~", "*", "_"))


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the mark-up that it starts or ends in."""
    opening = _OPENING.search(text, max(0, start - 420), start)
    start = opening.start() if opening else start
    closing = _CLOSING.match(text, end)
    return start, closing.end() if closing and _is_open(text[start:end]) else end


def without_connective(text: str) -> str:
    """ "However, it holds" alone is "It holds"."""
    match = _CONNECTIVE.match(text)
    if not match:
        return text
    rest = text[match.end() :]
    return rest[:1].upper() + rest[1:]

"""Mark-up as a reader sees it (as read): links as their words, no marks of emphasis."""

import re

LINK = re.compile(
    r"\[\[(?:[^\[\]|]*\||#(?=[^\[\]|]*\]))?([^\[\]|#]*+)(?:(?<=[^|#\[])#[^\[\]|]*+)?\]\]|\[([^\[\]]+)\]\(\s*+[^()\s]*+\s*+\)"
)  # "[[a|b]]", "[b](a)", "[[#b]]", "[[b#part]]" -> b
_KEYS = r"(?:\[\[@[^\[\]]+\]\]|@[\w:.+/-]+\w)"
_CITED = re.compile(
    rf"\s?\({_KEYS}(?:[;,]\s*{_KEYS})*\)|[;,]\s*{_KEYS}(?=\))"
)  # "(@bi98; @wu20)" is no word of a sentence
_WORDED = re.compile(r"!?\[\[[^\[\]|]*\|([^\[\]|]*)\]\]|!?\[([^\[\]]+)\]\([^()]*\)")  # "![alt](a.png)" -> alt
_EMPHASIS = re.compile(r"\*\*|==|(?<!\w)[*_](?=\w)|(?<=[\w.,])[*_](?!\w)")  # "**so**", "_so_" -> so
_CLOSING = re.compile(
    r"\s?\[\[([^|\[\]]*)\]\](?=\W*$|[.!?]\s+[A-Z“\"\[*_])"
)  # "It is replayed at night [[napping]]. In the old ..."
DANGLING = re.compile(
    r"\b(?:the|a|an|of|in|to|by|and|or|as|from|with|that|than|is|are|see|like|such|through|into|on|for|at|between|over|about|via|using|this|these|which|when|where|because|but|if)$",
    re.I,
)  # "is shown by" goes on
_QUOTED_LINE = re.compile(r"\n[ \t]*(?:>[ \t]?)+")  # "it is\n> quoted" -> it is quoted
_BREAKS = re.compile(r"\s+")


def as_listed(quote: str) -> str:
    """As a reader sees them, but a link without words of its own stays one: "[[note]]"."""
    quote = _WORDED.sub(lambda link: link[1] or link[2] or "", _QUOTED_LINE.sub("\n", quote))
    return _BREAKS.sub(" ", _EMPHASIS.sub("", quote)).strip()


def as_read(quote: str) -> str:
    """Sentences with their links and emphasis as a reader sees them: "[[a|the note]]" is "the note". A bare link that closes
    one cites: it stands in brackets, or it would be read as the sentence's last word."""
    quote = _CITED.sub("", _QUOTED_LINE.sub("\n", quote))
    quote = _CLOSING.sub(lambda link: link[0] if _goes_on(quote[: link.start()]) else f" [{link[1]}]", quote)
    return _BREAKS.sub(" ", _EMPHASIS.sub("", LINK.sub(lambda link: link[1] or link[2], quote))).strip()


def _goes_on(before: str) -> bool:
    """Whether what a sentence says so far needs a link as its word: "as is shown by", "(see [[a]],"."""
    return bool(DANGLING.search(before)) or before.count("(") > before.count(")")

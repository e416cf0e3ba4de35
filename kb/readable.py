"""Mark-up as a reader sees it (as read): links as their words, no marks of emphasis."""

import re

LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|\[([^\[\]]+)\]\([^()\s]*\)")  # "[[a|b]]", "[b](a)" -> b
_EMPHASIS = re.compile(r"\*\*|==|(?<!\w)[*_](?=\w)|(?<=[\w.,])[*_](?!\w)")  # "**so**", "_so_" -> so
_CLOSING = re.compile(r"\s*\[\[([^|\[\]]*)\]\](\W*)$")  # "... is replayed at night [[napping]]."
DANGLING = re.compile(
    r"\b(?:the|a|an|of|in|to|by|and|or|as|from|with|that|than|is|are|see|like|such|through|into|on|for|at|between|over|about|via|using|this|these|which|when|where|because|but|if)$",
    re.I,
)  # "is shown by" goes on
_BREAKS = re.compile(r"\s+")


def as_read(quote: str) -> str:
    """A quote with its links and emphasis as a reader sees them: "[[a|the note]]" is "the note". A bare link that closes a
    whole sentence cites: it stands in brackets, or it would be read as the sentence's last word."""
    closing = _CLOSING.search(quote)
    if closing and not DANGLING.search(quote[: closing.start()]):
        quote = f"{quote[: closing.start()]} [{closing[1]}]{closing[2]}"
    return _BREAKS.sub(" ", _EMPHASIS.sub("", LINK.sub(lambda link: link[1] or link[2], quote))).strip()

"""Text of notes as plain words: links by their words, and where an editor renders Markdown, every mark escaped.

A note must not be able to put a picture that calls home, a link or a command into what the editor shows about it.
"""

import re

from kb.oneline import one_line

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!$&])")  # "a_b" -> "a\_b"
_ADDRESS = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}:(?=\S)|\bwww\.|@(?=[\w-]+\.\w)"
)  # "https:", "www.", "@" of an address
# "[[x|words]]" and "[words](x.md)" -> words; "**bold**" -> bold
_LINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|!?\[([^\[\]]+)\]\([^()]*\)|\*\*|==")


def without_links(text: str) -> str:
    """Links by their words, emphasis gone."""
    return _LINK.sub(lambda link: link[1] or link[2] or "", text)


def plain_text(text: str, limit: int = 400) -> str:
    """The same on one line: what a list or a message shows."""
    shown = one_line(without_links(text), limit + 1)
    return shown if len(shown) <= limit else f"{shown[: limit - 1].rstrip()}…"


def escaped(text: str, markdown: bool = True, limit: int = 400) -> str:
    """The same for a place where Markdown is rendered: every mark escaped, no address that would become a link."""
    shown = plain_text(text, limit)
    if not markdown:
        return shown
    # An escaped mark parts what a renderer would otherwise take for an address.
    return _ADDRESS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", _MARKS.sub(r"\\\1", shown))

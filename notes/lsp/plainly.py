"""Text from notes, shown in an editor that renders Markdown: as words, never as mark-up.

A note must not be able to put a picture that calls home, a link or a command into what the editor shows about it.
"""

import re

from kb.oneline import one_line

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!$&])")
_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}:(?=\S)|\bwww\.|@(?=[\w-]+\.\w)")
_LINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|!?\[([^\[\]]+)\]\([^()]*\)|\*\*|==")


def readable(text: str, limit: int = 400) -> str:
    """On one line, links by their words: what a list or a message shows."""
    shown = one_line(_LINK.sub(lambda link: link[1] or link[2] or "", text), limit + 1)
    return shown if len(shown) <= limit else f"{shown[: limit - 1].rstrip()}…"


def plainly(text: str, markdown: bool = True, limit: int = 400) -> str:
    """The same for a place where Markdown is rendered: every mark escaped, no address that would become a link."""
    shown = readable(text, limit)
    if not markdown:
        return shown
    return _ADDRESS.sub(_unlinked, _MARKS.sub(r"\\\1", shown))


def _unlinked(found: re.Match[str]) -> str:
    # An escaped mark parts what a renderer would otherwise take for an address.
    return re.sub(r"([:.@])$", r"\\\1", found[0])

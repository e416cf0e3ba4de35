"""Text from notes is data: made fit to print, it cannot colour a terminal or turn its reading direction."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def one_line(text: str, limit: int = 400) -> str:
    """On one line, without control characters, terminal escapes and direction overrides."""
    if text.isprintable() and "  " not in text and len(text) <= limit:
        return text.strip()
    text = _CONTROL.sub(" ", _ESCAPES.sub("", text[: limit * 4]))
    return " ".join(text.split())[:limit].rstrip()

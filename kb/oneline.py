"""Text from notes is data: made fit to print (sanitised), it cannot colour a terminal, hide words or turn its reading direction.
One filter for every output, told by Unicode category; `--json` escapes what it would take out."""

import re
import unicodedata

_OUT = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": " ", "Co": " ", "Cn": " "}
"""What stands in the place of a character of that category: what parted words still does. All other categories are shown."""
_SHOWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters by category, and signs before numbers to a reader of Arabic, Syriac or Kaithi."""
_JOINERS = frozenset("\u200c\u200d")
"""Format characters without which Persian, Indic scripts and families of emoji are misspelt: one between two letters stays."""
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d"
)
"""Letters and marks by category, and invisible: words could be hidden in them."""
_ASTRAY = re.compile(
    "(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)|(?<=[\u200c\u200d])[\u200c\u200d]+"
)  # "a \u200d b"
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]"
)
"""Sequences that a terminal obeys, in seven bits and in eight."""  # "\x1b[31m", "\x9b31m", "\x1b]8;;http://x\x07"


class _Filter(dict[int, str]):
    """For `str.translate`: what becomes of each character, looked up once."""

    def __init__(self, kept: str, joiners: frozenset[str] = _JOINERS) -> None:
        super().__init__({ord(char): char for char in (*kept, *_SHOWN, *joiners)})

    def __missing__(self, code: int) -> str:
        char = chr(code)
        supplement = 0xE0100 <= code <= 0xE01EF  # 240 marks that change nothing on screen, and can spell any text
        self[code] = found = "" if char in _BLANK or supplement else _OUT.get(unicodedata.category(char), char)
        return found


class _Escape(_Filter):
    def __missing__(self, code: int) -> str:
        found = super().__missing__(code)
        if found != chr(code):
            wide = chr(code).encode("utf-16-be", "surrogatepass").hex()
            self[code] = found = "".join(f"\\u{wide[at : at + 4]}" for at in range(0, len(wide), 4))
        return found


_LINE, _LINES, _JSON = _Filter(""), _Filter("\n\t"), _Escape("\n", frozenset())


def one_line(text: str, limit: int = 400) -> str:
    """On one line, without control characters, terminal escapes, direction overrides and what nobody sees."""
    return " ".join(_fit(text[: limit * 4], _LINE).split())[:limit].rstrip()


def on_lines(text: str) -> str:
    """The same for a text that keeps its lines and tabs; the line ends of old Macs are ends of lines."""
    return _fit(text.replace("\r\n", "\n").replace("\r", "\n"), _LINES)


def in_json(text: str) -> str:
    """JSON as written, what a filter would take out written as escapes: the same value, and fit for a terminal."""
    return text.translate(_JSON)


def _fit(text: str, filtered: _Filter) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text).translate(filtered)
    return text if _JOINERS.isdisjoint(text) else _ASTRAY.sub("", text)

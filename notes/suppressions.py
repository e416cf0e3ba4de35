"""Suppression comments in a draft: `<!-- kb: ignore uncited -->`, in a line, above it, or for the whole file."""

import re
from collections.abc import Iterable

# "<!-- kb: ignore uncited -->", "%% kb: ignore-file %%"
_COMMENT = re.compile(r"(?:<!--|%%)\s*kb:\s*(ignore(?:-file)?)\b([^>%\n]*?)(?:-->|%%)", re.I)
_ALL = "*"
"""Stands for every code where a comment names none."""


class Suppressions:
    """The comments of one text."""

    def __init__(self, text: str) -> None:
        self._everywhere: set[str] = set()
        self._lines: dict[int, set[str]] = {}
        for found in _COMMENT.finditer(text):
            codes = set(re.split(r"[\s,]+", found[2].strip().lower())) if found[2].strip() else {_ALL}
            if found[1].lower() == "ignore-file":
                self._everywhere |= codes
                continue
            line = text.count("\n", 0, found.start()) + 1
            start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
            alone = not (text[start : found.start()] + text[found.end() : end if end >= 0 else len(text)]).strip()
            self._lines.setdefault(line + alone, set()).update(codes)

    def cover(self, code: str, lines: Iterable[int]) -> bool:
        """Whether nothing is to be said of this in these lines."""
        asked = self._everywhere.union(*(self._lines.get(line, ()) for line in lines))
        return code in asked or _ALL in asked

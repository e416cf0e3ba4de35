"""The works that a question names as readers do: "Wei et al. (2022)", "Yue and colleagues", "Liu and Chen 2024"."""

import re
from collections.abc import Iterable

from kb.note import SYNTHESES, Note, Source, surname

_FEW = 3
"""Works of a note that speaks for them; one with more is a list."""


def named_in(question: str, notes: Iterable[Note]) -> list[str]:
    """The notes on works that the question names."""
    return [
        note.id
        for note in notes
        if note.kind not in (*SYNTHESES, "stub") and len(note.sources) <= _FEW
        if any(_names(question, source) for source in note.sources)
    ]


def _names(question: str, source: Source) -> bool:
    if not source.authors or not (first := surname(source.authors[0])).strip():
        return False
    several = r"(?P<several>,? et al\b\.?|,? and (?:colleagues|others|co-?workers)|['’]s? (?:group|team))"
    second = rf",? (?:and|&) {re.escape(surname(source.authors[1]))}" if len(source.authors) > 1 else r"(?!)"
    found = re.search(
        rf"(?<!\w){re.escape(first)}(?:{several}|(?P<second>{second}))?(?:,? \(?(?P<year>(?:1[5-9]|20)\d\d)\b)?",
        question,
        re.I,
    )
    if found is None or (found["year"] and int(found["year"]) != source.year):
        return False
    return bool(found["year"] or found["several"] or found["second"])

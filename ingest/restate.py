"""The same result told twice: equal quantities on the same subject, in two notes."""

import json
import re
from collections.abc import Iterator

import numpy as np

from ingest.sides import Row, Sides
from kb.store import Store

_CROWD = 60
"""A number that so many claims state says nothing about any two of them."""
_WORD = re.compile(r"[a-z][a-z-]{3,}")
_ABOUT = re.compile(r"(?:~|≈|about|around|roughly|over|nearly|almost|more than|up to|close to)\s*$", re.I)


def restatements(store: Store, sides: Sides, key: str) -> Iterator[Row]:
    """Pairs among the claims that state this quantity."""
    rows = store.sql.execute(
        "SELECT claim.id, claim.name, claim.file, coalesce(claim.owner, file.path), claim.text, claim.numbers "
        "FROM figure JOIN claim ON claim.id = figure.claim JOIN file ON file.id = claim.file WHERE figure.key = ? "
        "ORDER BY claim.name LIMIT ?",
        (key, _CROWD + 1),
    ).fetchall()
    if not 2 <= len(rows) <= _CROWD:
        return
    known = {claim.id: claim for row in rows for claim in sides.claims_in(row[2])}
    for index, (_, name, _, owner, text, numbers) in enumerate(rows):
        for _, other, _, its_owner, its_text, its_numbers in rows[index + 1 :]:
            if owner == its_owner and text != its_text:
                continue
            shared = _shared(json.loads(numbers), json.loads(its_numbers), text, its_text)
            nearness = float(np.dot(known[name].vector, known[other].vector))
            if _same(shared, nearness, text, its_text):
                figures = ", ".join(shared)
                evidence = [known[name].place.model_dump(), known[other].place.model_dump()]
                confidence = round(min(0.95, 0.4 + 0.15 * len(shared) + 0.3 * nearness), 2)
                yield "restates", name, other, "rule", confidence, evidence, f"both give {figures} for the same subject"


def _same(shared: list[str], nearness: float, text: str, other: str) -> bool:
    words = {word[:6] for word in _WORD.findall(text.lower())} & {word[:6] for word in _WORD.findall(other.lower())}
    if len(shared) >= 2:
        return nearness >= 0.45 and len(words) >= 1
    return nearness >= 0.7 and len(words) >= 3


def _shared(mine: list[list[object]], theirs: list[list[object]], text: str, other: str) -> list[str]:
    """Figures that agree: equal, or near where one side says "about" or "over"."""
    found: dict[str, None] = {}
    for _, value, unit in mine:
        for _, its_value, its_unit in theirs:
            if unit != its_unit:
                continue
            a, b = float(str(value)), float(str(its_value))
            loose = abs(a - b) <= 0.06 * max(abs(a), abs(b)) and (_hedged(a, text) or _hedged(b, other))
            if a == b or loose:
                shown = _figure(a) if a == b else f"{_figure(a)}/{_figure(b)}"
                found[f"{shown}{unit}" if unit in ("%", "x") else f"{shown} {unit}".strip()] = None
    return list(found)


def _figure(value: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:,g}" if value < 1e5 else f"{value:,.0f}"


def _hedged(value: float, text: str) -> bool:
    at = text.find(f"{value:g}")
    return at >= 0 and bool(_ABOUT.search(text[:at]))

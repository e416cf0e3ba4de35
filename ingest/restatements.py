"""Restatements: the same result told twice, by equal quantities on the same subject in two notes. A false one would merge two
voices, so the bar is high."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ingest.link_endpoints import LinkRow, Sides
from kb.claim import Quantity
from kb.store import Store

_CROWD = 60
"""A number that so many claims state says nothing about any two of them."""
_WORD = re.compile(r"[a-z]{4,}")
_COMMON = frozenset(
    "that this with from were have been than they their which these those also more most less only when where while about "
    "after before between among during using used both each other such into over under results result showed shows compared "
    "with without study patients significantly respectively".split()
)
_FARTHEST = 0.35
_INTERVAL = frozenset({90.0, 95.0, 99.0, 100.0})


def is_telling(number: Quantity) -> bool:
    """Whether two sentences with this number may well speak of the same result: 73.6% is telling, "50%" and "2x" are not."""
    value, unit = abs(number.value), number.unit
    if unit == "%":
        return value % 10 != 0 and value not in _INTERVAL
    if not unit:
        return len(f"{value:g}".replace(".", "").strip("0")) >= 4 or (value >= 100 and value % 100 != 0)
    return value >= 20 or value != int(value)


def figure_key(number: Quantity) -> str:
    """Under which key equal quantities meet."""
    return f"{number.value:g} {number.unit}"


def restatements(store: Store, sides: Sides, key: str) -> Iterator[LinkRow]:
    """Pairs among the claims that state this quantity."""
    rows = store.sql.execute(
        "SELECT claim.name, claim.file, coalesce(claim.owner, file.path), claim.text, claim.numbers "
        "FROM figure JOIN claim ON claim.id = figure.claim JOIN file ON file.id = claim.file WHERE figure.key = ? "
        "ORDER BY claim.name LIMIT ?",
        (key, _CROWD + 1),
    ).fetchall()
    if not 2 <= len(rows) <= _CROWD:
        return
    known = {claim.id: claim for row in rows for claim in sides.claims_in(row[1])}
    vectors = np.stack([known[row[0]].vector for row in rows])
    nearness = vectors @ vectors.T
    changes = np.array([any(_is_change(*pair, row[3]) for pair in pairwise(_numbers(row[4]))) for row in rows])
    worth = (nearness >= _FARTHEST) | np.outer(changes, changes)
    for left, right in zip(*np.nonzero(np.triu(worth, 1)), strict=True):
        (name, _, owner, text, numbers), (other, _, its_owner, its_text, its_numbers) = rows[left], rows[right]
        if owner == its_owner and text != its_text:
            continue
        near = float(nearness[left, right])
        shared, change = _shared(_numbers(numbers), _numbers(its_numbers), text, its_text)
        if _same(len(shared), change, near, text, its_text):
            evidence = [known[name].place.model_dump(), known[other].place.model_dump()]
            confidence = round(min(0.95, 0.4 + 0.15 * len(shared) + 0.3 * near), 2)
            reason = f"both give {', '.join(shared)} for the same subject"
            yield LinkRow("restates", name, other, "rule", confidence, evidence, reason)


def _same(figures: int, change: bool, nearness: float, text: str, other: str) -> bool:
    """One figure asks for nearly the same words, two for the same subject, "from 36 to 73.6" for little more."""
    words = len(_words(text) & _words(other))
    if change:
        return words >= 1
    if figures >= 2:
        return nearness >= 0.55 and words >= 3
    return figures == 1 and nearness >= 0.78 and words >= 5


def _words(text: str) -> set[str]:
    return {word[:7] for word in _WORD.findall(text.lower()) if word not in _COMMON}


def _numbers(stored: str) -> list[Quantity]:
    return [Quantity(quantity=what, value=value, unit=unit) for what, value, unit in json.loads(stored or "[]")]


def _shared(mine: list[Quantity], theirs: list[Quantity], text: str, other: str) -> tuple[list[str], bool]:
    """Telling figures that agree; and whether a whole change does."""
    agreeing = [
        (i, j) for i, a in enumerate(mine) for j, b in enumerate(theirs) if (a.value, a.unit) == (b.value, b.unit)
    ]
    found = list(dict.fromkeys(figure_text(mine[i]) for i, _ in agreeing if is_telling(mine[i])))
    change = any(
        (i + 1, j + 1) in agreeing
        and _is_change(mine[i], mine[i + 1], text)
        and _is_change(theirs[j], theirs[j + 1], other)
        for i, j in agreeing
        if i + 1 < len(mine) and j + 1 < len(theirs)
    )
    return found, change and bool(found)


def _is_change(first: Quantity, second: Quantity, text: str) -> bool:
    """ "from 36% to over 70%"."""
    if first.unit != second.unit or first.value == second.value:
        return False
    start, end = text.find(f"{first.value:g}"), text.find(f"{second.value:g}")
    return 0 <= start < end <= start + 40 and " to " in text[start:end]


def figure_text(number: Quantity) -> str:
    """ "73.6%", "1.5B parameters", "1,209" """
    shown = f"{number.value:,g}" if abs(number.value) < 1e5 else f"{number.value:,.0f}"
    for size, letter in ((1e6, "M"), (1e9, "B")):
        if abs(number.value) >= size:
            shown = f"{number.value / size:g}{letter}"
    return f"{shown}{number.unit}" if number.unit in ("%", "x") else f"{shown} {number.unit}".strip()

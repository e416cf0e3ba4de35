"""Who does it, to what, and compared with what: the sides of a predicate."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.lexicon import AUXILIARIES, EMPTY, LIGHT, NEGATORS, PREPOSITIONS, Word
from ingest.phrases import Line, Words, words_of
from ingest.predicates import STATES, Said
from kb.language.stems import stem


class Parties(NamedTuple):
    """What stands on each side of a predicate."""

    cause: Words
    outcome: Words
    against: Words


_SURPASSES = re.compile(r"(?:outperform|underperform|beat|exceed|surpass)")
_THAN = frozenset(("than", "versus", "vs"))
_MAKES = frozenset("make makes made making render renders leave leaves keeps".split())
_ENDS = frozenset((".", ",", ";", ":", ")", "and"))
_CAUSES = frozenset("with under after by following when as during upon from because once without".split())
_WHERE = frozenset("on in at for when by".split())


def parties_of(line: Line, cause: Words, said: Said, at: int, head: int) -> Parties:
    """Who does it, to what, compared with what."""
    lower, stop = line.lower, len(line.lower)
    means = line.senses[head]
    than = compared_at(line, head)
    outcome, against = words_of(line, head + 1, than, head), words_of(line, than + 1, stop)
    own = Word(line.shown[head], (means.of if means else "") or stem(lower[head]), 1)
    verb = means is not None and means.kind in STATES
    if (
        (verb and means and means.kind == "plain" and own.stem not in LIGHT)
        or (means and means.kind in ("quality", "opposite"))
        or (means is None and lower[head] not in EMPTY)
    ):
        outcome = (own, *outcome)
    if said.push == 0 and not against and (" as" in said.word.lower() or "same" in said.word.lower()):
        beside = max((i for i in range(head, stop) if lower[i] == "as"), default=stop)
        against = words_of(line, beside + 1, stop)
    passive = at < head and lower[at] in AUXILIARIES and lower[head].endswith("ed") and said.kind != "touch"
    if means is not None and means.kind == "worth" and _SURPASSES.match(lower[head]) and not against and not passive:
        on = next((i for i in range(head + 1, stop) if lower[i] in _WHERE), stop)
        against, outcome = words_of(line, head + 1, on), words_of(line, on, stop)
    made = next((i for i in range(at, head - 1) if lower[i] in _MAKES), None)
    if made is not None:
        return Parties(cause, (*words_of(line, made + 1, head), *outcome), against)
    if not outcome and against and than < stop:
        return Parties((), cause, against)
    if said.kind not in ("change", "worth") or against:
        return Parties(cause, outcome, against)
    if passive and "by" in lower[head:]:
        by = lower.index("by", head)
        return Parties(words_of(line, by + 1, stop), (*cause, *words_of(line, head + 1, by, head)), ())
    if passive or _has_no_object(lower, head):
        return _turned(line, cause, outcome, head)
    return Parties(cause, outcome, against)


def _has_no_object(lower: Sequence[str], head: int) -> bool:
    following = next((word for word in lower[head + 1 :] if word not in NEGATORS and not word.endswith("ly")), ".")
    return following in PREPOSITIONS or following in _ENDS or following[0].isdigit()


def _turned(line: Line, cause: Words, outcome: Words, head: int) -> Parties:
    """ "Accuracy fell with longer chains": what changes stands first, its cause behind a preposition."""
    at = next((i for i in range(head + 1, len(line.lower)) if line.lower[i] in _CAUSES), None)
    if at is None:
        return Parties((), (*cause, *outcome), ())
    return Parties(words_of(line, at + 1, len(line.lower)), (*cause, *words_of(line, head + 1, at, head)), ())


def compared_at(line: Line, head: int) -> int:
    """Where what it is compared with begins; the end, where it is not compared."""
    lower = line.lower
    for i in range(head, len(lower)):
        if lower[i] in _THAN or (lower[i] in ("compared", "relative") and lower[i + 1 : i + 2] in (["with"], ["to"])):
            return i
    return len(lower)

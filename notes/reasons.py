"""Why a note belongs beside a sentence: it says the same, gives the same figures, is its source, or argues against it."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.quantities import quantities
from ingest.restate import figure_key, is_telling
from kb.claim import Quantity
from kb.note import slug
from kb.store import Store
from notes.candidates import Candidate, ClaimText
from notes.contradicted import against
from notes.uncited import says_again
from notes.weighed import Weighed
from qa.tensions import held

_FIGURES_NEAR, _FIGURE_NEAR, _FIGURE_SAID = 0.5, 0.6, 0.35
"""The cosine that a claim with two of the telling figures needs; with one, and the share of words besides."""
_SIZES = frozenset(("model", "models", "parameters"))
"""The size of a model is its name, and no finding."""
OPPOSED = 0.45
"""What argues against a sentence is shown; whether it is cited there is for its writer to say, so it is not put in unasked."""
_NAMED = re.compile(
    r"\b([A-Z][\w’'-]{2,30})(?:’s|'s)?(?P<more>\s+et\s+al\.?|\s+(?:and|&)\s+(?:[A-Z][\w’'-]{2,30}|colleagues|co-?workers))?(?:’s|'s)?"
    r"(?P<year>,?\s+\(?(?:19|20)\d\d[a-z]?\)?)?"
)
_IDENTIFIER = re.compile(r"(?:arxiv[:/. ]\s?(?:org/(?:abs|pdf)/)?)(\d{4}\.\d{4,5})|(10\.\d{4,9}/[^\s\"'<>\]})]+)", re.I)


class Reason(NamedTuple):
    """Why, and how surely that alone makes the note worth a link."""

    kind: str
    why: str
    least: float
    claim: str | None


def by_verdict(near: Sequence[Weighed]) -> dict[str, Reason]:
    """The notes that deny a sentence, and those that say it, by what has been judged."""
    same = {each.claim.note: Reason("same", "says the same", 0.4, each.claim.id) for each in near if says_again(each)}
    denying = reversed(against(near))
    return same | {each.claim.note: _denies(each.why, each.claim.id) for each in denying}


def _denies(why: str, claim: str) -> Reason:
    return Reason("against", ": ".join(filter(None, ("possibly argues against it", why))), OPPOSED, claim)


def by_figures(sentence: str, like: Candidate) -> Reason | None:
    """Whether its nearest claim gives figures of the sentence."""
    claim = like.claim
    if claim is None or like.near < _FIGURES_NEAR or not (shared := _figures(sentence, claim)):
        return None
    if len(shared) == 1 and (like.near < _FIGURE_NEAR or like.said < _FIGURE_SAID):
        return None
    return Reason("numbers", f"gives the same finding: {', '.join(shared)}", 0.6, claim.id)


def _figures(sentence: str, claim: ClaimText) -> list[str]:
    theirs = {
        figure_key(Quantity(quantity=what, value=value, unit=unit))
        for what, value, unit in json.loads(claim.numbers or "[]")
    }
    if not theirs:
        return []
    mine = [number for number in quantities(sentence) if is_telling(number) and number.unit not in _SIZES]
    return list(dict.fromkeys(_shown(number) for number in mine if figure_key(number) in theirs))


def _shown(number: Quantity) -> str:
    value = f"{number.value:,.0f}" if abs(number.value) >= 1e5 else f"{number.value:,g}"
    return f"{value}{number.unit}" if number.unit in ("%", "x") else f"{value} {number.unit}".strip()


def opposed(store: Store, note: str, claim: str) -> Iterator[tuple[str, Reason]]:
    """What authors or the user set against a claim of a note: the note of each, and why."""
    for each in held(store, [note]):
        if each.tension.method in ("author", "person") and claim in (each.a.id, each.b.id):
            other = each.b if each.a.id == claim else each.a
            says = "your word" if each.tension.method == "person" else "stated by the author"
            verb = "argues against it" if each.tension.kind == "opposing result" else f"limits it: {each.tension.kind}"
            yield other.note, Reason("against", f"{verb} ({says})", OPPOSED, other.id)


class Works:
    """Whose work each note rests on."""

    def __init__(self, store: Store) -> None:
        self._by_name: dict[str, list[tuple[str, str, int]]] = {}
        self._by_identifier: dict[str, str] = {}
        rows = store.sql.execute(
            "SELECT name, sources FROM note WHERE file IS NOT NULL AND sources <> '[]' ORDER BY id"
        )
        for note, sources in rows:
            for source in json.loads(sources):
                for identifier in (source.get("arxiv"), source.get("doi")):
                    if identifier:
                        self._by_identifier.setdefault(identifier.casefold(), note)
                authors: Sequence[str] = source.get("authors") or ()
                if authors:
                    who = (note, str(source.get("year") or ""), len(authors))
                    self._by_name.setdefault(_surname(authors[0]), []).append(who)

    def named(self, sentence: str, likely: Sequence[str] = ()) -> dict[str, str]:
        """Notes whose source a sentence names by author or by number, each with the words.

        Where an author has several works, the first of the likely notes is meant.
        """
        found: dict[str, str] = {}
        for match in _IDENTIFIER.finditer(sentence):
            note = self._by_identifier.get((match[1] or match[2]).casefold().rstrip(".,;"))
            if note:
                found[note] = match[0]
        for match in _NAMED.finditer(sentence):
            more, year = match["more"], "".join(re.findall(r"(?:19|20)\d\d", match["year"] or ""))
            if not (more or year):
                continue
            bare = re.sub(r"(?:’s|'s)$", "", match[1])
            fit = [
                each
                for each in self._by_name.get(slug(bare), ())
                if (not year or each[1] == year) and (not more or each[2] > 1)
            ]
            notes = {note for note, _, _ in fit}
            meant = next(iter(notes)) if len(notes) == 1 else next((note for note in likely if note in notes), None)
            if meant is not None:
                found.setdefault(meant, match[0].strip(" ,("))
        return found


def _surname(author: str) -> str:
    return slug(author.split(",")[0] if "," in author else author.split()[-1] if author.split() else "")

"""Notes beside a sentence, and why each belongs there: it says the same, gives the same figures, is its source, or denies it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from ingest.quantities import quantities
from ingest.restatements import figure_key, figure_text, is_telling
from kb.catalogue import claims as read_claims
from kb.note import Note, slug, surname
from notes.claim_index import ClaimIndex, NearClaim, Opposing
from notes.contradiction import denials
from notes.judged_claims import JudgedClaim
from qa.named_works import named_in
from qa.retrieve import Retriever

Kind = Literal["mention", "same", "numbers", "source", "against", "near"]
_NOTES, _CLAIMS = 10, 40
"""Notes and claims that are looked at for one sentence."""
_FIGURES_NEAR = 0.5
"""The cosine that a claim with the telling figures of a sentence needs."""
OPPOSED = 0.45
"""What argues against a sentence is shown; whether it is cited there is for its writer to say, so `--apply` leaves it out."""
_NAME = re.compile(r"\b([A-Z][\w’'-]*?)(?:[’']s)?\b(?![’'-]\w)")  # "Wei et al. (2022) and Born's" -> Wei, Born
# "arXiv:2206.07682", "10.1000/xyz123"
_IDENTIFIER = re.compile(r"(?:arxiv[:/. ]\s?(?:org/(?:abs|pdf)/)?)(\d{4}\.\d{4,5})|(10\.\d{4,9}/[^\s\"'<>\]})]+)", re.I)


class RelatedNote(NamedTuple):
    """A note beside a sentence."""

    note: Note
    score: float = 0.0
    """What retrieval gave it, the best note having 1, times how similar the nearest claim of all is to the sentence."""
    nearest: NearClaim | None = None
    """Its claim nearest to the sentence."""


def related_notes(
    index: ClaimIndex, retriever: Retriever, sentence: str, without: Collection[str]
) -> dict[str, RelatedNote]:
    """The notes most like a sentence, by id, in the order of retrieval."""
    found = retriever.find(
        sentence, notes=_NOTES, claims=_CLAIMS, without=without, channels=("words", "nearness", "graph")
    )
    beside = index.beside(sentence, read_claims(index.store, [claim for claim, _ in found.claims]))
    nearest: dict[str, NearClaim] = {}
    for each in sorted(beside, key=lambda each: -each.similarity):
        nearest.setdefault(each.claim.note, each)
    scores = {note: score for note, score in found.notes if note not in without}
    notes = {name: note for name in scores if (note := index.note(name)) is not None and note.path is not None}
    high = max(scores.values(), default=0.0) or 1.0
    strength = max((nearest[name].similarity for name in notes if name in nearest), default=0.0)
    return {name: RelatedNote(note, scores[name] / high * strength, nearest.get(name)) for name, note in notes.items()}


class Reason(NamedTuple):
    """Why, and how surely that alone makes the note worth a link."""

    kind: Kind
    why: str
    least: float
    claim: str | None = None


def by_verdict(near: Sequence[JudgedClaim]) -> dict[str, Reason]:
    """The notes that deny a sentence, and those that say it, by what has been judged."""
    same = {each.claim.note: Reason("same", "says the same", 0.4, each.claim.id) for each in near if each.is_paraphrase}
    for each in reversed(denials(near)):
        why = ": ".join(filter(None, ("possibly argues against it", each.why)))
        same[each.claim.note] = Reason("against", why, OPPOSED, each.claim.id)
    return same


def by_author(opposing: Iterable[Opposing]) -> dict[str, Reason]:
    """The notes that authors or the user set against a claim that says what the sentence says."""
    found: dict[str, Reason] = {}
    for each in opposing:
        tension = each.pair.tension
        says = "your word" if tension.method == "person" else "stated by the author"
        verb = "argues against it" if tension.kind == "opposing result" else f"limits it: {tension.kind}"
        found[each.other.note] = Reason("against", f"{verb} ({says})", OPPOSED, each.other.id)
    return found


def by_figures(sentence: str, near: NearClaim | None) -> Reason | None:
    """Whether the nearest claim of a note gives figures of the sentence."""
    if near is None or near.cosine < _FIGURES_NEAR:
        return None
    theirs = {figure_key(number) for number in near.claim.numbers}
    mine = [number for number in quantities(sentence) if is_telling(number)]
    shared = list(dict.fromkeys(figure_text(number) for number in mine if figure_key(number) in theirs))
    return Reason("numbers", f"gives the same finding: {', '.join(shared)}", 0.6, near.claim.id) if shared else None


class Works:
    """The works that notes rest on, found where prose names them."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self._by_author: defaultdict[str, list[Note]] = defaultdict(list)
        self._by_identifier: dict[str, str] = {}
        for note in notes:
            for source in note.sources if note.path is not None else ():
                for identifier in filter(None, (source.arxiv, source.doi)):
                    self._by_identifier.setdefault(identifier.casefold(), note.id)
                if source.authors:
                    self._by_author[slug(surname(source.authors[0]))].append(note)

    def named_in(self, sentence: str, likely: Iterable[str]) -> dict[str, Reason]:
        """Notes whose source a sentence names by author or by number.

        Where an author has several works, the first of the likely notes is meant.
        """
        found: dict[str, str] = {}
        for match in _IDENTIFIER.finditer(sentence):
            if note := self._by_identifier.get((match[1] or match[2]).casefold().rstrip(".,;")):
                found[note] = match[0]
        for word in dict.fromkeys(_NAME.findall(sentence)):
            notes = dict.fromkeys(named_in(sentence, self._by_author.get(slug(word), ())))
            note = next(iter(notes)) if len(notes) == 1 else next((each for each in likely if each in notes), None)
            if note:
                year = next(each.sources[0].year for each in self._by_author[slug(word)] if each.id == note)
                found.setdefault(note, f"{word} {year}" if year else word)
        return {
            note: Reason("source", f"rests on the source named here: {words}", 0.6) for note, words in found.items()
        }

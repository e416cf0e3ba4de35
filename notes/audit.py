"""What an existing line leaves out: tensions it passes over, sides it does not cite, notes that came after it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Literal, NamedTuple

from ingest.extract import Sentence
from ingest.names import listed_as, target_key
from kb.catalogue import notes as read_notes
from kb.note import REPORT, SYNTHESES, Note
from kb.store import Store
from notes.contradiction import CONTRAST
from notes.draft import Draft
from qa.retrieve import Retriever
from qa.tensions import Held, held

Code = Literal["omitted-tension", "one-sided", "newer-note"]
NotePair = frozenset[str]
Cited = Mapping[str, int]
"""Notes, and the line that cites each first."""

_FIRST = 10
"""How many notes found for its question a line should know."""
_NEAR = 0.5
"""What such a note must score, where the best one scores 1: in a small vault everything is among the first ten."""


class Omission(NamedTuple):
    """Something that a line leaves out."""

    code: Code
    message: str
    why: str
    line: int
    """Where the line cites the note in question; 1 where it does not."""
    held: Held | None = None
    note: Note | None = None


def cited_notes(draft: Draft) -> dict[str, int]:
    """The notes that a draft cites, and the line of the file that does so first."""
    cited: dict[str, int] = {}
    for link in draft.links:
        if link.note and link.note != draft.note:
            cited[link.note] = min(link.line, cited.get(link.note, link.line))
    for listed in draft.page.listed:
        if (to := draft.targets.get(target_key(listed_as(listed.target, listed.title)))) and to != draft.note:
            cited.setdefault(to, 1)
    return cited


def omissions(store: Store, draft: Draft, retriever: Retriever) -> list[Omission]:
    """All that a draft leaves out: tensions first, surest first, then notes, best first."""
    cited = cited_notes(draft)
    tensions = [
        each
        for each in held(store, cited)
        if len(each.notes) == 2 and draft.note not in each.notes and not each.is_counterpoint
    ]
    known = {note.id: note for note in read_notes(store, list({name for each in tensions for name in each.notes}))}
    tensions = [each for each in tensions if each.notes <= known.keys()]
    return [
        *_omitted(cited, set(_contrasted(draft)), tensions, known),
        *_one_sided(cited, tensions, known),
        *_newer(store, draft, cited, retriever),
    ]


def _contrasted(draft: Draft) -> Iterator[NotePair]:
    """Pairs of notes that a draft sets against each other, by a word of contrast near both."""
    prose = draft.sentences
    cites = [sorted(draft.cites(each)) for each in prose]
    for at, sentence in enumerate(prose):
        if CONTRAST.search(sentence.text):
            yield from map(frozenset, combinations(cites[at], 2))
        for before in _set_against(prose, at) if cites[at] else ():
            yield from map(frozenset, product(cites[before], cites[at]))


def _set_against(prose: Sequence[Sentence], at: int) -> Iterator[int]:
    """The sentences before one, in its paragraph or the one above, with a word of contrast in or between them."""
    turned = bool(CONTRAST.search(prose[at].text))
    for before in range(at - 1, -1, -1):
        if prose[at].block - prose[before].block > 1:
            return
        if turned or (before == at - 1 and CONTRAST.search(prose[before].text)):
            yield before
        turned = turned or bool(CONTRAST.search(prose[before].text))


def _omitted(
    cited: Cited, contrasted: set[NotePair], tensions: Sequence[Held], known: Mapping[str, Note]
) -> Iterator[Omission]:
    """Among the notes it cites, each pair of notes once."""
    for each in tensions:
        if each.notes <= cited.keys() and each.notes not in contrasted:
            contrasted.add(each.notes)
            one, other = (known[note].title for note in each.pair)
            message = f"It cites “{one}” and “{other}”, and does not say that they pull apart."
            yield Omission("omitted-tension", message, _why(each), max(cited[note] for note in each.notes), each)


def _one_sided(cited: Cited, tensions: Sequence[Held], known: Mapping[str, Note]) -> Iterator[Omission]:
    """Between a note it cites and one that it does not."""
    reported: set[NotePair] = set()
    for each in tensions:
        mine, other = (known[note] for note in sorted(each.pair, key=lambda note: note not in cited))
        if other.id in cited or each.notes in reported:
            continue
        if _is_voice(other):
            reported.add(each.notes)
            message = f"It cites “{mine.title}” and not “{other.title}”, which pulls the other way."
            yield Omission("one-sided", message, _why(each), cited[mine.id], each, other)


def _newer(store: Store, draft: Draft, cited: Cited, retriever: Retriever) -> Iterator[Omission]:
    """Notes found for its title that came later than it, or than all it cites."""
    since, whose = draft.page.note.date, "the line"
    if not since:
        since = max((note.date for note in read_notes(store, list(cited))), default="")
        whose = "the newest note it cites"
    found = retriever.find(draft.title, notes=_FIRST, without=[draft.note] if draft.note else []).notes if since else ()
    place = {name: number for number, (name, score) in enumerate(found, 1) if score >= _NEAR * found[0][1]}
    for note in read_notes(store, list(place)):
        if note.id not in cited and _is_voice(note) and _is_later(note.date, since):
            message = f"“{note.title}” bears on its question and came later."
            why = f"of {note.date}, where {whose} is of {since}; number {place[note.id]} of what is found for its title"
            yield Omission("newer-note", message, why, 1, None, note)


def _is_voice(note: Note) -> bool:
    """Lines, posts and saved reports speak of what notes hold; a line cites the notes."""
    return note.kind not in SYNTHESES and REPORT not in note.topics


def _is_later(date: str, since: str) -> bool:
    """As far as both are known: "2024-03" is not later than "2024"."""
    known = min(len(date), len(since))
    return bool(known) and date[:known] > since[:known]


def _why(each: Held) -> str:
    return f"{each.tension.kind}: {each.tension.why}"

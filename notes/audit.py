"""What an existing line leaves out: tensions it passes over, sides it does not cite, notes that came after it."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal, NamedTuple

from ingest.extract import Extract, Sentence
from ingest.names import listed_as, target_key
from ingest.stance import Said, author_links
from kb.catalogue import notes as read_notes
from kb.note import REPORT, Note
from kb.store import Store
from notes.contradiction import CONTRAST
from notes.draft import Draft
from qa.retrieve import Retriever
from qa.tensions import Held, held

Code = Literal["omitted-tension", "one-sided", "newer-note"]
Pair = frozenset[str]

_FIRST = 10
"""How many notes found for its question a line should know."""
_NEAR = 0.5
"""What such a note must score, where the best one scores 1: in a small vault everything is among the first ten."""
_PULLS = ("contradicts", "qualifies")
_TURN = re.compile(
    r"^\W*(?:but|yet|however|nevertheless|nonetheless|conversely|(?:by|in) contrast|on the (?:contrary|other hand)|that said)\b"
    r"|\b(?:contradict|conflict|disagree|disput|contest|refut|rebut|oppos|reconcil)\w*"
    r"|\b(?:push(?:es)? back|the (?:opposite|reverse)|runs? (?:against|counter)|at odds|in tension|tension between)\b",
    re.I,
)
"""Further apart it takes plainer words: "But the count has been contested from two sides." turns on a whole paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a draft cites and says, as far as an audit asks."""

    title: str
    path: str
    """As findings name it."""
    note: str
    """Its id in the base; empty for a file outside."""
    date: str
    cited: dict[str, int]
    """The notes it cites, and the line of the file that does so first."""
    mentioned: frozenset[Pair]
    """Pairs of notes that it sets against each other."""


class Omission(NamedTuple):
    """Something that a line leaves out."""

    code: Code
    message: str
    why: str
    line: int
    """Where the line cites the note in question; 1 where it does not."""
    held: Held | None = None
    note: Note | None = None


def line_of(draft: Draft) -> Line:
    """A draft, as a line that cites."""
    cited: dict[str, int] = {}
    for link in draft.links:
        if link.note and link.note != draft.note:
            cited[link.note] = min(link.line, cited.get(link.note, link.line))
    for listed in draft.page.listed:
        if (to := draft.targets.get(target_key(listed_as(listed.target, listed.title)))) and to != draft.note:
            cited.setdefault(to, 1)
    mentioned = frozenset(_mentioned(draft.extract, author_links(draft.extract.sentences), draft.targets))
    return Line(draft.title, draft.path, draft.note, draft.page.note.date, cited, mentioned)


def _mentioned(found: Extract, said: Iterable[Said], targets: dict[str, str]) -> Iterator[Pair]:
    """By the author's connectives as they are read for the graph; then more kindly, by any word of contrast near both."""
    for each in said:
        if each.relation in _PULLS and each.a_key in targets and each.b_key in targets:
            yield frozenset((targets[each.a_key], targets[each.b_key]))
    prose = found.sentences
    held_in: dict[str, set[str]] = {}
    for reference in found.references:
        if reference.claim and reference.key in targets:
            held_in.setdefault(reference.claim, set()).add(targets[reference.key])
    cites = [_cites(sentence, held_in, targets) for sentence in prose]
    for at, sentence in enumerate(prose):
        if CONTRAST.search(sentence.text):
            yield from map(frozenset, combinations(sorted(cites[at]), 2))
        for before in _set_against(prose, at) if cites[at] else ():
            yield from map(frozenset, product(cites[before], cites[at]))


def _set_against(prose: Sequence[Sentence], at: int) -> Iterator[int]:
    """The sentences before one, in its paragraph or the one above, that it or a turn after them is set against."""
    turned = False
    for before in range(at - 1, -1, -1):
        if prose[at].block - prose[before].block > 1:
            return
        turned = turned or bool(_TURN.search(prose[before + 1].text))
        near = before == at - 1 and any(CONTRAST.search(prose[each].text) for each in (before, at))
        if turned or near:
            yield before


def _cites(sentence: Sentence, held_in: dict[str, set[str]], targets: dict[str, str]) -> set[str]:
    own = {targets[key] for key in sentence.cites if key in targets}
    return own | held_in.get(sentence.claim.id, set()) if sentence.claim else own


def left_out(store: Store, line: Line, retriever: Retriever) -> list[Omission]:
    """All that it leaves out: tensions first, surest first, then notes, best first."""
    tensions = [each for each in held(store, line.cited) if len(each.notes) == 2 and line.note not in each.notes]
    known = {note.id: note for note in read_notes(store, list({name for each in tensions for name in each.notes}))}
    tensions = [each for each in tensions if each.notes <= known.keys()]
    return [
        *_omitted(line, tensions, known),
        *_one_sided(line, tensions, known),
        *_newer(store, line, retriever),
    ]


def _omitted(line: Line, tensions: Sequence[Held], known: dict[str, Note]) -> Iterator[Omission]:
    """Among the notes it cites, each pair of notes once."""
    told = set(line.mentioned)
    for each in tensions:
        if each.notes <= line.cited.keys() and each.notes not in told:
            told.add(each.notes)
            a, b = known[each.a.note], known[each.b.note]
            message = f"It cites “{a.title}” and “{b.title}”, and does not say that they pull apart."
            yield Omission("omitted-tension", message, _says(each), _line(line, each.notes), each)


def _one_sided(line: Line, tensions: Sequence[Held], known: dict[str, Note]) -> Iterator[Omission]:
    """Between a note it cites and one that it does not; a rule's guess is no reason to cite anything."""
    told: set[Pair] = set()
    for each in tensions:
        ours, theirs = (each.a, each.b) if each.a.note in line.cited else (each.b, each.a)
        other = known[theirs.note]
        if each.tension.method not in ("author", "person") or each.notes in told or theirs.note in line.cited:
            continue
        if _is_voice(other):
            told.add(each.notes)
            message = f"It cites “{known[ours.note].title}” and not “{other.title}”, which pulls the other way."
            yield Omission("one-sided", message, _says(each), _line(line, [ours.note]), each, other)


def _newer(store: Store, line: Line, retriever: Retriever) -> Iterator[Omission]:
    since, whose = line.date, "the line"
    if not since:
        since = max((note.date for note in read_notes(store, list(line.cited))), default="")
        whose = "the newest note it cites"
    if not since:
        return
    without = [line.note] if line.note else []
    found = retriever.find(line.title, notes=_FIRST, without=without).notes
    place = {name: number for number, (name, score) in enumerate(found, 1) if score >= _NEAR * found[0][1]}
    for note in read_notes(store, list(place)):
        if note.id not in line.cited and _is_voice(note) and _is_later(note.date, since):
            message = f"“{note.title}” bears on its question and came later."
            why = f"of {note.date}, where {whose} is of {since}; number {place[note.id]} of what is found for its title"
            yield Omission("newer-note", message, why, 1, None, note)


def _is_voice(note: Note) -> bool:
    """Lines, posts and saved reports speak of what notes hold; a line cites the notes."""
    return note.kind not in ("line", "post") and REPORT not in note.topics


def _is_later(date: str, since: str) -> bool:
    """As far as both are known: "2024-03" is not later than "2024"."""
    known = min(len(date), len(since))
    return bool(known) and date[:known] > since[:known]


def _line(line: Line, notes: Collection[str]) -> int:
    return max(line.cited[note] for note in notes)


def _says(each: Held) -> str:
    tension = each.tension
    sure = "" if tension.method in ("author", "person") else f" (possible, {tension.confidence:.2f})"
    return f"{tension.kind}: {tension.why}{sure}"

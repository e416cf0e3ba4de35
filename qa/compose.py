"""Claims -> statements, without a model. Every phrase between two quotes says only what the graph knows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from kb.claim import Claim, Role
from kb.link import Link
from kb.note import SYNTHESES, Source, surname
from kb.oneline import one_line
from kb.readable import as_read
from qa.answer import Statement, StatementRole, Thread
from qa.cues import LIMITS, is_limit
from qa.evidence import CLOSED, Piece, is_leaning, quotable, speaks_of_itself
from qa.outline import Outline, Point, Section

_OF_ROLE: dict[Role, str] = {
    "definition": "As it defines it:",
    "caveat": "A limit it states:",
}
"""What is said before a claim of the note that spoke last."""
_LINKED = {
    "contradicts": "Against this, as an author states:",
    "qualifies": "Limited, as an author states, by:",
    "supports": "In agreement, as an author states:",
}
_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}
_LONGEST = 110
"""Characters of a heading."""
Cites = Callable[[Claim], Sequence[str]]
"""The claims of the notes that a sentence cites, where these can be told; in other notes than lines and posts a link is often a word only."""


def statements(
    outline: Outline, links: Sequence[Link], cited: Cites, warning: str = ""
) -> tuple[list[Statement], list[Thread]]:
    """The text of an answer: how it opens, then strand by strand. A `warning` stands before everything; `cited` tells which
    claims a sentence of a line rests on."""
    related = {(link.a, link.b): link for link in links if link.kind in _LINKED}
    same = {frozenset((link.a, link.b)) for link in links if link.kind == "restates"}
    made = [
        statement
        for point in outline.opening
        for statement in _statements(point, point.lead or _itself(point.piece), point.role, 0, same, cited, opens=True)
    ]
    threads: list[Thread] = []
    for number, section in enumerate(outline.sections):
        before: list[Piece] = []
        for point in section.points:
            heads = not before and not section.title
            lead, role = (_itself(point.piece), point.role) if heads else _lead(point.piece, before, related)
            made += _statements(point, point.lead or lead, role, number, same, cited, heads=heads)
            before.append(point.piece)
        notes = dict.fromkeys(each.note.id for point in section.points for each in point.pieces)
        threads.append(Thread(title=_heading(section), notes=tuple(notes)))
    if made and not threads:
        notes = dict.fromkeys(each.note.id for point in outline.opening for each in point.pieces)
        threads.append(Thread(title=_heading(Section(outline.opening)), notes=tuple(notes)))
    if made and warning:
        led = f"{warning} {made[0].lead}".strip()
        text = f"{led} {made[0].text.removeprefix(made[0].lead).strip()}"
        made[0] = made[0].model_copy(update={"lead": led, "text": text})
    return made, threads


def _heading(section: Section) -> str:
    """What a strand is called: its title, or what its first claim says."""
    if section.title:
        return section.title
    words = section.points[0].piece.shown
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0].rstrip(' ,;:–—(')} …"


def standing(
    made: Sequence[Statement], left: Sequence[Statement], threads: Sequence[Thread]
) -> tuple[list[Statement], list[Thread]]:
    """Of all that was made what is left, and the threads that still say something, numbered anew."""
    before = {id(statement): earlier for earlier, statement in pairwise(made)}
    kept = sorted({statement.thread for statement in left})
    number = {old: new for new, old in enumerate(kept)}
    stands = {id(statement) for statement in left}
    moved = [
        statement.model_copy(
            update={
                "thread": number[statement.thread],
                "goes_on": statement.goes_on and id(before.get(id(statement))) in stands,
            }
        )
        for statement in left
    ]
    return moved, [threads[old] for old in kept]


def _statements(
    point: Point,
    lead: str,
    role: StatementRole,
    thread: int,
    same: Collection[frozenset[str]],
    cited: Cites,
    *,
    opens: bool = False,
    heads: bool = False,
) -> list[Statement]:
    """A passage, a statement for each of its sentences."""
    piece = point.piece
    if point.echoes and not heads:
        stated = {echo.voice for echo in point.echoes if frozenset((piece.claim.id, echo.claim.id)) in same}
        count = 1 + len(point.echoes)
        told = "state this result" if stated else "say nearly this"
        lead = lead or f"{_NUMBERS.get(count, str(count))} notes {told}:"
    echoed = [key for echo in point.echoes for key in echo.keys]
    said = [
        *((quotable(claim), [claim.id], claim) for claim in piece.ahead),
        (piece.written, [*(claim.id for claim in piece.own), *echoed], piece.claim),
        *((quotable(claim), [claim.id], claim) for claim in piece.behind),
    ]
    made = []
    for at, (words, keys, claim) in enumerate(said):
        # The full stop of a sentence that closes with a citation is not among its words.
        quoted = f"“{words}”" if as_read(words).endswith(CLOSED) else f"“{words}”."
        made.append(
            Statement(
                text=quoted if at or not lead else f"{lead} {quoted}",
                claims=tuple(dict.fromkeys([*keys, *(cited(claim) if piece.note.kind in SYNTHESES else ())])),
                thread=thread,
                role=role if claim is piece.claim else "caveat" if claim.role in LIMITS else "finding",
                lead="" if at else lead,
                opens=opens,
                goes_on=at > 0,
            )
        )
    return made


def _on(piece: Piece, before: Sequence[Piece]) -> str:
    """Whose work the note is on, where the note says so and it has not been said."""
    source = next((source for source in piece.note.sources if source.authors and source.year), None)
    if source is None or any(earlier.note.id == piece.note.id for earlier in before):
        return ""
    return f"On {who(source)}:"


def _itself(piece: Piece) -> str:
    """What "this paper" is, or "this note", or "it", where a sentence is told alone that speaks of it."""
    first = (*piece.ahead, *piece.own)[0]
    is_clear = not (speaks_of_itself(first, piece.note) or is_leaning(first, piece.note))
    return "" if is_clear else _on(piece, ()) or f"In “{one_line(piece.note.title, 120)}”:"


def who(source: Source) -> str:
    """ "Wang et al. (2025)"."""
    names = [surname(name) for name in source.authors]
    told = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{told} ({source.year})" if source.year else told


def _lead(piece: Piece, before: Sequence[Piece], related: Mapping[tuple[str, str], Link]) -> tuple[str, StatementRole]:
    role: StatementRole = "caveat" if is_limit(piece) else "finding"
    for earlier in before:
        ends = ((piece.claim.id, earlier.claim.id), (earlier.claim.id, piece.claim.id))
        link = next((related[pair] for pair in ends if pair in related), None)
        if link and link.method == "author" and earlier is before[-1]:
            return _LINKED[link.kind], role if link.kind == "supports" else "tension"
    if not before:
        return _itself(piece) or _on(piece, before), role
    same = before[-1].note.id == piece.note.id
    return _OF_ROLE.get(piece.claim.role, "") if same else _itself(piece) or _on(piece, before), role

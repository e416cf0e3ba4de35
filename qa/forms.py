"""The forms of an answer: what stands first and what follows, by the form of the question.

Each form is a function of `FORMS` that takes claims from a `Desk`.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from kb.note import surname
from qa.cues import initials, is_advice, is_limit, stems
from qa.evidence import PRONOUN, Piece
from qa.outline import STRANDS, Desk, Outline, Point, Section
from qa.question import Kind
from qa.strands import section_of, strands
from qa.synthesis import authors_line, conclusion

_NEARLY, _ON_TOPIC = 0.75, 0.6
"""Share of the best claim's score that one of a limit's note must have for it to lead, and that a limit must have where it does not."""
_BRIEF, _BESIDE = 60, 0.8
"""Words of what stands beside the first passage; and the share of the best one's that another must have to stand there."""
_HALF = 0.5
"""Share of the best from which a sentence opens a definition that one of them names or defines: the best may do neither."""
_A_STRAND = 5
_FIRST, _SHORTEST = 6, 6
"""Notes named to be read first, or asked for; words of what is quoted of one."""
_OFTEN = 0.3
"""What being cited most adds to a note found best, of those to be read first."""


def outlined(desk: Desk) -> Outline:
    """The outline for a question of its form; where an author has drawn a line on the very question, that leads."""
    line = authors_line(desk)  # first, so that nothing of it is said elsewhere
    if line is not None:
        desk.strands //= 2
    made = FORMS.get(desk.question.kind, _open_question)(desk)
    if line is None:
        return made
    opened = [section_of(made.opening)] if made.opening else []
    return _sections(line.points[:1], (line.title, line.points[1:]), *opened, *made.sections)


def _open_question(desk: Desk) -> Outline:
    """Any other question: the conclusion of a line that asks the like, or what comes nearest to answering; then strands."""
    concluded = conclusion(desk)
    defining = _defining(desk) if desk.question.kind == "define" else ()
    opening = [concluded] if concluded else _opened(desk, defining, defines=True)
    return Outline(opening, strands(desk, desk.near()))


def _defining(desk: Desk) -> list[Piece]:
    """What begins with the very thing and says what it is: "A nap is ...", "Levain: sourdough that ...", or in its own note goes on from the title
    ("It outlines ..."); else what names it."""
    subject = re.escape(desk.question.subject)
    begins = re.compile(
        rf"\W*(?:(?:an?|the) )?{subject}(?:e?s)?\b\W{{0,2}}(?:\([^()]{{1,60}}\))?(?::| [—–-]| (?:is|are|was|means?|refers? to|denotes?)\b(?! (?:not|more|less|usually|often)\b))",
        re.I,
    )
    found = [piece for piece in desk.fit_to_open() if subject and begins.match(piece.shown)]
    named = stems(desk.question.subject)
    going_on = [piece for piece in desk.pieces if PRONOUN.match(piece.shown)]
    its_own = (piece for piece in (*found, *going_on) if stems(piece.note.title) == named)
    return list(its_own) or found or [piece for piece in desk.fit_to_open() if named and named <= stems(piece.shown)]


def _limits(desk: Desk) -> Outline:
    """Limits of X: the caveats, from every note that states one, note by note."""
    best = max((piece.score for piece in desk.pieces), default=0.0)
    leading = {piece.note.id for piece in desk.pieces if piece.score >= _NEARLY * best}
    subject = stems(desk.question.subject)
    on_it = [
        piece for piece in desk.pieces if 2 * len(subject & stems(f"{piece.note.title} {piece.shown}")) >= len(subject)
    ]
    stated = [
        piece
        for piece in on_it
        if piece.claim.role == "caveat" and (piece.note.id in leading or piece.score >= _ON_TOPIC * best)
    ]
    stated.sort(key=lambda piece: -piece.opens)
    notes = list(dict.fromkeys(piece.note.id for piece in stated))
    points = desk.take_all(sorted(stated, key=lambda piece: notes.index(piece.note.id)), 10, 4)
    if not points:
        opening = conclusion(desk)
        made = Outline([opening] if opening else _opened(desk, on_it), strands(desk, desk.near(on_it)))
        if made.opening and not made.opening[0].lead:
            made.opening[0].lead = "Nearest to a limit of it:"
        return made
    voices = len({point.piece.voice for point in points})
    count = f"{_count(len(points), 'limit is', 'limits are')} stated, in {_count(voices, 'note', 'notes')}:"
    points[0].lead = count[:1].upper() + count[1:]
    return _sections(points[:1], ("Limits stated", points[1:]), *strands(desk, desk.near(), 2))


def _reasons(desk: Desk) -> Outline:
    """Why and how: what answers best, with a reason beside it; the explanations, what was found, where it stops."""
    near = desk.near()
    explaining = [piece for piece in _in_turn(near) if piece.claim.role == "mechanism"]
    opening = _opened(desk, beside=explaining)
    first = desk.take_all(explaining, _A_STRAND)
    limits = desk.take_all(filter(is_limit, near), 2, 1)
    found = strands(desk, (piece for piece in near if piece not in explaining and not is_limit(piece)), 2)
    return _sections(opening, ("Explanations offered", first), *found, ("Where it stops", limits))


def _comparison(desk: Desk) -> Outline:
    """X or Y: what answers best, what speaks of both, then what is said of each."""
    if len(desk.question.options) != 2:
        return _open_question(desk)
    one, other = (stems(option) | initials(option) for option in desk.question.options)
    one, other = one - other or one, other - one or other
    named: dict[tuple[bool, bool], list[Piece]] = {}
    for piece in desk.pieces:
        words = stems(piece.shown)
        named.setdefault((bool(one & words), bool(other & words)), []).append(piece)
    both = desk.near(named.get((True, True), []))
    opening = _opened(desk)
    joint = desk.take_all(both, 3, 3)
    sides = [
        (_on(option, desk.question.options, points), points)
        for option, way in zip(desk.question.options, ((True, False), (False, True)), strict=True)
        if (points := desk.take_all(desk.near(named.get(way, [])), 4, 5))
    ]
    if len(sides) == 1:
        sides = [("", sides[0][1])]  # nothing stands beside it
    more = strands(desk, desk.near(), STRANDS - len(sides) - bool(joint)) if len(sides) < 2 else []
    titles = [f"On {option}" == _on(option, desk.question.options, joint) for option in desk.question.options]
    title = "On " + " and ".join(desk.question.options) if all(titles) else "On both"
    return _sections(opening, (title, joint), *sides, *more)


def _on(option: str, options: Sequence[str], points: Sequence[Point]) -> str:
    """The title of what is said of one side: its words, where the notes use them and they are no cut piece of a question ("my losing
    ones", "system" beside "sensory system"); else the strand has the title of its note."""
    others = set().union(*(stems(each) for each in options if each != option))
    is_said = any(option.lower() in point.piece.shown.lower() for point in points)
    if is_said and not stems(option) <= others:
        return f"On {option}"
    return section_of(points).title if points else ""


def _advice(desk: Desk) -> Outline:
    """What should I do: what answers best, what is advised, what was found, on what condition."""
    near = desk.near()
    advised = filter(is_advice, desk.nearest())
    opening = _opened(desk)
    points = desk.take_all(advised, _A_STRAND)
    limits = desk.take_all(filter(is_limit, near), 2, 1)
    return _sections(opening, ("What is advised", points), *strands(desk, near, 2), ("On what condition", limits))


def _reading(desk: Desk) -> Outline:
    """Which to read first: notes found best and cited most, each with the reason and what it says."""
    best: dict[str, Piece] = {}
    for piece in desk.pieces:
        if piece.claim.place.path == piece.note.path:
            best.setdefault(piece.note.id, piece)
    cited_by = {note: desk.cited_by.get(note, 0) for note in best}
    most = max(cited_by.values(), default=0) or 1
    points: list[Point] = []
    for note in sorted(best, key=lambda note: (-best[note].score - _OFTEN * cited_by[note] / most, note)):
        reason = f", which {_count(cited_by[note], 'note cites', 'notes cite')}" if cited_by[note] else ""
        lead = f"{'Then' if points else 'First'} “{best[note].note.title}”{reason}:"
        if len(points) < _FIRST and (point := desk.take(best[note], lead)):
            points.append(point)
    return _sections(points[:1], ("Then, best first", points[1:]))


def _naming(desk: Desk) -> Outline:
    """Which of my notes: those found best, each by its title with what it says."""
    first: dict[str, Piece] = {}
    for piece in desk.near():
        first.setdefault(piece.note.id, piece)
    named = (desk.take(piece, f"“{piece.note.title}”:") for piece in first.values() if piece.words >= _SHORTEST)
    points = [point for point in named if point][:_FIRST]
    return _sections(points[:1], ("Then, best first", points[1:]))


def _person(desk: Desk) -> Outline:
    """Who is X: the notes on works of that name, then where others speak of it."""
    name = stems(desk.question.subject.split()[-1]) if desk.question.subject else set()
    works = [
        piece
        for piece in desk.pieces
        if any(name & stems(surname(who)) for source in piece.note.sources for who in source.authors)
    ]
    spoken = [piece for piece in desk.pieces if name and name <= stems(piece.shown) and piece not in works]
    if not works and not spoken:
        return _open_question(desk)
    opening = _opened(desk, [*works, *spoken])
    if opening and works:
        notes = len({piece.note.id for piece in works})
        told = f"{_count(notes, 'note is', 'notes are').capitalize()} on works of that name."
        opening[0].lead = f"{told} {opening[0].lead}".strip()
    points = desk.take_all(works, 8, 2)
    return _sections(opening, ("What they say", points), ("Where others speak of it", desk.take_all(spoken, 4)))


FORMS: dict[Kind, Callable[[Desk], Outline]] = {
    "limits": _limits,
    "why": _reasons,
    "how": _reasons,
    "compare": _comparison,
    "advice": _advice,
    "reading": _reading,
    "notes": _naming,
    "who": _person,
}


def _opened(
    desk: Desk, among: Sequence[Piece] = (), beside: Sequence[Piece] = (), *, defines: bool = False
) -> list[Point]:
    """What the reader would put first, `among` these where one does nearly as well; and `beside` it the best of those, or the next best.
    What `defines` begins with its own sentence. An answer takes no side by order: what an author opposes to the first stands second."""
    fit = desk.fit_to_open()
    if defines:
        fit += among  # its own note's sentence, though no full stop ends it
    keys = (
        {piece.claim.id for piece in among if piece.opens >= (_HALF if defines else _NEARLY) * fit[0].opens}
        if fit
        else set()
    )
    first = next(
        (
            point
            for piece in sorted(fit, key=lambda each: each.claim.id not in keys)
            if (point := desk.take(piece, begins=defines and bool(keys)))
        ),
        None,
    )
    if first is None:
        return []
    if against := desk.opposed(first.piece):
        other = desk.take(against, "Against this, as an author states:", role="tension")
        return [first, *([other] if other else [])]
    enough = _BESIDE * fit[0].opens
    second = next((point for piece in beside if (point := desk.take(piece))), None) or next(
        (
            point
            for piece in fit
            if piece.opens >= enough
            and (piece.claim.id in keys or not (defines and keys))
            and (point := desk.take(piece, longest=_BRIEF))
        ),
        None,
    )
    return [first, *([second] if second else [])]


def _in_turn(pieces: Iterable[Piece]) -> list[Piece]:
    """The best claim of every note, then the others: an answer is many voices."""
    first: dict[str, Piece] = {}
    rest = [piece for piece in pieces if first.setdefault(piece.note.id, piece) is not piece]
    return [*first.values(), *rest]


def _sections(opening: list[Point], *sections: Section | tuple[str, list[Point]]) -> Outline:
    """An outline of strands, and of titles with what stands under them, where anything does: note by note as each was written."""
    made = [each if isinstance(each, Section) else Section(_as_written(each[1]), each[0]) for each in sections]
    return Outline(opening, [each for each in made if each.points])


def _as_written(points: Sequence[Point]) -> list[Point]:
    """Steps and reasons in the order in which their note gives them."""
    notes = list(dict.fromkeys(point.piece.note.id for point in points))
    return sorted(points, key=lambda each: (notes.index(each.piece.note.id), each.piece.claim.place.start))


def _count(number: int, one: str, more: str) -> str:
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{names[number] if number < len(names) else number} {one if number == 1 else more}"

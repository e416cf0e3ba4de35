"""Claims -> statements, without a model. Every phrase between two quotes says only what the graph knows."""

from collections.abc import Collection, Mapping, Sequence

from kb.claim import Role
from kb.link import Link
from kb.note import Source, surname
from qa.answer import Statement, StatementRole, Thread
from qa.choose import Chosen
from qa.evidence import CLOSED, Piece
from qa.opening import Opening

_SAME_NOTE: dict[Role, str] = {
    "finding": "",
    "position": "",
    "definition": "As it defines it:",
    "method": "How it was done:",
    "mechanism": "The explanation it offers:",
    "condition": "A condition it states:",
    "caveat": "A limit it states:",
}
_OTHER_NOTE: dict[Role, str] = {
    "finding": "",
    "position": "",
    "definition": "By definition:",
    "method": "How it was done elsewhere:",
    "mechanism": "An explanation:",
    "condition": "A condition:",
    "caveat": "A limit stated elsewhere:",
}
_LINKED = {
    "contradicts": "Against this, as an author states:",
    "qualifies": "Limited, as an author states, by:",
    "supports": "In agreement, as an author states:",
}
_ROLES: dict[Role, StatementRole] = {"caveat": "caveat", "condition": "caveat"}


def statements(
    strands: Sequence[Sequence[Chosen]], links: Sequence[Link], first: Sequence[Opening] = (), warning: str = ""
) -> tuple[list[Statement], list[Thread]]:
    """The text of an answer: how it opens, then strand by strand. A `warning` stands before everything."""
    related = {(link.a, link.b): link for link in links if link.kind in _LINKED}
    same = {frozenset((link.a, link.b)) for link in links if link.kind == "restates"}
    made = [
        _statement(Chosen(each.piece), each.lead, "tension" if each.is_tension else "finding", 0, same, opens=True)
        for each in first
    ]
    threads: list[Thread] = []
    for number, strand in enumerate(strands):
        before: list[Piece] = []
        for chosen in strand:
            lead, role = _lead(chosen.piece, before, related)
            made.append(_statement(chosen, lead, role, number, same))
            before.append(chosen.piece)
        notes = dict.fromkeys(each.note.id for chosen in strand for each in (chosen.piece, *chosen.echoes))
        threads.append(Thread(title=strand[0].piece.note.title, notes=tuple(notes)))
    if made and not threads:
        threads.append(Thread(title=first[0].piece.note.title, notes=tuple(each.piece.note.id for each in first)))
    if made and warning:
        led = f"{warning} {made[0].lead}".strip()
        text = f"{led} {made[0].text.removeprefix(made[0].lead).strip()}"
        made[0] = made[0].model_copy(update={"lead": led, "text": text})
    return made, threads


def standing(made: Sequence[Statement], threads: Sequence[Thread]) -> tuple[list[Statement], list[Thread]]:
    """Threads that still say something, numbered anew."""
    kept = sorted({statement.thread for statement in made})
    number = {old: new for new, old in enumerate(kept)}
    moved = [statement.model_copy(update={"thread": number[statement.thread]}) for statement in made]
    return moved, [threads[old] for old in kept]


def _statement(
    chosen: Chosen,
    lead: str,
    role: StatementRole,
    thread: int,
    same: Collection[frozenset[str]],
    *,
    opens: bool = False,
) -> Statement:
    piece = chosen.piece
    keys = dict.fromkeys([*piece.keys, *(key for echo in chosen.echoes for key in echo.keys)])
    linked = {echo.voice for echo in chosen.echoes if frozenset((piece.claim.id, echo.claim.id)) in same}
    if linked:
        count = 1 + len(linked)
        lead = lead or f"{'Two' if count == 2 else 'Three' if count == 3 else count} notes state this result:"
    # The full stop of a sentence that closes with a citation is not among its words.
    quoted = f"“{piece.shown}”" if piece.shown.endswith(CLOSED) else f"“{piece.shown}”."
    text = f"{lead} {quoted}" if lead else quoted
    return Statement(text=text, claims=tuple(keys), thread=thread, role=role, lead=lead, opens=opens)


def _on(piece: Piece, before: Sequence[Piece]) -> str:
    """Whose work the note is on, where the note says so and it has not been said."""
    source = next((source for source in piece.note.sources if source.authors and source.year), None)
    if source is None or any(earlier.note.id == piece.note.id for earlier in before):
        return ""
    return f"On {who(source)}:"


def who(source: Source) -> str:
    """ "Wang et al. (2025)"."""
    names = [surname(name) for name in source.authors]
    told = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{told} ({source.year})" if source.year else told


def _lead(piece: Piece, before: Sequence[Piece], related: Mapping[tuple[str, str], Link]) -> tuple[str, StatementRole]:
    role = _ROLES.get(piece.claim.role, "finding")
    for earlier in before:
        ends = ((piece.claim.id, earlier.claim.id), (earlier.claim.id, piece.claim.id))
        link = next((related[pair] for pair in ends if pair in related), None)
        if link and link.method == "author" and earlier is before[-1]:
            return _LINKED[link.kind], role if link.kind == "supports" else "tension"
    if not before:
        return _on(piece, before), role
    same = before[-1].note.id == piece.note.id
    return (_SAME_NOTE if same else _OTHER_NOTE)[piece.claim.role] or ("" if same else _on(piece, before)), role

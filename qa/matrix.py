"""The synthesis matrix: works by points, each cell with what the work says to the point. `qa.stance` fills the cells.

Lines and posts tell what others found: they are shown, and counted with nobody.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from pydantic import Field

from ingest.integrity import changed_quotes
from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of, named
from kb.catalogue import notes as read_notes
from kb.claim import Claim, Fact
from kb.note import SYNTHESES, NoteKind, Source
from kb.problem import Problem
from qa.answer import Answer, Cited
from qa.answer_sources import cited_claim
from qa.ask import Asker
from qa.evidence import excerpt
from qa.stance import Cell, Stance, Stances, Work, stands_alone
from qa.tensions import held, spread

_SPREAD = 8
"""Notes that a point's own words may bring in."""
Subject = Literal["topic", "line", "tensions"]
"""Where the points come from: what answers a topic, the sentences of a line, or the liveliest tensions."""
_LEAST: dict[Subject, float] = {"line": -1.0, "topic": 0.0, "tensions": 0.9}
"""What a work must say to be shown: of a line all that it cites are, of tensions those that take a side."""
_SILENT = Cell(stance="silent")


class Column(Fact):
    """A point, and how many independent works stand how to it."""

    claim: str
    voices: dict[Stance, int]


class Row(Fact):
    """A work: one note, or several on one source."""

    title: str
    notes: tuple[str, ...]
    kind: NoteKind
    is_voice: bool
    """Whether it is counted: a line or a post tells what others found."""
    sources: tuple[Source, ...] = ()
    cells: tuple[Cell, ...]
    """One for each column."""


class SynthesisMatrix(Fact):
    """Works by points; the contract of `kb matrix --json`."""

    question: str
    """What was asked for; empty where nothing was."""
    of: Subject
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    claims: dict[str, Cited] = Field(default_factory=dict)
    left_out: int = 0
    """Works with something to say that the limit left out."""
    missing: str = ""
    problems: tuple[Problem, ...] = ()


def synthesis_matrix(asker: Asker, wanted: str = "", *, points: int = 6, works: int = 20) -> SynthesisMatrix:
    """The matrix of a topic or question, of a line, or with nothing asked of the liveliest tensions; from one state of the base."""
    with asker.store.snapshot():
        return _matrix(asker, wanted, points, works)


def _matrix(asker: Asker, wanted: str, points: int, works: int) -> SynthesisMatrix:
    store, reports = asker.store, asker.retriever.reports()
    scope = asker.retriever.scope(reports, asker.within)
    stances = Stances(asker, scope)
    name = named(store, wanted) if wanted.strip() else None
    if line := next(
        (each for each in read_notes(store, [name] if name else []) if each.kind == "line" and each.path), None
    ):
        given = [claim for claim in claims_of(store, line.id) if claim.place.path == line.path]
        cited = stances.works(note for claim in given for note in claim.citations)
        return _arranged(stances, "line", line.title, given, cited, len(given), works)
    of: Subject = "topic" if wanted.strip() else "tensions"
    answer = asker.ask(wanted) if of == "topic" else None
    lively = spread(held(store, scope=scope)) if answer is None else ()
    keys = (
        _answering(answer)
        if answer
        else list(dict.fromkeys(each.b.id for each in lively if each.tension.stated is None))
    )
    given = [claim for claim in read_claims(store, keys) if stands_alone(claim) and scope.counts(claim)]
    given = stances.distinct(given[: 3 * points])[: 2 * points]
    names = [note.id for note in answer.notes if note.cited] if answer else []
    for point in given:
        found = asker.retriever.find(point.text, notes=_SPREAD, claims=1, without=reports, within=asker.within)
        names += [point.note, *stances.linked_notes(point), *(note for note, _ in found.notes)]
    missing = answer.missing if answer else ""
    return _arranged(stances, of, wanted, given, stances.works(names), points, works, missing)


def _answering(answer: Answer) -> list[str]:
    """The points of an answer: what its tensions are about, then its findings, by the note that found them sooner than by a line that tells of it."""
    lines = {note.id for note in answer.notes if note.kind in SYNTHESES}
    sides = {key for each in answer.tensions for key in (each.a, each.b)}
    keys = [each.b for each in answer.tensions if each.stated is None]
    for statement in answer.statements:
        if statement.role in ("finding", "tension"):
            said = [key for key in statement.claims if excerpt(answer.claims[key].quote) in statement.text]
            found = [key for key in said if answer.claims[key].note not in lines]
            keys += [key for key in (found or said)[-1:] if key not in sides]
    return list(dict.fromkeys(keys))


def _arranged(
    stances: Stances, of: Subject, title: str, given: Sequence[Claim], found: Sequence[Work], most: int, works: int, missing: str = ""
) -> SynthesisMatrix:  # fmt: skip
    """Of the points those of which most is said, of the works those that say most; every quote is read again from its file."""
    store, table = stances.store, stances.cells(given, found)
    shown = [*given, *read_claims(store, list({cell.claim for row in table for cell in row if cell.claim}))]
    changed = changed_quotes(store.vault, shown)
    table = [[_SILENT if cell.claim in changed else cell for cell in row] for row in table]
    said = [_told(row[at] for row in table if row[at].by != "itself") for at in range(len(given))]
    best = [at for at in sorted(range(len(given)), key=lambda at: -said[at]) if given[at].id not in changed][:most]
    kept = sorted(best)
    rows = [_row(work, [row[at] for at in kept]) for work, row in zip(found, table, strict=True)]
    rows = [row for row in rows if _told(row.cells) > _LEAST[of]]
    rows.sort(key=lambda row: (not row.is_voice, -_told(row.cells)))
    keys = {given[at].id for at in kept} | {cell.claim for row in rows[:works] for cell in row.cells if cell.claim}
    claims = [claim for claim in {claim.id: claim for claim in shown}.values() if claim.id in keys]
    notes = read_notes(store, list({claim.note for claim in claims}))
    return SynthesisMatrix(
        question=title, of=of, missing=missing, problems=tuple(changed.values()),
        columns=tuple(Column(claim=given[at].id, voices=_voices(rows, number)) for number, at in enumerate(kept)),
        rows=tuple(rows[:works]), left_out=max(0, len(rows) - works),
        claims={claim.id: cited_claim(claim, notes) for claim in claims},
    )  # fmt: skip


def _told(cells: Iterable[Cell]) -> float:
    """How much is said: what is decided counts before what only touches a point."""
    return sum({"silent": 0.0, "speaks": 0.3}.get(cell.stance, 1.0) for cell in cells)


def _row(work: Work, cells: Sequence[Cell]) -> Row:
    first, names = work.notes[0], tuple(note.id for note in work.notes)
    is_voice = first.kind not in SYNTHESES
    return Row(
        title=first.title, notes=names, kind=first.kind, is_voice=is_voice, sources=first.sources, cells=tuple(cells)
    )


def _voices(rows: Sequence[Row], number: int) -> dict[Stance, int]:
    told = [row.cells[number].stance for row in rows if row.is_voice]
    return {stance: told.count(stance) for stance in get_args(Stance)}

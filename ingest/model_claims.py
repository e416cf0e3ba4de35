"""Claims by a language model (`extract = "llm"`): it names some among the sentences that the rules passed over.

Each reply is kept before the next call, so what a budget, a failure or Ctrl-C ends goes on there. A model that fails costs a
remark, never a sync.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from pydantic import BaseModel, Field

from ingest.changes import Progress
from ingest.extract import extract
from ingest.integrity import content_hash
from ingest.model_replies import ROLES, ModelReplies, Reply, Span, waiting
from ingest.offered_lines import MOST, OfferedLine, chosen, offered_lines, parts
from ingest.read import read
from ingest.titles import Titles
from kb.errors import Unavailable
from kb.files import read_regular
from kb.model import Model, Unfit, tokens_in
from kb.problem import Code, Problem
from kb.prompts import Prompt, find_claims
from kb.replies import Budget, Replies
from kb.settings import Settings
from kb.store import Store

CODE: Code = "extract"
_SLACK = 300
"""Tokens around an answer: small models say a word before and after."""
_EACH = 25
"""Tokens of one entry of the answer, besides the words copied."""
_CHOSEN = 3
"""One open sentence in so many is chosen, more or less: for the price told beforehand."""


class Outlook(NamedTuple):
    """What asking would take."""

    notes: int = 0
    calls: int = 0
    tokens: int = 0


class Named(BaseModel):
    """One claim, as a model names it."""

    quote: str = Field(description="the line, copied letter for letter")
    role: str = Field(json_schema_extra={"enum": list(ROLES)})


class Answer(BaseModel):
    """What a model says of one part of a note."""

    claims: list[Named]


class _Waiting(NamedTuple):
    """A note that waits for an answer."""

    sha: str
    title: str
    lines: list[OfferedLine]
    parts: list[list[OfferedLine]]
    told: Reply

    @property
    def left(self) -> list[list[OfferedLine]]:
        return self.parts[self.told.asked :]


def ask_for_claims(
    store: Store, settings: Settings, heard: ModelReplies, budget: Budget, progress: Progress
) -> list[Problem]:
    """Ask about every note that waits, and keep what is said; the files are for the caller to read again."""
    of = waiting(store)
    if not of:
        return []
    try:
        return list(_asked(store, settings, heard, budget, of, progress))
    except Unavailable as why:
        return [Problem(code=CODE, message=why.message, path="kb.toml", hint=why.remedy)]


def outlook(store: Store, heard: ModelReplies) -> Outlook:
    """What asking about the notes that wait would take; nothing is asked."""
    notes = list(_waiting(store, heard))
    costs = [_cost(note, part) for note in notes for part in note.left]
    return Outlook(len(notes), len(costs), sum(costs))


def _asked(
    store: Store, settings: Settings, heard: ModelReplies, budget: Budget, of: int, progress: Progress
) -> Iterator[Problem]:
    model = Model(settings)
    with closing(Replies(store.folder)) as replies:
        for number, note in enumerate(_waiting(store, heard)):
            progress("finding claims", number, of)
            told = note.told
            for part in note.left:
                if not budget.allows(_cost(note, part)):
                    yield budget.stopped(f"{of - number:,} of {of:,} notes wait to be read for claims")
                    return
                before = model.tokens
                try:
                    told = Reply(_with(told.spans, _ask(model, note, part), note.lines), told.asked + 1)
                finally:
                    budget.spent += model.tokens - before
                replies.keep(heard.key(note.sha), told.text())


def _ask(model: Model, note: _Waiting, part: Sequence[OfferedLine]) -> tuple[Span, ...]:
    """One call; what is not of the closed set is no answer."""
    try:
        answer = model.fill(Answer, *_prompt(note, part), max_tokens=_SLACK + _length(part))
    except Unfit:
        return ()
    roles = {str(role): role for role in ROLES}
    named = ((each.quote, roles.get(each.role.strip().lower())) for each in answer.claims)
    return tuple(Span(quote, role) for quote, role in named if role is not None)


def _with(known: tuple[Span, ...], new: Sequence[Span], given: Sequence[OfferedLine]) -> tuple[Span, ...]:
    """What is worth keeping: only words that choose something, as many as a note may have."""
    found = [span for span in dict.fromkeys(new) if chosen(given, [span])]
    return tuple(dict.fromkeys((*known, *found)))[:MOST]


def _waiting(store: Store, heard: ModelReplies) -> Iterator[_Waiting]:
    """The notes that wait, one of each content; a file that has changed meanwhile waits for the next sync."""
    rows = store.sql.execute(
        "SELECT file.sha, min(file.path) FROM heard JOIN file ON file.id = heard.file WHERE waits > 0 AND sha <> '' "
        "GROUP BY file.sha ORDER BY 2"
    ).fetchall()
    known = heard.of_all(sha for sha, _ in rows)
    titles = Titles(row[0] for row in store.sql.execute("SELECT DISTINCT title FROM title"))
    for sha, path in rows:
        try:
            data = read_regular(store.vault / path)
        except OSError:
            continue
        if content_hash(data) != sha:
            continue
        reading = read(path, data, titles)
        if reading.page is not None:
            given = offered_lines(reading.page, reading.text, extract(reading.page, reading.text))
            yield _Waiting(sha, reading.page.note.title, given, parts(reading.page, given), known.get(sha, Reply()))


def _prompt(note: _Waiting, part: Sequence[OfferedLine]) -> Prompt:
    marked = [(line.section, line.role or ("new" if line.is_open else "context"), line.text) for line in part]
    return find_claims(note.title, marked, ROLES, min(MOST, sum(line.is_open for line in part)))


def _length(part: Sequence[OfferedLine]) -> int:
    """Tokens of an answer that chooses every open line."""
    return sum(len(line.text) // 3 + _EACH for line in part if line.is_open)


def _cost(note: _Waiting, part: Sequence[OfferedLine]) -> int:
    """About how many tokens a call costs."""
    return tokens_in(*_prompt(note, part)) + _length(part) // _CHOSEN

"""Contradictions that a local model reads: pairs of claims near each other, each pair judged once.

A verdict is kept under the hash of both texts and of the model, so that a sync asks only for pairs it has not seen,
and one that was broken off goes on where it was. A judge that fails costs a remark, never a sync.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from ingest.changes import Progress
from ingest.judges import UNSETTLED
from ingest.kinds import kind_of
from ingest.lexicon import AUXILIARIES, EMPTY, GENERAL, HEDGES, NEGATORS
from ingest.sides import Row, Sides
from kb.claim import Place, fingerprint
from kb.edges import link_counts
from kb.entailment import Judge, Verdict, open_judge
from kb.errors import Unavailable
from kb.home import from_home
from kb.language.stems import stem
from kb.problem import Problem
from kb.settings import Settings
from kb.store import Store

BAR = 0.8
"""From this probability on, the mean of both directions, a pair is said to contradict."""
_SUREST = 0.9
"""A model is never surer than an author who says so."""
_NEAR = 0.55
_SHARED = 2
_CROWD = 60
"""A subject that so many claims share says nothing about any two of them."""
_BATCH = 64
ORIGIN = "judge"
_DULL = EMPTY | AUXILIARIES | HEDGES | NEGATORS
_WORD = re.compile(r"[^\W\d_][\w'’-]{2,}")


class Candidate(NamedTuple):
    """Two claims that may contradict each other, as they are readable alone: a quote may hold mark-up, or lean."""

    a: str
    a_text: str
    b: str
    b_text: str


def judge_candidates(
    store: Store,
    settings: Settings,
    candidates: Iterable[tuple[str, str, str, str]],
    progress: Progress | None = None,
) -> list[Problem]:
    """Put what the judge of this vault reads in place of what it read before; to be called outside a transaction."""
    rows: list[Row] = []
    problems = []
    if settings.judge:
        try:
            judge = open_judge(store.vault / from_home(settings.judge))
            rows = list(judged(store, judge, _counted(candidates, progress)))
        except Unavailable as why:
            problems = [Problem(code="judge", message=why.message, path=settings.judge, hint=why.remedy)]
    put_links(store, rows, UNSETTLED if problems else settings.judge)
    return problems


def put_links(store: Store, rows: list[Row], state: str) -> None:
    """Put what a judge says now in place of what one said before."""
    with store.transaction() as sql:
        gone = sql.execute("DELETE FROM link WHERE origin = ?", (ORIGIN,)).rowcount
        sql.executemany(
            "INSERT OR REPLACE INTO link(kind, a, b, method, confidence, evidence, reason, tension, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row[:5], json.dumps(row.evidence, ensure_ascii=False), row.reason, row.tension, ORIGIN) for row in rows),
        )
        if gone or rows:
            store.set_meta("links", sum(count for _, count in link_counts(store)))
        store.set_meta("judge", state)


def candidates(store: Store) -> Iterator[Candidate]:
    """Pairs of claims of different notes on one subject, near each other and with informative words in common."""
    sides = Sides(store)
    keys = store.sql.execute(
        "SELECT key FROM subject GROUP BY key HAVING count(*) BETWEEN 2 AND ? ORDER BY key", (_CROWD,)
    ).fetchall()
    seen: set[tuple[str, str]] = set()
    for (key,) in keys:
        for found in candidates_on(store, sides, key):
            if (found.a, found.b) not in seen:
                seen.add((found.a, found.b))
                yield found


def candidates_on(store: Store, sides: Sides, key: str) -> Iterator[Candidate]:
    """The pairs among the claims of one key of `subject`."""
    rows = store.sql.execute(
        "SELECT claim.name, claim.file, coalesce(claim.owner, file.path), claim.text "
        "FROM subject JOIN claim ON claim.id = subject.claim JOIN file ON file.id = claim.file WHERE subject.key = ? "
        "ORDER BY claim.name LIMIT ?",
        (key, _CROWD + 1),
    ).fetchall()
    if not 2 <= len(rows) <= _CROWD:
        return
    known = {claim.id: claim.vector for file in {row[1] for row in rows} for claim in sides.claims_in(file)}
    vectors = np.stack([known[row[0]] for row in rows])
    for left, right in zip(*np.nonzero(np.triu(vectors @ vectors.T >= _NEAR, 1)), strict=True):
        (a, _, owner, text), (b, _, its_owner, its_text) = rows[left], rows[right]
        if owner != its_owner and text != its_text and len(informative(text) & informative(its_text)) >= _SHARED:
            yield Candidate(a, text, b, its_text)


@lru_cache(4096)
def informative(text: str) -> frozenset[str]:
    """The stems of a text that say what it is about."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _DULL) - GENERAL


def judged(store: Store, judge: Judge, candidates: Iterable[tuple[str, str, str, str]]) -> Iterator[Row]:
    """The contradictions among the candidates; an author who relates two claims is not gone over."""
    pending = iter(candidates)
    while batch := [Candidate(*each) for each in islice(pending, _BATCH)]:
        batch = [each for each in batch if each.a != each.b and not related(store, each)]
        for each, verdict in zip(batch, _verdicts(store, judge, batch), strict=True):
            if verdict.contradiction >= BAR and (row := _row(store, each, verdict.contradiction)):
                yield row


def _verdicts(store: Store, judge: Judge, batch: list[Candidate]) -> list[Verdict]:
    """From the base where they are there; else the judge is asked, and the base keeps the answer."""
    asked = {_key(judge, each): (each.a_text, each.b_text) for each in batch}
    marks = ",".join("?" * len(asked))
    rows = store.sql.execute(
        f"SELECT key, contradiction, entailment, neutral FROM opinion WHERE key IN ({marks})", tuple(asked)
    )
    known = {key: Verdict(*found) for key, *found in rows}
    new = [key for key in asked if key not in known]
    if new:
        told = dict(zip(new, judge.judge([asked[key] for key in new]), strict=True))
        with nullcontext() if store.sql.in_transaction else store.transaction():
            store.sql.executemany(
                "INSERT OR REPLACE INTO opinion VALUES (?, ?, ?, ?)", ((key, *each) for key, each in told.items())
            )
        known |= told
    return [known[_key(judge, each)] for each in batch]


def _key(judge: Judge, pair: Candidate) -> str:
    return fingerprint("\n".join([judge.name, *sorted(map(fingerprint, (pair.a_text, pair.b_text)))]))


def related(store: Store, pair: Candidate) -> bool:
    """Whether an author says how these two stand to each other."""
    found = store.sql.execute(
        "SELECT 1 FROM link WHERE method = 'author' AND ((a = ?1 AND b = ?2) OR (a = ?2 AND b = ?1)) LIMIT 1",
        (pair.a, pair.b),
    )
    return found.fetchone() is not None


def _row(store: Store, pair: Candidate, probability: float) -> Row | None:
    """The link between two claims, the same whichever was named first; nothing where one of them is gone."""
    (a, a_text), (b, b_text) = sorted([(pair.a, pair.a_text), (pair.b, pair.b_text)])
    places = [place_of(store, name) for name in (a, b)]
    evidence = [place.model_dump() for place in places if place]
    if len(evidence) < 2:
        return None
    reason = f"a local model reads them as contradicting ({probability:.2f})"
    confidence = round(min(_SUREST, probability), 2)
    kind = kind_of("contradicts", "", a_text, b_text)
    return Row("contradicts", a, b, "model", confidence, evidence, reason, kind)


def place_of(store: Store, name: str) -> Place | None:
    """Where a claim stands; nothing where it is gone."""
    row = store.sql.execute(
        "SELECT path, start, stop, line, claim.sha FROM claim JOIN file ON file.id = claim.file WHERE claim.name = ?",
        (name,),
    ).fetchone()
    return Place(path=row[0], start=row[1], end=row[2], line=row[3], sha=row[4]) if row else None


def _counted(
    candidates: Iterable[tuple[str, str, str, str]], progress: Progress | None
) -> Iterator[tuple[str, str, str, str]]:
    given = list(candidates)
    for number, each in enumerate(given):
        if progress and number % _BATCH == 0:
            progress("judging", number, len(given))
        yield each

"""Along the graph: from the notes that a question found to those that other pages set beside them.

A walk of a few steps from the notes found (much like personalised PageRank), on their neighbourhood alone. Two
notes cited by one page are the nearer the closer together the page cites them: a hub that lists everything then
speaks by its sections, and an inquiring line by its paragraphs.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.edges import pair_of
from qa.scope import Scope

_PAGES = 60
"""Pages that cite the notes found, and are read for what they cite beside them."""
_CITED = 400
"""Citations read of one page."""
_BESIDE = 6
"""How many citations apart two notes may stand and still be beside one another."""
_GO_ON, _STEPS = 0.6, 4
"""Chance of another step, and how many steps make a difference."""

SHARP = 4
"""Power of the seeds' scores: the first few say where to start, the others hardly matter."""
LEAVE, ARRIVE = 0.7, 0.3
"""How much a step is shared among all the edges of the note it leaves, and of the note it arrives at.

Words, nearness and graph, mean of the four measures of `kb eval` on the six sample lines, the 64 gold questions
with the lines left out, and pages of the garden (see `qa.retrieve`). Seeds as they are, and 1 and 0: 0.562, 0.716,
0.196. Sharp seeds, and 0.5 each: 0.587, 0.762, 0.203; so: 0.591, 0.762, 0.208. A page's own links weigh 1
each, however many it has: divided by the root of their number, the garden loses 0.005."""

Edge = tuple[int, int, float]


def walk(scope: Scope, seeds: dict[int, float], claims: Sequence[int]) -> dict[int, float]:
    """How much of the seeds' scores a walk brings to each note; where it starts does not count.

    The best note has the share of the start that links lead away from: where the notes found stand alone, what
    links the others says little.
    """
    if not seeds or sum(seeds.values()) <= 0:
        return {}
    edges = [*_beside(scope, list(seeds)), *_linked(scope, claims)]
    edges = [(a, b, weight) for a, b, weight in edges if not {a, b} & scope.notes]
    if not edges:
        return {}
    walked = _walked(seeds, edges)
    joined = {end for a, b, _ in edges for end in (a, b)}
    sharp = {note: max(0.0, score) ** SHARP for note, score in seeds.items()}
    share = sum(score for note, score in sharp.items() if note in joined) / sum(sharp.values())
    high = max(walked.values(), default=0.0) or 1.0
    return {note: score * share / high for note, score in walked.items()}


def _beside(scope: Scope, seeds: Sequence[int]) -> Iterator[Edge]:
    """What the notes found cite, what cites them, and what is cited beside them."""
    sql = scope.sql
    names: dict[int, str] = dict(scope.rows("SELECT id, name FROM note WHERE id IN", seeds))
    marks = ",".join("?" * len(names))
    pages = sql.execute(
        f"SELECT file, count(DISTINCT note) AS found FROM mention WHERE note IN ({marks}) GROUP BY file ORDER BY found DESC, file LIMIT ?",
        (*names.values(), _PAGES),
    ).fetchall()
    own = [row[0] for row in scope.rows("SELECT file FROM note WHERE file IS NOT NULL AND id IN", seeds)]
    for file in dict.fromkeys([*(row[0] for row in pages), *own]):
        if file in scope.files:
            continue
        row = sql.execute("SELECT id FROM note WHERE file = ?", (file,)).fetchone()
        cited = [
            at
            for (at,) in sql.execute(
                "SELECT note.id FROM mention JOIN note ON note.name = mention.note WHERE mention.file = ? "
                "ORDER BY mention.start LIMIT ?",
                (file, _CITED),
            )
        ]
        order = [note for number, note in enumerate(cited) if number == 0 or cited[number - 1] != note]
        if row:
            yield from ((row[0], note, 1.0) for note in dict.fromkeys(order) if note != row[0])
        for number, note in enumerate(order):
            for gap, other in enumerate(order[number + 1 : number + 1 + _BESIDE], 1):
                if note != other:
                    yield note, other, 1 / gap


def _linked(scope: Scope, claims: Sequence[int]) -> Iterator[Edge]:
    """Links between claims, or notes, that touch one of these claims."""
    sql = scope.sql
    names = [row[0] for row in scope.rows("SELECT name FROM claim WHERE id IN", claims)]
    marks = ",".join("?" * len(names))
    rows = sql.execute(
        f"SELECT a, b, origin, confidence FROM link WHERE a IN ({marks}) UNION "
        f"SELECT a, b, origin, confidence FROM link WHERE b IN ({marks}) ORDER BY 1, 2, 3 LIMIT 300",
        (*names, *names),
    ).fetchall()
    judged = {(a, b): verdict for a, b, verdict in sql.execute("SELECT a, b, verdict FROM verdict ORDER BY a, b")}
    rows = [row for row in rows if pair_of(row[0], row[1]) not in judged]
    asked = set(names)
    rows += [(a, b, "", 1.0) for (a, b), verdict in judged.items() if verdict == "accept" and {a, b} & asked]
    ends = {end for a, b, _, _ in rows for end in (a, b)}
    ids = {name: sql.execute("SELECT id FROM claim WHERE name = ?", (name,)).fetchone() for name in sorted(ends)}
    owners = scope.owners([row[0] for row in ids.values() if row])
    note = {name: owners.get(row[0]) for name, row in ids.items() if row}
    gone = {f"file:{file}" for file in scope.files}
    for a, b, origin, confidence in rows:
        left, right = note.get(a), note.get(b)
        if left and right and left != right and origin not in gone:
            yield left, right, confidence


def _walked(seeds: dict[int, float], edges: Collection[Edge]) -> dict[int, float]:
    names = np.unique(np.array([*seeds, *(end for edge in edges for end in edge[:2])], np.int64))
    a = np.searchsorted(names, np.array([edge[0] for edge in edges]))
    b = np.searchsorted(names, np.array([edge[1] for edge in edges]))
    weights = np.array([edge[2] for edge in edges] * 2)
    origin, target = np.concatenate([a, b]), np.concatenate([b, a])
    degree = np.bincount(origin, weights, len(names)).clip(min=1e-9)
    share = weights / (degree[origin] ** LEAVE * degree[target] ** ARRIVE)
    state: NDArray[np.floating] = np.zeros(len(names))
    state[np.searchsorted(names, list(seeds))] = list(seeds.values())
    state = (state / state.max()) ** SHARP
    seen = np.zeros(len(names))
    for _ in range(_STEPS):
        state = _GO_ON * np.bincount(target, state[origin] * share, len(names))
        seen += state
    return {int(name): float(score) for name, score in zip(names, seen, strict=True) if score > 0}

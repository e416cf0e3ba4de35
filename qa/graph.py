"""Along the graph: from the notes that a question found to those that the same authors' lines set beside them.

A random walk that keeps starting over at the notes found (personalised PageRank), on their neighbourhood
alone: two steps of citation, author-made links, shared sources. What a page that cites everything says
about any one of them is little, so each page shares out what it has among all that it cites.
"""

import json
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from kb.note import Source
from kb.store import Store

DEGREE = 80
"""Edges followed from one note; a hub's others are left."""
RESTART = 0.5
STEPS = 4

Edge = tuple[int, int, float]


class Graph:
    """The edges between notes, read where they are needed."""

    def __init__(self, store: Store) -> None:
        self.sql = store.sql

    def walk(self, seeds: dict[int, float], claims: Sequence[int], without: Collection[int]) -> dict[int, float]:
        """How often the walk stands at each note, starts not counted. `without` are files."""
        total = sum(seeds.values())
        if not total:
            return {}
        near = dict.fromkeys(seeds)
        edges = {}
        frontier = list(seeds)
        for _ in range(2):
            found = {(a, b): weight for a, b, weight in self._cites(frontier, without)}
            edges |= found
            frontier = [b for pair in found for b in pair if b not in near]
            frontier = list(dict.fromkeys(frontier))[:400]
            near |= dict.fromkeys(frontier)
        for a, b, weight in [*self._linked(claims, without), *self._same_source(list(near))]:
            if a in near and b in near:
                edges[a, b] = edges.get((a, b), 0.0) + weight
        return _walked(seeds, [(a, b, weight) for (a, b), weight in edges.items() if a in near and b in near])

    def _cites(self, notes: Sequence[int], without: Collection[int]) -> Iterator[Edge]:
        """Citations from and to these notes: in prose, by link, or in a list of sources."""
        for at in range(0, len(notes), 400):
            some = notes[at : at + 400]
            marks = ",".join("?" * len(some))
            for column, other in (("a.id", "b.id"), ("b.id", "a.id")):
                degree: dict[int, int] = {}
                for a, b, file, pivot in self.sql.execute(
                    f"SELECT DISTINCT a.id, b.id, a.file, {column} FROM note a JOIN mention ON mention.file = a.file "
                    f"JOIN note b ON b.name = mention.note WHERE {column} IN ({marks}) AND a.id <> b.id ORDER BY {column}, {other}",
                    some,
                ):
                    degree[pivot] = degree.get(pivot, 0) + 1
                    if file not in without and degree[pivot] <= DEGREE:
                        yield a, b, 1.0

    def _linked(self, claims: Sequence[int], without: Collection[int]) -> Iterator[Edge]:
        """Author-made and found links that touch one of these claims."""
        if not claims:
            return
        marks = ",".join("?" * len(claims))
        speaks = "SELECT note.id, claim.file FROM claim JOIN file ON file.id = claim.file JOIN note ON note.name = coalesce(claim.owner, claim.about, file.path)"
        names = [row[0] for row in self.sql.execute(f"SELECT name FROM claim WHERE id IN ({marks})", tuple(claims))]
        marks = ",".join("?" * len(names))
        for a, b, origin, confidence in self.sql.execute(
            f"SELECT a, b, origin, confidence FROM link WHERE a IN ({marks}) UNION "
            f"SELECT a, b, origin, confidence FROM link WHERE b IN ({marks}) ORDER BY 1, 2, 3 LIMIT 400",
            (*names, *names),
        ).fetchall():
            if origin.startswith("file:") and int(origin[5:]) in without:
                continue
            ends = [self.sql.execute(f"{speaks} WHERE claim.name = ?", (end,)).fetchone() for end in (a, b)]
            if all(ends) and not any(end[1] in without for end in ends):
                yield ends[0][0], ends[1][0], confidence

    def _same_source(self, notes: Sequence[int]) -> Iterator[Edge]:
        """Notes about one work."""
        some = notes[:300]
        marks = ",".join("?" * len(some))
        voices: dict[str, list[int]] = {}
        for note, sources in self.sql.execute(
            f"SELECT id, sources FROM note WHERE id IN ({marks}) AND sources <> '[]'", some
        ):
            for source in json.loads(sources):
                voices.setdefault(Source.model_validate(source).voice(), []).append(note)
        for group in voices.values():
            for a, b in zip(group, group[1:], strict=False):
                yield a, b, 1.0


def _walked(seeds: dict[int, float], edges: Sequence[Edge]) -> dict[int, float]:
    if not edges:
        return {}
    names = sorted({*seeds, *(end for a, b, _ in edges for end in (a, b))})
    place = {name: at for at, name in enumerate(names)}
    a = np.array([place[edge[0]] for edge in edges])
    b = np.array([place[edge[1]] for edge in edges])
    weights = np.array([edge[2] for edge in edges])
    origin, target = np.concatenate([a, b]), np.concatenate([b, a])
    weights = np.concatenate([weights, weights])
    out = np.bincount(origin, weights, len(names))
    share = weights / out[origin]
    start = np.zeros(len(names))
    for name, weight in seeds.items():
        start[place[name]] = weight
    start /= start.sum()
    state, seen = start, np.zeros(len(names))
    for _ in range(STEPS):
        state = (1 - RESTART) * np.bincount(target, state[origin] * share, len(names))
        seen += state
    return {name: float(seen[at]) for name, at in place.items() if seen[at] > 0}

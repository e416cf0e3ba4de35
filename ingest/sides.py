"""The two sides of what an author relates: from the sentence, or the typed link, to the claims meant."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kb.claim import Place
from kb.quantised import Matrix, unpacked
from kb.store import Store

_NEAR = 0.3
"""Below this similarity a cited note has no claim that the sentence can be said to mean."""
_MOST = 60

Row = tuple[str, str, str, str, float, list[dict[str, object]], str]
"""kind, a, b, method, confidence, evidence, reason."""


class Known(NamedTuple):
    """A claim as linking needs it."""

    id: str
    place: Place
    role: str
    vector: Matrix


class Sides:
    """Claims by note and by id, each file's read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._files: dict[int, list[Known]] = {}
        self._owners: dict[int, list[str | None]] = {}

    def stated_in(self, file: int) -> Iterator[Row]:
        """Every link that the author of this file states, by connective or by type."""
        sql = self.store.sql
        rows = sql.execute(
            "SELECT relation, confidence, a, a_key, b, b_key, reason FROM said WHERE file = ? ORDER BY rowid", (file,)
        )
        mine = {known.id: known for known in self.claims_in(file)}
        for relation, confidence, a, a_key, b, b_key, reason in rows.fetchall():
            later, earlier = mine[a], mine[b]
            left = self._meant(file, a_key, later)
            right = self._meant(file, b_key, earlier)
            if left.id != right.id:
                places = {known.id: _place(known) for known in (left, right, later, earlier)}
                evidence = list(places.values())
                yield relation, left.id, right.id, "author", confidence, evidence, reason
        typed = sql.execute(
            "SELECT relation, inverse, note, line, start, stop, claim, target FROM mention WHERE file = ? AND relation <> 'cites' "
            "AND note IS NOT NULL ORDER BY start",
            (file,),
        ).fetchall()
        path = sql.execute("SELECT path FROM file WHERE id = ?", (file,)).fetchone()
        for relation, inverse, note, line, start, stop, claim, target in typed:
            if note == path[0]:
                continue
            own = (
                [mine[claim]]
                if claim in mine
                else [
                    known
                    for known, owner in zip(self.claims_in(file), self.owners_in(file), strict=True)
                    if owner is None
                ]
            )
            pair = self._nearest_pair(own, self.claims_of(note))
            left_id, right_id = (note, path[0]) if inverse else (path[0], note)
            evidence = [_place(known) for known in (pair if not inverse else pair[::-1])]
            if not evidence:
                evidence = [{"path": path[0], "start": start, "end": stop, "line": line, "sha": ""}]
            yield relation, left_id, right_id, "author", 1.0, evidence, f"a typed link says so: {relation} “{target}”"

    def claims_in(self, file: int) -> list[Known]:
        """Claims of a file in order, with their vectors."""
        if file not in self._files:
            sql = self.store.sql
            rows = sql.execute(
                "SELECT name, start, stop, line, claim.sha, owner, path, role FROM claim JOIN file ON file.id = claim.file WHERE claim.file = ? ORDER BY claim.id",
                (file,),
            ).fetchall()
            data = sql.execute("SELECT data FROM vector WHERE file = ?", (file,)).fetchone()
            vectors = unpacked(data[0], len(rows)) if data and rows else np.zeros((len(rows), 1), np.float32)
            self._files[file] = [
                Known(row[0], Place(path=row[6], start=row[1], end=row[2], line=row[3], sha=row[4]), row[7], vector)
                for row, vector in zip(rows, vectors, strict=True)
            ]
            self._owners[file] = [row[5] for row in rows]
        return self._files[file]

    def owners_in(self, file: int) -> list[str | None]:
        self.claims_in(file)
        return self._owners[file]

    def claims_of(self, note: str) -> list[Known]:
        """A note's own claims, then what lists say of it."""
        sql = self.store.sql
        found: list[Known] = []
        own = sql.execute("SELECT file FROM note WHERE name = ? AND file IS NOT NULL", (note,)).fetchone()
        if own:
            found += [
                known
                for known, owner in zip(self.claims_in(own[0]), self.owners_in(own[0]), strict=True)
                if owner is None
            ]
        for (file,) in sql.execute(
            "SELECT DISTINCT file FROM claim JOIN file f ON f.id = claim.file WHERE owner = ? ORDER BY f.path", (note,)
        ).fetchall():
            found += [
                known for known, owner in zip(self.claims_in(file), self.owners_in(file), strict=True) if owner == note
            ]
        return found[:_MOST]

    def _meant(self, file: int, key: str, sentence: Known) -> Known:
        """The cited note's claim that the sentence is about, or the sentence itself."""
        row = self.store.sql.execute(
            "SELECT note FROM mention WHERE file = ? AND key = ? AND claim = ?", (file, key, sentence.id)
        ).fetchone()
        claims = [known for known in self.claims_of(row[0]) if known.id != sentence.id] if row and row[0] else []
        if not claims:
            return sentence
        claims = _asserting(claims)
        nearness = np.stack([known.vector for known in claims]) @ sentence.vector
        best = int(np.argmax(nearness))
        return claims[best] if nearness[best] >= _NEAR else sentence

    def _nearest_pair(self, ours: list[Known], theirs: list[Known]) -> tuple[Known, ...]:
        if not ours or not theirs:
            return tuple(ours[:1]) + tuple(theirs[:1])
        ours, theirs = _asserting(ours), _asserting(theirs)
        nearness = np.stack([known.vector for known in ours[:_MOST]]) @ np.stack([known.vector for known in theirs]).T
        left, right = divmod(int(np.argmax(nearness)), nearness.shape[1])
        return ours[left], theirs[right]


def _asserting(claims: list[Known]) -> list[Known]:
    """What a note says rather than what it did, where it says something."""
    return [known for known in claims if known.role not in ("method", "definition", "caveat")] or claims


def _place(known: Known) -> dict[str, object]:
    return known.place.model_dump()

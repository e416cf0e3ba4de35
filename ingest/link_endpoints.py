"""Endpoints of a link: the two sides of what an author relates, from the sentence, or the typed link, to the claims meant."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ingest.author_links import AGREES, OWN, STATED, kind_of
from ingest.endpoint_confidence import SPOKEN, SURE, UNSURE, of_finding, of_link, telling
from kb.claim import Place
from kb.note import STUB
from kb.store import Store
from kb.vectors import Matrix, unpacked

_NEAR = 0.3
"""Below this similarity a cited note has no claim that the sentence can be said to mean."""
PULLS = ("contradicts", "qualifies")
"""Relations that are tensions."""
_MOST = 60
_OWN = 200
"""Findings of a note that its later sentences may be set against: the first."""
_TELLS = 40
"""Characters that a finding needs: "Three faults are listed." only announces some."""
_GUIDES = 20
"""Sentences that name the other note, read for what is meant."""
_NEARNESS, _FIRST, _FINDING = 0.6, 0.2, 0.1
_SHARED = 0.6
"""What makes a typed link mean a pair of claims: their cosine; being a note's first finding, or a finding at all; the words
shared with a sentence in which one note names the other. Left out alone (`bench/tensions.py`), of 49 labelled tensions each
loses 2, 28, 4 and 6."""
_BEHIND, _TRIED = 0.1, 10
"""How far behind the best a pair may be, and how many are tried, to be taken for it because it can be quoted."""
_LABEL = 24
"""Characters before a link that its relation takes: "Contradicts: [[x]] (the gain was not found again)" says it all."""
_PLAIN = 0.9
"""How sure a connective is from which two sentences that cite are opposed by it: "argues the opposite", not "by contrast"."""
_OPENS = 2.5
"""How much more being what a note finds counts where it is opposed from within. From 1 to 2.5 it makes no difference to the
labels; the higher figure keeps what the note is about in front of its details."""


class LinkRow(NamedTuple):
    """A link as the base has it."""

    kind: str
    a: str
    b: str
    method: str
    confidence: float
    evidence: list[dict[str, object]] | str
    """Places; as JSON where it is written."""
    reason: str
    tension: str = ""
    chosen: float = SPOKEN
    """How sure it is that the evidence are the words meant."""


class Known(NamedTuple):
    """A claim as linking needs it."""

    place: Place
    id: str
    role: str
    owner: str | None
    """Another note whose claim it is."""
    words: str
    vector: Matrix

    @property
    def length(self) -> int:
        """In characters."""
        return self.place.end - self.place.start


class Sides:
    """Claims by note and by id, each file's read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._files: dict[int, list[Known]] = {}
        self._own: dict[int, list[Known]] = {}

    def stated_in(self, file: int) -> Iterator[LinkRow]:
        """Every link that the author of this file states, by connective or by type."""
        sql = self.store.sql
        rows = sql.execute(
            "SELECT relation, confidence, a, a_key, b, b_key, reason FROM said WHERE file = ? ORDER BY rowid", (file,)
        )
        mine = {known.id: known for known in self.claims_in(file)}
        for relation, confidence, a, a_key, b, b_key, reason in rows.fetchall():
            if a == b and reason.startswith(STATED):
                yield from self._stated(file, (relation, confidence, reason), mine[a], (a_key, b_key))
                continue
            later = mine[a]
            earlier, chosen = (mine[b], SPOKEN) if b != OWN else self._own_finding(file, later)
            if earlier is None:
                continue
            left, right = self._meant(file, a_key, later), self._meant(file, b_key, earlier)
            if left.id != right.id:
                is_own = (left.id, right.id) == (later.id, earlier.id)
                if relation in PULLS and (a_key or b_key) and not (is_own and confidence >= _PLAIN):
                    chosen = min(chosen, UNSURE)  # a claim that it may not mean, or a contrast that opposes nothing
                places = {known.id: known.place.model_dump() for known in (left, right, later, earlier)}
                evidence = list(places.values())
                kind = _kind(relation, f"{reason} {later.words}", left, right)
                yield LinkRow(relation, left.id, right.id, "author", confidence, evidence, reason, kind, chosen)
        typed = sql.execute(
            "SELECT relation, inverse, note, line, start, stop, claim, target FROM mention WHERE file = ? AND relation <> 'cites' "
            "AND note IS NOT NULL ORDER BY start",
            (file,),
        ).fetchall()
        path = sql.execute("SELECT path FROM file WHERE id = ?", (file,)).fetchone()
        for relation, inverse, note, line, start, stop, claim, target in typed:
            if note == path[0]:
                continue
            own = [mine[claim]] if claim in mine else [known for known in mine.values() if known.owner is None]
            theirs = self._speaking_for(note)
            guides = self._guides(file, note) if own and theirs else []
            says_why = relation in PULLS and claim in mine and 0 <= start - mine[claim].place.start <= _LABEL
            is_told = says_why and not note.startswith(STUB)
            pair = (mine[claim],) * 2 if is_told else _opposed(own, theirs, guides)
            left_id, right_id = (note, path[0]) if inverse else (path[0], note)
            evidence = [known.place.model_dump() for known in (pair if not inverse else pair[::-1])][: 2 - is_told]
            if len(pair) < 2:  # the other note says nothing
                evidence = [{"path": path[0], "start": start, "end": stop, "line": line, "sha": ""}]
            kind = _kind(relation, " ".join(guide.words for guide in guides), *pair) if len(pair) == 2 else ""
            reason = f"the author's own link says “{relation}: {target}”"
            if is_told:
                reason = f"{STATED}: “{mine[claim].words.partition(':')[0].strip(' *_-')[:40]}”"
            sure = SPOKEN if is_told else _sure(pair, guides)
            yield LinkRow(relation, left_id, right_id, "author", 1.0, evidence, reason, kind, sure)

    def _stated(
        self, file: int, said: tuple[str, float, str], sentence: Known, keys: tuple[str, str]
    ) -> Iterator[LinkRow]:
        """One sentence that sets two notes against each other, or its own against another: a link between these, and the sentence is all
        its evidence."""
        relation, confidence, reason = said
        query = "SELECT note FROM mention WHERE file = ? AND key = ? AND claim = ? AND note IS NOT NULL"
        rows = [self.store.sql.execute(query, (file, key, sentence.id)).fetchone() for key in keys if key != OWN]
        notes = [row[0] for row in rows if row and row[0] != sentence.place.path]
        if OWN in keys:  # what is not written says nothing that its sentence could be against
            notes = [sentence.place.path, *(note for note in notes if not note.startswith(STUB))]
        if len(set(notes)) == len(keys):
            evidence = [sentence.place.model_dump()]
            kind = _kind(relation, sentence.words, sentence, sentence)
            yield LinkRow(relation, notes[0], notes[1], "author", confidence, evidence, reason, kind)

    def _guides(self, file: int, note: str) -> list[Known]:
        """The sentences in which either of two notes names the other: they say which of its findings is meant."""
        sql = self.store.sql
        path = sql.execute("SELECT path FROM file WHERE id = ?", (file,)).fetchone()[0]
        other = sql.execute("SELECT id FROM file WHERE path = ?", (note,)).fetchone()
        # By the note named: a page may link to thousands, but not thousands of times to one.
        query = "SELECT file, claim FROM mention WHERE note = ? AND +file = ? AND claim IS NOT NULL GROUP BY claim ORDER BY min(start) LIMIT ?"
        rows = sql.execute(query, (note, file, _GUIDES)).fetchall()
        if other is not None:
            rows += sql.execute(query, (path, other[0], _GUIDES)).fetchall()
        known = {known.id: known for at in {row[0] for row in rows} for known in self.claims_in(at)}
        return [known[claim] for _, claim in rows if claim in known]

    def _speaking_for(self, note: str) -> list[Known]:
        """A note's own claims; what lists say of it only where it has none."""
        every = self.claims_of(note)
        return [known for known in every if known.place.path == note] or every

    def claims_in(self, file: int) -> list[Known]:
        """Claims of a file in order, with their vectors."""
        if file not in self._files:
            sql = self.store.sql
            rows = sql.execute(
                "SELECT path, start, stop, line, claim.sha, name, role, owner, coalesce(quote, text) FROM claim JOIN file ON file.id = claim.file WHERE claim.file = ? ORDER BY claim.id",
                (file,),
            ).fetchall()
            data = sql.execute("SELECT data FROM vector WHERE file = ?", (file,)).fetchone()
            vectors = unpacked(data[0], len(rows)) if data and rows else np.zeros((len(rows), 1), np.float32)
            self._files[file] = [
                Known(Place(path=path, start=start, end=stop, line=line, sha=sha), name, role, owner, words, vector)
                for (path, start, stop, line, sha, name, role, owner, words), vector in zip(rows, vectors, strict=True)
            ]
        return self._files[file]

    def claims_of(self, note: str) -> list[Known]:
        """A note's own claims, then what lists say of it."""
        sql = self.store.sql
        found: list[Known] = []
        own = sql.execute("SELECT file FROM note WHERE name = ? AND file IS NOT NULL", (note,)).fetchone()
        if own:
            found += [known for known in self.claims_in(own[0]) if known.owner is None]
        for (file,) in sql.execute(
            "SELECT DISTINCT file FROM claim JOIN file f ON f.id = claim.file WHERE owner = ? ORDER BY f.path", (note,)
        ).fetchall():
            found += [known for known in self.claims_in(file) if known.owner == note]
        return found[:_MOST]

    def _own_finding(self, file: int, sentence: Known) -> tuple[Known | None, float]:
        """What a note finds that a sentence of its own is set against: something said before it, and how sure that is."""
        found = [known for known in self._findings(file) if known.place.start < sentence.place.start][:_OWN]
        if not found:
            return None, 0.0
        near = _vectors(found) @ sentence.vector
        score = _OPENS * _weight(found)
        if theirs := self._opposing(file, sentence):
            near = near + (_vectors(found) @ _vectors(theirs).T).max(axis=1)
            score += _shared(found, theirs)
        best = int(np.argmax(score + _NEARNESS * near))
        return found[best], of_finding(sentence.words, found[best].words, float(near[best]))

    def _findings(self, file: int) -> list[Known]:
        """What a note finds itself, in order."""
        if file not in self._own:
            roles = ("finding", "mechanism", "condition", "position")
            found = [known for known in self.claims_in(file) if known.owner is None and known.role in roles]
            # A finding that says whom it agrees with is about others.
            self._own[file] = [known for known in found if not AGREES.search(known.words)] or found
        return self._own[file]

    def _opposing(self, file: int, sentence: Known) -> list[Known]:
        """What the notes that a sentence names say themselves: its own words may only point there."""
        rows = self.store.sql.execute(
            "SELECT DISTINCT note FROM mention WHERE file = ? AND claim = ? AND note IS NOT NULL ORDER BY note LIMIT ?",
            (file, sentence.id, _GUIDES),
        ).fetchall()
        own = sentence.place.path
        return [known for (note,) in rows for known in _asserting(self._speaking_for(note)) if known.place.path != own]

    def _meant(self, file: int, key: str, sentence: Known) -> Known:
        """The cited note's claim that the sentence is about, or the sentence itself."""
        row = self.store.sql.execute(
            "SELECT note FROM mention WHERE file = ? AND key = ? AND claim = ?", (file, key, sentence.id)
        ).fetchone()
        claims = [known for known in self._speaking_for(row[0]) if known.id != sentence.id] if row and row[0] else []
        if not claims:
            return sentence
        claims = _asserting(claims)
        nearness = _vectors(claims) @ sentence.vector
        return claims[int(np.argmax(nearness + _weight(claims)))] if nearness.max() >= _NEAR else sentence


def _opposed(ours: list[Known], theirs: list[Known], guides: list[Known]) -> tuple[Known, ...]:
    """The claims that a link between two notes means: what each finds, of that what the guides speak of."""
    if not ours or not theirs:
        return tuple(ours[:1]) + tuple(theirs[:1])
    named = {guide.id for guide in guides}
    ours, theirs = (
        _asserting([known for known in side if known.id not in named] or side)[:_MOST] for side in (ours, theirs)
    )
    left, right = (_weight(side) + (_shared(side, guides) if guides else 0) for side in (ours, theirs))
    score = _NEARNESS * (_vectors(ours) @ _vectors(theirs).T) + left[:, None] + right[None, :]
    order = np.argsort(-score, axis=None, kind="stable")[:_TRIED]
    pairs = [
        (ours[at // len(theirs)], theirs[at % len(theirs)]) for at in order if score.flat[at] >= score.max() - _BEHIND
    ]
    return next((pair for pair in pairs if _sure(pair, guides) >= SURE), pairs[0])


def _kind(relation: str, cue: str, a: Known, b: Known) -> str:
    """How two claims pull apart; nothing for a relation that is no tension."""
    return kind_of(relation, cue, a.words, b.words) if relation in PULLS else ""


def _sure(pair: Sequence[Known], guides: Sequence[Known]) -> float:
    """How sure it is that a link between two notes means these two claims."""
    if len(pair) < 2:
        return SPOKEN
    told = [guide.words for guide in guides]
    return of_link(pair[0].words, pair[1].words, told, findings=all(known.role == "finding" for known in pair))


def _shared(claims: list[Known], others: list[Known]) -> Matrix:
    """How much of its wording each claim shares with the one of the others that shares most."""
    spoken, said = ([telling(known.words) for known in side] for side in (others, claims))
    shares = [max(len(mine & theirs) for theirs in spoken) / (1 + len(mine)) for mine in said]
    return np.asarray(_SHARED * np.array(shares, np.float32))


def _vectors(claims: list[Known]) -> Matrix:
    return np.stack([known.vector for known in claims])


def _weight(claims: list[Known]) -> Matrix:
    """What a note finds first it is about; a typed link at its end stands for that, not for an aside."""
    first = next((at for at, known in enumerate(claims) if known.role == "finding" and known.length >= _TELLS), -1)
    return np.array(
        [_FIRST if at == first else _FINDING * (known.role == "finding") for at, known in enumerate(claims)], np.float32
    )


def _asserting(claims: list[Known]) -> list[Known]:
    """What a note says rather than what it did, where it says something."""
    return [known for known in claims if known.role not in ("method", "definition", "caveat")] or claims

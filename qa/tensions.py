"""Tensions: the pairs of claims that pull apart, all of them or those that an answer should show."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.author_links import AGAINST_OWN
from ingest.claim_text import leans
from ingest.endpoint_confidence import SURE
from kb.catalogue import claims as read_claims
from kb.claim import Claim, fingerprint
from kb.edges import links, pair_of, verdicts
from kb.link import Link, Tension, TensionKind
from kb.store import Store
from qa.answer import Apart
from qa.evidence import Piece, vectors_of
from qa.reconcile import settled
from qa.scope import Scope

_MOST = 4
_LEANING = 0.3
"""How sure it is at most that a sentence is meant which leans on another."""
_APART = 2
_TOP = 16
_OTHER = 0.35
"""What both notes of a tension must score to be on a topic, where the best note found scores 1."""
_NEAR, _BOTH, _TOPMOST = 0.3, 0.7, 0.95
"""In an answer: how near the two claims together must be to the question; or what both their notes must score, and the
better of them. The claims oppose in their own words, which may be far from those of the question. Of 162 tensions shown
for 57 gold questions with a lower bar, 92 were between notes that an ideal answer cites neither of; of 78 with this one,
23, and 18 of the 19 that must be shown still are."""
_KINDS: dict[str, TensionKind] = {"contradicts": "opposing result", "qualifies": "scope"}
_AGAIN = 0.15
"""What a tension loses for each time that one of its notes has been shown."""


class Held(NamedTuple):
    """A tension with its two claims."""

    tension: Tension
    a: Claim
    b: Claim
    chosen: float = 1.0
    """How sure it is that these two claims are the ones meant."""

    @property
    def is_quotable(self) -> bool:
        """Whether the two claims may be shown as pulling apart; else only their notes are known to."""
        return self.chosen >= SURE

    @property
    def id(self) -> str:
        """The same for both directions, and after every rebuild."""
        return f"t{fingerprint(' '.join((*pair_of(self.a.id, self.b.id), *sorted(self.tension.notes))))[:12]}"

    @property
    def pair(self) -> tuple[str, str]:
        """The two notes, in the order in which they are told."""
        one, other = self.tension.notes or (self.a.note, self.b.note)
        return one, other

    @property
    def is_counterpoint(self) -> bool:
        """Whether a note sets another against itself: of both it says less than who compares them."""
        return self.tension.stated is not None and self.a.note in self.notes

    @property
    def notes(self) -> frozenset[str]:
        return frozenset(self.pair)


def held(
    store: Store, notes: Iterable[str] | None = None, *, unsure: bool = False, scope: Scope | None = None
) -> list[Held]:
    """Every tension, or those that touch one of these notes; surest first, each pair of claims once. Both sides count in a scope.

    With `unsure`, those as well of which only the notes are known: an author opposes them, and the claims are a guess.
    """
    scope = scope or Scope(store)
    found = links(store) if notes is None else links(store, *_ends(store, notes))
    found = sorted(found, key=lambda link: -link.confidence * link.chosen)
    ends = [
        (link, end_claim(store, link, link.a, 0), end_claim(store, link, link.b, -1))
        for link in found
        if link.kind in _KINDS and (unsure or link.chosen >= SURE) and not link.reason.startswith(AGAINST_OWN)
    ]
    known = {claim.id: claim for claim in read_claims(store, list({end for _, a, b in ends for end in (a, b) if end}))}
    judged = verdicts(store)
    seen: set[tuple[str, ...]] = set()
    made = []
    for link, a, b in ends:
        stated = len(link.evidence) == 1 and a == b
        pair = (*pair_of(a, b), *sorted((link.a, link.b))) if stated else pair_of(a, b)
        if a not in known or b not in known or (a == b and not stated) or pair in seen:
            continue
        if not (scope.counts(known[a]) and scope.counts(known[b])):
            continue
        if stated and not (scope.counts_note(link.a) and scope.counts_note(link.b)):
            continue
        if link.method != "person" and pair_of(a, b) in judged:
            continue
        near = link.method == "person" or known[a].place.path == known[b].place.path
        alone = near or not (leans(known[a].quote) or leans(known[b].quote))
        if not (alone or unsure):
            continue  # the author opposes two notes; "It differs" of one of them is no side of it
        seen.add(pair)
        chosen = link.chosen if alone else min(link.chosen, _LEANING)
        made.append(Held(_tension(link, a, b, chosen), known[a], known[b], chosen))
    return made


def spread(tensions: Sequence[Held]) -> Iterator[Held]:
    """The surest first, those on notes not yet shown before more on the same: no debate fills the screen."""
    left = list(tensions)
    shown: dict[str, int] = {}
    while left:
        best = max(
            left,
            key=lambda each: (
                each.tension.confidence - _AGAIN * sum(shown.get(note, 0) for note in each.notes),
                each.tension.kind == "opposing result",
                each.id,
            ),
        )
        left.remove(best)
        for note in best.notes:
            shown[note] = shown.get(note, 0) + 1
        yield best


def on_topic(
    store: Store, notes: Sequence[tuple[str, float]], *, unsure: bool = False, scope: Scope | None = None
) -> list[Held]:
    """Tensions among notes found for a topic, those on the notes found best first."""
    top = notes[0][1] if notes else 1.0
    score = {note: found / top for note, found in notes if found >= _OTHER * top}
    among = [each for each in held(store, score, unsure=unsure, scope=scope) if each.notes <= set(score)]
    return sorted(among, key=lambda each: (-min(score[note] for note in each.notes), -each.tension.confidence, each.id))


def tensions_near(
    store: Store, notes: Sequence[tuple[str, float]], used: Sequence[Piece], asked: NDArray[np.float32], scope: Scope
) -> list[Tension]:
    """Those on the question of an answer, among its notes or one step from a claim that it quotes; best first, each pair
    of notes once."""
    top = notes[0][1] if notes else 1.0
    score = {note: found / top for note, found in notes[:_TOP]}
    cited = {piece.note.id for piece in used}
    said = {key for piece in used for key in piece.keys}
    found: dict[frozenset[str], tuple[float, Tension]] = {}
    for each in held(store, score, scope=scope):
        tension, a, b = each.tension, each.a, each.b
        scores = sorted(score.get(note, 0.0) for note in each.notes)
        if len(each.notes) < 2 or each.is_counterpoint:
            continue
        if each.notes <= (score.keys() if tension.stated else cited):
            is_top = scores[0] >= _BOTH and scores[1] >= _TOPMOST and not tension.stated
            if not is_top and _nearness(store, a, b, asked) < _NEAR:
                continue
        elif tension.stated or not any(claim.id in said and score.get(claim.note, 0.0) >= _TOPMOST for claim in (a, b)):
            continue
        stated = bool({a.id, b.id} & said)
        worth = tension.confidence + 0.5 * sum(scores) + 0.2 * stated + 0.1 * (tension.kind == "opposing result")
        if each.notes not in found or worth > found[each.notes][0]:
            found[each.notes] = (worth, tension)
    ordered = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].a))
    return with_remedies(store, [tension for _, tension in ordered[:_MOST]], scope)


def apart_near(
    store: Store, notes: Sequence[tuple[str, float]], used: Sequence[Piece], shown: Sequence[Tension], scope: Scope
) -> list[Apart]:
    """The notes of an answer that an author sets against each other, without a pair of sentences to show for it."""
    score = {note: found / notes[0][1] for note, found in notes[:_TOP]}
    cited = {piece.note.id for piece in used if score.get(piece.note.id, 0.0) >= _BOTH}
    told = {frozenset(claim.note for claim in read_claims(store, [each.a, each.b])) for each in shown}
    found = [
        each
        for each in held(store, cited, unsure=True, scope=scope)
        if each.notes <= cited and len(each.notes) > 1 and not each.is_counterpoint
    ]
    told |= {each.notes for each in found if each.is_quotable and each.tension.stated is None}
    left = {each.notes: each for each in reversed(found) if each.tension.method == "author" and each.notes not in told}
    best = sorted(left.values(), key=lambda each: (-sum(score[note] for note in each.notes), each.id))
    return [Apart(a=each.pair[0], b=each.pair[1], why=each.tension.why) for each in best[:_APART]]


def _nearness(store: Store, a: Claim, b: Claim, asked: NDArray[np.float32]) -> float:
    """Of two claims together to a question."""
    middle = sum(vectors_of(store, [a, b]).values(), np.zeros_like(asked))
    return float(middle @ asked) / (float(np.linalg.norm(middle)) or 1.0)


def with_remedies(store: Store, tensions: Sequence[Tension], scope: Scope | None = None) -> list[Tension]:
    """Each with what would settle it, where an author says so within the scope; one sentence settles one tension."""
    scope = scope or Scope(store)
    told: set[str] = set()
    made = []
    for tension in tensions:
        sides = [] if tension.stated else read_claims(store, [tension.a, tension.b])
        remedy = settled(store, sides[0], sides[1], scope) if sides else None
        if remedy and not told.intersection(remedy.claims):
            told.update(remedy.claims)
            tension = tension.model_copy(update={"reconcile": remedy.text, "settled_by": remedy.claims})
        made.append(tension)
    return made


def _tension(link: Link, a: str, b: str, chosen: float) -> Tension:
    return Tension(
        kind=link.tension or _KINDS[link.kind], a=a, b=b, method=link.method,
        confidence=round(link.confidence * chosen, 4), why=link.reason,
        stated=a if a == b else None, notes=(link.a, link.b) if a == b else (),
    )  # fmt: skip


def _ends(store: Store, notes: Iterable[str]) -> list[str]:
    """What a link can touch of these notes: themselves and their claims."""
    names = list(notes)
    # By two indexes: asked for as one expression, every claim of the base would be read.
    own = "SELECT claim.name FROM file JOIN claim ON claim.file = file.id AND claim.owner IS NULL WHERE file.path IN"
    rows = [*store.rows(own, names), *store.rows("SELECT name FROM claim WHERE owner IN", names)]
    return [*names, *(row[0] for row in rows)]


def end_claim(store: Store, link: Link, end: str, side: int) -> str:
    """The claim at one end of a link; a typed link between notes shows it as its evidence."""
    if store.sql.execute("SELECT 1 FROM claim WHERE name = ?", (end,)).fetchone():
        return end
    if not link.evidence:
        return ""
    place = link.evidence[side]
    row = store.sql.execute(
        "SELECT claim.name FROM file JOIN claim ON claim.file = file.id WHERE file.path = ? AND start = ? AND stop = ?",
        (place.path, place.start, place.end),
    ).fetchone()
    return str(row[0]) if row else ""

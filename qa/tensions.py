"""The tensions in an answer: those among the claims used and one step from them."""

from collections.abc import Iterable, Sequence

from kb.catalogue import claims as read_claims
from kb.catalogue import claims_of, links
from kb.claim import Claim
from kb.link import Link, Tension, TensionKind
from kb.store import Store
from qa.evidence import Piece, excerpt

_MOST = 4
_TOP = 8
"""Both notes of a tension must be among so many found for the question; or one be cited and the other near the top.
How near its two claims are to the question says little: they are the claims that oppose, in their own words."""
_KINDS: dict[str, TensionKind] = {"contradicts": "opposing result", "qualifies": "scope"}


def tensions_near(store: Store, notes: Sequence[str], used: Sequence[Piece]) -> list[Tension]:
    """Pairs that pull apart among the notes found, best first; surest and nearest first, each pair of notes once."""
    place = {note: number for number, note in enumerate(notes[: 2 * _TOP])}
    cited = {piece.note.id for piece in used}
    said = {key for piece in used for key in piece.keys}
    found: dict[frozenset[str], tuple[float, Tension]] = {}
    for link in links(store, *_ends(store, place)):
        pair = _claims(store, link) if link.kind in _KINDS else None
        if pair is None or not excerpt(pair[0].quote) or not excerpt(pair[1].quote):
            continue
        a, b = pair
        places = sorted(place.get(claim.note, 99) for claim in pair)
        if a.note == b.note or places[1] >= (2 * _TOP if {a.note, b.note} & cited else _TOP):
            continue
        tension = Tension(
            kind=_KINDS[link.kind], a=a.id, b=b.id, method=link.method, confidence=link.confidence, why=link.reason, reconcile=None
        )  # fmt: skip
        stated = bool({a.id, b.id} & said)
        worth = link.confidence - 0.05 * sum(places) + 0.2 * stated + 0.1 * (link.kind == "contradicts")
        notes_of = frozenset((a.note, b.note))
        if notes_of not in found or worth > found[notes_of][0]:
            found[notes_of] = (worth, tension)
    ordered = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].a))
    return [tension for _, tension in ordered[:_MOST]]


def _ends(store: Store, notes: Iterable[str]) -> list[str]:
    """What a link can touch of these notes: themselves and their claims."""
    names = list(notes)
    marks = ",".join("?" * len(names))
    rows = store.sql.execute(
        f"SELECT claim.name FROM claim JOIN file ON file.id = claim.file WHERE coalesce(claim.owner, file.path) IN ({marks})",
        names,
    )
    return [*names, *(row[0] for row in rows)]


def _claims(store: Store, link: Link) -> tuple[Claim, Claim] | None:
    """The two claims of a link; a typed link between notes shows them as its evidence."""
    a, b = _end(store, link, link.a, 0), _end(store, link, link.b, -1)
    return (a, b) if a and b and a.id != b.id else None


def _end(store: Store, link: Link, end: str, side: int) -> Claim | None:
    found = read_claims(store, [end])
    if found:
        return found[0]
    if len(link.evidence) < 2:
        return None
    place = link.evidence[side]
    return next((claim for claim in claims_of(store, end) if claim.place == place), None)

"""The links of the base; a person's word on two claims stands before every other. Reads only."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from kb.catalogue import claims as read_claims
from kb.claim import Place
from kb.link import Link
from kb.store import Store

Pair = tuple[str, str]
Word = tuple[str, str, str, str]
"""What a person said of a pair of claims: verdict, relation, kind of tension, which of the two comes first."""
_ACCEPTED = "accepted in kb-review.jsonl"
_PLAIN = "SELECT kind, a, b, method, confidence * chosen FROM link"


def links(store: Store, *ends: str) -> list[Link]:
    """Links of the graph, all of them or those that touch one of these claims or notes; surest first."""
    query = "SELECT kind, a, b, method, confidence, evidence, reason, tension, chosen FROM link"
    rows: Iterable[tuple[Any, ...]] = (
        chain.from_iterable(store.rows(f"{query} WHERE {end} IN", ends) for end in "ab")
        if ends
        else store.sql.execute(query)
    )
    judged = verdicts(store)
    best: dict[tuple[str, str, str], Link] = {}
    for kind, a, b, method, confidence, evidence, reason, tension, chosen in rows:
        if pair_of(a, b) in judged:
            continue
        places = tuple(Place.model_validate(place) for place in json.loads(evidence))
        link = Link(
            kind=kind, a=a, b=b, method=method, confidence=confidence, evidence=places, reason=reason, tension=tension or None,
            chosen=chosen,
        )  # fmt: skip
        if judged and len(places) in (1, 2) and not _is_claim(store, a) and not _is_claim(store, b):
            shown = [_claim_at(store, place) for place in places]
            if word := judged.get(pair_of(shown[0], shown[-1])):
                if word[0] == "reject":
                    continue
                if word[3] != shown[0]:
                    a, b, places = b, a, places[::-1]
                link = _as_judged(word, a, b, places)
                kind = link.kind
        if (kind, a, b) not in best or _rank(link) < _rank(best[kind, a, b]):
            best[kind, a, b] = link
    best |= {(link.kind, link.a, link.b): link for link in _accepted(store, judged, set(ends))}
    return sorted(best.values(), key=lambda link: (-link.confidence, link.kind, link.a, link.b))


def pair_of(a: str, b: str) -> Pair:
    """The same for both directions."""
    return (a, b) if a < b else (b, a)


def verdicts(store: Store) -> dict[Pair, Word]:
    """What a person said of pairs of claims."""
    rows = store.sql.execute("SELECT a, b, verdict, relation, tension, says FROM verdict")
    return {(row[0], row[1]): row[2:] for row in rows}


def _as_judged(word: Word, a: str, b: str, evidence: Sequence[Place]) -> Link:
    """A link as a person has accepted it."""
    _, relation, tension, _ = word
    return Link.model_validate(
        {
            "kind": relation, "a": a, "b": b, "method": "person", "confidence": 1.0, "tension": tension or None,
            "evidence": evidence, "reason": _ACCEPTED,
        }
    )  # fmt: skip


def _is_claim(store: Store, name: str) -> bool:
    return store.sql.execute("SELECT 1 FROM claim WHERE name = ?", (name,)).fetchone() is not None


def _claim_at(store: Store, place: Place) -> str:
    row = store.sql.execute(
        "SELECT claim.name FROM file JOIN claim ON claim.file = file.id WHERE file.path = ? AND start = ? AND stop = ?",
        (place.path, place.start, place.end),
    ).fetchone()
    return str(row[0]) if row else ""


def _accepted(store: Store, judged: dict[Pair, Word], ends: Iterable[str]) -> Iterator[Link]:
    for pair, word in judged.items():
        if word[0] == "accept" and (not ends or not set(pair).isdisjoint(ends)):
            a, b = pair if word[3] == pair[0] else pair[::-1]
            sides = read_claims(store, [a, b])
            if len(sides) == 2:
                yield _as_judged(word, a, b, [side.place for side in sides])


def _rank(link: Link) -> tuple[float, str, str]:
    """Of two authors who say the same, the surer one is quoted, else always the same one."""
    return -link.confidence * link.chosen, link.reason, str(link.evidence)


def link_counts(store: Store) -> list[tuple[str, int]]:
    """How many links of each kind, and by whom, as they are shown: two who say the same count once, and a person's word counts."""
    cites = store.sql.execute("SELECT count(*) FROM mention WHERE note IN (SELECT name FROM note)").fetchone()[0]
    # SQLite takes the method from the row that has the maximum.
    best = "SELECT kind, method, max(confidence * chosen) FROM link GROUP BY kind, a, b"
    counts = Counter(
        {row[:2]: row[2] for row in store.sql.execute(f"SELECT kind, method, count(*) FROM ({best}) GROUP BY 1, 2")}
    )
    if ends := _judged_ends(store):
        # Reading every link of a large base to leave out a few would cost more than the sync.
        rows = chain.from_iterable(store.rows(f"{_PLAIN} WHERE {end} IN", ends) for end in "ab")
        stands: dict[tuple[str, str, str], tuple[float, str]] = {}
        for kind, a, b, method, sure in rows:
            stands[kind, a, b] = max(stands.get((kind, a, b), (0.0, "")), (sure, method))
        counts.subtract((kind, method) for (kind, _, _), (_, method) in stands.items())
        counts.update((link.kind, link.method) for link in links(store, *ends))
    return [
        ("cites (author)", cites),
        *((f"{kind} ({method})", count) for (kind, method), count in sorted(counts.items()) if count),
    ]


def _judged_ends(store: Store) -> list[str]:
    """The claims that a person has judged, and their notes: a typed link stands between these."""
    claims = list(dict.fromkeys(chain.from_iterable(verdicts(store))))
    query = "SELECT path, owner FROM claim JOIN file ON file.id = claim.file WHERE claim.name IN"
    notes = {name for row in store.rows(query, claims) for name in row if name}
    return [*claims, *sorted(notes)] if claims else []

"""The links of the base; a person's word on two claims stands before every other. Reads only."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from kb.catalogue import by_name
from kb.catalogue import claims as read_claims
from kb.claim import Place
from kb.link import Link
from kb.store import Store

Pair = tuple[str, str]


def links(store: Store, *ends: str) -> list[Link]:
    """Links of the graph, all of them or those that touch one of these claims or notes; surest first."""
    query = "SELECT kind, a, b, method, confidence, evidence, reason, tension FROM link"
    rows: Iterable[tuple[Any, ...]] = (
        chain.from_iterable(by_name(store, query, end, ends) for end in "ab") if ends else store.sql.execute(query)
    )
    judged = verdicts(store)
    best: dict[tuple[str, str, str], Link] = {}
    for kind, a, b, method, confidence, evidence, reason, tension in rows:
        if pair_of(a, b) in judged:
            continue
        places = tuple(Place.model_validate(place) for place in json.loads(evidence))
        link = Link(
            kind=kind, a=a, b=b, method=method, confidence=confidence, evidence=places, reason=reason, tension=tension or None
        )  # fmt: skip
        if (kind, a, b) not in best or _rank(link) < _rank(best[kind, a, b]):
            best[kind, a, b] = link
    best |= {(link.kind, link.a, link.b): link for link in _accepted(store, judged, set(ends))}
    return sorted(best.values(), key=lambda link: (-link.confidence, link.kind, link.a, link.b))


def pair_of(a: str, b: str) -> Pair:
    """The same for both directions."""
    return (a, b) if a < b else (b, a)


def verdicts(store: Store) -> dict[Pair, tuple[str, str, str, str]]:
    """What a person said of pairs of claims: verdict, relation, kind of tension, which of the two comes first."""
    rows = store.sql.execute("SELECT a, b, verdict, relation, tension, says FROM verdict")
    return {(row[0], row[1]): row[2:] for row in rows}


def _accepted(store: Store, judged: dict[Pair, tuple[str, str, str, str]], ends: Iterable[str]) -> Iterator[Link]:
    for (first, second), (verdict, relation, tension, says) in judged.items():
        if verdict != "accept" or (ends and first not in ends and second not in ends):
            continue
        a, b = (first, second) if says == first else (second, first)
        sides = read_claims(store, [a, b])
        if len(sides) == 2:
            yield Link.model_validate(
                {
                    "kind": relation, "a": a, "b": b, "method": "person", "confidence": 1.0, "tension": tension or None,
                    "evidence": [side.place for side in sides], "reason": "accepted in kb-review.jsonl",
                }
            )  # fmt: skip


def _rank(link: Link) -> tuple[float, str, str]:
    """Of two authors who say the same, the surer one is quoted, else always the same one."""
    return -link.confidence, link.reason, str(link.evidence)


def link_counts(store: Store) -> list[tuple[str, int]]:
    """How many links of each kind, and by whom; what two files state alike is one link."""
    cites = store.sql.execute("SELECT count(*) FROM mention WHERE note IN (SELECT name FROM note)").fetchone()[0]
    rows = store.sql.execute(
        "SELECT kind || ' (' || method || ')', count(DISTINCT a || ' ' || b) FROM link GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [("cites (author)", cites), *rows]

"""Links that wait for a person's word: what is proposed, and the word kept so far."""

from collections.abc import Sequence
from typing import NamedTuple

from ingest import person_verdicts
from ingest.integrity import changed_quotes
from kb.catalogue import claims as read_claims
from kb.claim import Claim
from kb.edges import links, pair_of
from kb.link import Relation, TensionKind
from kb.problem import Problem
from kb.review import Judgement, Side, Verdict, judgements
from kb.store import Store
from qa.tensions import Held, held

RELATION_OF: dict[TensionKind, Relation] = {
    "opposing result": "contradicts", "magnitude": "contradicts", "superseded": "contradicts",
    "scope": "qualifies", "method": "qualifies", "definition": "qualifies",
}  # fmt: skip
"""What one claim does to the other, where a person names another kind of tension than was proposed."""


class Proposal(NamedTuple):
    """A tension that nobody has judged yet."""

    held: Held
    relation: Relation
    """What its first claim does to its second, as proposed."""

    def judged(self, verdict: Verdict, kind: TensionKind, date: str) -> Judgement:
        """The word on it, by content. A rejected one is put down as it was proposed."""
        tension, a, b = self.held[:3]
        changed = verdict == "accept" and kind != tension.kind
        return Judgement(
            a=Side(quote=a.quote, path=a.place.path),
            b=Side(quote=b.quote, path=b.place.path),
            verdict=verdict,
            relation=RELATION_OF[kind] if changed else self.relation,
            tension=kind if changed else tension.kind,
            date=date,
        )


class Judged(NamedTuple):
    """A judgement of the file, and what it means today."""

    judgement: Judgement
    claims: tuple[Claim | None, Claim | None]
    """The claims its quotes are found as; none where an edit has taken one away."""
    overruled: bool
    """Whether a later one speaks of the same two claims."""

    @property
    def is_found(self) -> bool:
        return None not in self.claims


def proposals(store: Store) -> list[Proposal]:
    """What authors set against each other and nobody has judged, surest first."""
    # Whoever judges sees both quotes, and may tell that other sentences are meant.
    waiting = [each for each in held(store, unsure=True) if each.tension.method != "person"]
    changed = changed_quotes(store.vault, [claim for each in waiting for claim in (each.a, each.b)])
    does: dict[tuple[str, str], Relation] = {}
    for link in links(store):
        if link.kind in ("contradicts", "qualifies"):
            does.setdefault((link.a, link.b), link.kind)
    # Words that stand twice are asked about once: a judgement is on words, and is found again at one of the places.
    asked = {frozenset((each.a.quote, each.b.quote)) for each in judgements(store.vault)[0]}
    found = []
    for each in waiting:
        words = frozenset((each.a.quote, each.b.quote))
        if each.a.id not in changed and each.b.id not in changed and words not in asked:
            asked.add(words)
            found.append(Proposal(each, _relation(does, each)))
    return found


def _relation(does: dict[tuple[str, str], Relation], each: Held) -> Relation:
    """A typed link stands between the notes and not between their claims."""
    ends = [
        each.pair,
        *(
            (a, b)
            for a in (each.a.id, each.a.note, each.a.place.path)
            for b in (each.b.id, each.b.note, each.b.place.path)
        ),
    ]
    return next((does[pair] for pair in ends if pair in does), RELATION_OF[each.tension.kind])


def judged_pairs(store: Store) -> tuple[list[Judged], list[Problem]]:
    """What was judged, by date, and remarks on lines that cannot be read."""
    found, problems = judgements(store.vault)
    names = [(person_verdicts.claim_of(store, each.a), person_verdicts.claim_of(store, each.b)) for each in found]
    pairs = [pair_of(a, b) if a and b else None for a, b in names]
    return [
        Judged(each, (_read(store, a), _read(store, b)), pair is not None and pair in pairs[number + 1 :])
        for number, (each, (a, b), pair) in enumerate(zip(found, names, pairs, strict=True))
    ], problems


def _read(store: Store, name: str | None) -> Claim | None:
    found: Sequence[Claim] = read_claims(store, [name]) if name else ()
    return found[0] if found else None

"""The claim graph, whole or of a topic or an answer: what is linked, and the literature behind it, for the formats of other tools."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import fingerprint, where
from kb.edges import links as read_links
from kb.link import Link
from kb.note import Note
from kb.settings import Settings
from kb.store import Store
from qa.ask import Asker
from qa.coverage import speaks_of
from qa.evidence import is_report
from qa.export.literature import citekeys
from qa.retrieve import LEADS, Retriever


class Node(NamedTuple):
    """A claim, or a note whose author links it as a whole."""

    id: str
    text: str
    quote: str
    note: str
    place: str
    is_claim: bool
    path: str


@dataclass(frozen=True, slots=True)
class ClaimGraph:
    """What is linked, the links between them, and all notes asked for."""

    notes: Sequence[Note]
    nodes: Sequence[Node]
    edges: Sequence[Link]
    """Their ends are the ids of nodes."""
    keys: Mapping[str, str]
    """The key of each work of the whole vault, so that part of it is cited as all of it is."""


def of_answer(store: Store, settings: Settings, question: str) -> ClaimGraph | None:
    """What the answer to a question cites; none where it cites nothing."""
    with closing(Asker(store, settings)) as asker:
        claims = asker.ask(question).claims
    return claim_graph(store, {claim.note for claim in claims.values()}, claims.keys()) if claims else None


def of_topic(store: Store, settings: Settings, words: str) -> ClaimGraph | None:
    """What the notes found for some words say; none where they do not speak of it."""
    with closing(Retriever(store, settings)) as retriever:
        found = retriever.find(words)
    if not speaks_of(store, words, found):
        return None
    return claim_graph(store, {note for note, score in found.notes if score >= LEADS * found.notes[0][1]})


def claim_graph(store: Store, among: Collection[str] | None = None, said: Collection[str] | None = None) -> ClaimGraph:
    """The graph of all notes, or of those among which it is asked for; `said` are the claims it is narrowed to, linked or not."""
    links = [link for link in read_links(store) if link.kind != "cites"]
    ends = list(dict.fromkeys(end for link in links for end in (link.a, link.b)))
    every = read_notes(store)
    nodes = {
        claim.id: Node(claim.id, claim.text, claim.quote, claim.note, where(at.path, at.line, at.page), True, at.path)
        for claim in read_claims(store, ends if said is None else list(said))
        for at in (claim.place,)
    }
    linked_notes = set(ends) - nodes.keys()
    nodes |= {
        note.id: Node(f"n{fingerprint(note.id)[:12]}", note.title, "", note.id, note.path or "", False, note.path or "")
        for note in every
        if note.id in linked_notes
    }
    if among is not None:
        nodes = {end: node for end, node in nodes.items() if node.note in among}
    edges = [
        link.model_copy(update={"a": nodes[link.a].id, "b": nodes[link.b].id})
        for link in links
        if link.a in nodes and link.b in nodes
    ]
    shown = {end for edge in edges for end in (edge.a, edge.b)} | set(said or ())
    notes = [note for note in every if (not is_report(note) if among is None else note.id in among)]
    return ClaimGraph(notes, [node for node in nodes.values() if node.id in shown], edges, citekeys(every))

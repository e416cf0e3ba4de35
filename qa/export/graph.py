"""The claim graph, whole or of a topic, in the formats of other tools: JSON-LD, Argdown, Mermaid, DOT, GraphML, CSV.

Words from notes are data in every one of them: each format's own characters are taken out or escaped.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import fingerprint
from kb.edges import links as read_links
from kb.note import Note, Source
from kb.oneline import one_line
from kb.store import Store
from qa.export.literature import bibtex, citekeys, csl_json, works

_UNSAFE = re.compile(r"[{}\\\"<>\[\]|`]")  # "a [b](c)" -> a  b (c)
_ARGDOWN = re.compile(r"[_*#@]")  # "a_b" -> a\_b
_SHAPES = {"supports": "-->", "contradicts": "-.->|contradicts|", "qualifies": "-.->|limits|", "restates": "==>"}


class Node(NamedTuple):
    """A claim, or a note whose author links it as a whole."""

    id: str
    text: str
    quote: str
    note: str
    place: str
    is_claim: bool


class Edge(NamedTuple):
    """A link between two of them."""

    kind: str
    a: str
    b: str
    method: str


@dataclass(frozen=True, slots=True)
class ClaimGraph:
    """What is linked, the links between them, and all notes asked for."""

    notes: Sequence[Note]
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    keys: Mapping[str, str]
    """The key of each work of the whole vault, so that part of it is cited as all of it is."""


def claim_graph(store: Store, among: Sequence[str] | None = None) -> ClaimGraph:
    """The graph of all notes, or of those among which it is asked for."""
    links = [link for link in read_links(store) if link.kind != "cites"]
    ends = list(dict.fromkeys(end for link in links for end in (link.a, link.b)))
    nodes = {
        claim.id: Node(claim.id, claim.text, claim.quote, claim.note, f"{claim.place.path}:{claim.place.line}", True)
        for claim in read_claims(store, ends)
    }
    nodes |= {
        note.id: Node(f"n{fingerprint(note.id)[:12]}", note.title, "", note.id, note.path or "", False)
        for note in read_notes(store, [end for end in ends if end not in nodes])
    }
    if among is not None:
        nodes = {end: node for end, node in nodes.items() if node.note in among}
    edges = [
        Edge(link.kind, nodes[link.a].id, nodes[link.b].id, link.method)
        for link in links
        if link.a in nodes and link.b in nodes
    ]
    linked = {end for edge in edges for end in (edge.a, edge.b)}
    every = read_notes(store)
    notes = every if among is None else read_notes(store, list(among))
    return ClaimGraph(notes, [node for node in nodes.values() if node.id in linked], edges, citekeys(every))


def json_ld(graph: ClaimGraph) -> str:
    """Notes, claims and evidence in the words of schema.org and of discourse graphs."""
    nodes: list[dict[str, Any]] = [
        {"@id": f"note:{quote(note.id)}", "@type": "dg:Question" if note.kind == "line" else "CreativeWork", "name": note.title,
         "citation": [_name_of(source) for source in note.sources]}
        for note in graph.notes
    ]  # fmt: skip
    nodes += [
        {"@id": f"claim:{node.id}", "@type": ["Claim", "dg:Claim"] if node.is_claim else "CreativeWork", "text": node.text, "dg:evidence": node.quote,
         "isPartOf": {"@id": f"note:{quote(node.note)}"}, "dg:place": node.place}
        for node in graph.nodes
    ]  # fmt: skip
    nodes += [
        {"@type": "dg:Relation", "dg:kind": edge.kind, "dg:source": {"@id": f"claim:{edge.a}"},
         "dg:destination": {"@id": f"claim:{edge.b}"}, "dg:statedBy": edge.method}
        for edge in graph.edges
    ]  # fmt: skip
    context = {
        "@vocab": "https://schema.org/",
        "dg": "urn:discourse-graph:",
        "note": "urn:kb:note:",
        "claim": "urn:kb:claim:",
    }
    return json.dumps({"@context": context, "@graph": nodes}, ensure_ascii=False, indent=2)


def argdown(graph: ClaimGraph) -> str:
    """Claims as statements, with what supports and what attacks each."""
    signs = {"supports": "+", "restates": "+", "contradicts": "-", "qualifies": "_"}
    under: dict[str, list[str]] = {}
    for edge in graph.edges:
        under.setdefault(edge.b, []).append(f"  {signs[edge.kind]} [{edge.a}]")
    return "\n\n".join(
        "\n".join([f"[{node.id}]: {_argdown(node.text)}", *under.get(node.id, [])]) for node in graph.nodes
    )


def mermaid(graph: ClaimGraph) -> str:
    """A flow chart of claims."""
    boxes = [f'  {node.id}["{_plain(node.text, 100)}"]' for node in graph.nodes]
    return "\n".join(["flowchart LR", *boxes, *(f"  {edge.a} {_SHAPES[edge.kind]} {edge.b}" for edge in graph.edges)])


def dot(graph: ClaimGraph) -> str:
    """For Graphviz; what opposes is dashed."""
    boxes = [f'  {node.id} [shape=box, label="{_plain(node.text, 100)}"];' for node in graph.nodes]
    edges = [
        f'  {edge.a} -> {edge.b} [label="{edge.kind}"{", style=dashed" if edge.kind in ("contradicts", "qualifies") else ""}];'
        for edge in graph.edges
    ]
    return "\n".join(["digraph claims {", *boxes, *edges, "}"])


def graphml(graph: ClaimGraph) -> str:
    """For networkx, Gephi and yEd."""
    keys = [
        (name, of) for of, names in (("node", ("text", "note", "path")), ("edge", ("kind", "method"))) for name in names
    ]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    lines += [f'<key id="{name}" for="{of}" attr.name="{name}" attr.type="string"/>' for name, of in keys]
    lines.append('<graph edgedefault="directed">')
    for node in graph.nodes:
        told = (("text", node.text), ("note", node.note), ("path", node.place))
        lines.append(f"<node id={quoteattr(node.id)}>{_data(told)}</node>")
    for edge in graph.edges:
        told_of = (("kind", edge.kind), ("method", edge.method))
        lines.append(f"<edge source={quoteattr(edge.a)} target={quoteattr(edge.b)}>{_data(told_of)}</edge>")
    return "\n".join([*lines, "</graph>", "</graphml>"])


def table(graph: ClaimGraph) -> str:
    """A row for each link: both claims, both places, the kind, who says so."""
    nodes = {node.id: node for node in graph.nodes}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["kind", "method", "a", "a_place", "b", "b_place"])
    for edge in graph.edges:
        ends = [cell for key in (edge.a, edge.b) for cell in (_cell(nodes[key].text), _cell(nodes[key].place))]
        rows.writerow([edge.kind, edge.method, *ends])
    return out.getvalue().rstrip("\n")


FORMATS: dict[str, Callable[[ClaimGraph], str]] = {
    "bibtex": lambda graph: bibtex(works(graph.notes, graph.keys)), "csl-json": lambda graph: csl_json(works(graph.notes, graph.keys)),
    "jsonld": json_ld, "argdown": argdown, "mermaid": mermaid, "dot": dot, "graphml": graphml, "csv": table,
}  # fmt: skip


def _argdown(text: str) -> str:
    return _ARGDOWN.sub(r"\\\g<0>", _plain(text))


def _name_of(source: Source) -> str:
    return (
        f"doi:{source.doi}" if source.doi else f"arXiv:{source.arxiv}" if source.arxiv else source.title or source.url
    )


def _data(told: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<data key="{name}">{escape(one_line(value, 4000))}</data>' for name, value in told)


def _cell(text: str) -> str:
    """No cell is a formula to a spreadsheet."""
    text = one_line(text, 4000)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _plain(text: str, most: int = 4000) -> str:
    """Words alone: what the format reads as mark-up is left out."""
    return " ".join(_UNSAFE.sub(" ", one_line(text, most)).split())

"""The claim graph in the formats of other tools: Argdown, Mermaid, DOT, GraphML, CSV; all formats by name.

Words from notes are data in every one of them: each format's own characters are taken out or escaped.
"""

import csv
import io
import re
import textwrap
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from kb.oneline import one_line
from qa.export.canvas import canvas
from qa.export.claim_graph import ClaimGraph
from qa.export.json_ld import json_ld
from qa.export.literature import bibtex, csl_json, works
from qa.export.markdown import escaped

_UNSAFE = re.compile(r"[{}\\\"<>\[\]|`]")  # "a [b](c)" -> a  b (c)
_ARGDOWN = re.compile(r"[_*#@]")  # "a_b" -> a\_b
_SHAPES = {"supports": "-->", "contradicts": "-.->|contradicts|", "qualifies": "-.->|limits|", "restates": "==>"}


def argdown(graph: ClaimGraph) -> str:
    """Claims as statements, with what supports and what attacks each."""
    signs = {"supports": "+", "restates": "+", "contradicts": "-", "qualifies": "_"}
    under: dict[str, list[str]] = {}
    for edge in graph.edges:
        under.setdefault(edge.b, []).append(f"  {signs[edge.kind]} [{edge.a}]")
    return "\n\n".join(
        "\n".join([f"[{node.id}]: {escaped(_plain(node.text), _ARGDOWN)}", *under.get(node.id, [])])
        for node in graph.nodes
    )


def mermaid(graph: ClaimGraph) -> str:
    """A flow chart of claims."""
    boxes = [f'  {node.id}["{_label(node.text)}"]' for node in graph.nodes]
    return "\n".join(["flowchart LR", *boxes, *(f"  {edge.a} {_SHAPES[edge.kind]} {edge.b}" for edge in graph.edges)])


def dot(graph: ClaimGraph) -> str:
    """For Graphviz; what opposes is dashed."""
    boxes = [f'  {node.id} [shape=box, label="{_label(node.text)}"];' for node in graph.nodes]
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
        ends = [each for key in (edge.a, edge.b) for each in (nodes[key].text, nodes[key].place)]
        rows.writerow([edge.kind, edge.method, *map(spreadsheet_cell, ends)])
    return out.getvalue().rstrip("\n")


def _data(told: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<data key="{name}">{escape(one_line(value, 4000))}</data>' for name, value in told)


def spreadsheet_cell(text: str) -> str:
    """No cell is a formula to a spreadsheet."""
    text = one_line(text, 4000)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _label(text: str) -> str:
    return textwrap.shorten(_plain(text), 100, placeholder=" …")


def _plain(text: str) -> str:
    """Words alone: what the format reads as mark-up is left out."""
    return " ".join(_UNSAFE.sub(" ", one_line(text, 4000)).split())


FORMATS: dict[str, Callable[[ClaimGraph], str]] = {
    "bibtex": lambda graph: bibtex(works(graph.notes, graph.keys)), "csl-json": lambda graph: csl_json(works(graph.notes, graph.keys)),
    "jsonld": json_ld, "argdown": argdown, "mermaid": mermaid, "dot": dot, "graphml": graphml, "csv": table, "canvas": canvas,
}  # fmt: skip

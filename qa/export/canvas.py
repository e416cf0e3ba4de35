"""The claim graph as an Obsidian canvas (JSON Canvas 1.0): a frame for each note, a card for each claim, edges with their kind.

Notes that are linked stand near each other: each connected part of the graph is laid out from left to right, the note with
most links first, then those it is linked with, and so on.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.oneline import one_line
from qa.export.claim_graph import ClaimGraph, Node
from qa.export.markdown import escaped

WIDTH, GAP, EDGE = 400, 60, 160
"""Of a card, between cards, and between frames, where the labels of edges stand; in pixels."""
_LETTERS, _LINE = 42, 26
"""Of a line in a card, and its height, as Obsidian shows them."""
_TALL = 2400
"""A column that has become as tall as this goes on in the next."""
_COLOURS = {"contradicts": "1", "qualifies": "2", "supports": "4", "restates": "5"}
_LABELS = {"contradicts": "contradicts", "qualifies": "limits", "supports": "supports", "restates": "says again"}
_ACTIVE = re.compile(r"[\\`*_\[\]<>|#$~^@{}&=%!:]")  # "[[x]]", "#tag", "$x$", "%%hidden%%" and "http://x" stay words
_TARGET = re.compile(r"[\[\]|#^<>`]")  # what a wikilink cannot hold

Box = dict[str, Any]


def canvas(graph: ClaimGraph) -> str:
    """The file as Obsidian opens it."""
    frames: dict[str, list[Node]] = {}
    for node in graph.nodes:
        frames.setdefault(node.note, []).append(node)
    titles = {note.id: note.title for note in graph.notes}
    boxes: list[Box] = []
    top = 0
    for columns in _parts(graph, frames):
        left, bottom = 0, top
        for column in columns:
            at = top
            for note in column:
                if at > top + _TALL:
                    left, at = left + WIDTH + 2 * GAP + EDGE, top
                made = list(_frame(note, titles.get(note, note), frames[note], left, at))
                boxes += made
                at += made[0]["height"] + EDGE
                bottom = max(bottom, at)
            left += WIDTH + 2 * GAP + EDGE
        top = bottom + EDGE
    edges = [
        {"id": f"e{number}", "fromNode": edge.a, "fromSide": "right", "toNode": edge.b, "toSide": "left", "toEnd": "arrow",
         "color": _COLOURS[edge.kind], "label": _LABELS[edge.kind]}
        for number, edge in enumerate(graph.edges)
    ]  # fmt: skip
    return json.dumps({"nodes": boxes, "edges": edges}, ensure_ascii=False, indent=2)


def _frame(note: str, title: str, nodes: Sequence[Node], left: int, top: int) -> Iterator[Box]:
    """The frame of a note, then its cards from top to bottom."""
    cards: list[Box] = []
    at = top + GAP
    for node in nodes:
        words = escaped(node.quote or node.text, _ACTIVE)
        said = f"“{words}”" if node.is_claim else f"**{words}**"
        place = _TARGET.sub(" ", one_line(node.place))
        path = _TARGET.sub(" ", one_line(node.path))
        text = f"{said}\n\n[[{path}|{place}]]" if path else said
        height = 60 + _LINE * (len(said) // _LETTERS + 3)
        card = {"id": node.id, "type": "text", "x": left + GAP, "y": at, "width": WIDTH, "height": height}
        cards.append(card | {"text": text})
        at += height + GAP
    frame = {
        "id": f"f{nodes[0].id}",
        "type": "group",
        "x": left,
        "y": top,
        "width": WIDTH + 2 * GAP,
        "height": at - top,
    }
    yield from (frame | {"label": one_line(title, 120)}, *cards)


def _parts(graph: ClaimGraph, frames: Mapping[str, Sequence[Node]]) -> Iterator[list[list[str]]]:
    """Each connected part of the graph of notes in columns, the largest part first; then the notes that no other is linked with."""
    note_of = {node.id: node.note for node in graph.nodes}
    near: dict[str, set[str]] = {note: set() for note in frames}
    for edge in graph.edges:
        a, b = note_of[edge.a], note_of[edge.b]
        near[a].add(b)
        near[b].add(a)
    parts: list[list[list[str]]] = []
    seen: set[str] = set()
    for first in sorted(frames, key=lambda note: (-len(near[note]), note)):
        if first in seen:
            continue
        columns = [[first]]
        seen.add(first)
        while reached := sorted({other for note in columns[-1] for other in near[note]} - seen):
            seen.update(reached)
            columns.append(reached)
        parts.append(columns)
    alone = [columns[0][0] for columns in parts if columns == [columns[0][:1]]]
    yield from sorted((columns for columns in parts if len(columns) > 1), key=lambda columns: -sum(map(len, columns)))
    yield [alone]

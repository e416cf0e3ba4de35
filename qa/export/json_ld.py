"""The claim graph as JSON-LD: questions, claims, evidence and sources, in the words of schema.org and of discourse graphs."""

import json
from typing import Any
from urllib.parse import quote

from qa.export.claim_graph import ClaimGraph
from qa.export.literature import works

_CONTEXT = {
    "@vocab": "https://schema.org/",
    "dg": "urn:discourse-graph:",
    "note": "urn:kb:note:",
    "claim": "urn:kb:claim:",
    "evidence": "urn:kb:evidence:",
    "source": "urn:kb:source:",
}


def json_ld(graph: ClaimGraph) -> str:
    """Lines are questions; a claim is part of its note, its quote is the evidence, and a note cites sources."""
    told: list[dict[str, Any]] = [
        {"@id": _note(note.id), "@type": ["CreativeWork", "dg:Question"] if note.kind == "line" else "CreativeWork", "name": note.title,
         "citation": [_ref(f"source:{quote(graph.keys[source.voice()])}") for source in note.sources]}
        for note in graph.notes
    ]  # fmt: skip
    told += [
        {"@id": f"source:{quote(work.key)}", "@type": ["ScholarlyArticle", "dg:Source"], "name": work.source.title, "author": list(work.source.authors),
         "datePublished": str(work.source.year or ""), "identifier": work.source.voice()}
        for work in works(graph.notes, graph.keys)
    ]  # fmt: skip
    for node in graph.nodes:
        part = {"isPartOf": _ref(_note(node.note)), "dg:place": node.place}
        if not node.is_claim:
            told.append({"@id": f"claim:{node.id}", "@type": "CreativeWork", "name": node.text, **part})
            continue
        evidence = f"evidence:{node.id}"
        told.append(
            {
                "@id": f"claim:{node.id}",
                "@type": ["Claim", "dg:Claim"],
                "text": node.text,
                "dg:evidence": _ref(evidence),
                **part,
            }
        )
        told.append({"@id": evidence, "@type": ["Quotation", "dg:Evidence"], "text": node.quote, **part})
    told += [
        {"@type": "dg:Relation", "dg:kind": edge.kind, "dg:source": _ref(f"claim:{edge.a}"),
         "dg:destination": _ref(f"claim:{edge.b}"), "dg:statedBy": edge.method}
        for edge in graph.edges
    ]  # fmt: skip
    return json.dumps({"@context": _CONTEXT, "@graph": told}, ensure_ascii=False, indent=2)


def _note(name: str) -> str:
    return f"note:{quote(name, safe='')}"


def _ref(name: str) -> dict[str, str]:
    return {"@id": name}

"""The base in someone else's llama-index pipeline: a retriever whose nodes are claims, and a query engine.

Both open the vault when made and bring the base up to date before each question. No model is asked unless that is asked for.
"""

from pathlib import Path
from threading import Lock
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from ingest.integrity import changed_quotes
from kb.catalogue import claims as read_claims
from kb.catalogue import notes as read_notes
from kb.claim import Claim
from kb.note import Note
from kb.replies import Replies
from kb.settings import load_settings
from kb.vault import find_vault
from qa.answer import Answer
from qa.ask import WORDS
from qa.kept_base import KeptBase
from qa.tensions import Held, held
from qa.write import Writer

_TO_A_MODEL = ("title", "path", "line", "tensions")
"""What a prompt shows of a node besides its text; the rest is for programs."""


class Vault(KeptBase):
    """One open vault."""

    def __init__(self, folder: Path | str, *, worded: bool = False) -> None:
        """`worded` has the language model that the vault's kb.toml names word the answers of a query engine."""
        vault = find_vault(Path(folder))
        settings = load_settings(vault)
        super().__init__(vault, settings)
        self._is_worded = bool(worded and settings.llm and not settings.offline)
        self._replies: Replies | None = None
        self.lock = Lock()
        self.refresh()

    def _open(self) -> None:
        super()._open()
        if self._is_worded:  # beside the base that is open, and closed with it
            self._replies = Replies(self.store.folder)
            self.asker.writer = Writer(self.settings, self._replies)

    def close(self) -> None:
        super().close()
        if self._replies:
            self._replies.close()
            self._replies = None

    def nodes(self, scored: list[tuple[str, float]]) -> list[NodeWithScore]:
        """Claims as nodes, best first; one whose words no longer stand in its file is left out."""
        score = dict(scored)
        found = read_claims(self.store, list(score))
        changed = changed_quotes(self.folder, found)
        found = [claim for claim in found if claim.id not in changed]
        notes = {note.id: note for note in read_notes(self.store, list({claim.note for claim in found}))}
        pulling: dict[str, list[Held]] = {}
        for each in held(self.store, notes):
            for end in (each.a.id, each.b.id):
                pulling.setdefault(end, []).append(each)
        return [
            NodeWithScore(node=_node(claim, notes[claim.note], pulling.get(claim.id, [])), score=score[claim.id])
            for claim in found
            if claim.note in notes
        ]


class ClaimRetriever(BaseRetriever):
    """Claims for a question: by words, by nearness, then along the graph; each with its place and its tensions."""

    def __init__(self, vault: Vault | Path | str, limit: int = 20, **more: Any) -> None:
        super().__init__(**more)
        self.vault = vault if isinstance(vault, Vault) else Vault(vault)
        self.limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        with self.vault.lock:
            self.vault.refresh()
            retriever = self.vault.asker.retriever
            found = retriever.find(query_bundle.query_str, claims=self.limit, without=retriever.reports())
            return self.vault.nodes(list(found.claims))


class ClaimQueryEngine(BaseQueryEngine):
    """The answer of `kb ask`: its text, the claims it rests on as source nodes, and all of it in `metadata["answer"]`."""

    def __init__(self, vault: Vault | Path | str, words: int = WORDS) -> None:
        super().__init__(callback_manager=None)
        self.vault = vault if isinstance(vault, Vault) else Vault(vault)
        self.words = words

    def _query(self, query_bundle: QueryBundle) -> Response:
        with self.vault.lock:
            self.vault.refresh()
            answer = self.vault.asker.ask(query_bundle.query_str, words=self.words)
            cited = dict.fromkeys(key for each in answer.statements for key in each.claims)
            nodes = self.vault.nodes([(key, 1.0) for key in cited])
        return Response(as_text(answer), nodes, {"coverage": answer.coverage, "answer": answer.model_dump(mode="json")})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def as_text(answer: Answer) -> str:
    """An answer in plain words; a number in brackets is the place of a claim among the source nodes."""
    if not answer.statements:
        return f"These notes cannot answer that. {answer.missing}".strip()
    numbers = {key: at for at, key in enumerate(dict.fromkeys(k for each in answer.statements for k in each.claims), 1)}

    def line(text: str, keys: tuple[str, ...]) -> str:
        return f"{text} {''.join(f'[{numbers[key]}]' for key in keys if key in numbers)}".strip()

    parts = [" ".join(line(each.text, each.claims) for each in answer.in_brief())]
    for _, thread, said in answer.strands():
        parts.append(f"{thread.title}: {' '.join(line(each.text, each.claims) for each in said)}")
    for tension in answer.tensions:
        a, b = answer.claims[tension.a], answer.claims[tension.b]
        parts.append(f"Tension (stated, {tension.kind}): {line(a.text, (tension.a,))} / {line(b.text, (tension.b,))}")
    return "\n\n".join(part for part in parts if part)


def _node(claim: Claim, note: Note, tensions: list[Held]) -> TextNode:
    metadata = {
        "title": note.title,
        "path": claim.place.path,
        "line": claim.place.line,
        "quote": claim.quote,
        "note": claim.note,
        "role": claim.role,
        "citations": list(claim.citations),
        "sources": [source.model_dump(exclude_defaults=True) for source in note.sources],
        "tensions": [_tension(claim.id, each) for each in tensions],
    }
    hidden = [key for key in metadata if key not in _TO_A_MODEL]
    return TextNode(
        id_=claim.id,
        text=claim.text,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=list(metadata),
        start_char_idx=claim.place.start,
        end_char_idx=claim.place.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=claim.note)},
    )


def _tension(claim: str, each: Held) -> dict[str, str | float]:
    other = each.b if each.a.id == claim else each.a
    tension = each.tension
    return {
        "claim": other.id, "text": other.text, "path": other.place.path, "kind": tension.kind, "method": tension.method,
        "confidence": tension.confidence, "why": tension.why,
    }  # fmt: skip

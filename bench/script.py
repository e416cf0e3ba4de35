"""The short script that `kb ask` is measured beside: the notes nearest to a question, by llama-index and Chroma.

    python bench/script.py FOLDER QUESTION

It only retrieves. One vector a note stands for the whole of it (llama-index's own splitter would not cut notes
as short as these), made by the same WordLlama as kb's; Chroma keeps vectors and texts in FOLDER, filled
beforehand by `build`, and has its default settings. It does not look whether notes changed, knows no claims,
no words and no links, and neither composes an answer nor checks a quote: kb does more in the time compared.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import chromadb
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.embed import open_embedding

NEAREST = 10


class WordLlama(BaseEmbedding):
    """kb's built-in embedding, as llama-index wants it."""

    made_by: Any = None

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self.made_by.embed(texts).tolist()

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class NearestNotes(BaseRetriever):
    """A collection of Chroma's as a retriever."""

    def __init__(self, folder: Path) -> None:
        self._embedding, self._notes = embedding(), collection(folder)
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        vector = self._embedding.get_query_embedding(query_bundle.query_str)
        found = self._notes.query(query_embeddings=[vector], n_results=NEAREST, include=["documents", "distances"])
        rows = zip(found["ids"][0], found["documents"][0], found["distances"][0], strict=True)
        return [NodeWithScore(node=TextNode(id_=name, text=text), score=1 - far) for name, text, far in rows]


def embedding() -> WordLlama:
    return WordLlama(model_name="wordllama", made_by=open_embedding("wordllama", Path()))


def collection(folder: Path) -> Any:
    client = chromadb.PersistentClient(str(folder), chromadb.Settings(anonymized_telemetry=False))
    return client.get_or_create_collection("notes", embedding_function=None)


def build(folder: Path, notes: Sequence[Path], at_once: int = 2_000) -> None:
    """Put notes into the collection, unless it has them."""
    made_by, into = embedding(), collection(folder)
    for start in range(into.count(), len(notes), at_once):
        some = notes[start : start + at_once]
        texts = [path.read_text("utf-8") for path in some]
        vectors = made_by.get_text_embedding_batch(texts)
        into.add(ids=[path.name for path in some], embeddings=vectors, documents=texts)


if __name__ == "__main__":
    for found in NearestNotes(Path(sys.argv[1])).retrieve(sys.argv[2]):
        print(f"{found.score:.3f} {found.node.node_id} {found.node.get_content()[:200]!r}")

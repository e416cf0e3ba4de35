"""Embeddings: text to vectors, one small protocol, four ways to fill it. Rows are float32 of length one, zero for a text without
words. Only "provider/model" opens a socket. Whatever goes wrong is `Unavailable`: a library's own words can hold API keys."""

import importlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kb.errors import BadSettings, Unavailable
from kb.files import from_home
from kb.language.encoder import Encoder, boxed
from kb.vectors import Matrix, plain, unit
from kb.wordllama import WordLlama

PROVIDERS = {
    "ollama": "OllamaEmbedding",
    "openai": "OpenAIEmbedding",
    "openai-like": "OpenAILikeEmbedding",
    "huggingface": "HuggingFaceEmbedding",
    "cohere": "CohereEmbedding",
    "mistralai": "MistralAIEmbedding",
    "google-genai": "GoogleGenAIEmbedding",
    "voyageai": "VoyageEmbedding",
    "fastembed": "FastEmbedEmbedding",
}
"""The llama-index integration of each provider, and its class. A closed list: the remedy for a missing
one is a `pip install`, which must never be made from a misspelt setting."""


class Embedding(Protocol):
    """What the rest of the house knows about embeddings."""

    @property
    def name(self) -> str:
        """Changes whenever the vectors would."""

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: float32, length one; zero for a text without words."""


def open_embedding(setting: str, vault: Path, offline: bool = False) -> Embedding:
    """The embedding that a vault asks for."""
    if setting in ("reader", "wordllama"):
        return WordLlama()
    if setting == "minilm":
        return boxed()
    folder = vault / from_home(setting)
    provider, _, model = setting.partition("/")
    if setting and folder.is_dir() and list(folder.glob("*.onnx")):
        file = min(folder.glob("*.onnx"), key=lambda path: (path.name != "model.onnx", path.name))
        return Encoder(file, folder.name, 512)
    if provider in PROVIDERS and model and "://" not in model:  # a name; some libraries would fetch an address
        if offline:
            raise Unavailable(
                f"“{setting}” needs a connection, and this vault is offline.",
                'Set embed = "wordllama", or take out offline.',
            )
        return _Provider(provider, model)
    what = "that folder has no .onnx file" if setting and folder.is_dir() else "nothing by that name"
    raise BadSettings(
        vault / "kb.toml",
        f"embed: “{setting}”: {what}",
        "Possible: reader, wordllama, minilm, a folder with an ONNX model and its tokenizer.json, or provider/model "
        f"with one of {', '.join(PROVIDERS)}.",
    )


def is_own(setting: str) -> bool:
    """Whether an embedding is computed here, from files that are here already."""
    return setting.partition("/")[0] not in PROVIDERS


class _Provider:
    """Any model that llama-index reaches; one text is sent at once, to learn the dimensions."""

    def __init__(self, provider: str, model: str) -> None:
        self._label = f"{provider}/{model}"
        package = f"llama-index-embeddings-{provider}"
        module = "llama_index.embeddings." + provider.replace("-", "_")
        try:
            make = getattr(importlib.import_module(module), PROVIDERS[provider])
        except ImportError:
            raise Unavailable(f"“{self._label}” needs the package {package}.", f"pip install {package}") from None
        options: dict[str, Any] = {"model_name": model}
        if provider == "ollama":  # the integration does not look at the variable that Ollama documents
            options["base_url"] = os.environ.get("OLLAMA_HOST") or "http://localhost:11434"
            options["client_kwargs"] = {"timeout": 120.0}  # otherwise for ever
        elif provider.startswith("openai"):
            options |= {"max_retries": 1, "embed_batch_size": 100}  # 10 retries take minutes to say no
            options["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"  # a local server needs none
        try:
            self._model = make(**options)
        except Exception as why:
            raise self._refused(why) from None
        self.dimensions = 0
        self.dimensions = self._ask(["a"]).shape[1]
        self.name = f"{self._label}-{self.dimensions}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        given = {at: text for at, text in enumerate(map(plain, texts)) if text}  # OpenAI refuses ""
        if given:
            rows[list(given)] = self._ask(list(given.values()))
        return unit(rows)

    def _ask(self, texts: list[str]) -> Matrix:
        try:
            rows = np.array(self._model.get_text_embedding_batch(texts), np.float32)
            if rows.shape != (len(texts), self.dimensions or rows.shape[1]):
                raise ValueError
        except Exception as why:  # every integration has its own; the word for all of them is ours
            raise self._refused(why) from None
        return rows

    def _refused(self, why: Exception) -> Unavailable:
        status = getattr(why, "status_code", None)
        said = f"status {status}" if isinstance(status, int) and status > 0 else type(why).__name__
        return Unavailable(
            f"The embedding model “{self._label}” did not answer ({said}).",
            "Check the model's name, its server and its API key, or choose another embedding in kb.toml.",
        )

"""Text to vectors: one small protocol, four ways to fill it.

`open_embedding` takes the `embed` setting of kb.toml. Whatever it returns gives float32 rows of length
one, and an all-zero row for a text without words. Only "minilm" (once) and "provider/model" open a
socket, and neither does when `offline` is set. Whatever goes wrong leaves here as `Unavailable`, without
the words of the library that failed: those can hold API keys.
"""

import importlib
import importlib.util
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kb.errors import BadSettings, Unavailable
from kb.home import from_home
from kb.vectorised import Matrix, plain, print_of, unit
from kb.wordllama import WordLlama

# onnxruntime reports to its maker unless told otherwise before its first import, ours or chromadb's.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

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
    def dimensions(self) -> int:
        """Length of a row."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: float32, length one; zero for a text without words."""


def open_embedding(setting: str, vault: Path, offline: bool = False) -> Embedding:
    """The embedding that a vault asks for."""
    if setting == "wordllama":
        return WordLlama()
    if setting == "minilm":
        return _Onnx(_minilm(offline), "minilm", 256)
    folder = vault / from_home(setting)
    provider, _, model = setting.partition("/")
    if setting and folder.is_dir() and list(folder.glob("*.onnx")):
        return _Onnx(folder, folder.name, 512)
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
        "Possible: wordllama, minilm, a folder with an ONNX model and its tokenizer.json, or provider/model "
        f"with one of {', '.join(PROVIDERS)}.",
    )


def is_own(setting: str) -> bool:
    """Whether an embedding is computed here, from files that are here already."""
    return setting != "minilm" and setting.partition("/")[0] not in PROVIDERS


class _Onnx:
    """A sentence model in a folder, run by onnxruntime: mean over its tokens, if it has not done that."""

    def __init__(self, folder: Path, label: str, limit: int) -> None:
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        model = min(folder.glob("*.onnx"), key=lambda path: (path.name != "model.onnx", path.name))
        try:
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            words = (folder / "tokenizer.json").read_bytes()
            self._tokenizer = Tokenizer.from_buffer(words)
            padding = self._tokenizer.padding or {}
            self._tokenizer.enable_truncation(limit)
            self._tokenizer.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
            self._inputs = {given.name for given in self._session.get_inputs()}
            outputs = [given.name for given in self._session.get_outputs()]
            self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
            self.dimensions = int(self._run(["a"]).shape[1])
        except Exception:  # onnxruntime and tokenizers each have their own
            raise Unavailable(
                f"{folder}: no ONNX sentence model with its tokenizer.json can be read there.",
                "Fetch both files again, or choose another embedding.",
            ) from None
        weights = sorted(folder.glob(model.name + "*"))  # large models keep theirs in model.onnx_data
        seen = print_of([words, *(file.read_bytes() for file in weights)])
        self.name = f"onnx-{label}-{self.dimensions}-{seen}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        given = [(at, text) for at, text in enumerate(map(plain, texts)) if text]
        given.sort(key=lambda pair: len(pair[1]))  # texts of one length need little padding
        for start in range(0, len(given), 32):
            batch = given[start : start + 32]
            try:
                rows[[at for at, _ in batch]] = self._run([text for _, text in batch])
            except Exception:
                raise Unavailable(
                    "The ONNX embedding model failed on a text.", "Choose another embedding in kb.toml."
                ) from None
        return unit(rows)

    def _run(self, texts: list[str]) -> Matrix:
        found = self._tokenizer.encode_batch(texts)
        mask = np.array([each.attention_mask for each in found], np.int64)
        feeds = {
            "input_ids": np.array([each.ids for each in found], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([each.type_ids for each in found], np.int64),
        }
        feeds = {name: feeds[name] for name in self._inputs}
        out: Matrix = np.asarray(self._session.run([self._output], feeds)[0], np.float32)
        if out.ndim == 3:
            out = np.einsum("nsd,ns->nd", out, mask.astype(np.float32))
        return out


def _minilm(offline: bool) -> Path:
    """The folder of Chroma's own MiniLM, fetched by Chroma when it is not there."""
    folder = Path.home() / ".cache" / "chroma" / "onnx_models" / "all-MiniLM-L6-v2" / "onnx"
    if (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file():
        return folder  # asking Chroma where it is would import all of it
    if offline:
        raise Unavailable(
            "The MiniLM model has not been fetched, and this vault is offline.",
            'Go online once, or set embed = "wordllama".',
        )
    try:
        from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

        chroma: Any = ONNXMiniLM_L6_V2()
        chroma.tqdm = partial(chroma.tqdm, disable=None)  # progress on a terminal only
        chroma._download_model_if_not_exists()
    except Exception:  # httpx, OSError, tarfile, a wrong checksum
        raise Unavailable(
            "The MiniLM model could not be fetched.", 'Try again later, or set embed = "wordllama".'
        ) from None
    fetched: Path = Path(chroma.DOWNLOAD_PATH) / chroma.EXTRACTED_FOLDER_NAME
    return fetched


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

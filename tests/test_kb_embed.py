"""Text to vectors: against WordLlama itself, a model built here, and real sockets."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb.embed
import kb.wordllama
from kb.embed import Embedding, open_embedding
from kb.errors import BadSettings, Unavailable
from kb.vectors import Matrix

ROOT = Path(__file__).parents[1]
Theirs = Callable[[list[str]], Matrix]


@pytest.fixture(scope="module")
def ours() -> Embedding:
    return open_embedding("wordllama", ROOT)


@pytest.fixture(scope="module")
def theirs() -> Theirs:
    import wordllama

    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    return lambda texts: np.asarray(model.embed(texts, norm=True), np.float32)


SENTENCES = [
    "Data distributions determine what models can learn.",
    "Accuracy rose to 73.6% (Chan et al., 2022), e.g. on Omniglot.",
    "  two  leading spaces, and   three ",
    "line\nbreaks\tand tabs\r\n",
    "日本語の文。Ünïcödé ŝ 🙂 \u200b",
    "▁ the tokenizer's own ▁▁ sign",
    "<s>special</s> tokens <unk> in  a text <s",
    "a",
    "x" * 3000,
    "word " * 3000,
]


def test_wordllama_gives_what_wordllama_gives(ours: Embedding, theirs: Theirs) -> None:
    rows = ours.embed(SENTENCES)
    assert rows.dtype == np.float32
    assert rows.shape == (len(SENTENCES), ours.dimensions) == (len(SENTENCES), 256)
    np.testing.assert_allclose(rows, theirs(SENTENCES), atol=2e-6)


signs = st.sampled_from("ab é▁<s>/unk \n.7日")
odd = st.text(alphabet=signs, min_size=1).filter(lambda text: not text.isspace())


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(odd, min_size=1))
def test_wordllama_gives_what_wordllama_gives_for_anything(ours: Embedding, theirs: Theirs, texts: list[str]) -> None:
    np.testing.assert_allclose(ours.embed(texts), theirs(texts), atol=2e-6)


def test_wordllama_has_no_token_that_spans_a_space() -> None:
    """What makes it right to tokenize word by word."""
    folder = Path(kb.wordllama._package_folder("wordllama"))
    words = json.loads((folder / "tokenizers" / "l2_supercat_tokenizer_config.json").read_text("utf-8"))
    assert words["pre_tokenizer"] is None
    assert not [token for token in words["model"]["vocab"] if "▁" in token.lstrip("▁")]


def test_texts_without_words_are_zero_and_order_does_not_matter(ours: Embedding) -> None:
    texts = [f"note {number} about topic {number % 7}" for number in range(5_000)]
    rows = ours.embed([*texts, "", " \n", "lone \ud800 surrogate"])
    np.testing.assert_allclose(np.linalg.norm(rows[:5_000], axis=1), 1, atol=1e-5)
    assert not rows[5_000:5_002].any()
    assert rows[5_002].any()
    np.testing.assert_array_equal(rows[4_999], ours.embed([texts[4_999]])[0])
    assert ours.embed([]).shape == (0, 256)


@pytest.mark.timeout(60)
def test_a_text_of_fifty_megabytes_is_cut_not_chewed(ours: Embedding) -> None:
    for endless in ("x" * 50_000_000, "a b " * 12_500_000):
        assert ours.embed([endless]).any()


def test_wordllama_needs_neither_its_package_nor_a_socket() -> None:
    code = (
        "import socket, sys\nsocket.socket = None\nfrom pathlib import Path\n"
        "from kb.embed import open_embedding\n"
        "print(open_embedding('wordllama', Path(), offline=True).embed(['a b']).shape)\n"
        "heavy = {'wordllama', 'requests', 'onnxruntime', 'chromadb', 'llama_index'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["(1, 256)", "[]"]


@pytest.mark.parametrize("broken", [None, "weights/l2_supercat_256.safetensors"])
def test_a_wordllama_that_is_not_whole(broken: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if broken:
        real = Path(kb.wordllama._package_folder("wordllama"))
        (tmp_path / "tokenizers").symlink_to(real / "tokenizers")
        (tmp_path / "weights").mkdir()
        (tmp_path / broken).write_bytes((real / broken).read_bytes()[:100_000])
    monkeypatch.setattr(kb.wordllama, "_package_folder", lambda name: str(tmp_path))
    with pytest.raises(Unavailable) as raised:
        open_embedding("wordllama", ROOT)
    assert "pip install" in raised.value.remedy


# A model in a folder. The `onnx` package is no dependency, so the file is written field by field.


def field(number: int, value: int | bytes | str) -> bytes:
    def varint(left: int) -> bytes:
        out = b""
        while left > 127:
            out += bytes([left & 127 | 128])
            left >>= 7
        return out + bytes([left])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def value_info(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    dims = b"".join(field(1, field(1, d) if isinstance(d, int) else field(2, d)) for d in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def onnx_model(table: Matrix, sentence_level: bool, inputs: tuple[str, ...]) -> bytes:
    """Look each token up in a table; at sentence level, also take the plain mean."""
    float_, int64 = 1, 7
    size = table.shape[1]
    nodes = [field(1, "table") + field(1, "input_ids") + field(2, "hidden") + field(4, "Gather")]
    out = value_info("hidden", float_, ("n", "s", size))
    if sentence_level:
        axes = field(1, "axes") + field(8, 1) + field(20, 7)
        keep = field(1, "keepdims") + field(3, 0) + field(20, 2)
        mean = field(1, "hidden") + field(2, "pooled") + field(4, "ReduceMean")
        nodes.append(mean + field(5, axes) + field(5, keep))
        out = value_info("pooled", float_, ("n", size))
    weights = field(1, len(table)) + field(1, size) + field(2, float_) + field(8, "table")
    graph = b"".join(field(1, node) for node in nodes) + field(2, "tiny")
    graph += field(5, weights + field(9, table.tobytes()))
    graph += b"".join(field(11, value_info(name, int64, ("n", "s"))) for name in inputs) + field(12, out)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


WORDS = ["[PAD]", "[UNK]", "red", "green", "blue"]
TABLE = np.array([[9, 9, 9], [0, 0, 0.5], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
ALL = ("input_ids", "attention_mask", "token_type_ids")


def model_folder(
    folder: Path, sentence_level: bool = False, inputs: tuple[str, ...] = ALL, table: Matrix = TABLE
) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(onnx_model(table, sentence_level, inputs))
    return folder


@pytest.mark.parametrize("inputs", [ALL, ALL[:2], ALL[:1]])
def test_a_folder_with_token_vectors_is_averaged_without_its_padding(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    folder = model_folder(tmp_path / "model", inputs=inputs)
    embedding = open_embedding(str(folder), ROOT)
    rows = embedding.embed(["red red blue", "", "green", "red blue " * 2_000, "red green blue red"])
    expected = np.array([[2, 0, 1], [0, 0, 0], [0, 1, 0], [1, 0, 1], [2, 1, 1]], np.float32)
    expected[[0, 2, 3, 4]] /= np.linalg.norm(expected[[0, 2, 3, 4]], axis=1, keepdims=True)
    np.testing.assert_allclose(rows, expected, atol=1e-6)
    assert rows.dtype == np.float32 and embedding.dimensions == 3


def test_a_folder_with_sentence_vectors_beside_the_vault(tmp_path: Path) -> None:
    model_folder(tmp_path / "models" / "tiny", sentence_level=True)
    rows = open_embedding("models/tiny", tmp_path, offline=True).embed(["red green", "blue blue"])
    np.testing.assert_allclose(rows, [[0.5**0.5, 0.5**0.5, 0], [0, 0, 1]], atol=1e-6)


def test_many_texts_come_back_in_their_order(tmp_path: Path) -> None:
    embedding = open_embedding(str(model_folder(tmp_path)), ROOT)
    texts = [["red", "green green", "blue blue blue"][number % 3] for number in range(100)]
    assert embedding.embed(texts).argmax(axis=1).tolist() == [number % 3 for number in range(100)]


def test_the_name_changes_with_the_model_and_its_words(tmp_path: Path) -> None:
    names = {open_embedding(str(model_folder(tmp_path / "m")), ROOT).name for _ in range(2)}
    names.add(open_embedding(str(model_folder(tmp_path / "m", table=TABLE * 2)), ROOT).name)
    words = (tmp_path / "m" / "tokenizer.json").read_text()
    (tmp_path / "m" / "tokenizer.json").write_text(words + " ")
    names.add(open_embedding(str(tmp_path / "m"), ROOT).name)
    assert len(names) == 3
    assert all(name.startswith("onnx-m-3-") for name in names)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_folder_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (model_folder(tmp_path) / name).write_bytes(b"not that")
    with pytest.raises(Unavailable, match="no ONNX sentence model"):
        open_embedding(str(tmp_path), ROOT)


def test_onnxruntime_is_told_to_be_silent() -> None:
    code = "import kb.embed, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    for module in ("kb.embed", "kb.chroma"):
        bare = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
        command = [sys.executable, "-c", code.replace("kb.embed", module)]
        assert subprocess.check_output(command, cwd=ROOT, env=bare, text=True) == "1\n"


# Servers: scripted, but behind a real socket and asked by the real clients.


class Script:
    """What the server says: `answer` takes the request's path and JSON, gives status and body."""

    def __init__(self, answer: Callable[[str, Any], tuple[int, bytes]]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                request = json.loads(body) if body else None
                script.asked.append((self.path, request, dict(self.headers)))
                status, reply = script.answer(self.path, request)
                self.send_response(status)
                self.send_header("content-length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Script]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    running: list[Script] = []

    def start(answer: Callable[[str, Any], tuple[int, bytes]]) -> Script:
        script = Script(answer)
        threading.Thread(target=script.server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("OPENAI_API_BASE", script.address + "/v1")
        monkeypatch.setenv("OLLAMA_HOST", script.address)
        running.append(script)
        return script

    yield start
    for script in running:
        script.server.shutdown()
        script.server.server_close()


SECRET = "sk-do-not-print-me"


def vector(text: str) -> list[float]:
    return [float(len(text)), 3.0, 4.0, 0.0]


def answers(path: str, request: Any) -> tuple[int, bytes]:
    vectors = [vector(text) for text in request["input"]]
    if path == "/api/embed":
        return 200, json.dumps({"model": request["model"], "embeddings": vectors}).encode()
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return 200, json.dumps({"object": "list", "model": "m", "data": data, "usage": usage}).encode()


REMOTE = ["ollama/nomic-embed-text", "openai/text-embedding-3-small", "openai/own", "openai-like/own/model"]


@pytest.mark.parametrize("setting", REMOTE)
def test_a_provider_is_asked_through_llama_index(serve: Callable[..., Script], setting: str) -> None:
    script = serve(answers)
    embedding = open_embedding(setting, ROOT)
    assert (embedding.name, embedding.dimensions) == (f"{setting}-4", 4)
    texts = ["a", "", "bcd", *(f"text {number}" for number in range(250))]
    rows = embedding.embed(texts)
    expected = np.array([vector(text) if text else [0.0] * 4 for text in texts])
    expected /= np.maximum(np.linalg.norm(expected, axis=1, keepdims=True), 1e-9)
    np.testing.assert_allclose(rows, expected, atol=1e-6)
    assert {request["model"] for _, request, _ in script.asked} == {setting.partition("/")[2]}
    assert not any(text == "" for _, request, _ in script.asked for text in request["input"])
    if setting.startswith("openai"):
        assert {headers["Authorization"] for *_, headers in script.asked} == {f"Bearer {SECRET}"}


def refuses(path: str, request: Any) -> tuple[int, bytes]:
    said = {"error": {"message": f"Incorrect API key provided: {SECRET}", "code": "invalid_api_key"}}
    return 401, json.dumps(said).encode()


def loses_one(path: str, request: Any) -> tuple[int, bytes]:
    return answers(path, request | {"input": request["input"][:-1]})


def babbles(path: str, request: Any) -> tuple[int, bytes]:
    return 200, b"<html>It works!</html>"


@pytest.mark.parametrize("setting", REMOTE[:2])
@pytest.mark.parametrize("answer", [refuses, loses_one, babbles])
def test_a_provider_that_fails_is_unavailable_and_its_key_stays_secret(
    serve: Callable[..., Script], setting: str, answer: Callable[[str, Any], tuple[int, bytes]]
) -> None:
    serve(answer)
    with pytest.raises(Unavailable, match=r"did not answer \(") as raised:
        open_embedding(setting, ROOT)
    assert SECRET not in f"{raised.value} {raised.value.remedy} {raised.value.__cause__}"
    assert raised.value.__suppress_context__
    if answer is refuses:
        assert "status 401" in raised.value.message


@pytest.mark.parametrize("setting", REMOTE[:2])
def test_a_provider_that_changes_its_model_is_noticed(serve: Callable[..., Script], setting: str) -> None:
    script = serve(answers)
    embedding = open_embedding(setting, ROOT)
    script.answer = lambda path, request: answers(path, request)
    assert embedding.embed(["a"]).shape == (1, 4)
    shorter = json.dumps({"model": "m", "embeddings": [[1.0, 2.0]], "data": [{"embedding": [1.0, 2.0]}]})
    script.answer = lambda path, request: (200, shorter.encode())
    with pytest.raises(Unavailable):
        embedding.embed(["a"])


@pytest.mark.parametrize("setting", REMOTE[:2])
def test_nobody_there(serve: Callable[..., Script], setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("OLLAMA_HOST", nowhere)
    monkeypatch.setenv("OPENAI_API_BASE", nowhere)
    with pytest.raises(Unavailable, match="did not answer"):
        open_embedding(setting, ROOT)


def test_a_provider_that_is_not_installed_says_what_to_install() -> None:
    with pytest.raises(Unavailable) as raised:
        open_embedding("cohere/embed-v4", ROOT)
    assert raised.value.remedy == "pip install llama-index-embeddings-cohere"


@pytest.mark.parametrize("setting", [*REMOTE, "cohere/embed-v4"])
def test_offline_refuses_before_importing_anything(setting: str) -> None:
    code = (
        "import socket, sys\nsocket.socket = None\nfrom pathlib import Path\n"
        "from kb.embed import open_embedding\nfrom kb.errors import Unavailable\n"
        f"try: open_embedding({setting!r}, Path(), offline=True)\n"
        "except Unavailable as why: print(why.message)\nprint('llama_index' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == f"“{setting}” needs a connection, and this vault is offline.\nFalse\n"


def test_minilm_is_the_encoder_in_the_box(tmp_path: Path) -> None:
    made = open_embedding("minilm", tmp_path, offline=True)
    assert made.name.startswith("onnx-minilm-384-")


IMPOSSIBLE = ["", "word2vec", "./models/none", "/nowhere/at/all", "models/tiny", "openai/"]


@pytest.mark.parametrize("setting", IMPOSSIBLE)
def test_anything_else_is_a_bad_setting(setting: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as raised:
        open_embedding(setting, tmp_path)
    assert f"“{setting}”" in raised.value.message
    for possible in ("wordllama", "minilm", "folder", "ollama", "openai"):
        assert possible in raised.value.remedy


def test_a_folder_without_a_model_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSettings, match=r"no \.onnx file"):
        open_embedding("empty", tmp_path)

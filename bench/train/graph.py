"""A BERT encoder as an ONNX graph, built from its published weights without torch, and its quantised file.

Both models in the box are this graph: the reader ends in the mean over the tokens, the judge in a classifier of four.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]
TEXTS = [
    helper.make_tensor_value_info(each, TensorProto.INT64, ["texts", "tokens"])
    for each in ("input_ids", "attention_mask", "token_type_ids")
]
"""What a graph gets that reads texts."""
LAYERS, HEADS, WIDTH = 6, 12, 384
JOINT = 2
"""Last layers that the reader has twice: as published, and trained to tell what a text answers."""
OPSET = 17
_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def read_safetensors(path: Path) -> dict[str, Floats]:
    """The tensors of a safetensors file: a JSON header, then the numbers."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    found = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            raw = np.frombuffer(data[8 + size + start : 8 + size + end], _TYPES[entry["dtype"]])
            found[name] = raw.reshape(entry["shape"])
    return found


def read_onnx(path: Path) -> dict[str, Floats]:
    """The tensors of a file that `save` made, as numbers again and under the names of the published weights; but for the words, which have one
    scale for them all."""
    held = {each.name: numpy_helper.to_array(each) for each in onnx.load(str(path)).graph.initializer}
    found = {name: value for name, value in held.items() if value.dtype == np.float32}
    for name in [name.removesuffix("_quantized") for name in held if name.endswith("_quantized")]:
        whole, zero = held[f"{name}_quantized"].astype(np.float32), held[f"{name}_zero_point"].astype(np.float32)
        found[name] = (whole - zero) * held[f"{name}_scale"]
    made = {
        name: value.T if value.ndim == 2 else value
        for name, value in found.items()
        if name.startswith(("encoder.", "embeddings.", "pool.")) and not name.endswith("_scale")
    }
    tables = {"position_embeddings": "positions", "token_type_embeddings": "token_type_embeddings"}
    return made | {f"embeddings.{name}.weight": found[own] for name, own in tables.items()}


class Graph:
    """Nodes in the order in which they are computed."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def do(self, kind: str, *inputs: str, **attributes: Any) -> str:
        out = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def named(self, name: str, x: str) -> str:
        """What is computed there, under a name that a result can have."""
        self.nodes.append(helper.make_node("Identity", [x], [name]))
        return name

    def linear(self, x: str, name: str, weights: Weights) -> str:
        weight = self.constant(f"{name}.weight", weights[f"{name}.weight"].T)
        return self.do("Add", self.do("MatMul", x, weight), self.constant(f"{name}.bias", weights[f"{name}.bias"]))

    def norm(self, x: str, name: str, weights: Weights) -> str:
        scale = self.constant(f"{name}.weight", weights[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", weights[f"{name}.bias"])
        return self.do("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)


def encoder(graph: Graph, weights: Weights) -> str:
    """The hidden states of the last layer; those `JOINT` layers before are named "states", where another end goes on."""
    tables = [
        graph.do("Gather", graph.constant(name, weights[f"embeddings.{name}.weight"]), given)
        for name, given in (("word_embeddings", "input_ids"), ("token_type_embeddings", "token_type_ids"))
    ]
    table = graph.constant("positions", weights["embeddings.position_embeddings.weight"])
    length = graph.do("Gather", graph.do("Shape", "input_ids"), graph.constant("second", np.array([1])), axis=0)
    positions = graph.do(
        "Slice", table, graph.constant("from", np.array([0])), length, graph.constant("rows", np.array([0]))
    )
    x = graph.norm(graph.do("Add", graph.do("Add", *tables), positions), "embeddings.LayerNorm", weights)
    wide = graph.do("Unsqueeze", "attention_mask", graph.constant("axes", np.array([1, 2])))
    mask = graph.do("Cast", wide, to=TensorProto.FLOAT)
    hidden = graph.do(
        "Mul", graph.do("Sub", graph.constant("whole", np.float32(1)), mask), graph.constant("never", np.float32(-1e4))
    )
    for layer in range(LAYERS):
        x = attended(graph, x, hidden, f"encoder.layer.{layer}", weights)
        if layer == LAYERS - JOINT - 1:
            graph.named("states", x)
    return x


def attended(graph: Graph, x: str, hidden: str, name: str, weights: Weights) -> str:
    heads = graph.constant("heads", np.array([0, 0, HEADS, WIDTH // HEADS]))
    flat = graph.constant("flat", np.array([0, 0, WIDTH]))

    def split(part: str) -> str:
        made = graph.do("Reshape", graph.linear(x, f"{name}.attention.self.{part}", weights), heads)
        return graph.do("Transpose", made, perm=[0, 2, 3, 1] if part == "key" else [0, 2, 1, 3])

    scores = graph.do("MatMul", split("query"), split("key"))
    scores = graph.do("Div", scores, graph.constant("root", np.float32((WIDTH / HEADS) ** 0.5)))
    seen = graph.do("MatMul", graph.do("Softmax", graph.do("Add", scores, hidden), axis=-1), split("value"))
    seen = graph.do("Reshape", graph.do("Transpose", seen, perm=[0, 2, 1, 3]), flat)
    out = graph.linear(seen, f"{name}.attention.output.dense", weights)
    x = graph.norm(graph.do("Add", out, x), f"{name}.attention.output.LayerNorm", weights)
    wide = graph.linear(x, f"{name}.intermediate.dense", weights)
    inner = graph.do("Erf", graph.do("Div", wide, graph.constant("sqrt2", np.float32(2**0.5))))
    half = graph.do("Mul", wide, graph.do("Add", inner, graph.constant("whole", np.float32(1))))
    bent = graph.do("Mul", half, graph.constant("half", np.float32(0.5)))
    out = graph.linear(bent, f"{name}.output.dense", weights)
    return graph.norm(graph.do("Add", out, x), f"{name}.output.LayerNorm", weights)


def mean_of_tokens(graph: Graph, x: str) -> str:
    """The mean over the tokens that are no padding."""
    mask = graph.do(
        "Cast", graph.do("Unsqueeze", "attention_mask", graph.constant("last", np.array([2]))), to=TensorProto.FLOAT
    )
    axis = graph.constant("tokens", np.array([1]))
    total = graph.do("ReduceSum", graph.do("Mul", x, mask), axis, keepdims=0)
    return graph.do("Div", total, graph.do("ReduceSum", mask, axis, keepdims=0))


def save(graph: Graph, given: Sequence[Any], results: Mapping[str, Sequence[int | str]], path: Path) -> None:
    """The graph as a float file, and beside it the int8 one that is shipped: `path`. `results` tells the shape of each."""
    told = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in results.items()]
    made = helper.make_graph(graph.nodes, "encoder", given, told, list(graph.constants.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    whole = path.with_suffix(".float.onnx")
    onnx.save(model, str(whole))
    quantize_dynamic(
        str(whole), str(path), op_types_to_quantize=["MatMul", "Gather"], per_channel=True, weight_type=QuantType.QInt8
    )


def share_words(path: Path, other: Path) -> None:
    """Have a model read its table of words in a file beside it that holds the very same: half of its size."""
    model = onnx.load(str(path))
    table = next(each for each in model.graph.initializer if each.name == "word_embeddings_quantized")
    words = table.raw_data
    at = other.read_bytes().find(words)
    if at < 0:
        raise SystemExit(f"{other.name} has another table of words.")
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    for key, value in (("location", other.name), ("offset", at), ("length", len(words))):
        table.external_data.add(key=key, value=str(value))
    path.write_bytes(model.SerializeToString())

"""The local judge: real onnxruntime and real tokenizers, on a model small enough to be made here."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from test_kb_embed import field, value_info

from kb.errors import Unavailable
from kb.language.judge import INFERENCE, FolderJudge, Opinion

ROOT = Path(__file__).parents[1]
ALL = ("input_ids", "attention_mask", "token_type_ids")
WORDS: dict[str, tuple[float, float, float]] = {
    "[PAD]": (50, 0, 0),  # were padding looked at, everything would be a contradiction
    "[UNK]": (0, 0, 0),
    "[CLS]": (0, 0, 2),
    "[SEP]": (0, 0, 0),
    "never": (6, 0, 0),
    "also": (0, 5, 0),
    "rather": (1, 0, 0),
}
"""What each word adds to contradiction, entailment and neutral."""
SECOND = 0.5
"""What a word counts for in the second sentence, where the model looks at token types: such models are not symmetric."""


def onnx_judge(table: NDArray[np.float32], inputs: Sequence[str], kind: int = 7) -> bytes:
    """The sum over tokens of what each adds, times the mask, times a factor for the sentence it stands in."""
    float_, columns = 1, table.shape[1]

    def node(what: str, given: Sequence[str], made: str, *attributes: bytes) -> bytes:
        return b"".join([*(field(1, each) for each in given), field(2, made), field(4, what), *attributes])

    def weights(name: str, values: NDArray[np.float32]) -> bytes:
        dims = b"".join(field(1, size) for size in values.shape)
        return field(5, dims + field(2, float_) + field(8, name) + field(9, values.tobytes()))

    axes = field(5, field(1, "axes") + field(8, 1) + field(20, 7))
    keep = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    nodes = [node("Gather", ["table", "input_ids"], "words")]
    constants = [weights("table", table)]
    last = "words"
    if "attention_mask" in inputs:
        nodes += [node("Gather", ["masks", "attention_mask"], "mask"), node("Mul", [last, "mask"], "seen")]
        constants.append(weights("masks", np.array([[0], [1]], np.float32)))
        last = "seen"
    if "token_type_ids" in inputs:
        nodes += [node("Gather", ["sides", "token_type_ids"], "side"), node("Mul", [last, "side"], "weighed")]
        constants.append(weights("sides", np.array([[1], [SECOND]], np.float32)))
        last = "weighed"
    nodes.append(node("ReduceSum", [last], "logits", axes, keep))
    graph = b"".join(field(1, each) for each in nodes) + field(2, "tiny") + b"".join(constants)
    graph += b"".join(field(11, value_info(name, kind, ("n", "s"))) for name in inputs)
    graph += field(12, value_info("logits", float_, ("n", columns)))
    return field(1, 8) + field(7, graph) + field(8, field(2, 11))


def judge_folder(
    folder: Path,
    labels: Sequence[str] = INFERENCE,
    inputs: Sequence[str] = ALL,
    kind: int = 7,
    inside: str = "",
    words: dict[str, tuple[float, float, float]] = WORDS,
    **config: Any,
) -> Path:
    """A judge whose outputs stand in the order of these labels."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    (folder / inside).mkdir(parents=True, exist_ok=True)
    ids = {word: at for at, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(ids, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    columns = [INFERENCE.index(label.lower()) if label.lower() in INFERENCE else at for at, label in enumerate(labels)]
    table = np.array(list(words.values()), np.float32)[:, columns]
    (folder / inside / "model.onnx").write_bytes(onnx_judge(np.ascontiguousarray(table), inputs, kind))
    told = {"id2label": {str(at): label for at, label in enumerate(labels)}, **config}
    (folder / "config.json").write_text(json.dumps(told))
    return folder


def expected(first: str, second: str, weighs: float = SECOND) -> Opinion:
    """What the tiny model says, worked out by hand."""
    sums = []
    for a, b in ((first, second), (second, first)):
        rows = [(word, 1.0) for word in ("[CLS]", *a.split(), "[SEP]")] + [(w, weighs) for w in (*b.split(), "[SEP]")]
        logits = sum(np.array(WORDS.get(word, WORDS["[UNK]"])) * factor for word, factor in rows)
        powers = np.exp(logits)
        sums.append(powers / powers.sum())
    denies, agrees, unrelated = ((sums[0] + sums[1]) / 2).tolist()
    return Opinion(agrees, denies, 0.0, unrelated)


AGREES, DENIES, _, UNRELATED = range(4)
PAIRS = [
    ("sleep helps", "sleep never helps"),
    ("sleep helps", "sleep also helps"),
    ("sleep helps", "it rains"),
    ("rather never", "also rather also"),
]


@pytest.mark.parametrize(
    "labels",
    [
        ("contradiction", "entailment", "neutral"),
        ("entailment", "neutral", "contradiction"),
        ("NEUTRAL", "Contradiction", "Entailment"),
    ],
)
def test_verdicts_are_by_name_whatever_the_order_of_the_labels(tmp_path: Path, labels: tuple[str, ...]) -> None:
    found = FolderJudge(judge_folder(tmp_path / "nli", labels)).opinions(PAIRS)
    np.testing.assert_allclose(found, [expected(*pair) for pair in PAIRS], atol=1e-4)
    assert [int(np.argmax(verdict)) for verdict in found[:3]] == [DENIES, AGREES, UNRELATED]
    assert all(sum(verdict) == pytest.approx(1, abs=3e-4) for verdict in found)


def test_swapping_the_two_changes_nothing_although_the_model_is_not_symmetric(tmp_path: Path) -> None:
    judge = FolderJudge(judge_folder(tmp_path))
    swapped = [(b, a) for a, b in PAIRS]
    assert judge.opinions(PAIRS) == judge.opinions(swapped)
    assert judge.opinions([*PAIRS, *swapped]) == judge.opinions(PAIRS) * 2
    only_one_way = expected("sleep never helps", "sleep helps", weighs=1.0)
    assert abs(judge.opinions(PAIRS[:1])[0].denies - only_one_way.denies) > 0.01


@pytest.mark.parametrize("inputs", [ALL, ALL[:2], ALL[:1]])
@pytest.mark.parametrize("kind", [7, 6], ids=["int64", "int32"])
def test_a_model_gets_the_inputs_it_declares(tmp_path: Path, inputs: tuple[str, ...], kind: int) -> None:
    words = WORDS if "attention_mask" in inputs else WORDS | {"[PAD]": (0.0, 0.0, 0.0)}
    judge = FolderJudge(judge_folder(tmp_path, inputs=inputs, kind=kind, words=words))
    weighs = SECOND if "token_type_ids" in inputs else 1.0
    np.testing.assert_allclose(judge.opinions(PAIRS), [expected(*pair, weighs) for pair in PAIRS], atol=1e-4)


def test_many_pairs_come_back_in_their_order(tmp_path: Path) -> None:
    judge = FolderJudge(judge_folder(tmp_path))
    given = [(f"{'word ' * (number % 13)}{('never', 'also', 'x')[number % 3]}", f"n{number}") for number in range(100)]
    found = judge.opinions(given)
    assert [int(np.argmax(verdict)) for verdict in found] == [
        (DENIES, AGREES, UNRELATED)[number % 3] for number in range(100)
    ]
    assert judge.opinions([]) == []


def test_the_longer_side_of_a_long_pair_is_cut(tmp_path: Path) -> None:
    judge = FolderJudge(judge_folder(tmp_path, max_position_embeddings=16))
    (found,) = judge.opinions([("x " * 10_000 + "never", "a short side also")])
    assert np.argmax(found) == AGREES, "the short side is read to its end, the long one is not"
    both = " ".join(["rather"] * 9)
    kept = expected(" ".join(["rather"] * 9), "one two three also")
    np.testing.assert_allclose(judge.opinions([(both + " never" * 10_000, "one two three also")])[0], kept, atol=1e-4)


def test_roberta_counts_its_places_from_behind_the_padding(tmp_path: Path) -> None:
    ten = FolderJudge(judge_folder(tmp_path, model_type="xlm-roberta", pad_token_id=1, max_position_embeddings=12))
    (found,) = ten.opinions([(" ".join(["x"] * 4 + ["never"]), "a b also")])
    assert found.denies < 0.2, "four words and three are ten tokens with their marks"


def test_a_text_that_is_endless_or_half_a_sign_does_no_harm(tmp_path: Path) -> None:
    judge = FolderJudge(judge_folder(tmp_path))
    assert np.argmax(judge.opinions([("a " * 10_000_000, "b")])[0]) == UNRELATED
    assert np.argmax(judge.opinions([("lone \ud800 surrogate", "")])[0]) == UNRELATED


def test_the_model_may_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    judge = FolderJudge(judge_folder(tmp_path / "nli", inside="onnx"))
    assert judge.opinions(PAIRS[:1])[0].denies > 0.8


def test_the_name_changes_with_everything_that_a_verdict_rests_on(tmp_path: Path) -> None:
    names = [FolderJudge(judge_folder(tmp_path / "nli")).name for _ in range(2)]
    assert names[0] == names[1] and names[0].startswith("judge-nli-")
    names.append(FolderJudge(judge_folder(tmp_path / "nli", max_position_embeddings=99)).name)
    weight = WORDS | {"rather": (1.5, 0.0, 0.0)}
    names.append(FolderJudge(judge_folder(tmp_path / "nli", words=weight)).name)
    (tmp_path / "nli" / "tokenizer.json").write_text((tmp_path / "nli" / "tokenizer.json").read_text() + " ")
    names.append(FolderJudge(tmp_path / "nli").name)
    (tmp_path / "nli" / "model.onnx_data").write_bytes(b"weights")
    names.append(FolderJudge(tmp_path / "nli").name)
    assert len(set(names)) == 5


def test_large_weights_are_told_apart_without_reading_them_whole(tmp_path: Path) -> None:
    folder = judge_folder(tmp_path)
    weights = np.arange(4_000_000, dtype=np.float32)
    (folder / "model.onnx_data").write_bytes(weights.tobytes())
    before = FolderJudge(folder).name
    for part in (slice(0, 1_000_000), slice(2_000_000, 3_000_000), slice(3_000_000, None)):
        other = weights.copy()
        other[part] *= np.float32(1.001)
        (folder / "model.onnx_data").write_bytes(other.tobytes())
        assert FolderJudge(folder).name != before


def refused(folder: Path) -> Unavailable:
    with pytest.raises(Unavailable) as raised:
        FolderJudge(folder).opinions(PAIRS)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert "\n" not in raised.value.message + raised.value.remedy
    assert raised.value.remedy.endswith("or take judge out of kb.toml.")
    return raised.value


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_folder_that_lacks_a_file(tmp_path: Path, name: str) -> None:
    (judge_folder(tmp_path) / name).unlink()
    assert f"{name} is missing" in refused(tmp_path).message


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert "no such folder" in refused(tmp_path / "gone").message
    assert "no such folder" in refused(judge_folder(tmp_path) / "model.onnx").message


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", [b"", b"not that", b"[]", b"\xff\xfe{"])
def test_a_folder_with_a_damaged_file(tmp_path: Path, name: str, damage: bytes) -> None:
    (judge_folder(tmp_path) / name).write_bytes(damage)
    assert "no ONNX judge" in refused(tmp_path).message


def test_a_model_that_is_cut_short(tmp_path: Path) -> None:
    model = judge_folder(tmp_path) / "model.onnx"
    model.write_bytes(model.read_bytes()[:200])
    assert "no ONNX judge" in refused(tmp_path).message


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}, "names label_0, label_1, label_2"),
        ({"0": "entailment", "1": "not_entailment"}, "names entailment, not_entailment"),
        ({"0": "entailment", "1": "neutral", "5": "contradiction"}, "names contradiction, entailment, neutral"),
        ({"0": "entailment", "1": "neutral", "2": "contradiction", "3": "hidden"}, "hidden"),
        ({"0": "neutral", "1": "neutral", "2": "contradiction"}, "names contradiction, neutral"),
        ({}, "is missing"),
        (["contradiction", "entailment", "neutral"], "is missing"),
        (None, "is missing"),
    ],
)
def test_labels_that_are_not_those_of_a_judge(tmp_path: Path, labels: object, told: str) -> None:
    folder = judge_folder(tmp_path)
    (folder / "config.json").write_text(json.dumps({"id2label": labels}))
    message = refused(folder).message
    assert told in message and "config.json" in message


def test_a_model_whose_outputs_are_not_what_the_labels_promise(tmp_path: Path) -> None:
    folder = judge_folder(tmp_path)
    two = np.ones((len(WORDS), 2), np.float32)
    (folder / "model.onnx").write_bytes(onnx_judge(two, ALL))
    assert "failed on a pair" in refused(folder).message
    (folder / "model.onnx").write_bytes(onnx_judge(np.full((len(WORDS), 3), np.nan, np.float32), ALL))
    assert "failed on a pair" in refused(folder).message


def test_a_model_that_asks_for_something_else(tmp_path: Path) -> None:
    judge_folder(tmp_path, inputs=(*ALL, "pixel_values"))
    assert "failed on a pair" in refused(tmp_path).message


def test_onnxruntime_waits_for_the_first_question_and_is_told_to_be_silent(tmp_path: Path) -> None:
    folder = judge_folder(tmp_path)
    code = (
        "import os, socket, sys\nfrom pathlib import Path\nsocket.socket = None\n"
        "from kb.language.judge import FolderJudge\n"
        f"judge = FolderJudge(Path({str(folder)!r}))\nheavy = {{'onnxruntime', 'tokenizers'}}\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], judge.opinions([]), sorted(heavy & set(sys.modules)))\n"
        "print(len(judge.opinions([('a', 'b')])), sorted(heavy & set(sys.modules)))"
    )
    bare = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=bare, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["1 [] []", "1 ['onnxruntime', 'tokenizers']"]

"""The hand-made labels that rules for tensions are measured by stand where they say, and are fit to measure with."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from kb.claim import fingerprint
from kb.link import TensionKind

ROOT = Path(__file__).parent.parent
VAULT = ROOT / "examples" / "vault"
PAIRS: list[dict[str, Any]] = tomllib.loads((ROOT / "bench" / "tension_pairs.toml").read_text(encoding="utf-8"))["pair"]
SAMPLE = [pair for pair in PAIRS if pair["vault"] == "sample"]
_QUOTED = re.compile(r"“([^”]+)” \(\[([^\]]+)\]\(\.\./examples/vault/([^)]+)\)\)")


def text(path: str) -> str:
    return (VAULT / path).read_bytes().decode("utf-8").removeprefix("\ufeff")


def ends(pair: dict[str, Any]) -> tuple[str, frozenset[tuple[str, int, int]]]:
    return pair["vault"], frozenset((pair[side]["path"], pair[side]["start"], pair[side]["end"]) for side in "ab")


@pytest.mark.parametrize("side", "ab")
def test_every_sample_pair_stands_where_it_says(side: str) -> None:
    assert SAMPLE
    for pair in SAMPLE:
        place, quote = pair[side], pair[f"{side}_quote"]
        note = text(place["path"])
        assert note[place["start"] : place["end"]] == quote, place
        assert note.count("\n", 0, place["start"]) + 1 == place["line"], place
        assert fingerprint(quote) == place["sha"], place


def test_labels_are_of_the_closed_set() -> None:
    assert {pair["label"] for pair in PAIRS} <= {*get_args(TensionKind), "none"}
    assert {pair["vault"] for pair in PAIRS} == {"sample", "garden"}
    assert {pair["stated"] for pair in PAIRS} <= {"author", ""}
    assert all(pair["because"] for pair in PAIRS)
    for pair in PAIRS:
        assert ("hard" in pair) == (pair["label"] == "none"), "negatives say whether they are hard, and only they do"
        assert pair["label"] != "none" or not pair["stated"], "an author states tensions only"


def test_no_pair_is_there_twice() -> None:
    assert [found for found, count in Counter(map(ends, PAIRS)).items() if count > 1] == []
    assert all(len(ends(pair)[1]) == 2 for pair in PAIRS), "a claim is paired with another one"


def test_a_third_of_the_pairs_are_hard_negatives() -> None:
    assert 3 * sum(bool(pair.get("hard")) for pair in PAIRS) >= len(PAIRS)


def test_the_counts_of_the_guide_are_those_of_the_file() -> None:
    table = (ROOT / "bench" / "tension_labels.md").read_text(encoding="utf-8")
    for label in get_args(TensionKind):
        vaults = Counter(pair["vault"] for pair in PAIRS if pair["label"] == label)
        assert f"| {label} | {vaults['sample']} | {vaults['garden']} | {vaults.total()} |" in table
    assert f"| all | {len(SAMPLE)} | {len(PAIRS) - len(SAMPLE)} | {len(PAIRS)} |" in table


def test_every_quote_of_the_page_on_tensions_stands_in_its_note() -> None:
    found = _QUOTED.findall((ROOT / "docs" / "tensions.md").read_text(encoding="utf-8"))
    assert len(found) >= 2 * 2 * len(get_args(TensionKind)) - 1
    for quote, name, path in found:
        assert name == path
        assert quote in text(path)

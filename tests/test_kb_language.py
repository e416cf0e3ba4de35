"""The reader in the box: its file, what it takes for near, and the readings that are kept."""

import hashlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from kb.folder import READINGS
from kb.language import encoder
from kb.language.encoder import Encoder, boxed
from kb.language.onnx import WEIGHTS
from kb.language.readings import Readings, open_readings
from kb.settings import Settings


@pytest.fixture(scope="module")
def reader() -> Encoder:
    return boxed()


def test_the_file_is_the_one_that_was_made() -> None:
    found = hashlib.sha256((WEIGHTS / encoder.BOX).read_bytes()).hexdigest()
    assert found == encoder.SHA256


def test_what_means_the_same_is_nearer_than_what_shares_words(reader: Encoder) -> None:
    asked, same, other = reader.embed(
        [
            "How do plants make sugar from sunlight?",
            "In leaves, photosynthesis turns light into glucose.",
            "The sugar plant was closed for the summer by its makers.",
        ]
    )
    assert asked @ same > asked @ other


def test_texts_without_words_are_zero_and_order_does_not_matter(reader: Encoder) -> None:
    rows = reader.embed(["one claim", "", "   ", "\ud800", "another, rather longer, claim about something else"])
    assert not rows[1].any() and not rows[2].any()
    assert np.allclose(np.linalg.norm(rows[[0, 4]], axis=1), 1, atol=1e-5)
    again = reader.embed(["another, rather longer, claim about something else", "one claim"])
    assert np.array_equal(again[1], rows[0])


def test_readings_are_kept_by_content_and_made_once(reader: Encoder, tmp_path: Path) -> None:
    class Counting:
        name, dimensions, asked = reader.name, reader.dimensions, 0

        def embed(self, texts: list[str]) -> np.ndarray:
            self.asked += len(texts)
            return reader.embed(texts)

    counting = Counting()
    first = Readings(counting, tmp_path)  # type: ignore[arg-type]
    rows = first.of(["a claim", "another", "a claim"])
    assert counting.asked == 2 and np.array_equal(rows[0], rows[2])
    first.close()
    second = Readings(counting, tmp_path)  # type: ignore[arg-type]
    assert np.array_equal(second.of(["a claim"])[0], rows[0]) and counting.asked == 2
    assert second.lacking(["a claim"]) == ["a claim"], "what it means is known, and not what it answers"
    second.close()


@pytest.mark.parametrize("damage", ["no database at all", ""])
def test_damaged_readings_are_made_again(reader: Encoder, tmp_path: Path, damage: str) -> None:
    (tmp_path / READINGS).write_text(damage)
    readings = Readings(reader, tmp_path)
    assert readings.of(["a claim"]).shape == (1, 384)
    readings.close()


def test_readings_that_cannot_be_written_are_made_each_time(reader: Encoder, tmp_path: Path) -> None:
    held = sqlite3.connect(tmp_path / READINGS, isolation_level=None)
    held.execute("CREATE TABLE reading (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID")
    held.execute("BEGIN EXCLUSIVE")
    readings = Readings(reader, tmp_path)
    assert readings.of(["a claim"]).any()
    readings.close()
    held.close()


def test_another_embedding_leaves_the_reader_out(tmp_path: Path) -> None:
    assert open_readings(Settings(embed="wordllama"), tmp_path) is None
    assert open_readings(Settings(embed="minilm"), tmp_path) is None
    assert open_readings(Settings(), tmp_path) is not None

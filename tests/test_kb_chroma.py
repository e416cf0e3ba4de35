"""Nearest passages against a real folder, a real server, and every kind of damage."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.chroma import Passages, VectorsUnavailable, drop, fresh
from kb.errors import Unavailable
from kb.vectors import Matrix

BASE = "5f0c9e"


def unit(rows: int, dimensions: int = 16, seed: int = 1) -> Matrix:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def same(passages: Passages, vector: Matrix) -> int:
    """The id that holds this very vector."""
    ((number, cosine),) = passages.nearest(vector, 1)
    assert cosine == pytest.approx(1, abs=1e-5)
    return number


@pytest.fixture(params=["folder", "server"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    return tmp_path / "chroma" if request.param == "folder" else request.getfixturevalue("server")


def test_nearest_is_the_exact_order_with_cosines(where: str | Path) -> None:
    vectors = unit(300)
    passages = fresh(where, BASE, 1)
    passages.add(range(10, 310), vectors)
    query = unit(1, seed=2)[0] * 7  # its length is of no account
    cosines = vectors @ (query / 7)
    order = np.argsort(-cosines)[:5]
    found = passages.nearest(query, 5)
    assert [number for number, _ in found] == [int(at) + 10 for at in order]
    np.testing.assert_allclose([cosine for _, cosine in found], cosines[order], atol=1e-5)
    passages.close()


def test_an_empty_collection_answers(where: str | Path) -> None:
    passages = fresh(where, BASE, 1)
    assert passages.count() == 0
    assert passages.nearest(unit(1)[0], 5) == []
    passages.add([], np.zeros((0, 16), np.float32))
    passages.remove([])
    passages.remove([4, 5])
    passages.close()
    reopened = Passages(where, BASE, 1)
    assert reopened.count() == 0
    reopened.close()


def test_the_last_vector_of_an_id_counts(where: str | Path) -> None:
    a, b, c, d = unit(4)
    passages = fresh(where, BASE, 1)
    passages.add([7, 8, 7], np.stack([a, b, c]))
    assert passages.count() == 2
    assert same(passages, c) == 7
    passages.add([7], d[None])
    assert passages.count() == 2
    assert same(passages, d) == 7
    passages.close()


def test_zero_vectors_and_odd_numbers_of_neighbours_do_no_harm(where: str | Path) -> None:
    vectors = unit(3)
    vectors[1] = 0
    passages = fresh(where, BASE, 1)
    passages.add([1, 2, 3], vectors)
    assert passages.nearest(vectors[0], 1)[0][0] == 1
    assert len(passages.nearest(vectors[0], 50)) == 3
    assert passages.nearest(vectors[0], 0) == passages.nearest(vectors[1], 3) == []
    passages.close()


def test_more_than_chroma_takes_at_once(where: str | Path) -> None:
    vectors = unit(6_000, 8)
    passages = fresh(where, BASE, 1)
    passages.add(range(6_000), vectors)
    assert passages.count() == 6_000
    assert passages.nearest(vectors[5_999], 1)[0][0] == 5_999
    passages.remove(range(1, 40_000))
    assert passages.count() == 1
    assert passages.nearest(vectors[5_999], 3)[0][0] == 0
    passages.close()


def test_a_new_generation_replaces_the_old_and_leaves_other_bases(where: str | Path) -> None:
    other = fresh(where, "another", 1) if isinstance(where, str) else None
    first = fresh(where, BASE, 1)
    first.add([1], unit(1))
    first.close()
    second = fresh(where, BASE, 2)
    assert second.count() == 0
    second.close()
    with pytest.raises(VectorsUnavailable):
        Passages(where, BASE, 1)
    with pytest.raises(VectorsUnavailable):
        Passages(where, "0ther", 2)
    if other is not None:
        assert other.count() == 0
        other.close()
    drop(where, BASE)
    with pytest.raises(VectorsUnavailable):
        Passages(where, BASE, 2)


def test_wrong_dimensions_are_unavailable(where: str | Path) -> None:
    passages = fresh(where, BASE, 1)
    passages.add([1], unit(1))
    with pytest.raises(VectorsUnavailable):
        passages.nearest(unit(1, 8)[0], 1)
    with pytest.raises(VectorsUnavailable):
        passages.add([2], unit(1, 8))
    passages.close()
    if isinstance(where, Path):  # a write that failed leaves no seal
        with pytest.raises(VectorsUnavailable, match="unfinished"):
            Passages(where, BASE, 1)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    for call in (Passages, fresh):
        with pytest.raises(VectorsUnavailable, match="no index of passages") as raised:
            call(address, BASE, 1)
        assert isinstance(raised.value, Unavailable)
        assert "kb sync --rebuild" in raised.value.remedy


def test_a_server_that_never_answers_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.chroma.PATIENCE", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(VectorsUnavailable, match="Timeout"):
            Passages(f"http://127.0.0.1:{silent.getsockname()[1]}", BASE, 1)


def in_another_process(code: str, folder: Path) -> None:
    """Run code with `passages` open on the folder; it may end as badly as it likes."""
    start = "import os, numpy as np\nfrom kb.chroma import Passages\n"
    start += f"passages = Passages({str(folder)!r}, {BASE!r}, 1)\n"
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", start + code], cwd=root, check=True, timeout=60)


def test_opening_again_shows_what_another_process_wrote(tmp_path: Path) -> None:
    vectors = unit(20)
    writer = fresh(tmp_path / "chroma", BASE, 1)
    writer.add(range(10), vectors[:10])
    writer.close()
    reader = Passages(tmp_path / "chroma", BASE, 1)
    assert reader.nearest(vectors[3], 1)[0][0] == 3
    added = "passages.add([99], np.eye(1, 16, dtype=np.float32))\npassages.remove([3])\npassages.close()"
    in_another_process(added, tmp_path / "chroma")
    again = Passages(tmp_path / "chroma", BASE, 1)  # while the old reader is still open
    assert again.count() == 10
    assert same(again, np.eye(1, 16, dtype=np.float32)[0]) == 99
    assert again.nearest(vectors[3], 1)[0][0] != 3
    reader.close()
    assert again.count() == 10
    again.close()


def test_reading_leaves_the_seal_whole(tmp_path: Path) -> None:
    vectors = unit(2_500)
    writer = fresh(tmp_path, BASE, 1)
    for start in range(0, 2_500, 500):  # below, at and above Chroma's threshold for writing its index
        writer.add(range(start, start + 500), vectors[start : start + 500])
        writer.close()
        for _ in range(2):
            reader = Passages(tmp_path, BASE, 1)
            assert reader.nearest(vectors[start + 400], 1)[0][0] == start + 400
            assert reader.count() == start + 500
            reader.close()
        writer = Passages(tmp_path, BASE, 1)
    writer.close()


def test_a_writer_that_died_leaves_nothing_that_opens(tmp_path: Path) -> None:
    fresh(tmp_path, BASE, 1).close()
    in_another_process("passages.add([1], np.eye(1, 16, dtype=np.float32))\nos._exit(0)", tmp_path)
    with pytest.raises(VectorsUnavailable, match="unfinished or damaged"):
        Passages(tmp_path, BASE, 1)
    rebuilt = fresh(tmp_path, BASE, 2)
    rebuilt.add([1], unit(1))
    assert rebuilt.count() == 1
    rebuilt.close()


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("healthy") / "chroma"
    passages = fresh(folder, BASE, 1)
    passages.add(range(2_500), unit(2_500))
    passages.close()
    return folder


FILES = ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"]


@pytest.mark.parametrize("name", [*FILES, "chroma.sqlite3", "sealed.json"])
@pytest.mark.parametrize("damage", ["half", "empty", "missing", "garbage"])
def test_damage_is_noticed_and_cured(healthy: Path, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "chroma"
    shutil.copytree(healthy, folder)
    (path,) = folder.rglob(name)
    size = path.stat().st_size
    if damage == "missing":
        path.unlink()
    elif damage == "garbage":
        path.write_bytes(np.random.default_rng(0).bytes(size))
    else:
        os.truncate(path, size // 2 if damage == "half" else 0)
    with pytest.raises(VectorsUnavailable):
        passages = Passages(folder, BASE, 1)
        passages.nearest(unit(1)[0], 5)
    cured = fresh(folder, BASE, 2)
    cured.add([1], unit(1))
    assert cured.nearest(unit(1)[0], 5)[0][0] == 1
    cured.close()


def test_a_folder_deleted_before_or_behind_an_open_handle(healthy: Path, tmp_path: Path) -> None:
    with pytest.raises(VectorsUnavailable):
        Passages(tmp_path / "never", BASE, 1)
    assert not (tmp_path / "never").exists()  # looking must not make one
    folder = tmp_path / "chroma"
    shutil.copytree(healthy, folder)
    passages = Passages(folder, BASE, 1)
    shutil.rmtree(folder)
    try:
        passages.nearest(unit(1)[0], 1)
        passages.add([9], unit(1))
        passages.close()
    except VectorsUnavailable:
        pass  # either it still answers from memory, or it says so: nothing else may come out
    with pytest.raises(VectorsUnavailable):
        Passages(folder, BASE, 1)


def test_dropping_leaves_what_chroma_did_not_make(tmp_path: Path) -> None:
    fresh(tmp_path, BASE, 1).close()
    (tmp_path / "mine.md").write_text("keep")
    (tmp_path / "a-b-c-d-e").mkdir()
    drop(tmp_path, BASE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-b-c-d-e", "mine.md"]


def test_a_closed_handle_says_so_and_closes_twice(tmp_path: Path) -> None:
    passages = fresh(tmp_path, BASE, 1)
    passages.close()
    passages.close()
    with pytest.raises(VectorsUnavailable):
        passages.count()


def test_a_dotenv_of_the_folder_we_are_in_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("IS_PERSISTENT=false\nPERSIST_DIRECTORY=elsewhere\n")
    monkeypatch.chdir(tmp_path)
    fresh(tmp_path / "chroma", BASE, 1).close()
    assert (tmp_path / "chroma" / "chroma.sqlite3").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files as Linux shows them")
def test_open_handles_do_not_add_up(tmp_path: Path) -> None:
    descriptors = Path("/proc/self/fd")
    fresh(tmp_path, BASE, 1).close()
    before = len(list(descriptors.iterdir()))
    for _ in range(5):
        Passages(tmp_path, BASE, 1).close()
    assert len(list(descriptors.iterdir())) <= before + 4

"""Nearest passages, in Chroma. Derived from the store; every failure is `VectorsUnavailable`, and means: scan exactly.

Chroma hands every client of a process the same view of a folder: each `Passages` here gets its own. And it does not notice a
damaged index (wrong neighbours, segmentation faults), so a folder that was closed properly carries a seal, the sizes and edges
of its index files; what has no valid seal is not opened.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kb.allowed import is_allowed, may_send, shown
from kb.errors import Unavailable
from kb.folder import is_full, is_plain_tree, kind
from kb.vectors import Matrix

# onnxruntime, which chromadb may import, reports to its maker unless told otherwise before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

INDEX = {"space": "ip", "ef_construction": 60, "max_neighbors": 12, "ef_search": 200, "num_threads": 2}
"""Inner product of unit vectors is their cosine, and a zero vector does no harm. Twice the default
`ef_search` finds 94 % instead of 90 % of the true nearest 20 among 44,000, for 0.3 ms."""
BATCH = 2_000
"""Chroma takes 5,461 at once, but its queue never gives back the space of the largest batch."""
SEAL = "sealed.json"
PATIENCE = 30.0
"""Seconds that a server may take for one answer."""
_CONNECTING = Lock()


class VectorsUnavailable(Unavailable):
    """The nearest passages cannot be asked for: nothing there, stale, damaged, or no server."""

    def __init__(self, where: object, why: str, remedy: str = "It is rebuilt by: kb sync --rebuild") -> None:
        """`why` is a few words, never the text of a foreign exception."""
        place = shown(str(where)) if _is_server(str(where)) else where
        super().__init__(f"{place}: no index of passages ({why}).", remedy)


class Passages:
    """A handle on the vectors of one base; `generation` counts the times they were built anew."""

    def __init__(self, where: str | Path, base_id: str, generation: int) -> None:
        """Open what `fresh` made; `where` is a folder or the address of a Chroma server."""
        self._where = where
        self._folder = None if _is_server(where) else Path(where)
        self._sealed = self._whole = True
        if self._folder is not None:
            _check_tree(self._folder)
            if _seal(self._folder) != _read_seal(self._folder):
                raise VectorsUnavailable(where, "unfinished or damaged")
        with _translated(where):
            self._client, self._system = _connect(where)  # would make the folder, were it not there
            try:
                name = f"{_prefix(base_id)}{generation}"
                self._collection: Any = self._client.get_collection(name, embedding_function=None)
            except BaseException:
                _stop(self._client, self._system)
                raise

    def add(self, ids: Sequence[int], vectors: Matrix) -> None:
        """Put vectors in, in place of any with the same id; the last one of an id counts."""
        rows = {str(number): row for row, number in enumerate(ids)}
        with self._writing():
            for at in range(0, len(rows), BATCH):
                names = list(rows)[at : at + BATCH]
                some = np.ascontiguousarray(vectors[[rows[name] for name in names]], np.float32)
                self._collection.upsert(ids=names, embeddings=some)

    def remove(self, ids: Sequence[int]) -> None:
        """Take vectors out; ids that are not there are nobody's mistake."""
        with self._writing():
            for at in range(0, len(ids), BATCH):
                self._collection.delete(ids=[str(number) for number in ids[at : at + BATCH]])

    def nearest(self, vector: NDArray[np.floating[Any]], k: int) -> list[tuple[int, float]]:
        """The k nearest ids with their cosine, best first; fewer when there are fewer."""
        length = float(np.linalg.norm(vector))
        if k <= 0 or length == 0:
            return []
        query = np.asarray(vector / length, np.float32).reshape(1, -1)
        with _translated(self._where):
            found = self._collection.query(query_embeddings=query, n_results=k, include=["distances"])
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            return [(int(number), 1.0 - distance) for number, distance in pairs]

    def count(self) -> int:
        """How many vectors there are."""
        with _translated(self._where):
            return int(self._collection.count())

    def close(self) -> None:
        """Let go of files and sockets; seal the folder if all that this handle wrote went in."""
        if self._system is None:
            return
        with _translated(self._where):
            _stop(self._client, self._system)
            self._client = self._system = self._collection = None
            if self._folder is not None and self._whole and not self._sealed:
                unfinished = self._folder / (SEAL + ".new")
                unfinished.write_text(json.dumps(_seal(self._folder)), "utf-8")
                unfinished.replace(self._folder / SEAL)
                self._sealed = True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _translated(self._where):
            if self._folder is not None and self._sealed:
                (self._folder / SEAL).unlink(missing_ok=True)
                self._sealed = False
            try:
                yield
            except BaseException:  # Ctrl-C too: some of it may be in, so this folder is not to be sealed
                self._whole = False
                raise


def fresh(where: str | Path, base_id: str, generation: int) -> Passages:
    """An empty collection, open for writing; every earlier one of this base is gone."""
    drop(where, base_id)
    with _translated(where):
        client, system = _connect(where)
        try:
            name = f"{_prefix(base_id)}{generation}"
            client.create_collection(name, embedding_function=None, configuration={"hnsw": INDEX})
        finally:
            _stop(client, system)
        if not _is_server(where):
            folder = Path(where)
            (folder / SEAL).write_text(json.dumps(_seal(folder)), "utf-8")
    return Passages(where, base_id, generation)


def drop(where: str | Path, base_id: str) -> None:
    """Remove a base's vectors: what Chroma wrote in the folder, or this base's collections on a server."""
    with _translated(where):
        if not _is_server(where):
            _check_tree(Path(where))
            for path in [*Path(where).glob("chroma.sqlite3*"), Path(where) / SEAL]:
                path.unlink(missing_ok=True)
            for index in _indexes(Path(where)):
                rmtree(index)
            return
        client, system = _connect(where)
        try:
            names: list[str] = []
            while page := client.list_collections(limit=100, offset=len(names)):
                names += [collection.name for collection in page]
            for name in names:
                if name.startswith(_prefix(base_id)):
                    client.delete_collection(name)
        finally:
            _stop(client, system)


def _check_tree(folder: Path) -> None:
    """Chroma opens whatever stands in its folder: nothing is to be there that leads elsewhere."""
    if (what := kind(folder)) not in ("", "folder"):
        raise VectorsUnavailable(folder, f"it is a {what}, where a folder should be")
    if what and not is_plain_tree(folder):
        raise VectorsUnavailable(folder, "something in it leads elsewhere")


def _prefix(base_id: str) -> str:
    return f"kb-{base_id}-"


def _is_server(where: str | Path) -> bool:
    return str(where).startswith(("http://", "https://"))


def _connect(where: str | Path) -> tuple[Any, Any]:
    """A client with a system of its own, and that system, which is what must be stopped."""
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    # Without this, a .env file in whatever folder we are called from would configure Chroma.
    options: dict[str, Any] = {"_env_file": None, "anonymized_telemetry": False}
    if _is_server(where):
        if not may_send(str(where)):
            remedy = f"If you trust it: kb allow {shown(str(where))}"
            raise VectorsUnavailable(where, "not allowed on this machine", remedy)
        if not is_allowed(str(where)):  # what a person keeps in the environment for another server
            options |= {"chroma_client_auth_provider": None, "chroma_client_auth_credentials": None}
        address = urlsplit(str(where))
        secure = address.scheme == "https"
        options |= {
            "chroma_api_impl": "chromadb.api.fastapi.FastAPI",
            "chroma_server_host": address.hostname,
            "chroma_server_http_port": address.port or (443 if secure else 80),
            "chroma_server_ssl_enabled": secure,
        }
        # Chroma's client has no time limit before it can be given one: see that something answers.
        httpx.get(f"{str(where).rstrip('/')}/api/v2/heartbeat", timeout=PATIENCE)
    else:
        options |= {
            "chroma_api_impl": "chromadb.api.rust.RustBindingsAPI",
            "is_persistent": True,
            "persist_directory": str(where),
        }
    with _CONNECTING:
        SharedSystemClient.clear_system_cache()  # else we would share the view of an older client
        client = Client(settings=Settings(**options))
        system = client._system
        SharedSystemClient.clear_system_cache()  # and a newer one would share ours
    for session in _sessions(client):
        session.timeout = PATIENCE
    return client, system


def _stop(client: Any, system: Any) -> None:
    for session in _sessions(client):  # Chroma leaves them to chance
        session.close()
    system.stop()


def _sessions(client: Any) -> list[Any]:
    """The connections of a client to a server: it has a second one, for administration."""
    ends = (client._server, client._admin_client._server)
    return [end._session for end in ends if hasattr(end, "_session")]


def _indexes(folder: Path) -> list[Path]:
    """The folders that Chroma made: one per collection, named by a UUID."""
    found = []
    for path in sorted(folder.glob("*-*-*-*-*")):
        with suppress(ValueError):
            if path.is_dir() and UUID(path.name):
                found.append(path)
    return found


def _seal(folder: Path) -> dict[str, list[Any]]:
    """Size and hash of both ends of each index file. Up to its first thousand vectors Chroma keeps them in SQLite, which
    notices damage to its own; then a file is missing."""
    found: dict[str, list[Any]] = {}
    kept = [index for index in _indexes(folder) if (index / "index_metadata.pickle").is_file()]
    for path in (path for index in kept for path in sorted(index.iterdir())):
        with path.open("rb") as file:
            size = path.stat().st_size
            edges = file.read(16_384)
            file.seek(max(0, size - 16_384))
            edges += file.read()
        found[f"{path.parent.name}/{path.name}"] = [size, blake2b(edges, digest_size=8).hexdigest()]
    return found


def _read_seal(folder: Path) -> object:
    """What the seal says; None, which no seal equals, when there is none or no database beside it."""
    if not (folder / "chroma.sqlite3").is_file():
        return None
    try:
        return json.loads((folder / SEAL).read_text("utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def _translated(where: str | Path) -> Iterator[None]:
    """Chroma raises its own errors, httpx's, SQLite's, ValueError, and Rust panics beneath Exception."""
    try:
        yield
    except (VectorsUnavailable, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as why:
        full = not _is_server(where) and is_full(Path(where))
        raise VectorsUnavailable(where, "the disk is full" if full else type(why).__name__) from None

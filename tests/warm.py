"""`kb` as a command that needs no start: each is forked from one process in which everything is imported already.

It runs the door's own `main` in a process of its own, with the caller's arguments, folder, environment and files, so that
a test sees what a terminal would. What only a fresh start can show (imports, Ctrl-C, what is said where Python is told
something) is tested with real ones: `command(real=True)`, and wherever `-m kb` is typed.
"""

import atexit
import gc
import importlib
import marshal
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kb.language.answering import Answering
from kb.language.disk_cache import DiskCache, key_of
from kb.language.encoder import Encoder
from kb.language.judge import CrossEncoder, Opinion, Pair
from kb.language.relevance import Relevance
from kb.lock import writing
from kb.vectors import Matrix

ROOT = Path(__file__).resolve().parent.parent
FORKS = sys.platform == "linux"

_CLIENT = """#!{python} -IS
import marshal, os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect({address!r})
    socket.send_fds(door, [b"."], [0, 1, 2])
    door.sendall(marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ))))
    door.shutdown(socket.SHUT_WR)
    status = int.from_bytes(door.recv(4), "big", signed=True)
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status)
"""
_REAL = """#!/bin/sh
exec "{python}" -P -c "import sys; sys.argv[0] = 'kb'; from kb.cli import main; main()" "$@"
"""


def write_command(to: Path, real: bool = False) -> None:
    """Put the command `kb` at a path. As the installed script does it: with `-m kb` the help would say "python -m kb"."""
    text = _REAL if real or not FORKS else _CLIENT
    to.write_text(text.format(python=sys.executable, address=_opened() if text is _CLIENT else ""), encoding="utf-8")
    to.chmod(0o755)


@cache
def command() -> str:
    """The path of a `kb` for whole test files."""
    folder = tempfile.TemporaryDirectory(prefix="kb-door-")
    atexit.register(folder.cleanup)
    write_command(Path(folder.name) / "kb")
    return str(Path(folder.name) / "kb")


@cache
def _opened() -> str:
    """The address of the process that is forked, started once for a whole run by whoever needs it first."""
    address = Path(os.environ["TESTS_SHARED"]) / "door"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with writing(address.with_suffix(".lock"), patience=200):
        if not address.exists():
            subprocess.run(
                [sys.executable, "-P", __file__, address], env=environment, stdin=subprocess.DEVNULL, check=True
            )
    return str(address)


def _goes_on(run: int, address: str) -> bool:
    """Whether the process that pytest was started as is there, and the folder of its run."""
    with suppress(ProcessLookupError):
        os.kill(run, 0)
        return Path(address).exists()
    return False


def load_models_once() -> None:
    """Half of what a small sync or a short answer takes is the loading of files that never change: models and their tokenizers."""
    import onnxruntime
    from tokenizers import Tokenizer

    from kb.language import onnx

    load = onnxruntime.InferenceSession

    known: dict[tuple[str, int, int], Any] = {}

    def session(model: str, options: Any, providers: list[str]) -> Any:
        key = (model, Path(model).stat().st_mtime_ns, options.intra_op_num_threads)
        if key not in known:
            known[key] = load(model, options, providers=providers)
        return known[key]

    onnxruntime.InferenceSession = session
    read = cache(lambda file, limit, changed, of=onnx.tokenizer: of(file, limit))
    onnx.tokenizer = lambda file, limit: read(file, limit, file.stat().st_mtime_ns)
    Tokenizer.from_buffer = staticmethod(cache(Tokenizer.from_buffer))  # type: ignore[method-assign]


def read_texts_once(folder: Path) -> None:
    """What a model makes of a text depends on nothing else, so it is made once for all processes of a run, and kept in their
    folder. Only where the texts come one at a time: of several together each would depend on the others."""
    embed, read, opinions, scores = Encoder.embed, Answering.read, CrossEncoder.opinions, Relevance.scores

    def embedded(self: Encoder, texts: Sequence[str]) -> Matrix:
        if self._batch > 1:
            return embed(self, texts)
        made = _once(folder, "reading", self.name, texts, lambda new: embed(self, new))
        return np.array([np.frombuffer(row, np.float32) for row in made]).reshape(len(texts), self.dimensions)

    def answered(self: Answering, texts: Sequence[str]) -> Matrix:
        made = _once(folder, "reading", self.name, texts, lambda new: read(self, new))
        return np.array([np.frombuffer(row, np.float32) for row in made]).reshape(len(texts), -1)

    def judged(self: CrossEncoder, pairs: Sequence[Pair]) -> list[Opinion]:
        made = _once(folder, "opinion", self.name, pairs, lambda new: np.array(opinions(self, new), np.float64))
        return [Opinion(*np.frombuffer(row, np.float64).tolist()) for row in made]

    def scored(self: Relevance, pairs: Sequence[tuple[str, str]]) -> Matrix:
        made = _once(folder, "reading", "relevance", pairs, lambda new: scores(self, new))
        return np.array([np.frombuffer(row, np.float32) for row in made], np.float32).reshape(-1, 2)

    Encoder.embed = embedded  # type: ignore[method-assign]
    Answering.read = answered  # type: ignore[method-assign]
    CrossEncoder.opinions = judged  # type: ignore[method-assign]
    Relevance.scores = scored  # type: ignore[method-assign]


def _once(folder: Path, table: str, by: str, given: Sequence[Any], make: Callable[[list[Any]], Any]) -> list[bytes]:
    """A row for each text or pair, made where no process of this run has made it."""
    cache = _made(folder, table, os.getpid())
    keys = [key_of(by, *([each] if isinstance(each, str) else each)) for each in given]
    return cache.made(keys, given, lambda new: [row.tobytes() for row in make(new)])


@cache
def _made(folder: Path, table: str, process: int) -> DiskCache:
    """What was made so far; a connection is of one process."""
    return DiskCache(table, folder)


def _serve(address: str) -> None:
    for room in ("kb", "ingest", "qa", "notes"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)
    for name in ("chromadb.api.rust", "numpy.ma", "onnxruntime", "tokenizers"):  # what is imported only when it is used
        importlib.import_module(name)
    from kb import wordllama
    from kb.language import answering, encoder, judge, relevance

    load_models_once()
    wordllama.WordLlama()
    answering.Answering(encoder.boxed()).read(["a"])
    judge.CrossEncoder().opinions([("a", "a")])
    relevance.Relevance().scores([("a", "a")])
    read_texts_once(Path(os.environ["TESTS_SHARED"]))
    assert threading.active_count() == 1, "threads are not forked"
    gc.collect()
    gc.freeze()  # a collection in a child would copy all that it shares
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(64)
        if os.fork():
            os._exit(0)  # who started it knows that it can be called, and goes on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        run = int(os.environ["TESTS_RUN"])
        door.settimeout(5)
        while _goes_on(run, address):
            try:
                caller, _ = door.accept()
            except TimeoutError:
                continue
            caller.setblocking(True)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            if os.fork() == 0:
                door.close()
                _answer(caller)
            caller.close()


def _answer(caller: socket.socket) -> None:
    """In a first child: have a second one run the command, and tell how it ended."""
    _, files, _, _ = socket.recv_fds(caller, 1, 3)
    said = b"".join(iter(lambda: caller.recv(65536), b""))
    child = os.fork()
    if child == 0:
        caller.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        _run(*marshal.loads(said))
    for file in (*files, 0, 1, 2):
        os.close(file)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        caller.sendall(status.to_bytes(4, "big", signed=True))
    finally:
        os._exit(0)


def _run(words: list[str], folder: str, environment: dict[str, str]) -> None:
    """The command itself, as a fresh interpreter would find things."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["kb", *words]
    letters = environment.get("PYTHONIOENCODING", "")
    errors = "strict" if letters else "surrogateescape"
    sys.stdin = open(0, encoding=letters or "utf-8", errors=errors, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=letters or "utf-8", errors=errors, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=letters or "utf-8", errors="backslashreplace", closefd=False, buffering=1)  # noqa: SIM115
    from kb.__main__ import main

    status = 0
    try:
        main()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    # Taking a thousand modules down takes as long as loading them; what was registered for the end is done.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve(sys.argv[1])

"""What several test files share: the `--update` option, a folder for a whole run, and a real Chroma server on loopback."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from warm import load_models_once, read_texts_once


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite what fixtures and transcripts expect")


def pytest_configure(config: pytest.Config) -> None:
    """A folder that all processes of this run share (see `transcript.synced_sample`), and what each of them keeps."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="kb-tests-")
        os.environ["TESTS_SHARED"], os.environ["TESTS_RUN"] = folder.name, str(os.getpid())
        config.add_cleanup(folder.cleanup)
    load_models_once()
    read_texts_once(Path(os.environ["TESTS_SHARED"]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [chroma, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert running.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)

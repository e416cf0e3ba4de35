"""A vault can be cloned: what its kb.toml names gets no text, no vectors and no key before a person has allowed it here."""

import json
import os
import pty
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import warm
from pydantic import BaseModel
from scripted import Said, Scripted, said
from transcript import ROOT

from kb import allowed
from kb.chroma import Passages, VectorsUnavailable
from kb.errors import KbError, Unavailable
from kb.masking import InPieces
from kb.model import Model
from kb.settings import Settings

SECRET = "sk-do-not-send-me-0123456789"
ELSEWHERE = "http://llm.example.org/v1"
NOTE = "# Do naps help recall?\n\nA nap of ninety minutes improved recall of words by 12 points in young adults.\n"
QUESTION = "Do naps help recall of words?"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "ANTHROPIC_API_KEY",
        "GOOGLE_API_KEY",
        "GEMINI_API_KEY",
        "OLLAMA_HOST",
        "CHROMA_CLIENT_AUTH_CREDENTIALS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OLLAMA_API_KEY", SECRET)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """Whatever is sent to another machine arrives here."""
    with Scripted("openai", lambda asked: "Naps improved recall of words by 12 points in young adults.") as server:
        monkeypatch.setenv("HTTP_PROXY", server.address)
        yield server


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "nap.md").write_text(NOTE, encoding="utf-8")
    (folder / "kb.toml").write_text(f'llm = "openai-like/x"\nllm_url = "{ELSEWHERE}"\n', encoding="utf-8")
    return folder


def kb(vault: Path, *words: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))}
    return subprocess.run(
        [warm.command(), "--vault", str(vault), *words], text=True, timeout=120, check=False,
        env={**environment, "PYTHONPATH": str(ROOT)}, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
    )  # fmt: skip


def refused(done: "subprocess.CompletedProcess[str]", address: str) -> bool:
    """In two lines that name the address and say how to allow it."""
    told, remedy = done.stderr.splitlines()
    return (done.returncode, done.stdout) == (1, "") and address in told and f"kb allow {address}" in remedy


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://API.example.org/v1/", "https://api.example.org/v1"),
        ("http://me:word@127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
        ("http://good.example@evil.example/", "http://evil.example"),
        ("http://good.example\\@evil.example", "None"),
        ("http://evil.example#@good.example", "None"),
        ("http://good.example/v1/../other", "None"),
        ("http://good.example/%2e%2e/other", "None"),
        ("http://g\u043e\u043ed.example", "None"),
        ("http://good.example?x=1", "None"),
        ("http://good.example\n", "http://good.example"),
        ("http://good.exa\nmple", "None"),
        ("ftp://good.example", "None"),
        ("http://[::1/v1", "None"),
        ("good.example", "None"),
    ],
)
def test_an_address_is_read_in_one_way_or_not_at_all(url: str, read: str) -> None:
    assert str(allowed.read_address(url)) == read


def test_a_word_covers_what_lies_below_and_nothing_beside() -> None:
    assert not allowed.is_allowed(ELSEWHERE)
    allowed.allow("http://me:secret@llm.example.org/v1/")
    for url in (ELSEWHERE, f"{ELSEWHERE}/chat", "http://LLM.example.org:80/v1"):
        assert allowed.is_allowed(url) and allowed.may_send(url)
    for url in ("https://llm.example.org/v1", "http://llm.example.org/v12", "http://llm.example.org", "http://llm.example.org:81/v1",
                "http://llm.example.org.evil.example/v1", "http://evil.example/v1", ELSEWHERE + "/../x"):  # fmt: skip
        assert not allowed.may_send(url), url
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "kb" / "allowed"
    assert file.read_text("utf-8") == "http://llm.example.org/v1\n"
    allowed.allow(ELSEWHERE, still=False)
    assert not allowed.may_send(ELSEWHERE)
    with pytest.raises(KbError, match="no address"):
        allowed.allow("http://x.example?y")


def test_this_machine_needs_no_leave_for_text() -> None:
    for url in ("http://localhost:11434", "http://127.0.0.1:8000/v1", "http://[::1]:1", "http://127.9.9.9"):
        assert allowed.may_send(url) and not allowed.is_allowed(url)
    for url in (
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0",
        "http://192.168.1.1",
    ):
        assert not allowed.may_send(url), url


def test_a_list_in_the_folder_we_stand_in_is_nobodys_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", "mine")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "mine" / "kb").mkdir(parents=True)
    (tmp_path / "mine" / "kb" / "allowed").write_text(ELSEWHERE)
    assert not allowed.may_send(ELSEWHERE)


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_server_on_this_machine_is_sent_text_and_no_key_before_it_is_allowed(kind: str) -> None:
    with Scripted(kind, "yes") as server:
        said(Model(server.settings(), patience=5.0, waits=()))
        allowed.allow(server.address)
        said(Model(server.settings(), patience=5.0, waits=()))
    sent = [{name.lower(): value for name, value in each.items()}.get("authorization", "") for each in server.headers]
    assert SECRET not in json.dumps(server.headers[0]) and sent[1] == f"Bearer {SECRET}"


def test_a_server_that_wants_the_key_says_how_to_let_it_have_it() -> None:
    with Scripted("openai", Said(status=401)) as server, pytest.raises(Unavailable) as why:
        said(Model(server.settings(), patience=5.0, waits=()))
    assert "wants a key" in why.value.message and why.value.remedy.endswith(f"kb allow {server.url}")


@pytest.mark.parametrize(
    ("llm", "url"),
    [
        ("openai-like/x", ELSEWHERE), ("ollama/x", ELSEWHERE), ("openai/gpt-4o", ELSEWHERE), ("openai/gpt-4o", "http://127.0.0.1:9/v1"),
        ("openai/gpt-4o", "http://api.openai.com/v1"), ("anthropic/x", "https://api.openai.com/v1"), ("gemini/x", ELSEWHERE),
        ("openai-like/x", "https://api.anthropic.com"), ("openai-like/x", "https://api.openai.com.evil.example/v1"),
        ("openai-like/x", "https://api.openai.com@evil.example/v1"),
    ],
)  # fmt: skip
def test_a_key_goes_to_its_own_provider_only(llm: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, SECRET)
    with pytest.raises(allowed.NotAllowed, match="allowed"):
        Model(Settings(llm=llm, llm_url=url))


def test_the_providers_own_address_needs_no_leave() -> None:
    for llm in ("openai/gpt-4o", "openai-like/gpt-4o"):
        client = Model(Settings(llm=llm, llm_url="https://api.openai.com/v1"))._client.llm
        assert client.api_key == SECRET


def test_a_pipe_is_refused_in_two_lines_and_nothing_is_sent(vault: Path, elsewhere: Scripted) -> None:
    assert refused(kb(vault, "ask", QUESTION), ELSEWHERE)
    assert refused(kb(vault, "ask", QUESTION, "--llm", "--json"), ELSEWHERE)
    assert refused(kb(vault, "chat"), ELSEWHERE)
    assert kb(vault, "ask", QUESTION, "--no-llm").returncode == kb(vault, "status").returncode == 0
    with (vault / "kb.toml").open("a") as file:
        file.write('extract = "llm"\n')
    assert refused(kb(vault, "sync"), ELSEWHERE)
    assert kb(vault, "sync", "--no-llm").returncode == kb(vault, "sync", "--dry-run").returncode == 0
    assert elsewhere.asked == []
    assert kb(vault, "allow", ELSEWHERE).stdout == f"{ELSEWHERE}: allowed, for every vault on this machine.\n"
    assert kb(vault, "ask", QUESTION).returncode == 0
    assert elsewhere.asked and f"Bearer {SECRET}" in json.dumps(elsewhere.headers)
    assert json.loads(kb(vault, "allow", "--json").stdout) == [ELSEWHERE]
    kb(vault, "allow", "--forget", ELSEWHERE)
    assert refused(kb(vault, "ask", QUESTION), ELSEWHERE)


def everything(terminal: int) -> str:
    """All that a terminal shows; it comes in pieces."""
    os.set_blocking(terminal, False)
    found = b""
    with suppress(BlockingIOError):
        while piece := os.read(terminal, 65_536):
            found += piece
    return found.decode()


@pytest.mark.parametrize("said", ["y\n", "\n"])
def test_a_terminal_is_asked_once(vault: Path, elsewhere: Scripted, said: str) -> None:
    ours, theirs = pty.openpty()
    try:
        for _ in range(2):
            os.write(ours, said.encode())
            done = kb(vault, "ask", QUESTION, stdin=theirs, stderr=theirs)
            assert (done.returncode == 0) == (said == "y\n")
        shown = everything(ours)
    finally:
        os.close(ours)
        os.close(theirs)
    assert shown.count("Allow this on this machine?") == (1 if said == "y\n" else 2) and ELSEWHERE in shown
    assert bool(elsewhere.asked) == (said == "y\n")


def test_a_server_of_vectors_needs_leave_as_well(vault: Path, elsewhere: Scripted) -> None:
    url = "http://me:secret@chroma.example.org:8000"
    (vault / "kb.toml").write_text(f'vectors = "{url}"\n', encoding="utf-8")
    for words in (("sync",), ("notes",), ("ask", QUESTION), ("doctor",)):
        assert refused(kb(vault, *words), "http://chroma.example.org:8000")
    with pytest.raises(VectorsUnavailable) as why:
        Passages(url, "base", 1)
    assert "secret" not in f"{why.value} {why.value.remedy}" and "kb allow" in why.value.remedy
    assert elsewhere.paths == []


def test_an_address_that_can_be_read_in_two_ways_is_refused_and_not_offered(vault: Path) -> None:
    (vault / "kb.toml").write_text(
        'llm = "openai-like/x"\nllm_url = "http://127.0.0.1:9/v1?x=@llm.example.org"\n', encoding="utf-8"
    )
    told = kb(vault, "ask", QUESTION).stderr
    assert len(told.splitlines()) == 2 and "Write it plainly" in told and "kb allow" not in told


class Naps(BaseModel):
    said: str


def test_a_password_in_the_address_is_masked_wherever_a_reply_says_it_again() -> None:
    pair = b64encode(b"me:p%ss/w0rd").decode()
    echo = f"naps p%ss/w0rd p%25ss%2Fw0rd {pair} {SECRET} help"
    for kind in ("openai", "ollama"):
        with Scripted(kind, Said(json.dumps({"said": echo}), status=400), json.dumps({"said": echo})) as server:
            url = server.url.replace("//", "//me:p%25ss%2Fw0rd@")
            model = Model(server.settings(llm_url=url), patience=5.0, waits=())
            with pytest.raises(Unavailable) as why:
                said(model)
            heard = [
                str(why.value), said(model),
                model.fill(Naps, "s", "p", max_tokens=9).said,
            ]  # fmt: skip
        for each in heard:
            assert not any(word in each for word in ("p%ss/w0rd", "p%25ss", pair, SECRET)), each
        assert all("naps" in each and "help" in each for each in heard[1:])


def test_a_secret_in_pieces_is_masked() -> None:
    for size in (1, 2, 3, 7, 100):
        text, held = "a word, a wor, and word word", InPieces(["word"])
        assert "".join([*(held.take(text[at : at + size]) for at in range(0, len(text), size)), held.rest()]) == (
            "a …, a wor, and … …"
        )

"""The editor server goes on: odd messages, odd files, a base that is killed, rebuilt, locked or not there."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from editor import ROOT, Editor, make_vault

from kb.lock import writing


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    running = Editor(make_vault(tmp_path_factory.mktemp("robust")), options={"pause": 0.05})
    yield running
    assert running.leave() == 0
    assert running.strays == []


def is_well(editor: Editor) -> bool:
    """It completes a link as ever."""
    uri = editor.open("untitled:well", "See [[glac")
    found = [each["label"] for each in editor.complete(uri, 0, 10)]
    editor.close(uri)
    return bool(found) and found[0] == "How fast do glaciers melt?"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, -32602),
        ({"textDocument": {"uri": "file:///x.md"}, "position": {"line": "one", "character": 0}}, -32602),
        ({"textDocument": {"uri": "file:///x.md"}, "position": {"line": -1, "character": 0}}, -32602),
        ({"textDocument": {"uri": 5}, "position": None}, -32602),
        ([1, 2], -32602),
    ],
)
def test_a_request_that_cannot_be_read_is_answered_with_an_error(editor: Editor, params: object, code: int) -> None:
    assert editor.error("textDocument/hover", params)["code"] == code
    assert is_well(editor)


def test_a_method_that_nobody_knows_is_answered_with_an_error(editor: Editor) -> None:
    assert editor.error("textDocument/somersault", {})["code"] == -32601
    editor.tell("textDocument/somersault", {})
    editor.tell("$/somersault", {})
    assert is_well(editor)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}", b'{"jsonrpc": "2.0"}', b'{"jsonrpc": "1.0", "id": 1, "method": "x"}',
             b'{"jsonrpc": "2.0", "id": 999999, "result": null}', b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 3}',
             b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 424242}}']
)  # fmt: skip
def test_a_message_that_is_none_ends_nothing(editor: Editor, body: bytes) -> None:
    editor.write(body)
    assert is_well(editor)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 99999999999999\r\n\r\n", b"Content-Length: 999999999\r\n\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", b"Content-Length: many\r\n\r\n", b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 0\r\n\r\n", b"Content-Length:\r\n\r\n", b"Content-Type: application/json\r\n\r\n", b"\r\n", b"Content-Length: 5\r\n\r\n",
    ],
    ids=lambda header: header[:40].decode().strip(),
)  # fmt: skip
@pytest.mark.parametrize(
    "body", [b"", b'{"jsonrpc": "2.0", "id": 77777, "method": "x"}', b'{"jsonrpc":\n\n"2.0"}' + b"x" * 200_000]
)
def test_a_message_without_a_length_that_can_be_meant_is_answered_with_an_error(
    editor: Editor, header: bytes, body: bytes
) -> None:
    if header == b"Content-Length: 5\r\n\r\n" and not body:
        body = b"short"
    editor.refused.clear()
    editor.write(body, header)
    assert is_well(editor)
    assert editor.refused and editor.refused[0]["code"] == -32700


@pytest.mark.parametrize(
    "uri",
    [
        "file:///no/such/file.md", "file:///C:/Users/x/notes/a.md", "file://server/share/a.md", "untitled:Untitled-7", "x",
        "vscode-userdata:/a.md", "zipfile:///a.zip::b.md", "file:///%00.md", "file://[", "https://example.org/a.md", "",
    ],
)  # fmt: skip
def test_any_address_is_served(editor: Editor, uri: str) -> None:
    """As a buffer, and as a file that was never opened."""
    position = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("textDocument/hover", position),
        ("textDocument/completion", position),
        ("textDocument/definition", position),
        ("textDocument/references", {**position, "context": {"includeDeclaration": True}}),
        ("textDocument/documentLink", {"textDocument": {"uri": uri}}),
        ("textDocument/prepareRename", position),
    ]
    for _ in range(2):
        for method, params in asked:
            editor.ask(method, params)
        editor.tell(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": uri,
                    "languageId": "markdown",
                    "version": 1,
                    "text": "See [[glaciers]] \ud83d.\n",
                }
            },
        )
    editor.actions(uri, (0, 0), (0, 5))
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.close(uri)
    assert is_well(editor)


def test_positions_out_of_range_and_edits_of_nothing(editor: Editor) -> None:
    uri = editor.open("untitled:edge", "")
    assert editor.ask("textDocument/hover", editor.at(uri, 2_000_000_000, 2_000_000_000)) is None
    editor.type(uri, "one\r\ntwo\x0cthree\u2028four", line=999, start=999)
    editor.type(uri, "[[glac", line=1, start=999)
    assert editor.complete(uri, 1, 999)[0]["label"] == "How fast do glaciers melt?"
    editor.tell(
        "textDocument/didChange",
        {"textDocument": {"uri": "file:///never-opened.md", "version": 1}, "contentChanges": [{"text": "x"}]},
    )
    editor.close("file:///never-opened.md")
    editor.close(uri)
    assert is_well(editor)


def test_settings_that_are_none_change_nothing(editor: Editor) -> None:
    odd: tuple[object, ...] = (None, 3, [], {"kb": 3}, {"kb": {"inlayHints": "no", "pause": "x", "diagnostics": None}})
    for settings in odd:
        editor.tell("workspace/didChangeConfiguration", {"settings": settings})
    assert is_well(editor)
    editor.tell("workspace/didChangeConfiguration", {"settings": {"pause": 0.05, "diagnostics": True}})


def test_a_request_that_was_given_up_is_answered(editor: Editor) -> None:
    uri = editor.open("untitled:many", "See [[glac")
    numbers = [editor.request("textDocument/completion", editor.at(uri, 0, 10)) for _ in range(20)]
    for number in numbers:
        editor.tell("$/cancelRequest", {"id": number})
    answers = [editor.answered(number) for number in numbers]
    assert all("result" in each or each["error"]["code"] == -32800 for each in answers)
    editor.close(uri)


def test_a_note_that_was_written_is_known_after_it_is_saved(editor: Editor) -> None:
    path = editor.vault / "ice" / "icebergs.md"
    path.write_text(
        "# Why do icebergs turn over?\n\nIcebergs turn over when their melting shifts the weight.\n", "utf-8"
    )
    uri = editor.open("ice/icebergs.md")
    with writing(editor.vault / ".kb" / "lock"):
        editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert is_well(editor), "somebody else is writing, and that holds up nobody"
    other = editor.open("untitled:berg", "See [[icebergs]].")
    editor.until(lambda: editor.ask("textDocument/definition", editor.at(other, 0, 8)))
    path.unlink()
    editor.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 3}]})
    editor.until(lambda: not editor.ask("textDocument/definition", editor.at(other, 0, 8)))
    editor.close(other)
    editor.close(uri)


def kb(vault: Path, *words: str) -> None:
    command = [sys.executable, "-m", "kb", "--vault", str(vault), *words]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)


def test_it_lives_through_a_rebuild_by_another_process(editor: Editor) -> None:
    assert is_well(editor)
    kb(editor.vault, "sync", "--rebuild")
    (editor.vault / "new.md").write_text("# Which cloud rains most?\n\nThe nimbostratus rains most.\n", "utf-8")
    kb(editor.vault, "sync")
    uri = editor.open("untitled:cloud", "See [[which cloud")
    assert editor.complete(uri, 0, 17)[0]["label"] == "Which cloud rains most?"
    editor.close(uri)


def test_what_another_process_is_still_writing_is_not_read_half(editor: Editor, tmp_path: Path) -> None:
    """The old base answers until the writer of the new one is done."""
    base = editor.vault / ".kb" / "base.sqlite3"
    uri = editor.open("trap.md")
    editor.published(uri)  # by now whoever reads drafts has it open as well
    editor.close(uri)
    assert is_well(editor)
    with ExitStack() as stack:
        stack.enter_context(writing(editor.vault / ".kb" / "lock"))
        # Part of it may stand in its log alone, as long as the editor has it open.
        with closing(sqlite3.connect(base)) as whole, closing(sqlite3.connect(tmp_path / "whole")) as copy:
            whole.backup(copy)
        for suffix in ("", "-wal", "-shm"):
            base.with_name(base.name + suffix).unlink(missing_ok=True)
        base.write_bytes((tmp_path / "whole").read_bytes()[:20_000])
        assert is_well(editor)
        base.write_bytes((tmp_path / "whole").read_bytes())
    assert is_well(editor)
    kb(editor.vault, "sync", "--rebuild")


def test_a_base_that_was_deleted_is_made_again(editor: Editor) -> None:
    import shutil

    shutil.rmtree(editor.vault / ".kb")
    (editor.vault / "kb.toml").touch()
    uri = editor.open("trap.md")
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.until(lambda: (editor.vault / ".kb" / "base.sqlite3").exists() and is_well(editor))
    editor.close(uri)


def test_a_base_that_was_killed_ends_nothing_and_its_successor_is_used(editor: Editor) -> None:
    base = editor.vault / ".kb" / "base.sqlite3"
    for suffix in ("-wal", "-shm"):
        base.with_name(base.name + suffix).unlink(missing_ok=True)
    base.write_bytes(b"no base at all " * 4096)
    uri = editor.open("untitled:killed", "See [[glac")
    editor.complete(uri, 0, 10)
    assert editor.process.poll() is None
    for suffix in ("", "-wal", "-shm"):
        base.with_name(base.name + suffix).unlink(missing_ok=True)
    kb(editor.vault, "sync", "--rebuild")
    assert is_well(editor)
    editor.close(uri)


def test_nothing_is_kept_of_a_notification_that_was_served(tmp_path: Path) -> None:
    """The library keeps a future of each; after 10,000 edits that is what a server would be made of."""
    from notes.lsp.server import Server

    def handler(*_: Any) -> Iterator[Any]:
        yield lambda: None, (), {}

    protocol = Server(tmp_path).protocol
    done: list[Any] = []
    protocol._execute_handler("1", handler, done.append)
    assert len(done) == 1
    assert protocol._request_futures == {}


def test_manners_before_and_after(tmp_path: Path) -> None:
    """Out of turn there are errors; who leaves without asking leaves with 1."""
    editor = Editor(make_vault(tmp_path), begun=False)
    assert editor.error("textDocument/hover", editor.at("file:///x.md", 0, 0))["code"] == -32002
    editor.tell("textDocument/didOpen", {})
    assert editor.error("initialize", {"capabilities": 7})["code"] == -32602
    editor.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    editor.tell("initialized", {})
    assert is_well(editor)
    editor.ask("shutdown", None)
    assert editor.error("textDocument/hover", editor.at("file:///x.md", 0, 0))["code"] == -32600
    editor.tell("exit", None)
    assert editor.gone() == 0


def test_leaving_without_asking_and_being_left(tmp_path: Path) -> None:
    vault = make_vault(tmp_path)
    assert Editor(vault, real=True).leave(asked=False) == 1
    left = Editor(vault, real=True)
    assert left.process.stdin is not None
    left.process.stdin.close()
    assert left.gone() == 1, "its editor died"


def test_a_folder_that_is_no_vault_is_left_alone(tmp_path: Path) -> None:
    """An editor opens many folders; a base is made only where somebody made a vault."""
    (tmp_path / "readme.md").write_text("# A project\n\nSee [[other]].\n", "utf-8")
    editor = Editor(tmp_path, named=False)
    uri = editor.open("readme.md")
    assert editor.complete(uri, 2, 6) == []
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert editor.ask("textDocument/hover", editor.at(uri, 2, 8)) is None
    assert editor.leave() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["readme.md"]
    assert b"kb sync" in b"".join(editor.log)


def test_a_vault_that_is_not_there_is_told_of_before_a_word_is_spoken() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kb", "--vault", "no/such/folder", "lsp"], capture_output=True, cwd=ROOT, timeout=60,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().count("\n") == 2

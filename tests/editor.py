"""An editor without a screen: starts `kb lsp`, speaks the protocol with it, and remembers what it was told."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import warm

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
"""Seconds until a server counts as dead; no test hangs on how fast it is."""
ABLE: dict[str, Any] = {
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    },
    "workspace": {
        "workspaceEdit": {
            "documentChanges": True, "resourceOperations": ["create", "rename", "delete"],
            "changeAnnotationSupport": {"groupsOnLabel": True},
        },
    },
}  # fmt: skip
"""What a whole editor can do."""


NOTES = {
    "sleep/nap-recall.md": "---\ndate: 2024-02-01\naliases: [siesta effect]\ncitekey: ortega2024nap\nyear: 2024\nauthors: [Ana Ortega]\n---\n"
    "# Does a nap improve recall?\n\nA nap after a lesson improves the recall of students.\n\n"
    "## How it was measured\n\nRecall was tested with lists of 40 words on the next day.\n\ncontradicts:: [[nap-nothing]]\n",
    "sleep/nap-nothing.md": "# Does a nap change nothing?\n\n"
    "A nap after a lesson changed nothing in the recall of students who were rested.\n",
    "sleep/nap-pupils.md": "# Naps of pupils\n\nPupils of 8 years remembered a lesson better after a short rest [[nap-recall]].\n\n"
    "See [the first study](nap-recall.md#how-it-was-measured) and [[nap-recall#How it was measured|its method]].\n\nsupports:: [[nap-recall]]\n",
    "ice/glaciers.md": "# How fast do glaciers melt?\n\nThe glaciers of the Alps lost 6% of their ice in 2022. "
    "Warm summers melt more ice than winter snow restores.\n",
    "ice/permafrost.md": "# What thaws in Siberia?\n\nThawing permafrost releases methane from frozen soil [[glaciers]]. "
    "It is described in [[Yedoma deposits]].\n",
    "雪崩.md": "# 雪崩 🏔️ は予測できるか?\n\n雪崩の多くは新雪の三日後に起こる。 Most avalanches fall within 3 days of new snow.\n",
    "trap.md": "# Trap ![x](https://evil.example/x.png) <img src=//evil.example/y>\n\n"
    "Pictures [call home](command:evil) and www.evil.example or https://evil.example/z are read <script>alert(1)</script> by editors.\n",
}
"""A small vault: naps, ice, a title that is not Latin, and a note that means harm."""


def make_vault(folder: Path) -> Path:
    """The small vault with its base."""
    from ingest.pipeline import sync
    from kb.settings import load_settings

    vault = folder / "vault"
    for path, text in NOTES.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_bytes(text.encode())
    sync(vault, load_settings(vault))
    return vault


class Editor:
    """One server, spoken to over its stdin and stdout."""

    def __init__(
        self,
        vault: Path,
        *,
        options: object = None,
        able: object = ABLE,
        named: bool = True,
        begun: bool = True,
        command: list[str] | None = None,
        real: bool = False,
    ) -> None:
        """`real` as in `warm`: for what a signal or a closed pipe does to the process itself."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("KB_", "COLUMNS"))}
        kb = [sys.executable, "-P", "-m", "kb"] if real else [warm.command()]
        mine = [*kb, *(["--vault", str(vault)] if named else []), "lsp"]
        self.vault = vault
        self.process = subprocess.Popen(
            command or mine, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=vault,
            env={**environment, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.heard: list[dict[str, Any]] = []
        """Notifications and requests of the server, in order."""
        self.refused: list[dict[str, Any]] = []
        """Errors that answer no request by its number."""
        self.log: list[bytes] = []
        self.strays: list[bytes] = []
        """What stood on stdout outside the protocol."""
        self.versions: dict[str, int] = {}
        self._answers: dict[object, dict[str, Any]] = {}
        self._news: queue.Queue[None] = queue.Queue()
        self._number = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._follow_log)]
        for thread in self._threads:
            thread.start()
        if begun:
            asked = {
                "processId": None,
                "rootUri": vault.as_uri(),
                "capabilities": able,
                "initializationOptions": options,
            }
            self.answer = self.ask("initialize", asked)
            self.tell("initialized", {})

    def ask(self, method: str, params: object) -> Any:
        """The result of a request; an error of the server fails the test that did not expect one."""
        answer = self.answered(self.request(method, params))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def error(self, method: str, params: object) -> dict[str, Any]:
        """The error that a request is met with."""
        answer = self.answered(self.request(method, params))
        assert "error" in answer, answer
        found: dict[str, Any] = answer["error"]
        return found

    def request(self, method: str, params: object) -> int:
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def answered(self, number: object) -> dict[str, Any]:
        self.until(lambda: number in self._answers)
        return self._answers.pop(number)

    def tell(self, method: str, params: object) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: object) -> None:
        self.write(json.dumps(message).encode())

    def write(self, body: bytes, header: bytes | None = None) -> None:
        """Any bytes, as one message; under a header of its own, as none."""
        assert self.process.stdin is not None
        self.process.stdin.write((b"Content-Length: %d\r\n\r\n" % len(body) if header is None else header) + body)
        self.process.stdin.flush()

    def until(self, true: Callable[[], object]) -> None:
        """Listen until something is so."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end and self.process.poll() is None, self._trouble()
            with suppress(queue.Empty):
                self._news.get(timeout=0.2)

    def uri(self, path: str) -> str:
        return path if ":" in path else (self.vault / path).as_uri()

    def open(self, path: str, text: str | None = None, language: str = "markdown") -> str:
        """Open a file, or a buffer that says something else."""
        uri = self.uri(path)
        text = (self.vault / path).read_text("utf-8") if text is None else text
        self.versions[uri] = self.versions.get(uri, 0) + 1
        item = {"uri": uri, "languageId": language, "version": self.versions[uri], "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return uri

    def type(self, uri: str, text: str, line: int | None = None, start: int = 0, end: int | None = None) -> None:
        """Type over a part of a line, or replace the whole buffer."""
        self.versions[uri] += 1
        change: dict[str, Any] = {"text": text}
        if line is not None:
            change["range"] = span(line, start, line, start if end is None else end)
        document = {"uri": uri, "version": self.versions[uri]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def close(self, uri: str) -> None:
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def at(self, uri: str, line: int, character: int, **more: object) -> dict[str, Any]:
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more}

    def complete(self, uri: str, line: int, character: int, typed: str = "") -> list[dict[str, Any]]:
        context = {"triggerKind": 2, "triggerCharacter": typed} if typed else {"triggerKind": 1}
        found: list[dict[str, Any]] = self.ask(
            "textDocument/completion", self.at(uri, line, character, context=context)
        )["items"]
        return found

    def actions(self, uri: str, start: tuple[int, int], end: tuple[int, int], only: list[str] | None = None) -> Any:
        context = {"diagnostics": [], **({"only": only} if only else {})}
        return self.ask(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": span(*start, *end), "context": context},
        )

    def published(self, uri: str, *, first: bool = False) -> list[dict[str, Any]]:
        """What the server last, or first, said is wrong with a buffer in its version of now."""
        wanted = self.versions[uri]

        def those() -> list[dict[str, Any]]:
            said = (each["params"] for each in self.heard if each["method"] == "textDocument/publishDiagnostics")
            return [each for each in said if each["uri"] == uri and each.get("version") == wanted]

        self.until(those)
        found: list[dict[str, Any]] = those()[0 if first else -1]["diagnostics"]
        return found

    def said(self, method: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["method"] == method]

    def leave(self, *, asked: bool = True) -> int:
        """Say goodbye, with or without asking first; the exit status."""
        if self.process.poll() is None:
            if asked:
                self.ask("shutdown", None)
            self.tell("exit", None)
        return self.gone()

    def gone(self) -> int:
        """The exit status, once the server has left and its pipes are closed."""
        status = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        return status

    def _listen(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        while header := stdout.readline():
            if not header.startswith(b"Content-Length: "):
                self.strays += [] if header.startswith(b"Content-Type: ") else [header]
                continue
            while line := stdout.readline().strip():
                self.strays += [] if line.startswith(b"Content-Type: ") else [line]
            message = json.loads(stdout.read(int(header.split()[1])))
            if "method" in message:
                self.heard.append(message)
                if "id" in message:
                    self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            else:
                self._answers[message["id"]] = message
                self.refused += [message["error"]] if message["id"] is None else []
            self._news.put(None)

    def _follow_log(self) -> None:
        stderr = self.process.stderr
        assert stderr is not None
        self.log.extend(iter(stderr.readline, b""))

    def _trouble(self) -> str:
        return f"status {self.process.poll()}\n" + b"".join(self.log[-60:]).decode(errors="replace")


def span(line: int, start: int, to: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": to, "character": end}}


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text with the edits of the server, as an editor would make them: in UTF-16, all at once."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(f"{line}\n".encode("utf-16-le")) // 2)
    wide = text.encode("utf-16-le")
    for edit in sorted(edits, key=lambda edit: (edit["range"]["start"]["line"], edit["range"]["start"]["character"]))[
        ::-1
    ]:
        first, last = (2 * (starts[each["line"]] + each["character"]) for each in edit["range"].values())
        wide = wide[:first] + edit["newText"].encode("utf-16-le") + wide[last:]
    return wide.decode("utf-16-le")

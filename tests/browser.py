"""A headless Chromium driven by the DevTools protocol through two pipes: open a page, click, type, look, ask."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
_OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-pipe"
)
_PIPED = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3), os.dup2(int(sys.argv[2]), 4), os.execv(sys.argv[3], sys.argv[3:])"
)
"""The browser reads its commands from 3 and answers on 4."""


class Browser:
    """One tab. What its page asks of the network and what it complains of are kept."""

    def __init__(self, width: int = 1280, height: int = 860) -> None:
        assert BROWSER is not None
        self._home = tempfile.mkdtemp(prefix="browser")
        (read, self._out), (self._in, write) = os.pipe(), os.pipe()
        # Numbers above those that the browser is told to use.
        theirs_in, theirs_out = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read, write))
        given = [sys.executable, "-c", _PIPED, str(theirs_in), str(theirs_out), BROWSER, *_OPTIONS.split()]
        self._process = subprocess.Popen(
            [*given, f"--user-data-dir={self._home}", f"--window-size={width},{height}"],
            pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in (read, write, theirs_in, theirs_out):
            os.close(end)
        self._left, self._last, self._session = b"", 0, ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        # What moves would not be where it was asked for.
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.send("Browser.close")
        os.close(self._out)
        os.close(self._in)
        self._process.wait(20)
        shutil.rmtree(self._home, ignore_errors=True)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; what the browser tells meanwhile is kept."""
        self._last += 1
        said = {"id": self._last, "method": method, "params": params}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._out, json.dumps(said).encode() + b"\0")
        while True:
            told = self._told()
            if told.get("id") == self._last:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return dict(told["result"])

    def _told(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            more = os.read(self._in, 1 << 20)
            if not more:
                raise OSError("the browser has gone")
            self._left += more
        line, self._left = self._left.split(b"\0", 1)
        told: dict[str, Any] = json.loads(line)
        params = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"].get("exception", params)))
        elif told.get("method") == "Runtime.consoleAPICalled":
            self.complaints.append(str(params["args"]))
        elif told.get("method") == "Log.entryAdded":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif told.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        return told

    def open(self, address: str) -> float:
        """Load a page; the seconds that it took until its scripts had run and it was painted."""
        began = time.perf_counter()
        self.complaints.clear()
        self.requests.clear()
        self.send("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")
        self.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        return time.perf_counter() - began

    def ask(self, script: str) -> Any:
        """What an expression is in the page; a promise is waited for."""
        done = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description", script))
        return done["result"].get("value")

    def until(self, script: str, seconds: float = 60) -> None:
        """Wait for an expression to hold."""
        for _ in range(int(seconds * 20)):
            with contextlib.suppress(RuntimeError):
                if self.ask(script):
                    return
            time.sleep(0.05)
        raise AssertionError(f"never came true: {script}; {self.complaints}")

    def click(self, x: float, y: float) -> None:
        """With a mouse, at a point of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def click_on(self, selector: str) -> None:
        """In the middle of the first element that a selector finds."""
        at = f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        self.click(*self.ask(at))

    def press(self, key: str) -> None:
        """One key: a letter, or a name such as Enter and ArrowDown."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        self.send(
            "Input.dispatchKeyEvent", type="keyDown", key=key, **({"text": text} if text else {}), **_CODES.get(key, {})
        )
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, **_CODES.get(key, {}))

    def write(self, text: str) -> None:
        """As if typed into what has the focus."""
        self.send("Input.insertText", text=text)

    def picture(self, path: Path, **how: Any) -> None:
        """What is seen, as PNG."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png", **how)["data"]))


_CODES: dict[str, dict[str, Any]] = {
    "Enter": {"code": "Enter", "windowsVirtualKeyCode": 13}, "Escape": {"code": "Escape", "windowsVirtualKeyCode": 27},
    "Tab": {"code": "Tab", "windowsVirtualKeyCode": 9},
    "ArrowLeft": {"code": "ArrowLeft", "windowsVirtualKeyCode": 37}, "ArrowUp": {"code": "ArrowUp", "windowsVirtualKeyCode": 38},
    "ArrowRight": {"code": "ArrowRight", "windowsVirtualKeyCode": 39}, "ArrowDown": {"code": "ArrowDown", "windowsVirtualKeyCode": 40},
}  # fmt: skip

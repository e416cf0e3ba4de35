"""Terminal sessions kept as Markdown: what is typed and what is seen, run for real.

In a fenced block called `console`, a line that starts with `$ ` is typed (with its here-document, if it has
one), and what follows is what a pipe then shows: stdout and stderr together, and `[exit 1]` where the status
is not 0. Blank lines before the next `$ ` only part the one from the other. All blocks of a file are one
session of bash, in one fresh home. Blocks fenced otherwise (`sh`, `toml`) are shown and not run.
"""

import difflib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import warm

from ingest.pipeline import sync
from kb.lock import writing
from kb.settings import Settings

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "vault"

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w+)")
_MARK = "\x02"
_STABLE = (
    (re.compile(r"\(\d+\.\d s\)"), "(… s)"),
    (re.compile(r'("seconds": )[\d.]+'), r"\1…"),
    (re.compile(r'("age_seconds": )\d+'), r"\1…"),
    (re.compile(r'("base": )\d+(?=, "text")'), r"\1…"),
    (re.compile(r"\d+\.\d MB for \d+\.\d MB of text"), "… MB for … MB of text"),
    (re.compile(r"written (?:just now|\d+ \w+ ago)"), "written just now"),
    (re.compile(r"process \d+"), "process …"),
)
"""What no two runs have in common: seconds, ages, sizes, process numbers. (And the home and the day: see `seen`.)"""


class Step(NamedTuple):
    """Something typed, and what is expected to be seen."""

    typed: str
    expected: str


def steps(block: str) -> list[Step]:
    """The steps of one console block."""
    found: list[tuple[list[str], list[str]]] = []
    until = ""
    for line in block.splitlines():
        if until:
            found[-1][0].append(line)
            until = "" if line == until else until
        elif line.startswith("$ "):
            found.append(([line[2:]], []))
            here = _HERE_DOCUMENT.search(line)
            until = here.group(1) if here else ""
        else:
            assert found, f"a console block starts with something typed, not with {line!r}"
            found[-1][1].append(line)
    assert not until, f"a here-document is never closed: {until}"
    return [Step("\n".join(typed), "\n".join(expected).rstrip()) for typed, expected in found]


@contextmanager
def home(sample: str = "", synced: bool = True, real: bool = False) -> Iterator[Path]:
    """A fresh home with a folder `vault`, or with the sample vault where `sample` says; `real` as in `warm`."""
    folder = Path(tempfile.mkdtemp(prefix="kb-", dir="/tmp" if Path("/tmp").is_dir() else None)).resolve()
    # Lines are broken where the width says, so the path must have the same length everywhere: hence /tmp.
    try:
        if sample and synced:
            synced_sample(folder / sample)
        elif sample:
            shutil.copytree(SAMPLE, folder / sample, ignore=shutil.ignore_patterns(".kb"))
        else:
            (folder / "vault").mkdir()
        kb = folder / ".bin" / "kb"
        kb.parent.mkdir()
        warm.write_command(kb, real)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _synced() -> Path:
    """The sample vault with its base, made once for a whole run."""
    shared = Path(os.environ["TESTS_SHARED"])
    with writing(shared / "lock", patience=200):
        if not (shared / "vault").exists():
            shutil.copytree(SAMPLE, shared / "making", ignore=shutil.ignore_patterns(".kb"))
            sync(shared / "making", Settings())
            (shared / "making").rename(shared / "vault")
    return shared / "vault"


def synced_sample(to: Path) -> Path:
    """A copy of the sample vault with its base, in which a question is answered at once."""
    shutil.copytree(_synced(), to)
    return to


def environment(folder: Path) -> dict[str, str]:
    """What a child process is told: 80 columns, no colour, and nothing of whoever runs the tests."""
    return {
        "PATH": f"{folder / '.bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",  # a dozen notes are done before threads have started
        "OPENBLAS_NUM_THREADS": "1",
    }


def run(typed: Sequence[str], folder: Path, start: str) -> list[str]:
    """What each command shows, all of them typed into one bash."""
    lines = [f"{{ {command}\n}} 2>&1\nprintf '\\n{_MARK}%d\\n' $?" for command in typed]
    script = folder / ".bin" / "session"
    script.write_text("\n".join(lines), encoding="utf-8")
    bash = shutil.which("bash")
    assert bash, "transcripts are typed into bash"
    done = subprocess.run(
        [bash, "--norc", str(script)],
        cwd=folder / start,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=200,
        check=False,
    )
    out = done.stdout.decode("utf-8")
    parts = re.split(rf"\n{_MARK}(\d+)\n", out)
    shown, statuses = parts[0:-1:2], parts[1::2]
    assert len(shown) == len(typed), f"bash stopped after {len(shown)} of {len(typed)} commands: {parts[-1]}"
    return [seen(text, int(status), folder) for text, status in zip(shown, statuses, strict=True)]


def seen(text: str, status: int, folder: Path) -> str:
    """What a command shows, without what differs from run to run and without blanks at the ends of lines."""
    text = text.replace(str(folder), "~")
    for pattern, stable in _STABLE:
        text = pattern.sub(stable, text)
    text = text.replace(date.today().isoformat(), "YYYY-MM-DD")
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).rstrip() + (f"\n[exit {status}]" if status else "")


def replay(document: Path, folder: Path, start: str, update: bool) -> list[str]:
    """Type a whole file again. The difference between what it says and what is seen, as a diff; none is good."""
    text = document.read_text(encoding="utf-8")
    wanted = [steps(block) for block in _BLOCK.findall(text)]
    if not any(wanted):
        return []
    shown = iter(run([step.typed for block in wanted for step in block], folder, start))
    written = iter(["".join(_told(step.typed, next(shown).lstrip("\n")) for step in block) for block in wanted])
    now = _BLOCK.sub(lambda match: f"```console\n{next(written)}```", text)
    expected = iter(["".join(_told(step.typed, step.expected) for step in block) for block in wanted])
    then = _BLOCK.sub(lambda match: f"```console\n{next(expected)}```", text)
    if update:
        if now != text:
            document.write_text(now, encoding="utf-8")
        return []
    name = document.relative_to(ROOT).as_posix()
    return list(difflib.unified_diff(then.splitlines(), now.splitlines(), name, "what is seen", lineterm=""))


def _told(typed: str, shown: str) -> str:
    assert "```" not in shown, "an output with a fence in it would end its block"
    return f"$ {typed}\n{shown}\n" if shown else f"$ {typed}\n"

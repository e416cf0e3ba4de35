"""The house: rooms look only to their left, heavy libraries stay in their files, names say something.

Parsed, not imported, so imports inside functions and under TYPE_CHECKING count as well.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from kb.cli.help import GROUPS

ROOT = Path(__file__).parent.parent
ROOMS = ("kb", "ingest", "qa", "notes")
"""In the order in which they may know each other."""

HEAVY = {
    "chromadb": ("kb/chroma.py",),
    "llama_index": ("kb/embed.py", "kb/model.py", "kb/providers.py", "qa/"),
    "ollama": ("kb/providers.py",),
    "httpx": ("kb/providers.py", "kb/chroma.py"),
    "onnxruntime": ("kb/language/onnx.py",),
    "tokenizers": ("kb/language/onnx.py", "kb/wordllama.py"),
    "wordllama": ("kb/wordllama.py",),
    "pypdf": ("ingest/formats/pdf*.py",),
    "bibtexparser": ("ingest/formats/library.py",),
    "pygls": ("notes/lsp/",),
    "lsprotocol": ("notes/lsp/",),
    "mcp": ("notes/mcp_server.py",),
    "xlsxwriter": ("qa/export/matrix.py",),
    "markdown_it": ("ingest/formats/markdown.py", "qa/", "notes/"),
    "sentencex": ("ingest/sentences.py",),
    "watchfiles": ("kb/cli/sync.py", "kb/cli/links.py"),
    "sqlite3": ("kb/*.py", "kb/language/disk_cache.py", "ingest/health.py", "ingest/zotero_library.py"),
    "rich": ("kb/cli/*.py", "qa/"),
    "typer": ("kb/cli/*.py",),
}
"""Where a library may be imported: files, or whole folders where the name ends in a slash."""

MEANINGLESS = {"utils", "helpers", "common", "base", "core", "types", "models", "manager", "factory"}


def modules() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(module: str, tree: ast.Module) -> Iterator[str]:
    """Every dotted name that a module imports, wherever in it; `importlib.import_module("x.y")` among them."""
    package = module.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("llama_index."):
            yield node.value


def of_room(name: str) -> str:
    return name.split(".", 1)[0]


def strays(module: str, source: str) -> list[str]:
    """Imports of a module that the house does not allow."""
    found = []
    room = module.split("/", 1)[0]
    at_the_door = module.startswith("kb/cli/")
    for name in sorted(set(imports(module, ast.parse(source)))):
        other = of_room(name)
        if other in ROOMS and not at_the_door and ROOMS.index(other) > ROOMS.index(room):
            found.append(f"{module} looks right, to {name}")
        if (name == "kb.cli" or name.startswith("kb.cli.")) and not at_the_door and module != "kb/__main__.py":
            found.append(f"{module} imports the door, {name}")
        if other in HEAVY and not allowed(module, HEAVY[other]):
            found.append(f"{module} imports {name}, which belongs in {', '.join(HEAVY[other])}")
    return found


def allowed(module: str, places: tuple[str, ...]) -> bool:
    return any(
        module.startswith(place) if place.endswith("/") else PurePosixPath(module).match(place) for place in places
    )


def faults(module: str) -> list[str]:
    """What keeps a module from being one of the house."""
    source = (ROOT / module).read_text(encoding="utf-8")
    found = strays(module, source)
    if not (ast.get_docstring(ast.parse(source)) or "").strip():
        found.append(f"{module} does not say what it is for")
    if source.count("\n") > 350:
        found.append(f"{module}: two things live here")
    if {Path(module).stem, *Path(module).parts} & MEANINGLESS:
        found.append(f"{module}: its name says nothing")
    return found


def test_every_module_keeps_to_the_house() -> None:
    assert [fault for module in modules() for fault in faults(module)] == []


@pytest.mark.parametrize(
    ("module", "source", "told"),
    [
        ("kb/store.py", "from ingest.scan import walk", "looks right"),
        ("kb/store.py", "def f():\n    import qa.answer", "looks right"),
        ("ingest/file_rows.py", "if TYPE_CHECKING:\n    from notes.check import Check", "looks right"),
        ("kb/store.py", "from .cli import door", "imports the door"),
        ("notes/check.py", "from kb.cli import door", "imports the door"),
        ("kb/cli/ask.py", "from notes.check import Check\nfrom kb.cli import door\nimport rich", ""),
        ("kb/__main__.py", "from kb.cli import main", ""),
        ("qa/retrieve.py", "import chromadb.config", "belongs in"),
        ("qa/retrieve.py", "from kb.store import Store\nfrom ingest.scan import walk", ""),
        ("kb/cli/status.py", "import sqlite3", "belongs in"),
        ("kb/schema.py", "import sqlite3", ""),
        ("ingest/file_rows.py", 'importlib.import_module("llama_index.llms")', "belongs in"),
    ],
)
def test_a_stray_import_is_noticed(module: str, source: str, told: str) -> None:
    found = strays(module, source)
    assert told in " ".join(found) if told else found == []


HEAVY_TO_START = [*HEAVY.keys() - {"typer", "sqlite3"}, "numpy", "pydantic", "openai", "asyncio", "yaml"]


@pytest.mark.parametrize(
    ("words", "but"),
    [
        ("", ()),
        ("--help", ()),
        *((f"{name} --help", ()) for names in GROUPS.values() for name in names),
        ("help", ()),
        ("help tensions", ()),
        ("help ask", ()),
        ("complete a", ("typer", "qa", "kb.cli")),
        ("complete ask --li", ("typer", "qa", "kb.cli")),
        ("complete show Do", ("typer", "qa", "kb.cli")),
    ],
)
def test_help_and_completion_load_nothing_heavy(words: str, but: tuple[str, ...]) -> None:
    """`sys.modules` once a command has ended; of no command, once the door is imported."""
    heavy = {*HEAVY_TO_START, *but, *(() if "complete" in words else ("sqlite3",))}
    run = (
        f"sys.argv = ['kb', *{words.split()!r}]\ntry:\n    kb.__main__.main()\nexcept SystemExit: pass\n"
        if words
        else ""
    )
    ask = f"import sys, kb.__main__\n{run or 'import kb.cli'}\nprint('\\n', *sorted(set(sys.modules) & {heavy!r}))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, cwd=ROOT / "examples/vault", timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    assert (done.stdout.splitlines()[-1].strip(), done.stderr, done.returncode) == ("", "", 0)

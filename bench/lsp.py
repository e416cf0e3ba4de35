"""How long an editor waits for `kb lsp`, beside a bare server of the same library that answers with nothing.

    python bench/lsp.py [--notes 10000] [--keep DIR] [--words 300] [--edits 10000]

Both are whole processes, spoken to over stdin and stdout by the client of the tests. Cold is from the start of the
process to its first completion, by meaning. Warm completions are asked for after `[[` behind sentences that differ each
time, and again letter by letter; diagnostics are counted from an edit that ends a sentence to what is published, in a
draft of --words words, less the pause that the server leaves. Memory is the server's own (Linux), before and after
many edits with a completion every hundredth and a check whenever there is time.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made import Abstracts, Prose, make_vault, questions, read_abstracts
from bench.timed import kb
from tests.editor import Editor

PAUSE = 0.05
BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "0")
@server.feature(types.TEXT_DOCUMENT_COMPLETION)
def complete(params):
    return types.CompletionList(is_incomplete=True, items=[])
server.start_io()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--keep", type=Path, help="where vaults are kept for the next time")
    parser.add_argument("--scifact", type=Path, default=Path("../shared/data/scifact"))
    parser.add_argument("--rounds", type=int, default=5, help="cold starts")
    parser.add_argument("--asked", type=int, default=200, help="warm completions, and checks")
    parser.add_argument("--words", type=int, default=300, help="of the draft that is checked")
    parser.add_argument("--edits", type=int, default=10_000)
    given = parser.parse_args()
    abstracts = read_abstracts(given.scifact)
    print(f"{os.cpu_count()} processors; {'SciFact abstracts' if abstracts else 'made-up text'}")
    for size in given.notes:
        with tempfile.TemporaryDirectory() as passing:
            folder = (given.keep or Path(passing)) / str(size)
            vault = folder / "vault"
            if not (folder / "made").exists():
                make_vault(vault, size, abstracts)
                kb(vault, "sync")
                time.sleep(2.1)
                (folder / "made").touch()
            kb(vault, "sync")
            asked = [each.rstrip("?") for each in questions(size, abstracts, given.asked)]
            print(f"\n{size:,} notes{'median':>32}{'p95':>12}{'bare':>14}")
            report(vault, asked, draft_of(size, abstracts, given.words), given.rounds, given.edits)


def draft_of(size: int, abstracts: Abstracts, words: int) -> str:
    """A draft on what the vault is about, in other sentences."""
    prose, draft, number = Prose(random.Random(17), abstracts), "# Draft\n\n", 0
    while len(draft.split()) < words:
        number += 1
        draft += " ".join(prose.note(number * 31 % size)[1][:4]) + "\n\n"
    return draft


def report(vault: Path, asked: list[str], draft: str, rounds: int, edits: int) -> None:
    cold = [first_completion(vault, asked[number]) for number in range(rounds)]
    bare_cold = [first_completion(vault, asked[number], bare=True) for number in range(rounds)]
    line("cold start to first completion", cold, bare_cold, 1, "s")
    editor, bare = Editor(vault), started(vault)
    completions(editor, asked[:20])
    first, letters = completions(editor, asked)
    floor, _ = completions(bare, asked)
    line("completion after [[", first, floor, 1000, "ms")
    line("completion, each letter after", letters, floor, 1000, "ms")
    editor.leave()
    editor = Editor(vault, options={"pause": PAUSE})
    completions(editor, asked[:5])
    opened = clocked(lambda: editor.published(editor.open("untitled:new", draft)))
    line(f"diagnostics of {len(draft.split())} words", checks(editor, draft, asked, PAUSE), floor, 1000, "ms")
    print(f"  {'the same draft, seen for the first time':<40}{1000 * opened:8.1f} ms")
    memory(editor, draft, edits)
    editor.leave()
    bare.leave()


def started(vault: Path) -> Editor:
    """The bare server, begun."""
    return Editor(vault, command=[sys.executable, "-c", BARE])


def first_completion(vault: Path, sentence: str, bare: bool = False) -> float:
    began = time.perf_counter()
    editor = started(vault) if bare else Editor(vault)
    text = f"{sentence} [["
    editor.complete(editor.open("untitled:cold", text), 0, len(text), "[")
    seconds = time.perf_counter() - began
    editor.leave()
    return seconds


def completions(editor: Editor, asked: list[str]) -> tuple[list[float], list[float]]:
    """Each sentence with a bracket behind it, then four letters one by one, in one buffer."""
    first, letters = [], []
    uri = editor.open("untitled:asked", "")
    for sentence in asked:
        text = f"{sentence} [["
        editor.type(uri, text)
        first.append(clocked(partial(editor.complete, uri, 0, len(text), "[")))
        for at, letter in enumerate("does", len(text)):
            editor.type(uri, letter, line=0, start=at)
            letters.append(clocked(partial(editor.complete, uri, 0, at + 1)))
    editor.close(uri)
    return first, letters


def checks(editor: Editor, draft: str, asked: list[str], pause: float) -> list[float]:
    """From the full stop of a new sentence to what is published."""
    uri = editor.open("untitled:checked", draft)
    editor.published(uri)
    found = []
    end = draft.count("\n")
    for sentence in asked:
        editor.type(uri, f"It was found that {sentence.lower()}.\n", line=end)
        found.append(clocked(partial(editor.published, uri)) - pause)
        editor.type(uri, draft)
        editor.published(uri)
    editor.close(uri)
    return found


def memory(editor: Editor, draft: str, edits: int) -> None:
    """Resident memory as letters are typed and taken back."""
    uri = editor.open("untitled:typed", draft)
    end = draft.count("\n")
    told = []
    for number in range(edits + 1):
        if number % max(1, edits // 5) == 0:
            editor.published(uri)
            told.append(f"{resident(editor.process.pid):.0f}")
        word = f"word{number} and more [["
        editor.type(uri, word, line=end)
        if number % 100 == 0:
            editor.complete(uri, end, len(word), "[")
        editor.type(uri, "", line=end, start=0, end=len(word))
        editor.heard.clear() if number % 500 == 0 else None
    editor.published(uri)
    editor.close(uri)
    print(f"  memory over {edits:,} edits{' → '.join(told):>40} MB")


def resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def clocked(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def line(name: str, seconds: list[float], floor: list[float], scale: int, unit: str) -> None:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    digits = 2 if scale == 1 else 1
    middle, bare = statistics.median(seconds), statistics.median(floor)
    print(
        f"  {name:<40}{scale * middle:8.{digits}f} {unit:<2}{scale * p95:9.{digits}f} {unit:<2}{scale * bare:11.{digits}f} {unit}"
    )


if __name__ == "__main__":
    main()

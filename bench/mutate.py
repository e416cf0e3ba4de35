"""Mutation testing: each small change to a module, one at a time in a copy, and whether its tests notice.

    python bench/mutate.py [MODULE ...] [--tests FILE ...] [--most N] [--seed N]

Without a module, those of GUARDS with their tests. A mutant that survives is a hole in the tests, or the same program: read it.
"""

import argparse
import ast
import difflib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
GUARDS = {
    "kb/language/diff.py": ["tests/test_kb_diff.py"],
    "kb/language/exchange.py": ["tests/test_kb_diff.py"],
    "kb/language/clauses.py": ["tests/test_kb_diff.py"],
    "kb/language/alignment.py": ["tests/test_kb_diff.py"],
    "kb/language/verdict.py": ["tests/test_kb_verdict.py"],
    "qa/ground.py": ["tests/test_qa_ground.py"],
    "notes/edit.py": ["tests/test_notes_edit.py"],
}
SWAPPED: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.And: ast.Or(),
    ast.Or: ast.And(),
}


class Mutant(NamedTuple):
    """A module with one thing changed."""

    line: int
    source: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="paths of modules; those of GUARDS by default")
    parser.add_argument("--tests", nargs="+", help="test files for the modules named")
    parser.add_argument("--most", type=int, help="a fair sample of so many mutants of each module")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    os.nice(19)
    count: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kb-mutants-") as folder:
        _copied(Path(folder))
        for module in given.modules or GUARDS:
            tests = given.tests or GUARDS.get(module) or parser.error(f"name the tests of {module} with --tests")
            count += _tried(Path(folder), module, tests, given.most, given.seed)
    print(f"all: {count['killed']} of {count.total()} killed ({count['killed'] / max(1, count.total()):.0%})")


def _copied(to: Path) -> None:
    """The files that git knows, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.rstrip("\0").split("\0"):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, to / name)


def _tried(copy: Path, module: str, tests: list[str], most: int | None, seed: int) -> Counter[str]:
    text = (copy / module).read_text(encoding="utf-8")
    began = time.monotonic()
    if not _passes(copy, tests, 900):
        raise SystemExit(f"{module}: its tests fail before anything is changed")
    limit = 30 + 5 * (time.monotonic() - began)
    mutants = list(mutated(text))
    if most is not None and most < len(mutants):
        mutants = sorted(random.Random(seed).sample(mutants, most))
    count: Counter[str] = Counter()
    for mutant in mutants:
        (copy / module).write_text(mutant.source, encoding="utf-8")
        fate = "SURVIVED" if _passes(copy, tests, limit) else "killed"
        count[fate] += 1
        changed = difflib.unified_diff(text.splitlines(), mutant.source.splitlines(), lineterm="", n=0)
        print(f"{fate} {module}:{mutant.line}", *list(changed)[3:], sep="\n    ", flush=True)
    (copy / module).write_text(text, encoding="utf-8")
    print(f"{module}: {count['killed']} of {len(mutants)} killed\n", flush=True)
    return count


def _passes(copy: Path, tests: list[str], limit: float) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    running = subprocess.Popen(
        [*command, *tests], cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        return running.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def mutated(text: str) -> Iterator[Mutant]:
    """Every module that is one change away, in the order of lines."""
    places = ((node, new) for node in _reached(ast.parse(text)) for new in _changes(node))
    for node, new in sorted(places, key=lambda place: (place[0].lineno, place[0].col_offset)):
        yield Mutant(node.lineno, _spliced(text, node, new))


def _reached(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The statements and expressions that are run: no annotations, and no f-strings, whose places are not told."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr) or name in ("annotation", "returns"):
                continue
            if isinstance(child, ast.stmt | ast.expr):
                yield child
            yield from _reached(child)


def _changes(node: ast.expr | ast.stmt) -> Iterator[str]:
    """What could stand in its place. (No assignment is left out: a name that is missing fails anyhow.)"""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=right):
            for at, op in enumerate(ops):
                new = [*ops[:at], SWAPPED[type(op)], *ops[at + 1 :]]
                yield f"({ast.unparse(ast.Compare(left, new, right))})"
        case ast.BoolOp(op=op, values=values):
            yield f"({ast.unparse(ast.BoolOp(SWAPPED[type(op)], values))})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() | float() as number):
            yield from (f"({number + step})" for step in (1, -1))
        case ast.IfExp(test=ast.Name() | ast.Call() as test):
            yield f"({ast.unparse(ast.IfExp(ast.UnaryOp(ast.Not(), test), node.body, node.orelse))})"
        case ast.Return(value=ast.Compare() | ast.BoolOp() | ast.UnaryOp()):
            yield from ("return True", "return False")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "return None"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.If() | ast.Continue() | ast.Break():
            yield "pass"


def _spliced(text: str, node: ast.expr | ast.stmt, new: str) -> str:
    lines = text.encode().splitlines(keepends=True)  # a column counts bytes
    assert node.end_lineno is not None and node.end_col_offset is not None
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return b"".join([*before, new.encode(), *after]).decode()


if __name__ == "__main__":
    main()

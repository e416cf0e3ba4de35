"""How the time of every regular expression in the product grows with adversarial input.

    python bench/growth.py [--all] [NAME ...]
    python bench/growth.py --stages

Each pattern gets texts made from its own parse tree, which repeat what one of its repetitions takes, with and without
what stands before it, and with an end that fits nothing. Texts double until one takes long; the exponent is the slope of
the last doublings: 1 is linear, 2 quadratic. First it is found out how long a text each pattern is given at all
(`growth_reach.py`): one that only sees a claim is measured at the length of a claim. Shown is, without --all, what
grows faster than n^1.5 and takes longer than SLOW at the longest text that it is given, LONG characters at most.
With --stages whole stages are measured instead (`growth_stages.py`).
"""

import argparse
import ast
import importlib
import math
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from growth_reach import LONG, reach
from growth_stages import SIZES, stages
from growth_texts import hard_texts

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kb", "ingest", "qa", "notes")
CLAIM = 2_048
"""Characters; a claim has fewer."""
SLOW = 0.1
"""Seconds."""
LONGEST = 0.5
"""Seconds after which a text is given up."""
FAST = 0.002
"""Below this nothing can be said of the slope."""


class Pattern(NamedTuple):
    where: str
    source: str
    flags: int
    methods: frozenset[str]


class Curve(NamedTuple):
    exponent: float
    seconds: float
    size: int
    text: str


# Every pattern of the product. ------------------------------------------------------------------------------


def patterns() -> Iterator[Pattern]:
    """Those compiled at import, and those written where they are used."""
    trees = {
        path: ast.parse(path.read_text("utf-8")) for room in ROOMS for path in sorted((ROOT / room).rglob("[!_]*.py"))
    }
    methods = _methods(trees)
    seen: set[tuple[str, int]] = set()
    for path, tree in trees.items():
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            for nth, found in enumerate(_compiled(value)):
                if (found.pattern, found.flags) not in seen:
                    seen.add((found.pattern, found.flags))
                    where = f"{path.relative_to(ROOT)}:{name}" + (f"[{nth}]" if found is not value else "")
                    yield Pattern(where, found.pattern, found.flags, methods(path, name))
        for node in ast.walk(tree):
            if (inline := _inline(node)) and inline[:2] not in seen:
                seen.add(inline[:2])
                yield Pattern(f"{path.relative_to(ROOT)}:{node.lineno}", *inline)  # type: ignore[attr-defined]


def _compiled(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict) and depth:
        for each in (*value.keys(), *value.values()):
            yield from _compiled(each, depth - 1)
    elif isinstance(value, (tuple, list, set, frozenset)) and depth:
        for each in value:
            yield from _compiled(each, depth - 1)


def _methods(trees: dict[Path, ast.Module]) -> Callable[[Path, str], frozenset[str]]:
    """With which methods a name is used, in its own module and in those that import it."""
    used: dict[Path, dict[str, set[str]]] = {path: {} for path in trees}
    imported: dict[str, set[Path]] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used[path].setdefault(node.value.id, set()).add(node.attr)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    imported.setdefault(alias.name, set()).add(path)

    def methods(path: Path, name: str) -> frozenset[str]:
        return frozenset().union(*(used[each].get(name, set()) for each in {path, *imported.get(name, ())}))

    return methods


def _inline(node: ast.AST) -> tuple[str, int, frozenset[str]] | None:
    """`re.sub("...", ...)` with a constant, and its flags."""
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    ):
        return None
    if node.func.value.id != "re" or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    if not isinstance(node.args[0].value, str) or node.func.attr == "escape":
        return None
    said = [ast.unparse(each) for each in (*node.args[1:], *(key.value for key in node.keywords))]
    flags = sum({eval(each) for text in said for each in re.findall(r"re\.(?:[A-Z]+)\b", text)})
    return node.args[0].value, int(re.compile(node.args[0].value, flags).flags), frozenset({node.func.attr})


# Measuring. ---------------------------------------------------------------------------------------------------------


class TooLong(Exception):
    pass


def _ring(*given: object) -> None:
    raise TooLong


def seconds(act: Callable[[], object], most: float = LONGEST) -> float:
    signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, most)
    began = time.process_time()
    try:
        act()
    except TooLong:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - began


def curve(act: Callable[[str], object], make: Callable[[int], str], most: int) -> Curve:
    """How the time grows up to the longest text; the slope is that of the last doublings that took long enough to tell."""
    took: list[tuple[int, float]] = []
    size = 128
    while size <= most:
        text = make(size)
        took.append((size, seconds(lambda text=text: act(text))))  # type: ignore[misc]
        if took[-1][1] > LONGEST / 3:
            break
        size *= 2
    told = [(size, spent) for size, spent in took if FAST < spent < math.inf]
    exponent = math.inf if math.isinf(took[-1][1]) else 0.0
    if len(told) >= 2:
        last = told[-3:]
        exponent = math.log2(last[-1][1] / last[0][1]) / (len(last) - 1)
    size, spent = took[-1]
    return Curve(exponent, spent * (most / size) ** min(exponent, 4.0) if spent < math.inf else spent, most, make(12))


def of_pattern(pattern: Pattern, most: int) -> Curve:
    """The worst curve of a pattern, as it is used, on texts of at most so many characters."""
    made = re.compile(pattern.source, pattern.flags)
    anchored = bool(pattern.methods) and pattern.methods <= {"match", "fullmatch"}

    def act(text: str) -> None:
        if anchored:
            made.match(text)
            made.fullmatch(text)
        else:
            for _ in made.finditer(text):
                pass

    worst = Curve(0.0, 0.0, most, "")
    for before, body, after in hard_texts(pattern.source, pattern.flags):

        def make(size: int, before: str = before, body: str = body, after: str = after) -> str:
            return before + body * max(1, size // len(body)) + after

        small, large = (seconds(lambda size=size: act(make(size)), LONGEST) for size in (most // 4, most))  # type: ignore[misc]
        if large > FAST and large > 5.6 * small:
            worst = max(worst, curve(act, make, most))
        if worst.exponent >= 1.5 and worst.seconds > SLOW:
            break  # that is enough to know
    return worst


def of_stages() -> None:
    for name, act, make in stages():
        act(make(SIZES[0] // 16))  # what is loaded once is loaded
        took = [seconds(partial(act, make(size)), 120.0) for size in SIZES]
        exponent = math.log2(max(took[-1], FAST) / max(took[-2], FAST))
        print(f"n^{exponent:<5.2f} {' '.join(f'{spent:8.3f}' for spent in took)} s  {name}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("names", nargs="*")
    options.add_argument("--all", action="store_true")
    options.add_argument("--stages", action="store_true")
    given = options.parse_args()
    if given.stages:
        print(f"          {' '.join(f'{size:8}' for size in SIZES)} characters")
        of_stages()
        return
    every = list(patterns())
    longest = reach(ROOMS)
    unseen = slow = 0
    for pattern in every:
        if given.names and not any(name in pattern.where for name in given.names):
            continue
        seen = longest.get((pattern.source, pattern.flags), 0)
        unseen += not seen
        most = CLAIM if seen <= CLAIM else LONG
        found = of_pattern(pattern, most)
        is_slow = found.exponent >= 1.5 and found.seconds > SLOW
        slow += is_slow
        if given.all or is_slow:
            print(
                f"n^{found.exponent:<5.2f}{found.seconds:9.3f} s at {most:6} (seen {seen:6}) {pattern.where:48} {found.text[:32]!r}",
                flush=True,
            )
    print(f"{len(every)} patterns, {unseen} of them not seen at work and tried at {CLAIM} characters; {slow} are slow")


if __name__ == "__main__":
    main()

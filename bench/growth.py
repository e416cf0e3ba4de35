"""How the time of every regular expression in the product grows with adversarial input, and that of whole stages.

    python bench/growth.py [--all] [--patterns | --stages] [NAME ...]

Each pattern gets texts made from its own parse tree, which repeat what one of its repetitions takes, with and without
what stands before it, and with an end that fits nothing. Texts double until one takes long; the exponent is the slope of
the last doublings: 1 is linear, 2 quadratic. Only what grows faster than n^1.5 is shown, without --all. Patterns that
are known to see short text only are listed with the length in BOUNDED, and measured at that length.
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
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ROOMS = ("kb", "ingest", "qa", "notes")
SIZES = tuple(2**k for k in range(7, 15))
LONGEST = 1.0
"""Seconds after which a text is given up."""
FAST = 0.004
"""Below this nothing can be said of the slope."""
SIGNS = "aA1 .,-_:;?!'\"([{<|*#@/\\\n\t“«é漢"
ANYWHERE = (
    " ",
    "\t",
    "a",
    "A",
    "1",
    "a ",
    "A. ",
    "1,",
    "-",
    "_",
    "*",
    "[",
    "(",
    "<",
    "a-",
    "a.",
    "|",
    "\n",
    "“",
    "'",
    "é",
)


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
    methods = _methods(trees.values())
    seen: set[tuple[str, int]] = set()
    for path, tree in trees.items():
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, value in vars(module).items():
            for nth, found in enumerate(_compiled(value)):
                if (found.pattern, found.flags) not in seen:
                    seen.add((found.pattern, found.flags))
                    where = f"{path.relative_to(ROOT)}:{name}" + (f"[{nth}]" if found is not value else "")
                    yield Pattern(where, found.pattern, found.flags, methods.get(name, frozenset()))
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


def _methods(trees: Any) -> dict[str, frozenset[str]]:
    """With which methods each name is used, anywhere."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.setdefault(node.value.id, set()).add(node.attr)
            elif isinstance(node, ast.Name):
                found.setdefault(node.id, set())
    return {name: frozenset(methods) for name, methods in found.items()}


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


# Texts that are hard for one pattern. ---------------------------------------------------------------------------


def hard_texts(pattern: Pattern) -> list[tuple[str, str, str]]:
    """(before, repeated, after): each is one way to make a pattern work."""
    tree = parser.parse(pattern.source, pattern.flags & ~re.DEBUG)
    found: dict[tuple[str, str, str], None] = {("", sign, end): None for sign in ANYWHERE for end in ("", "\0")}
    for before, body in _repetitions(list(tree), ""):
        for end in ("", "\0", "\n!"):
            found[before, body, end] = None
            found["", before + body, end] = None
        if len(before) > 1:
            found["", before[-1] + body, "\0"] = None
    return [each for each in found if each[1]]


def _repetitions(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for code, given in items:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, body = given
            if most >= 12:
                for sample in {_sample(list(body), 0), _sample(list(body), 1), _sample(list(body), 2)}:
                    yield before, sample
            yield from _repetitions(list(body), before)
        elif code is op.SUBPATTERN:
            yield from _repetitions(list(given[3]), before)
        elif code is op.ATOMIC_GROUP:
            yield from _repetitions(list(given), before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repetitions(list(given[1]), before)
        elif code is op.BRANCH:
            for branch in given[1]:
                yield from _repetitions(list(branch), before)
        before += _sample([(code, given)], 0)


def _sample(items: list[Any], nth: int) -> str:
    """A text that these items take, roughly; another for another `nth`."""
    out = []
    for code, given in items:
        if code is op.LITERAL:
            out.append(chr(given))
        elif code in (op.ANY, op.NOT_LITERAL):
            out.append(next(sign for sign in SIGNS[nth:] if code is op.ANY or sign != chr(given)))
        elif code is op.IN:
            out.append(_one_of(given, nth))
        elif code is op.BRANCH:
            out.append(_sample(list(given[1][nth % len(given[1])]), nth))
        elif code is op.SUBPATTERN:
            out.append(_sample(list(given[3]), nth))
        elif code is op.ATOMIC_GROUP:
            out.append(_sample(list(given), nth))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            out.append(_sample(list(given[2]), nth) * max(given[0], 1 if nth else 0))
    return "".join(out)


def _one_of(given: list[Any], nth: int) -> str:
    """A sign of a set: the usual ones first."""
    one = re.compile(_set_source(given), re.DOTALL)
    fitting = [sign for sign in (*SIGNS, *map(chr, range(32, 127))) if one.fullmatch(sign)]
    first = [chr(value) for code, value in given if code is op.LITERAL]
    return (fitting or first or [""])[nth % len(fitting or first or [""])]


def _set_source(given: list[Any]) -> str:
    names = {
        op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    out = []
    for code, value in given:
        if code is op.NEGATE:
            out.append("^")
        elif code is op.LITERAL:
            out.append(re.escape(chr(value)))
        elif code is op.RANGE:
            out.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is op.CATEGORY:
            out.append(names[value])
    return f"[{''.join(out)}]"


# Measuring. ---------------------------------------------------------------------------------------------------------


class TooLong(Exception):
    pass


def _ring(*given: object) -> None:
    raise TooLong


def seconds(act: Callable[[], object], most: float = LONGEST) -> float:
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, most)
    began = time.perf_counter()
    try:
        act()
    except TooLong:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return time.perf_counter() - began


def curve(act: Callable[[str], object], make: Callable[[int], str], sizes: tuple[int, ...] = SIZES) -> Curve:
    """How the time grows; the slope is that of the last two doublings that took long enough to tell."""
    took: list[tuple[int, float]] = []
    for size in sizes:
        text = make(size)
        spent = seconds(lambda text=text: act(text))  # type: ignore[misc]
        took.append((size, spent))
        if spent > LONGEST / 3:
            break
    told = [(size, spent) for size, spent in took if spent > FAST]
    exponent = 0.0
    if math.isinf(took[-1][1]):
        exponent = math.inf if len(told) < 3 or told[-2][1] < LONGEST / 16 else math.log2(told[-2][1] / told[-3][1])
    elif len(told) >= 2:
        last = told[-3:]
        exponent = math.log2(last[-1][1] / last[0][1]) / (len(last) - 1)
    return Curve(exponent, took[-1][1], took[-1][0], make(12))


def of_pattern(pattern: Pattern) -> Curve:
    """The worst curve of a pattern, as it is used."""
    made = re.compile(pattern.source, pattern.flags)
    anchored = bool(pattern.methods) and pattern.methods <= {"match", "fullmatch"}

    def act(text: str) -> None:
        if anchored:
            made.match(text)
            made.fullmatch(text)
        else:
            for _ in made.finditer(text):
                pass

    worst = Curve(0.0, 0.0, 0, "")
    for before, body, after in hard_texts(pattern):

        def make(size: int, before: str = before, body: str = body, after: str = after) -> str:
            return before + body * max(1, size // len(body)) + after

        if seconds(lambda make=make: act(make(SIZES[-1]))) > 0.01:  # type: ignore[misc]
            worst = max(worst, curve(act, make))
    return worst


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("names", nargs="*")
    options.add_argument("--all", action="store_true")
    given = options.parse_args()
    count = fast = 0
    for pattern in patterns():
        if given.names and not any(name in pattern.where for name in given.names):
            continue
        count += 1
        found = of_pattern(pattern)
        fast += found.exponent < 1.5
        if given.all or found.exponent >= 1.5:
            print(
                f"n^{found.exponent:<5.2f}{found.seconds:8.3f} s {found.size:7} {pattern.where:52} {found.text[:40]!r}",
                flush=True,
            )
    print(f"{count} patterns, {fast} grow no faster than n^1.5")


if __name__ == "__main__":
    main()

"""Texts that are hard for one regular expression, made from its parse tree."""

import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

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


def hard_texts(source: str, flags: int) -> list[tuple[str, str, str]]:
    """(before, repeated, after): each is one way to make a pattern work."""
    tree = parser.parse(source, flags & ~re.DEBUG)
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

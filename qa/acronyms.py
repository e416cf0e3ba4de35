"""Acronyms as the notes themselves write them out: "reinforcement learning with verifiable rewards (RLVR)".

Nothing is gathered beforehand. A question names few acronyms, or few runs of words whose initials anybody
wrote; the claims and notes that hold them are looked up and read for the pair.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from kb.note import slug
from kb.store import Store
from qa.terms import STOP

_SMALL = frozenset("a an and by for from in of on or the to via with without".split())
_SHAPE = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z][A-Za-z0-9]{1,7}\b")
_MOST_LOOKED_UP = 12
_READ = 300
"""Claims read for one acronym."""


class Acronyms:
    """What acronyms stand for in one base."""

    def __init__(self, store: Store, count: Callable[[str], int]) -> None:
        self._sql = store.sql
        self._count = count
        self._known: dict[str, tuple[str, ...]] = {}

    def named(self, question: str, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The acronyms that a question uses, and their long forms."""
        shouted = not any(char.islower() for char in question)
        shaped = [] if shouted else [found.lower() for found in _SHAPE.findall(question)]
        short = [word for word in words if 3 <= len(word) <= 5 and word.isalpha() and word.isascii()]
        found = {word: self.long_forms(word) for word in list(dict.fromkeys([*shaped, *short]))[:_MOST_LOOKED_UP]}
        return {word: forms for word, forms in found.items() if forms}

    def spelt_out(self, question: str) -> dict[str, str]:
        """Long forms that a question uses, and the acronym of each."""
        words = slug(question[:600]).split("-")
        found: dict[str, str] = {}
        looked_up = 0
        for size in range(7, 2, -1):
            for at in range(len(words) - size + 1):
                run = words[at : at + size]
                if run[0] in STOP or run[-1] in STOP:
                    continue
                for short in {"".join(w[:1] for w in run), "".join(w[:1] for w in run if w not in _SMALL)}:
                    if len(short) < 3 or short in STOP or looked_up >= _MOST_LOOKED_UP or not self._count(short):
                        continue
                    looked_up += 1
                    if any(_same(" ".join(run), form) for form in self.long_forms(short)):
                        found.setdefault(" ".join(run), short)
        return found

    def long_forms(self, short: str) -> tuple[str, ...]:
        """What a short form stands for, as the base writes it."""
        if short not in self._known:
            if len(self._known) > 5_000:
                self._known.clear()
            self._known[short] = self._looked_up(short) if self._count(short) else ()
        return self._known[short]

    def _looked_up(self, short: str) -> tuple[str, ...]:
        match = f'"{short}"'
        found: dict[str, None] = {}
        claims = self._sql.execute(
            "SELECT text FROM claim WHERE id IN (SELECT rowid FROM claim_words WHERE claim_words MATCH ? LIMIT ?)",
            (match, _READ),
        )
        for (text,) in claims:
            found |= dict.fromkeys(written_out(text, short))
        notes = self._sql.execute(
            "SELECT title, summary, aliases FROM note WHERE id IN (SELECT rowid FROM note_words WHERE note_words MATCH ? LIMIT 60)",
            (f"{{title aliases summary}}: {match}",),
        )
        for title, summary, aliases in notes:
            found |= dict.fromkeys([*written_out(title, short), *written_out(summary, short)])
            names = aliases.split("\n")
            if short in map(slug, names):
                found |= dict.fromkeys(slug(name).replace("-", " ") for name in (title, *names) if _spells(name, short))
        return tuple(found)[:4]


def written_out(text: str, short: str) -> list[str]:
    """Long forms that a text gives for a short one: before it, with it in brackets, or in brackets after it.

    >>> written_out("We use reinforcement learning with verifiable rewards (RLVR).", "rlvr")
    ['reinforcement learning with verifiable rewards']
    """
    found = []
    folded = text.lower()
    if short not in folded:
        return []
    for match in re.finditer(rf"\(\s*{re.escape(short)}s?\s*[),;]", folded):
        words = re.findall(r"[\w'’]+", folded[max(0, match.start() - 120) : match.start()])
        for size in range(2, min(len(words), len(short) + 4) + 1):
            if _spells_words(words[-size:], short):
                found.append(" ".join(words[-size:]))
                break
    for match in re.finditer(rf"\b{re.escape(short)}s?\s*\(([^()]{{5,100}})\)", folded):
        if _spells(match[1], short):
            found.append(slug(match[1]).replace("-", " "))
    return found


def _spells(name: str, short: str) -> bool:
    return _spells_words(slug(name).split("-"), short)


def _spells_words(words: Sequence[str], short: str) -> bool:
    """Whether words begin, in order, with the letters of a short form; little words need not."""
    if len(words) < 2 or len(words) > len(short) + 4 or words[0] in STOP or words[0][:1] != short[:1]:
        return False
    states = {0}
    for word in words:
        after = set(states) if word in _SMALL else set()
        for at in states:
            size = 0
            while size < min(len(word), 3) and at + size < len(short) and word[size] == short[at + size]:
                size += 1
                after.add(at + size)
        states = after
    return len(short) in states


def _same(a: str, b: str) -> bool:
    """The same words, whatever the little ones and the plural."""
    one, other = ([w.rstrip("s") for w in slug(text).split("-") if w not in _SMALL] for text in (a, b))
    return one == other

"""Claims and notes by words: FTS5 over both, any word of the question, rare ones counting for more."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log

from kb.store import Store, searchable
from qa.acronyms import Acronyms
from qa.terms import STOP, Stemmer, Term, Vocabulary, content_words

COLUMNS = (2.0, 2.0, 1.0, 1.0)
"""What title, aliases, summary and body of a note weigh in bm25. SciFact nDCG@10: 0.683 when all weigh the
same, 0.691 so, 0.691 with 3, 3, 2, 1."""
POSTINGS = 60_000
"""Entries of the word index that one question may walk through, about 10 ms: common words are left out first."""
SCORED = 2_000
"""Texts that hold one of the rarest words, from which on a text with one commoner word alone is not scored. Passing
over an entry costs a quarter of scoring it; of the best 150 among 780,000 claims, 0.998 stay the same."""
_WORD = re.compile(r"[^\W_]+")
_ASKING = frozenset(
    "what why how which when where who does do did is are was were can could should would will has have".split()
)
_HYPHENED = re.compile(r"\b([a-z]{2,12})[-‐‑]([a-z]{2,12})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as terms."""

    terms: tuple[Term, ...]
    total: int
    """Claims in the base."""

    def rarity(self, term: Term) -> float:
        """How much a word says; one that no claim holds says no more than one that a single claim holds."""
        return log(1 + self.total / (1 + max(1, term.count)))

    def matches(self) -> tuple[tuple[str, str], ...]:
        """For FTS5: the question as it was put; and with acronyms for long forms and long forms for acronyms,
        where the base knows such. A text is as good as the better of the two makes it: both at once would
        count one thing twice (SciFact nDCG@10 0.674, apart 0.689). Beside each, what a text must hold to be scored."""
        plain = self._match(False)
        other = self._match(True) if any(term.others for term in self.terms) else plain
        return (plain, other) if other != plain else (plain,) if plain[0] else ()

    def _match(self, other: bool) -> tuple[str, str]:
        """Any of the words, from the rarest on, as long as they cost little; and a rare one or any two."""
        known = sorted((term for term in self.terms if term.count), key=lambda term: term.count)
        budget, rare, words, common = POSTINGS, 0, dict[str, None](), list[str]()
        likely: list[str] = []
        for number, term in enumerate(known):
            budget -= term.count
            if budget < 0 and number > 1:
                break
            forms = [_quoted(form) for form in (term.others if other and term.others else term.forms)]
            words |= dict.fromkeys(forms)
            (likely if rare < SCORED else common).append(" OR ".join(forms))
            rare += term.count
        for number, one in enumerate(common[:-1], 1):
            likely.append(f"(({one}) AND ({' OR '.join(common[number:])}))")
        return " OR ".join(words), " OR ".join(likely) if common else ""

    def unknown(self) -> float:
        """The share of the content words, by rarity, that no text of the base holds in any spelling."""
        weights = [(self.rarity(term), term.count or term.others) for term in self.terms if not term.weak]
        total = sum(weight for weight, _ in weights)
        return sum(weight for weight, known in weights if not known) / total if total else 0.0


class Words:
    """The word index of a base, asked."""

    def __init__(self, store: Store, is_word: Callable[[str], bool] | None = None) -> None:
        self.store = store
        self.is_word = is_word or (lambda word: False)
        self.stemmer = Stemmer(store)
        self.vocabulary = Vocabulary(store)
        self.acronyms = Acronyms(store, self.vocabulary.count)
        self.total = store.count("claim")

    def asked(self, question: str) -> Asked:
        """The terms of a question, spelt as the base spells them."""
        words, strong = content_words(question)
        terms: dict[str, Term] = {}
        for word, stems in zip(words, self.stemmer.stems(words), strict=True):
            for stem in stems[:1]:
                terms.setdefault(stem, self._term(word, stem, weak=not strong))
        if strong:
            self._join_hyphens(question, terms)
            self._expand(question, words, terms)
        return Asked(tuple(terms.values()), self.total)

    def _term(self, word: str, stem: str, weak: bool) -> Term:
        """A word as the base has it: so, in two words, or in the nearest spelling."""
        count = self.vocabulary.count(stem)
        if count or weak:
            return Term(word, stem, count, [word], weak=weak)
        for cut in range(3, len(word) - 2):
            parts = [part[0] for part in self.stemmer.stems([word[:cut], word[cut:]]) if part]
            counts = [self.vocabulary.count(part) for part in parts]
            if len(parts) == 2 and min(counts) > 1:
                phrase = f"{word[:cut]} {word[cut:]}"
                if self.store.sql.execute(
                    "SELECT 1 FROM claim_words WHERE claim_words MATCH ? LIMIT 1", (f'"{phrase}"',)
                ).fetchone():
                    return Term(word, stem, min(counts), [phrase], also=[frozenset(parts)])
        # A word that is one, and that nobody here wrote, is what the notes lack; only others can be misspelt.
        other = None if self.is_word(word) else self.vocabulary.like(stem)
        return Term(word, other, self.vocabulary.count(other), [other]) if other else Term(word, stem)

    def _join_hyphens(self, question: str, terms: dict[str, Term]) -> None:
        """Who asks for "few-shot" finds "fewshot" too."""
        for left, right in _HYPHENED.findall(question[:10_000]):
            joined = (left + right).lower()
            parts = self.stemmer.stems([left, right, joined])
            if all(parts) and self.vocabulary.count(parts[2][0]):
                for part in parts[:2]:
                    if part[0] in terms:
                        terms[part[0]].others.append(joined)
                        terms[part[0]].also.append(frozenset(parts[2]))

    def _expand(self, question: str, words: list[str], terms: dict[str, Term]) -> None:
        """Acronyms and what they stand for count as one another."""
        by_word = {term.word: term for term in terms.values()}
        for short, forms in self.acronyms.named(question, words).items():
            if short in by_word:
                by_word[short].others += forms
                by_word[short].also += [frozenset(stems) for stems in self.stemmer.stems(forms)]
        for long, short in self.acronyms.spelt_out(question).items():
            stem = frozenset(self.stemmer.stems([short])[0])
            for word in long.split():
                if word in by_word:
                    by_word[word].others.append(short)
                    by_word[word].also.append(stem)

    def claims(self, asked: Asked, limit: int) -> dict[int, float]:
        """Rows of claims and their bm25, best first."""
        return self._ranked("claim_words", "bm25(claim_words)", asked, limit)

    def notes(self, asked: Asked, limit: int) -> dict[int, float]:
        """Rows of notes and their bm25, best first."""
        return self._ranked("note_words", f"bm25(note_words, {', '.join(map(str, COLUMNS))})", asked, limit)

    def titled(self, question: str, limit: int) -> dict[int, float]:
        """Rows of notes that ask alike, and how far: 0 to 1. Their title is a question too, and has words of this one
        side by side as it has them."""
        said = [word.lower() for word in _WORD.findall(question[:2_000])][:64]
        if not said or not (question.rstrip().endswith("?") or said[0] in _ASKING):
            return {}
        pairs = dict.fromkeys((a, b) for a, b in pairwise(said) if a not in STOP and b not in STOP)
        total = self.store.count("note")
        found: dict[int, float] = {}
        for a, b in pairs:
            match = f"{{title aliases}} : {_quoted(f'{a} {b}')}"
            rows = self.store.sql.execute(
                "SELECT id FROM note WHERE title LIKE '%?' AND id IN (SELECT rowid FROM note_words WHERE note_words MATCH ? LIMIT ?)",
                (match, limit),
            ).fetchall()
            for (row,) in rows:
                found[row] = found.get(row, 0.0) + log(1 + total / (1 + len(rows)))
        most = log(1 + total / 2) * len(pairs)
        return {row: min(1.0, 2 * worth / most) for row, worth in found.items()}

    def instead(self, word: str, term: Term, limit: int) -> dict[int, float]:
        """Rows of notes that have a word but not the one asked for, and their bm25, best first."""
        weights = ", ".join(map(str, COLUMNS))
        match = f"{_quoted(word)} NOT ({' OR '.join(map(_quoted, term.forms or [term.word]))})"
        query = f"SELECT rowid, -bm25(note_words, {weights}) FROM note_words WHERE note_words MATCH ? ORDER BY 2 DESC, 1 LIMIT ?"
        return dict(self.store.sql.execute(query, (match, limit)).fetchall())

    def _ranked(self, table: str, score: str, asked: Asked, limit: int) -> dict[int, float]:
        every = f"SELECT rowid, -{score} FROM {table} WHERE {table} MATCH ?"
        # The sign keeps SQLite from looking into the index anew for each row.
        some = f"{every} AND +rowid IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"
        order = f"ORDER BY 2 DESC, 1 LIMIT {limit}"
        found: dict[int, float] = {}
        for match, likely in asked.matches():
            rows = self.store.sql.execute(f"{some} {order}", (match, likely)).fetchall() if likely else []
            if len(rows) < limit:
                rows = self.store.sql.execute(f"{every} {order}", (match,)).fetchall()
            for row, worth in rows:
                found[row] = max(worth, found.get(row, 0.0))
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _quoted(form: str) -> str:
    return '"' + searchable(form).replace('"', "") + '"'

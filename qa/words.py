"""Claims and notes by words: FTS5 over both, any word of the question, rare ones counting for more."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import log

from kb.store import Store, searchable
from qa.acronyms import Acronyms
from qa.terms import Stemmer, Term, Vocabulary, content_words

COLUMNS = (2.0, 2.0, 1.0, 1.0)
"""What title, aliases, summary and body of a note weigh in bm25. SciFact nDCG@10: 0.683 when all weigh the
same, 0.691 so, 0.691 with 3, 3, 2, 1."""
POSTINGS = 60_000
"""Entries of the word index that one question may walk through, about 10 ms: common words are left out first."""
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

    def matches(self) -> tuple[str, ...]:
        """For FTS5: the question as it was put; and with acronyms for long forms and long forms for acronyms,
        where the base knows such. A text is as good as the better of the two makes it: both at once would
        count one thing twice (SciFact nDCG@10 0.674, apart 0.689)."""
        plain = self._match(False)
        other = self._match(True) if any(term.others for term in self.terms) else plain
        return (plain, other) if other != plain else (plain,) if plain else ()

    def _match(self, other: bool) -> str:
        """Any of the words, from the rarest on, as long as they cost little."""
        known = sorted((term for term in self.terms if term.count), key=lambda term: term.count)
        budget, forms = POSTINGS, dict[str, None]()
        for number, term in enumerate(known):
            budget -= term.count
            if budget < 0 and number > 1:
                break
            forms |= dict.fromkeys(term.others if other and term.others else term.forms)
        return " OR ".join('"' + searchable(form).replace('"', "") + '"' for form in forms)

    def covered(self, stems: set[str]) -> float:
        """The share of the content words, by rarity, that texts with these stems hold."""
        weights = [(self.rarity(term), term.held(stems)) for term in self.terms if not term.weak]
        total = sum(weight for weight, _ in weights)
        return sum(weight for weight, held in weights if held) / total if total else 0.0


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
        query = "SELECT rowid, -bm25(claim_words) FROM claim_words WHERE claim_words MATCH ?"
        return self._ranked(query, asked, limit)

    def notes(self, asked: Asked, limit: int) -> dict[int, float]:
        """Rows of notes and their bm25, best first."""
        weights = ", ".join(map(str, COLUMNS))
        query = f"SELECT rowid, -bm25(note_words, {weights}) FROM note_words WHERE note_words MATCH ?"
        return self._ranked(query, asked, limit)

    def _ranked(self, query: str, asked: Asked, limit: int) -> dict[int, float]:
        found: dict[int, float] = {}
        for match in asked.matches():
            for row, score in self.store.sql.execute(f"{query} ORDER BY 2 DESC, 1 LIMIT ?", (match, limit)).fetchall():
                found[row] = max(score, found.get(row, 0.0))
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

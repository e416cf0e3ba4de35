"""Claims and notes by words: FTS5 over both, any word of the question, rare ones counting for more."""

from dataclasses import dataclass
from math import log

from kb.store import Store, searchable
from qa.terms import Stemmer, Term, Vocabulary, content_words

COLUMNS = (2.0, 2.0, 1.0, 1.0)
"""What title, aliases, summary and body of a note weigh."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as terms."""

    terms: tuple[Term, ...]
    total: int
    """Claims in the base."""

    def rarity(self, term: Term) -> float:
        return log(1 + self.total / (1 + term.count))

    def match(self) -> str:
        """For FTS5: any of the words; on a big base not those that would list a twentieth of it."""
        common = self.total * 0.05 if self.total > 20_000 else self.total
        rare = [term for term in self.terms if 0 < term.count <= common]
        known = rare or sorted((term for term in self.terms if term.count), key=lambda term: term.count)[:2]
        forms = dict.fromkeys(form for term in known for form in term.forms)
        return " OR ".join('"' + searchable(form).replace('"', "") + '"' for form in forms)


class Words:
    """The word index of a base, asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.stemmer = Stemmer()
        self.vocabulary = Vocabulary(store)
        self.total = store.count("claim")

    def asked(self, question: str) -> Asked:
        """The terms of a question, spelt as the base spells them."""
        words = content_words(question)
        terms: dict[str, Term] = {}
        for word, stems in zip(words, self.stemmer.stems(words), strict=True):
            for stem in stems[:1]:
                term = Term(word, stem, [word], self.vocabulary.count(stem))
                if not term.count and (other := self.vocabulary.like(stem)):
                    term = Term(word, other, [other], self.vocabulary.count(other))
                terms.setdefault(term.stem, term)
        return Asked(tuple(terms.values()), self.total)

    def claims(self, match: str, limit: int) -> list[tuple[int, float]]:
        """Rows of claims and their bm25, best first."""
        return self._ranked("SELECT rowid, -bm25(claim_words) FROM claim_words WHERE claim_words MATCH ?", match, limit)

    def notes(self, match: str, limit: int) -> list[tuple[int, float]]:
        """Rows of notes and their bm25, best first."""
        weights = ", ".join(map(str, COLUMNS))
        return self._ranked(
            f"SELECT rowid, -bm25(note_words, {weights}) FROM note_words WHERE note_words MATCH ?", match, limit
        )

    def _ranked(self, query: str, match: str, limit: int) -> list[tuple[int, float]]:
        if not match:
            return []
        return self.store.sql.execute(f"{query} ORDER BY 2 DESC, 1 LIMIT ?", (match, limit)).fetchall()

"""What a question asks for in words: content words, spelt as the base spells them.

Stems are those of the word index itself: a temporary index with the same tokenizer does the stemming, so that
what counts as the same word here is what FTS5 will find.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.note import slug
from kb.store import Store, searchable

STOP = frozenset(
    """a about above across actually after again against al all almost also although always am among an and another any anything are
    around as at be became because become becomes been before being below between both but by came can cannot cant come
    comes could couldnt did didnt do does doesnt doing done dont down due during each either else enough especially etc et
    ever every everything few for from further gave genuinely get gets getting give given gives go goes going got had has have
    having he hence her here hers him his how however i if im in indeed instead into is isnt it its itself just keep kind
    know known knows less let like likely made mainly make makes making many matter matters may me mean means might more
    most mostly much must my myself near nearly need needs neither never no nor not nothing now of off often on once
    only onto or other others otherwise our ours out over own per perhaps please put rather really same say says see seem
    seems seen she should shouldnt simply since so some something sometimes somewhat soon still such take takes tell than that
    thats the their them then there therefore these they thing things think this those though through thus to together too
    toward towards truly under unless until up upon us use used uses using very via want was wasnt way ways we well were
    werent what whatever whats when where whereas whether which while who whole whom whose why will with within without
    wont would wouldnt yes yet you your yours explain explains explore explores""".split()
)
_ASIDE = re.compile(
    r"(?<=\w)['’]s\b|\b(?:my|our|your|the|these|those)(?: own)? notes?\b", re.I
)  # "X's algorithm" -> X algorithm; "what do my notes say of sleep" -> what do say of sleep
MOST = 48
"""Content words that a question may have; a page pasted as a question is asked by its first ones."""


@dataclass(frozen=True, slots=True)
class Term:
    """One content word: the spelling under which it is looked up, and how rare it is."""

    word: str
    stem: str
    form: str
    """The spelling that is looked up."""
    count: int = 0
    """Claims that hold it."""
    weak: bool = False
    """A stop word, asked for because the question has nothing else."""


class Stemmer:
    """The stems that the word index makes: a temporary index, of which the base on disk knows nothing."""

    def __init__(self, store: Store) -> None:
        self._sql = store.sql
        self._sql.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING "
            "fts5(text, content='', tokenize=\"porter unicode61 remove_diacritics 2\")"
        )
        self._sql.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_terms USING fts5vocab(temp, asked, instance)")

    def stems(self, texts: Iterable[str]) -> list[list[str]]:
        """The stems of each text, in order."""
        given = [searchable(text.encode("utf-8", "replace").decode()) for text in texts]
        self._sql.execute("INSERT INTO temp.asked(asked) VALUES ('delete-all')")
        self._sql.executemany("INSERT INTO temp.asked(rowid, text) VALUES (?, ?)", enumerate(given))
        found: list[list[str]] = [[] for _ in given]
        for doc, term in self._sql.execute("SELECT doc, term FROM temp.asked_terms ORDER BY doc, offset"):
            found[doc].append(term)
        return found


def content_words(question: str) -> tuple[list[str], bool]:
    """The words of a question that say what it is about, each once; all of them, and False, where none does."""
    words = [word for word in slug(searchable(_ASIDE.sub("", question[:10_000]))).split("-") if word]
    said = dict.fromkeys(word for word in words if word not in STOP and (len(word) > 1 or not word.isascii()))
    return list(said or dict.fromkeys(words))[:MOST], bool(said)


class Vocabulary:
    """The terms of the base and how many claims hold each."""

    def __init__(self, store: Store) -> None:
        self._sql = store.sql
        self._sql.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.claim_terms USING fts5vocab(main, claim_words, row)")
        self._sql.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.note_terms USING fts5vocab(main, note_words, row)")
        self._counts: dict[str, int] = {}

    def count(self, stem: str) -> int:
        """Claims that hold a stem; a stem known only from titles counts for one."""
        if stem not in self._counts:
            row = self._sql.execute("SELECT doc FROM temp.claim_terms WHERE term = ?", (stem,)).fetchone()
            row = row or self._sql.execute("SELECT 1 FROM temp.note_terms WHERE term = ?", (stem,)).fetchone()
            self._counts[stem] = int(row[0]) if row else 0
        return self._counts[stem]

    def like(self, stem: str) -> str | None:
        """The nearest known spelling of a word that nobody wrote."""
        allowed = 0 if len(stem) < 5 else 1 if len(stem) < 8 else 2
        if not allowed or not re.fullmatch("[a-z]+", stem):
            return None
        begins = stem[:allowed]  # a word that is two letters off begins with two that are right
        rows = self._sql.execute(
            "SELECT term, doc FROM temp.claim_terms WHERE term >= ?1 AND term < ?2 UNION ALL "
            "SELECT term, 1 FROM temp.note_terms WHERE term >= ?1 AND term < ?2",
            (begins, begins + "\uffff"),
        )
        letters = set(stem)
        best = (allowed + 1, 0, "")
        for term, docs in rows:
            if abs(len(term) - len(stem)) <= allowed and len(letters.symmetric_difference(term)) <= 2 * allowed:
                distance = _distance(stem, term, allowed)
                if distance <= allowed:
                    best = min(best, (distance, -docs, term))
        return best[2] or None


def _distance(a: str, b: str, most: int) -> int:
    """Letters inserted, left out, replaced or swapped with their neighbour; anything above `most` when more."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]

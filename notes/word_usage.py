"""Word usage: how the claims of a base write a word: how often, with a capital or without, linked to which note."""

import re

from kb.catalogue import match_query
from kb.store import Store
from notes.note_names import singular

_MANY = 2_000
"""Claims with a word that are counted: more is often."""
_SAMPLE = 40
"""Claims that are read to see how a word is spelt."""
_CLAIMS_WITH = "SELECT rowid FROM claim_words WHERE claim_words MATCH ? LIMIT ?"


class WordUsage:
    """What one state of a base tells of words; asked once for each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._links: dict[tuple[str, str, bool], tuple[int, int]] = {}
        self._capitals: dict[str, float] = {}

    def claims_with(self, words: str) -> int:
        """How many claims hold these words side by side."""
        return self._count(f"SELECT count(*) FROM ({_CLAIMS_WITH})", _phrase(words), _MANY)

    def is_linked(self, words: str, note: str, share: float) -> bool:
        """Whether this share of the claims with these words links to the note; a small letter asks for small letters."""
        small = words[:1].islower() and " " not in words
        stem = singular(words) if small else words
        if (stem, note, small) not in self._links:
            linked = self._count(
                "SELECT count(DISTINCT claim.id) FROM mention JOIN claim ON claim.name = mention.claim "
                f"WHERE claim.id IN ({_CLAIMS_WITH}) AND mention.note = ? AND instr(claim.text, ?)",
                _phrase(words), _MANY, note, stem if small else "",
            )  # fmt: skip
            self._links[stem, note, small] = linked, self.claims_with(words) if linked else 0
        linked, total = self._links[stem, note, small]
        return linked > 1 and linked >= share * total

    def capital_share(self, word: str) -> float:
        """The share of its occurrences amid sentences that begin with a capital; 0 where it is not known."""
        key = word.casefold()
        if key not in self._capitals:
            amid = re.compile(
                rf"(?<=[a-z,;:] )({re.escape(key)})(?=(?:['’]?s)?\b)", re.I
            )  # "They say that Kant was late"
            query = f"SELECT text FROM claim WHERE id IN ({_CLAIMS_WITH})"
            rows = self._store.sql.execute(query, (_phrase(word), _SAMPLE))
            seen = [each[1][0].isupper() for (text,) in rows for each in amid.finditer(text)]
            self._capitals[key] = sum(seen) / len(seen) if len(seen) > 1 else 0.0
        return self._capitals[key]

    def _count(self, query: str, *values: object) -> int:
        return int(self._store.sql.execute(query, values).fetchone()[0])


def _phrase(words: str) -> str:
    """For FTS5: these words side by side."""
    return '"' + match_query(words).replace('" OR "', " ").replace('"', "") + '"'

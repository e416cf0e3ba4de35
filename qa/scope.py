"""Which files count for one question: all of them, or all but those left out.

A note that only the files left out speak for is left out with them; one that another list describes too
stays, by that description.
"""

from collections.abc import Collection, Iterable
from typing import Any

from kb.store import Store


class Scope:
    """The base without some files."""

    def __init__(self, store: Store, without: Collection[str] = ()) -> None:
        self.sql = store.sql
        rows = (self.sql.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone() for path in without)
        self.files = frozenset(row[0] for row in rows if row)
        """Left out."""
        self.notes = frozenset(self._gone())
        """Left out with them."""

    def _gone(self) -> Iterable[int]:
        for file in self.files:
            yield from (row[0] for row in self.sql.execute("SELECT id FROM note WHERE file = ?", (file,)))
            spoken = self.sql.execute(
                "SELECT note.id, note.name FROM note JOIN (SELECT owner AS name FROM claim WHERE file = ?1 "
                "UNION SELECT note FROM mention WHERE file = ?1) USING (name) WHERE note.file IS NULL",
                (file,),
            ).fetchall()
            for note, name in spoken:
                voices = self.sql.execute("SELECT DISTINCT file FROM claim WHERE owner = ?", (name,)).fetchall()
                if all(row[0] in self.files for row in voices):
                    yield note

    def owners(self, claims: Collection[int]) -> dict[int, int]:
        """The note that each claim speaks for; no entry for a claim that is left out."""
        rows = self.by_id(
            "SELECT claim.id, claim.file, note.id FROM claim JOIN file ON file.id = claim.file "
            "JOIN note ON note.name = coalesce(claim.owner, claim.about, file.path) WHERE claim.id IN",
            claims,
        )
        return {claim: note for claim, file, note in rows if file not in self.files and note not in self.notes}

    def by_id(self, query: str, values: Collection[int] | Collection[str]) -> list[Any]:
        """The rows of a query that ends in IN, for any number of ids or names."""
        given, found = list(values), []
        for at in range(0, len(given), 500):
            some = given[at : at + 500]
            found += self.sql.execute(f"{query} ({','.join('?' * len(some))})", some).fetchall()
        return found

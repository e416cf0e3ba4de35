"""The scope of a question: which files and notes count, all of them or those within a folder, with a tag, of a kind, since a date.

A note that only the files left out speak for is left out with them; one that another list describes too stays, by that
description. A claim counts where the file it stands in and the note it speaks for do.
"""

import json
import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from posixpath import normpath
from typing import NamedTuple

from kb.claim import Claim
from kb.errors import KbError
from kb.oneline import one_line
from kb.store import Store


class Within(NamedTuple):
    """What a person narrows a question to. Of several folders, tags or kinds one is enough."""

    folders: tuple[str, ...] = ()
    """Relative to the vault."""
    tags: tuple[str, ...] = ()
    """Without #; what is nested in one counts too."""
    kinds: tuple[str, ...] = ()
    """Of note."""
    since: str = ""
    """An ISO date, as far as it is given; a note without a date is not since anything."""

    def holds(self, path: str, date: str, tags: str) -> bool:
        """Whether a file counts, its kind apart."""
        return (
            (not self.folders or any(folder == "." or path.startswith(f"{folder}/") for folder in self.folders))
            and date >= self.since
            and (not self.tags or self._is_tagged(json.loads(tags)))
        )

    def _is_tagged(self, tags: Iterable[str]) -> bool:
        wanted = [f"{tag.casefold()}/" for tag in self.tags]
        return any(f"{tag.casefold()}/".startswith(each) for tag in tags for each in wanted)

    def __str__(self) -> str:
        """ "in papers, tagged #ml, of kind line, since 2026-03" """
        told = (
            ("in", self.folders),
            ("tagged", [f"#{tag}" for tag in self.tags]),
            ("of kind", self.kinds),
            ("since", [self.since] if self.since else []),
        )
        return ", ".join(f"{word} {' or '.join(given)}" for word, given in told if given)


EVERYTHING = Within()


_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")  # "2026", "2026-03", "2026-03-01"


class NotNarrowed(KbError):
    """A folder, a tag or a date that cannot be meant."""

    status = 2


def narrowed(
    vault: Path, folders: Iterable[str], tags: Iterable[str], kinds: Iterable[str] = (), since: str = ""
) -> Within:
    """What a person or an assistant asks for, cleaned and checked; a year or a month stands for its first day."""
    bare = tuple(tag.strip().lstrip("#").strip("/") for tag in tags)
    if not all(bare):
        raise NotNarrowed("Nothing, or # alone, is no tag.", "Write it like ml, or ml/rl.")
    try:
        if since:
            date.fromisoformat(f"{since}-01-01"[:10] if _DATE.fullmatch(since) else "")
    except ValueError:
        told = f"“{one_line(since, 80)}” is no date; write it like 2026-03-01, 2026-03 or 2026."
        raise NotNarrowed(told, "A year or a month stands for its first day.") from None
    return Within(tuple(_folder(vault, folder) for folder in folders), bare, tuple(kinds), since)


def _folder(vault: Path, given: str) -> str:
    folder = normpath(given.strip().replace("\\", "/")) if given.strip() else ""
    if folder.startswith("/"):
        folder = normpath(folder.removeprefix(f"{vault}/") if f"{folder}/" != f"{vault}/" else ".")
    if folder.split("/")[0] in ("..", "") or not (vault / folder).is_dir():
        told = f"In this vault there is no folder “{one_line(given, 200)}”."
        raise NotNarrowed(told, "Name one as the paths of its notes begin: papers/2024")
    return folder


class Scope:
    """The base without what does not count."""

    def __init__(self, store: Store, without: Collection[str] = (), within: Within = EVERYTHING) -> None:
        self.sql, self.rows = store.sql, store.rows
        self.within = within
        rows = (self.sql.execute("SELECT id FROM file WHERE path = ?", (path,)).fetchone() for path in without)
        self.files = frozenset(row[0] for row in rows if row)
        """Left out."""
        self.notes = frozenset(row[0] for row in store.rows("SELECT id FROM note WHERE file IN", self.files))
        """Left out with them."""
        if within != EVERYTHING:
            self._narrow(within)
        self.notes |= self._stubs()

    @property
    def is_narrow(self) -> bool:
        """Whether a person narrowed it; else nearly everything counts."""
        return self.within != EVERYTHING

    @cached_property
    def is_empty(self) -> bool:
        """Whether no note counts."""
        return bool(self.sql.execute("SELECT count(*) FROM note").fetchone()[0] == len(self.notes))

    def counts(self, claim: Claim) -> bool:
        """Whether a claim does."""
        return claim.place.path not in self._paths and self.counts_note(claim.note)

    def counts_note(self, name: str) -> bool:
        """Whether a note does."""
        return name not in self._names

    def owners(self, claims: Collection[int]) -> dict[int, int]:
        """The note that each claim speaks for; no entry for a claim that is left out."""
        rows = self.rows(
            "SELECT claim.id, claim.file, note.id FROM claim JOIN file ON file.id = claim.file "
            "JOIN note ON note.name = coalesce(claim.owner, claim.about, file.path) WHERE claim.id IN",
            claims,
        )
        return {claim: note for claim, file, note in rows if file not in self.files and note not in self.notes}

    def _narrow(self, within: Within) -> None:
        """Leave out the files, and the notes of files, that are not within. A stub has no file: it counts, where stubs
        do, as the notes that speak of it do, whatever their kind."""
        rows = self.sql.execute(
            "SELECT file.id, path, note.id, kind, date, tags FROM file LEFT JOIN note ON note.file = file.id"
        ).fetchall()
        outside = {row[0] for row in rows if not within.holds(row[1], row[4] or "", row[5] or "[]")}
        unlike = {row[0] for row in rows if within.kinds and row[3] not in within.kinds}
        self.notes |= {row[2] for row in rows if row[2] and row[0] in outside | unlike}
        if within.kinds and "stub" not in within.kinds:
            outside |= unlike
            self.notes |= {row[0] for row in self.sql.execute("SELECT id FROM note WHERE file IS NULL")}
        self.files |= outside

    def _stubs(self) -> set[int]:
        """Those for which only the files left out speak; where nobody does, those that only these files mention."""
        spoken = (
            "SELECT DISTINCT note.id, note.name FROM claim JOIN note ON note.name = claim.owner WHERE note.file IS NULL AND claim.file IN",
            "SELECT DISTINCT note.id, note.name FROM mention JOIN note ON note.name = mention.note WHERE note.file IS NULL AND mention.file IN",
        )
        names = {name: note for query in spoken for note, name in self.rows(query, self.files)}
        told = self._by_name("SELECT DISTINCT owner, file FROM claim WHERE owner IN", names)
        named = self._by_name("SELECT DISTINCT note, file FROM mention WHERE note IN", set(names) - set(told))
        return {names[name] for name, files in (told | named).items() if files <= self.files}

    def _by_name(self, query: str, names: Collection[str]) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for name, file in self.rows(query, names):
            found.setdefault(name, set()).add(file)
        return found

    @cached_property
    def _paths(self) -> frozenset[str]:
        return self._called("SELECT path FROM file WHERE id IN", self.files)

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._called("SELECT name FROM note WHERE id IN", self.notes)

    def _called(self, query: str, ids: Collection[int]) -> frozenset[str]:
        return frozenset(row[0] for row in self.rows(query, ids))

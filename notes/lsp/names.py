"""What the notes are called, and how this vault is used to link them."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from ingest.connect import candidates
from ingest.names import choose, key_of, target_key
from kb.note import STUB, slug
from kb.store import Store

_SAMPLE = 300
"""Links looked at to tell the habit."""
_UNSAFE = re.compile(r"[\[\]|#^\n\r]")


class Named(NamedTuple):
    """A note, as far as its names go."""

    note: str
    title: str
    path: str
    """Empty for a stub."""
    names: tuple[str, ...]
    """Its title, file name, aliases and citekeys, in the form in which names are compared."""
    citekeys: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        name = self.path.rsplit("/", 1)[-1]
        return (name.rpartition(".")[0] or name) if name else self.title


class Names:
    """Every note of one state of the base."""

    def __init__(self, store: Store) -> None:
        self._store = store
        keys: dict[int, list[str]] = {}
        # The base has them ready; to make them again for 10,000 notes would take longer than a completion may.
        for file, key in store.sql.execute("SELECT file, key FROM name ORDER BY file, how DESC, key"):
            keys.setdefault(file, []).append(key)
        rows = store.sql.execute(
            "SELECT note.name, note.title, note.file, file.path, sources FROM note LEFT JOIN file ON file.id = note.file"
        )
        self.all: dict[str, Named] = {}
        for note, title, file, path, sources in rows:
            names = keys.get(file) or [slug(title)]
            cited = [each["citekey"] for each in json.loads(sources)] if '"citekey"' in sources else []
            self.all[note] = Named(note, title, path or "", tuple(dict.fromkeys(names)), tuple(filter(None, cited)))
        self.by_title = self._links_by_title()

    def matching(self, typed: str, most: int) -> list[Named]:
        """Notes of which one name holds every word typed, the last one begun; those that begin so first."""
        wanted = slug(typed)
        words = [word for word in wanted.split("-") if word]
        if not words:
            return []
        found: list[tuple[bool, bool, int, str]] = []
        for named in self.all.values():
            for name in named.names:
                if words[0] in name and all(f"-{word}" in f"-{name}" for word in words):
                    found.append((not name.startswith(wanted), not named.path, len(name), named.note))
                    break
        return [self.all[note] for *_, note in sorted(found)[:most]]

    def target(self, named: Named, source: str) -> str:
        """What a wikilink in `source` has to name so that it means this note: by the vault's habit, else what is sure."""
        if named.note.startswith(STUB):
            return _UNSAFE.sub(" ", named.title).strip()
        plain = str(PurePosixPath(named.path).with_suffix(""))
        order = (named.title, named.stem, plain) if self.by_title else (named.stem, plain, named.title)
        for name in order:
            if not _UNSAFE.search(name) and self._means(name, source) == named.path:
                return name
        return plain

    def _means(self, name: str, source: str) -> str | None:
        return choose(name, "wikilink", source, candidates(self._store, target_key(name)))

    def _links_by_title(self) -> bool:
        """Whether wikilinks here name titles more often than files."""
        rows = self._store.sql.execute(
            "SELECT target, note FROM mention WHERE form = 'wikilink' AND note IS NOT NULL ORDER BY id LIMIT ?",
            (_SAMPLE,),
        )
        titles = files = 0
        for target, note in rows:
            named = self.all.get(note)
            if named is not None and named.path and key_of(named.title) != key_of(named.stem):
                key = target_key(target)
                titles += key == key_of(named.title)
                files += key == key_of(named.stem)
        return titles > files

    def cited(self) -> Iterator[tuple[str, Named]]:
        """Every citekey, and the note that it stands for."""
        for named in self.all.values():
            for key in named.citekeys:
                yield key, named

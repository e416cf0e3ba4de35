"""A draft as it stands: in the vault or outside it, saved or still in an editor.

The base is asked whom its links mean, and not written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.connect import candidates
from ingest.extract import Extract, Sentence, extract
from ingest.integrity import content_hash
from ingest.names import SELF, choose, listed_as, target_key
from ingest.page import Page
from ingest.read import read
from ingest.titles import Titles
from kb.catalogue import named
from kb.files import read_regular
from kb.store import Store

UNNAMED = "draft.md"
"""What a draft is called that comes through a pipe: it is read as Markdown, as if it lay beside kb.toml."""


@dataclass(frozen=True, slots=True)
class DraftLink:
    """A link of the draft, and whom it means."""

    target: str
    """As written."""
    form: str
    start: int
    """Offset in the draft of the whole mark-up."""
    end: int
    line: int
    claim: str | None
    """The claim of the draft whose sentence holds it."""
    note: str
    """Id of the note, or of the stub, that it means; empty where the base knows none."""
    candidates: tuple[str, ...] = ()
    """Every note that answers to this name, where there are several."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, read as any note is."""

    path: str
    """As findings name it: relative to the vault, else as it was given."""
    note: str
    """Its id in the base; empty for a draft that is no part of it."""
    text: str
    """Decoded, newlines untouched, without a BOM: what every offset counts in."""
    sha: str
    """Hash of the bytes that were read."""
    page: Page
    extract: Extract
    links: tuple[DraftLink, ...]
    targets: dict[str, str]
    """The note that each key of a link stands for, where the base knows one (`ingest.names.target_key`)."""

    @property
    def title(self) -> str:
        return self.page.note.title

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its prose, each sentence with its place."""
        return self.extract.sentences

    def cites(self, sentence: Sentence) -> tuple[str, ...]:
        """The notes that a sentence links to, cited or only named."""
        return tuple(
            dict.fromkeys(self.targets[key] for key in (*sentence.cites, *sentence.names) if key in self.targets)
        )


def known_titles(store: Store) -> Titles:
    """The titles that can be told from prose; an editor keeps them while the base stays as it is."""
    return Titles(row[0] for row in store.sql.execute("SELECT DISTINCT title FROM title"))


def draft_of(store: Store, data: bytes | str, path: str = UNNAMED, titles: Titles | None = None) -> Draft | None:
    """What stands in a file, a pipe or a buffer, as a draft; none where it cannot be read as a note.

    `path` is relative to the vault for a draft that lies in it; its links are read from there.
    """
    given = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    reading = read(path, given, known_titles(store) if titles is None else titles)
    if reading.page is None:
        return None
    found = extract(reading.page, reading.text)
    targets = _targets(store, reading.page, found, path)
    row = store.sql.execute(
        "SELECT note.name FROM note JOIN file ON file.id = note.file WHERE path = ?", (path,)
    ).fetchone()
    return Draft(
        path=path, note=str(row[0]) if row else "", text=reading.text, sha=content_hash(given), page=reading.page, extract=found,
        links=tuple(_links(store, found, targets)), targets=targets,
    )  # fmt: skip


def read_draft(store: Store, file: Path, titles: Titles | None = None) -> Draft | None:
    """The draft in a file, in the vault or not. Raises OSError where the file cannot be read."""
    return draft_of(store, read_regular(file.resolve()), path_of(store, file), titles)


def path_of(store: Store, file: Path) -> str:
    """What a draft in a file is called: its path in the vault, or the whole of it outside."""
    file = file.resolve()
    return file.relative_to(store.vault).as_posix() if file.is_relative_to(store.vault) else str(file)


def _links(store: Store, found: Extract, targets: dict[str, str]) -> Iterable[DraftLink]:
    for each in found.references:
        if each.key == SELF:
            continue
        answers = dict.fromkeys(candidate.path for candidate in candidates(store, each.key))
        yield DraftLink(
            each.target, str(each.form), each.start, each.end, each.line, each.claim,
            targets.get(each.key, ""), tuple(answers) if len(answers) > 1 else (),
        )  # fmt: skip


def _targets(store: Store, page: Page, found: Extract, source: str) -> dict[str, str]:
    asked = [(each.key, each.target, str(each.form)) for each in found.references]
    for entry in page.listed:
        name = listed_as(entry.target, entry.title)
        asked.append((target_key(name), name, "wikilink" if entry.target else "title"))
    targets: dict[str, str] = {}
    for key, target, form in asked:
        if key and key not in targets:
            answers = candidates(store, key)
            to = (choose(target, form, source, answers) if answers else None) or named(store, target)
            if to and store.sql.execute("SELECT 1 FROM note WHERE name = ?", (to,)).fetchone():
                targets[key] = to
    return targets

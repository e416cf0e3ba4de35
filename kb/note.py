"""What a note is once it has been read."""

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from kb.claim import Fact

NoteKind = Literal["note", "line", "post", "paper", "stub"]
SYNTHESES: tuple[NoteKind, ...] = ("line", "post")
"""Kinds of notes that tell what others found (syntheses)."""

_ASCII_GAP = re.compile(r"[^a-z0-9]+")

REPORT = "kb-report"
"""Topic of a saved report of ours: it repeats what others say, so it states no links and is no voice."""

_NAMED, _FEW = 8, 3
"""Authors of a work by whom it is asked for; works of a note that speaks for them."""

STUB = "stub:"
"""Prefix of the id of a note that is cited but has no file yet."""


class Source(Fact):
    """The literature behind a note."""

    citekey: str = ""
    """The author's own key, as in `[@key]`."""
    doi: str = ""
    """Without resolver or prefix, lower case."""
    arxiv: str = ""
    """Identifier without version."""
    url: str = ""
    """Where it can be read, when the author says."""
    authors: tuple[str, ...] = ()
    """As written."""
    year: int | None = None
    """Of publication."""
    title: str = ""
    """Of the work; empty when the note gives only an identifier."""

    def voice(self) -> str:
        """What makes two sources the same work: the strongest identifier there is, else the words."""
        if self.doi:
            return f"doi:{self.doi}"
        if self.arxiv:
            return f"arxiv:{self.arxiv}"
        if self.title:
            return f"title:{slug(self.title)}"
        if self.url:
            return f"url:{self.url.rstrip('/')}"
        return f"key:{self.citekey.casefold()}" if self.citekey else f"by:{slug(' '.join(self.authors))}:{self.year}"


def sources_in(text: str) -> list[Source]:
    """As the base keeps them."""
    return [Source.model_validate(each) for each in json.loads(text)]


def surname(name: str) -> str:
    """Of "Wei, Jason" and of "Jason Wei"."""
    return name.split(",")[0] if "," in name else name.split(" ")[-1]


def known_as(sources: Sequence[Source]) -> str:
    """The names by which readers call what a note rests on: "Wei 2022". Of a list of works none."""
    named = (
        " ".join((*map(surname, source.authors[:_NAMED]), str(source.year or "")))
        for source in sources
        if source.authors
    )
    return " ".join(named) if len(sources) <= _FEW else ""


class Note(Fact):
    """A note of the vault, or one that the vault only speaks of (a stub)."""

    id: str
    """The path for a file, `stub:` and a slug for a stub. Never the title alone: titles change."""
    title: str
    """As the author wrote it, on one line."""
    kind: NoteKind
    """`line` is an inquiring line; `stub` has no file yet and heals when one appears."""
    path: str | None
    """Relative to the vault; none for a stub."""
    summary: str = ""
    """The author's scope line, or the summary that citing lines give."""
    aliases: tuple[str, ...] = ()
    """Other names it answers to: former titles, acronyms, slugs."""
    sources: tuple[Source, ...] = ()
    """What it rests on. Notes that share one are one voice."""
    date: str = ""
    """ISO date, as far as it is known ("2024", "2024-03", "2024-03-05")."""
    topics: tuple[str, ...] = ()
    """Topics and the front matter's tags."""
    tags: tuple[str, ...] = ()
    """Of the front matter and of the prose, without #; "ml/rl" is nested in "ml"."""


class Citation(Fact):
    """A link as its author wrote it."""

    line: int
    """Where it stands in the file, counted from 1."""
    target: str
    """What is named: a path, a title, a citekey; as written."""
    to: str | None
    """Path of the file it resolves to, if there is one."""
    note: str
    """Id of the note it resolves to, a stub where no file answers."""


def slug(name: str) -> str:
    """The form in which names are compared: case, punctuation and spacing fold away.

    Letters of every script and symbols such as emoji count, so no name becomes empty by being foreign.

    >>> slug("Does “RLVR” add ability?"), slug("does-rlvr-add-ability"), slug("🌱 草稿")
    ('does-rlvr-add-ability', 'does-rlvr-add-ability', '🌱-草稿')
    """
    folded = name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
    if folded.isascii():
        return _ASCII_GAP.sub("-", folded.replace("'", "").replace("`", "")).strip("-")
    out: list[str] = []
    for char in folded:
        kind = unicodedata.category(char)
        if char in "'’‘`" or kind in ("Mn", "Cf"):
            continue
        gap = kind[0] in "PZC" or (char.isascii() and not char.isalnum())
        if not gap:
            out.append(char)
        elif out and out[-1] != "-":
            out.append("-")
    return "".join(out).strip("-")

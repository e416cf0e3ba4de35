"""What a format hands on: a note, its prose with a way back to every character, its citations."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Literal, NamedTuple

from kb.link import Relation
from kb.note import Note, Source
from kb.problem import Problem

MARKS_HEADING = "highlights and comments of the reader"
"""The heading over what the reader of a paper marked in it: the reader's own, not its author's."""
PartKind = Literal["heading", "prose", "item", "quote", "row"]
Form = Literal["wikilink", "embed", "markdown", "citekey", "title", "field", "listed", "footnote"]


class Shown(NamedTuple):
    """The text that a reader sees, and where each of its characters stands in the file: `pieces` are runs of (offset here,
    offset in the file, length here, length there); an entity such as `&amp;` is a run of 1 and 5."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]

    @classmethod
    def plain(cls, text: str, start: int, wide: int | None = None) -> "Shown":
        """Text that stands in the file just as it is shown, or for so many characters of it."""
        return cls(text, ((0, start, len(text), len(text) if wide is None else wide),))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest span of the file that holds the characters [start, end) shown."""
        return self._at(start, False), self._at(end - 1, True)

    def cut(self, start: int, end: int | None = None) -> "Shown":
        """What is shown in [start, end) alone."""
        out = Writer()
        out.copy(self, start, len(self.text) if end is None else end)
        return out.done()

    def _at(self, offset: int, past: bool) -> int:
        here, there, shown, wide = self.pieces[bisect_right(self.pieces, offset, key=_first) - 1]
        if shown == wide:
            return there + offset - here + past
        return there + wide if past else there


def _first(piece: tuple[int, int, int, int]) -> int:
    return piece[0]


class Writer:
    """Collects a `Shown`, run by run."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pieces: list[tuple[int, int, int, int]] = []
        self.length = 0

    def put(self, text: str, start: int, end: int) -> None:
        """Show `text` for the file's [start, end)."""
        if not text:
            return
        here, there, shown, wide = self._pieces[-1] if self._pieces else (0, 0, 0, -1)
        if len(text) == end - start and shown == wide and there + wide == start:
            self._pieces[-1] = (here, there, shown + len(text), wide + len(text))
        else:
            self._pieces.append((self.length, start, len(text), end - start))
        self._parts.append(text)
        self.length += len(text)

    def copy(self, shown: Shown, start: int, end: int) -> None:
        """Show again what `shown` shows in [start, end)."""
        if start >= end:
            return
        pieces = shown.pieces
        index = bisect_right(pieces, start, key=_first) - 1
        while start < end and index < len(pieces):
            here, there, length, wide = pieces[index]
            stop = min(end, here + length)
            if length == wide:
                self.put(shown.text[start:stop], there + start - here, there + stop - here)
            else:
                self.put(shown.text[start:stop], there, there + wide)
            start = stop
            index += 1

    def done(self) -> Shown:
        return Shown("".join(self._parts), tuple(self._pieces))


class Mention(NamedTuple):
    """A place in the prose that names another note."""

    target: str
    """As written: a path, a title, a citekey, a slug."""
    form: Form
    start: int
    """Offset in the file of the whole mark-up."""
    end: int
    relation: Relation = "cites"
    """`cites`, or what a typed field says ("contradicts:: [[x]]")."""
    shown: tuple[int, int] | None = None
    """Where its words stand in its part's text; none where nothing of it is shown."""
    inverse: bool = False
    """ "supported by:: [[x]]": the note named does it to this one."""


class Part(NamedTuple):
    """A run of a file that its layout gives as one: a heading, a paragraph, a list item, a quotation,
    the row of a table."""

    kind: PartKind
    shown: Shown
    level: int = 0
    """Of a heading, 1 to 6; of an item, its depth in the list from 1."""
    mentions: tuple[Mention, ...] = ()
    """In order; their `shown` offsets are within this part's text."""


class Sheet(NamedTuple):
    """A file as its surface (Markdown, plain text, HTML, PDF) gives it, before anyone asks what it means."""

    path: str
    parts: tuple[Part, ...]
    meta: Mapping[str, object] = {}
    """Front matter, or what an HTML head or a PDF's information says: title, authors, date, doi ..."""
    problems: tuple[Problem, ...] = ()
    tags: tuple[str, ...] = ()
    """Those that stand in its prose, without #."""


class Block(NamedTuple):
    """Prose of a note, with what its layout says about it."""

    part: Part
    section: str = ""
    """The headings above it, lower case, joined by " / "."""
    lead: str = ""
    """For an item: the sentence that introduces the list."""
    about: str = ""
    """For a summary in a source list: the title of the note it is about."""


class Listed(NamedTuple):
    """A note described in a list of sources, or of a hub: its title and what is said of it."""

    title: str
    summary: str
    target: str = ""
    """How the list links to it; empty where the title is all there is."""
    inferred: bool = False
    """Whether the title was told from the prose, because the list gives none."""


class Page(NamedTuple):
    """One file, understood."""

    note: Note
    blocks: tuple[Block, ...] = ()
    mentions: tuple[Mention, ...] = ()
    """All there are, in the order of the file; those of the blocks among them."""
    listed: tuple[Listed, ...] = ()
    next_lines: tuple[str, ...] = ()
    """Questions that an inquiring line ends on."""
    works: tuple[Source, ...] = ()
    """For a library (BibTeX, CSL): the sources it describes."""
    problems: tuple[Problem, ...] = ()


_LINE_END = re.compile(r"\r\n|\r|\n")


class Lines:
    """Offset to line number, counted from 1, whatever the line ends are; and to the page of a PDF."""

    def __init__(self, text: str, *, paged: bool = False) -> None:
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._feeds = [match.start() for match in re.finditer("\f", text)] if paged else []

    def at(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1; none in a text that has none. Page n stands behind the n-th form feed."""
        return max(1, bisect_right(self._feeds, offset)) if self._feeds else None

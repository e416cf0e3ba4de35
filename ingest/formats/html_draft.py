"""What a walk over a page gathers: parts in the making, their links, and what the head says."""

from dataclasses import dataclass, field

from ingest.formats.html_elements import Where
from ingest.page import Shown, Writer


@dataclass(slots=True)
class Anchor:
    """An `<a href>` that shows something."""

    href: str
    start: int
    end: int = 0
    shown: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Draft:
    """A part in the making: pieces of (text, start, end), and the links in it."""

    where: Where
    pieces: list[tuple[str, int, int]] = field(default_factory=list)
    length: int = 0
    number: int = 0
    until: int = 0
    """The number of the first part outside the element that holds this one."""
    links: list[Anchor] = field(default_factory=list)
    linked: int = 0
    """How many of its characters are links, of any kind."""

    @property
    def text(self) -> str:
        """What it shows."""
        return "".join(piece[0] for piece in self.pieces)

    def shown(self) -> Shown:
        """What it shows, and where that stands."""
        writer = Writer()
        for piece in self.pieces:
            writer.put(*piece)
        return writer.done()


@dataclass(slots=True)
class Head:
    """What a page says of itself, wherever it says it."""

    title: str = ""
    metas: dict[str, list[str]] = field(default_factory=dict)
    canonical: str = ""
    time: str = ""

"""Elements of HTML: which are never shown, what holds inside; and the parts, links and head that a walk gathers."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ingest.page import PartKind, Shown, Writer


def names(words: str) -> frozenset[str]:
    """Names of elements, written as one string."""
    return frozenset(words.split())


HEADINGS = names("h1 h2 h3 h4 h5 h6")
HIDDEN = names("head noscript template svg math audio video canvas object select pre dialog button map datalist")
_FRAME = names("nav header footer aside search menu")
_FRAME_ROLES = names("navigation banner contentinfo complementary search menu menubar toolbar dialog alertdialog")
_SUSPECT = re.compile(
    r"(?<![a-z])(?:side-?bar|cookies?|consent|gdpr|related|share|sharing|social|menu|nav(?:bar|igation)?"
    r"|foot(?:er)?|banner|comments?|newsletter|subscribe|promo|widget|breadcrumbs?|advert|ads?|popup|modal|masthead)"
    r"(?![a-z])",
    re.I,
)
_unshown = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

# Bounded, so that `html.unescape` is never asked for a number of 5,000 digits (it raises).
ENTITY = r"&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
_entity = re.compile(ENTITY)


_MARKUP = re.compile(
    r"</?(?:a|b|br|code|em|font|i|p|sc|small|span|strong|sub|sup|u)\b[^<>]{0,300}>", re.I
)  # "<i>E. coli</i>" -> E. coli


def without_markup(text: str) -> str:
    """A title as it is read: without HTML tags, entities resolved."""
    return decoded(_MARKUP.sub("", text))


def decoded(text: str) -> str:
    """Entities resolved, never raising."""
    return _entity.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


Frame = Literal["", "frame", "form"]


class Where(NamedTuple):
    """What surrounds a run of text: handed down from element to element."""

    name: str = ""
    kind: PartKind = "prose"
    level: int = 0
    lists: int = 0
    hidden: bool = False
    frame: Frame = ""
    """Inside navigation, a page header or the like; inside a form."""
    main: Literal["", "article", "main"] = ""
    box: int = 0
    """The number of the nearest element that may hold several parts."""
    suspect: bool = False
    """Inside an element whose class or id speaks of sidebars, cookies, related posts."""

    @property
    def part(self) -> tuple[PartKind, int, Frame, str]:
        """What runs of text share that may be one part."""
        return self.kind, self.level, self.frame, self.main


def inside(where: Where, name: str, values: Mapping[str, str]) -> Where:
    """What an element makes of what it holds."""
    role = values.get("role", "").strip().lower()
    hidden = (
        name in HIDDEN
        or "hidden" in values
        or values.get("aria-hidden", "").lower() == "true"
        or bool(_unshown.search(values.get("style", "")))
    )
    kind, level, lists, frame, main = where.kind, where.level, where.lists, where.frame, where.main
    if name in HEADINGS:
        kind, level = "heading", int(name[1])
    elif name in ("ul", "ol", "dir"):
        lists += 1
    elif name == "li":
        kind, level = "item", max(lists, 1)
    elif name == "blockquote":
        kind, level = "quote", 0
    elif name == "main" or role == "main":
        main = "main"
    elif name == "article" and not main:
        main = "article"
    # The header of an article is its title; its footer and its asides are remarks of the site.
    if role in _FRAME_ROLES or (name in _FRAME and not (name == "header" and main)):
        frame = "frame"
    elif name == "form" and not frame:
        frame = "form"
    suspect = where.suspect or bool(
        name not in ("body", "html", "main", "article")
        and _SUSPECT.search(f"{values.get('class', '')} {values.get('id', '')}")
    )
    return Where(name, kind, level, lists, hidden, frame, main, where.box, suspect)


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

    def put(self, text: str, start: int, end: int) -> None:
        """Show a text for the file's [start, end)."""
        self.pieces.append((text, start, end))
        self.length += len(text)

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

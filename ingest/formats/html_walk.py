"""HTML to runs of text: block by block, each run with its place in the file.

Not `html.parser`: it hands out tags as text after `&#;`, raises at `<![x`, and takes minutes for 40,000 unclosed tags. This takes
linear time: patterns are possessive, a search that found nothing is never repeated, elements lie at most so deep.
"""

import re
from collections.abc import Mapping
from typing import Literal

from ingest.formats.html_elements import ENTITY, HEADINGS, HIDDEN, Anchor, Draft, Head, Where, decoded, inside, names

_RAW = names("script style textarea title xmp iframe noembed noframes")
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_BLOCKS = HEADINGS | names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form header hgroup hr html legend li main menu nav ol p pre search section summary table"
    " tbody td tfoot th thead tr ul"
)
_BOXES = names("section article main aside header footer nav div form td")
_CELL_WALLS = names("td th caption table")
_TABLE = names("table")
_DEEPEST = 400
"""Elements in one another; browsers stop at 512."""
_UNSEEN = "\xad\u200b\u2060\ufeff"
_DATA = re.compile(
    rf"(?P<gap>\s++)|(?P<unseen>[{_UNSEEN}]++)|(?P<entity>{ENTITY})"
    rf"|(?P<words>&|[^\s{_UNSEEN}&]++(?: [^\s{_UNSEEN}&]++)*+)"
)
_tag = re.compile(r"<(?:(?P<end>/?)(?P<name>[a-zA-Z][^ \t\n\f\r/>]*+)|(?P<comment>!--)|[!?/])")
_attribute = re.compile(r"[ \t\n\f\r/]*+([^ \t\n\f\r/>][^ \t\n\f\r/>=]*+)[ \t\n\f\r]*+(?:(=)[ \t\n\f\r]*+([\"']?))?")
_bare = re.compile(r"[^ \t\n\f\r>]*+")
_between = re.compile(r"[ \t\n\f\r/]*+")
_footnote_mark = re.compile(
    r"(?:<[^<>]{0,200}>|\s){0,9}+\[?(?:[0-9]{1,3}|[a-z*†‡§¶#↑↩^]|&#?\w{1,8};)\]?\ufe0e?(?:</(?!a>)[^<>]{0,50}>|\s){0,9}+</a>",
    re.I,
)  # "<sup>[12]</sup></a>"


def walk(text: str) -> tuple[list[Draft], Head]:
    """All that a browser would show of a page, in order, boilerplate marked but included."""
    walker = _Walker(text)
    walker.run()
    for draft in walker.drafts:
        draft.until = walker.ends.get(draft.where.box, len(walker.drafts))
    return [draft for draft in walker.drafts if draft.pieces], walker.head


class _Walker:
    def __init__(self, text: str) -> None:
        self.text = text
        self.drafts: list[Draft] = []
        self.head = Head()
        # Of each element that holds parts: how many parts there were when it closed.
        self.ends: dict[int, int] = {}
        self._boxes = 0
        self._draft: Draft | None = None
        # Between the last text and the next: nothing, white space, a line break, a cell, a new part.
        self._gap: Literal["", "space", "br", "cell", "part", "row"] = ""
        self._gap_at = (0, 0)
        self._open: list[Where] = [Where()]
        self._anchor: Anchor | None = None
        self._anchored: Draft | None = None
        self._unclosed: set[str] = set()
        self._power = (0, 0)
        self._cell_of_parts = False

    def run(self) -> None:
        text, at = self.text, 0
        while True:
            tag = _tag.search(text, at)
            self._data(at, tag.start() if tag else len(text))
            if not tag:
                break
            if name := tag["name"]:
                if tag["end"]:
                    at = self._past(">", tag.end())
                    self._end(name.lower(), at)
                else:
                    at = self._start(name.lower(), tag.start(), tag.end())
            elif tag["comment"]:
                short = text.startswith((">", "->"), tag.end())
                at = self._past(">" if short else "-->", tag.end())
            else:
                at = self._past(">", tag.start())
        self._close_anchor(None)

    def _past(self, what: str, at: int) -> int:
        found = self.text.find(what, at)
        return len(self.text) if found < 0 else found + len(what)

    def _data(self, start: int, end: int) -> None:
        if start >= end or self._open[-1].hidden:
            return
        for match in _DATA.finditer(self.text, start, end):
            kind = match.lastgroup
            if kind == "words":
                self._show(match[0], match.start(), match.end())
            elif kind == "gap":
                self._space(match.start(), match.end())
            elif kind == "entity":
                shown = decoded(match[0])
                if shown and not shown.strip():
                    self._space(match.start(), match.end())
                elif shown := shown.strip(_UNSEEN):
                    self._show(shown, match.start(), match.end())

    def _space(self, start: int, end: int) -> None:
        if not self._gap:
            self._gap, self._gap_at = "space", (start, end)

    def _show(self, shown: str, start: int, end: int) -> None:
        where, draft, gap = self._open[-1], self._draft, self._gap
        if draft is None or gap in ("part", "row") or draft.where.part != where.part:
            draft = self._draft = Draft(where, number=len(self.drafts))
            self._cell_of_parts |= gap == "part"
            self.drafts.append(draft)
        elif gap:
            draft.put(*((" | ", draft.pieces[-1][2], start) if gap == "cell" else (" ", *self._gap_at)))
        elif self._power[1] == start and draft.pieces[-1][0][-1:].isdigit() and shown[:1].isdigit():
            draft.put("^", *self._power)  # 10<sup>5</sup> is not 105
        self._gap = ""
        if anchor := self._anchor:
            if self._anchored is None:
                self._anchored = draft
                anchor.shown = (draft.length, draft.length)
            if self._anchored is draft:
                anchor.shown = (anchor.shown[0], draft.length + len(shown))
        draft.put(shown, start, end)

    def _start(self, name: str, start: int, after_name: int) -> int:
        values, end, closed = self._attributes(after_name)
        if name == "meta":
            key = (values.get("property") or values.get("name") or values.get("itemprop") or "").strip().lower()
            if key and (content := values.get("content", "").strip()):
                self.head.metas.setdefault(key, []).append(content)
        elif name == "link":
            if "canonical" in values.get("rel", "").lower().split() and not self.head.canonical:
                self.head.canonical = values.get("href", "").strip()
        elif name == "time" and not self._open[-1].hidden:
            self.head.time = self.head.time or values.get("datetime", "").strip()
        self._close("head")
        if name in _RAW and not closed:
            return self._raw(name, end)
        hidden = self._open[-1].hidden
        if name == "br" and not hidden and self._draft:
            if self._gap in ("", "space"):
                self._gap, self._gap_at = "br", (start, end)
            elif self._gap == "br" and self._draft.where.kind != "heading":
                self._gap = "part"
        if name in _BLOCKS:
            self._imply_ends(name)
            if not self._open[-1].hidden:
                self._break(name)
        if name == "a":
            self._close_anchor(None)
            if (href := values.get("href", "").strip()) and not self._open[-1].hidden:
                if href.startswith("#") and (mark := _footnote_mark.match(self.text, end)):
                    return mark.end()
                self._anchor = Anchor(href, start)
        if name == "sup":
            self._power = (start, end)
        if name in _VOID or closed:
            return end
        self._push(name, values)
        return end

    def _raw(self, name: str, at: int) -> int:
        """Text without tags, up to the close tag; without one, only scripts and styles swallow the rest."""
        close = None
        if name not in self._unclosed:
            close = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.I).search(self.text, at)
        if close is None:
            self._unclosed.add(name)
            return len(self.text) if name in ("script", "style") else at
        if name == "title" and not self.head.title and not self._holds("svg"):
            self.head.title = " ".join(decoded(self.text[at : close.start()]).split())
        return self._past(">", close.end())

    def _attributes(self, at: int) -> tuple[Mapping[str, str], int, bool]:
        """The attributes, the offset past the tag, and whether it closes itself."""
        text, values = self.text, dict[str, str]()
        while match := _attribute.match(text, at):
            name, equals, quote = match.groups()
            at, value = match.end(), ""
            if quote and (close := text.find(quote, at) if quote not in self._unclosed else -1) >= 0:
                value, at = text[at:close], close + 1
            elif equals:
                if quote:
                    self._unclosed.add(quote)
                bare = _bare.match(text, at)
                value, at = (bare[0], bare.end()) if bare else ("", at)
            values.setdefault(name.lower(), decoded(value))
        rest = _between.match(text, at)
        at = rest.end() if rest else at
        return values, min(at + 1, len(text)), text[at - 1] == "/" and text[at : at + 1] == ">"

    def _holds(self, name: str) -> bool:
        return any(where.name == name for where in self._open)

    def _close(self, name: str, walls: frozenset[str] = frozenset(), *, implied: bool = False) -> None:
        """Close the innermost `name`, and what is open in it, unless a wall stands between; what hides is one where a tag is
        only implied."""
        for at in range(len(self._open) - 1, 0, -1):
            where = self._open[at]
            if where.name == name:
                self.ends |= {gone.box: len(self.drafts) for gone in self._open[at:] if gone.name in _BOXES}
                del self._open[at:]
                return
            hides = where.hidden and not self._open[at - 1].hidden and where.name not in _BLOCKS
            if where.name in walls or (implied and hides):
                return

    def _imply_ends(self, name: str) -> None:
        """Close what a browser takes for closed when `name` opens."""
        self._close("p", _CELL_WALLS, implied=True)
        if name in HEADINGS and self._open[-1].name in HEADINGS:
            self._close(self._open[-1].name)
        elif name == "li":
            self._close("li", _CELL_WALLS | {"ul", "ol", "menu", "dir"}, implied=True)
        elif name in ("dt", "dd"):
            self._close("dt", _CELL_WALLS | {"dl"}, implied=True)
            self._close("dd", _CELL_WALLS | {"dl"}, implied=True)
        elif name in ("td", "th"):
            self._close("td", _TABLE)
            self._close("th", _TABLE)
        elif name in ("tr", "tbody", "thead", "tfoot"):
            self._close("tr", _TABLE)

    def _break(self, name: str) -> None:
        if name in ("td", "th") and self._draft and self._gap != "row":
            self._gap = "row" if self._cell_of_parts else "cell"
        elif name in ("p", "div", "td", "th", "center", "figure") and self._in_row():
            # Paragraphs within a cell do not break the row, unless there are several.
            self._gap = self._gap if self._gap in ("cell", "row") else "part"
        else:
            self._gap = "row"
            self._cell_of_parts = False

    def _in_row(self) -> bool:
        return next((where.name for where in reversed(self._open) if where.name in ("tr", "table")), "") == "tr"

    def _push(self, name: str, values: Mapping[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            self._close(self._open[-1].name)
        outer = self._open[-1]
        inner = outer if outer.name == name else outer._replace(name=name)
        if not outer.hidden and (values or name in _BLOCKS or name in HIDDEN):
            inner = inside(inner, name, values)
        if name in _BOXES:
            self._boxes += 1
            inner = inner._replace(box=self._boxes)
        self._open.append(inner)

    def _end(self, name: str, end: int) -> None:
        if name == "a":
            self._close_anchor(end)
        hidden = self._open[-1].hidden
        if name not in _BLOCKS:
            # An inline element does not reach across a block; one that hides all it holds ends with its tag.
            self._close(name, frozenset() if name in HIDDEN else _BLOCKS)
            return
        if name in ("table", "tr", "tbody", "thead", "tfoot"):
            self._close(name, _TABLE if name != "table" else frozenset())
        else:
            self._close(name, _CELL_WALLS - {name})
        if not (hidden and self._open[-1].hidden):
            self._break("p" if name in ("td", "th") else name)

    def _close_anchor(self, end: int | None) -> None:
        anchor, draft = self._anchor, self._anchored
        self._anchor = self._anchored = None
        if anchor and draft:
            draft.linked += anchor.shown[1] - anchor.shown[0]
            anchor.end = draft.pieces[-1][2] if end is None else end
            draft.links.append(anchor)

"""Markdown as people write it: blocks by markdown-it, inline by `inline`, nothing lost but code."""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.formats.front import front_matter
from ingest.formats.identity import SOURCE_LINE, URL
from ingest.formats.inline import Notes, inline_tags, is_inverse, read_inline, relation_named
from ingest.page import Lines, Mention, Part, PartKind, Sheet, Shown, Writer
from kb.link import Relation

_FENCE_OR_COMMENT = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})|(?P<tick>`+)|(?P<html><!--)|(?P<obsidian>%%)", re.MULTILINE
)
_FIELD = re.compile(r"\s*(?:[-*+]\s+)?[\[(]?\**_{0,2}([^\W\d_][\w -]{0,40}?)\**_{0,2}\s*::\**(?=\s|$)")
_CALLOUT = re.compile(r"\s*\[!([\w-]{1,40})\][+-]?[ \t]*")
_TASK = re.compile(r"\s*\[([ xX/-])\]\s+")
_FOOTNOTE = re.compile(r"\s*\[\^([^\[\]\s]{1,100})\]:\s*")
_REFERENCE = re.compile(r"\s*\[([^\[\]^][^\[\]]{0,200})\]:\s*<?([^\s>]{1,2000})>?(?:\s+[\"'(].*[\"')])?\s*$")
_WIKILINK = re.compile(r"!?\[\[([^\[\]\n|]{1,400}?)(?:\\?\|[^\[\]\n]{0,1000})?\]\]")
_MEANT = frozenset("title alias aliases tags tag topics topic date citekey doi arxiv authors author year url".split())


@cache
def _blocks() -> MarkdownIt:
    """Only the block level. Indented text is prose in notes, and references would swallow footnotes."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.disable(["code", "reference"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def sheet(text: str, path: str) -> Sheet:
    """A Markdown file as parts."""
    meta, body, problems = front_matter(text, path)
    reader = _Reader(text, body)
    parts = tuple(reader.parts())
    meta = {**reader.fields, **meta}
    if body:
        meta["mentions"] = tuple(_front_mentions(text[:body]))
    return Sheet(path, parts, meta, problems, tags=inline_tags(t.content for t in reader.tokens if t.type == "inline"))


class _Reader:
    """One file being read; holds its lines and what its footnotes define."""

    def __init__(self, text: str, body: int) -> None:
        self.source = _without_comments(text)
        self.body = body
        self.starts = Lines(self.source[body:]).starts
        self.tokens = _blocks().parse(self.source[body:])
        self.fields: dict[str, object] = {}
        self.seen_prose = False
        self.defined = self._definitions()

    def _raw(self, token: Token) -> Shown:
        """A leaf block's source: its lines without list, quote and heading marks."""
        out = Writer()
        first, past = token.map or (0, 0)
        wanted = token.content.split("\n")
        last = 0
        for offset, content in enumerate(wanted):
            if first + offset >= past or first + offset >= len(self.starts):
                break
            begin = self.starts[first + offset]
            stop = self.starts[first + offset + 1] if first + offset + 1 < len(self.starts) else len(self.source)
            line = self.source[self.body + begin : self.body + stop]
            content = content.replace("\ufffd", "\x00") if "\x00" in line else content
            at = line.rfind(content.strip()) if content.strip() else -1
            if at < 0:
                continue
            here = self.body + begin + at
            if out.length:
                out.put(" ", last, here)
            shown = content.strip()
            if shown.endswith("\\") and not shown.endswith("\\\\") and offset + 1 < len(wanted):
                shown = shown[:-1].rstrip()
            out.put(shown, here, here + len(shown))
            last = here + len(shown)
        return out.done()

    def _definitions(self) -> Notes:
        if "]:" not in self.source:
            return Notes({}, {})
        footnotes: dict[str, tuple[Mention, ...]] = {}
        references: dict[str, str] = {}
        for token in self.tokens:
            if token.type != "inline" or "]:" not in token.content:
                continue
            for line in token.content.split("\n"):
                if match := _REFERENCE.match(line):
                    references[match[1].casefold()] = match[2]
            for note in self._footnotes(self._raw(token)):
                if match := _FOOTNOTE.match(note.text):
                    footnotes[match[1].casefold()] = read_inline(note)[1]
        return Notes(footnotes, references)

    def parts(self) -> Iterator[Part]:
        kind: PartKind = "prose"
        quotes: list[bool] = []
        depth = 0
        heading = 0
        in_row = False
        callout = False
        for token in self.tokens:
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    depth += 1
                case "bullet_list_close" | "ordered_list_close":
                    depth -= 1
                case "blockquote_open":
                    quotes.append(True)
                case "blockquote_close":
                    quotes.pop()
                    callout = callout and bool(quotes)
                case "heading_open":
                    heading = int(token.tag[1:])
                case "tr_open":
                    in_row = True
                    yield self._row(token)
                case "tr_close":
                    in_row = False
                case "html_block":
                    yield from self._html(token)
                case "inline" if not in_row:
                    raw = self._raw(token)
                    if quotes and (match_ := _CALLOUT.match(raw.text)):
                        callout = True
                        # Its title is a label; where there is nothing below it, it is all there is.
                        lines = list(_line_spans(raw, self.source))
                        raw = raw.cut(lines[1][0] if len(lines) > 1 else match_.end())
                    kind = "heading" if heading else "quote" if quotes and not callout else "item" if depth else "prose"
                    yield from self._leaf(raw, kind, heading or depth)
                    heading = 0

    def _leaf(self, raw: Shown, kind: PartKind, level: int) -> Iterator[Part]:
        """A paragraph, taken apart where it holds inline fields or definitions."""
        if kind != "heading" and "::" in raw.text:
            yield from self._with_fields(raw, kind, level)
            return
        if _REFERENCE.match(raw.text):
            return
        for note in self._footnotes(raw):
            match = _FOOTNOTE.match(note.text)
            yield from self._part(note.cut(match.end()) if match else note, kind, level)

    def _footnotes(self, raw: Shown) -> Iterator[Shown]:
        """A paragraph, parted where a line of it begins a footnote."""
        if "]:" not in raw.text:
            yield raw
            return
        starts = [a for a, b in _line_spans(raw, self.source) if a == 0 or _FOOTNOTE.match(raw.text, a, b)]
        for a, b in zip(starts, [*starts[1:], len(raw.text)], strict=True):
            yield raw.cut(a, b)

    def _part(self, raw: Shown, kind: PartKind, level: int, relation: Relation = "cites") -> Iterator[Part]:
        if task := _TASK.match(raw.text):
            raw = raw.cut(task.end())
        if SOURCE_LINE.match(raw.text):
            self.fields.setdefault("links", []).extend(URL.findall(raw.text))  # type: ignore[attr-defined]
        shown, mentions = read_inline(raw, self.defined, relation)
        if task and task[1] == " ":
            yield Part("row", Shown.plain("", 0), level, mentions)
        elif shown.text.strip() or mentions:
            self.seen_prose = self.seen_prose or kind != "heading"
            yield Part(kind, shown, level, mentions)

    def _with_fields(self, raw: Shown, kind: PartKind, level: int) -> Iterator[Part]:
        """Lines such as `contradicts:: [[x]]`, `tags:: a, b`, `claim:: a whole sentence`."""
        prose = Writer()
        for start, end in _line_spans(raw, self.source):
            match = _FIELD.match(raw.text, start, end)
            if match is None:
                prose.copy(raw, start, end)
                continue
            name, value = match[1].strip().casefold(), raw.text[match.end() : end].strip(" \t)]")
            relation = relation_named(name)
            if relation is None and name in _MEANT and not self.seen_prose:
                self.fields.setdefault(name, _WIKILINK.sub(r"\1", value))
            shown, mentions = read_inline(raw.cut(match.end(), end), self.defined, relation or "cites")
            if relation is not None or len(value.split()) < 7 or name in _MEANT:
                # Data, not prose: kept for its links only.
                typed = (each._replace(form="field", shown=None, inverse=is_inverse(name)) for each in mentions)
                yield Part("row", Shown.plain("", raw.span(start, end)[0]), level, tuple(typed))
            elif shown.text.strip():
                yield Part(kind, shown, level, mentions)
        rest = prose.done()
        if rest.text.strip():
            yield from self._part(rest, kind, level)

    def _span(self, token: Token) -> tuple[int, int]:
        """Where the lines of a block stand."""
        first, past = token.map or (0, 0)
        stop = self.starts[past] if past < len(self.starts) else len(self.source) - self.body
        return self.body + self.starts[first], self.body + stop

    def _row(self, token: Token) -> Part:
        """A row of a table, read for its links alone. It is read whole: the bar of "[[x|y]]" would end a cell."""
        begin, stop = self._span(token)
        _, mentions = read_inline(Shown.plain(self.source[begin:stop], begin), self.defined)
        return Part("row", Shown.plain("", begin), 0, tuple(mention._replace(shown=None) for mention in mentions))

    def _html(self, token: Token) -> Iterator[Part]:
        """Raw HTML is not prose, but a wikilink in it is still its author's link."""
        begin, stop = self._span(token)
        links = _WIKILINK.finditer(self.source, begin, stop)
        if found := tuple(Mention(link[1].strip(), "wikilink", link.start(), link.end()) for link in links):
            yield Part("row", Shown.plain("", begin), 0, found)


def _line_spans(raw: Shown, source: str) -> Iterator[tuple[int, int]]:
    """The lines of a paragraph whose line breaks are shown as spaces: a break is where pieces part."""
    start = 0
    for here, there, length, wide in raw.pieces:
        for match in re.finditer(r"[\r\n]", source[there : there + wide]):
            at = here + (match.start() if length == wide else length - 1) + 1
            if at > start:
                yield start, at
                start = at
    yield start, len(raw.text)


def _front_mentions(front: str) -> Iterator[Mention]:
    """Links in the front matter, typed by the key they stand under."""
    relation: Relation = "cites"
    inverse = False
    at = 0
    for line in front.splitlines(keepends=True):
        if key := re.match(r"([A-Za-z][\w -]{0,40}):", line):
            relation = relation_named(key[1]) or "cites"
            inverse = is_inverse(key[1])
        for match in _WIKILINK.finditer(line):
            yield Mention(match[1].strip(), "field", at + match.start(), at + match.end(), relation, None, inverse)
        at += len(line)


def _without_comments(text: str) -> str:
    """The same length, comments blanked. Code is passed over, since `%%` in it means nothing."""
    if "<!--" not in text and "%%" not in text:
        return text
    out: list[str] = []
    done = at = 0
    closers = {"html": "-->", "obsidian": "%%"}
    unclosed: set[str] = set()
    while match := _FENCE_OR_COMMENT.search(text, at):
        kind = match.lastgroup or ""
        mark = match[kind]
        if kind in closers:
            stop = -1 if kind in unclosed else text.find(closers[kind], match.end())
            if stop < 0:
                # Never closed: it is no comment, and no later one of its kind is closed either.
                unclosed.add(kind)
                at = match.end()
                continue
            stop += len(closers[kind])
            start = match.start(kind)
            out.append(text[done:start])
            out.append(re.sub(r"[^\r\n]", " ", text[start:stop]))
            done = at = stop
        elif kind == "fence":
            stop = text.find("\n" + mark, match.end())
            at = len(text) if stop < 0 else stop + 1 + len(mark)
        else:
            stop = text.find(mark, match.end(), match.end() + 2000)
            at = match.end() if stop < 0 else stop + len(mark)
    out.append(text[done:])
    return "".join(out)

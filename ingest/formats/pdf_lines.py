"""The lines of an extracted PDF: which are running heads, page numbers, references, headings."""

import re
from collections import Counter
from typing import NamedTuple

_number = re.compile(r"\W*(?:page\s*)?(?:[0-9]{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*[0-9]{1,4})?\W*", re.I)
_stamp = re.compile(r"arXiv:[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?\s+\[[\w.\-]+\]\s+.{6,20}", re.I)
_digits = re.compile(r"[0-9]+")
_numbered = re.compile(r"((?:[0-9]{1,2}|[A-H])(?:\.[0-9]{1,2}){0,3})\.?\s+([A-Z][^.!?=]*[^\s.!?,;:=-])")
_known = re.compile(
    r"(?:abstract|introduction|background|related work|materials and methods|methods?|methodology"
    r"|experiments?|results|results and discussion|discussion|limitations|conclusions?|future work"
    r"|conclusions? and future work|summary|acknowledge?ments?)",
    re.I,
)
_references = re.compile(r"(?:[0-9]{1,2}\.?\s+)?(?:references|bibliography|literature cited|works cited)\s*:?", re.I)
_after_references = re.compile(r"(?:appendix|appendices|supplementary|supplemental)\b[^.]{0,60}", re.I)
_cited = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}[a-z]?(?![0-9])|^\[[0-9]{1,3}\]", re.M)


class Line(NamedTuple):
    """A line without the space around it, and where it stands."""

    text: str
    start: int
    page: int

    @property
    def end(self) -> int:
        """Offset just past it."""
        return self.start + len(self.text)


def split(text: str) -> tuple[list[str], list[Line]]:
    """The lines that say what the document says of itself, and those of its pages, stripped."""
    head: list[str] = []
    lines: list[Line] = []
    page = at = 0
    for raw in text.split("\n"):
        parts = raw.split("\f")
        for number, part in enumerate(parts):
            page += number > 0
            if page == 0 and part.startswith(("% title ", "% author ")):
                head.append(part)
            elif part.strip() or len(parts) == 1:
                bare = part.strip()
                lines.append(Line(bare, at + (part.find(bare) if bare else 0), page))
            at += len(part) + 1
    return head, lines


def without_frame(lines: list[Line]) -> list[Line]:
    """Leave out page numbers, and what stands first or last on page after page but for its digits."""
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        if line.text:
            pages.setdefault(line.page, []).append(at)
    edges = {page: dict.fromkeys((*rows[:2], *rows[-2:])) for page, rows in pages.items()}
    seen = Counter(
        key for rows in edges.values() for key in {_digits.sub("#", lines[at].text.casefold()) for at in rows}
    )
    enough = 2 if len(pages) <= 5 else 3
    gone = {
        at
        for rows in edges.values()
        for at in rows
        if (len(pages) > 1 and seen[_digits.sub("#", lines[at].text.casefold())] >= enough)
        or _number.fullmatch(lines[at].text)
        or _stamp.fullmatch(lines[at].text)
    }
    return [line for at, line in enumerate(lines) if at not in gone]


def without_references(lines: list[Line]) -> list[Line]:
    """Leave out the last list of references, up to an appendix."""
    for at in range(len(lines) - 1, -1, -1):
        if not _references.fullmatch(lines[at].text):
            continue
        after = "\n".join(line.text for line in lines[at + 1 : at + 20])
        if not _cited.search(after):
            return lines
        rest = (row for row in range(at + 1, len(lines)) if _after_references.fullmatch(lines[row].text))
        return [*lines[:at], Line("", lines[at].start, lines[at].page), *lines[next(rest, len(lines)) :]]
    return lines


def ends_sentence(text: str) -> bool:
    """Whether a line stops where a sentence may stop."""
    tail = text.rstrip("\"'”\u2019)]")
    return tail.endswith((".", "!", "?", ":"))


def heading(lines: list[Line], at: int, before: Line | None) -> int:
    """The level of a heading, or 0. Cautious: a heading taken for prose costs less than the reverse."""
    text = lines[at].text
    if len(text) > 70 or len(text.split()) > 9:
        return 0
    # A sentence that has not ended goes on, unless its page has: then it may be a footnote or a caption.
    if before and not ends_sentence(before.text) and before.page == lines[at].page:
        return 0
    if text[0].isupper() and (_known.fullmatch(text) or _after_references.fullmatch(text)):
        return 1
    numbered = _numbered.fullmatch(text)
    if numbered and not _digits.search(numbered[2]) and sum(map(str.isalpha, numbered[2])) >= 4:
        return 1 + numbered[1].count(".")
    letters = sum(map(str.isalpha, text))
    following = next((line.text for line in lines[at + 1 : at + 3] if line.text), "")
    shouted = letters >= 4 and text == text.upper() and text != text.lower() and letters * 3 > len(text) * 2
    return 1 if shouted and len(following) > len(text) and following != following.upper() else 0

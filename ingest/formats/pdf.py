"""PDF files: what pypdf can read of one as text, and that text as a `Sheet`.

Offsets are those of the extracted text. It begins with lines "% title ..." and "% author ..."; page n is what stands behind the
n-th form feed (`ingest.page.Lines`).
"""

import io
import logging
import re
import time
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ingest.formats.identity import normal_arxiv, normal_doi, split_authors
from ingest.formats.pdf_lines import Line, ends_sentence, heading, split, without_frame, without_references
from ingest.formats.pdf_marks import apart, with_marks
from ingest.page import Part, PartKind, Sheet, Writer
from kb.problem import Problem

if TYPE_CHECKING:
    from pypdf import PdfReader

_PAGES = 2_000
_CHARS = 10_000_000
_SECONDS = 60.0
_BREAK = "\n\f\n"
_LOCKED = "The PDF is locked with a password.", "Save an unlocked copy."
_DAMAGED = "The PDF cannot be read: it is damaged or cut short.", "Fetch it again, or print it to a new PDF."

_bullet = re.compile(r"[•▪◦‣●■\u2013][ \t]+(?=\S)")
_hyphens = "-\u2010\xad"
_ligatures = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_runs = re.compile(r"(?P<gap>[ \t\xa0]+)|(?P<ligature>[ﬀﬁﬂﬃﬄﬅﬆ])|(?P<unseen>\xad+)|(?P<words>[^ \t\xa0\xadﬀ-ﬆ]+)")
# A hyphen after one of these at the end of a line is likelier a part of the word than of the layout.
_compound = re.compile(
    "self|non|well|cross|high|low|long|short|large|small|open|fine|zero|few|one|two|three|multi|state|real"
)
_no_title = re.compile(r"untitled|.*\.(?:docx?|dvi|tex|pdf|indd|pages|rtf|ps)|(?:document|paper|title)\s*\d*|\W*", re.I)
_no_author = re.compile(r"(?:user|admin(?:istrator)?|root|owner|unknown|anonymous|author|.*\bword\b.*|\W*)", re.I)


def text_of(data: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a PDF, or no text and a problem that says why."""
    from pypdf import PdfReader

    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(PdfReader(io.BytesIO(data), strict=False), path)
    # pypdf raises whatever its parsing runs into: its own errors, but also KeyError or RecursionError.
    except Exception as error:
        locked = "password" in str(error).lower() or "crypt" in str(error).lower()
        return "", (_problem(path, *(_LOCKED if locked else _DAMAGED)),)
    finally:
        log.setLevel(level)


def _read(reader: "PdfReader", path: str) -> tuple[str, tuple[Problem, ...]]:
    if reader.is_encrypted and not reader.decrypt(""):
        return "", (_problem(path, *_LOCKED),)
    started, size, pages = time.monotonic(), 0, list[str]()
    problems: list[Problem] = []
    total = len(reader.pages)
    for number in range(total):
        if number >= _PAGES or size > _CHARS or time.monotonic() - started > _SECONDS:
            message = f"Only the first {number} of {total} pages were read: the file is too large."
            problems.append(_problem(path, message, "Split the file into parts."))
            break
        try:
            sheet_of = reader.pages[number]
            page = with_marks(_tidy(sheet_of.extract_text() or ""), sheet_of)
        except Exception:
            page = ""
            message = f"Page {number + 1} cannot be read."
            problems.append(
                _problem(path, message, "The other pages count; to repair it, print the file to a new PDF.")
            )
        pages.append(page)
        size += len(page)
    if sum(char.isalpha() for page in pages for char in page) < 20:
        if problems:
            return "", (_problem(path, *_DAMAGED),)
        hint = "If it was scanned, run a text recognition (OCR) on it."
        return "", (_problem(path, "The PDF holds no text.", hint),)
    return _BREAK.join((_information(reader), *pages)).removeprefix("\n"), tuple(problems)


def _information(reader: "PdfReader") -> str:
    try:
        information: Mapping[str, object] = reader.metadata or {}
        said = [" ".join(_tidy(str(information.get(name) or "")).split()) for name in ("/Title", "/Author")]
    except Exception:
        return ""
    title = re.sub(r"(?i)^microsoft (?:word|powerpoint) - ", "", said[0])
    title = "" if len(title) < 4 or len(title) > 300 or _no_title.fullmatch(title) else title
    author = "" if len(said[1]) > 2000 or _no_author.fullmatch(said[1]) else said[1]
    return "\n".join(f"% {name} {value}" for name, value in (("title", title), ("author", author)) if value)


def _tidy(text: str) -> str:
    """Text that can be stored and split: no lone surrogates or NUL, no form feed within a page."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\f", " ").strip("\n")


def sheet(text: str, path: str) -> Sheet:
    """The prose of an extracted text: running heads, page numbers and the list of references left out."""
    head, lines = split(text)
    meta = _meta(head, text)
    lines, marks = apart(lines)
    lines = without_references(without_frame(lines))
    vocabulary = Counter(re.findall(r"\w+(?:-\w+)*", text.lower()))
    parts: list[Part] = []
    block: list[Line] = []
    widths = sorted(len(line.text) for line in lines if line.text)
    width = widths[len(widths) * 3 // 4] if widths else 0

    def close(kind: PartKind = "prose", level: int = 0) -> None:
        if block:
            part = _part(block, kind, level, vocabulary)
            if part.shown.text:
                parts.append(part)
            block.clear()

    for at, line in enumerate(lines):
        if not line.text:
            # A page that ends amid a sentence goes on after whatever space stands there.
            if block and at + 1 < len(lines) and not _goes_on(block[-1], lines[at + 1]):
                close(*_kind(block))
            continue
        level = heading(lines, at, block[-1] if block else None)
        if level or _bullet.match(line.text) or (block and _ends(block[-1], line, width)):
            close(*_kind(block))
        block.append(line)
        if level:
            close("heading", level)
    close(*_kind(block))
    return Sheet(path, (*parts, *marks), meta)


def _kind(block: list[Line]) -> tuple[PartKind, int]:
    return ("item", 1) if block and _bullet.match(block[0].text) else ("prose", 0)


def _goes_on(before: Line, after: Line) -> bool:
    """Whether a sentence runs from the foot of one page to the head of the next."""
    return before.page != after.page and not ends_sentence(before.text) and after.text[:1].islower()


def _ends(before: Line, after: Line, width: int) -> bool:
    """Whether a paragraph ends between two lines: at a short last line, or with the page."""
    if before.page != after.page:
        return not _goes_on(before, after) and not before.text.endswith(tuple(_hyphens))
    return ends_sentence(before.text) and len(before.text) * 4 < width * 3 and not after.text[:1].islower()


def _part(block: list[Line], kind: PartKind, level: int, vocabulary: Counter[str]) -> Part:
    writer = Writer()
    glue = ""
    end = 0
    for at, line in enumerate(block):
        text, start = line.text, line.start
        if at == 0 and kind == "item" and (mark := _bullet.match(text)):
            text, start = text[mark.end() :], start + mark.end()
        if at:
            writer.put(glue, end, start)
        after = block[at + 1].text if at + 1 < len(block) else ""
        glue, cut = _joint(text, after, vocabulary)
        end = start + len(text) - cut
        _write(writer, text[: len(text) - cut], start)
    return Part(kind, writer.done(), level)


def _joint(text: str, after: str, vocabulary: Counter[str]) -> tuple[str, int]:
    """What is shown between two lines, and how many characters before it are not."""
    if not after or text[-1:] not in _hyphens or not text[-2:-1].isalpha():
        return " ", 0
    left, right = re.split(r"[^\w-]", text[:-1])[-1].lower(), re.split(r"\W", after, maxsplit=1)[0].lower()
    if not after[0].islower():
        return "", 0
    kept, joined = vocabulary[f"{left}-{right}"], vocabulary[left + right]
    if kept > joined or (kept == joined and ("-" in left or _compound.fullmatch(left))):
        return "", 0
    return "", 1


def _write(writer: Writer, text: str, start: int) -> None:
    for run in _runs.finditer(text):
        a, b = start + run.start(), start + run.end()
        if run.lastgroup == "gap":
            writer.put(" ", a, b)
        elif run.lastgroup == "ligature":
            writer.put(_ligatures[run[0]], a, b)
        elif run.lastgroup == "words":
            writer.put(run[0], a, b)


def _meta(head: list[str], text: str) -> dict[str, object]:
    meta: dict[str, object] = {}
    for line in head:
        name, _, value = line.removeprefix("% ").partition(" ")
        if name == "title":
            meta["title"] = value
        elif authors := split_authors(value):
            meta["authors"] = authors
    start = text.find("\f") + 1
    end = text.find("\f", start) if start else -1
    first = text[start : end if end >= 0 else len(text)][:20_000]
    identifiers = {"doi": normal_doi(first), "arxiv": normal_arxiv(first)}
    return meta | {name: value for name, value in identifiers.items() if value}


def _problem(path: str, message: str, hint: str) -> Problem:
    return Problem(code="pdf", message=message, path=path, hint=hint)

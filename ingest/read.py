"""One file of the vault, from bytes to a page. Nothing in a file can make this raise."""

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from ingest.decode import HTML, LIBRARY, PLAIN, is_binary, text_of
from ingest.formats import line, markdown, plain, synthesis
from ingest.formats.layouts import is_hub, is_post, read_hub, read_note, read_post
from ingest.page import Page, Sheet
from ingest.titles import Titles
from kb.addresses import MARKED
from kb.note import Note
from kb.problem import Code, Problem

_LAYOUTS = ((line.fits, line.read), (synthesis.fits, synthesis.read), (is_hub, read_hub), (is_post, read_post))
_MARKED_UP = re.compile(r"\A---\s|^#{1,6}\s|\[\[|\]\(", re.MULTILINE)
_HOUSE = re.compile(
    r"^(?:inquiring line|synthesis note|← ?(?:blog|all notes)|sources \d+ notes?|related concepts in this collection)[ \t]*\r?$",
    re.I | re.MULTILINE,
)


class Reading(NamedTuple):
    """What came of reading one file."""

    text: str
    """The file decoded: what offsets count in."""
    page: Page | None
    problems: tuple[Problem, ...] = ()


def read(path: str, data: bytes, titles: Titles) -> Reading:
    """The file as a page, by its ending and then by its look."""
    suffix = PurePosixPath(path).suffix.casefold()
    if suffix != ".pdf" and is_binary(data):
        hint = "Nothing to do, unless it was meant to be a note."
        return Reading("", None, (_refused("binary", "This is binary data, not text.", path, hint),))
    text, problems = text_of(data, path)
    if suffix in LIBRARY or suffix == ".json":
        return _library(text, path, suffix, problems)
    if suffix == MARKED:
        from ingest.formats import zotero

        page, more = zotero.read(text, path, titles)
        return Reading(text, page, (*problems, *more))
    if not text.strip():
        if not problems:
            problems = (_refused("empty", "The file is empty.", path, "Nothing to do."),)
        note = Note(id=path, title=PurePosixPath(path).stem or path, kind="note", path=path)
        unreadable = any(problem.code == "pdf" for problem in problems)
        return Reading(text, None if unreadable else Page(note), problems)
    sheet = _sheet(text, path, suffix)
    read_layout = next((layout for fits, layout in _LAYOUTS if fits(sheet)), read_note)
    page = read_layout(sheet, titles)
    return Reading(text, page, (*problems, *page.problems))


def _sheet(text: str, path: str, suffix: str) -> Sheet:
    if suffix in HTML:
        from ingest.formats import html

        return html.sheet(text, path)
    if suffix == ".pdf":
        from ingest.formats import pdf

        return pdf.sheet(text, path)
    marked_up = bool(_MARKED_UP.search(text))
    if suffix in PLAIN:
        return markdown.sheet(text, path) if marked_up and not _HOUSE.search(text) else plain.sheet(text, path)
    # A page pasted into a Markdown file keeps its single newlines, which Markdown would join.
    return plain.sheet(text, path) if _HOUSE.search(text) and not marked_up else markdown.sheet(text, path)


def _library(text: str, path: str, suffix: str, problems: tuple[Problem, ...]) -> Reading:
    from ingest.formats import library

    if suffix == ".json" and not library.is_csl(text):
        return Reading(text, None, (_refused("not-a-note", "This JSON file is not a CSL library.", path),))
    works, more = (library.csl if suffix == ".json" else library.bibtex)(text, path)
    note = Note(id=path, title=PurePosixPath(path).name, kind="note", path=path)
    return Reading(text, Page(note, works=works), (*problems, *more))


def _refused(code: Code, message: str, path: str, hint: str = "") -> Problem:
    return Problem(code=code, message=message, path=path, hint=hint)

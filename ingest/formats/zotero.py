"""What lies in Zotero as a text that quotes stand in, and that text as a page. Its first line is JSON: item, source, tags. Below
stand a note, or the pages of an attachment: what its PDF says, and the marks made there (`pdf_marks`), each after "% at KEY"."""

import json
import re
from collections.abc import Iterable, Mapping
from textwrap import shorten
from typing import Any, NamedTuple

from ingest.formats import pdf
from ingest.formats.html_walk import walk
from ingest.formats.identity import note_of
from ingest.formats.layouts import in_sections, mentions_of
from ingest.formats.library import csl_source
from ingest.formats.pdf_lines import split
from ingest.formats.pdf_marks import mark, marks, parts_of
from ingest.page import Page, Part, PartKind, Sheet, Shown
from ingest.titles import Titles, cite
from ingest.zotero_library import Annotation, Attachment, Item, Written
from kb.note import NoteKind
from kb.problem import Code, Problem

_SUMMARY = 400
"""Characters of an abstract that say what a work is on."""


_LINE_MARKS: dict[PartKind, str] = {"heading": "# ", "item": "- "}
"""How the lines of a note begin that are no prose."""
_AT, _BREAK = "% at ", "\n\f"
_FORGED = re.compile(r"(?:^|(?<=\f))% (?=at \w)", re.M)  # "% at ABCD2345" in the text of a PDF
_OURS = re.compile(r"^% at .*", re.M)
_THEIRS = re.compile(r"(?:(?<=\n\n)|(?<=\f))(?:% (?:highlight|comment)\b.*\n?)+")
"""Marks that lie in a PDF itself (`pdf_marks.with_marks`)."""


class PdfText(NamedTuple):
    """What the PDF of an attachment says, and what its bytes are known by."""

    path: str
    """In the data folder."""
    sha: str = ""
    text: str = ""
    problems: tuple[tuple[str, str, str], ...] = ()
    """Codes, messages, hints."""


def attachment_text(attachment: Attachment, said: PdfText | None) -> str:
    """The text of an attachment and its marks, page by page; page n stands behind the n-th form feed."""
    date = max((each.date for each in attachment.annotations), default="")
    head = _head(attachment.item, attachment.item.library, attachment.item.key, "paper", date)
    if said:
        head["pdf"] = {
            "path": said.path,
            "sha": said.sha,
            "problems": said.problems,
            "marks": attachment.has_marks_of_pdf,
        }
    pages = [page.strip("\n") for page in _FORGED.sub("%", said.text if said else "").rstrip("\n\f").split("\f")]
    for each in attachment.annotations:
        at = each.page or int(bool(said))
        pages += [""] * (at + 1 - len(pages))
        pages[at] += "".join(f"\n{line}" for line in _marks(each))
    return f"{_json(head)}\n{_BREAK.join(pages)}\n"


def _marks(annotation: Annotation) -> list[str]:
    highlight = annotation.text.strip() if annotation.kind == "highlight" else ""
    comment = annotation.comment.strip()
    kind = "comment on it" if highlight else "comment"
    lines = [mark("highlight", highlight)] if highlight else []
    lines += [mark(kind, comment, annotation.author)] if comment and comment != highlight else []
    return [f"{_AT}{annotation.key}", *lines]


def pdf_text(text: str) -> PdfText | None:
    """What the PDF says of which such a text was made; none where there was none."""
    head, _, body = text.partition("\n")
    try:
        told = json.loads(head)["pdf"]
        problems = tuple((str(code), str(message), str(hint)) for code, message, hint in told["problems"])
        path, sha = str(told["path"]), str(told["sha"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    pages = (page.partition(f"\n{_AT}")[0] for page in f"\n{body}".split("\f"))
    return PdfText(path, sha, "\f".join(pages), problems)


def note_text(note: Written) -> str:
    """A note's paragraphs, each on a line of its own, headings after "# " and items after "- "."""
    head = _json(_head(note.item, note.library, note.key, "note", note.date, note.title))
    drafts, _ = walk(note.html.replace("\0", ""))
    shown = (_LINE_MARKS.get(draft.where.kind, "") + " ".join(draft.text.split()) for draft in drafts)
    return "\n\n".join([head, *shown]) + "\n"


def library_text(items: Iterable[Item]) -> str:
    """All items as CSL-JSON, by which citation keys in notes are known; nothing where there are none."""
    works = {item.csl["id"]: item.csl for item in items if "title" in item.csl or "DOI" in item.csl}
    return json.dumps(list(works.values()), ensure_ascii=False, indent=0) if works else ""


def read(text: str, path: str, titles: Titles) -> tuple[Page | None, tuple[Problem, ...]]:
    """The page, and what is wrong with its PDF; none where the text was not written here, or nothing could be read."""
    head, _, _ = text.partition("\n")
    try:
        meta = json.loads(head)
        kind: NoteKind = "paper" if meta["kind"] == "paper" else "note"
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, (Problem(code="not-a-note", message="This is not what kb reads of a Zotero library.", path=path),)
    said = pdf_text(text)
    problems = tuple(_problem(path, *each) for each in said.problems) if said else ()
    if said:
        sheet = pdf.sheet(_bare(text, len(head), bool(meta["pdf"].get("marks"))), path)
        sheet = sheet._replace(meta={**sheet.meta, **meta})
    else:
        parts = parts_of(marks(split(text)[1][1:])) if kind == "paper" else list(_prose(text, len(head)))
        sheet = Sheet(path, tuple(parts), meta)
    if problems and not sheet.parts:
        return None, problems
    blocks = tuple(in_sections(sheet.parts))
    blocks = cite(blocks, titles, False) if kind == "note" or said else blocks
    return Page(note_of(sheet, kind), blocks, mentions_of(sheet, blocks)), problems


def _bare(text: str, head: int, has_marks: bool) -> str:
    """The text of a PDF and the marks made there, as a PDF in the vault has it, each character in its place. What is marked in
    the PDF itself is left out where Zotero has it as well."""
    body = _OURS.sub(_blank, _THEIRS.sub(_blank, text[head:]) if has_marks else text[head:])
    return " " * head + body


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n\f]", " ", found[0])


def _problem(path: str, code: str, message: str, hint: str) -> Problem:
    known: Code = "too-large" if code == "too-large" else "unreadable" if code == "unreadable" else "pdf"
    return Problem(code=known, message=message, path=path, hint=hint)


def _head(item: Item | None, library: str, key: str, kind: str, date: str, title: str = "") -> dict[str, Any]:
    source = csl_source(item.csl) if item else None
    meta: dict[str, Any] = {"kind": kind, "zotero": f"{library}/items/{key}", "date": date}
    if item and source:
        meta |= {
            "title": title or source.title or key, "paper": source.title, "doi": source.doi, "arxiv": source.arxiv, "url": source.url,
            "authors": list(source.authors), "year": source.year, "summary": shorten(item.abstract, _SUMMARY, placeholder=" …"), "tags": list(item.tags),
            # A citation key leads to what was marked in the work, not to a note on it.
            "citekey": source.citekey if kind == "paper" and source.citekey != item.key else "",
        }  # fmt: skip
    else:
        meta["title"] = title or key
    return {name: value for name, value in meta.items() if value}


def _json(head: Mapping[str, Any]) -> str:
    return json.dumps(head, ensure_ascii=False)


def _prose(text: str, at: int) -> Iterable[Part]:
    for line in text[at:].split("\n"):
        kind: PartKind = next((kind for kind, mark in _LINE_MARKS.items() if line.startswith(mark)), "prose")
        mark = _LINE_MARKS.get(kind, "")
        if (words := line.removeprefix(mark)).strip():
            yield Part(kind, Shown.plain(words, at + len(mark)), 1 if mark else 0)
        at += len(line) + 1

"""What a reader marked and wrote in Zotero, as a text that quotes stand in, and that text as a page. Its first line is JSON:
item, source, tags. Below stand the marks of an attachment (`ingest.formats.pdf_marks`), each after "% at KEY", or a note."""

import json
from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from ingest.formats.html_walk import walk
from ingest.formats.identity import note_of
from ingest.formats.library import csl_source
from ingest.formats.pdf_lines import split
from ingest.formats.pdf_marks import mark, marks, parts_of
from ingest.page import Page, Part, Sheet, Shown
from ingest.sections import in_sections, mentions_of
from ingest.titles import Titles, cite
from ingest.zotero_library import Attachment, Item, Written
from kb.note import NoteKind

_SUMMARY = 400
"""Characters of an abstract that say what a work is on."""


def attachment_text(attachment: Attachment) -> str:
    """The marks of an attachment, page by page; page n stands behind the n-th form feed."""
    date = max((each.date for each in attachment.annotations), default="")
    lines, page = [_head(attachment.item, attachment.item.library, attachment.item.key, "paper", date)], 0
    for each in attachment.annotations:
        lines.append("\f" * max(0, each.page - page) + f"% at {each.key}")
        page = max(page, each.page)
        highlight = each.text.strip() if each.kind == "highlight" else ""
        lines += [mark("highlight", highlight)] if highlight else []
        comment = each.comment.strip()
        kind = "comment on it" if highlight else "comment"
        lines += [mark(kind, comment, each.author)] if comment and comment != highlight else []
    return "\n".join(lines) + "\n"


def note_text(note: Written) -> str:
    """A note's paragraphs, each on a line of its own, headings after "# " and items after "- "."""
    head = _head(note.item, note.library, note.key, "note", note.date, note.title)
    drafts, _ = walk(note.html.replace("\0", ""))
    shown = (
        {"heading": "# ", "item": "- "}.get(draft.where.kind, "") + " ".join(draft.text.split()) for draft in drafts
    )
    return "\n\n".join([head, *shown]) + "\n"


def library_text(items: Iterable[Item]) -> str:
    """All items as CSL-JSON, by which citation keys in notes are known; nothing where there are none."""
    works = {item.csl["id"]: item.csl for item in items if "title" in item.csl or "DOI" in item.csl}
    return json.dumps(list(works.values()), ensure_ascii=False, indent=0) if works else ""


def read(text: str, path: str, titles: Titles) -> Page | None:
    """The page; none where the text was not written here."""
    head, _, _ = text.partition("\n")
    try:
        meta = json.loads(head)
        kind: NoteKind = "paper" if meta["kind"] == "paper" else "note"
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    parts = parts_of(marks(split(text)[1][1:])) if kind == "paper" else list(_prose(text, len(head)))
    sheet = Sheet(path, tuple(parts), meta)
    blocks = tuple(in_sections(parts))
    blocks = cite(blocks, titles, False) if kind == "note" else blocks
    return Page(note_of(sheet, kind), blocks, mentions_of(sheet, blocks))


def _head(item: Item | None, library: str, key: str, kind: str, date: str, title: str = "") -> str:
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
    return json.dumps({name: value for name, value in meta.items() if value}, ensure_ascii=False)


def _prose(text: str, at: int) -> Iterable[Part]:
    for line in text[at:].split("\n"):
        mark = next((each for each in ("# ", "- ") if line.startswith(each)), "")
        words = line[len(mark) :]
        if words.strip():
            kind = {"# ": "heading", "- ": "item"}.get(mark, "prose")
            yield Part(kind, Shown.plain(words, at + len(mark)), 1 if mark else 0)  # type: ignore[arg-type]
        at += len(line) + 1

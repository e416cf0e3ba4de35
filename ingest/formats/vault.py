"""Any other note: whatever its sections are called, all of its prose and every one of its links."""

from ingest.formats.identity import heading, is_question, is_source_line, note_of
from ingest.page import Page, Sheet
from ingest.sections import in_sections, mentions_of
from ingest.titles import Titles, cite
from kb.note import NoteKind

_SUMMARIES = ("summary", "abstract", "tl;dr", "tldr", "overview", "scope")


def read(sheet: Sheet, titles: Titles) -> Page:
    """The note as a page. Its summary is what it calls one, else the paragraph it opens with."""
    parts = list(sheet.parts)
    title = ""
    if not sheet.meta.get("title") and parts and not heading(sheet):
        first = parts[0].shown.text.strip()
        if parts[0].kind == "heading" or (is_question(first) and len(parts) > 1):
            title, parts = first, parts[1:]
    blocks = cite(tuple(in_sections(parts)), titles, False)
    summary = next((block.part.shown.text for block in blocks if block.section.split(" / ")[-1] in _SUMMARIES), "")
    if not summary:
        opening = next((block.part for block in blocks if not is_source_line(block.part)), None)
        summary = opening.shown.text if opening and opening.kind == "prose" and len(opening.shown.text) <= 600 else ""
    kind: NoteKind = "paper" if sheet.path.casefold().endswith(".pdf") else "note"
    note = note_of(sheet, kind, title=title, summary=summary)
    return Page(note, blocks, mentions_of(sheet, blocks), problems=sheet.problems)

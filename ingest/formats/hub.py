"""A topic hub: a question and the notes that bear on it, each with its scope line."""

import re

from ingest.formats.identity import is_question, note_of, says
from ingest.formats.listing import described, summaries
from ingest.page import Page, Sheet
from ingest.sections import mentions_of
from ingest.titles import Titles
from kb.oneline import one_line

_BACK = re.compile(r"←\s*all notes", re.I)
_COUNT = re.compile(r"topic hub\b.*", re.I)
_CHROME = re.compile(r"(?:view as.*|\d+ notes?|explore related.*|read →|concept map)", re.I)


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is a hub."""
    return any(says(part, _COUNT) for part in sheet.parts[:8])


def read(sheet: Sheet, titles: Titles) -> Page:
    """The hub as a page: no claims of its own, but every note it lists, with what it says of it."""
    parts = [part for part in sheet.parts if not says(part, _BACK) and not says(part, _CHROME)]
    count = next(at for at, part in enumerate(parts) if says(part, _COUNT))
    head = [part.shown.text.strip() for part in parts[:count]]
    title = next((text for text in head if is_question(text)), head[0] if head else "")
    summary = next((text for text in head if text != title), "")
    # A heading that is no question and no link parts the notes; it is none.
    rest = (
        part
        for part in parts[count + 1 :]
        if part.kind != "heading" or part.mentions or is_question(part.shown.text.strip())
    )
    listed = described(list(rest))
    note = note_of(sheet, "note", title=one_line(title), summary=summary)
    entries = tuple(entry for entry, _ in listed)
    return Page(note, summaries(listed, "related"), mentions_of(sheet, ()), entries, problems=sheet.problems)

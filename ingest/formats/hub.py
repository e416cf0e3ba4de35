"""A topic hub: a question and the notes that bear on it, each with its scope line."""

import re
from dataclasses import replace

from ingest.formats.identity import is_question, note_of, says
from ingest.formats.synthesis import described
from ingest.page import Page, Part, Sheet, Writer
from ingest.sections import mentions_of
from ingest.titles import Titles
from kb.oneline import one_line

_BACK = re.compile(r"←\s*all notes", re.I)
_COUNT = re.compile(r"topic hub\b.*", re.I)
_CHROME = re.compile(r"(?:view as.*|\d+ notes?|explore related.*|read →|concept map)", re.I)
_DASH = re.compile(r"\s*[—–:-]\s+")


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
    listed, summaries = described(_apart(parts[count + 1 :]))
    note = note_of(sheet, "note", title=one_line(title), summary=summary)
    return Page(note, summaries, mentions_of(sheet, ()), listed, problems=sheet.problems)


def _apart(parts: list[Part]) -> list[Part]:
    """An item "[Title](x.md) — scope" becomes its title and its scope."""
    out: list[Part] = []
    for part in parts:
        link = next((mention for mention in part.mentions if mention.shown), None)
        if part.kind != "item" or link is None or link.shown is None or link.shown[0] > 2:
            out.append(part)
            continue
        for start, end in ((link.shown[0], link.shown[1]), (link.shown[1], len(part.shown.text))):
            gap = _DASH.match(part.shown.text, start)
            writer = Writer()
            writer.copy(part.shown, gap.end() if gap else start, end)
            piece = replace(part, shown=writer.done(), mentions=(link,) if start == link.shown[0] else (), kind="prose")
            if piece.shown.text.strip():
                out.append(replace(piece, kind="item") if piece.mentions else piece)
    return out

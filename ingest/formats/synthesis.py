"""A synthesis note: a question, its scope, a body, and around it what the collection's site prints."""

import re

from ingest.formats.identity import is_question, note_of, says
from ingest.formats.layouts import described, in_sections, mentions_of, summaries
from ingest.page import Page, Part, Sheet
from ingest.titles import Titles, cite
from kb.oneline import one_line

_LABEL = re.compile(r"synthesis note", re.I)
_STAMP = re.compile(r"(?:synthesis )?note\s*·\s*([\d-]{4,10})?\s*·?\s*(?:sourced from\s+(.+))?", re.I)
_SOURCE = re.compile(r"source:\s*(?!https?:)(.+)", re.I)
_RELATED = re.compile(r"related (?:concepts|notes)(?: in this collection)?:?", re.I)
_USED = re.compile(r"inquiring lines that use this note.*", re.I)
_FORMER = re.compile(r"original note title:?", re.I)
_CHROME = re.compile(r"(?:concept map|\d+|[-•]|view as|read →|explore related.*|this note is a source f.*)", re.I)


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is a synthesis note of this kind, by its stamp or its closing lists."""
    if sheet.parts and says(sheet.parts[0], _LABEL):
        return True
    return any(says(part, _RELATED) or says(part, _USED) or _stamp(part) for part in sheet.parts)


def _stamp(part: Part) -> re.Match[str] | None:
    found = says(part, _STAMP)
    return found if found and (found[1] or found[2]) else None


def read(sheet: Sheet, titles: Titles) -> Page:
    """The note as a page; related notes are listed with their scope, site furniture is left out."""
    parts = [part for part in sheet.parts if not says(part, _LABEL) and not says(part, _CHROME)]
    start = next((at for at, part in enumerate(parts[:6]) if is_question(part.shown.text.strip())), 0)
    title = one_line(parts[start].shown.text) if parts else ""
    topics = [one_line(part.shown.text, 200) for part in parts[:start]]
    body: list[Part] = []
    related: list[Part] = []
    used: list[str] = []
    former: list[str] = []
    when = scope = ""
    into = "scope"
    for part in parts[start + 1 :]:
        text = part.shown.text.strip()
        if stamp := _stamp(part):
            when, into = stamp[1] or "", "parents"
            topics += [one_line(stamp[2])] if stamp[2] else []
        elif source := says(part, _SOURCE):
            topics.append(one_line(source[1]))
        elif says(part, _RELATED):
            into = "related"
        elif says(part, _USED):
            into = "used"
        elif says(part, _FORMER):
            into = "former"
        elif into == "former":
            former.append(one_line(text))
        elif into == "used":
            used += [text] if text.endswith("?") else []
        elif into == "related":
            related.append(part)
        elif into == "parents" and text.endswith("?") and not re.search(r"[.!]\s", text):
            topics += [f"{question.strip()}?" for question in text.split("?") if question.strip()]
        else:
            if not scope and part.kind != "heading":
                scope = text
            into = "body" if into == "parents" else into
            body.append(part)
    listed = described(related)
    known = Titles(entry.title for entry, _ in listed)
    blocks = cite(cite(tuple(in_sections(body)), known, False), titles, True)
    note = note_of(sheet, "note", title=title, summary=scope, aliases=former, when=when, topics=dict.fromkeys(topics))
    entries = tuple(entry for entry, _ in listed)
    blocks = (*blocks, *summaries(listed, "related"))
    return Page(note, blocks, mentions_of(sheet, blocks), entries, problems=sheet.problems)

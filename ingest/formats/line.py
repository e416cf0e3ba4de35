"""An inquiring line: a question, an essay that cites notes, the notes it cites, the questions it leads to. With its label or
without, flat (single newlines, no titles under Sources), or as Markdown or a saved page with real links."""

import re
from collections.abc import Sequence

from ingest.formats.identity import is_question, note_of, says
from ingest.formats.layouts import described, in_sections, mentions_of, summaries
from ingest.page import Block, Listed, Page, Part, Sheet
from ingest.titles import Titles, cite
from kb.note import slug
from kb.oneline import one_line
from kb.problem import Problem

_LABEL = re.compile(r"inquiring line", re.I)
_SOURCES = re.compile(r"sources(?:\s+(\d+)\s+notes?)?:?", re.I)
_NEXT = re.compile(r"next (?:inquiring )?(?:lines|questions):?", re.I)
_LEAD = re.compile(r"this (?:line |essay |question )?(?:explores|asks|examines|reads|looks at|investigates)\b", re.I)


def fits(sheet: Sheet) -> bool:
    """Whether the sheet is an inquiring line."""
    said = str(sheet.meta.get("kind") or sheet.meta.get("type") or "").casefold().replace("-", " ")
    if said in ("line", "inquiring line") or (sheet.parts and says(sheet.parts[0], _LABEL)):
        return True
    head = sheet.parts[:4]
    asked = is_question(str(sheet.meta.get("title") or "")) or any(
        is_question(part.shown.text.strip()) for part in head[:2]
    )
    if not asked:
        return False
    counted = any((found := says(part, _SOURCES)) and found[1] for part in sheet.parts)
    onward = any(says(part, _NEXT) for part in sheet.parts)
    return counted or onward or any(_LEAD.match(part.shown.text) for part in head)


def read(sheet: Sheet, titles: Titles) -> Page:
    """The line as a page. Notes under Sources are listed; their summaries are claims of those notes."""
    parts = [part for part in sheet.parts if not says(part, _LABEL)]
    title, parts = _title(sheet, parts)
    sources_at = _find(parts, _SOURCES)
    next_at = _find(parts, _NEXT)
    ends = [at for at in (sources_at, next_at) if at is not None]
    body = parts[: min(ends, default=len(parts))]
    listing = _between(parts, sources_at, next_at)
    onward = _between(parts, next_at, sources_at)
    given = [part for part in listing if part.shown.text.strip() and not says(part, re.compile(r"\d+ notes?"))]

    listed = described(given)
    known = Titles(entry.title for entry, _ in listed)
    blocks = cite(cite(tuple(in_sections(body)), known, False), titles, True)
    if given and not listed:
        listed = _titles_from_text(given, blocks)
    stated = says(parts[sources_at], _SOURCES) if sources_at is not None else None
    expected = int(stated[1]) if stated and stated[1] else len(listed)
    problems = (
        sheet.problems if expected == len(listed) else (*sheet.problems, _miscounted(sheet, expected, len(listed)))
    )

    note = note_of(sheet, "line", title=title, summary=_lead(body))
    questions = tuple(one_line(part.shown.text) for part in onward if part.shown.text.strip().endswith("?"))
    entries = tuple(entry for entry, _ in listed)
    return Page(
        note,
        (*blocks, *summaries(listed, "sources")),
        mentions_of(sheet, blocks),
        entries,
        questions,
        problems=problems,
    )


def _title(sheet: Sheet, parts: list[Part]) -> tuple[str, list[Part]]:
    """The question, and what follows it."""
    for index, part in enumerate(parts[:3]):
        text = part.shown.text.strip()
        if part.kind == "heading" or is_question(text):
            return text, parts[index + 1 :]
        if part.kind != "row":
            break
    return str(sheet.meta.get("title") or ""), parts


def _lead(body: Sequence[Part]) -> str:
    first = next((part.shown.text.strip() for part in body if part.kind == "prose"), "")
    return first if _LEAD.match(first) or len(first) < 600 else ""


def _find(parts: Sequence[Part], pattern: re.Pattern[str]) -> int | None:
    """The last part that is this label: an essay may use the word before."""
    return next((at for at in range(len(parts) - 1, -1, -1) if says(parts[at], pattern)), None)


def _between(parts: Sequence[Part], start: int | None, other: int | None) -> Sequence[Part]:
    if start is None:
        return ()
    return parts[start + 1 : other if other is not None and other > start else len(parts)]


def _titles_from_text(given: Sequence[Part], blocks: Sequence[Block]) -> list[tuple[Listed, Part | None]]:
    """The flat layout loses the titles; its summaries stand in the order of first citation. Where their numbers differ, nobody
    knows which is whose."""
    order: dict[str, str] = {}
    for mention in (mention for block in blocks for mention in block.part.mentions):
        if mention.form == "title" and mention.shown:
            order.setdefault(slug(mention.target), mention.target)
    titles = list(order.values())
    if len(titles) != len(given):
        return []
    pairs = zip(titles, given, strict=True)
    return [(Listed(title, one_line(part.shown.text, 1000), inferred=True), part) for title, part in pairs]


def _miscounted(sheet: Sheet, stated: int, found: int) -> Problem:
    return Problem(
        code="source-titles",
        message=f"The line names {stated} sources, and {found} could be told apart.",
        path=sheet.path,
        hint="Notes that could not be told apart are missing from its sources; link them to be sure.",
    )
